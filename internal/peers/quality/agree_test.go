package quality

import (
	"context"
	"fmt"
	"math"
	"testing"
)

// TestAgree holds every side to the counts that are known from how the table is made, so that what the benchmarks compare is
// the same work.
func TestAgree(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]table{"repeated": {10_000, true}, "unique": {10_000, false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := data.load(t)
			t.Run("separate", func(t *testing.T) { agree(t, separate{}, url, data) })
			t.Run("shugo-first", func(t *testing.T) { agree(t, ours{}, url, data) })
			again := newOurs(t)
			t.Run("shugo", func(t *testing.T) { agree(t, again, url, data) })
			t.Run("shugo again", func(t *testing.T) { agree(t, again, url, data) })
			if !data.repeated {
				return // a run of Great Expectations takes seconds
			}
			t.Run("gx-SUMMARY", func(t *testing.T) { agree(t, newExpectations(t, "SUMMARY"), url, data) })
			t.Run("gx-BOOLEAN_ONLY", func(t *testing.T) { agree(t, newExpectations(t, "BOOLEAN_ONLY"), url, data) })
		})
	}
}

// agree runs a side and compares what it tells. What it need not tell is a count for the check of an aggregate, and
// anything but verdicts with BOOLEAN_ONLY.
func agree(t *testing.T, s side, url string, data table) {
	t.Helper()
	got, err := s.run(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.outcomes) != len(allChecks()) {
		t.Errorf("%d outcomes, want %d", len(got.outcomes), len(allChecks()))
	}
	known := data.observed()
	for _, c := range allChecks() {
		o, ok := got.outcomes[c.name]
		if !ok {
			t.Errorf("%s: no outcome", c.name)
			continue
		}
		want := data.unexpected(c)
		if o.Success != (want == 0) {
			t.Errorf("%s: success is %t, with %d unexpected rows", c.name, o.Success, want)
		}
		value, aggregate := known[c.name]
		silent := s.name() == "gx-BOOLEAN_ONLY"
		if o.Unexpected == nil && !aggregate && !silent || o.Unexpected != nil && *o.Unexpected != want {
			t.Errorf("%s: %s unexpected rows, want %d", c.name, text(o.Unexpected), want)
		}
		if o.Observed == nil && aggregate && !silent || o.Observed != nil && aggregate && math.Abs(*o.Observed/value-1) > 1e-9 {
			t.Errorf("%s: observed %s, want %v", c.name, text(o.Observed), value)
		}
	}
}

// text is a number as a message shows it.
func text[N int64 | float64](n *N) string {
	if n == nil {
		return "no"
	}
	return fmt.Sprint(*n)
}
