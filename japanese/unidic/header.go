package unidic

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"runtime/debug"
)

// format is the version of what pack makes and of how it is stored: to be raised when either changes.
const format = 1

// module is where the dictionary comes from.
const module = "github.com/ikawaha/kagome-dict/uni"

// dictionaryVersion identifies the tables: by format, the module of the dictionary, and the order of this machine's bytes, since
// tables are stored as they are in memory.
func dictionaryVersion() [32]byte {
	text := fmt.Sprintf("%d %x", format, binary.NativeEndian.AppendUint16(nil, 1))
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if d.Path == module {
				if d.Replace != nil {
					d = d.Replace
				}
				text += " " + d.Path + " " + d.Version + " " + d.Sum
			}
		}
	}
	return sha256.Sum256([]byte(text))
}

// header begins a file of packed tables.
type header struct {
	Magic    [8]byte
	Version  [32]byte
	Rights   uint32
	Edge     [2]uint32 // left and right
	Sections [9]section
	Sum      uint32 // of what comes before it
}

// section is a table in a file.
type section struct {
	Offset, Length int64
	Sum            uint32 // CRC-32C (Castagnoli et al. 1993)
	_              uint32
}

const (
	magic     = "shugouni"
	alignment = 64 // of sections in a file, which is mapped at a page
)

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

// encode returns the bytes of a header, with their sum.
func (h *header) encode() ([]byte, error) {
	b, err := binary.Append(nil, binary.NativeEndian, h)
	if err != nil {
		return nil, err
	}
	sum := len(b) - 4
	binary.NativeEndian.PutUint32(b[sum:], crc32.Checksum(b[:sum], castagnoli()))
	return b, nil
}

// decodeHeader reads a header of a version.
func decodeHeader(b []byte, version [32]byte) (header, error) {
	var h header
	if _, err := binary.Decode(b, binary.NativeEndian, &h); err != nil {
		return h, fmt.Errorf("%w: %d bytes", errDamaged, len(b))
	}
	switch {
	case string(h.Magic[:]) != magic:
		return h, fmt.Errorf("%w: no file of packed tables", errDamaged)
	case h.Version != version:
		return h, errors.New("of another version")
	case crc32.Checksum(b[:binary.Size(h)-4], castagnoli()) != h.Sum:
		return h, fmt.Errorf("%w: sum of the header", errDamaged)
	}
	return h, nil
}
