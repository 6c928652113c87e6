package quality

import (
	"fmt"
	"math"
	"slices"
)

// finder applies the rules of [Breaches] to one report.
type finder struct {
	report Report
	past   []Report // the window, oldest first
	limits Limits
	found  []Breach
}

// add records a breach, and fills in what follows from the report. In a report in which two checks have one name, the first counts.
func (f *finder) add(b Breach, format string, args ...any) {
	b.Suite, b.Dataset = f.report.Suite, f.report.Dataset
	if f.has(b.same) {
		return
	}
	b.Text = subject(b.Dimension, b.Check) + ": " + fmt.Sprintf(format, args...)
	f.found = append(f.found, b)
}

// has says whether such a breach was found already.
func (f *finder) has(match func(Breach) bool) bool { return slices.ContainsFunc(f.found, match) }

// point is verdict and score of one thing in one report.
type point struct {
	verdict  Verdict // empty: not in the report
	score    float64
	interval *Interval
}

// upper returns the greatest score that is possible.
func (p point) upper() float64 {
	if p.interval != nil {
		return p.interval.High
	}
	return p.score
}

// whole returns the state of the whole by its score: what was not assessed of it is a matter of its parts.
func (r Report) whole() (Verdict, float64) {
	if !slices.ContainsFunc(r.Dimensions, func(d DimensionScore) bool { return d.Assessed > 0 }) {
		return NotAssessed, 0
	}
	if r.Verdict == NotAssessed {
		return Pass, r.Score
	}
	return r.Verdict, r.Score
}

// state returns the state of a dimension by its score, as whole does.
func (d DimensionScore) state() (Verdict, float64) {
	switch {
	case d.Assessed == 0:
		return NotAssessed, 0
	case d.Interval != nil:
		return d.Threshold.VerdictOf(*d.Interval), d.Score
	}
	return d.Threshold.Verdict(d.Score), d.Score
}

// pointOf returns the state of what a dimension and a check name.
func (r Report) pointOf(d Dimension, check string) point {
	var p point
	p.verdict, p.score = r.state(Breach{Dimension: d, Check: check})
	switch {
	case check != "":
		p.interval = byCheck(r)[check].Interval
	case d == "":
		p.interval = r.Interval
	default:
		for _, s := range r.Dimensions {
			if s.Dimension == d {
				p.interval = s.Interval
			}
		}
	}
	return p
}

// history returns the scores of the past of one thing that were assessed and did not fail. The whole fails with any of its parts, so
// that its score alone counts.
func (f *finder) history(d Dimension, check string) []float64 {
	var scores []float64
	for _, r := range f.past {
		p := r.pointOf(d, check)
		bad := p.verdict == Fail
		if d == "" && check == "" {
			bad = p.score < f.limits.Overall
		}
		if p.verdict != "" && p.verdict != NotAssessed && !bad {
			scores = append(scores, p.score)
		}
	}
	return scores
}

// before returns the median of the past, or nil when there is none.
func (f *finder) before(d Dimension, check string) *float64 {
	scores := f.history(d, check)
	if len(scores) == 0 {
		return nil
	}
	m := median(scores)
	return &m
}

// thresholds finds what is below its threshold, or may be.
func (f *finder) thresholds() {
	whole := f.report.pointOf("", "")
	if whole.verdict != NotAssessed && whole.upper() < f.limits.Overall {
		f.add(Breach{Code: BreachThreshold, Severity: High, Verdict: f.report.Verdict, Score: whole.score, Limit: f.limits.Overall,
			Before: f.before("", "")}, "score %s is below %.4f", scoreText(whole.score), f.limits.Overall)
	}
	for _, d := range f.report.Dimensions {
		p := f.report.pointOf(d.Dimension, "")
		severity := Medium
		if p.upper() < f.limits.Overall {
			severity = High
		}
		f.threshold(Breach{Dimension: d.Dimension, Severity: severity}, p, d.Threshold)
	}
	for _, r := range f.report.Results {
		f.threshold(Breach{Dimension: r.Dimension, Check: r.Check, Severity: r.Severity}, f.report.pointOf(r.Dimension, r.Check), r.Threshold)
	}
}

// threshold adds a breach of a dimension or check when its verdict is one.
func (f *finder) threshold(b Breach, p point, t Threshold) {
	b.Verdict, b.Score, b.Limit = p.verdict, p.score, t.Fail
	switch p.verdict {
	case Fail:
		b.Code, b.Before = BreachThreshold, f.before(b.Dimension, b.Check)
		f.add(b, "score %s is below %.4f", scoreText(p.score), t.Fail)
	case Undecided:
		b.Code, b.Severity = BreachUndecided, Low
		f.add(b, "the interval of the score %s spans the threshold %.4f: read more rows", scoreText(p.score), t.Fail)
	}
}

// unassessed finds what was assessed in the past and is not now: the widest only.
func (f *finder) unassessed() {
	lost := func(b Breach) bool {
		b.Code, b.Verdict = BreachNotAssessed, NotAssessed
		p := f.report.pointOf(b.Dimension, b.Check)
		assessed := func(r Report) bool {
			was := r.pointOf(b.Dimension, b.Check).verdict
			return was != "" && was != NotAssessed
		}
		if p.verdict != NotAssessed || !slices.ContainsFunc(f.past, assessed) {
			return false
		}
		f.add(b, "was assessed before, and is not now")
		return true
	}
	if lost(Breach{Severity: High}) {
		return
	}
	gone := map[Dimension]bool{}
	for _, d := range f.report.Dimensions {
		gone[d.Dimension] = lost(Breach{Dimension: d.Dimension, Severity: Medium})
	}
	for _, r := range f.report.Results {
		if !gone[r.Dimension] {
			lost(Breach{Dimension: r.Dimension, Check: r.Check, Severity: r.Severity})
		}
	}
}

// drops finds scores that are lower than the past lets expect: the narrowest only.
func (f *finder) drops() {
	if f.limits.Drop < 0 {
		return
	}
	for _, r := range f.report.Results {
		severity := Medium
		if r.Severity == Low {
			severity = Low
		}
		f.drop(Breach{Dimension: r.Dimension, Check: r.Check, Severity: severity})
	}
	for _, d := range f.report.Dimensions {
		if !f.has(func(b Breach) bool { return b.Dimension == d.Dimension }) {
			f.drop(Breach{Dimension: d.Dimension, Severity: Medium})
		}
	}
	if len(f.found) == 0 {
		f.drop(Breach{Severity: Medium})
	}
}

// drop adds a breach when a score that is none yet lies below the bound of its past.
func (f *finder) drop(b Breach) {
	p := f.report.pointOf(b.Dimension, b.Check)
	scores := f.history(b.Dimension, b.Check)
	if p.verdict == NotAssessed || p.verdict == Fail || p.verdict == Undecided || len(scores) < max(1, f.limits.Least) {
		return
	}
	middle, spread := robust(scores)
	bound := middle - max(f.limits.Deviations*ofFew(len(scores), 10, 110)*spread, f.limits.Drop)
	if !(p.upper() < bound) {
		return
	}
	b.Code, b.Verdict, b.Score, b.Limit, b.Before = BreachDrop, p.verdict, p.score, bound, &middle
	f.add(b, "score %s is lower than the last %d let expect: their median is %.4f", scoreText(p.score), len(scores), middle)
}

// volume finds a number of rows that is far from the trend of the past.
func (f *finder) volume() {
	if f.limits.Volume < 0 || f.report.Rows < 0 {
		return
	}
	var times, rows []float64 // seconds before the report, rows
	for _, r := range f.past {
		if r.Rows >= 0 && !r.miscounted() {
			times = append(times, r.AssessedAt.Sub(f.report.AssessedAt).Seconds())
			rows = append(rows, float64(r.Rows))
		}
	}
	if len(rows) < max(1, f.limits.Least) {
		return
	}
	last, first := times[len(times)-1], times[0]
	if len(rows) > 1 && -last > last-first { // the gap is longer than the window
		return
	}
	expected, spread := trend(times, rows)
	expected = max(0, expected)
	allowed := max(f.limits.Deviations*ofFew(len(rows), 1.6, 410)*spread, f.limits.Volume*expected)
	now := float64(f.report.Rows)
	b := Breach{Code: BreachVolume, Severity: Medium, Verdict: f.report.Verdict, Score: now, Limit: expected - allowed, Before: &expected}
	switch {
	case now < expected-allowed:
		if now < expected/2 {
			b.Severity = High
		}
		f.add(b, "%.0f rows: the last %d reports let expect %.0f, at least %.0f", now, len(rows), expected, b.Limit)
	case now > expected+allowed:
		b.Limit = expected + allowed
		f.add(b, "%.0f rows: the last %d reports let expect %.0f, at most %.0f", now, len(rows), expected, b.Limit)
	}
}

// miscounted says whether the number of rows of a report is no measure of others.
func (r Report) miscounted() bool {
	if v, _ := r.whole(); v == NotAssessed {
		return true
	}
	return slices.ContainsFunc(r.Results, func(r Result) bool { return r.Kind == RowCount{}.Kind() && r.Verdict == Fail })
}

// robust returns the median of values and 1.4826 times their median absolute deviation, which estimates the standard deviation of
// values that are normally distributed.
func robust(values []float64) (middle, spread float64) {
	middle = median(values)
	away := make([]float64, len(values))
	for i, v := range values {
		away[i] = math.Abs(v - middle)
	}
	return middle, 1.4826 * median(away)
}

// ofFew returns by how much more a deviation counts that is estimated from n points: see Breaches for a and b.
func ofFew(n int, a, b float64) float64 { return 1 + a/float64(n) + b/float64(n*n) }

// trend returns where the line of Theil and Sen through the points is at time 0, and the robust deviation of the points from it.
func trend(times, values []float64) (expected, spread float64) {
	var slopes []float64
	for i := range times {
		for j := range i {
			if times[i] != times[j] {
				slopes = append(slopes, (values[i]-values[j])/(times[i]-times[j]))
			}
		}
	}
	slope := 0.0
	if len(slopes) > 0 {
		slope = median(slopes)
	}
	at0 := make([]float64, len(values))
	for i, v := range values {
		at0[i] = v - slope*times[i]
	}
	return robust(at0)
}

// median returns the middle of values, of an even number the mean of the two in the middle. There must be one.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
