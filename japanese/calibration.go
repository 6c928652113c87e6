package japanese

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Calibration turns a score into a probability. Between two points it is a straight line, outside of them it is level.
type Calibration struct {
	Points []CalibrationPoint // in ascending order of Score; Probability does not fall
}

// CalibrationPoint is one point of a calibration.
type CalibrationPoint struct {
	Score       float64 // between 0 and 1
	Probability float64 // share of explanations of the score in which no claim was wrong
}

// Outcome is an explanation of which the truth is known.
type Outcome struct {
	Score float64 // ClaimConfidence.Score
	Right bool    // no claim of it is wrong
}

// ErrCalibration is the error of a calibration, or of outcomes to fit one to, with faults.
var ErrCalibration = errors.New("japanese: faulty calibration")

// At returns the probability of a score.
func (c Calibration) At(score float64) float64 {
	if len(c.Points) == 0 || math.IsNaN(score) {
		return 0
	}
	i, found := slices.BinarySearchFunc(c.Points, score, func(p CalibrationPoint, s float64) int { return cmp.Compare(p.Score, s) })
	switch {
	case found || i == 0:
		return c.Points[i].Probability
	case i == len(c.Points):
		return c.Points[i-1].Probability
	}
	a, b := c.Points[i-1], c.Points[i]
	return a.Probability + (b.Probability-a.Probability)*(score-a.Score)/(b.Score-a.Score)
}

func (c Calibration) validate() error {
	for i, p := range c.Points {
		switch {
		case !isShare(p.Score) || !isShare(p.Probability):
			return fmt.Errorf("%w: point %d is (%v, %v): expected numbers between 0 and 1", ErrCalibration, i, p.Score, p.Probability)
		case i > 0 && p.Score <= c.Points[i-1].Score:
			return fmt.Errorf("%w: point %d has score %v after %v: expected ascending ones", ErrCalibration, i, p.Score, c.Points[i-1].Score)
		case i > 0 && p.Probability < c.Points[i-1].Probability:
			return fmt.Errorf("%w: point %d has probability %v after %v: expected one that does not fall", ErrCalibration, i, p.Probability, c.Points[i-1].Probability)
		}
	}
	return nil
}

func isShare(p float64) bool { return p >= 0 && p <= 1 }

// FitCalibration fits a calibration to outcomes: the isotonic regression, by pooling adjacent violators (Ayer et al., Annals of Mathematical
// Statistics 26, 1955; for probabilities: Zadrozny and Elkan, KDD 2002). Outcomes of score 0 are left out: nothing in them is supported, and they
// have no probability. It needs outcomes of both kinds. Measure it on others than it was fitted to.
func FitCalibration(outcomes []Outcome) (Calibration, error) {
	right := 0
	outcomes = withEvidence(outcomes)
	for i, o := range outcomes {
		if !isShare(o.Score) {
			return Calibration{}, fmt.Errorf("%w: outcome %d has score %v: expected a number between 0 and 1", ErrCalibration, i, o.Score)
		}
		if o.Right {
			right++
		}
	}
	if right == 0 || right == len(outcomes) {
		return Calibration{}, fmt.Errorf("%w: %d of %d outcomes are right: expected some that are and some that are not", ErrCalibration, right, len(outcomes))
	}
	sorted := slices.Clone(outcomes)
	slices.SortFunc(sorted, func(a, b Outcome) int { return cmp.Compare(a.Score, b.Score) })
	var c Calibration
	for _, b := range poolViolators(sorted) {
		p := b.right / b.n
		c.Points = append(c.Points, CalibrationPoint{b.low, p})
		if b.high > b.low {
			c.Points = append(c.Points, CalibrationPoint{b.high, p})
		}
	}
	return c, nil
}

// withEvidence leaves out the outcomes of score 0.
func withEvidence(outcomes []Outcome) []Outcome {
	return slices.DeleteFunc(slices.Clone(outcomes), func(o Outcome) bool { return o.Score == 0 })
}

// calibrationBlock is a range of scores of one probability.
type calibrationBlock struct{ low, high, right, n float64 }

// poolViolators joins neighbours until the shares ascend. Outcomes of one score are one block from the beginning.
func poolViolators(sorted []Outcome) []calibrationBlock {
	var blocks []calibrationBlock
	for i := 0; i < len(sorted); {
		one := calibrationBlock{low: sorted[i].Score, high: sorted[i].Score}
		for ; i < len(sorted) && sorted[i].Score == one.low; i++ {
			one.n++
			if sorted[i].Right {
				one.right++
			}
		}
		for len(blocks) > 0 {
			before := blocks[len(blocks)-1]
			if before.right*one.n < one.right*before.n {
				break
			}
			blocks = blocks[:len(blocks)-1]
			one = calibrationBlock{before.low, one.high, before.right + one.right, before.n + one.n}
		}
		blocks = append(blocks, one)
	}
	return blocks
}

// ExpectedCalibrationError returns the mean distance between the probability that a calibration gives and the share that was right, over equally
// wide bins of the probability, weighted by the outcomes in them (Naeini, Cooper and Hauskrecht, AAAI 2015). Outcomes of score 0 are left out, as in FitCalibration. It is 0 of no outcomes.
func ExpectedCalibrationError(c Calibration, outcomes []Outcome, bins int) float64 {
	outcomes = withEvidence(outcomes)
	bins = max(bins, 1)
	type bin struct{ said, right, n float64 }
	all := make([]bin, bins)
	for _, o := range outcomes {
		p := c.At(o.Score)
		b := &all[min(int(p*float64(bins)), bins-1)]
		b.said += p
		b.n++
		if o.Right {
			b.right++
		}
	}
	sum := 0.0
	for _, b := range all {
		sum += math.Abs(b.said - b.right)
	}
	return sum / float64(max(len(outcomes), 1))
}
