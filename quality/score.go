package quality

import "math"

// Answer fills in what follows from a check and from the counts of a result: name, what is asked, dimension, severity, weight, threshold,
// fields, score and verdict, and the host's words for mending. An adapter sets what it found, and calls it for each check: Judged and Unexpected for a test of rows, or one
// judged and none or one unexpected for a test of the whole; the Interval of an estimate. A result that already is [NotAssessed], or
// judged nothing, is not assessed.
func (s Suite) Answer(c Check, r Result) Result {
	r.Check, r.Kind, r.Dimension, r.Asked = c.ID(), c.Test.Kind(), c.dimension(), c.words()
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
	r = r.judge()
	r.Mend = r.remedy(c.Mend)
	return r
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
	// One division, so that 98 of 100 is the very 0.98 of a threshold; an estimate may exceed what was judged.
	r.Score = float64(r.Judged-min(max(r.Unexpected, 0), r.Judged)) / float64(r.Judged)
	r.Verdict = r.Threshold.Verdict(r.Score)
	if r.Interval != nil {
		r.Verdict = r.Threshold.VerdictOf(*r.Interval)
	}
	return r
}

// remedy returns the advice of a result: none where there is no defect, the host's words before those of the adapter.
func (r Result) remedy(words string) *Remedy {
	if r.Verdict == NotAssessed || r.Unexpected <= 0 {
		return nil
	}
	if words == "" {
		return r.Mend
	}
	var advice Remedy
	if r.Mend != nil {
		advice = *r.Mend
	}
	advice.Text = words
	return &advice
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

// dimension scores one dimension: the weighted arithmetic mean of what was assessed. A check of severity High decides the verdict
// by itself when it fails, and leaves it open when it is undecided.
func (s Suite) dimension(d Dimension, results []Result) DimensionScore {
	out := DimensionScore{Dimension: d, Verdict: NotAssessed, Threshold: s.Thresholds.Of(d), Weight: 1}
	if w, ok := s.Weights[d]; ok {
		out.Weight = w
	}
	var score mean
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
		score.add(r.Weight, r.Score, r.Interval)
		if r.Severity.rank() >= High.rank() && (r.Verdict == Fail || r.Verdict == Undecided) {
			worst = worse(worst, r.Verdict)
		}
	}
	if out.Assessed == 0 {
		return out
	}
	out.Score, out.Interval = score.of()
	out.Verdict = out.Threshold.Verdict(out.Score)
	if out.Interval != nil {
		out.Verdict = out.Threshold.VerdictOf(*out.Interval)
	}
	out.Verdict = worse(out.Verdict, worst)
	return out
}

// overall scores the whole: the weighted geometric mean of the dimensions that were assessed, and the verdict of the worst of those
// that were asked for.
func (r *Report) overall() {
	var sum, low, high, weight float64
	var level float64
	r.Verdict, r.Score, r.Interval = NotAssessed, 0, nil
	worst, assessed := Pass, 0
	for _, d := range r.Dimensions {
		if d.Checks == 0 {
			continue
		}
		worst = worse(worst, d.Verdict)
		if assessed += d.Assessed; d.Assessed == 0 || d.Weight == 0 {
			continue
		}
		i := Interval{Low: d.Score, High: d.Score}
		if d.Interval != nil {
			i, level = *d.Interval, lower(level, d.Interval.Level)
		}
		weight += d.Weight
		sum += d.Weight * math.Log(d.Score)
		low, high = low+d.Weight*math.Log(i.Low), high+d.Weight*math.Log(i.High)
	}
	if assessed == 0 {
		return
	}
	if r.Verdict = worst; weight == 0 {
		return
	}
	r.Score = math.Exp(sum / weight)
	if level > 0 {
		r.Interval = &Interval{Low: math.Exp(low / weight), High: math.Exp(high / weight), Level: level}
	}
}

// lower returns the lower of two levels, of which 0 is none yet.
func lower(a, b float64) float64 {
	if a == 0 {
		return b
	}
	return min(a, b)
}
