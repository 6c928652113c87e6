package drift

import (
	"errors"
	"fmt"
	"math"
)

// ErrSpent says that a sequence has made all its looks; start another.
var ErrSpent = errors.New("drift: the sequence has made all its looks")

// Sequence keeps the probability of any false alarm in many tests, such as one each day for a year, at one level. Testing
// each day at 5 % instead would alarm by luck every third week.
//
// Set the first three fields, then give Add the p-value of each test. A sequence is plain data: a host may keep it as JSON
// from day to day. After an alarm that was acted on, and after the last look, start another. It is not for concurrent use.
type Sequence struct {
	// Level is the probability of one or more false alarms in all looks; 0 means 0.05.
	Level float64
	// Looks is how many tests there are to be; 0 means 365.
	Looks int
	// Independent says that, without drift, the p-values are independent. They are not where each day is compared with the
	// same reference: an unlucky reference makes every day look odd. They are where each day has reference rows of its own
	// that no other day is compared with, or where the reference of a day is all rows of all days before it (Vovk, Gammerman
	// and Shafer, 2005). Then a sequence also adds up the evidence of days none of which is an alarm alone.
	Independent bool

	// Seen is how many looks were made.
	Seen int
	// Evidence is what Independent has added up. Both are for Add to write.
	Evidence float64
}

// Verdict is what a sequence says after one look.
type Verdict struct {
	// Drifted is whether to raise an alarm, for either of the two reasons below.
	Drifted bool
	// Limit is the largest p-value that is an alarm alone.
	Limit float64
	// Evidence has an alarm at Threshold or above. Both are 0 unless the sequence is of independent p-values.
	Evidence, Threshold float64
}

// Permutations is how many each test should draw: its smallest p-value is then half of Verdict.Limit, so that one freak among
// the permutations does not hide a drift. With fewer than half as many, no test can be an alarm alone.
func (s Sequence) Permutations() int {
	return int(math.Ceil(2/s.complete().limit()-1e-6)) - 1
}

// Add makes one look with a p-value of a test, Result.P.
//
// Any dependence is covered by dividing the level among the looks (Bonferroni): an alarm is p <= Level/Looks. With Independent
// half of the level is spent so, and half on the process
//
//	M(t) = (M(t-1) + 1/Looks) e(p(t)),  e(p) = (1 - p + p ln p) / (p (ln p)^2)
//
// which is an alarm at 2/Level. e turns a p-value into an e-value (Vovk and Wang, 2021); M averages over all days on which a
// drift may have begun the product of what came since (Shiryaev and Roberts; Shin, Ramdas and Rinaldo, 2022), and
// M(t) + 1 - t/Looks is a supermartingale that starts at 1, so that Ville's inequality bounds false alarms at any time.
//
// Add refuses a p-value that is not above 0 and at most 1, and a sequence out of range, and then leaves the sequence as it was;
// ErrSpent says that all looks were made.
func (s *Sequence) Add(p float64) (Verdict, error) {
	full := s.complete()
	if err := full.check(p); err != nil {
		return Verdict{}, err
	}
	v := Verdict{Limit: full.limit()}
	v.Drifted = p <= v.Limit
	if s.Independent {
		s.Evidence = min((s.Evidence+1/float64(full.Looks))*evidence(p), math.MaxFloat64)
		v.Evidence, v.Threshold = s.Evidence, 2/full.Level
		v.Drifted = v.Drifted || v.Evidence >= v.Threshold
	}
	s.Seen++
	return v, nil
}

// complete fills in what was left at zero.
func (s Sequence) complete() Sequence {
	if s.Level == 0 {
		s.Level = 0.05
	}
	if s.Looks == 0 {
		s.Looks = 365
	}
	return s
}

func (s Sequence) check(p float64) error {
	var problems []error
	if !(s.Level > 0 && s.Level < 1) {
		problems = append(problems, fmt.Errorf("drift: Level is %g, want above 0 and below 1", s.Level))
	}
	if s.Looks < 1 {
		problems = append(problems, fmt.Errorf("drift: Looks is %d, want at least 1", s.Looks))
	}
	if s.Seen < 0 {
		problems = append(problems, fmt.Errorf("drift: Seen is %d, want at least 0", s.Seen))
	}
	if !(s.Evidence >= 0 && s.Evidence <= math.MaxFloat64) {
		problems = append(problems, fmt.Errorf("drift: Evidence is %g, want a number of at least 0", s.Evidence))
	}
	if !(p > 0 && p <= 1) {
		problems = append(problems, fmt.Errorf("drift: p is %g, want above 0 and at most 1", p))
	}
	if len(problems) == 0 && s.Seen >= s.Looks {
		return ErrSpent
	}
	return errors.Join(problems...)
}

// limit is the part of the level that one look may spend alone.
func (s Sequence) limit() float64 {
	if s.Independent {
		return s.Level / 2 / float64(s.Looks)
	}
	return s.Level / float64(s.Looks)
}

// evidence is the integral over k from 0 to 1 of k p^(k-1), each of which has expectation 1 where p is uniform.
func evidence(p float64) float64 {
	l := math.Log(p)
	if l > -1e-4 { // the series about p = 1, where the formula is 0/0
		return 0.5 - l/6
	}
	return (1 - p + p*l) / (p * l * l)
}
