package neosource

import (
	"fmt"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/graphimage"
)

// chunkSize is from how many bytes on a chunk ends.
const chunkSize = 1 << 20

// recordOverhead is more than a record takes besides its image and its stable id.
const recordOverhead = 64

// pieces are records in chunks, of which none is too large.
type pieces struct {
	whole [][]byte
	last  []byte
}

// add appends a record.
func (p *pieces) add(r graphimage.Record) error {
	size := len(r.Image) + len(r.GID) + recordOverhead
	if size > backup.MaxChunk {
		return fmt.Errorf("neosource: a %s of %d bytes, expected at most %d", r.Kind, size, backup.MaxChunk)
	}
	if len(p.last)+size > backup.MaxChunk {
		p.cut()
	}
	if p.last = graphimage.AppendRecord(p.last, r); len(p.last) >= chunkSize {
		p.cut()
	}
	return nil
}

func (p *pieces) cut() {
	if len(p.last) > 0 {
		p.whole, p.last = append(p.whole, p.last), nil
	}
}

// take returns the chunks that are whole, and forgets them.
func (p *pieces) take() [][]byte {
	whole := p.whole
	p.whole = nil
	return whole
}
