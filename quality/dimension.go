package quality

import "slices"

// Dimension is one of the six aspects in which quality is scored.
type Dimension string

// The six dimensions, with the words of ISO/IEC 25012 and DAMA-DMBOK.
const (
	Completeness Dimension = "completeness" // what should be there is there
	Accuracy     Dimension = "accuracy"     // values lie where true ones lie
	Consistency  Dimension = "consistency"  // values agree with each other, across columns, tables and stores
	Timeliness   Dimension = "timeliness"   // data is as fresh as its use needs
	Validity     Dimension = "validity"     // values have the form that was agreed on
	Uniqueness   Dimension = "uniqueness"   // one thing is there once
)

// Dimensions returns the six dimensions in the order of reports.
func Dimensions() []Dimension {
	return []Dimension{Completeness, Accuracy, Consistency, Timeliness, Validity, Uniqueness}
}

// Severity says how much a defect matters.
type Severity string

// The severities, mildest first. The empty severity is Medium.
const (
	Low      Severity = "low"
	Medium   Severity = "medium"
	High     Severity = "high"     // a check of this severity that fails makes its dimension fail
	Critical Severity = "critical" // as High; alerts may wake somebody
)

// rank orders severities.
func (s Severity) rank() int {
	switch s {
	case Low:
		return 0
	case High:
		return 2
	case Critical:
		return 3
	}
	return 1
}

// known says whether the severity is one of the four, or empty.
func (s Severity) known() bool {
	return slices.Contains([]Severity{"", Low, Medium, High, Critical}, s)
}

// Verdict is what a score means, given its thresholds.
type Verdict string

// The verdicts, best first. When several are combined, the last in this order wins.
const (
	Pass        Verdict = "pass"
	Warn        Verdict = "warn"
	NotAssessed Verdict = "not assessed" // there was nothing to judge, or no way to; Result.Reason says which
	Undecided   Verdict = "undecided"    // a sample's interval spans the threshold
	Fail        Verdict = "fail"
)

// rank orders verdicts, best first.
func (v Verdict) rank() int {
	switch v {
	case Pass:
		return 0
	case Warn:
		return 1
	case Undecided:
		return 3
	case Fail:
		return 4
	}
	return 2
}

// worse returns the worse of two verdicts.
func worse(a, b Verdict) Verdict {
	if b.rank() > a.rank() {
		return b
	}
	return a
}

// Threshold turns a score into a verdict: below Fail it fails, below Warn it warns, otherwise it passes.
type Threshold struct {
	Warn float64 `json:"warn"` // share between 0 and 1; when smaller than Fail, there is no warning
	Fail float64 `json:"fail"` // share between 0 and 1
}

// Verdict judges a score that is known exactly. What is not a number fails.
func (t Threshold) Verdict(score float64) Verdict {
	switch {
	case !(score >= t.Fail):
		return Fail
	case score < t.Warn:
		return Warn
	}
	return Pass
}

// VerdictOf judges a score of which only an interval is known: undecided, unless both ends have the same verdict.
func (t Threshold) VerdictOf(i Interval) Verdict {
	low, high := t.Verdict(i.Low), t.Verdict(i.High)
	switch {
	case low == high:
		return low
	case low != Fail: // between warning and passing: the milder doubt
		return Warn
	}
	return Undecided
}

// Thresholds are the thresholds of dimensions. A dimension that is missing has its default.
type Thresholds map[Dimension]Threshold

// DefaultThresholds returns those of the requirements: completeness fails below 0.95, accuracy below 0.98, consistency below 0.90,
// timeliness below 0.85; and our own for the two that they leave open: validity 0.98, uniqueness 0.99. A warning begins half-way from
// there to 1.
func DefaultThresholds() Thresholds {
	t := Thresholds{}
	for d, fail := range map[Dimension]float64{
		Completeness: 0.95, Accuracy: 0.98, Consistency: 0.90, Timeliness: 0.85, Validity: 0.98, Uniqueness: 0.99,
	} {
		t[d] = Threshold{Warn: (1 + fail) / 2, Fail: fail}
	}
	return t
}

// Of returns the threshold of a dimension.
func (t Thresholds) Of(d Dimension) Threshold {
	if own, ok := t[d]; ok {
		return own
	}
	return DefaultThresholds()[d]
}

// Interval bounds a score that was estimated.
type Interval struct {
	Low   float64 `json:"low"`   // share between 0 and 1
	High  float64 `json:"high"`  // share between 0 and 1
	Level float64 `json:"level"` // how often such intervals hold the true score: 0.95 of a sample; 1 where they always do
}
