package floatplane

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/klauspost/compress/huff0"
	"github.com/klauspost/compress/zstd"
)

// A Decoder decodes arrays. It is used by one goroutine at a time; one that is used again allocates nothing. The zero
// Decoder is ready.
type Decoder struct {
	huff   *huff0.Scratch
	zstd   *zstd.Decoder
	planes [4 * block]byte
}

// Decode appends the array of size bytes that src encodes to dst. It allocates at most size bytes and some that do not depend
// on the input. The error is ErrCorrupt, and dst is returned as it was.
func (d *Decoder) Decode(dst, src []byte, codec Codec, size int) ([]byte, error) {
	start := len(dst)
	if size < 0 || size > MaxSize {
		return dst, ErrCorrupt
	}
	switch codec {
	case Stored:
		if len(src) != size {
			return dst, ErrCorrupt
		}
		return append(dst, src...), nil
	case Zstd:
		return d.general(dst, src, size)
	case Planes2, Planes4:
	default:
		return dst, ErrCorrupt
	}
	width := 4
	if codec == Planes2 {
		width = 2
	}
	// A block has at least two bytes a plane, and what it stands for is known: an input of a few bytes is not believed to be
	// many.
	if blocks := (size/width + block - 1) / block; len(src) < 2*width*blocks+size%width {
		return dst, ErrCorrupt
	}
	dst = slices.Grow(dst, size)
	for left := size - size%width; left > 0; {
		n := min(left, block*width)
		at := len(dst)
		dst = dst[:at+n]
		var ok bool
		if src, ok = d.block(dst[at:], src, width); !ok {
			return dst[:start], ErrCorrupt
		}
		left -= n
	}
	if len(src) != size%width {
		return dst[:start], ErrCorrupt
	}
	return append(dst, src...), nil
}

// general decodes zstd. A frame of 256 bytes or more says how large it is; none is decoded beyond the size.
func (d *Decoder) general(dst, src []byte, size int) ([]byte, error) {
	var header zstd.Header
	if err := header.Decode(src); err != nil || header.Skippable || header.HasFCS && header.FrameContentSize != uint64(size) {
		return dst, ErrCorrupt
	}
	if d.zstd == nil {
		// The options are constants that NewReader accepts.
		d.zstd, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(2*MaxSize), zstd.WithDecoderMaxWindow(16<<20),
			zstd.WithDecodeAllCapLimit(true))
	}
	start := len(dst)
	dst = slices.Grow(dst, size)
	out, err := d.zstd.DecodeAll(src, dst[:start:start+size])
	if err != nil || len(out) != start+size {
		return dst[:start], ErrCorrupt
	}
	return dst[:start+size], nil
}

// block decodes one block into dst and returns what follows it in src.
func (d *Decoder) block(dst, src []byte, width int) ([]byte, bool) {
	n := len(dst) / width
	for p := range width {
		var ok bool
		if src, ok = d.plane(d.planes[p*n:(p+1)*n:(p+1)*n], src); !ok {
			return nil, false
		}
	}
	if width == 4 {
		join4(dst, d.planes[:4*n])
	} else {
		join2(dst, d.planes[:2*n])
	}
	return src, true
}

// plane decodes one plane and returns what follows it in src.
func (d *Decoder) plane(plane, src []byte) ([]byte, bool) {
	if len(src) < 2 {
		return nil, false
	}
	mode, src := src[0], src[1:]
	switch mode {
	case rawPlane:
		if len(src) < len(plane) {
			return nil, false
		}
		return src[copy(plane, src):], true
	case constantPlane:
		for i := range plane {
			plane[i] = src[0]
		}
		return src[1:], true
	case huffPlane:
		if len(src) < 3 {
			return nil, false
		}
		size := int(src[0])<<16 | int(src[1])<<8 | int(src[2])
		if src = src[3:]; len(src) < size {
			return nil, false
		}
		return src[size:], d.huffman(plane, src[:size])
	}
	return nil, false
}

func (d *Decoder) huffman(plane, src []byte) bool {
	table, rest, err := huff0.ReadTable(src, d.huff)
	if table != nil {
		d.huff = table
	}
	if err != nil {
		return false
	}
	out, err := d.huff.Decoder().Decompress4X(plane[:0:len(plane)], rest)
	return err == nil && len(out) == len(plane)
}

// join4 is the inverse of split4.
func join4(dst, planes []byte) {
	n := len(dst) / 4
	p0, p1, p2, p3 := planes[:n:n], planes[n:2*n:2*n], planes[2*n:3*n:3*n], planes[3*n:4*n:4*n]
	for i := range n {
		v := uint32(p0[i])<<24 | uint32(p1[i])<<16 | uint32(p2[i])<<8 | uint32(p3[i])
		binary.BigEndian.PutUint32(dst[4*i:4*i+4], bits.RotateLeft32(v, -1))
	}
}

// join2 is the inverse of split2.
func join2(dst, planes []byte) {
	n := len(dst) / 2
	p0, p1 := planes[:n:n], planes[n:2*n:2*n]
	for i := range n {
		v := uint16(p0[i])<<8 | uint16(p1[i])
		binary.BigEndian.PutUint16(dst[2*i:2*i+2], bits.RotateLeft16(v, -1))
	}
}
