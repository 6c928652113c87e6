package quality

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// Sum is the exact sum of any number of float64 values: a fixed-point number as wide as the range of a float64, after
// Kulisch (Computer Arithmetic and Validity, 2008), in the carry-save form of Neal (Fast Exact Summation Using Small and
// Large Superaccumulators, 2015). No addition rounds, so the order and the grouping of additions do not matter.
//
// Sums form an abelian group under Merge, with the zero value as identity and Subtract as inverse: equal multisets of
// values give equal bytes, however they were split and merged. NaN and the infinities are counted apart and change
// neither the sum nor its count; minus zero counts as zero. A Sum takes about 600 bytes, allocates nothing, may be
// copied, and is not for concurrent use.
type Sum struct {
	tally   tally
	pending int // additions since the last carry
	limbs   [sumLimbs]int64
}

// NonFinite counts the values that have no place in a sum or a quantile.
type NonFinite struct {
	NaN              int64 // values that are not a number
	PositiveInfinity int64 // values above every number
	NegativeInfinity int64 // values below every number
}

// The unit of a Sum is 2^-1074, the least float64. Its last limb begins at bit 2144 and holds 2^1086 at 2^16, so that
// after any Merge there is room for more additions than can be made in a lifetime.
const (
	sumLimbs  = 68
	sumLimit  = 1 << 16
	limbBits  = 32
	limbMask  = 1<<limbBits - 1
	maxCount  = 1 << 62
	carryTime = 1024 // additions, of less than 2^53 each, that a limb takes between two carries

	fractionBits = 52
	fractionMask = 1<<fractionBits - 1
	exponentMask = 1<<11 - 1
)

// Add adds one value.
func (s *Sum) Add(x float64) {
	b := math.Float64bits(x)
	place, fraction := b>>fractionBits&exponentMask, int64(b&fractionMask)
	switch place {
	case exponentMask:
		s.tally.addNonFinite(x)
		return
	case 0:
	default:
		place--
		fraction |= 1 << fractionBits
	}
	sign := int64(b) >> 63
	fraction = (fraction ^ sign) - sign
	i, shift := place/limbBits, place%limbBits
	s.limbs[i] += fraction << shift & limbMask
	s.limbs[i+1] += fraction >> (limbBits - shift)
	s.tally[finiteValues]++
	if s.pending++; s.pending >= carryTime {
		s.carry()
	}
}

// Count returns how many finite values there are.
func (s *Sum) Count() int64 { return s.tally[finiteValues] }

// NonFinite returns how many other values there are.
func (s *Sum) NonFinite() NonFinite { return s.tally.nonFinite() }

// Float64 returns the exact sum of the finite values rounded once, to the nearest float64 and to even between two. A sum
// beyond the range of a float64 is an infinity.
func (s *Sum) Float64() float64 {
	total := *s
	total.carry()
	negative := magnitude(total.limbs[:])
	rounded := roundLimbs(total.limbs[:])
	if negative {
		return -rounded
	}
	return rounded
}

// Merge adds the values of another sum. ErrOverflow changes nothing.
func (s *Sum) Merge(other *Sum) error { return s.combine(other, 1) }

// Subtract takes away the values of another sum. Taking away what was never there leaves a negative count, which is that
// of a change. ErrOverflow changes nothing.
func (s *Sum) Subtract(other *Sum) error { return s.combine(other, -1) }

func (s *Sum) combine(other *Sum, sign int64) error {
	total, part := *s, *other
	total.carry()
	part.carry()
	if !total.tally.combine(&part.tally, sign) || !combineLimbs(total.limbs[:], part.limbs[:], sign, sumLimit) {
		return ErrOverflow
	}
	*s = total
	return nil
}

func (s *Sum) carry() {
	carry(s.limbs[:])
	s.pending = 0
}

// AppendBinary appends the canonical bytes: about 30 for values of one magnitude, at most 320. It never fails.
func (s *Sum) AppendBinary(b []byte) ([]byte, error) {
	return s.append(append(b, kindSum, stateVersion)), nil
}

// MarshalBinary returns what AppendBinary appends.
func (s *Sum) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// UnmarshalBinary sets the sum to that of canonical bytes. Other bytes are a *DecodeError and change nothing.
func (s *Sum) UnmarshalBinary(data []byte) error {
	d := decodeState("Sum", kindSum, data)
	sum := d.sum()
	if err := d.end(); err != nil {
		return err
	}
	*s = sum
	return nil
}

func (s *Sum) append(b []byte) []byte {
	total := *s
	total.carry()
	return appendLimbs(total.tally.append(b), total.limbs[:])
}

func (d *stateDecoder) sum() Sum {
	s := Sum{tally: d.tally()}
	d.limbs(s.limbs[:], sumLimit)
	return s
}

// tally counts finite values, NaN, and the infinities.
type tally [4]int64

const (
	finiteValues = iota
	notANumber
	positiveInfinity
	negativeInfinity
)

func (t *tally) addNonFinite(x float64) {
	switch {
	case x > 0:
		t[positiveInfinity]++
	case x < 0:
		t[negativeInfinity]++
	default:
		t[notANumber]++
	}
}

func (t *tally) nonFinite() NonFinite {
	return NonFinite{NaN: t[notANumber], PositiveInfinity: t[positiveInfinity], NegativeInfinity: t[negativeInfinity]}
}

func (t *tally) combine(other *tally, sign int64) bool {
	fits := true
	for i := range t {
		t[i] += sign * other[i]
		fits = fits && countFits(t[i])
	}
	return fits
}

// countFits leaves room for the additions of a lifetime, and for the sum of two counts in an int64: 2^62 twice wraps to
// what does not fit.
func countFits(n int64) bool { return -maxCount <= n && n <= maxCount }

func (t *tally) append(b []byte) []byte {
	for _, n := range t {
		b = binary.AppendVarint(b, n)
	}
	return b
}

func (d *stateDecoder) tally() tally {
	var t tally
	for i, what := range []string{"the count of finite values", "the count of NaN", "the count of +Inf", "the count of -Inf"} {
		t[i] = d.count(what)
	}
	return t
}

func (d *stateDecoder) count(what string) int64 {
	at := d.at
	n := d.varint(what)
	if !countFits(n) {
		d.fail(at, "found more than 2^62, want %s", what)
	}
	return n
}

// carry brings every limb but the last into [0, 2^32), which is the one form of a number that the last limb signs.
func carry(limbs []int64) {
	var c int64
	last := len(limbs) - 1
	for i, limb := range limbs[:last] {
		limb += c
		limbs[i] = limb & limbMask
		c = limb >> limbBits
	}
	limbs[last] += c
}

// combineLimbs adds a number with a sign to another and reports whether the result is within the limit of the last limb.
func combineLimbs(total, part []int64, sign, limit int64) bool {
	for i := range total {
		total[i] += sign * part[i]
	}
	carry(total)
	return limbsFit(total, limit)
}

func limbsFit(limbs []int64, limit int64) bool {
	last := limbs[len(limbs)-1]
	return -limit <= last && last < limit
}

// magnitude makes a carried number positive and reports whether it was negative.
func magnitude(limbs []int64) bool {
	if limbs[len(limbs)-1] >= 0 {
		return false
	}
	for i := range limbs {
		limbs[i] = -limbs[i]
	}
	carry(limbs)
	return true
}

// significant returns the limbs from the first that is not zero up to the last, as a half-open range.
func significant(limbs []int64) (first, end int) {
	end = len(limbs)
	for end > 0 && limbs[end-1] == 0 {
		end--
	}
	for first < end && limbs[first] == 0 {
		first++
	}
	return first, end
}

// roundLimbs returns a number of units of 2^-1074, carried and not negative, as the nearest float64.
func roundLimbs(limbs []int64) float64 {
	first, end := significant(limbs)
	if end == 0 {
		return 0
	}
	length := (end-1)*limbBits + bits.Len64(uint64(limbs[end-1]))
	low := max(0, length-64) // the leading 64 bits begin here
	i, shift := low/limbBits, low%limbBits
	leading := uint64(limbs[i])>>shift | uint64(limbs[i+1])<<(limbBits-shift) | uint64(limbs[i+2])<<(2*limbBits-shift)
	if length <= fractionBits+1 {
		return math.Float64frombits(leading)
	}
	sticky := first < i || uint64(limbs[i])&(1<<shift-1) != 0
	excess := min(length, 64) - (fractionBits + 1)
	kept, rest, half := leading>>excess, leading&(1<<excess-1), uint64(1)<<(excess-1)
	if rest > half || rest == half && (sticky || kept&1 == 1) {
		kept++
	}
	// The leading one of kept, and a carry out of it, count in the exponent.
	result := uint64(length-fractionBits-1)<<fractionBits + kept
	return math.Float64frombits(min(result, exponentMask<<fractionBits))
}

// The sign of a number in bytes. After it come the index of its first limb, the number of limbs, and these, the least
// first, of four bytes each, the least first. Neither the first nor the last is zero.
const (
	signZero = iota
	signPositive
	signNegative
)

// appendLimbs appends a carried number, which it changes.
func appendLimbs(b []byte, limbs []int64) []byte {
	sign := byte(signPositive)
	if magnitude(limbs) {
		sign = signNegative
	}
	first, end := significant(limbs)
	if end == 0 {
		return append(b, signZero)
	}
	b = append(b, sign)
	b = binary.AppendUvarint(b, uint64(first))
	b = binary.AppendUvarint(b, uint64(end-first))
	for _, limb := range limbs[first:end] {
		b = binary.LittleEndian.AppendUint32(b, uint32(limb))
	}
	return b
}

// limbs reads a number into limbs that are zero.
func (d *stateDecoder) limbs(limbs []int64, limit int64) {
	start := d.at
	sign := d.byte("the sign of a number")
	if sign > signNegative {
		d.fail(start, "found sign %d, want 0, 1 or 2", sign)
	}
	if d.err != nil || sign == signZero {
		return
	}
	at := d.at
	first := d.uvarint("the first limb of a number")
	if first >= uint64(len(limbs)) {
		d.fail(at, "found limb %d, want less than %d", first, len(limbs))
		return
	}
	at = d.at
	n := d.length("the limbs of a number", len(limbs)-int(first), 4)
	if n == 0 {
		d.fail(at, "found no limbs, want a number that is not zero")
		return
	}
	at = d.at
	number := limbs[first : int(first)+n]
	for i, b := 0, d.take(4*n, "limbs"); i < n; i++ {
		number[i] = int64(binary.LittleEndian.Uint32(b[4*i:]))
		if sign == signNegative {
			number[i] = -number[i]
		}
	}
	if number[0] == 0 || number[n-1] == 0 {
		d.fail(at, "found a zero at an end of a number, want its significant limbs")
	}
	carry(limbs)
	if !limbsFit(limbs, limit) {
		d.fail(start, "found a number beyond the greatest sum")
	}
}
