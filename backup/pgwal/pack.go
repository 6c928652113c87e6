package pgwal

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/shugo-data/shugo/backup"
)

const (
	smallFile    = 256 << 10 // files up to this size share items and chunks with others
	packMembers  = 1000      // of one item, so that its meta stays small
	itemKindFile = "file"    // one large file: a chunk for each chunkSize bytes
	itemKindPack = "files"   // folders, links and small files
)

// packed is a member and where its bytes are within the item.
type packed struct {
	member
	Chunk  int `json:",omitempty"` // number of the chunk that holds the whole file
	Offset int `json:",omitempty"` // within the chunk
}

// packer turns members into items. Large files have an item each. Small ones are grouped into packs, whose chunks end
// at members that their names choose, so that a file that changes does not move what comes after it.
type packer struct {
	to      backup.Writer
	buffers buffers
	digest  *digest
	sums    *sums
	read    func(int) // is told of bytes that were read

	item    backup.ItemWriter // the pack at hand; nil: none
	number  int               // of packs begun
	members []packed          // of the pack
	chunks  int               // of the pack, appended
	buffer  []byte            // the chunk at hand, nil: none
	filled  int
}

// add takes a member whose bytes can be read from in.
func (p *packer) add(ctx context.Context, m member, in io.Reader) error {
	if len(p.members) >= packMembers {
		if err := p.flush(ctx); err != nil {
			return err
		}
	}
	switch {
	case m.Kind != kindFile:
		return p.place(ctx, packed{member: m})
	case m.Size > smallFile:
		return p.addLarge(ctx, m, in)
	}
	if p.buffer != nil && p.filled+int(m.Size) > len(p.buffer) {
		if err := p.flush(ctx); err != nil {
			return err
		}
	}
	if p.buffer == nil {
		p.buffer = p.buffers.get()
	}
	part := p.buffer[p.filled : p.filled+int(m.Size)]
	p.digest.reset()
	if err := p.fill(part, in); err != nil {
		return err
	}
	if err := p.sum(m); err != nil {
		return err
	}
	if err := p.place(ctx, packed{member: m, Chunk: p.chunks, Offset: p.filled}); err != nil {
		return err
	}
	p.filled += len(part)
	if crc32.ChecksumIEEE([]byte(m.Path))%4 == 0 && p.filled >= chunkSize/4 {
		return p.flush(ctx)
	}
	return nil
}

// fill reads a whole part of a file and adds it to the file's sum.
func (p *packer) fill(part []byte, in io.Reader) error {
	if n, err := io.ReadFull(in, part); err != nil {
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return corruptBase(fmt.Sprintf("a file ends %d bytes early", len(part)-n), err)
		}
		return err
	}
	p.digest.write(part)
	p.read(len(part))
	return nil
}

// sum keeps the sum of a file that was read whole. Segments of WAL are verified by their own checksums, not by the manifest.
func (p *packer) sum(m member) error {
	if isSegment(m.Path) {
		return nil
	}
	return p.sums.add(m.Path, m.Size, p.digest.sum())
}

// addLarge writes a file as an item of its own.
func (p *packer) addLarge(ctx context.Context, m member, in io.Reader) error {
	item, err := p.to.Create(ctx, "file/"+m.Path, itemKindFile)
	if err != nil {
		return err
	}
	p.digest.reset()
	for left := m.Size; left > 0; {
		buffer := p.buffers.get()
		part := buffer[:min(left, chunkSize)]
		if err := p.fill(part, in); err != nil {
			return err
		}
		if err := item.Append(ctx, backup.Chunk{Data: part, Release: func() { p.buffers.put(buffer) }}); err != nil {
			return err
		}
		left -= int64(len(part))
	}
	if err := p.sum(m); err != nil {
		return err
	}
	meta, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return item.Commit(ctx, meta)
}

// place adds a member to the pack, which it begins and ends as needed.
func (p *packer) place(ctx context.Context, m packed) error {
	if p.item == nil {
		item, err := p.to.Create(ctx, fmt.Sprintf("files/%08d", p.number), itemKindPack)
		if err != nil {
			return err
		}
		p.item = item
		p.number++
	}
	p.members = append(p.members, m)
	return nil
}

// flush appends the chunk at hand, and ends a pack that is full.
func (p *packer) flush(ctx context.Context) error {
	if p.buffer != nil && p.filled > 0 {
		buffer := p.buffer
		err := p.item.Append(ctx, backup.Chunk{Data: buffer[:p.filled], Release: func() { p.buffers.put(buffer) }})
		p.buffer, p.filled = nil, 0
		if err != nil {
			return err
		}
		p.chunks++
	}
	if len(p.members) < packMembers {
		return nil
	}
	return p.end(ctx)
}

// end ends the pack.
func (p *packer) end(ctx context.Context) error {
	if p.item == nil {
		return nil
	}
	meta, err := json.Marshal(p.members)
	if err != nil {
		return err
	}
	if err := p.item.Commit(ctx, meta); err != nil {
		return err
	}
	p.item, p.members, p.chunks = nil, p.members[:0], 0
	return nil
}

// close ends all that is open.
func (p *packer) close(ctx context.Context) error {
	if err := p.flush(ctx); err != nil {
		return err
	}
	return p.end(ctx)
}
