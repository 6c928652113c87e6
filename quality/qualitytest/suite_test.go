package qualitytest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/qualitytest"
)

func TestSuiteAccepts(t *testing.T) {
	t.Parallel()
	qualitytest.TestValidator(t, func(*testing.T) qualitytest.Harness[*learner] {
		return (&judge{validate: right}).harness()
	})
}

// TestSuiteAcceptsCareful has a validator that looks at its context and waits for a server.
func TestSuiteAcceptsCareful(t *testing.T) {
	t.Parallel()
	qualitytest.TestValidator(t, func(*testing.T) qualitytest.Harness[*learner] { return careful().harness() })
}

// careful asks a server, which answers unless it is stalled.
func careful() *judge {
	var server qualitytest.Validator[*learner]
	return &judge{
		stall: func() func() {
			until := make(chan struct{})
			server.Faults = []qualitytest.Fault{{Until: until}}
			return func() { close(until) }
		},
		validate: func(ctx context.Context, l *learner) ([]quality.Issue, error) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if _, err := server.Validate(ctx, l); err != nil {
				return nil, err
			}
			return right(ctx, l)
		},
	}
}

func check(t *testing.T, open func() *judge) qualitytest.Violations {
	t.Helper()
	err := qualitytest.CheckValidator(t.Context(), func() (qualitytest.Harness[*learner], error) { return open().harness(), nil })
	var found qualitytest.Violations
	if err != nil && !errors.As(err, &found) {
		t.Fatalf("got %v, want Violations", err)
	}
	return found
}

func TestSuiteRejects(t *testing.T) {
	t.Parallel()
	for _, m := range mutants() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			found := check(t, m.open)
			if !slices.ContainsFunc(found, func(v qualitytest.Violation) bool { return v.Check == m.killer }) {
				t.Errorf("got %v, want a violation of %s", found, m.killer)
			}
		})
	}
}

// TestSuiteRejectsDeaf has validators that do not hear that their context ends; the ten seconds that the suite waits are the bubble's.
func TestSuiteRejectsDeaf(t *testing.T) {
	t.Parallel()
	deaf := func(then func(context.Context, *learner) ([]quality.Issue, error)) func() *judge {
		return func() *judge {
			until := make(chan struct{})
			close(until)
			j := &judge{stall: func() func() {
				until = make(chan struct{})
				return func() { close(until) }
			}}
			j.validate = func(ctx context.Context, l *learner) ([]quality.Issue, error) {
				<-until
				return then(ctx, l)
			}
			return j
		}
	}
	synctest.Test(t, func(t *testing.T) {
		var names []string
		for _, v := range check(t, deaf(right)) {
			names = append(names, v.Check)
		}
		if diff := cmp.Diff([]string{"ReturnsWhenContextEnds"}, names); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestSuiteRejectsImpatient has a validator that takes no answer for a good one.
func TestSuiteRejectsImpatient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		found := check(t, func() *judge {
			j := careful()
			answer := j.validate
			j.validate = func(ctx context.Context, l *learner) ([]quality.Issue, error) {
				found, err := answer(ctx, l)
				if errors.Is(err, context.DeadlineExceeded) {
					return nil, nil
				}
				return found, err
			}
			return j
		})
		if len(found) != 1 || found[0].Check != "ReturnsWhenContextEnds" {
			t.Errorf("got %v, want a violation of ReturnsWhenContextEnds", found)
		}
	})
}

func TestSuiteRejectsHarness(t *testing.T) {
	t.Parallel()
	good := (&judge{validate: right}).harness()
	change := func(f func(*qualitytest.Harness[*learner])) qualitytest.Harness[*learner] {
		h := good
		h.Cases = slices.Clone(good.Cases)
		f(&h)
		return h
	}
	tests := map[string]struct {
		harness qualitytest.Harness[*learner]
		says    string
	}{
		"no validator":   {change(func(h *qualitytest.Harness[*learner]) { h.Validator = nil }), "no validator"},
		"no case":        {change(func(h *qualitytest.Harness[*learner]) { h.Cases = nil }), "0 good cases, and 0 bad"},
		"only good":      {change(func(h *qualitytest.Harness[*learner]) { h.Cases = h.Cases[:1] }), "1 good cases, and 0 bad"},
		"no canary":      {change(func(h *qualitytest.Harness[*learner]) { h.Cases = h.Cases[:2] }), "0 bad ones with a canary"},
		"a short canary": {change(func(h *qualitytest.Harness[*learner]) { h.Cases[2].Canaries = []string{"abc"} }), "canary 1 has 3 bytes"},
	}
	for name, test := range tests {
		err := qualitytest.CheckValidator(t.Context(), func() (qualitytest.Harness[*learner], error) { return test.harness, nil })
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v, want an error that says %q", name, err, test.says)
		}
	}
	closed := errors.New("the server is down")
	err := qualitytest.CheckValidator(t.Context(), func() (qualitytest.Harness[*learner], error) { return good, closed })
	if err == nil || !strings.Contains(err.Error(), "Cases: open: the server is down") {
		t.Errorf("open fails: got %v", err)
	}
}

// TestSuiteOnChecked holds the validators that quality itself makes to the contract.
func TestSuiteOnChecked(t *testing.T) {
	t.Parallel()
	suite := quality.Suite{Dataset: "learners", Checks: []quality.Check{
		{Test: quality.NotEmpty{Field: "name"}},
		{Test: quality.Range{Field: "age", Min: 3, Max: 120}, When: quality.NotEmpty{Field: "name"}},
		{Test: quality.Not{Test: quality.Like{Field: "name", Pattern: "%<%"}}},
	}}
	qualitytest.TestValidator(t, func(t *testing.T) qualitytest.Harness[learner] {
		v, err := quality.Checked(suite, func(l learner, field string) any {
			if field == "name" {
				return l.Name
			}
			return l.Age
		})
		if err != nil {
			t.Fatal(err)
		}
		return qualitytest.Harness[learner]{Validator: v, Cases: []qualitytest.Case[learner]{
			{Name: "good", Record: learner{Name: "田中", Age: 30}},
			{Name: "no name", Record: learner{Age: 30}, Codes: []string{"not_empty"}},
			{Name: "bad", Record: learner{Name: "<佐藤>", Age: 4711}, Codes: []string{"range", "not_like"}, Canaries: []string{"佐藤", "4711"}},
		}}
	})
}

func TestFake(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	found := []quality.Issue{{Dimension: quality.Accuracy, Code: "c"}}
	released := make(chan struct{})
	close(released)
	fake := &qualitytest.Validator[int]{
		Find: func(int) []quality.Issue { return found },
		Faults: []qualitytest.Fault{
			{Call: 1, Err: broken}, {Call: 2, Skip: &quality.SkippedError{Code: "c"}}, {Call: 3, Stall: true}, {Call: 4, Panic: "boom"}, {Call: 5, Until: released},
		},
	}
	if _, err := fake.Validate(t.Context(), 1); !errors.Is(err, broken) {
		t.Errorf("call 1: got %v, want the error", err)
	}
	var skipped *quality.SkippedError
	if _, err := fake.Validate(t.Context(), 1); !errors.As(err, &skipped) {
		t.Errorf("call 2: got %v, want a skip", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := fake.Validate(ended, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("call 3: got %v, want the context's error", err)
	}
	func() {
		defer func() {
			if got := recover(); got != "boom" {
				t.Errorf("call 4: panics with %v, want boom", got)
			}
		}()
		_, _ = fake.Validate(t.Context(), 1)
	}()
	for range 2 {
		if got, err := fake.Validate(t.Context(), 1); err != nil || !cmp.Equal(got, found) {
			t.Errorf("calls 5 and 6: got %v, %v, want what it finds", got, err)
		}
	}
	if fake.Calls() != 6 {
		t.Errorf("got %d calls, want 6", fake.Calls())
	}
}
