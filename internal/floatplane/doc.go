// Package floatplane compresses arrays of floating-point numbers without loss, as embeddings are sent by PostgreSQL:
// big-endian, four bytes (float4, vector) or two (halfvec).
//
// The bytes of equal significance are gathered into planes, after the sign was moved behind the mantissa so that the first
// plane is the exponent alone. The exponents of embeddings fill few values and are coded by huff0; their mantissas are noise
// that nothing compresses, and are kept as they are. Numbers that were widened from fewer bits have planes that compress or
// are constant, which trial shows. Where general compression does better, as for numbers on a grid, it is used; and where
// nothing helps the input is stored, so that the output is never larger than the input.
//
// The codec and the size of the input are not part of the output: the caller keeps them.
//
// Every bit is preserved: payloads of NaN, infinities, negative zero and denormals.
package floatplane

import "errors"

// Codec is how an array was encoded.
type Codec uint8

// The codecs. The zero Codec keeps the input as it is.
const (
	Stored Codec = iota
	Planes4
	Planes2
	Zstd
)

// String returns the name of the codec.
func (c Codec) String() string {
	switch c {
	case Stored:
		return "stored"
	case Planes4:
		return "planes of 4 bytes"
	case Planes2:
		return "planes of 2 bytes"
	case Zstd:
		return "zstd"
	}
	return "unknown"
}

// MaxSize is the size of the largest array, in bytes.
const MaxSize = 64 << 20

// ErrCorrupt says that what was to be decoded is not what an Encoder made.
var ErrCorrupt = errors.New("floatplane: corrupt")

// block is how many numbers have planes of their own: few enough for a cache, and for their statistics to be their own.
const block = 1 << 16

// Width is how many bytes a number has.
type Width int

// The widths of numbers.
const (
	Half   Width = 2 // halfvec
	Single Width = 4 // float4, vector
)
