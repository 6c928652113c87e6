package quality_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/quality"
)

func TestChanges(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, after func(*answers)
		want          []string
	}{
		"nothing": {},
		"beyond chance": {after: func(a *answers) { a.email[0] = 60 }, want: []string{
			"overall: pass 1.0000 -> fail 0.9695",
			"completeness: pass 1.0000 -> fail 0.9400",
			"completeness, email: pass 1.0000 -> fail 0.9400",
		}},
		"within chance": {after: func(a *answers) { a.email[0] = 2 }, want: []string{
			"overall: 1.0000 -> 0.9989 (within chance)",
			"completeness: 1.0000 -> 0.9980 (within chance)",
			"completeness, email: 1.0000 -> 0.9980 (within chance)",
		}},
		"estimates": {
			before: func(a *answers) { a.interval = &quality.Interval{Low: .98, High: 1, Level: .95} },
			after:  func(a *answers) { a.email[0], a.interval = 10, &quality.Interval{Low: .98, High: .999, Level: .95} },
			want: []string{
				"overall: 1.0000 -> 0.9949 (within chance)",
				"completeness: 1.0000 -> 0.9900 (within chance)",
				"completeness, email: 1.0000 -> 0.9900 (within chance)",
			}},
		"rows":                       {after: func(a *answers) { a.rows = 1100 }, want: []string{"overall: 1000 rows -> 1100 (+10.0 %)"}},
		"rows that were not counted": {before: func(a *answers) { a.rows = -1 }},
		"a first row":                {before: func(a *answers) { a.rows = 0 }, want: []string{"overall: 0 rows -> 1000"}},
		"no longer asked": {after: func(a *answers) { a.without = true }, want: []string{
			"validity: pass 1.0000 -> not assessed", "validity, age: no longer asked, was pass 1.0000"}},
		"new": {before: func(a *answers) { a.without = true }, want: []string{
			"validity: not assessed -> pass 1.0000", "validity, age: new, pass 1.0000"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, after := healthy(0), healthy(3)
			for change, a := range map[*answers]func(*answers){&before: test.before, &after: test.after} {
				if a != nil {
					a(change)
				}
			}
			var got []string
			for _, c := range quality.Changes(before.report(), after.report()) {
				got = append(got, c.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestDifference holds the interval of a difference to the examples that Newcombe (1998, table II, method 10) gives.
func TestDifference(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		p, q      [2]int64 // good, judged
		low, high float64  // of p minus q
	}{
		{[2]int64{56, 70}, [2]int64{48, 80}, .0524, .3339},
		{[2]int64{9, 10}, [2]int64{3, 10}, .1705, .8090},
		{[2]int64{5, 56}, [2]int64{0, 29}, -.0381, .1926},
		{[2]int64{10, 10}, [2]int64{0, 20}, .6791, 1},
	} {
		before, after := healthy(0), healthy(1)
		before.email = [2]int64{test.q[1] - test.q[0], test.q[1]}
		after.email = [2]int64{test.p[1] - test.p[0], test.p[1]}
		for _, c := range quality.Changes(before.report(), after.report()) {
			if c.Check != "email" {
				continue
			}
			if math.Abs(c.Difference.Low-test.low) > 5e-5 || math.Abs(c.Difference.High-test.high) > 5e-5 {
				t.Errorf("%v and %v: from %.4f to %.4f, want from %.4f to %.4f", test.p, test.q, c.Difference.Low, c.Difference.High, test.low, test.high)
			}
		}
	}
}

func ExampleChanges() {
	before, after := healthy(0), healthy(3)
	after.email, after.rows = [2]int64{60, 1000}, 1003
	for _, c := range quality.Changes(before.report(), after.report()) {
		fmt.Println(c)
	}
	// Output:
	// overall: pass 1.0000 -> fail 0.9695
	// overall: 1000 rows -> 1003 (+0.3 %)
	// completeness: pass 1.0000 -> fail 0.9400
	// completeness, email: pass 1.0000 -> fail 0.9400
}
