package governance_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

// refused is what is left of a refused call, for comparison.
type refused struct {
	Stage    governance.Stage
	Reason   governance.Reason
	Rule     string
	Category governance.Category
}

// requireRefused makes a call, and wants it refused: next does not run, the result is zero, the error tells why, and the
// denial alone is on record with the same words.
func requireRefused(t *testing.T, g *governance.Guard, sink *trail, op governance.Operation[query, entry],
	ctx context.Context, in query, want refused, checks ...func(context.Context, query) error) *governance.DeniedError {
	t.Helper()
	call := governance.Wrap(g, op, func(context.Context, query) (entry, error) {
		t.Error("the refused call has run")
		return entry{}, nil
	}, checks...)
	out, err := call(ctx, in)
	var denied *governance.DeniedError
	requireAs(t, err, &denied)
	got := refused{denied.Stage, denied.Reason, denied.Rule, denied.Category}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("refusal differs (-want +got):\n%s", diff)
	}
	if !errors.Is(err, governance.ErrDenied) || out != (entry{}) {
		t.Errorf("got %v and %v, want nothing and a denial", out, err)
	}
	events := sink.all()
	if len(events) != 1 {
		t.Fatalf("got the events %v, want one denial", sink.steps())
	}
	e := events[0]
	if e.Kind != governance.Denial || e.Stage != want.Stage || e.Reason != want.Reason || e.Rule != want.Rule ||
		e.ID != denied.ID || e.Version != denied.Version || e.Operation != op.Name || e.Action != op.Action {
		t.Errorf("the denial on record differs from the error: %+v, %v", e, denied)
	}
	return denied
}

func TestRefuseNoCaller(t *testing.T) {
	t.Parallel()
	g, sink := guard(t)
	requireRefused(t, g, sink, readEntry(), t.Context(), query{Writer: "ann"},
		refused{Stage: "access", Reason: "no_caller"})
}

func TestRefuseCallerWithoutID(t *testing.T) {
	t.Parallel()
	g, sink := guard(t)
	requireRefused(t, g, sink, readEntry(), as("", "", "writer"), query{Writer: "ann"},
		refused{Stage: "access", Reason: "no_caller"})
}

func TestRefuseTracedCallWithoutCaller(t *testing.T) {
	t.Parallel()
	g, sink := guard(t)
	ctx := governance.WithTrace(t.Context(), func(governance.Explanation) {})
	requireRefused(t, g, sink, readEntry(), ctx, query{Writer: "ann"}, refused{Stage: "access", Reason: "no_caller"})
}

// TestRefuseNobodyOwnsNothing gives a caller without ID and a record without owner: they are not equal.
func TestRefuseNobodyOwnsNothing(t *testing.T) {
	t.Parallel()
	g, sink := guard(t)
	requireRefused(t, g, sink, readEntry(), as("", "", "writer"), query{}, refused{Stage: "access", Reason: "no_caller"})
	g, sink = guard(t)
	requireRefused(t, g, sink, readEntry(), as("ann", "", "writer"), query{},
		refused{Stage: "access", Reason: "not_owner", Rule: "writers-own", Category: "entries"})
}

func TestRefuseOtherOwner(t *testing.T) {
	t.Parallel()
	g, sink := guard(t)
	requireRefused(t, g, sink, readEntry(), as("ann", "", "writer"), query{Writer: "bob"},
		refused{Stage: "access", Reason: "not_owner", Rule: "writers-own", Category: "entries"})
}

func TestRefuseUnknownRole(t *testing.T) {
	t.Parallel()
	g, sink := guard(t)
	requireRefused(t, g, sink, readEntry(), as("ann", "", "writer", "gest"), query{Writer: "ann"},
		refused{Stage: "access", Reason: "unknown_role"})
}

func TestRefuseUnknownPurpose(t *testing.T) {
	t.Parallel()
	g, sink := guard(t)
	requireRefused(t, g, sink, readEntry(), as("ann", "fun", "writer"), query{Writer: "ann"},
		refused{Stage: "access", Reason: "unknown_purpose"})
}

func TestRefuseWithoutRule(t *testing.T) {
	t.Parallel()
	g, sink := guard(t)
	requireRefused(t, g, sink, onEntry("entries.export", governance.Export), as("ann", "care", "writer", "nurse"),
		query{Writer: "ann"}, refused{Stage: "access", Reason: "no_rule", Category: "entries"})
}

func TestRefuseDenyBeatsAllow(t *testing.T) {
	t.Parallel()
	g, sink := guard(t)
	requireRefused(t, g, sink, readEntry(), as("ann", "", "writer", "guest"), query{Writer: "ann"},
		refused{Stage: "access", Reason: "denied", Rule: "guests-never", Category: "entries"})
}

func TestRefuseOtherPurpose(t *testing.T) {
	t.Parallel()
	g, sink := guard(t)
	requireRefused(t, g, sink, readEntry(), as("eve", "coaching", "nurse"), query{Writer: "ann"},
		refused{Stage: "compliance", Reason: "purpose", Rule: "nurses-see-no-text", Category: "entries"})
}

func TestRefuseWithoutConsent(t *testing.T) {
	t.Parallel()
	g, sink := guard(t)
	requireRefused(t, g, sink, readEntry(), as("eve", "coaching", "coach"), query{Writer: "ann"},
		refused{Stage: "compliance", Reason: "no_consent", Rule: "coaches-with-consent", Category: "entries"})
	g, sink = guard(t, func(c *governance.Config) { c.Register = consents(governance.Standing{Consented: true}) })
	requireRefused(t, g, sink, readEntry(), as("eve", "coaching", "coach"), query{},
		refused{Stage: "compliance", Reason: "no_consent", Rule: "coaches-with-consent", Category: "entries"})
}

// TestRefuseConsentWithdrawn withdraws after the context was made and the first call was allowed.
func TestRefuseConsentWithdrawn(t *testing.T) {
	t.Parallel()
	standing := governance.Standing{Consented: true}
	g, sink := guard(t, func(c *governance.Config) {
		c.Register = governance.RegisterFunc(func(_ context.Context, s governance.Subject, p governance.Purpose) (
			governance.Standing, error) {
			if s != "ann" || p != "coaching" {
				t.Errorf("asked about %q for %q", string(s), p)
			}
			return standing, nil
		})
	})
	ctx := as("eve", "coaching", "coach")
	read := governance.Wrap(g, onEntry("before", governance.Read), found)
	if _, err := read(ctx, query{Writer: "ann"}); err != nil {
		t.Fatal(err)
	}
	standing.Consented = false
	if _, err := read(ctx, query{Writer: "ann"}); !errors.Is(err, governance.ErrDenied) {
		t.Errorf("got %v, want a denial", err)
	}
	want := []string{"attempt", "effect", "denial no_consent"}
	if diff := cmp.Diff(want, sink.steps()); diff != "" {
		t.Errorf("events differ (-want +got):\n%s", diff)
	}
}

func TestRefuseRestricted(t *testing.T) {
	t.Parallel()
	restricted := func(c *governance.Config) { c.Register = consents(governance.Standing{Restricted: true}) }
	g, sink := guard(t, restricted)
	requireRefused(t, g, sink, readEntry(), as("eve", "care", "nurse"), query{Writer: "ann"},
		refused{Stage: "compliance", Reason: "restricted"})
	g, _ = guard(t, restricted)
	if _, err := governance.Wrap(g, readEntry(), found)(ann()); err != nil {
		t.Errorf("restricted persons do not see their own: %v", err)
	}
}

func TestRefuseHeld(t *testing.T) {
	t.Parallel()
	held := func(c *governance.Config) { c.Register = consents(governance.Standing{Held: true, Consented: true}) }
	for _, action := range []governance.Action{governance.Delete, governance.Erase} {
		g, sink := guard(t, held)
		requireRefused(t, g, sink, onEntry("entries.remove", action), as("ann", "", "writer"), query{Writer: "ann"},
			refused{Stage: "compliance", Reason: "held"})
	}
	g, _ := guard(t, held)
	if _, err := governance.Wrap(g, readEntry(), found)(ann()); err != nil {
		t.Errorf("a hold keeps data from being read: %v", err)
	}
}

func TestRefuseExpired(t *testing.T) {
	t.Parallel()
	end := time.Date(2025, 3, 1, 9, 30, 0, 123456789, time.UTC)
	g, sink := guard(t)
	requireRefused(t, g, sink, readEntry(), as("ann", "", "writer"), query{Writer: "ann", Made: end.Add(-1)},
		refused{Stage: "retention", Reason: "expired", Category: "entries"})
	for name, test := range map[string]struct {
		action governance.Action
		made   time.Time
	}{
		"at its end": {governance.Read, end}, "not known": {governance.Read, time.Time{}},
		"delete": {governance.Delete, end.AddDate(-1, 0, 0)}, "erase": {governance.Erase, end.AddDate(-1, 0, 0)},
	} {
		g, _ := guard(t)
		ctx, q := ann()
		q.Made = test.made
		if _, err := governance.Wrap(g, onEntry(name, test.action), found)(ctx, q); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRefuseCheck(t *testing.T) {
	t.Parallel()
	g, sink := guard(t)
	bad := errors.New("text is empty")
	ran := 0
	good := func(context.Context, query) error { ran++; return nil }
	denied := requireRefused(t, g, sink, readEntry(), as("ann", "", "writer"), query{Writer: "ann"},
		refused{Stage: "quality", Reason: "check"}, good,
		func(context.Context, query) error { return bad },
		func(context.Context, query) error { t.Error("a check runs after another has refused"); return nil })
	if !errors.Is(denied, bad) || ran != 1 {
		t.Errorf("got %v after %d checks, want the error of the check", denied, ran)
	}
}

func TestRefuseCheckPanics(t *testing.T) {
	t.Parallel()
	g, sink := guard(t)
	denied := requireRefused(t, g, sink, readEntry(), as("ann", "", "writer"), query{Writer: "ann"},
		refused{Stage: "quality", Reason: "check"}, func(context.Context, query) error { panic("oh") })
	var panicked *governance.PanicError
	requireAs(t, denied, &panicked)
	if panicked.Value != "oh" || len(panicked.Stack) == 0 {
		t.Errorf("got %v, want the value and the stack", panicked.Value)
	}
}

// TestRefuseNilRequest gives typed nil requests to functions that follow the pointer.
func TestRefuseNilRequest(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		op   governance.Operation[*query, entry]
		ctx  context.Context
		want refused
	}{
		"subject": {governance.Operation[*query, entry]{
			Subject: func(q *query) governance.Subject { return q.Writer },
		}, as("eve", "care", "nurse"), refused{Stage: "access", Reason: "host_failed"}},
		"created": {governance.Operation[*query, entry]{
			Created: func(q *query) time.Time { return q.Made },
		}, as("eve", "care", "nurse"), refused{Stage: "retention", Reason: "host_failed"}},
		"created, and no right to ask": {governance.Operation[*query, entry]{
			Created: func(q *query) time.Time { return q.Made },
		}, as("eve", "", "guest"), refused{Stage: "access", Reason: "denied", Rule: "guests-never", Category: "entries"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, sink := guard(t)
			test.op.Name, test.op.Dataset, test.op.Action = "entries.read", "entries", governance.Read
			test.op.Mask = map[string]func(*entry){"text": func(e *entry) { e.Text = "" }}
			read := governance.Wrap(g, test.op, func(context.Context, *query) (entry, error) {
				t.Error("the refused call has run")
				return entry{}, nil
			})
			_, err := read(test.ctx, nil)
			var denied *governance.DeniedError
			requireAs(t, err, &denied)
			if got := (refused{denied.Stage, denied.Reason, denied.Rule, denied.Category}); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			if want := []string{"denial " + string(test.want.Reason)}; !cmp.Equal(want, sink.steps()) {
				t.Errorf("got the events %v", sink.steps())
			}
		})
	}
}

func TestRefuseCancelledBetweenDecisionAndCall(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(as("ann", "", "writer"))
	g, sink := guard(t, func(c *governance.Config) {
		c.Audit.(*trail).refuse = func(context.Context, governance.Event) error { cancel(); return nil }
	})
	read := governance.Wrap(g, readEntry(), func(context.Context, query) (entry, error) {
		t.Error("the call has run after its context ended")
		return entry{}, nil
	})
	_, err := read(ctx, query{Writer: "ann"})
	var denied *governance.DeniedError
	requireAs(t, err, &denied)
	if denied.Stage != "audit" || denied.Reason != "canceled" || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if want := []string{"attempt", "failure canceled"}; !cmp.Equal(want, sink.steps()) {
		t.Errorf("got the events %v, want %v", sink.steps(), want)
	}
}
