package governance_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	type question = governance.Question
	version := diary().Version()
	for name, test := range map[string]struct {
		ctx      context.Context
		question governance.Question
		want     governance.Decision
	}{
		"allowed": {as("ann", "", "writer"), question{"entries", "erase", "ann"},
			governance.Decision{Allowed: true, Rule: "writers-own"}},
		"masked": {as("eve", "care", "nurse"), question{"entries", "read", "ann"},
			governance.Decision{Allowed: true, Rule: "nurses-see-no-text", Mask: []string{"text"}}},
		"everybody": {as("eve", ""), question{"counts", "read", ""},
			governance.Decision{Allowed: true, Rule: "all-count"}},
		"not owner": {as("eve", "", "writer"), question{"entries", "erase", "ann"},
			governance.Decision{Stage: "access", Reason: "not_owner", Rule: "writers-own"}},
		"nobody owns nothing": {as("eve", "", "writer"), question{"entries", "erase", ""},
			governance.Decision{Stage: "access", Reason: "not_owner", Rule: "writers-own"}},
		"other purpose": {as("eve", "", "nurse"), question{"entries", "read", "ann"},
			governance.Decision{Stage: "compliance", Reason: "purpose", Rule: "nurses-see-no-text"}},
		"no consent": {as("eve", "coaching", "coach"), question{"entries", "read", "ann"},
			governance.Decision{Stage: "compliance", Reason: "no_consent", Rule: "coaches-with-consent"}},
		"denied": {as("eve", "", "guest"), question{"counts", "read", ""},
			governance.Decision{Stage: "access", Reason: "denied", Rule: "guests-never"}},
		"no rule": {as("eve", ""), question{"counts", "update", ""},
			governance.Decision{Stage: "access", Reason: "no_rule"}},
		"unknown category": {as("eve", ""), question{"letters", "read", ""},
			governance.Decision{Stage: "access", Reason: "unknown"}},
		"unknown action": {as("eve", ""), question{"counts", "reed", ""},
			governance.Decision{Stage: "access", Reason: "unknown"}},
		"empty question": {as("eve", ""), question{}, governance.Decision{Stage: "access", Reason: "unknown"}},
		"no caller": {context.Background(), question{"counts", "read", ""},
			governance.Decision{Stage: "access", Reason: "no_caller"}},
		"unknown role": {as("eve", "", "gest"), question{"counts", "read", ""},
			governance.Decision{Stage: "access", Reason: "unknown_role"}},
		"unknown purpose": {as("eve", "fun"), question{"counts", "read", ""},
			governance.Decision{Stage: "access", Reason: "unknown_purpose"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, sink := guard(t)
			test.want.Version = version
			if diff := cmp.Diff(test.want, g.Decide(test.ctx, test.question)); diff != "" {
				t.Errorf("decision differs (-want +got):\n%s", diff)
			}
			if events := sink.all(); events != nil {
				t.Errorf("a question is on record: %v", sink.steps())
			}
		})
	}
}

// TestDecideAsksPolicies wants masks of policies in the answer, also of fields that no rule masks.
func TestDecideAsksPolicies(t *testing.T) {
	t.Parallel()
	g, _ := guard(t, func(c *governance.Config) {
		v := governance.Verdict{Opinion: governance.Allow, Mask: []string{"text", "mood", "address", "mood"}}
		c.Policies = []governance.Policy{governance.PolicyFunc(func(_ context.Context, q governance.Request) (
			governance.Verdict, error) {
			if q.Action == governance.Export {
				return governance.Verdict{Opinion: governance.Deny, Mask: []string{"mood"}}, nil
			}
			return v, nil
		})}
	})
	for action, want := range map[governance.Action]governance.Decision{
		"read":   {Allowed: true, Rule: "nurses-see-no-text", Mask: []string{"address", "mood", "text"}},
		"update": {Allowed: true, Mask: []string{"address", "mood", "text"}},
		"export": {Stage: "access", Reason: "policy", Rule: "policies[0]"},
	} {
		want.Version = g.Version()
		got := g.Decide(as("eve", "care", "nurse"), governance.Question{Category: "entries", Action: action, Subject: "ann"})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: decision differs (-want +got):\n%s", action, diff)
		}
	}
}

// TestDecideDoesNotAllocate holds for callers with as many roles as are usual.
func TestDecideDoesNotAllocate(t *testing.T) {
	g, _ := guard(t)
	for name, ctx := range map[string]context.Context{
		"one role": as("ann", "", "writer"), "six roles": as("ann", "", "writer", "coach", "writer", "coach", "writer", "coach"),
	} {
		q := governance.Question{Category: "entries", Action: governance.Read, Subject: "ann"}
		if n := testing.AllocsPerRun(100, func() {
			if !g.Decide(ctx, q).Allowed {
				t.Fatal("refused")
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
