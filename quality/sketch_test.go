package quality_test

import (
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/shugo-data/shugo/quality"
)

// generated yields n rows of one field.
func generated(n int, value func(i int) any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		row := make([]any, 1)
		for i := range n {
			if row[0] = value(i); !yield(row, nil) {
				return
			}
		}
	}
}

// TestUniqueBeyond holds the estimate of what does not fit in memory against the truth: the intervals must hold it.
func TestUniqueBeyond(t *testing.T) {
	t.Parallel()
	const n = 10_000
	r := rand.New(rand.NewPCG(1, 2))
	tests := map[string]struct {
		value   func(i int) any
		verdict quality.Verdict // with a threshold of 0.9
	}{
		"all different":     {func(i int) any { return i }, quality.Pass},
		"pairs, far apart":  {func(i int) any { return i % (n / 2) }, quality.Fail},
		"pairs, near":       {func(i int) any { return i / 2 }, quality.Fail},
		"one very common":   {func(i int) any { return max(0, i-n/2) }, quality.Fail},
		"random from 4,000": {func(int) any { return r.IntN(4000) }, quality.Fail},
		"1 of 10 twice":     {func(i int) any { return i - i%20/19 }, quality.Undecided},
	}
	for name, test := range tests {
		var values []any
		times := map[any]int64{}
		for i := range n {
			values = append(values, test.value(i))
			times[values[i]]++
		}
		var truth quality.Duplicates
		for _, k := range times {
			if k == 1 {
				truth.Singletons++
				continue
			}
			truth.Groups++
			truth.AffectedRows += k
			truth.ExcessRows += k - 1
		}
		scores := map[quality.Sense]float64{
			quality.AffectedRows: 1 - float64(truth.AffectedRows)/n, quality.ExcessRows: 1 - float64(truth.ExcessRows)/n,
			quality.Groups: 1 - float64(truth.Groups)/float64(len(times)),
		}
		for sense, score := range scores {
			check := quality.Check{Test: quality.Unique{Fields: []string{"a"}, Count: sense}, Threshold: quality.Threshold{Fail: 0.9}}
			got := assess(t, check, generated(n, func(i int) any { return values[i] }), quality.AssessConfig{Exact: 2000})
			i := got.Interval
			if got.Method != quality.BySketch || i == nil || i.Level != 0.95 {
				t.Fatalf("%s, %s: method %s, interval %v: want an estimate at 0.95", name, sense, got.Method, i)
			}
			// Four standard errors: a test must not fail by chance.
			slack := i.High - i.Low
			if score < i.Low-slack || score > i.High+slack || got.Score < i.Low || got.Score > i.High {
				t.Errorf("%s, %s: score %.4f in %v, want %.4f", name, sense, got.Score, *i, score)
			}
			if sense == quality.ExcessRows && name != "1 of 10 twice" && got.Verdict != test.verdict {
				t.Errorf("%s, %s: %s in %v, want %s", name, sense, got.Verdict, *i, test.verdict)
			}
			d := got.Duplicates
			if d.AffectedRows+d.Singletons > n+d.Groups || d.ExcessRows < 0 || d.Groups < 0 || d.Singletons < 0 {
				t.Errorf("%s, %s: impossible counts %+v", name, sense, *d)
			}
		}
	}
}

func TestMostCommonBeyond(t *testing.T) {
	t.Parallel()
	check := quality.Check{Test: quality.MostCommon{Field: "a", Values: []any{1}}}
	got := assess(t, check, columnOf(1, 1, 2, 3), quality.AssessConfig{Exact: 2})
	if got.Verdict != quality.NotAssessed || got.Reason != "there are more than 2 different values" {
		t.Errorf("got %s (%s)", got.Verdict, got.Reason)
	}
	if got := assess(t, check, columnOf(1, 1, 2), quality.AssessConfig{Exact: 2}); got.Verdict != quality.Pass {
		t.Errorf("as many as fit: got %s (%s)", got.Verdict, got.Reason)
	}
}

// TestDistinctBeyond uses bounds so far away that the sketch decides, and one within its error: there, 19 of 20 intervals hold the truth.
func TestDistinctBeyond(t *testing.T) {
	t.Parallel()
	const n = 5000
	verdicts := func(least int) map[quality.Verdict]int {
		got := map[quality.Verdict]int{}
		for range 20 {
			check := quality.Check{Test: quality.Statistic{Of: quality.DistinctCount, Field: "a", Min: least}}
			r := assess(t, check, generated(n, func(i int) any { return i }), quality.AssessConfig{})
			if r.Method != quality.BySketch || r.Interval == nil {
				t.Errorf("at least %d of %d: by %s, %v: want a sketch with an interval", least, n, r.Method, r.Interval)
			}
			got[r.Verdict]++
		}
		return got
	}
	if got := verdicts(4000); got[quality.Pass] != 20 {
		t.Errorf("a bound far below: got %v, want 20 passes", got)
	}
	if got := verdicts(6000); got[quality.Fail] != 20 {
		t.Errorf("a bound far above: got %v, want 20 failures", got)
	}
	if got := verdicts(n); got[quality.Undecided] < 12 {
		t.Errorf("a bound at the truth: got %v, want hardly any that is decided", got)
	}
	share := quality.Check{Test: quality.Statistic{Of: quality.DistinctShare, Field: "a", Min: 0.4, Max: 0.6}}
	if got := assess(t, share, generated(n, func(i int) any { return i / 2 }), quality.AssessConfig{}); got.Verdict != quality.Pass {
		t.Errorf("share: got %s, observed %s", got.Verdict, got.Observed)
	}
}

// percentileOf is percentile_cont of SQL.
func percentileOf(sorted []float64, share float64) float64 {
	rank := share * float64(len(sorted)-1)
	low := math.Floor(rank)
	a, b := sorted[int(low)], sorted[int(math.Ceil(rank))]
	return a + (b-a)*(rank-low)
}

// TestQuantile places a bound clearly below, clearly above and exactly at the true figure: the sketch must decide the first two
// rightly, and must not decide the third wrongly.
func TestQuantile(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	draws := map[string]func() float64{
		"normal":    r.NormFloat64,
		"lognormal": func() float64 { return math.Exp(3 * r.NormFloat64()) },
		"integers":  func() float64 { return float64(r.IntN(7) - 3) },
		"negative":  func() float64 { return -1 - r.ExpFloat64() },
	}
	for name, draw := range draws {
		for range long(15, 2000) {
			values := make([]float64, 1+r.IntN(300))
			for i := range values {
				values[i] = draw()
			}
			sorted := slices.Sorted(slices.Values(values))
			share := r.Float64()
			truth := percentileOf(sorted, share)
			around := func(bound float64) quality.Result {
				check := quality.Check{Test: quality.Statistic{Of: quality.Quantile, Q: share, Field: "a", Min: bound}}
				return assess(t, check, generated(len(values), func(i int) any { return values[i] }), quality.AssessConfig{})
			}
			gap := 0.0 // between the values that it lies between
			rank := share * float64(len(sorted)-1)
			gap = sorted[int(math.Ceil(rank))] - sorted[int(rank)]
			margin := gap + 0.02*(math.Abs(truth)+gap)
			if got := around(truth - margin - 1e-300); got.Verdict != quality.Pass {
				t.Fatalf("%s: quantile %v of %d is %v, bound %v: %s", name, share, len(values), truth, truth-margin, got.Verdict)
			}
			if got := around(truth + margin + 1e-300); got.Verdict != quality.Fail {
				t.Fatalf("%s: quantile %v of %d is %v, bound %v: %s", name, share, len(values), truth, truth+margin, got.Verdict)
			}
			if got := around(math.Nextafter(truth, math.Inf(-1)) - 1e-9*math.Abs(truth)); got.Verdict == quality.Fail {
				t.Fatalf("%s: quantile %v of %d is %v: fails a bound just below", name, share, len(values), truth)
			}
			if got := around(math.Nextafter(truth, math.Inf(1)) + 1e-9*math.Abs(truth)); got.Verdict == quality.Pass {
				t.Fatalf("%s: quantile %v of %d is %v: passes a bound just above", name, share, len(values), truth)
			}
		}
	}
}

func TestQuantileOdd(t *testing.T) {
	t.Parallel()
	inf, nan := math.Inf(1), math.NaN()
	median := func(low, high any) quality.Check {
		return quality.Check{Test: quality.Statistic{Of: quality.Median, Field: "a", Min: low, Max: high}, Reveal: true}
	}
	tests := map[string]struct {
		check    quality.Check
		values   []any
		verdict  quality.Verdict
		observed string
	}{
		"one value":           {median(0.9, 1.1), []any{1}, quality.Pass, "about 1.01"},
		"zero is exact":       {median(0, 0), []any{0, -5, 7}, quality.Pass, "about 0"},
		"bound within error":  {median(100, nil), []any{100}, quality.Undecided, "about 100"},
		"between two":         {median(14.5, 15.5), []any{10, 20}, quality.Undecided, "about 15.1"},
		"infinities":          {median(nil, 5), []any{inf, inf, 1}, quality.Fail, "about +Inf"},
		"infinity below":      {median(nil, 5), []any{-inf, -inf, 1}, quality.Pass, "about -Inf"},
		"NaN is above":        {median(nil, 5), []any{nan, 1, 2}, quality.Pass, "about 2.02"},
		"NaN is the median":   {median(nil, nil), []any{nan, nan, 2}, quality.Fail, "about NaN"},
		"finite and infinite": {median(nil, 5), []any{1, inf}, quality.Undecided, "about +Inf"},
	}
	for name, test := range tests {
		got := assess(t, test.check, columnOf(test.values...), quality.AssessConfig{})
		if got.Verdict != test.verdict || got.Observed != test.observed || got.Interval == nil || got.Interval.Level != 1 {
			t.Errorf("%s: %s, %q, %v: want %s, %q, a sure interval", name, got.Verdict, got.Observed, got.Interval, test.verdict, test.observed)
		}
	}
}

// TestZScore holds the interval against the count by definition.
func TestZScore(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for _, above := range []bool{false, true} {
		for range long(40, 5000) {
			values := make([]float64, 2+r.IntN(200))
			var sum, squares float64
			for i := range values {
				values[i] = 10 + r.NormFloat64()
				if r.IntN(50) == 0 {
					values[i] += 40 * r.NormFloat64()
				}
				sum += values[i]
			}
			mean := sum / float64(len(values))
			for _, v := range values {
				squares += (v - mean) * (v - mean)
			}
			reach := 2 * math.Sqrt(squares/float64(len(values)-1))
			far := 0
			for _, v := range values {
				if v-mean > reach || !above && mean-v > reach {
					far++
				}
			}
			check := quality.Check{Test: quality.ZScore{Field: "a", Max: 2, Above: above}}
			got := assess(t, check, generated(len(values), func(i int) any { return values[i] }), quality.AssessConfig{})
			score := 1 - float64(far)/float64(len(values))
			if i := got.Interval; i == nil || score < i.Low-1e-12 || score > i.High+1e-12 || got.Score < i.Low-1e-12 || got.Score > i.High+1e-12 {
				t.Fatalf("%d of %d are far (above %v): score %v in %v", far, len(values), above, got.Score, got.Interval)
			}
		}
	}
	z := quality.Check{Test: quality.ZScore{Field: "a"}}
	if got := foundOf(assess(t, z, columnOf(5, 5, 5), quality.AssessConfig{})); got.Verdict != quality.Pass || got.Judged != 3 {
		t.Errorf("equal values: got %+v", got)
	}
	if got := foundOf(assess(t, z, columnOf(5, "x"), quality.AssessConfig{})); got.Verdict != quality.Fail || got.Unexpected != 1 || got.Judged != 2 {
		t.Errorf("a text: got %+v", got)
	}
	if got := foundOf(assess(t, z, columnOf(5, math.NaN()), quality.AssessConfig{})); got.Verdict != quality.NotAssessed {
		t.Errorf("NaN: got %+v", got)
	}
}
