package day

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shugo-data/shugo/examples/internal/data"
	"github.com/shugo-data/shugo/examples/internal/ngram"
	"github.com/shugo-data/shugo/examples/tutor/internal/backend"
	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/quality"
)

// Step is one thing that somebody tried during the day.
type Step struct {
	Title    string                 `json:"title"`
	Who      string                 `json:"who"`
	Purpose  governance.Purpose     `json:"purpose,omitempty"`
	Decision governance.Explanation `json:"decision"`
	Error    string                 `json:"error,omitempty"`
	Shows    []string               `json:"shows,omitempty"`
	Expected bool                   `json:"expected"` // the decision is the one that the rules are meant to give
}

// player plays steps with a governed tutor.
type player struct {
	tutor    Tutor
	consents Register
	set      data.Set
	steps    []Step
}

// try makes one step. A call that fails for any other reason than a refusal ends the day.
func (p *player) try(ctx context.Context, title string, c governance.Caller, allowed bool,
	call func(context.Context) ([]string, error)) error {
	s := Step{Title: title, Who: strings.TrimSpace(string(c.ID) + " " + strings.Join(c.Roles, ", ")), Purpose: c.Purpose}
	if c.ID == "" {
		s.Who = "nobody"
	} else {
		ctx = governance.WithCaller(ctx, c)
	}
	ctx = governance.WithTrace(ctx, func(e governance.Explanation) { s.Decision = e })
	shows, err := call(ctx)
	if err != nil && !errors.Is(err, governance.ErrDenied) {
		return fmt.Errorf("%s: %w", title, err)
	}
	if err != nil {
		s.Error = err.Error()
	}
	if rejected := (*quality.RejectedError)(nil); errors.As(err, &rejected) {
		for _, issue := range rejected.Issues {
			shows = append(shows, issue.String())
		}
	}
	s.Shows, s.Expected = shows, s.Decision.Allowed == allowed && (err == nil) == allowed
	p.steps = append(p.steps, s)
	return nil
}

func caller(id governance.Subject, role string, purpose governance.Purpose) governance.Caller {
	return governance.Caller{ID: id, Roles: []string{role}, Purpose: purpose}
}

// play goes through the day.
func (p *player) play(ctx context.Context) error {
	for _, part := range []func(context.Context) error{p.learners, p.staff, p.content, p.administration} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// learners read and write their own conversations, and nobody else's.
func (p *player) learners(ctx context.Context) error {
	talk := p.set.Conversations[0]
	owner := governance.Subject(talk.Learner)
	me := caller(owner, governance.RoleLearner, governance.PurposeTutoring)
	other := caller(p.otherThan(talk.Learner), governance.RoleLearner, governance.PurposeTutoring)
	message := func(text string) backend.Message {
		return backend.Message{
			ID: talk.ID + "-today", Conversation: talk.ID, Learner: talk.Learner, Role: "learner", Content: text,
			Embedding: ngram.Embed(text), SentAt: talk.Messages[len(talk.Messages)-1].SentAt.Add(time.Minute),
		}
	}
	write := func(text string) func(context.Context) ([]string, error) {
		return func(ctx context.Context) ([]string, error) { return nil, p.tutor.Append(ctx, message(text)) }
	}
	read := func(ctx context.Context) ([]string, error) {
		return collect(p.tutor.Read(ctx, backend.Talk{Learner: talk.Learner, Conversation: talk.ID}), 2)
	}
	question := "「は」と「が」の違いをもう一度教えてください。"
	steps := []struct {
		title   string
		who     governance.Caller
		allowed bool
		call    func(context.Context) ([]string, error)
	}{
		{"a learner reads their own conversation", me, true, read},
		{"a learner writes a message", me, true, write(question)},
		{"a learner looks for similar messages of theirs", me, true, func(ctx context.Context) ([]string, error) {
			hits, err := p.tutor.Similar(ctx, backend.Search{Learner: talk.Learner, Like: ngram.Embed(question), Limit: 3})
			var shows []string
			for _, h := range hits {
				shows = append(shows, fmt.Sprintf("%.2f  %s", h.Similarity, short(h.Message.Content)))
			}
			return shows, err
		}},
		{"a learner tries to read another's conversation", other, false, read},
		{"a learner writes text with broken encoding", me, false, write("ã\x81\x93\xe3んにちは")},
		{"a learner writes only an ideographic space", me, false, write("　")},
		{"a model embeds a message with a number that is none", me, false, func(ctx context.Context) ([]string, error) {
			m := message(question)
			m.Embedding[7] = float32(math.NaN())
			return nil, p.tutor.Append(ctx, m)
		}},
		{"somebody without a caller reads", governance.Caller{}, false, read},
	}
	for _, s := range steps {
		if err := p.try(ctx, s.title, s.who, s.allowed, s.call); err != nil {
			return err
		}
	}
	if err := p.consents.Withdraw(ctx, owner, governance.PurposeTutoring); err != nil {
		return err
	}
	return p.try(ctx, "a learner who has withdrawn consent writes", me, false, write("もう書きたくないです。"))
}

// staff see what their work needs.
func (p *player) staff(ctx context.Context) error {
	account := func(ctx context.Context) ([]string, error) {
		a, err := p.tutor.Account(ctx, p.set.Learners[0].ID)
		if err != nil {
			return nil, err
		}
		return []string{fmt.Sprintf("%s, %s, %s, %s", a.Name, a.Email, a.Language, a.Level)}, nil
	}
	analyst := caller("staff-analyst", governance.RoleAnalyst, governance.PurposeAnalytics)
	steps := []struct {
		title   string
		who     governance.Caller
		allowed bool
		call    func(context.Context) ([]string, error)
	}{
		{"an analyst reads aggregates", analyst, true, p.figures},
		{"an analyst reads messages, masked", analyst, true, func(ctx context.Context) ([]string, error) {
			return collect(p.tutor.Sample(ctx, 40), 3)
		}},
		{"an analyst tries to export conversations", analyst, false, func(ctx context.Context) ([]string, error) {
			_, err := p.tutor.Export(ctx, p.set.Learners[0].ID)
			return nil, err
		}},
		{"a support agent without a purpose reads an account", caller("staff-support", governance.RoleSupport, ""), false, account},
		{"a support agent with a purpose reads an account",
			caller("staff-support", governance.RoleSupport, governance.PurposeSupport), true, account},
	}
	for _, s := range steps {
		if err := p.try(ctx, s.title, s.who, s.allowed, s.call); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) figures(ctx context.Context) ([]string, error) {
	figures, err := p.tutor.Figures(ctx, struct{}{})
	var shows []string
	for _, f := range figures[:min(3, len(figures))] {
		shows = append(shows, fmt.Sprintf("learner %q: %d conversations, %d messages, %.1f characters in the mean",
			f.Learner, f.Conversations, f.Messages, f.MeanLength))
	}
	return shows, err
}

// content changes through its editors only.
func (p *player) content(ctx context.Context) error {
	kanji := p.set.Kanji[0]
	explain := func(ctx context.Context) ([]string, error) {
		return nil, p.tutor.Explain(ctx, backend.Explanation{
			ID: "explanation:today", Item: kanji.ID, Language: "en", Model: "tutor-example",
			Text: kanji.Character + " means " + strings.Join(kanji.Meanings, ", ") + ".",
		})
	}
	look := func(ctx context.Context) ([]string, error) {
		k, err := p.tutor.Kanji(ctx, kanji.Character)
		if err != nil {
			return nil, err
		}
		return []string{fmt.Sprintf("%s (%s): %s; words: %s", k.Character, strings.Join(k.Meanings, ", "),
			strings.Join(k.Readings, "・"), strings.Join(k.Words[:min(4, len(k.Words))], "、"))}, nil
	}
	learner := caller(governance.Subject(p.set.Learners[1].ID), governance.RoleLearner, governance.PurposeTutoring)
	if err := p.try(ctx, "a learner looks up a kanji", learner, true, look); err != nil {
		return err
	}
	if err := p.try(ctx, "a learner tries to add an explanation", learner, false, explain); err != nil {
		return err
	}
	wrong := func(ctx context.Context) ([]string, error) {
		return nil, p.tutor.Explain(ctx, backend.Explanation{
			ID: "explanation:wrong", Item: kanji.ID, Language: "en", Model: "tutor-example",
			Text: "「" + kanji.Character + "」の読み方は「ぺけ」です。",
		})
	}
	if err := p.try(ctx, "an editor adds an explanation that contradicts the graph", caller("staff-editor", governance.RoleEditor, ""), false, wrong); err != nil {
		return err
	}
	return p.try(ctx, "an editor adds an explanation", caller("staff-editor", governance.RoleEditor, ""), true, explain)
}

// administration answers a request of a learner for their data.
func (p *player) administration(ctx context.Context) error {
	admin := caller("staff-admin", governance.RoleAdmin, governance.PurposeAdministration)
	return p.try(ctx, "an administrator exports a learner's conversations", admin, true, func(ctx context.Context) ([]string, error) {
		a, err := p.tutor.Export(ctx, p.set.Learners[0].ID)
		if err != nil {
			return nil, err
		}
		return []string{fmt.Sprintf("%d messages, %d interactions with them", len(a.Messages), a.Interactions)}, nil
	})
}

func (p *player) otherThan(id string) governance.Subject {
	for _, l := range p.set.Learners {
		if l.ID != id {
			return governance.Subject(l.ID)
		}
	}
	return ""
}

// collect reads all rows and shows the first few.
func collect(rows func(func(backend.Message, error) bool), most int) ([]string, error) {
	var shows []string
	n := 0
	for m, err := range rows {
		if err != nil {
			return nil, err
		}
		if n++; n <= most {
			shows = append(shows, fmt.Sprintf("%-7s %s", m.Role, short(m.Content)))
		}
	}
	if n > most {
		shows = append(shows, fmt.Sprintf("... %d messages in all", n))
	}
	return shows, nil
}

// short cuts a text for the account.
func short(text string) string {
	const most = 48
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
