package graphimage

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Sum is a digest of a set of entities that does not depend on their order: the sum of their digests in two lanes of 64
// bits. It tells states apart that differ by accident; against somebody who chooses entities it is no defence.
type Sum [2]uint64

// Print stands for a node where a relationship is digested, since the server's ids are others after a restore. 0 is no node.
type Print uint64

// PrintOf returns the print of a governed node: a digest of its stable id.
func PrintOf(gid string) Print {
	var space [128]byte
	return printOf(sum(append(append(space[:0], 'g'), gid...), nil))
}

// Print returns the print of a node that has no stable id, from its digest: such nodes that are alike share it.
func (s Sum) Print() Print { return printOf(s) }

func printOf(s Sum) Print { return Print(max(1, s[0])) }

// SumOfNode returns the digest of a node: of its stable id and version, if it has them, and its image.
func SumOfNode(gid string, version int64, image []byte) Sum {
	var space [128]byte
	b := binary.AppendVarint(appendString(append(space[:0], byte(Node)), gid), version)
	return sum(b, image)
}

// SumOfRelationship returns the digest of a relationship: of its stable id and version, if it has them, and its image, with
// the prints of its ends in the place of the ends.
func SumOfRelationship(gid string, version int64, image []byte, from, to Print) (Sum, error) {
	d := decoder{rest: image}
	kind := d.bytes()
	d.end()
	d.end()
	if d.bad {
		return Sum{}, ErrImage
	}
	var space [128]byte
	b := binary.AppendVarint(appendString(append(space[:0], byte(Relationship)), gid), version)
	b = append(binary.AppendUvarint(b, uint64(len(kind))), kind...)
	b = binary.LittleEndian.AppendUint64(b, uint64(from))
	b = binary.LittleEndian.AppendUint64(b, uint64(to))
	return sum(b, d.rest), nil
}

// sum digests two parts as if they were one.
func sum(head, rest []byte) Sum {
	var digest [sha256.Size]byte
	h := sha256.New()
	h.Write(head)
	h.Write(rest)
	h.Sum(digest[:0])
	return Sum{binary.LittleEndian.Uint64(digest[:]), binary.LittleEndian.Uint64(digest[8:])}
}

// Add returns the digest with that of more entities.
func (s Sum) Add(more Sum) Sum { return Sum{s[0] + more[0], s[1] + more[1]} }

// Sub returns the digest without that of entities which are in it.
func (s Sum) Sub(less Sum) Sum { return Sum{s[0] - less[0], s[1] - less[1]} }

// String returns 32 hexadecimal digits.
func (s Sum) String() string { return fmt.Sprintf("%016x%016x", s[0], s[1]) }
