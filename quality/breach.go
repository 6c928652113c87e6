package quality

import (
	"fmt"
	"slices"
)

// Breach is a finding that somebody should hear of.
type Breach struct {
	Suite     string    `json:"suite"`               // name of the suite
	Dataset   string    `json:"dataset"`             // what was assessed
	Code      string    `json:"code"`                // stable: what kind of breach, such as "threshold" or "drop"
	Dimension Dimension `json:"dimension,omitempty"` // empty: the whole
	Check     string    `json:"check,omitempty"`     // empty: the dimension, or the whole
	Severity  Severity  `json:"severity"`            // how much it matters
	Verdict   Verdict   `json:"verdict"`             // of what was breached
	Score     float64   `json:"score"`               // of what was breached; the number of rows of BreachVolume
	Limit     float64   `json:"limit"`               // the score, or number, that was expected at least; at most, where Score is above it
	Before    *float64  `json:"before,omitempty"`    // the score, or number, of the past: its median, or what its trend leads to
	Text      string    `json:"text"`                // what is wrong, in words, without a value of a field
	Resolved  bool      `json:"resolved,omitempty"`  // it was a breach, and is no more: see Settle
	Number    int64     `json:"number,omitempty"`    // of the telling, where package monitor tells it: told again, it has the same
}

// The codes of breaches. Others than these may appear where a host makes breaches of its own.
const (
	BreachThreshold   = "threshold"         // a score is below its threshold
	BreachUndecided   = "undecided"         // an interval spans the threshold
	BreachNotAssessed = "not_assessed"      // what was assessed before is not now
	BreachDrop        = "drop"              // a score is lower than the past lets expect, and passes
	BreachVolume      = "volume"            // the number of rows is another than the past lets expect
	BreachFailed      = "assessment_failed" // there is no report: see package monitor
)

// Limits say what is a breach. The zero value has the defaults; a negative Overall, Drop or Volume turns its rule off.
type Limits struct {
	Overall    float64 // score of the whole below which it is a breach of severity High; 0: 0.85
	Window     int     // reports of the past that are looked at, the last ones; 0: 30
	Least      int     // reports that are needed to speak of a drop or of a change of volume; 0: 10, fewer give false alarms
	Deviations float64 // standard deviations that are still chance, were they known exactly; 0: 3.5
	Drop       float64 // share by which a score may fall unnoticed, however steady it was; 0: 0.01
	Volume     float64 // share of the expected number of rows that may be missing, or too many, unnoticed; 0: 0.2
}

// Filled returns the limits with their defaults in place of zeros.
func (l Limits) Filled() Limits {
	for _, f := range []struct {
		field  *float64
		preset float64
	}{{&l.Overall, 0.85}, {&l.Deviations, 3.5}, {&l.Drop, 0.01}, {&l.Volume, 0.2}} {
		if *f.field == 0 {
			*f.field = f.preset
		}
	}
	if l.Window == 0 {
		l.Window = 30
	}
	if l.Least == 0 {
		l.Least = min(10, l.Window)
	}
	return l
}

// Validate returns nil, or an error that says what cannot be meant.
func (l Limits) Validate() error {
	f := l.Filled()
	switch {
	case f.Window < 0 || f.Least < 0 || f.Least > f.Window:
		return fmt.Errorf("quality: limits: %d reports of a window of %d: expected 0 < Least <= Window", f.Least, f.Window)
	case !(f.Overall <= 1) || !(f.Drop <= 1):
		return fmt.Errorf("quality: limits: Overall %v, Drop %v: expected shares of at most 1", f.Overall, f.Drop)
	case !(f.Deviations > 0) || f.Volume != f.Volume:
		return fmt.Errorf("quality: limits: Deviations %v, Volume %v: expected positive numbers", f.Deviations, f.Volume)
	}
	return nil
}

// Breaches returns what of a report somebody should hear of, given reports of the same suite from before it, oldest first. It looks
// at nothing else, so that the same arguments give the same breaches; they are in the order of the rules and of the report. Reports
// in the past that are not before the report, or of another suite, are left out: a point never judges itself.
//
// Threshold: the whole is a breach when its score is below Limits.Overall (High). A dimension is one when its score is below its
// own Fail threshold: High when it is below Limits.Overall as well, otherwise Medium. A check is one when its verdict is Fail, with its
// own severity. Of an interval the upper end counts. Before has the median of the past.
//
// Undecided: an interval spans the threshold of a dimension or check, so that nobody knows (Low).
//
// NotAssessed: no check of the suite was assessed (High), or none of a dimension (Medium), or one check was not (its severity),
// though it was in the past. Only the widest of these is told.
//
// Drop: a score that is no breach of a threshold is lower than
//
//	median - max(k * 1.4826 * MAD, Drop)
//
// where the median and the median absolute deviation (MAD) are those of the n points of the window: the modified z-score of Iglewicz
// and Hoaglin (1993), with Drop as the least distance, since the MAD of a steady score is 0. A MAD of few points is often much too
// small, so that k = Deviations * (1 + 10/n + 110/n²): our own fit, to windows of 10 to 60 points of normal noise, in which 3.5
// deviations give one false alarm in some thousand points as with an exact deviation; without it one in 60 where n is 10. Points of the past that failed or were not
// assessed are not in the window, so that bad times do not become the measure of good ones. A lower level that passes is the new
// normal once it has filled half of the window. The severity is Medium, or that of a milder check. Only the narrowest drop is told:
// of a dimension when no check of it is a breach, of the whole when nothing else is.
//
// Volume: the number of rows lies further from the trend of the window than
//
//	max(k * 1.4826 * MAD of the residuals, Volume * expected)
//
// The trend is the line of Theil (1950) and Sen (1968), the median of all slopes, which steady growth follows and up to 29 % of bad
// points do not bend. Here k = Deviations * (1 + 1.6/n + 410/n²), from the same simulation. Reports of nothing assessed, and with a failed check of the number of rows, are not in the window. Nothing is
// told after a gap longer than the window itself. The severity is High when more than half of the expected rows are missing, otherwise
// Medium. Seasons are not known here (package anomaly has them), and a dataset that merely stopped to grow is left to [Fresh].
func Breaches(report Report, past []Report, limits Limits) []Breach {
	limits = limits.Filled()
	limits.Window = max(0, limits.Window)
	f := finder{report: report, limits: limits, found: []Breach{}}
	for _, p := range past {
		if p.Suite == report.Suite && p.AssessedAt.Before(report.AssessedAt) {
			f.past = append(f.past, p)
		}
	}
	f.past = f.past[max(0, len(f.past)-limits.Window):]
	f.thresholds()
	f.unassessed()
	f.drops()
	f.volume()
	return f.found
}

// Settle compares the breaches that were open before a report with those found in it. It returns what is to be told: breaches that
// are new, whose severity or verdict changed, and those that are resolved, with Resolved set; and what is open from now on. A
// breach is the same when Suite, Code, Dimension and Check are.
//
// What is not shown to be mended stays open: a breach is not resolved by a report in which its check, dimension or whole was not
// assessed, is undecided or has an interval that spans the breach's Limit, nor a breach of volume by one that did not count rows. A
// check that is no longer asked is resolved.
func Settle(open, found []Breach, report Report) (tell, now []Breach) {
	tell, now = []Breach{}, slices.Clone(found)
	for _, b := range found {
		i := slices.IndexFunc(open, b.same)
		if i < 0 || open[i].Severity != b.Severity || open[i].Verdict != b.Verdict {
			tell = append(tell, b)
		}
	}
	for _, b := range open {
		if slices.ContainsFunc(found, b.same) {
			continue
		}
		if report.doubts(b) {
			now = append(now, b)
			continue
		}
		verdict, score := report.state(b)
		b.Resolved, b.Verdict, b.Score = true, verdict, score
		b.Text = b.ending(found)
		tell = append(tell, b)
	}
	return tell, now
}

// doubts says whether the report leaves open if a breach, which it does not show, is mended.
func (r Report) doubts(b Breach) bool {
	switch b.Code {
	case BreachFailed:
		return false
	case BreachVolume:
		return r.Rows < 0
	}
	p := r.pointOf(b.Dimension, b.Check)
	if p.verdict == NotAssessed {
		return true
	}
	if b.Dimension != "" && p.verdict == Undecided && b.Code != BreachNotAssessed {
		return true
	}
	return p.interval != nil && p.interval.Low < b.Limit && b.Limit < p.interval.High
}

// same says whether two breaches are of one kind and thing.
func (b Breach) same(other Breach) bool {
	return b.Suite == other.Suite && b.Code == other.Code && b.Dimension == other.Dimension && b.Check == other.Check
}

// ending tells in words why a breach is no more.
func (b Breach) ending(found []Breach) string {
	text := subject(b.Dimension, b.Check) + ": "
	for _, f := range found {
		if f.Dimension == b.Dimension && f.Check == b.Check && b.Code != BreachFailed {
			return fmt.Sprintf("%sno longer %s: now %s", text, b.Code, f.Code)
		}
	}
	switch {
	case b.Code == BreachVolume:
		return fmt.Sprintf("%sresolved: %.0f rows", text, b.Score)
	case b.Verdict == "":
		return text + "resolved: no longer asked"
	}
	return text + "resolved: " + verdictText(b.Verdict, b.Score)
}

// state returns verdict and score of what a breach is about; no verdict, when the report does not have it.
func (r Report) state(b Breach) (Verdict, float64) {
	switch {
	case b.Code == BreachVolume:
		return r.Verdict, float64(r.Rows)
	case b.Check != "":
		for _, result := range r.Results {
			if result.Check == b.Check && result.Dimension == b.Dimension {
				return result.Verdict, result.Score
			}
		}
		return "", 0
	case b.Dimension != "":
		for _, d := range r.Dimensions {
			if d.Dimension == b.Dimension && d.Checks > 0 {
				return d.state()
			}
		}
		return "", 0
	}
	return r.whole()
}
