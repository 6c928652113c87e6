package pgwal

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"hash/crc32"
)

// Algorithm is how the server and this side compute the checksum of each file while it is on its way.
type Algorithm string

// The algorithms. CRC32C finds accidents at a third of the cost; SHA256 also finds forgeries between server and reader.
const (
	CRC32C Algorithm = "CRC32C"
	SHA256 Algorithm = "SHA256"
)

// digest computes checksums as a manifest has them.
type digest struct {
	table *crc32.Table
	crc   uint32
	sha   hash.Hash // nil: CRC32C
}

func newDigest(a Algorithm) (*digest, error) {
	switch a {
	case CRC32C:
		return &digest{table: crc32.MakeTable(crc32.Castagnoli)}, nil
	case SHA256:
		return &digest{sha: sha256.New()}, nil
	}
	return nil, fmt.Errorf("pgwal: an algorithm for checksums that is neither %s nor %s", CRC32C, SHA256)
}

func (d *digest) reset() {
	d.crc = 0
	if d.sha != nil {
		d.sha.Reset()
	}
}

func (d *digest) write(p []byte) {
	if d.sha != nil {
		d.sha.Write(p)
		return
	}
	d.crc = crc32.Update(d.crc, d.table, p)
}

// sum returns the checksum. That of CRC32C has its least byte first, as servers on today's processors write it.
func (d *digest) sum() []byte {
	if d.sha != nil {
		return d.sha.Sum(nil)
	}
	return binary.LittleEndian.AppendUint32(nil, d.crc)
}
