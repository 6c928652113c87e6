package graphimage

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Sum is a digest of a set of entities that does not depend on their order: the sum of their digests in two lanes of 64
// bits. It tells states apart that differ by accident; against somebody who chooses entities it is no defence.
type Sum [2]uint64

// Of returns the digest of one entity: of its kind, stable id, version and image.
func Of(kind Kind, gid string, version int64, image []byte) Sum {
	var space [512]byte
	b := append(space[:0], byte(kind))
	b = binary.AppendVarint(appendString(b, gid), version)
	digest := sha256.Sum256(append(b, image...))
	return Sum{binary.LittleEndian.Uint64(digest[:]), binary.LittleEndian.Uint64(digest[8:])}
}

// Add returns the digest with that of more entities.
func (s Sum) Add(more Sum) Sum { return Sum{s[0] + more[0], s[1] + more[1]} }

// Sub returns the digest without that of entities which are in it.
func (s Sum) Sub(less Sum) Sum { return Sum{s[0] - less[0], s[1] - less[1]} }

// String returns 32 hexadecimal digits.
func (s Sum) String() string { return fmt.Sprintf("%016x%016x", s[0], s[1]) }
