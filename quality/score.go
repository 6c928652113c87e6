package quality

import "math"

// Answer fills in what follows from a check and from the counts of a result: name, dimension, severity, weight, threshold, fields,
// score and verdict. An adapter sets what it found, and calls it for each check: Judged and Unexpected for a test of rows, or one
// judged and none or one unexpected for a test of the whole; the Interval of an estimate. A result that already is [NotAssessed], or
// judged nothing, is not assessed.
func (s Suite) Answer(c Check, r Result) Result {
	r.Check, r.Kind, r.Dimension = c.ID(), c.Test.Kind(), c.dimension()
	if r.Fields = c.Columns(); r.Fields == nil {
		r.Fields = []string{}
	}
	if r.Severity = c.Severity; r.Severity == "" {
		r.Severity = Medium
	}
	if r.Weight = c.Weight; r.Weight == 0 {
		r.Weight = 1
	}
	if r.Threshold = c.Threshold; r.Threshold == (Threshold{}) {
		r.Threshold = s.Thresholds.Of(r.Dimension)
	}
	return r.judge()
}

// judge derives score and verdict. A proof holds for every row, however many there are: none was counted.
func (r Result) judge() Result {
	if r.Method == ByProof && r.Verdict != NotAssessed {
		r.Score, r.Verdict = 1, r.Threshold.Verdict(1)
		return r
	}
	if r.Judged <= 0 && r.Verdict != NotAssessed {
		r.Verdict = NotAssessed
		if r.Reason == "" {
			r.Reason = "there was no row to judge"
		}
	}
	if r.Verdict == NotAssessed {
		r.Score, r.Interval, r.Mend = 0, nil, nil
		return r
	}
	r.Score = 1 - float64(r.Unexpected)/float64(r.Judged)
	r.Verdict = r.Threshold.Verdict(r.Score)
	if r.Interval != nil {
		r.Verdict = r.Threshold.VerdictOf(*r.Interval)
	}
	return r
}

// Summarize fills in what follows from the results of a report: the scores and verdicts of the dimensions and of the whole.
func (s Suite) Summarize(r Report) Report {
	r.Version, r.Suite, r.Dataset = ReportVersion, s.ID(), s.Dataset
	r.Dimensions = make([]DimensionScore, 0, len(Dimensions()))
	for _, d := range Dimensions() {
		r.Dimensions = append(r.Dimensions, s.dimension(d, r.Results))
	}
	r.overall()
	return r
}

// dimension scores one dimension: the weighted arithmetic mean of what was assessed.
func (s Suite) dimension(d Dimension, results []Result) DimensionScore {
	out := DimensionScore{Dimension: d, Verdict: NotAssessed, Threshold: s.Thresholds.Of(d), Weight: 1}
	if w, ok := s.Weights[d]; ok {
		out.Weight = w
	}
	var sum, low, high, weight, level float64
	worst := Pass
	for _, r := range results {
		if r.Dimension != d {
			continue
		}
		out.Checks++
		if r.Verdict == NotAssessed {
			worst = worse(worst, NotAssessed)
			continue
		}
		out.Assessed++
		weight += r.Weight
		sum += r.Weight * r.Score
		i := Interval{Low: r.Score, High: r.Score}
		if r.Interval != nil {
			i = *r.Interval
			level = max(level, i.Level)
		}
		low, high = low+r.Weight*i.Low, high+r.Weight*i.High
		if r.Verdict == Fail && r.Severity.rank() >= High.rank() {
			worst = Fail
		}
	}
	if weight == 0 {
		return out
	}
	out.Score = sum / weight
	out.Verdict = out.Threshold.Verdict(out.Score)
	if level > 0 {
		out.Interval = &Interval{Low: low / weight, High: high / weight, Level: level}
		out.Verdict = out.Threshold.VerdictOf(*out.Interval)
	}
	out.Verdict = worse(out.Verdict, worst)
	return out
}

// overall scores the whole: the weighted geometric mean of the dimensions that were assessed, and the verdict of the worst of those
// that were asked for.
func (r *Report) overall() {
	var sum, low, high, weight, level float64
	r.Verdict, r.Score, r.Interval = NotAssessed, 0, nil
	worst := Pass
	for _, d := range r.Dimensions {
		if d.Checks == 0 || d.Weight == 0 {
			continue
		}
		worst = worse(worst, d.Verdict)
		if d.Assessed == 0 {
			continue
		}
		i := Interval{Low: d.Score, High: d.Score}
		if d.Interval != nil {
			i = *d.Interval
			level = max(level, i.Level)
		}
		weight += d.Weight
		sum += d.Weight * math.Log(d.Score)
		low, high = low+d.Weight*math.Log(i.Low), high+d.Weight*math.Log(i.High)
	}
	if weight == 0 {
		return
	}
	r.Verdict, r.Score = worst, math.Exp(sum/weight)
	if level > 0 {
		r.Interval = &Interval{Low: math.Exp(low / weight), High: math.Exp(high / weight), Level: level}
	}
}
