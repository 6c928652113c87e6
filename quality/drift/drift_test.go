package drift_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/quality/drift"
)

func rows(n int, row ...float32) [][]float32 {
	out := make([][]float32, n)
	for i := range out {
		out[i] = slices.Clone(row)
	}
	return out
}

// with returns the rows with one of them replaced.
func with(all [][]float32, i int, row ...float32) [][]float32 {
	all[i] = row
	return all
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	for _, c := range []struct {
		name               string
		cfg                drift.Config
		reference, current [][]float32
		want               string
		kind               any
	}{
		{"no reference", drift.Config{}, nil, rows(9, 1), "0 reference rows, 9 current rows", new(*drift.SizeError)},
		{"no current", drift.Config{}, rows(9, 1), [][]float32{}, "9 reference rows, 0 current rows", new(*drift.SizeError)},
		{"too few splits", drift.Config{}, rows(3, 1), rows(2, 1), "no p-value below 0.1", new(*drift.SizeError)},
		{"too few permutations", drift.Config{Level: 0.001}, rows(99, 1), rows(99, 1), "", nil},
		{"one permutation fewer", drift.Config{Level: 0.001, Permutations: 998}, rows(99, 1), rows(99, 1), "998 permutations", new(*drift.SizeError)},
		{"dimensions between samples", drift.Config{}, rows(9, 1, 2), rows(9, 1), "row 0 of the current sample has 1 dimensions, want 2", new(*drift.DimensionError)},
		{"dimensions within a sample", drift.Config{}, with(rows(9, 1, 2), 7, 1), rows(9, 1, 2), "row 7 of the reference sample has 1 dim", new(*drift.DimensionError)},
		{"no dimensions", drift.Config{}, rows(9), rows(9), "row 0 of the reference sample has no dimensions", new(*drift.DimensionError)},
		{"NaN", drift.Config{}, with(rows(9, 1, 2), 4, 1, nan), rows(9, 1, 2), "row 4 of the reference sample holds NaN", new(*drift.ValueError)},
		{"infinity", drift.Config{}, rows(9, 1, 2), with(rows(9, 1, 2), 8, inf, 1), "row 8 of the current sample holds NaN or an inf", new(*drift.ValueError)},
		{"level", drift.Config{Level: 1}, rows(9, 1), rows(9, 1), "Level is 1", nil},
		{"level not a number", drift.Config{Level: math.NaN()}, rows(9, 1), rows(9, 1), "Level is NaN", nil},
		{"all problems", drift.Config{Level: -1, Permutations: -2}, rows(9, 1), rows(9, 1), "Level is -1, want above 0 and below 1\ndrift: Permutations is -2", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := drift.Test(context.Background(), c.cfg, c.reference, c.current)
			if c.want == "" && c.kind == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want %q", err, c.want)
			}
			if c.kind != nil && !errors.As(err, c.kind) {
				t.Errorf("error is %T, want %T", err, c.kind)
			}
		})
	}
}

func TestRepeats(t *testing.T) {
	t.Parallel()
	w := newWorld(1, 16, 3, 1)
	reference, current := w.draw(80, change{}), w.draw(70, change{Fresh: 0.2})
	before := slices.Concat(slices.Clone(reference), slices.Clone(current))
	for i, row := range before {
		before[i] = slices.Clone(row)
	}
	run := func(seed uint64) drift.Result {
		result, err := drift.Test(context.Background(), drift.Config{Seed: seed, Permutations: 99}, reference, current)
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	first := run(5)
	if diff := cmp.Diff(first, run(5)); diff != "" {
		t.Errorf("same seed, other result (-first +second):\n%s", diff)
	}
	if cmp.Equal(first, run(6)) {
		t.Error("the seed changes nothing")
	}
	if diff := cmp.Diff(before, slices.Concat(reference, current)); diff != "" {
		t.Errorf("the samples were changed:\n%s", diff)
	}
}

func TestEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := drift.Test(ctx, drift.Config{}, rows(9, 1), rows(9, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

// TestRegion plants a topic and reads its rows off the result.
func TestRegion(t *testing.T) {
	t.Parallel()
	w := newWorld(3, 64, 8, 0.7)
	common, topic := w.draw(600, change{}), w.draw(30, change{Fresh: 1})
	for _, c := range []struct {
		name               string
		reference, current [][]float32
		sample             drift.Sample
		first              int // index of the planted rows
	}{
		{"new", common[:300], slices.Concat(common[300:], topic), drift.Current, 300},
		{"vanished", slices.Concat(common[300:], topic), common[:300], drift.Reference, 300},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			result, err := drift.Test(context.Background(), drift.Config{Permutations: 199}, c.reference, c.current)
			if err != nil {
				t.Fatal(err)
			}
			if !result.Drifted || result.P != 0.005 || result.Findings[0].Component != drift.Local {
				t.Errorf("%v, want drift led by %s at the smallest p", result, drift.Local)
			}
			more, less := result.Region.CurrentShare, result.Region.ReferenceShare
			if c.sample == drift.Reference {
				more, less = less, more
			}
			if result.Region.Sample != c.sample || more < 0.07 || more > 0.12 || less > 0.01 {
				t.Errorf("region %+v, want about 9 %% of the %s sample and nothing of the other", result.Region, c.sample)
			}
			if len(result.Region.Rows) != 5 || slices.Min(result.Region.Rows) < c.first {
				t.Errorf("rows %v, want 5 from %d on", result.Region.Rows, c.first)
			}
			if parts := sum(result.Findings); math.Abs(parts-1) > 1e-9 {
				t.Errorf("parts add up to %g", parts)
			}
		})
	}
}

func sum(findings []drift.Finding) float64 {
	total := 0.0
	for _, f := range findings {
		total += f.Part
	}
	return total
}

// TestOddSamples feeds what breaks arithmetic. Samples of equal rows never drift; a sample that moved does, at any magnitude.
func TestOddSamples(t *testing.T) {
	t.Parallel()
	w := newWorld(4, 8, 2, 1)
	mixed := w.draw(60, change{})
	times := func(all [][]float32, f float32) [][]float32 {
		out := make([][]float32, len(all))
		for i, row := range all {
			for _, v := range row {
				out[i] = append(out[i], v*f)
			}
		}
		return out
	}
	for _, c := range []struct {
		name               string
		reference, current [][]float32
		drifted            bool
	}{
		{"zeros", rows(30, 0, 0), rows(30, 0, 0), false},
		{"equal rows", rows(30, 0.1, 0.2, 0.3), rows(30, 0.1, 0.2, 0.3), false},
		{"equal rows but one", with(rows(30, 0.1, 0.2), 0, 5, 5), rows(30, 0.1, 0.2), false},
		{"rounding", rows(30, 0.1, 0.2, 0.3), rows(30, 0.1000001, 0.2, 0.3), false},
		{"two values", rows(30, 1), rows(30, 2), true},
		{"one dimension", rows(30, 1), rows(30, -1), true},
		{"half zeros", rows(30, 0, 0), rows(30, 1, 0), true},
		{"largest", times(mixed[:30], 3e38), times(mixed[30:], -3e38), true},
		{"smallest", times(mixed[:30], 1e-43), times(mixed[30:], -1e-43), true},
		{"largest and smallest", times(mixed[:30], 3e38), times(mixed[30:], 1e-43), true},
		{"one absurd row", with(rows(30, 1, 0), 3, 1e38, 0), rows(30, 0, 1), true},
		{"duplicated", slices.Concat(mixed, mixed), slices.Concat(mixed[:30], mixed[:30], mixed[:30]), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			result, err := drift.Test(context.Background(), drift.Config{}, c.reference, c.current)
			if err != nil {
				t.Fatal(err)
			}
			if result.Drifted != c.drifted || math.IsNaN(result.Statistic) || math.IsInf(result.Statistic, 0) {
				t.Errorf("%v, statistic %g, want drifted %t", result, result.Statistic, c.drifted)
			}
		})
	}
}

func FuzzTest(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, uint8(3), uint8(2))
	f.Add(make([]byte, 64), uint8(7), uint8(1))
	f.Add([]byte{0, 0, 128, 127, 255, 255, 127, 127, 1, 0, 0, 0, 0, 0, 0, 128}, uint8(4), uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, split, dim uint8) {
		var all [][]float32
		for d := max(1, int(dim%5)); len(data) >= 4*d && len(all) < 200; data = data[4*d:] {
			row := make([]float32, d)
			for j := range row {
				b := data[4*j:]
				row[j] = math.Float32frombits(uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24)
			}
			all = append(all, row)
		}
		at := min(int(split), len(all))
		result, err := drift.Test(context.Background(), drift.Config{Permutations: 19}, all[:at], all[at:])
		if err != nil {
			return
		}
		if !(result.P >= 0.05 && result.P <= 1 && result.Statistic >= 1 && result.Statistic <= math.MaxFloat64) {
			t.Errorf("p %g, statistic %g", result.P, result.Statistic)
		}
		if math.Abs(sum(result.Findings)-1) > 1e-6 {
			t.Errorf("parts add up to %g", sum(result.Findings))
		}
	})
}
