package floatplane_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/shugo-data/shugo/internal/floatplane"
)

// distribution is a distribution of numbers, with the ratio that it is to reach.
type distribution struct {
	name  string
	width floatplane.Width
	ratio float64
	next  func(*rand.Rand) uint32
}

func distributions() []distribution {
	return []distribution{
		{"gaussian", floatplane.Single, 0.835, func(r *rand.Rand) uint32 { return math.Float32bits(float32(r.NormFloat64() / 39)) }},
		{"from float16", floatplane.Single, 0.47, func(r *rand.Rand) uint32 {
			return math.Float32bits(float32(r.NormFloat64()/39)) &^ 0x1fff
		}},
		{"from bfloat16", floatplane.Single, 0.36, func(r *rand.Rand) uint32 {
			return math.Float32bits(float32(r.NormFloat64()/39)) &^ 0xffff
		}},
		{"grid of int8", floatplane.Single, 0.40, func(r *rand.Rand) uint32 {
			return math.Float32bits(float32(math.Round(r.NormFloat64()*30)) / 127)
		}},
		{"zero", floatplane.Single, 0.01, func(*rand.Rand) uint32 { return 0 }},
		{"noise", floatplane.Single, 1, func(r *rand.Rand) uint32 { return r.Uint32() }},
		{"half", floatplane.Half, 0.90, func(r *rand.Rand) uint32 { return half(float32(r.NormFloat64() / 39)) }},
		{"half noise", floatplane.Half, 1, func(r *rand.Rand) uint32 { return r.Uint32() & 0xffff }},
	}

}

// half returns the bits of a number as float16, toward zero.
func half(f float32) uint32 {
	b := math.Float32bits(f)
	exponent := int(b>>23&0xff) - 127 + 15
	if exponent <= 0 {
		return b >> 16 & 0x8000
	}
	return b>>16&0x8000 | uint32(exponent)<<10 | b>>13&0x3ff
}

func numbers(count int, width floatplane.Width, next func(*rand.Rand) uint32) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var out []byte
	for range count {
		if width == floatplane.Half {
			out = binary.BigEndian.AppendUint16(out, uint16(next(r)))
		} else {
			out = binary.BigEndian.AppendUint32(out, next(r))
		}
	}
	return out
}

func TestRatio(t *testing.T) {
	t.Parallel()
	for _, d := range distributions() {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			src := numbers(500_000, d.width, d.next)
			ratio := roundTrip(t, src, d.width)
			if ratio > d.ratio {
				t.Errorf("ratio %.4f, expected at most %.4f", ratio, d.ratio)
			}
		})
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for _, d := range distributions() {
		for _, count := range []int{0, 1, 2, 3, 7, 8, 9, 100, 1023, 65535, 65536, 65537} {
			src := numbers(count, d.width, d.next)
			for rest := range 4 {
				roundTrip(t, append(src, make([]byte, rest)...), d.width)
			}
		}
	}
}

// Every pattern of the bits that NaN, infinities, zeros and denormals have.
func TestSpecialNumbers(t *testing.T) {
	t.Parallel()
	special := []uint32{0, 1 << 31, 0x7f800000, 0xff800000, 0x7fc00001, 0xffc0beef, 0x7f800001, 1, 0x807fffff, 0x00800000, 0xffffffff}
	r := rand.New(rand.NewPCG(3, 4))
	var src []byte
	for range 200_000 {
		v := special[r.IntN(len(special))]
		if r.IntN(2) == 0 {
			v ^= r.Uint32() & 0x7fffff
		}
		src = binary.BigEndian.AppendUint32(src, v)
	}
	roundTrip(t, src, floatplane.Single)
	roundTrip(t, src, floatplane.Half)
}

// A repetition that zstd sees and planes do not.
func TestSmallRepetition(t *testing.T) {
	t.Parallel()
	for size := range 600 {
		roundTrip(t, bytes.Repeat([]byte("abcdefghijklmnopqrstuvwxyz"), 30)[:size], floatplane.Single)
	}
}

// roundTrip fails the test unless src comes back, and returns the ratio.
func roundTrip(t testing.TB, src []byte, width floatplane.Width) float64 {
	t.Helper()
	var e floatplane.Encoder
	var d floatplane.Decoder
	coded, codec := e.Encode([]byte("before"), src, width)
	if len(coded) > len(src)+6 {
		t.Fatalf("%d bytes became %d by %s", len(src), len(coded)-6, codec)
	}
	back, err := d.Decode([]byte("before"), coded[6:], codec, len(src))
	if err != nil || !bytes.Equal(back, append([]byte("before"), src...)) {
		t.Fatalf("%d bytes do not come back from %s: %v", len(src), codec, err)
	}
	return float64(len(coded)-6) / float64(max(len(src), 1))
}

func TestNoAllocations(t *testing.T) {
	src := numbers(300_000, floatplane.Single, distributions()[0].next)
	var e floatplane.Encoder
	var d floatplane.Decoder
	coded, codec := e.Encode(nil, src, floatplane.Single)
	back, err := d.Decode(nil, coded, codec, len(src))
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(5, func() {
		coded, codec = e.Encode(coded[:0], src, floatplane.Single)
		back, err = d.Decode(back[:0], coded, codec, len(src))
	}); n > 0 {
		t.Errorf("%.0f allocations", n)
	}
}

func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte{}, 1, true)
	f.Add([]byte{0x7f, 0xc0, 0xbe, 0xef, 0x80, 0, 0, 0}, 5000, true)
	f.Add([]byte{0x7f, 0xc0, 0xbe}, 100_000, false)
	f.Fuzz(func(t *testing.T, piece []byte, times int, single bool) {
		width := floatplane.Half
		if single {
			width = floatplane.Single
		}
		if times < 0 || times*len(piece) > 1<<20 {
			times = 1
		}
		roundTrip(t, bytes.Repeat(piece, times), width)
	})
}

func FuzzDecode(f *testing.F) {
	for _, d := range distributions()[:5] {
		src := numbers(3000, d.width, d.next)
		var e floatplane.Encoder
		coded, codec := e.Encode(nil, src, d.width)
		f.Add(coded, uint8(codec), len(src))
	}
	var d floatplane.Decoder
	f.Fuzz(func(t *testing.T, coded []byte, codec uint8, size int) {
		size %= 1 << 20 // larger ones take longer, and no other way
		back, err := d.Decode(nil, coded, floatplane.Codec(codec), size)
		if err == nil && len(back) != size {
			t.Errorf("%d bytes, expected %d", len(back), size)
		}
	})
}

func Example() {
	src := numbers(100_000, floatplane.Single, func(r *rand.Rand) uint32 { return math.Float32bits(float32(r.NormFloat64())) })
	var e floatplane.Encoder
	coded, codec := e.Encode(nil, src, floatplane.Single)
	var d floatplane.Decoder
	back, err := d.Decode(nil, coded, codec, len(src))
	fmt.Println(codec, 100*len(coded)/len(src), bytes.Equal(back, src), err)
	// Output: planes of 4 bytes 83 true <nil>
}

func BenchmarkEncode(b *testing.B) {
	for _, d := range distributions() {
		src := numbers(1<<20, d.width, d.next)
		b.Run(d.name+"/floatplane", func(b *testing.B) {
			var e floatplane.Encoder
			dst, _ := e.Encode(nil, src, d.width)
			b.ReportAllocs()
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				dst, _ = e.Encode(dst[:0], src, d.width)
			}
			b.ReportMetric(float64(len(dst))/float64(len(src)), "ratio")
		})
		b.Run(d.name+"/zstd", func(b *testing.B) {
			e, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
			dst := e.EncodeAll(src, nil)
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				dst = e.EncodeAll(src, dst[:0])
			}
			b.ReportMetric(float64(len(dst))/float64(len(src)), "ratio")
		})
	}
	d := distributions()[0]
	src := numbers(1<<20, d.width, d.next)
	b.Run(d.name+"/gzip", func(b *testing.B) {
		var out bytes.Buffer
		b.SetBytes(int64(len(src)))
		for b.Loop() {
			out.Reset()
			w := gzip.NewWriter(&out)
			w.Write(src)
			w.Close()
		}
		b.ReportMetric(float64(out.Len())/float64(len(src)), "ratio")
	})
}

func BenchmarkDecode(b *testing.B) {
	for _, d := range distributions() {
		src := numbers(1<<20, d.width, d.next)
		b.Run(d.name, func(b *testing.B) {
			var e floatplane.Encoder
			var dec floatplane.Decoder
			coded, codec := e.Encode(nil, src, d.width)
			back, _ := dec.Decode(nil, coded, codec, len(src))
			b.ReportAllocs()
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				back, _ = dec.Decode(back[:0], coded, codec, len(src))
			}
		})
	}
}
