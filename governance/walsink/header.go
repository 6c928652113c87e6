package walsink

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

const (
	segmentMagic = "SHUGOWAL"
	markMagic    = "SHUGOMRK"
	version      = 1
	headerSize   = 48
	markSize     = 64
	flagClosed   = 1
	// slotSize is that of a disk's sector, so that a torn write of one of the mark's slots leaves the other whole.
	slotSize = 512
)

// origin identifies a directory.
type origin [16]byte

func (o origin) String() string { return hex.EncodeToString(o[:]) }

// seed is what the checksums of frames begin with.
func (o origin) seed() uint32 { return checksum(0, o[:]) }

// header begins a segment.
type header struct {
	origin origin
	first  uint64 // position of the first frame
}

func (h header) encode() []byte {
	b := make([]byte, headerSize)
	copy(b, segmentMagic)
	binary.BigEndian.PutUint32(b[8:], version)
	copy(b[16:], h.origin[:])
	binary.BigEndian.PutUint64(b[32:], h.first)
	return seal(b)
}

func decodeHeader(b []byte) (header, error) {
	if err := checkFixed(b, segmentMagic, headerSize); err != nil {
		return header{}, err
	}
	return header{origin: origin(b[16:32]), first: binary.BigEndian.Uint64(b[32:])}, nil
}

// mark is how far a directory was shipped when a segment was last removed, and where it ended when it was shut down. It
// is written in place, into two slots by turns, since a full file system has no room for a new file.
type mark struct {
	origin   origin
	sequence uint64 // counts the marks; the slot is its lowest bit
	shipped  uint64 // the position of the first entry that is not known to be shipped
	closed   bool   // Shutdown has ended
	end      uint64 // the position after the last entry, when closed
}

func (m mark) encode() []byte {
	b := make([]byte, markSize)
	copy(b, markMagic)
	binary.BigEndian.PutUint32(b[8:], version)
	if m.closed {
		binary.BigEndian.PutUint32(b[12:], flagClosed)
	}
	copy(b[16:], m.origin[:])
	binary.BigEndian.PutUint64(b[32:], m.sequence)
	binary.BigEndian.PutUint64(b[40:], m.shipped)
	binary.BigEndian.PutUint64(b[48:], m.end)
	return seal(b)
}

func (m mark) offset() int64 { return int64(m.sequence&1) * slotSize }

// decodeMark reads the newer of the two slots that are whole.
func decodeMark(b []byte) (mark, error) {
	var newest mark
	var found bool
	var first error
	for at := 0; at <= slotSize; at += slotSize {
		m, err := decodeSlot(b[min(at, len(b)):])
		switch {
		case errors.Is(err, ErrVersion):
			return mark{}, err
		case err != nil && first == nil:
			first = err
		case err == nil && (!found || m.sequence > newest.sequence):
			newest, found = m, true
		}
	}
	if !found {
		return mark{}, first
	}
	return newest, nil
}

func decodeSlot(b []byte) (mark, error) {
	if err := checkFixed(b, markMagic, markSize); err != nil {
		return mark{}, err
	}
	return mark{
		origin: origin(b[16:32]), closed: binary.BigEndian.Uint32(b[12:])&flagClosed != 0, sequence: binary.BigEndian.Uint64(b[32:]),
		shipped: binary.BigEndian.Uint64(b[40:]), end: binary.BigEndian.Uint64(b[48:]),
	}, nil
}

// seal puts the checksum of all before it into the last four bytes.
func seal(b []byte) []byte {
	last := len(b) - 4
	binary.BigEndian.PutUint32(b[last:], checksum(0, b[:last]))
	return b
}

// checkFixed checks what segments' headers and marks have in common. The version is looked at first: what else a newer
// version writes is not known.
func checkFixed(b []byte, magic string, size int) error {
	if len(b) < 12 || string(b[:8]) != magic {
		return fmt.Errorf("begins with %q: want %q", b[:min(8, len(b))], magic)
	}
	if v := binary.BigEndian.Uint32(b[8:]); v > version {
		return fmt.Errorf("%w: %d, want at most %d", ErrVersion, v, version)
	}
	if len(b) < size {
		return fmt.Errorf("%d bytes: want %d", len(b), size)
	}
	if sum, want := checksum(0, b[:size-4]), binary.BigEndian.Uint32(b[size-4:]); sum != want {
		return fmt.Errorf("checksum %08x: want %08x", sum, want)
	}
	return nil
}
