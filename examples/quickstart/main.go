// Quickstart governs two repository calls with rules declared once: learners read and write their own notes, an analyst
// sees them without their text, and everything is on record in a file.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/walsink"
)

// Note is what a learner writes.
type Note struct{ Learner, Text string }

// Notes is the governed repository: a call that somebody forgot to wrap is missing, not open.
type Notes struct {
	Add  func(context.Context, Note) error
	List governance.Call[string, []Note]
}

// manifest declares the data and who may do what with it, once for every part of the program.
func manifest() governance.Manifest {
	return governance.Manifest{
		Classes:  []governance.Class{{Category: "notes", Classification: "PII", Personal: true, Keep: governance.Period{Years: 3}}},
		Datasets: []governance.Dataset{{Store: "memory", Name: "notes", Category: "notes", Subject: "learner"}},
		Rules: []governance.Rule{
			{Name: "own-notes", Roles: []string{"learner"}, Own: true,
				Categories: []governance.Category{"notes"}, Actions: []governance.Action{governance.Create, governance.Read}},
			{Name: "masked-for-analysts", Roles: []string{"analyst"}, Purposes: []governance.Purpose{"research"},
				Categories: []governance.Category{"notes"}, Actions: []governance.Action{governance.Read}, Mask: []string{"text"}},
		},
	}
}

// wire binds the raw calls to the guard.
func wire(g *governance.Guard, store *memory) Notes {
	add := governance.Operation[Note, governance.Nothing]{Name: "notes.add", Dataset: "notes", Action: governance.Create,
		Subject: func(n Note) governance.Subject { return governance.Subject(n.Learner) }}
	list := governance.Operation[string, []Note]{Name: "notes.list", Dataset: "notes", Action: governance.Read,
		Subject: func(learner string) governance.Subject { return governance.Subject(learner) },
		Mask:    map[string]func(*[]Note){"text": governance.Each(func(n *Note) { n.Text = "…" })}}
	return Notes{Add: governance.WrapErr(g, add, store.add), List: governance.Wrap(g, list, store.list)}
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	dir, err := os.MkdirTemp("", "quickstart-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	pseudonyms, err := governance.NewPseudonyms([]byte("32 random bytes that you keep...")) // persons in the trail
	if err != nil {
		return err
	}
	trail, err := walsink.New(walsink.Config{Dir: dir, Pseudonyms: pseudonyms})
	if err != nil {
		return err
	}
	guard, err := governance.New(governance.Config{Manifest: manifest(), Audit: trail})
	if err != nil {
		return err
	}
	notes := wire(guard, &memory{})
	as := func(id governance.Subject, role string, purpose governance.Purpose) context.Context {
		return governance.WithCaller(context.Background(), governance.Caller{ID: id, Roles: []string{role}, Purpose: purpose})
	}
	fmt.Println(notes.Add(as("mika", "learner", ""), Note{"mika", "を marks the object"}))
	fmt.Println(notes.List(as("mika", "learner", ""), "mika"))
	fmt.Println(notes.List(as("jun", "learner", ""), "mika"))
	fmt.Println(notes.List(as("sato", "analyst", "research"), "mika"))
	for record, err := range walsink.Records(dir) {
		if err != nil {
			return err
		}
		fmt.Printf("on record: %-7s %s (%s) by %.8s\n", record.Kind, record.Operation, record.Rule, record.Actor)
	}
	return trail.Shutdown(context.Background())
}

// memory is the raw repository, as it was before.
type memory struct{ notes []Note }

func (m *memory) add(_ context.Context, n Note) error {
	m.notes = append(m.notes, n)
	return nil
}

func (m *memory) list(_ context.Context, learner string) (found []Note, _ error) {
	for _, n := range m.notes {
		if n.Learner == learner {
			found = append(found, n)
		}
	}
	return found, nil
}
