package peers

import (
	"context"
	"testing"

	"github.com/shugo-data/shugo/governance"
)

// shugo asks Guard.Decide with the caller in the context, as a host does. prepare makes the contexts, as a host's
// middleware does once for each of its requests.
type shugo struct{ guard *governance.Guard }

func newShugo(tb testing.TB, m governance.Manifest) *shugo {
	tb.Helper()
	quiet := governance.Vouch(governance.AuditSinkFunc(func(context.Context, governance.Event) error { return nil }), governance.Durable)
	guard, err := governance.New(governance.Config{Manifest: m, Audit: quiet})
	if err != nil {
		tb.Fatal(err)
	}
	return &shugo{guard}
}

// caller returns the caller of a request in the library's form.
func (q request) caller() governance.Caller {
	return governance.Caller{ID: governance.Subject(q.id), Roles: q.roles, Purpose: governance.Purpose(q.purpose)}
}

// question returns the question of a request in the library's form.
func (q request) question() governance.Question {
	return governance.Question{
		Category: governance.Category(q.category), Action: governance.Action(q.action), Subject: governance.Subject(q.owner),
	}
}

func (e *shugo) prepare(_ testing.TB, list []request) func(i int) bool {
	contexts := make([]context.Context, len(list))
	questions := make([]governance.Question, len(list))
	for i, q := range list {
		contexts[i] = governance.WithCaller(context.Background(), q.caller())
		questions[i] = q.question()
	}
	return func(i int) bool { return e.guard.Decide(contexts[i], questions[i]).Allowed }
}

// inUse has the caller ready in its context and makes the question of each decision.
func (e *shugo) inUse(_ testing.TB, list []request) func(i int) bool {
	contexts := make([]context.Context, len(list))
	for i, q := range list {
		contexts[i] = governance.WithCaller(context.Background(), q.caller())
	}
	return func(i int) bool { return e.guard.Decide(contexts[i], list[i].question()).Allowed }
}

// shugoAfresh is the dearest use of Decide: a new caller for each question, whose roles are looked up each time.
type shugoAfresh struct{ *shugo }

func (e shugoAfresh) prepare(_ testing.TB, list []request) func(i int) bool {
	callers := make([]governance.Caller, len(list))
	questions := make([]governance.Question, len(list))
	for i, q := range list {
		callers[i], questions[i] = q.caller(), q.question()
	}
	return func(i int) bool {
		return e.guard.Decide(governance.WithCaller(context.Background(), callers[i]), questions[i]).Allowed
	}
}

// shugoWrapped runs a whole governed call in place of a bare decision: the clock, the attempt and the effect, or the
// refusal, with an event for each to a sink that keeps none.
type shugoWrapped struct{ *shugo }

func (e shugoWrapped) prepare(_ testing.TB, list []request) func(i int) bool {
	type place struct{ category, action string }
	calls := map[place]governance.Call[string, int]{}
	contexts := make([]context.Context, len(list))
	bound := make([]governance.Call[string, int], len(list))
	for i, q := range list {
		at := place{q.category, q.action}
		if calls[at] == nil {
			op := governance.Operation[string, int]{
				Name: q.category + "." + q.action, Dataset: q.category, Action: governance.Action(q.action),
				Subject: func(owner string) governance.Subject { return governance.Subject(owner) },
			}
			calls[at] = governance.Wrap(e.guard, op, func(context.Context, string) (int, error) { return 1, nil })
		}
		contexts[i], bound[i] = governance.WithCaller(context.Background(), q.caller()), calls[at]
	}
	return func(i int) bool {
		_, err := bound[i](contexts[i], list[i].owner)
		return err == nil
	}
}
