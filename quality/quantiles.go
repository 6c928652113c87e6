package quality

import (
	"encoding/binary"
	"iter"
	"math"
	"math/bits"
)

// Quantiles estimates quantiles of any number of float64 values, each within 0.79 % of the true value. It is a
// DDSketch (Masson, Rim, Lee: DDSketch, a fast and fully-mergeable quantile sketch with relative-error guarantees, 2019)
// that never collapses buckets and covers the whole range of a float64 to the least subnormal. Buckets are read off the
// bits of a value, 64 to an octave, the linear interpolation of the paper's logarithm: no rounding of a logarithm makes
// two machines differ. Zero is exact.
//
// States form an abelian group under Merge, with the zero value as identity and Subtract as inverse: equal multisets of
// values give equal bytes, however they were split and merged. NaN and the infinities are counted apart. A state takes
// 0.5 KB for each octave and sign that has values; it must not be copied, and is not for concurrent use.
type Quantiles struct {
	tally    tally
	zeros    int64
	positive octaves
	negative octaves // by their absolute values
}

// QuantileAccuracy is the greatest relative error of a quantile. The widest bucket reaches from b to b*(1 + 1/64), and its
// value is the one with the same relative error to both ends, which is 1/129; among subnormals that is rounded.
const QuantileAccuracy = 1.0 / 128

const (
	bucketBits    = 6
	bucketsOctave = 1 << bucketBits
	octaveCount   = 2098 // the places of the leading bit of a float64, in units of 2^-1074
)

// Add adds one value.
func (q *Quantiles) Add(x float64) {
	if x-x != 0 {
		q.tally.addNonFinite(x)
		return
	}
	q.tally[finiteValues]++
	switch {
	case x > 0:
		*q.positive.at(bucketOf(x))++
	case x < 0:
		*q.negative.at(bucketOf(-x))++
	default:
		q.zeros++
	}
}

// bucketOf returns the bucket of a positive value: the place of its leading bit and the six bits after it.
func bucketOf(x float64) int {
	b := math.Float64bits(x)
	if b>>fractionBits == 0 {
		return subnormalBucket(b)
	}
	return int(b>>(fractionBits-bucketBits)) + (fractionBits-1)*bucketsOctave
}

func subnormalBucket(b uint64) int {
	octave := bits.Len64(b) - 1
	return octave*bucketsOctave + int(b<<(fractionBits-octave)>>(fractionBits-bucketBits)&(bucketsOctave-1))
}

// bucketValue returns the value that stands for a bucket.
func bucketValue(bucket int) float64 {
	octave, low := bucket/bucketsOctave, bucketsOctave+bucket%bucketsOctave
	return math.Ldexp(float64(2*low*(low+1))/float64(bucketsOctave*(2*low+1)), octave-sumUnit)
}

// Count returns how many finite values there are.
func (q *Quantiles) Count() int64 { return q.tally[finiteValues] }

// NonFinite returns how many other values there are.
func (q *Quantiles) NonFinite() NonFinite { return q.tally.nonFinite() }

// Quantile returns the value at rank floor(share * (Count-1)) of the finite values in ascending order, from 0, within
// QuantileAccuracy of it. It is NaN for no values, for a share outside of 0 to 1, and for a state with a negative count.
func (q *Quantiles) Quantile(share float64) float64 {
	if !(share >= 0 && share <= 1) || q.Count() < 1 {
		return math.NaN()
	}
	rank := shareOf(share, uint64(q.Count()-1))
	found := math.NaN()
	for place, count := range q.ascending() {
		if count < 0 {
			return math.NaN()
		}
		if 0 <= rank && rank < count {
			found = valueAt(place)
		}
		rank -= count
	}
	return found
}

// shareOf returns floor(share * n), exactly, for a share from 0 to 1.
func shareOf(share float64, n uint64) int64 {
	fraction, exponent := math.Frexp(share)
	high, low := bits.Mul64(uint64(fraction*(1<<(fractionBits+1))), n)
	shift := fractionBits + 1 - exponent // at least 52
	if shift >= 64 {
		return int64(high >> (shift - 64))
	}
	return int64(high<<(64-shift) | low>>shift)
}

// Rank returns bounds of the number of finite values that are at most x: the values of the bucket that x is in are counted
// in the upper bound only. The bounds are equal for zero and for the infinities, and both 0 for NaN.
func (q *Quantiles) Rank(x float64) (low, high int64) {
	if math.IsNaN(x) {
		return 0, 0
	}
	limit := placeOf(x)
	for place, count := range q.ascending() {
		if place < limit || place == 0 && limit == 0 {
			low += count
		}
		if place <= limit {
			high += count
		}
	}
	return low, high
}

// placeOf returns the place of a value in ascending order: 0 for zero, and by sign the number of the bucket, from 1.
func placeOf(x float64) int {
	switch {
	case math.IsInf(x, 0):
		return int(math.Copysign(math.MaxInt32, x))
	case x > 0:
		return 1 + bucketOf(x)
	case x < 0:
		return -1 - bucketOf(-x)
	}
	return 0
}

func valueAt(place int) float64 {
	switch {
	case place > 0:
		return bucketValue(place - 1)
	case place < 0:
		return -bucketValue(-place - 1)
	}
	return 0
}

// ascending returns the places that have a count, and the count.
func (q *Quantiles) ascending() iter.Seq2[int, int64] {
	return func(yield func(int, int64) bool) {
		for bucket, count := range q.negative.descending() {
			if !yield(-1-bucket, count) {
				return
			}
		}
		if q.zeros != 0 && !yield(0, q.zeros) {
			return
		}
		for bucket, count := range q.positive.ascending() {
			if !yield(1+bucket, count) {
				return
			}
		}
	}
}

// Merge adds the values of another state. ErrOverflow changes nothing.
func (q *Quantiles) Merge(other *Quantiles) error { return q.combine(other, 1) }

// Subtract takes away the values of another state. Taking away what was never there leaves a negative count, which is that
// of a change. ErrOverflow changes nothing.
func (q *Quantiles) Subtract(other *Quantiles) error { return q.combine(other, -1) }

func (q *Quantiles) combine(other *Quantiles, sign int64) error {
	total, zeros := q.tally, q.zeros+sign*other.zeros
	if !total.combine(&other.tally, sign) || !countFits(zeros) ||
		!q.positive.fits(&other.positive, sign) || !q.negative.fits(&other.negative, sign) {
		return ErrOverflow
	}
	q.tally, q.zeros = total, zeros
	q.positive.combine(&other.positive, sign)
	q.negative.combine(&other.negative, sign)
	return nil
}

// AppendBinary appends the canonical bytes: about three for each bucket with values. It never fails.
func (q *Quantiles) AppendBinary(b []byte) ([]byte, error) {
	b = q.tally.append(append(b, kindQuantiles, stateVersion))
	b = binary.AppendVarint(b, q.zeros)
	return q.negative.append(q.positive.append(b)), nil
}

// MarshalBinary returns what AppendBinary appends.
func (q *Quantiles) MarshalBinary() ([]byte, error) { return q.AppendBinary(nil) }

// UnmarshalBinary sets the state to that of canonical bytes. Other bytes are a *DecodeError and change nothing. Whatever they
// say, a state takes at most 2.2 MB.
func (q *Quantiles) UnmarshalBinary(data []byte) error {
	d := decodeState("Quantiles", kindQuantiles, data)
	at := d.at
	state := Quantiles{tally: d.tally(), zeros: d.count("the count of zeros"), positive: d.octaves(), negative: d.octaves()}
	var high, low, carry uint64 // the sum of the counts, in 128 bits: no wrap makes it agree
	for _, count := range state.ascending() {
		low, carry = bits.Add64(low, uint64(count), 0)
		high += uint64(count>>63) + carry
	}
	if total := state.Count(); low != uint64(total) || high != uint64(total>>63) {
		d.fail(at, "found a count of finite values that is not the sum of the buckets")
	}
	if err := d.end(); err != nil {
		return err
	}
	*q = state
	return nil
}

// octaves are the counts of the buckets, by octave, from the first octave that has any.
type octaves struct {
	first int
	pages []*[bucketsOctave]int64
}

// at returns the count of a bucket, to change.
func (o *octaves) at(bucket int) *int64 {
	if page := o.page(bucket / bucketsOctave); page != nil {
		return &page[bucket%bucketsOctave]
	}
	return &o.grow(bucket / bucketsOctave)[bucket%bucketsOctave]
}

func (o *octaves) page(octave int) *[bucketsOctave]int64 {
	if i := octave - o.first; uint(i) < uint(len(o.pages)) {
		return o.pages[i]
	}
	return nil
}

func (o *octaves) grow(octave int) *[bucketsOctave]int64 {
	switch {
	case len(o.pages) == 0:
		o.first, o.pages = octave, make([]*[bucketsOctave]int64, 1)
	case octave < o.first:
		o.pages = append(make([]*[bucketsOctave]int64, o.first-octave), o.pages...)
		o.first = octave
	}
	for octave >= o.first+len(o.pages) {
		o.pages = append(o.pages, nil)
	}
	page := new([bucketsOctave]int64)
	o.pages[octave-o.first] = page
	return page
}

// ascending returns the buckets that have a count, and the count.
func (o *octaves) ascending() iter.Seq2[int, int64] {
	return func(yield func(int, int64) bool) {
		for i, page := range o.pages {
			if page == nil {
				continue
			}
			for j, count := range page {
				if count != 0 && !yield((o.first+i)*bucketsOctave+j, count) {
					return
				}
			}
		}
	}
}

// descending is ascending from the other end.
func (o *octaves) descending() iter.Seq2[int, int64] {
	return func(yield func(int, int64) bool) {
		for i := len(o.pages) - 1; i >= 0; i-- {
			if o.pages[i] == nil {
				continue
			}
			for j := bucketsOctave - 1; j >= 0; j-- {
				if count := o.pages[i][j]; count != 0 && !yield((o.first+i)*bucketsOctave+j, count) {
					return
				}
			}
		}
	}
}

// fits reports whether every count stays within its limit in combine.
func (o *octaves) fits(other *octaves, sign int64) bool {
	for bucket, count := range other.ascending() {
		var own int64
		if page := o.page(bucket / bucketsOctave); page != nil {
			own = page[bucket%bucketsOctave]
		}
		if !countFits(own + sign*count) {
			return false
		}
	}
	return true
}

func (o *octaves) combine(other *octaves, sign int64) {
	for bucket, count := range other.ascending() {
		*o.at(bucket) += sign * count
	}
}

// append appends the number of buckets that have a count, and of each how far it is above the one before it, and its count.
func (o *octaves) append(b []byte) []byte {
	filled := 0
	for range o.ascending() {
		filled++
	}
	b = binary.AppendUvarint(b, uint64(filled))
	last := -1
	for bucket, count := range o.ascending() {
		b = binary.AppendUvarint(b, uint64(bucket-last))
		b = binary.AppendVarint(b, count)
		last = bucket
	}
	return b
}

func (d *stateDecoder) octaves() octaves {
	var o octaves
	last := -1
	for range d.length("buckets", octaveCount*bucketsOctave, 2) {
		at := d.at
		step := d.uvarint("the step to a bucket")
		if d.err == nil && (step < 1 || step >= uint64(octaveCount*bucketsOctave-last)) {
			d.fail(at, "found a step of %d, want 1 to %d", step, octaveCount*bucketsOctave-1-last)
		}
		at = d.at
		count := d.count("the count of a bucket")
		if count == 0 {
			d.fail(at, "found an empty bucket")
		}
		if d.err != nil {
			return octaves{}
		}
		last += int(step)
		*o.at(last) = count
	}
	return o
}
