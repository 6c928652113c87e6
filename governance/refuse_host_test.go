package governance_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

var errHost = errors.New("the host's own error")

// says returns a policy with one answer.
func says(v governance.Verdict, err error) governance.Policy {
	return governance.PolicyFunc(func(context.Context, governance.Request) (governance.Verdict, error) { return v, err })
}

func TestRefusePolicy(t *testing.T) {
	t.Parallel()
	mute := says(governance.Verdict{}, nil)
	for name, test := range map[string]struct {
		policy governance.Policy
		want   governance.Reason
		cause  string
	}{
		"deny":            {says(governance.Verdict{Opinion: governance.Deny}, nil), "policy", ""},
		"error":           {says(governance.Verdict{Opinion: governance.Allow}, errHost), "host_failed", errHost.Error()},
		"unknown opinion": {says(governance.Verdict{Opinion: governance.Deny + 1}, nil), "host_failed", ""},
		"mask without function": {says(governance.Verdict{Opinion: governance.Allow, Mask: []string{"mood"}}, nil),
			"host_failed", ""},
		"panic": {governance.PolicyFunc(func(context.Context, governance.Request) (governance.Verdict, error) {
			panic(errHost)
		}), "host_failed", "panic of type *errors.errorString"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, sink := guard(t, func(c *governance.Config) {
				c.Policies = []governance.Policy{mute, test.policy, says(governance.Verdict{Opinion: governance.Allow}, nil)}
			})
			ctx, q := ann()
			denied := requireRefused(t, g, sink, readEntry(), ctx, q,
				refused{Stage: "access", Reason: test.want, Rule: "policies[1]"})
			if cause := denied.Unwrap(); (cause == nil) != (test.cause == "") || cause != nil && cause.Error() != test.cause {
				t.Errorf("got the cause %v, want %q", cause, test.cause)
			}
		})
	}
}

// TestPolicyAllow wants an Allow to admit what rules are silent about, and nothing that a rule denies.
func TestPolicyAllow(t *testing.T) {
	t.Parallel()
	allow := func(c *governance.Config) {
		c.Policies = []governance.Policy{says(governance.Verdict{Opinion: governance.Allow, Mask: []string{"text"}}, nil)}
	}
	g, sink := guard(t, allow)
	read := governance.Wrap(g, readEntry(), found)
	out, err := read(as("eve", ""), query{Writer: "ann"})
	if want := (entry{Writer: "ann"}); err != nil || out != want {
		t.Errorf("got %v, %v, want %v", out, err, want)
	}
	if e := sink.all()[1]; e.Rule != "" || !cmp.Equal(e.Masked, []string{"text"}) {
		t.Errorf("got the rule %q and the masks %v on record", e.Rule, e.Masked)
	}
	g, sink = guard(t, allow)
	requireRefused(t, g, sink, readEntry(), as("eve", "", "guest"), query{Writer: "ann"},
		refused{Stage: "access", Reason: "denied", Rule: "guests-never", Category: "entries"})
}

// TestPolicyMaskOfFieldNotReleased wants a mask to be no fault where the operation does not touch the field.
func TestPolicyMaskOfFieldNotReleased(t *testing.T) {
	t.Parallel()
	g, _ := guard(t, func(c *governance.Config) {
		c.Policies = []governance.Policy{says(governance.Verdict{Mask: []string{"mood"}}, nil)}
	})
	op := readEntry()
	op.Fields = []string{"text"}
	ctx, q := ann()
	if out, err := governance.Wrap(g, op, found)(ctx, q); err != nil || out.Text == "" {
		t.Errorf("got %v, %v", out, err)
	}
}

func TestPolicyIsAskedWithTheCall(t *testing.T) {
	t.Parallel()
	var got governance.Request
	g, _ := guard(t, func(c *governance.Config) {
		c.Policies = []governance.Policy{governance.PolicyFunc(func(_ context.Context, q governance.Request) (
			governance.Verdict, error) {
			got = q
			return governance.Verdict{}, nil
		})}
	})
	read := governance.Wrap(g, readEntry(), found)
	if _, err := read(as("ann", "care", "writer"), query{Writer: "ann"}); err != nil {
		t.Fatal(err)
	}
	want := governance.Request{
		Caller:  governance.Caller{ID: "ann", Roles: []string{"writer"}, Purpose: "care"},
		Subject: "ann", Operation: "entries.read", Store: "postgresql", Dataset: "entries",
		Categories: []governance.Category{"entries"}, Action: governance.Read,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request differs (-want +got):\n%s", diff)
	}
}

func TestRefuseRegister(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		register governance.RegisterFunc
		cause    string
	}{
		"error": {func(context.Context, governance.Subject, governance.Purpose) (governance.Standing, error) {
			return governance.Standing{Consented: true}, errHost
		}, errHost.Error()},
		"panic": {func(context.Context, governance.Subject, governance.Purpose) (governance.Standing, error) {
			panic(1)
		}, "panic of type int"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, sink := guard(t, func(c *governance.Config) { c.Register = test.register })
			ctx, q := ann()
			denied := requireRefused(t, g, sink, readEntry(), ctx, q, refused{Stage: "compliance", Reason: "host_failed"})
			if got := denied.Unwrap(); got == nil || got.Error() != test.cause {
				t.Errorf("got the cause %v, want %q", got, test.cause)
			}
		})
	}
}

// TestRefuseNamesTheCategory reads two categories at once.
func TestRefuseNamesTheCategory(t *testing.T) {
	t.Parallel()
	mixed := func(c *governance.Config) {
		c.Manifest.Datasets[1].Fields = []governance.Field{{Name: "text", Category: "entries"}}
	}
	op := readEntry()
	op.Dataset = "counts"
	g, sink := guard(t, mixed)
	requireRefused(t, g, sink, op, as("ann", "", "writer"), query{Writer: "ann", Made: created(400)},
		refused{Stage: "retention", Reason: "expired", Category: "entries"})
	g, sink = guard(t, mixed)
	requireRefused(t, g, sink, op, as("eve", "care"), query{Writer: "ann"},
		refused{Stage: "access", Reason: "no_rule", Category: "entries"})
	g, sink = guard(t, mixed, func(c *governance.Config) { c.Register = consents(governance.Standing{Restricted: true}) })
	requireRefused(t, g, sink, op, as("eve", "care", "nurse"), query{Writer: "ann"},
		refused{Stage: "compliance", Reason: "restricted"})
}

// TestSinkFails lets the sink refuse one kind of event. What follows must not be released, and says why.
func TestSinkFails(t *testing.T) {
	t.Parallel()
	boom := func(kind governance.Kind) func(context.Context, governance.Event) error {
		return func(_ context.Context, e governance.Event) error {
			if e.Kind == kind {
				panic(errHost)
			}
			return nil
		}
	}
	for name, test := range map[string]struct {
		refuse func(context.Context, governance.Event) error
		roles  []string
		fail   bool
		ran    bool
		kind   governance.Kind // of the event that the error names
		denied bool
		steps  []string
	}{
		"attempt":          {refusing("attempt", errHost), []string{"writer"}, false, false, "attempt", true, nil},
		"attempt panics":   {boom("attempt"), []string{"writer"}, false, false, "attempt", true, nil},
		"denial":           {refusing("denial", errHost), nil, false, false, "denial", true, nil},
		"denial panics":    {boom("denial"), nil, false, false, "denial", true, nil},
		"effect":           {refusing("effect", errHost), []string{"writer"}, false, true, "effect", false, []string{"attempt"}},
		"effect panics":    {boom("effect"), []string{"writer"}, false, true, "effect", false, []string{"attempt"}},
		"failure":          {refusing("failure", errHost), []string{"writer"}, true, true, "failure", false, []string{"attempt"}},
		"failure panicked": {boom("failure"), []string{"writer"}, true, true, "failure", false, []string{"attempt"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, sink := guard(t, func(c *governance.Config) { c.Audit.(*trail).refuse = test.refuse })
			ran := false
			own := errors.New("no connection")
			read := governance.Wrap(g, readEntry(), func(ctx context.Context, q query) (entry, error) {
				ran = true
				out, _ := found(ctx, q)
				if test.fail {
					return out, own
				}
				return out, nil
			})
			out, err := read(as("ann", "", test.roles...), query{Writer: "ann"})
			var audit *governance.AuditError
			requireAs(t, err, &audit)
			if ran != test.ran || out != (entry{}) {
				t.Errorf("the call has run: %t, want %t; released %v", ran, test.ran, out)
			}
			if audit.Kind != test.kind || audit.Operation != "entries.read" || !errors.Is(err, governance.ErrUnrecorded) {
				t.Errorf("got %v", audit)
			}
			if errors.Is(err, governance.ErrDenied) != test.denied || errors.Is(err, own) != test.fail {
				t.Errorf("got %v", err)
			}
			var panicked *governance.PanicError
			if !errors.Is(err, errHost) && !errors.As(err, &panicked) {
				t.Errorf("the sink's error is lost: %v", err)
			}
			if !cmp.Equal(test.steps, sink.steps()) {
				t.Errorf("got the events %v, want %v", sink.steps(), test.steps)
			}
		})
	}
}

// TestSinkStalls lets the sink wait until its context ends.
func TestSinkStalls(t *testing.T) {
	t.Parallel()
	stall := func(kind governance.Kind) func(ctx context.Context, e governance.Event) error {
		return func(ctx context.Context, e governance.Event) error {
			if e.Kind != kind {
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		}
	}
	for name, test := range map[string]struct {
		kind   governance.Kind
		roles  []string
		denied bool
		took   time.Duration
		steps  []string
	}{
		"attempt until the deadline":              {"attempt", []string{"writer"}, true, time.Second, nil},
		"denial until the deadline, then bounded": {"denial", nil, true, 4 * time.Second, nil},
		"effect until the deadline, then bounded": {"effect", []string{"writer"}, false, 4 * time.Second, []string{"attempt"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g, sink := guard(t, func(c *governance.Config) {
					c.AuditTimeout = 3 * time.Second
					c.Audit.(*trail).refuse = stall(test.kind)
				})
				ctx, cancel := context.WithTimeout(as("ann", "", test.roles...), time.Second)
				defer cancel()
				start := time.Now()
				out, err := governance.Wrap(g, readEntry(), found)(ctx, query{Writer: "ann"})
				if took := time.Since(start); took != test.took {
					t.Errorf("took %s, want %s", took, test.took)
				}
				if out != (entry{}) || !errors.Is(err, governance.ErrUnrecorded) || !errors.Is(err, context.DeadlineExceeded) ||
					errors.Is(err, governance.ErrDenied) != test.denied {
					t.Errorf("got %v, %v", out, err)
				}
				if !cmp.Equal(test.steps, sink.steps()) {
					t.Errorf("got the events %v, want %v", sink.steps(), test.steps)
				}
			})
		})
	}
}

// TestEffectOutlivesTheCaller cancels the caller's context in the wrapped call: the effect is recorded without it, within
// the default time.
func TestEffectOutlivesTheCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var left time.Duration
		g, sink := guard(t, func(c *governance.Config) {
			c.Audit.(*trail).refuse = func(ctx context.Context, e governance.Event) error {
				if deadline, bounded := ctx.Deadline(); bounded {
					left = time.Until(deadline)
				}
				return ctx.Err()
			}
		})
		ctx, cancel := context.WithCancel(as("ann", "", "writer"))
		read := governance.Wrap(g, readEntry(), func(ctx context.Context, q query) (entry, error) {
			cancel()
			return found(ctx, q)
		})
		if out, err := read(ctx, query{Writer: "ann"}); err != nil || out.Text == "" {
			t.Errorf("got %v, %v", out, err)
		}
		if want := []string{"attempt", "effect"}; !cmp.Equal(want, sink.steps()) || left != 5*time.Second {
			t.Errorf("got the events %v within %s", sink.steps(), left)
		}
	})
}
