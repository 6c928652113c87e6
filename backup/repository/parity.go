package repository

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/klauspost/reedsolomon"
)

// Parity is how objects are protected against damage of parts of them in one place. With 10 data and 2 parity shards
// each object is kept 20 % longer, and is put right from any damage that touches at most 2 of its 12 shards. The zero value
// is none. It is fixed when a repository is created.
type Parity struct {
	Data   int `json:"data,omitempty"`   // shards that an object is cut into: 1 to 128
	Shards int `json:"shards,omitempty"` // parity shards that are added: 1 to 128
}

func (p Parity) problem() error {
	if p == (Parity{}) || p.Data >= 1 && p.Data <= 128 && p.Shards >= 1 && p.Shards <= 128 {
		return nil
	}
	return fmt.Errorf("parity of %d data and %d parity shards, expected 1 to 128 of each, or neither", p.Data, p.Shards)
}

const (
	tableMagic = "shugo-rs"
	tableHead  = len(tableMagic) + 2 + 8 // magic, shards, length
	tableTail  = 4 + 4                   // checksum, length of the table
)

var errParity = errors.New("repository: more damage than parity can mend")

// parity wraps objects: table, object, parity shards, table again.
type parity struct{ Parity }

// front is how many bytes come before the object.
func (p parity) front() int {
	if p.Shards == 0 {
		return 0
	}
	return tableHead + 4*(p.Data+p.Shards) + tableTail
}

func (p parity) shard(n int) int { return (n + p.Data - 1) / p.Data }

// capacity of the wrapped form of an object of n bytes.
func (p parity) capacity(n int) int {
	if p.Shards == 0 {
		return n
	}
	return 2*p.front() + n + p.Shards*p.shard(n)
}

// protect completes buf, whose first front() bytes are free and are followed by the object.
func (p parity) protect(buf []byte) ([]byte, error) {
	if p.Shards == 0 {
		return buf, nil
	}
	front, n := p.front(), len(buf)-p.front()
	size := p.shard(n)
	buf = append(buf, make([]byte, p.Shards*size)...)
	shards := p.split(buf[front:front+n], buf[front+n:], size)
	encoder, err := reedsolomon.New(p.Data, p.Shards, reedsolomon.WithMaxGoroutines(1))
	if err != nil {
		return nil, err
	}
	if err := encoder.Encode(shards); err != nil {
		return nil, err
	}
	table := p.table(n, shards)
	copy(buf, table)
	return append(buf, table...), nil
}

// split returns the shards of an object and of its parity. They share memory with both, but where an object ends within a
// shard.
func (p parity) split(object, code []byte, size int) [][]byte {
	shards := make([][]byte, 0, p.Data+p.Shards)
	for i := range p.Data {
		from, to := min(i*size, len(object)), min((i+1)*size, len(object))
		shard := object[from:to:to]
		if len(shard) < size {
			shard = append(make([]byte, 0, size), shard...)[:size]
		}
		shards = append(shards, shard)
	}
	for i := range p.Shards {
		shards = append(shards, code[i*size:(i+1)*size:(i+1)*size])
	}
	return shards
}

func (p parity) table(n int, shards [][]byte) []byte {
	t := append(make([]byte, 0, p.front()), tableMagic...)
	t = append(t, byte(p.Data), byte(p.Shards))
	t = binary.BigEndian.AppendUint64(t, uint64(n))
	for _, s := range shards {
		t = binary.BigEndian.AppendUint32(t, crc32.Checksum(s, crc32.MakeTable(crc32.Castagnoli)))
	}
	t = binary.BigEndian.AppendUint32(t, crc32.Checksum(t, crc32.MakeTable(crc32.Castagnoli)))
	return binary.BigEndian.AppendUint32(t, uint32(p.front()))
}

// wrapped is what the table of an object says.
type wrapped struct {
	parity
	size int      // of the object
	sums []uint32 // of the shards
}

// readTable reads a table from the beginning of t.
func readTable(t []byte) (wrapped, bool) {
	if len(t) < tableHead || string(t[:len(tableMagic)]) != tableMagic {
		return wrapped{}, false
	}
	w := wrapped{parity: parity{Parity{int(t[len(tableMagic)]), int(t[len(tableMagic)+1])}}}
	size := binary.BigEndian.Uint64(t[len(tableMagic)+2:])
	end := w.front() - tableTail
	if w.problem() != nil || w.Shards == 0 || size > 1<<31 || len(t) < w.front() ||
		crc32.Checksum(t[:end], crc32.MakeTable(crc32.Castagnoli)) != binary.BigEndian.Uint32(t[end:]) {
		return wrapped{}, false
	}
	w.size = int(size)
	for at := tableHead; at < end; at += 4 {
		w.sums = append(w.sums, binary.BigEndian.Uint32(t[at:]))
	}
	return w, true
}

// tableOf finds the table of a wrapped object, in front or at its end.
func tableOf(data []byte) (wrapped, bool) {
	if w, ok := readTable(data); ok {
		return w, true
	}
	if len(data) < 4 {
		return wrapped{}, false
	}
	n := binary.BigEndian.Uint32(data[len(data)-4:])
	if uint64(n) > uint64(len(data)) {
		return wrapped{}, false
	}
	return readTable(data[len(data)-int(n):])
}

// unwrap returns the object in data as it is. Data without a table is an object itself.
func unwrap(data []byte) []byte {
	if w, ok := tableOf(data); ok && w.front()+w.size <= len(data) {
		return data[w.front() : w.front()+w.size]
	}
	return data
}

// mend returns the object in data with what parity can put right, and whether anything was wrong.
func mend(data []byte) (object []byte, damaged bool, err error) {
	w, ok := tableOf(data)
	if !ok {
		return nil, true, errParity
	}
	front, size := w.front(), w.shard(w.size)
	want := w.capacity(w.size)
	damaged = len(data) != want
	whole := append(make([]byte, 0, want), data[:min(len(data), want)]...)[:want]
	shards := w.split(whole[front:front+w.size], whole[front+w.size:], size)
	for i, s := range shards {
		if crc32.Checksum(s, crc32.MakeTable(crc32.Castagnoli)) != w.sums[i] {
			shards[i], damaged = nil, true
		}
	}
	for _, at := range []int{0, want - front} {
		if _, ok := readTable(whole[at:]); !ok {
			damaged = true
		}
	}
	encoder, err := reedsolomon.New(w.Data, w.Shards, reedsolomon.WithMaxGoroutines(1))
	if err != nil {
		return nil, damaged, err
	}
	if err := encoder.ReconstructData(shards); err != nil {
		return nil, damaged, errParity
	}
	object = make([]byte, 0, w.Data*size)
	for _, s := range shards[:w.Data] {
		object = append(object, s...)
	}
	return object[:w.size], damaged, nil
}
