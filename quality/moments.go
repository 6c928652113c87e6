package quality

import (
	"encoding/binary"
	"math"
	"math/big"
	"math/bits"
)

// Moments are the exact sums of any number of float64 values and of their squares, and the least and the greatest value.
// What is derived of them is rounded once, from the exact figure: values of 1e9 that differ by 1e-6 have the variance
// that they have, where sums of float64 values leave noise (Chan, Golub, LeVeque, 1983).
//
// Moments form a commutative monoid under Merge, with the zero value as identity: equal multisets of values give equal
// bytes, however they were split and merged. Subtract is the inverse of all but the range, which no longer tells what is
// without a value that was taken away: from then on, and in all that it is merged into, Range says that it is not known.
// NaN and the infinities are counted apart, as in Sum. Moments take about 1.7 KB, allocate nothing while adding, may be
// copied, and are not for concurrent use.
type Moments struct {
	sum      Sum
	squares  [squareLimbs]int64
	extent   extent
	least    float64 // with the greatest: where the extent is known
	greatest float64
}

// The unit of the squares is 2^-2148, that of a Sum squared. The last limb begins at bit 4256 and holds 2^2110, which is
// 2^62 squares, at 4.
const (
	squareLimbs = 134
	squareLimit = 1 << 2
)

// extent says what least and greatest are: it only grows, so that the order of merges does not matter.
type extent byte

const (
	extentEmpty   extent = iota // there was no finite value
	extentKnown                 // of all that were added
	extentUnknown               // some were taken away
)

// Add adds one value.
func (m *Moments) Add(x float64) {
	m.sum.Add(x)
	b := math.Float64bits(x)
	place, fraction := b>>fractionBits&exponentMask, b&fractionMask
	switch place {
	case exponentMask:
		return
	case 0:
	default:
		place--
		fraction |= 1 << fractionBits
	}
	m.addSquare(2*place, fraction)
	m.widen(x+0, x+0) // minus zero becomes zero, which is the same value
}

// addSquare adds the square of a fraction at a place, exactly: 106 bits at any of 32 shifts, in four limbs.
func (m *Moments) addSquare(place, fraction uint64) {
	high, low := bits.Mul64(fraction, fraction)
	i, shift := place/limbBits, place%limbBits
	first, second, third := low<<shift, high<<shift|low>>(64-shift), high>>(64-shift)
	limbs := m.squares[i : i+4 : i+4]
	limbs[0] += int64(first & limbMask)
	limbs[1] += int64(first >> limbBits)
	limbs[2] += int64(second & limbMask)
	limbs[3] += int64(second>>limbBits | third<<limbBits)
	if m.sum.pending == 0 { // the sum was carried, which is due earlier
		carry(m.squares[:])
	}
}

func (m *Moments) widen(least, greatest float64) {
	switch m.extent {
	case extentEmpty:
		m.extent, m.least, m.greatest = extentKnown, least, greatest
	case extentKnown:
		m.least, m.greatest = min(m.least, least), max(m.greatest, greatest)
	}
}

// Count returns how many finite values there are.
func (m *Moments) Count() int64 { return m.sum.Count() }

// NonFinite returns how many other values there are.
func (m *Moments) NonFinite() NonFinite { return m.sum.NonFinite() }

// Sum returns the exact sum rounded once, as Sum.Float64 does.
func (m *Moments) Sum() float64 { return m.sum.Float64() }

// Range returns the least and the greatest finite value, and whether they are known. They are +Inf and -Inf while there is
// no value, and NaN and not known once values were taken away.
func (m *Moments) Range() (least, greatest float64, known bool) {
	switch m.extent {
	case extentEmpty:
		return math.Inf(1), math.Inf(-1), true
	case extentKnown:
		return m.least, m.greatest, true
	}
	return math.NaN(), math.NaN(), false
}

// Mean returns the mean of the finite values, rounded once from the exact figure. It is NaN for no values.
func (m *Moments) Mean() float64 {
	n := m.Count()
	if n <= 0 {
		return math.NaN()
	}
	total := m.sum
	total.carry()
	divisor := new(big.Int).Lsh(big.NewInt(n), sumUnit)
	mean, _ := new(big.Rat).SetFrac(integer(total.limbs[:]), divisor).Float64()
	return mean
}

// Variance returns the variance of the finite values as a sample, with divisor n-1 (var_samp in SQL), rounded once from
// the exact figure. It is NaN for fewer than two values.
func (m *Moments) Variance() float64 { return m.variance(1) }

// PopulationVariance returns the variance of the finite values as all there are, with divisor n (var_pop in SQL), rounded
// once from the exact figure. It is NaN for no values.
func (m *Moments) PopulationVariance() float64 { return m.variance(0) }

// StandardDeviation returns the square root of the exact Variance (stddev_samp in SQL), even where that is beyond a
// float64. It is rounded from 200 bits.
func (m *Moments) StandardDeviation() float64 { return m.deviation(1) }

// PopulationStandardDeviation returns the square root of the exact PopulationVariance (stddev_pop in SQL), even where that
// is beyond a float64. It is rounded from 200 bits.
func (m *Moments) PopulationStandardDeviation() float64 { return m.deviation(0) }

func (m *Moments) variance(freedom int64) float64 {
	dividend, divisor, defined := m.spread(freedom)
	if !defined {
		return math.NaN()
	}
	variance, _ := new(big.Rat).SetFrac(dividend, divisor.Lsh(divisor, 2*sumUnit)).Float64()
	return variance
}

func (m *Moments) deviation(freedom int64) float64 {
	dividend, divisor, defined := m.spread(freedom)
	if !defined {
		return math.NaN()
	}
	const precision = 200
	quotient := new(big.Float).SetPrec(precision).SetInt(dividend)
	quotient.Quo(quotient, new(big.Float).SetPrec(precision).SetInt(divisor))
	root := new(big.Float).SetPrec(precision).Sqrt(quotient)
	deviation, _ := root.SetMantExp(root, -sumUnit).Float64()
	return deviation
}

// sumUnit and 2*sumUnit are the bits of a sum and of a sum of squares that are below one.
const sumUnit = 1074

// spread returns n * sum(x^2) - sum(x)^2, in units of 2^-2148, and n * (n - freedom): their quotient is the variance. It is
// not defined for too few values, nor for what is no multiset of values.
func (m *Moments) spread(freedom int64) (dividend, divisor *big.Int, defined bool) {
	n := m.Count()
	if n <= freedom {
		return nil, nil, false
	}
	total := *m
	total.carry()
	sum, count := integer(total.sum.limbs[:]), big.NewInt(n)
	dividend = integer(total.squares[:])
	dividend.Sub(dividend.Mul(dividend, count), sum.Mul(sum, sum))
	divisor = count.Mul(count, big.NewInt(n-freedom))
	return dividend, divisor, dividend.Sign() >= 0
}

// integer returns a carried number, which it changes.
func integer(limbs []int64) *big.Int {
	negative := magnitude(limbs)
	b := make([]byte, 4*len(limbs))
	for i, limb := range limbs {
		binary.BigEndian.PutUint32(b[len(b)-4*(i+1):], uint32(limb))
	}
	n := new(big.Int).SetBytes(b)
	if negative {
		n.Neg(n)
	}
	return n
}

// Merge adds the values of other moments. ErrOverflow changes nothing.
func (m *Moments) Merge(other *Moments) error {
	total := *m
	if err := total.combine(other, 1); err != nil {
		return err
	}
	switch other.extent {
	case extentKnown:
		total.widen(other.least, other.greatest)
	case extentUnknown:
		total.forget()
	}
	*m = total
	return nil
}

// Subtract takes away the values of other moments. If there are any, the range is no longer known. Taking away what was
// never there leaves a negative count, which is that of a change. ErrOverflow changes nothing.
func (m *Moments) Subtract(other *Moments) error {
	total := *m
	if err := total.combine(other, -1); err != nil {
		return err
	}
	if other.extent != extentEmpty {
		total.forget()
	}
	*m = total
	return nil
}

func (m *Moments) combine(other *Moments, sign int64) error {
	part := other.squares
	carry(part[:])
	m.carry()
	if err := m.sum.combine(&other.sum, sign); err != nil {
		return err
	}
	if !combineLimbs(m.squares[:], part[:], sign, squareLimit) {
		return ErrOverflow
	}
	return nil
}

func (m *Moments) forget() { m.extent, m.least, m.greatest = extentUnknown, 0, 0 }

func (m *Moments) carry() {
	m.sum.carry()
	carry(m.squares[:])
}

// AppendBinary appends the canonical bytes: about 80 for values of one magnitude, at most 900. It never fails.
func (m *Moments) AppendBinary(b []byte) ([]byte, error) {
	squares := m.squares
	carry(squares[:])
	b = m.sum.append(append(b, kindMoments, stateVersion))
	b = append(appendLimbs(b, squares[:]), byte(m.extent))
	if m.extent == extentKnown {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(m.least))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(m.greatest))
	}
	return b, nil
}

// MarshalBinary returns what AppendBinary appends.
func (m *Moments) MarshalBinary() ([]byte, error) { return m.AppendBinary(nil) }

// UnmarshalBinary sets the moments to those of canonical bytes. Other bytes are a *DecodeError and change nothing.
func (m *Moments) UnmarshalBinary(data []byte) error {
	d := decodeState("Moments", kindMoments, data)
	moments := Moments{sum: d.sum()}
	d.limbs(moments.squares[:], squareLimit)
	d.extent(&moments)
	if err := d.end(); err != nil {
		return err
	}
	*m = moments
	return nil
}

// extent reads the range, and holds it against the count and the sums.
func (d *stateDecoder) extent(m *Moments) {
	at := d.at
	m.extent = extent(d.byte("the extent of the values"))
	switch m.extent {
	case extentEmpty:
		if m.Count() != 0 || m.sum.limbs != [sumLimbs]int64{} || m.squares != [squareLimbs]int64{} {
			d.fail(at, "found no range, want that of the values")
		}
	case extentKnown:
		m.least, m.greatest = d.bound("the least value"), d.bound("the greatest value")
		if m.Count() < 1 || m.squares[squareLimbs-1] < 0 || m.least > m.greatest {
			d.fail(at, "found a range that no values have")
		}
	case extentUnknown:
	default:
		d.fail(at, "found extent %d, want 0, 1 or 2", m.extent)
	}
}

// bound reads a finite value that is not minus zero.
func (d *stateDecoder) bound(what string) float64 {
	at := d.at
	b := d.take(8, what)
	if b == nil {
		return 0
	}
	x := math.Float64frombits(binary.LittleEndian.Uint64(b))
	if x-x != 0 || x == 0 && math.Signbit(x) {
		d.fail(at, "found no finite value, or minus zero, want %s", what)
	}
	return x
}
