package interval

import (
	"errors"
	"fmt"
)

// ErrNoRows is returned when the sample has no row: nothing can be said then, and a share of 0 is not it.
var ErrNoRows = errors.New("interval: no rows in the sample")

// Interval is an estimated share with its bounds: 0 <= Low <= Share <= High <= 1.
type Interval struct {
	Share float64 // the estimate
	Low   float64 // the least share that the sample does not speak against
	High  float64 // the greatest
}

// Verdict is what an interval says about a threshold.
type Verdict int

// An interval is undecided where it has shares on both sides, which is the zero value.
const (
	Undecided Verdict = iota // more has to be read
	Below                    // every share of the interval is at or below the threshold
	Above                    // every share of the interval is above the threshold
)

// String returns the verdict's name.
func (v Verdict) String() string {
	switch v {
	case Undecided:
		return "undecided"
	case Below:
		return "below"
	case Above:
		return "above"
	}
	return fmt.Sprintf("Verdict(%d)", int(v))
}

// Against compares the interval with the greatest share that is still allowed. A threshold that is not a number leaves it
// undecided.
func (i Interval) Against(threshold float64) Verdict {
	switch {
	case i.High <= threshold:
		return Below
	case i.Low > threshold:
		return Above
	}
	return Undecided
}

// check returns all that is wrong with counts and a level.
func check(defects, rows int64, level float64) error {
	var errs []error
	if defects < 0 || rows < 0 || defects > rows {
		errs = append(errs, fmt.Errorf("interval: %d defects in %d rows: want 0 <= defects <= rows", defects, rows))
	}
	return errors.Join(append(errs, checkLevel(level))...)
}

func checkLevel(level float64) error {
	if !(level > 0 && level < 1) {
		return fmt.Errorf("interval: level %v: want a number between 0 and 1, such as 0.95", level)
	}
	return nil
}
