// Package memory keeps the tutor's data in the process, for a machine that has Go alone.
package memory

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/shugo-data/shugo/examples/internal/data"
	"github.com/shugo-data/shugo/examples/internal/ngram"
	"github.com/shugo-data/shugo/examples/tutor/internal/backend"
)

// Records is the relational side in memory. It is safe for concurrent use.
type Records struct {
	mu           sync.RWMutex
	accounts     map[string]backend.Account
	messages     []backend.Message
	interactions map[string]int // by learner
	figures      []backend.Figure
}

var _ backend.Records = (*Records)(nil)

// NewRecords returns the records of a data set.
func NewRecords(set data.Set) *Records {
	r := &Records{accounts: map[string]backend.Account{}, interactions: map[string]int{}}
	for _, l := range set.Learners {
		r.accounts[l.ID] = backend.Account{ID: l.ID, Name: l.Name, Email: l.Email, Language: l.NativeLanguage, Level: string(l.Level)}
	}
	owner := map[string]string{}
	for _, c := range set.Conversations {
		for _, m := range c.Messages {
			owner[m.ID] = c.Learner
			r.messages = append(r.messages, backend.Message{
				ID: m.ID, Conversation: c.ID, Learner: c.Learner, Role: string(m.Role), Content: m.Text,
				Embedding: ngram.Embed(m.Text), SentAt: m.SentAt,
			})
		}
	}
	for _, i := range set.Interactions {
		r.interactions[owner[i.Message]]++
	}
	r.figures = figures(r.messages)
	return r
}

// Append adds a message.
func (r *Records) Append(_ context.Context, m backend.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.messages = append(r.messages, m)
	return nil
}

// Messages returns the messages of a conversation, oldest first.
func (r *Records) Messages(_ context.Context, t backend.Talk) iter.Seq2[backend.Message, error] {
	return r.each(func(m backend.Message) bool { return m.Learner == t.Learner && m.Conversation == t.Conversation }, -1)
}

// Sample returns messages of all learners, oldest first.
func (r *Records) Sample(_ context.Context, limit int) iter.Seq2[backend.Message, error] {
	return r.each(func(backend.Message) bool { return true }, limit)
}

// each returns at most limit messages that fit, oldest first; all with a negative limit.
func (r *Records) each(fits func(backend.Message) bool, limit int) iter.Seq2[backend.Message, error] {
	return func(yield func(backend.Message, error) bool) {
		for _, m := range r.matching(fits) {
			if limit == 0 || !yield(m, nil) {
				return
			}
			limit--
		}
	}
}

func (r *Records) matching(fits func(backend.Message) bool) []backend.Message {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var found []backend.Message
	for _, m := range r.messages {
		if fits(m) {
			found = append(found, m)
		}
	}
	slices.SortStableFunc(found, func(a, b backend.Message) int { return a.SentAt.Compare(b.SentAt) })
	return found
}

// Similar returns the learner's messages that are most like a text.
func (r *Records) Similar(_ context.Context, s backend.Search) ([]backend.Hit, error) {
	var hits []backend.Hit
	for _, m := range r.matching(func(m backend.Message) bool { return m.Learner == s.Learner }) {
		hits = append(hits, backend.Hit{Message: m, Similarity: ngram.Similarity(s.Like, m.Embedding)})
	}
	slices.SortStableFunc(hits, func(a, b backend.Hit) int {
		switch {
		case a.Similarity > b.Similarity:
			return -1
		case a.Similarity < b.Similarity:
			return 1
		}
		return 0
	})
	return hits[:min(len(hits), s.Limit)], nil
}

// Account returns a learner's account.
func (r *Records) Account(_ context.Context, learner string) (backend.Account, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	a, ok := r.accounts[learner]
	if !ok {
		return backend.Account{}, backend.ErrNotFound
	}
	return a, nil
}

// Figures returns the aggregates of all learners, as they were when the data was loaded.
func (r *Records) Figures(context.Context, struct{}) ([]backend.Figure, error) {
	return slices.Clone(r.figures), nil
}

// Export returns a learner's conversations.
func (r *Records) Export(_ context.Context, learner string) (backend.Archive, error) {
	return backend.Archive{
		Messages:     r.matching(func(m backend.Message) bool { return m.Learner == learner }),
		Interactions: r.interactions[learner],
	}, nil
}

// figures aggregates messages by learner.
func figures(messages []backend.Message) []backend.Figure {
	byLearner := map[string]*backend.Figure{}
	talks := map[string]bool{}
	own := map[string]int{}
	for _, m := range messages {
		f := byLearner[m.Learner]
		if f == nil {
			f = &backend.Figure{Learner: m.Learner}
			byLearner[m.Learner] = f
		}
		if !talks[m.Conversation] {
			talks[m.Conversation] = true
			f.Conversations++
		}
		f.Messages++
		if m.Role == "learner" {
			own[m.Learner]++
			f.MeanLength += float64(utf8.RuneCountInString(m.Content))
		}
	}
	var list []backend.Figure
	for learner, f := range byLearner {
		f.MeanLength /= float64(max(own[learner], 1))
		list = append(list, *f)
	}
	slices.SortFunc(list, func(a, b backend.Figure) int {
		return cmp.Or(cmp.Compare(b.Messages, a.Messages), cmp.Compare(a.MeanLength, b.MeanLength))
	})
	return list
}
