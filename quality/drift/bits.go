package drift

import mathbits "math/bits"

// bits is a set of rows of the pool.
type bits []uint64

func newBits(n int) bits { return make(bits, (n+63)/64) }

func (b bits) set(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bits) has(i int) bool { return b[i/64]>>(i%64)&1 == 1 }

// octet returns which of the rows 8g to 8g+7 are in the set.
func (b bits) octet(g int) uint8 { return uint8(b[g/8] >> (g % 8 * 8)) }

func (b bits) count() int {
	n := 0
	for _, w := range b {
		n += mathbits.OnesCount64(w)
	}
	return n
}

// invert turns the set into its complement among n rows.
func (b bits) invert(n int) {
	for i := range b {
		b[i] = ^b[i]
	}
	if rest := n % 64; rest != 0 {
		b[len(b)-1] &= 1<<rest - 1
	}
}

// common counts the rows that are in both sets.
func (b bits) common(o bits) int {
	n := 0
	o = o[:len(b)]
	for i, w := range b {
		n += mathbits.OnesCount64(w & o[i])
	}
	return n
}
