package walsink

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/shugo-data/shugo/internal/leaf"
)

const (
	frameHead = 20
	// maxPayload bounds an entry, so that a length that is damage is known for it.
	maxPayload = 1 << 20
)

var (
	errNoFrame  = errors.New("no frame")
	errTooShort = errors.New("ends within a frame")
)

// frame is one entry as it lies in a segment.
type frame struct {
	position uint64
	durable  uint64 // all before this position was on the disk when the frame was made
	payload  []byte // shares memory with the segment
}

func (f *frame) size() int64 { return frameHead + int64(len(f.payload)) }

// checksum is CRC-32C, for which processors have an instruction (Castagnoli, 1993; RFC 3720, appendix B.4).
func checksum(seed uint32, b []byte) uint32 {
	return crc32.Update(seed, crc32.MakeTable(crc32.Castagnoli), b)
}

// appendFrame adds the frame of an entry to b. The seed is the checksum of the origin, so that the frames of another
// directory are none here.
func appendFrame(b []byte, seed uint32, position, durable uint64, e leaf.Entry) []byte {
	start := len(b)
	b = append(b, make([]byte, frameHead)...)
	b = e.Marshal(b)
	head := b[start : start+frameHead]
	binary.BigEndian.PutUint32(head, uint32(len(b)-start-frameHead))
	binary.BigEndian.PutUint64(head[4:], position)
	binary.BigEndian.PutUint32(head[12:], uint32(position-durable))
	sum := checksum(checksum(seed, head[:16]), b[start+frameHead:])
	binary.BigEndian.PutUint32(head[16:], sum)
	return b
}

// decodeFrame reads the frame at the start of b. It returns errNoFrame for zeros, errTooShort when b ends within the
// frame, and otherwise an error that says what is wrong.
func decodeFrame(b []byte, seed uint32) (frame, error) {
	if len(b) < 4 {
		return frame{}, errTooShort
	}
	size := binary.BigEndian.Uint32(b)
	switch {
	case size == 0:
		return frame{}, errNoFrame
	case size > maxPayload:
		return frame{}, fmt.Errorf("a frame of %d bytes: want at most %d", size, maxPayload)
	case uint64(len(b)) < frameHead+uint64(size):
		return frame{}, errTooShort
	}
	f := frame{position: binary.BigEndian.Uint64(b[4:]), payload: b[frameHead : frameHead+size : frameHead+size]}
	back := uint64(binary.BigEndian.Uint32(b[12:]))
	sum := checksum(checksum(seed, b[:16]), f.payload)
	if want := binary.BigEndian.Uint32(b[16:]); sum != want {
		return frame{}, fmt.Errorf("checksum %08x: want %08x", sum, want)
	}
	if back > f.position {
		return frame{}, fmt.Errorf("position %d, made when all up to %d before it was on the disk", f.position, back)
	}
	f.durable = f.position - back
	return f, nil
}
