package japanese

import (
	"fmt"
	"math"
)

// Band is a band of level, numbered from the easiest, 1, to the hardest, 6. The zero band is none.
type Band int

// The bands of Lee and Hasebe (2016), with the scores that they hold.
const (
	LowerElementary   Band = 1 // 初級前半: 5.5 to 6.5
	UpperElementary   Band = 2 // 初級後半: 4.5 to 5.5
	LowerIntermediate Band = 3 // 中級前半: 3.5 to 4.5
	UpperIntermediate Band = 4 // 中級後半: 2.5 to 3.5
	LowerAdvanced     Band = 5 // 上級前半: 1.5 to 2.5
	UpperAdvanced     Band = 6 // 上級後半: 0.5 to 1.5
)

// String returns the band's name: "lower-elementary".
func (b Band) String() string {
	if b < LowerElementary || b > UpperAdvanced {
		return fmt.Sprintf("Band(%d)", int(b))
	}
	return [...]string{"lower-elementary", "upper-elementary", "lower-intermediate", "upper-intermediate", "lower-advanced", "upper-advanced"}[b-1]
}

// Japanese returns the band's name in Japanese: "初級前半"; nothing for no band.
func (b Band) Japanese() string {
	if b < LowerElementary || b > UpperAdvanced {
		return ""
	}
	return [...]string{"初級前半", "初級後半", "中級前半", "中級後半", "上級前半", "上級後半"}[b-1]
}

// Range returns the scores of the band: from Low, below High. It is empty for no band.
func (b Band) Range() Interval {
	if b < LowerElementary || b > UpperAdvanced {
		return Interval{}
	}
	return Interval{Low: 6.5 - float64(b), High: 7.5 - float64(b)}
}

// ParseBand returns the band of a name in English or Japanese.
func ParseBand(name string) (Band, error) {
	for b := LowerElementary; b <= UpperAdvanced; b++ {
		if name == b.String() || name == b.Japanese() {
			return b, nil
		}
	}
	return 0, fmt.Errorf("japanese: %q is no band of level: expected one such as %q or %q", name, LowerElementary.String(), LowerElementary.Japanese())
}

// bandOf returns the band that a score is in, or none.
func bandOf(score float64) Band {
	for b := LowerElementary; b <= UpperAdvanced; b++ {
		if r := b.Range(); score >= r.Low && score < r.High {
			return b
		}
	}
	return 0
}

// suits returns the scores that are no surprise for a learner of a band: beyond the easiest and the hardest there is no other band.
func (b Band) suits() Interval {
	r := b.Range()
	switch b {
	case LowerElementary:
		r.High = math.Inf(1)
	case UpperAdvanced:
		r.Low = math.Inf(-1)
	}
	return r
}
