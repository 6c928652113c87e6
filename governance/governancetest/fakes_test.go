package governancetest_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/governancetest"
)

func TestPolicyFaults(t *testing.T) {
	t.Parallel()
	allow := governance.Verdict{Opinion: governance.Allow}
	known := bookletCases()[2].Request
	cases := []struct {
		name  string
		fault governancetest.Fault
		want  governance.Opinion // of the second call, to whose request the cases say nothing
		err   error
	}{
		{"none", governancetest.Fault{}, governance.NoOpinion, nil},
		{"fails", governancetest.Fault{Call: 2, Err: errFull}, governance.NoOpinion, errFull},
		{"lies", governancetest.Fault{Call: 2, Lie: true}, governance.Allow, nil},
		{"fails at first", governancetest.Fault{Call: 1, Err: errFull}, governance.NoOpinion, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := &governancetest.Policy{
				Cases:  []governancetest.PolicyCase{{Request: known, Want: allow}},
				Faults: []governancetest.Fault{c.fault},
			}
			if v, err := p.Evaluate(t.Context(), known); err == nil && v.Opinion != governance.Allow {
				t.Errorf("known request: got opinion %d", v.Opinion)
			}
			v, err := p.Evaluate(t.Context(), governance.Request{Action: governance.Read})
			if v.Opinion != c.want || !errors.Is(err, c.err) {
				t.Errorf("got opinion %d and error %v, want %d and %v", v.Opinion, err, c.want, c.err)
			}
			if asked := p.Asked(); len(asked) != 2 || asked[1].Action != governance.Read || len(asked[0].Categories) != 2 {
				t.Errorf("asked: got %v", asked)
			}
		})
	}
}

func TestRegisterFaults(t *testing.T) {
	t.Parallel()
	r := &governancetest.Register{Faults: []governancetest.Fault{{Call: 1, Err: errFull}, {Call: 2, Lie: true}}}
	r.Hold("learner-7", true)
	if _, err := r.Standing(t.Context(), "learner-7", "tutoring"); !errors.Is(err, errFull) {
		t.Errorf("first call: got %v, want %v", err, errFull)
	}
	for i, want := range []governance.Standing{{Consented: true}, {Held: true}} {
		if got, err := r.Standing(t.Context(), "learner-7", "tutoring"); err != nil || got != want {
			t.Errorf("call %d: got %+v and error %v, want %+v", i+2, got, err, want)
		}
	}
	if n := r.Calls(); n != 3 {
		t.Errorf("got %d calls, want 3", n)
	}
}

// TestRegisterKnowsNobody shows that nothing can be recorded about nobody.
func TestRegisterKnowsNobody(t *testing.T) {
	t.Parallel()
	var r governancetest.Register
	r.Grant("", "tutoring")
	r.Grant("learner-7", "")
	r.Restrict("", true)
	r.Hold("", true)
	for _, about := range []governance.Subject{"", "learner-7"} {
		for _, purpose := range []governance.Purpose{"", "tutoring"} {
			if got, err := r.Standing(t.Context(), about, purpose); err != nil || got != (governance.Standing{}) {
				t.Errorf("got %+v and error %v, want the zero standing", got, err)
			}
		}
	}
}

// TestStallAndPanic has the faults that all fakes share.
func TestStallAndPanic(t *testing.T) {
	t.Parallel()
	fakes := map[string]func(context.Context, []governancetest.Fault) error{
		"sink": func(ctx context.Context, f []governancetest.Fault) error {
			return (&governancetest.Sink{Faults: f}).Record(ctx, event(1, governance.Attempt))
		},
		"policy": func(ctx context.Context, f []governancetest.Fault) error {
			_, err := (&governancetest.Policy{Faults: f}).Evaluate(ctx, governance.Request{})
			return err
		},
		"register": func(ctx context.Context, f []governancetest.Fault) error {
			_, err := (&governancetest.Register{Faults: f}).Standing(ctx, "learner-7", "tutoring")
			return err
		},
	}
	for name, call := range fakes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for _, f := range []governancetest.Fault{{Stall: true}, {Until: make(chan struct{})}} {
					ctx, cancel := context.WithCancel(t.Context())
					answer := make(chan error, 1)
					go func() { answer <- call(ctx, []governancetest.Fault{f}) }()
					synctest.Wait()
					if len(answer) > 0 {
						t.Errorf("%+v: the call did not stall", f)
					}
					cancel()
					if err := <-answer; !errors.Is(err, context.Canceled) {
						t.Errorf("%+v: got %v, want %v", f, err, context.Canceled)
					}
				}
			})
			defer func() {
				if v := recover(); v != "burst pipe" {
					t.Errorf("got panic %v, want %q", v, "burst pipe")
				}
			}()
			t.Errorf("no panic, but error %v", call(t.Context(), []governancetest.Fault{{Panic: "burst pipe"}}))
		})
	}
}
