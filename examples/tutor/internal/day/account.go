package day

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/shugo-data/shugo/examples/internal/data"
	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/quality"
)

// Account is the account of a day.
type Account struct {
	Place   string             `json:"place"`
	Version governance.Version `json:"version"` // of the manifest that decided
	Steps   []Step             `json:"steps"`
	Proofs  []Proof            `json:"proofs"` // texts that were proofread
	Found   []Found            `json:"found"`
	Counts  []Count            `json:"counts"`

	Evidence []Evidence       `json:"evidence,omitempty"` // empty: nothing was assessed
	Quality  []quality.Report `json:"quality,omitempty"`  // of tables and graph; empty: nothing was assessed
}

// Found is what a search of the audit trail found.
type Found struct {
	Query   string             `json:"query"`
	Records int                `json:"records"`
	Last    *governance.Record `json:"last,omitempty"`
}

// Count is how many there are of something.
type Count struct {
	What string `json:"what"`
	N    int    `json:"n"`
}

// Pseudonyms returns the pseudonyms of the example. A real key is random, secret and kept.
func Pseudonyms() (governance.Pseudonyms, error) {
	return governance.NewPseudonyms(bytes.Repeat([]byte("tutor-example-key"), 2))
}

// Play wires a place, plays the day and searches the trail. The account is complete also when a decision was not the
// expected one, which is then an error.
func Play(ctx context.Context, place Place, set data.Set) (Account, error) {
	guard, err := governance.New(governance.Config{Manifest: Manifest(), Audit: place.Trail, Register: place.Register})
	if err != nil {
		return Account{}, err
	}
	if place.Bind != nil {
		place.Bind(guard)
	}
	tutor, err := Wire(guard, place)
	if err != nil {
		return Account{}, err
	}
	p := &player{tutor: tutor, consents: place.Register, set: set}
	if err := p.play(ctx); err != nil {
		return Account{}, err
	}
	a := Account{Place: place.Name, Version: guard.Version(), Steps: p.steps}
	if a.Proofs, err = place.proofread(ctx); err != nil {
		return Account{}, err
	}
	if place.Settle != nil {
		if err := place.Settle(ctx); err != nil {
			return Account{}, err
		}
	}
	if err := a.search(ctx, place.Trail, governance.Subject(set.Conversations[0].Learner)); err != nil {
		return Account{}, err
	}
	a.count(set)
	if place.Prove != nil {
		if a.Evidence, err = place.Prove(ctx); err != nil {
			return Account{}, err
		}
	}
	if place.Assess != nil {
		if a.Quality, err = place.Assess(ctx); err != nil {
			return Account{}, err
		}
	}
	return a, a.unexpected()
}

// search finds the day's events again, by each of the ways in which an auditor asks.
func (a *Account) search(ctx context.Context, trail Trail, learner governance.Subject) error {
	for _, s := range []struct {
		text  string
		query Query
	}{
		{"about the learner of the first conversation", Query{Subject: learner}},
		{"by that learner", Query{Actor: learner}},
		{"by the analyst", Query{Actor: "staff-analyst"}},
		{"touching user_data", Query{Category: governance.UserData}},
		{"exports", Query{Action: governance.Export}},
		{"denials", Query{Kind: governance.Denial}},
		{"effects", Query{Kind: governance.Effect}},
		{"all", Query{}},
	} {
		records, err := trail.Find(ctx, s.query)
		if err != nil {
			return err
		}
		f := Found{Query: s.text, Records: len(records)}
		if len(records) > 0 {
			f.Last = &records[len(records)-1]
		}
		a.Found = append(a.Found, f)
	}
	return nil
}

func (a *Account) count(set data.Set) {
	messages := 0
	for _, c := range set.Conversations {
		messages += len(c.Messages)
	}
	a.Counts = []Count{
		{"learners", len(set.Learners)}, {"conversations", len(set.Conversations)}, {"messages loaded", messages},
		{"kanji", len(set.Kanji)}, {"words", len(set.Words)}, {"grammar points", len(set.Grammar)},
		{"lessons", len(set.Lessons)}, {"explanations", len(set.Explanations)},
	}
	allowed := 0
	for _, s := range a.Steps {
		if s.Decision.Allowed {
			allowed++
		}
	}
	a.Counts = append(a.Counts, Count{"calls allowed", allowed}, Count{"calls refused", len(a.Steps) - allowed})
}

// unexpected says which steps were not decided as the rules are meant, and what does not hold.
func (a *Account) unexpected() error {
	var titles []string
	for _, s := range a.Steps {
		if !s.Expected {
			titles = append(titles, s.Title)
		}
	}
	for _, e := range a.Evidence {
		if !e.Holds {
			titles = append(titles, e.Claim)
		}
	}
	for _, r := range a.Quality {
		if r.Verdict == quality.Fail {
			titles = append(titles, "the quality of "+r.Suite)
		}
	}
	if len(titles) > 0 {
		return errors.New("not as expected: " + strings.Join(titles, "; "))
	}
	return nil
}

// Print writes the account for people.
func (a *Account) Print(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "A day of the tutor, on: %s\nRules: %s\n", a.Place, a.Version)
	for _, s := range a.Steps {
		s.print(&b)
	}
	fmt.Fprintf(&b, "\nProofreading\n")
	for _, p := range a.Proofs {
		if err := p.print(&b); err != nil {
			return err
		}
	}
	fmt.Fprintf(&b, "\nThe audit trail, found again\n")
	for _, f := range a.Found {
		fmt.Fprintf(&b, "  %3d records %s", f.Records, f.Query)
		if r := f.Last; r != nil {
			fmt.Fprintf(&b, "; last: %s %s by %s", r.Kind, r.Operation, pseudonym(r.Actor))
			if r.Subject != "" {
				fmt.Fprintf(&b, " about %s", pseudonym(r.Subject))
			}
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "\nCounts\n")
	for _, c := range a.Counts {
		fmt.Fprintf(&b, "  %4d %s\n", c.N, c.What)
	}
	a.printEvidence(&b)
	if err := a.printQuality(&b); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (a *Account) printQuality(b *bytes.Buffer) error {
	for _, r := range a.Quality {
		fmt.Fprintf(b, "\nQuality of ")
		if err := r.WriteText(b); err != nil {
			return err
		}
	}
	return nil
}

func (a *Account) printEvidence(b *bytes.Buffer) {
	fmt.Fprintf(b, "\nEvidence\n")
	if len(a.Evidence) == 0 {
		fmt.Fprintf(b, "  not assessed: it needs servers\n")
	}
	for _, e := range a.Evidence {
		fmt.Fprintf(b, "  %s: %s\n", map[bool]string{true: "holds", false: "DOES NOT HOLD"}[e.Holds], e.Claim)
		for _, line := range e.Found {
			fmt.Fprintf(b, "    > %s\n", line)
		}
	}
}

func (s *Step) print(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n%s (%s", s.Title, s.Who)
	if s.Purpose != "" {
		fmt.Fprintf(b, ", for %s", s.Purpose)
	}
	b.WriteString(")\n")
	for line := range strings.Lines(s.Decision.String()) {
		fmt.Fprintf(b, "  %s\n", strings.TrimSuffix(line, "\n"))
	}
	if len(s.Decision.Masked) > 0 {
		fmt.Fprintf(b, "  masked: %s\n", strings.Join(s.Decision.Masked, ", "))
	}
	for _, line := range s.Shows {
		fmt.Fprintf(b, "  > %s\n", line)
	}
}

// pseudonym shortens a pseudonym for people.
func pseudonym(p governance.Pseudonym) string {
	if p == "" {
		return "nobody"
	}
	return string(p[:8])
}
