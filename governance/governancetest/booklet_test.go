package governancetest_test

import (
	"context"
	"slices"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/governancetest"
)

// booklet is a correct policy made of replaceable parts, for mutants that have one part wrong. Persons may do with their
// own conversations what is not suspended, and analysts may read masked ones.
type booklet struct {
	judge    func(governance.Request) governance.Verdict
	evaluate func(context.Context, governance.Request) (governance.Verdict, error) // nil: judge
	rushed   func(governance.Request) (governance.Verdict, error)                  // when the context ends; nil: its error
	deaf     bool                                                                  // does not listen to its context
	stalled  chan struct{}                                                         // nil: it does not stall
}

func newBooklet() *booklet { return &booklet{judge: judge} }

func judge(q governance.Request) governance.Verdict {
	if !knownAction(q) || !knownCategories(q) {
		return governance.Verdict{}
	}
	return judgeKnown(q)
}

func knownAction(q governance.Request) bool { return slices.Contains(governance.Actions(), q.Action) }

func knownCategories(q governance.Request) bool {
	return len(q.Categories) > 0 && !slices.ContainsFunc(q.Categories, func(c governance.Category) bool {
		return c != governance.ConversationData && c != governance.UserData
	})
}

func judgeKnown(q governance.Request) governance.Verdict {
	switch {
	case slices.Contains(q.Caller.Roles, "suspended"):
		return governance.Verdict{Opinion: governance.Deny}
	case q.Subject != "" && q.Subject == q.Caller.ID:
		return governance.Verdict{Opinion: governance.Allow}
	case slices.Contains(q.Caller.Roles, "analyst") && q.Action == governance.Read:
		return governance.Verdict{Opinion: governance.Allow, Mask: []string{"content", "email"}}
	case slices.Contains(q.Caller.Roles, "support") && q.Action == governance.Read:
		return governance.Verdict{Opinion: governance.Allow, Mask: []string{"email", "phone"}}
	}
	return governance.Verdict{}
}

// Evaluate implements governance.Policy.
func (b *booklet) Evaluate(ctx context.Context, q governance.Request) (governance.Verdict, error) {
	switch {
	case b.stalled != nil && b.deaf:
		<-b.stalled
	case b.stalled != nil:
		select {
		case <-b.stalled:
		case <-ctx.Done():
		}
	}
	if err := ctx.Err(); err != nil {
		if b.rushed != nil {
			return b.rushed(q)
		}
		return governance.Verdict{}, err
	}
	if b.evaluate != nil {
		return b.evaluate(ctx, q)
	}
	return b.judge(q), nil
}

func (b *booklet) harness(p governance.Policy) governancetest.PolicyHarness {
	return governancetest.PolicyHarness{Policy: p, Cases: bookletCases(), Stall: func() func() {
		b.stalled = make(chan struct{})
		return func() { close(b.stalled) }
	}}
}

func bookletCases() []governancetest.PolicyCase {
	request := func(a governance.Action, about governance.Subject, roles ...string) governance.Request {
		return governance.Request{
			Caller:  governance.Caller{ID: "learner-7", Roles: roles, Purpose: "tutoring"},
			Subject: about, Operation: "messages.do", Store: "postgresql", Dataset: "conversation_messages", Action: a,
			Categories: []governance.Category{governance.UserData, governance.ConversationData},
		}
	}
	return []governancetest.PolicyCase{
		{Request: request(governance.Export, "learner-7", "learner"), Want: governance.Verdict{Opinion: governance.Allow}},
		{Request: request(governance.Export, "learner-7", "learner", "suspended"), Want: governance.Verdict{Opinion: governance.Deny}},
		{Request: request(governance.Read, "learner-8", "learner"), Want: governance.Verdict{}},
		{Request: request(governance.Read, "", "learner", "analyst"), Want: governance.Verdict{
			Opinion: governance.Allow, Mask: []string{"content", "email"},
		}},
		{Request: request(governance.Read, "learner-8", "support"), Want: governance.Verdict{
			Opinion: governance.Allow, Mask: []string{"email", "phone"},
		}},
	}
}
