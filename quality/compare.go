package quality

import (
	"fmt"
	"math"
)

// Changed is what differs between two reports.
type Changed string

// What can differ.
const (
	Appeared       Changed = "appeared" // a check that is asked now and was not before
	Gone           Changed = "gone"     // a check that was asked before and is not now
	ChangedVerdict Changed = "verdict"  // the score may have changed as well
	ChangedScore   Changed = "score"    // under the same verdict
	ChangedRows    Changed = "rows"     // the number of rows of the dataset
)

// Change is one difference between two reports of a suite. Without Dimension and Check it is one of the whole.
type Change struct {
	What      Changed   `json:"what"`                // what differs
	Dimension Dimension `json:"dimension,omitempty"` // empty: the whole
	Check     string    `json:"check,omitempty"`     // empty: the dimension, or the whole

	Before        float64 `json:"before"`                   // the score, or the number of rows
	After         float64 `json:"after"`                    // the score, or the number of rows
	VerdictBefore Verdict `json:"verdict_before,omitempty"` // empty: there was none
	VerdictAfter  Verdict `json:"verdict_after,omitempty"`  // empty: there is none

	// Difference bounds After minus Before, between -1 and 1, where both scores of a check are shares of several rows. Nil: they are
	// not.
	Difference *Interval `json:"difference,omitempty"`
	// Meaningful is false when chance alone makes such a difference often: Difference holds 0. Of a dimension and of the whole it is
	// true when one of their checks changed meaningfully, appeared or went. What has no Difference is always meaningful.
	Meaningful bool `json:"meaningful"`
}

// Changes returns what differs between two reports of a suite: first the whole, then the dimensions, then the checks in the order of
// the later report, last those that are gone. Checks are matched by their names. The same findings give no change.
//
// Whether two scores differ by more than chance is told by an interval of their difference (MOVER: Zou and Donner 2008; of full reads
// it is Newcombe's method 10, 1998): with scores p and q in the intervals (l, u) and (m, v), from q-p-sqrt((u-p)²+(q-m)²) to
// q-p+sqrt((p-l)²+(v-q)²). The interval of a score is its own, where it was estimated; otherwise that of Wilson (1927) over the judged
// rows, at 95 %. The formula takes the two for independent. Of a table that hardly changed in between they are not, and the interval
// is wider than it need be: a change called meaningful is.
func Changes(before, after Report) []Change {
	checks, moved := checkChanges(before, after)
	changes := wholeChanges(before, after, len(moved) > 0)
	for _, d := range after.Dimensions {
		for _, old := range before.Dimensions {
			if old.Dimension != d.Dimension {
				continue
			}
			c := Change{Dimension: d.Dimension, Before: old.Score, After: d.Score, VerdictBefore: old.Verdict, VerdictAfter: d.Verdict}
			if c.differs() {
				c.Meaningful = moved[d.Dimension]
				changes = append(changes, c)
			}
		}
	}
	return append(changes, checks...)
}

// wholeChanges returns the changes of the whole.
func wholeChanges(before, after Report, moved bool) []Change {
	var changes []Change
	c := Change{Before: before.Score, After: after.Score, VerdictBefore: before.Verdict, VerdictAfter: after.Verdict}
	if c.differs() {
		c.Meaningful = moved
		changes = append(changes, c)
	}
	if before.Rows >= 0 && after.Rows >= 0 && before.Rows != after.Rows {
		changes = append(changes, Change{What: ChangedRows, Before: float64(before.Rows), After: float64(after.Rows), Meaningful: true})
	}
	return changes
}

// checkChanges returns the changes of the checks, and the dimensions in which one is meaningful.
func checkChanges(before, after Report) (changes []Change, moved map[Dimension]bool) {
	moved = map[Dimension]bool{}
	add := func(c Change) {
		if c.Meaningful {
			moved[c.Dimension] = true
		}
		changes = append(changes, c)
	}
	old := byCheck(before)
	for _, r := range after.Results {
		was, known := old[r.Check]
		delete(old, r.Check)
		c := Change{Dimension: r.Dimension, Check: r.Check, After: r.Score, VerdictAfter: r.Verdict, Meaningful: true}
		if !known {
			c.What = Appeared
			add(c)
			continue
		}
		c.Before, c.VerdictBefore = was.Score, was.Verdict
		if c.differs() {
			c.Difference = difference(was, r)
			c.Meaningful = c.Difference == nil || c.Difference.Low > 0 || c.Difference.High < 0
			add(c)
		}
	}
	for _, r := range before.Results {
		if _, gone := old[r.Check]; gone {
			add(Change{What: Gone, Dimension: r.Dimension, Check: r.Check, Before: r.Score, VerdictBefore: r.Verdict, Meaningful: true})
		}
	}
	return changes, moved
}

// differs says whether verdict or score changed, and sets What.
func (c *Change) differs() bool {
	switch {
	case c.VerdictBefore != c.VerdictAfter:
		c.What = ChangedVerdict
	case c.Before != c.After:
		c.What = ChangedScore
	}
	return c.What != ""
}

// byCheck returns the results of a report by the names of their checks.
func byCheck(r Report) map[string]Result {
	results := make(map[string]Result, len(r.Results))
	for _, result := range r.Results {
		results[result.Check] = result
	}
	return results
}

// difference bounds the difference of two scores, or returns nil when one of them is no share of several rows.
func difference(before, after Result) *Interval {
	p, q := before.bounds(), after.bounds()
	if p == nil || q == nil {
		return nil
	}
	d := after.Score - before.Score
	return &Interval{
		Low:   d - math.Hypot(p.High-before.Score, after.Score-q.Low),
		High:  d + math.Hypot(before.Score-p.Low, q.High-after.Score),
		Level: min(p.Level, q.Level),
	}
}

// bounds returns the interval of the score of a result.
func (r Result) bounds() *Interval {
	switch {
	case r.Verdict == NotAssessed:
		return nil
	case r.Interval != nil:
		return r.Interval
	case r.Judged < 2: // a test of the whole: good or bad
		return nil
	}
	const z, level = 1.959964, 0.95
	n, p := float64(r.Judged), r.Score
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return &Interval{Low: max(0, middle-half), High: min(1, middle+half), Level: level}
}

// String tells the change in words: "validity, email: pass 0.9990 -> fail 0.9412".
func (c Change) String() string {
	text := subject(c.Dimension, c.Check) + ": "
	switch c.What {
	case Appeared:
		return text + "new, " + verdictText(c.VerdictAfter, c.After)
	case Gone:
		return text + "no longer asked, was " + verdictText(c.VerdictBefore, c.Before)
	case ChangedRows:
		text += fmt.Sprintf("%.0f rows -> %.0f", c.Before, c.After)
		if c.Before > 0 {
			text += fmt.Sprintf(" (%+.1f %%)", 100*(c.After/c.Before-1))
		}
		return text
	case ChangedVerdict:
		text += verdictText(c.VerdictBefore, c.Before) + " -> " + verdictText(c.VerdictAfter, c.After)
	default:
		text += scoreText(c.Before) + " -> " + scoreText(c.After)
	}
	if !c.Meaningful {
		text += " (within chance)"
	}
	return text
}

// verdictText tells a verdict and its score.
func verdictText(v Verdict, score float64) string {
	if v == NotAssessed {
		return string(v)
	}
	return string(v) + " " + scoreText(score)
}

// scoreText tells a score, rounded down: only what is perfect reads 1.0000, and what is below a threshold does not read as if it were not.
func scoreText(score float64) string {
	const places = 1e4
	down := math.Floor(score * places)
	if (down+1)/places <= score { // the product was rounded below a whole number
		down++
	}
	return fmt.Sprintf("%.4f", down/places)
}

// subject names what a change or a breach is about.
func subject(d Dimension, check string) string {
	switch {
	case check != "":
		return string(d) + ", " + check
	case d != "":
		return string(d)
	}
	return "overall"
}
