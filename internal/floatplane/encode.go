package floatplane

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/klauspost/compress/huff0"
	"github.com/klauspost/compress/zstd"
)

// How a plane of a block is kept.
const (
	rawPlane      = 0 // as it is
	huffPlane     = 1 // three bytes with the length of what follows, and that
	constantPlane = 2 // one byte, which all are
)

// An Encoder encodes arrays. It is used by one goroutine at a time; one that is used again allocates nothing. The zero
// Encoder is ready.
type Encoder struct {
	huff   huff0.Scratch
	zstd   *zstd.Encoder
	planes [4 * block]byte
	sample []byte
	trial  []byte
}

// Encode appends an encoding of src, which is an array of numbers of a width, to dst, and returns it with the codec that it
// chose by trial. What it appends is at most as long as src. src is at most MaxSize bytes; a rest that is no whole number is
// kept as it is.
func (e *Encoder) Encode(dst, src []byte, width Width) ([]byte, Codec) {
	start := len(dst)
	if len(src) > MaxSize || width != Single && width != Half {
		return append(dst, src...), Stored
	}
	dst, codec := e.encode(dst, src, width)
	if codec == Stored || len(dst)-start >= len(src) {
		return append(dst[:start], src...), Stored
	}
	return dst, codec
}

func (e *Encoder) encode(dst, src []byte, width Width) ([]byte, Codec) {
	count := len(src) / int(width)
	sample := e.pick(src, width)
	planes := e.estimate(sample, width)
	if e.tryZstd(sample) < 0.98*planes {
		return e.zstd.EncodeAll(src, dst), Zstd
	}
	if planes > 0.99 {
		return dst, Stored
	}
	whole := count * int(width)
	for at := 0; at < whole; {
		size := min(whole-at, block*int(width))
		dst = e.block(dst, src[at:at+size], width)
		at += size
	}
	dst = append(dst, src[whole:]...)
	if width == Half {
		return dst, Planes2
	}
	return dst, Planes4
}

// block appends the planes of one block.
func (e *Encoder) block(dst, src []byte, width Width) []byte {
	n := len(src) / int(width)
	if width == Single {
		split4(e.planes[:4*n], src)
	} else {
		split2(e.planes[:2*n], src)
	}
	for p := range int(width) {
		dst = e.plane(dst, e.planes[p*n:(p+1)*n])
	}
	return dst
}

// plane appends one plane, as it is smallest.
func (e *Encoder) plane(dst, plane []byte) []byte {
	if !noise(plane) {
		e.huff.Reuse = huff0.ReusePolicyNone
		coded, _, err := huff0.Compress4X(plane, &e.huff)
		switch {
		case err == huff0.ErrUseRLE:
			return append(dst, constantPlane, plane[0])
		case err == nil && len(coded)+3 < len(plane):
			dst = append(dst, huffPlane, byte(len(coded)>>16), byte(len(coded)>>8), byte(len(coded)))
			return append(dst, coded...)
		}
	}
	dst = append(dst, rawPlane)
	return append(dst, plane...)
}

// noise reports whether a part of a plane, spread over it, has nearly eight bits of entropy a byte.
func noise(plane []byte) bool {
	const parts, size = 8, 512
	if len(plane) < 2*parts*size {
		return false
	}
	var counts [256]uint32
	for p := range parts {
		at := p * (len(plane) - size) / (parts - 1)
		for _, b := range plane[at : at+size] {
			counts[b]++
		}
	}
	return entropy(&counts, parts*size) > 7.85
}

// entropy returns the entropy of order 0, in bits a byte.
func entropy(counts *[256]uint32, total int) float64 {
	sum := 0.0
	for _, c := range counts {
		if c > 0 {
			sum -= float64(c) * math.Log2(float64(c)/float64(total))
		}
	}
	return sum / float64(total)
}

// pick returns a sample of src: pieces that are spread over it, or all of it where it is small.
func (e *Encoder) pick(src []byte, width Width) []byte {
	const pieces, size = 6, 6 << 10
	if len(src) <= pieces*size {
		return src[:len(src)/int(width)*int(width)]
	}
	e.sample = e.sample[:0]
	for p := range pieces {
		at := p * ((len(src) - size) / (pieces - 1)) / int(width) * int(width)
		e.sample = append(e.sample, src[at:at+size]...)
	}
	return e.sample
}

// estimate returns the ratio that planes are to reach, by the entropy of a sample.
func (e *Encoder) estimate(sample []byte, width Width) float64 {
	n := len(sample) / int(width)
	if n == 0 {
		return 1
	}
	var counts [4][256]uint32
	for i := range n {
		if width == Single {
			v := bits.RotateLeft32(binary.BigEndian.Uint32(sample[4*i:]), 1)
			counts[0][v>>24]++
			counts[1][v>>16&0xff]++
			counts[2][v>>8&0xff]++
			counts[3][v&0xff]++
		} else {
			v := bits.RotateLeft16(binary.BigEndian.Uint16(sample[2*i:]), 1)
			counts[0][v>>8]++
			counts[1][v&0xff]++
		}
	}
	total := 0.0
	for p := range int(width) {
		bitsEach := entropy(&counts[p], n)
		switch {
		case bitsEach > 0: // huff0 uses at least one bit
			bitsEach = max(bitsEach, 1)
		}
		total += min(8, bitsEach)
	}
	return total / float64(8*int(width))
}

// tryZstd returns the ratio that zstd reaches on a sample.
func (e *Encoder) tryZstd(sample []byte) float64 {
	if len(sample) == 0 {
		return 1
	}
	if e.zstd == nil {
		// The options are constants that New accepts.
		e.zstd, _ = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(false))
	}
	e.trial = e.zstd.EncodeAll(sample, e.trial[:0])
	return float64(len(e.trial)) / float64(len(sample))
}

// split4 writes the four planes of numbers of four bytes: exponent, mantissa from its top, and sign in the last bit.
func split4(planes, src []byte) {
	n := len(src) / 4
	p0, p1, p2, p3 := planes[:n:n], planes[n:2*n:2*n], planes[2*n:3*n:3*n], planes[3*n:4*n:4*n]
	i := 0
	for ; i+8 <= n; i += 8 {
		in := src[4*i : 4*i+32 : 4*i+32]
		a, b := rotate(binary.BigEndian.Uint64(in)), rotate(binary.BigEndian.Uint64(in[8:]))
		c, d := rotate(binary.BigEndian.Uint64(in[16:])), rotate(binary.BigEndian.Uint64(in[24:]))
		// Bytes of equal significance of a pair are 32 bits apart.
		ab0, ab1 := merge(a, b)
		cd0, cd1 := merge(c, d)
		binary.BigEndian.PutUint64(p0[i:], ab0&high|cd0>>32&low)
		binary.BigEndian.PutUint64(p1[i:], ab0<<32|cd0&low)
		binary.BigEndian.PutUint64(p2[i:], ab1&high|cd1>>32&low)
		binary.BigEndian.PutUint64(p3[i:], ab1<<32|cd1&low)
	}
	for ; i < n; i++ {
		v := bits.RotateLeft32(binary.BigEndian.Uint32(src[4*i:]), 1)
		p0[i], p1[i], p2[i], p3[i] = byte(v>>24), byte(v>>16), byte(v>>8), byte(v)
	}
}

const high, low = 0xffffffff_00000000, 0x00000000_ffffffff

// rotate rotates both halves to the left by one bit.
func rotate(w uint64) uint64 {
	return w<<1&0xfffffffe_fffffffe | w>>31&0x00000001_00000001
}

// merge takes four numbers, two in each word, and returns their planes: 0 and 1 in the first word, 2 and 3 in the second,
// four bytes each.
func merge(a, b uint64) (p01, p23 uint64) {
	// 16-bit lanes: a = x0 x1 y0 y1, b = z0 z1 w0 w1, each lane two bytes; gather lanes 0 and 2.
	const lanes = 0xffff0000_ffff0000
	h := a&lanes | b&lanes>>16          // x(01) z(01) y(01) w(01)
	l := a<<16&lanes | b&^uint64(lanes) // x(23) z(23) y(23) w(23)
	return unzip(h), unzip(l)
}

// unzip moves the even bytes of a word whose lanes are ordered x z y w to its front and the odd ones to its end, ordered x y z w.
func unzip(w uint64) uint64 {
	// x z y w to x y z w
	t := (w ^ w>>16) & 0x00000000_ffff0000
	w ^= t ^ t<<16
	// x0x1y0y1 z0z1w0w1 to x0y0x1y1 z0w0z1w1
	t = (w ^ w>>8) & 0x0000ff00_0000ff00
	w ^= t ^ t<<8
	// x0y0 x1y1 z0w0 z1w1 to x0y0 z0w0 x1y1 z1w1
	t = (w ^ w>>16) & 0x00000000_ffff0000
	return w ^ t ^ t<<16
}

// split2 writes the two planes of numbers of two bytes.
func split2(planes, src []byte) {
	n := len(src) / 2
	p0, p1 := planes[:n:n], planes[n:2*n:2*n]
	for i := range n {
		v := bits.RotateLeft16(binary.BigEndian.Uint16(src[2*i:]), 1)
		p0[i], p1[i] = byte(v>>8), byte(v)
	}
}
