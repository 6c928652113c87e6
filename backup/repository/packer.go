package repository

import (
	"context"
	"fmt"
	"sync"

	"github.com/shugo-data/shugo/backup"
)

const (
	packSize   = 8 << 20   // of a pack with several chunks
	packChunks = 4096      // that a pack has at most
	packSlack  = 256 << 10 // for their list
	indexMost  = 64 << 10  // chunks that one index object lists
)

// packer gathers chunks into packs and puts them. It is safe for concurrent use.
type packer struct {
	r       *Repository
	lease   string
	use     []bool // places that took everything so far
	zip     *compressor
	buffers chan []byte // free ones
	open    chan *building
	puts    sync.WaitGroup

	mu     sync.Mutex
	next   int
	packs  []packed
	stored int64
	fault  error
}

// building is a pack that is being filled.
type building struct {
	*sealed
	packed  packed
	scratch []byte
	raw     []byte
	limit   int // of the size, with room for the list of chunks
}

func (r *Repository) newPacker(lease string) (*packer, error) {
	zip, err := newCompressor(r.config.Concurrency)
	if err != nil {
		return nil, err
	}
	count := r.config.Concurrency + 2
	p := &packer{r: r, lease: lease, use: r.places.every(), zip: zip, buffers: make(chan []byte, count),
		open: make(chan *building, r.config.Concurrency+1)}
	for range count {
		p.buffers <- nil // made when first needed
	}
	return p, nil
}

// add seals a chunk into a pack. Full packs are put meanwhile.
func (p *packer) add(ctx context.Context, name id, data []byte, encoded bool) error {
	if err := p.failed(); err != nil {
		return err
	}
	b, err := p.take(ctx, len(data))
	if err != nil {
		return err
	}
	before := b.size()
	b.sealed.open()
	b.buf = p.zip.encode(b.scratch, b.buf, data, encoded)
	b.sealed.close(false)
	b.packed.chunks = append(b.packed.chunks, placed{name, uint32(b.size() - before), uint32(len(data))})
	if b.size() > b.limit-b.limit/32 {
		p.put(ctx, b)
		return nil
	}
	select {
	case p.open <- b:
	default:
		p.put(ctx, b)
	}
	return nil
}

// room that a chunk of n bytes may take.
func room(n int) int { return n + n/256 + 1024 }

// take returns a pack that has room for n bytes more.
func (p *packer) take(ctx context.Context, n int) (*building, error) {
	select {
	case b := <-p.open:
		if b.size()+room(n) <= b.limit && len(b.packed.chunks) < packChunks {
			return b, nil
		}
		p.put(ctx, b)
	default:
	}
	select {
	case buf := <-p.buffers:
		limit := max(packSize, headerSize+room(n))
		if need := p.r.code.capacity(limit + packSlack); cap(buf) < need {
			buf = make([]byte, need)
		}
		return p.begin(buf, limit)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *packer) begin(buf []byte, limit int) (*building, error) {
	p.mu.Lock()
	p.next++
	name := fmt.Sprintf("pack/%s/%08d", p.lease, p.next)
	p.mu.Unlock()
	s, err := p.r.keys.begin(buf, name, p.r.code)
	if err != nil {
		return nil, err
	}
	return &building{sealed: s, packed: packed{name: name, salt: [saltSize]byte(s.salt())},
		scratch: make([]byte, 0, 2*probeSize), raw: buf, limit: limit}, nil
}

// put completes a pack and puts it, in a goroutine that flush waits for.
func (p *packer) put(ctx context.Context, b *building) {
	p.puts.Go(func() {
		defer func() { p.buffers <- b.raw }()
		b.sealed.open()
		b.buf = appendPacked(b.buf, b.packed)
		b.sealed.close(true)
		data, err := b.finish()
		if err == nil {
			err = p.give(ctx, b.packed.name, data)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if err != nil && p.fault == nil {
			p.fault = err
		}
		p.packs = append(p.packs, b.packed)
		p.stored += int64(len(data))
	})
}

// give puts an object in the places that have taken everything so far.
func (p *packer) give(ctx context.Context, name string, data []byte) error {
	p.mu.Lock()
	use := append([]bool(nil), p.use...)
	p.mu.Unlock()
	errs := p.r.places.put(ctx, name, data, use)
	p.mu.Lock()
	for i, err := range errs {
		p.use[i] = p.use[i] && err == nil
	}
	p.mu.Unlock()
	return p.r.places.enough(errs)
}

func (p *packer) failed() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault
}

// flush puts what is left and waits until everything is durable.
func (p *packer) flush(ctx context.Context) error {
	for {
		select {
		case b := <-p.open:
			p.put(ctx, b)
			continue
		default:
		}
		break
	}
	p.puts.Wait()
	return p.failed()
}

// index puts the indexes of packs, and returns their names.
func (p *packer) index(ctx context.Context, packs []packed) ([]string, error) {
	var names []string
	for len(packs) > 0 {
		var text []byte
		n, chunks := 0, 0
		for n < len(packs) && (n == 0 || chunks+len(packs[n].chunks) <= indexMost) {
			chunks += len(packs[n].chunks)
			text = appendPacked(text, packs[n])
			n++
		}
		p.mu.Lock()
		p.next++
		name := fmt.Sprintf("index/%s/%08d", p.lease, p.next)
		p.mu.Unlock()
		data, err := p.r.keys.sealOne(name, p.r.code, text)
		if err != nil {
			return nil, err
		}
		if err := p.give(ctx, name, data); err != nil {
			return nil, err
		}
		p.stored += int64(len(data))
		names, packs = append(names, name), packs[n:]
	}
	return names, nil
}

func (p *packer) close() {
	p.puts.Wait()
	p.zip.close()
}

var _ backup.ItemWriter = (*itemWriter)(nil)
