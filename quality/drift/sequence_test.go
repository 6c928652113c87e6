package drift_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality/drift"
)

// days draws the p-values of one-sided z-tests: of each day's mean, which moved by shift standard errors from a day on, against
// a reference that is as uncertain as a day. The reference is one for all days, or each day's own.
type days struct {
	shared bool
	shift  float64
	from   int
}

// first is the day of the first alarm in a year, or 365.
func (d days) first(t *testing.T, rng *rand.Rand, s drift.Sequence) int {
	t.Helper()
	reference := rng.NormFloat64()
	for day := range 365 {
		if !d.shared {
			reference = rng.NormFloat64()
		}
		z := (rng.NormFloat64() - reference) / math.Sqrt2
		if day >= d.from {
			z += d.shift
		}
		v, err := s.Add(math.Erfc(z/math.Sqrt2) / 2)
		if err != nil {
			t.Fatal(err)
		}
		if v.Drifted {
			return day
		}
	}
	return 365
}

// TestSequenceFalseAlarms counts years with any false alarm.
func TestSequenceFalseAlarms(t *testing.T) {
	t.Parallel()
	years := servertest.Count(1000, 20_000)
	for _, c := range []struct {
		name      string
		days      days
		sequence  drift.Sequence
		low, high float64
	}{
		{"a reference for each day", days{}, drift.Sequence{}, 0.03, 0.05},
		{"a reference for each day, evidence", days{}, drift.Sequence{Independent: true}, 0.02, 0.05},
		{"one reference", days{shared: true}, drift.Sequence{}, 0, 0.05},
		{"one reference, 20 %", days{shared: true}, drift.Sequence{Level: 0.2}, 0, 0.2},
		{"one reference, wrongly called independent", days{shared: true}, drift.Sequence{Independent: true}, 0.1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rng, alarms := rand.New(rand.NewPCG(7, 7)), 0
			for range years {
				if c.days.first(t, rng, c.sequence) < 365 {
					alarms++
				}
			}
			rate := float64(alarms) / float64(years)
			t.Logf("%.4f of %d years have a false alarm", rate, years)
			if rate < c.low-margin(c.low, years) || rate > c.high+margin(c.high, years) {
				t.Errorf("%.4f of %d years have a false alarm, want %g to %g", rate, years, c.low, c.high)
			}
		})
	}
}

// TestSequenceDelay starts a drift at day 100 that one test sees seldom, and compares how soon the sequences do.
func TestSequenceDelay(t *testing.T) {
	t.Parallel()
	delay := func(shift float64, s drift.Sequence) int {
		rng := rand.New(rand.NewPCG(8, 8))
		var all []int
		for range servertest.Count(200, 2000) {
			if first := (days{shift: shift, from: 100}).first(t, rng, s); first >= 100 {
				all = append(all, first-99)
			}
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	for _, c := range []struct {
		shift           float64
		alone, evidence int // most days, in the median
	}{{1, 200, 30}, {2, 16, 8}, {3, 4, 4}, {5, 1, 1}} {
		alone, evidence := delay(c.shift, drift.Sequence{}), delay(c.shift, drift.Sequence{Independent: true})
		t.Logf("a shift of %g standard errors: %d days alone, %d with evidence", c.shift, alone, evidence)
		if alone > c.alone || evidence > c.evidence {
			t.Errorf("a shift of %g standard errors: %d days alone, %d with evidence, want at most %d and %d",
				c.shift, alone, evidence, c.alone, c.evidence)
		}
	}
}

// TestSequenceOfTests runs whole sequences of the real test, against one reference, and against all days before.
func TestSequenceOfTests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		sequence drift.Sequence
		grows    bool
	}{
		{"one reference", drift.Sequence{Level: 0.1, Looks: 10}, false},
		{"all days before", drift.Sequence{Level: 0.1, Looks: 10, Independent: true}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			runs, alarms := servertest.Count(4, 300), 0
			for run := range runs {
				w, s := newWorld(uint64(run), 4, 2, 1), c.sequence
				reference := w.draw(30, change{})
				for look := range s.Looks {
					day := w.draw(30, change{})
					cfg := drift.Config{Permutations: s.Permutations(), Seed: uint64(run*s.Looks + look)}
					result, err := drift.Test(context.Background(), cfg, reference, day)
					if err != nil {
						t.Fatal(err)
					}
					v, err := s.Add(result.P)
					if err != nil {
						t.Fatal(err)
					}
					if v.Drifted {
						alarms++
						break
					}
					if c.grows {
						reference = append(reference, day...)
					}
				}
			}
			rate := float64(alarms) / float64(runs)
			t.Logf("%.3f of %d sequences have a false alarm", rate, runs)
			if rate > 0.1+margin(0.1, runs) {
				t.Errorf("%.3f of %d sequences have a false alarm, want at most 0.1", rate, runs)
			}
		})
	}
}

func TestSequenceLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		sequence     drift.Sequence
		limit        float64
		permutations int
	}{
		{"default", drift.Sequence{}, 0.05 / 365, 14599},
		{"independent", drift.Sequence{Independent: true}, 0.025 / 365, 29199},
		{"weeks", drift.Sequence{Level: 0.01, Looks: 52}, 0.01 / 52, 10399},
		{"one look", drift.Sequence{Looks: 1}, 0.05, 39},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.sequence.Permutations(); got != c.permutations {
				t.Errorf("%d permutations, want %d", got, c.permutations)
			}
			for p, want := range map[float64]bool{c.limit * 0.999: true, c.limit * 1.001: false} {
				s := c.sequence
				v, err := s.Add(p)
				if err != nil || math.Abs(v.Limit/c.limit-1) > 1e-9 || v.Drifted != want || s.Seen != 1 {
					t.Errorf("p %g: %+v, %v, want drifted %t", p, v, err, want)
				}
			}
		})
	}
}

func TestSequenceRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		sequence drift.Sequence
		p        float64
		want     string
	}{
		{"zero", drift.Sequence{}, 0, "p is 0, want above 0"},
		{"above 1", drift.Sequence{}, 1.01, "p is 1.01"},
		{"not a number", drift.Sequence{Independent: true}, math.NaN(), "p is NaN"},
		{"all problems", drift.Sequence{Level: 2, Looks: -1, Seen: -1, Evidence: math.Inf(1)}, 1,
			"Level is 2, want above 0 and below 1\ndrift: Looks is -1, want at least 1\ndrift: Seen is -1, want at least 0\ndrift: Evidence is +Inf"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := c.sequence
			if _, err := s.Add(c.p); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if !cmp.Equal(s, c.sequence) {
				t.Errorf("the sequence became %+v", s)
			}
		})
	}
	s := drift.Sequence{Looks: 1}
	if _, err := s.Add(1); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Add(1); !errors.Is(err, drift.ErrSpent) {
		t.Errorf("error %v, want %v", err, drift.ErrSpent)
	}
}

// TestSequenceKept breaks a sequence off, and goes on with what JSON kept.
func TestSequenceKept(t *testing.T) {
	t.Parallel()
	whole := drift.Sequence{Independent: true}
	parts := whole
	for _, p := range []float64{0.3, 0.01, 1, 1e-300, 1e-300, 0.9} {
		want, err := whole.Add(p)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(parts)
		if err != nil {
			t.Fatal(err)
		}
		parts = drift.Sequence{}
		if err := json.Unmarshal(text, &parts); err != nil {
			t.Fatal(err)
		}
		got, err := parts.Add(p)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("p %g (-whole +kept):\n%s", p, diff)
		}
	}
}
