package governance_test

import (
	"context"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/shugo-data/shugo/governance"
)

// trail is an audit sink that keeps what it takes. refuse, when set, is asked first.
type trail struct {
	refuse func(context.Context, governance.Event) error

	mu     sync.Mutex
	events []governance.Event
}

func (t *trail) Guarantee() governance.Guarantee { return governance.Durable }

func (t *trail) Record(ctx context.Context, e governance.Event) error {
	if t.refuse != nil {
		if err := t.refuse(ctx, e); err != nil {
			return err
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.events = append(t.events, e)
	return nil
}

// refusing returns a function for trail.refuse that fails with err on events of one kind.
func refusing(kind governance.Kind, err error) func(context.Context, governance.Event) error {
	return func(_ context.Context, e governance.Event) error {
		if e.Kind == kind {
			return err
		}
		return nil
	}
}

func (t *trail) all() []governance.Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.events)
}

// steps returns the kinds and reasons of the events, in their order.
func (t *trail) steps() []string {
	var steps []string
	for _, e := range t.all() {
		step := string(e.Kind)
		if e.Reason != "" {
			step += " " + string(e.Reason)
		}
		steps = append(steps, step)
	}
	return steps
}

// diary is a small manifest: people write entries, others read them under conditions, everybody counts.
func diary() governance.Manifest {
	const entries, counts = governance.Category("entries"), governance.Category("counts")
	reads := []governance.Action{governance.Read}
	return governance.Manifest{
		Classes: []governance.Class{
			{Category: entries, Classification: "PII", Personal: true, Keep: governance.Period{Years: 1}},
			{Category: counts, Classification: "operational"},
		},
		Datasets: []governance.Dataset{
			{Store: "postgresql", Name: "entries", Category: entries, Subject: "writer"},
			{Store: "postgresql", Name: "counts", Category: counts},
		},
		Rules: []governance.Rule{
			{Name: "writers-own", Roles: []string{"writer"}, Categories: []governance.Category{entries},
				Actions: []governance.Action{
					governance.Create, governance.Read, governance.Update, governance.Delete, governance.Erase,
				}, Own: true},
			{Name: "coaches-with-consent", Roles: []string{"coach"}, Categories: []governance.Category{entries},
				Actions: reads, Purposes: []governance.Purpose{"coaching"}, Consent: true},
			{Name: "nurses-see-no-text", Roles: []string{"nurse"}, Categories: []governance.Category{entries},
				Actions: reads, Purposes: []governance.Purpose{"care"}, Mask: []string{"text"}},
			{Name: "guests-never", Deny: true, Roles: []string{"guest"},
				Categories: []governance.Category{entries, counts}, Actions: reads},
			{Name: "all-count", Categories: []governance.Category{counts}, Actions: reads},
		},
	}
}

// entry is a record of the diary, and query asks for one.
type (
	entry struct {
		Writer governance.Subject
		Text   string
	}
	query struct {
		Writer governance.Subject
		Made   time.Time
	}
)

// readEntry is the operation that most tests wrap.
func readEntry() governance.Operation[query, entry] { return onEntry("entries.read", governance.Read) }

func onEntry(name string, action governance.Action) governance.Operation[query, entry] {
	return governance.Operation[query, entry]{
		Name: name, Dataset: "entries", Action: action,
		Subject: func(q query) governance.Subject { return q.Writer },
		Created: func(q query) time.Time { return q.Made },
		Mask:    map[string]func(*entry){"text": func(e *entry) { e.Text = "" }},
		Rows:    func(entry) int { return 1 },
	}
}

// ann is a writer who reads her own entries.
func ann() (context.Context, query) {
	return as("ann", "", "writer"), query{Writer: "ann"}
}

// as returns a context with a caller.
func as(id governance.Subject, purpose governance.Purpose, roles ...string) context.Context {
	return governance.WithCaller(context.Background(),
		governance.Caller{ID: id, Roles: roles, Purpose: purpose})
}

// found is a wrapped call that finds the entry asked for.
func found(_ context.Context, q query) (entry, error) {
	return entry{Writer: q.Writer, Text: "dear diary"}, nil
}

// rows is a sequence of n entries.
func rows(n int) governance.Seq[query, entry] {
	return func(_ context.Context, q query) iter.Seq2[entry, error] {
		return func(yield func(entry, error) bool) {
			for range n {
				if !yield(entry{Writer: q.Writer, Text: "dear diary"}, nil) {
					return
				}
			}
		}
	}
}

// now is the time of the guards under test.
func now() time.Time { return time.Date(2026, 3, 1, 9, 30, 0, 123456789, time.UTC) }

// consents is a register in which everybody has the same standing.
func consents(s governance.Standing) governance.Register {
	return governance.RegisterFunc(func(context.Context, governance.Subject, governance.Purpose) (
		governance.Standing, error) {
		return s, nil
	})
}

// guard returns a guard of the diary and its trail. change, when given, alters the configuration.
func guard(t testing.TB, change ...func(*governance.Config)) (*governance.Guard, *trail) {
	t.Helper()
	sink := &trail{}
	c := governance.Config{Manifest: diary(), Audit: sink, Clock: now, Register: consents(governance.Standing{})}
	for _, f := range change {
		f(&c)
	}
	g, err := governance.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return g, sink
}
