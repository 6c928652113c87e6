package pgsource

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strconv"

	"github.com/shugo-data/shugo/backup"
)

// An index of a link says in which chunks of an item of rows a value occurs. Its chunks hold entries, ordered, of a hash and a
// number of a chunk, 8 and 4 bytes, big-endian. A hash that two values share costs a chunk that is read in vain: rows are
// compared themselves. The repository seals it like all items.
const entrySize = 12

// entriesInChunk is how many entries a chunk of an index has at most.
const entriesInChunk = 1 << 16

// indexMeta is what an item of the kind "index" says of itself.
type indexMeta struct {
	Rows  string   `json:"rows"`  // item that it is an index of
	Link  int      `json:"link"`  // of the layout, by number
	First []uint64 `json:"first"` // hash that each chunk begins with
}

// canonical returns the value of a field in a form that is equal for equal values of types that refer to one another, and is the text of a
// subject.
func canonical(base string, field []byte) []byte {
	switch {
	case base == "smallint" && len(field) == 2:
		return strconv.AppendInt(nil, int64(int16(binary.BigEndian.Uint16(field))), 10)
	case base == "integer" && len(field) == 4:
		return strconv.AppendInt(nil, int64(int32(binary.BigEndian.Uint32(field))), 10)
	case base == "bigint" && len(field) == 8:
		return strconv.AppendInt(nil, int64(binary.BigEndian.Uint64(field)), 10)
	case base == "uuid" && len(field) == 16:
		return fmt.Appendf(nil, "%x-%x-%x-%x-%x", field[:4], field[4:6], field[6:8], field[8:10], field[10:])
	}
	return field
}

// key returns the values of the columns of a link in a row, in one form, or false where one is NULL.
func (l layout) key(k link, fields [][]byte) ([]byte, bool) {
	var key []byte
	for _, name := range k.Columns {
		at := l.position(name)
		if fields[at] == nil {
			return nil, false
		}
		key = appendKey(key, canonical(l.Columns[at].Base, fields[at]))
	}
	return key, true
}

func appendKey(key, value []byte) []byte {
	return append(binary.AppendUvarint(key, uint64(len(value))), value...)
}

func (l layout) position(name string) int {
	return slices.IndexFunc(l.Columns, func(c column) bool { return c.Name == name })
}

func hashOf(key []byte) uint64 {
	sum := sha256.Sum256(key)
	return binary.BigEndian.Uint64(sum[:])
}

// indexer collects the index of one link for one item of rows.
type indexer struct {
	link    int
	entries [][entrySize]byte
	inChunk map[uint64]bool
}

// add notes the key of a row of a chunk.
func (x *indexer) add(key []byte, chunk int) {
	hash := hashOf(key)
	if x.inChunk[hash] {
		return
	}
	x.inChunk[hash] = true
	var e [entrySize]byte
	binary.BigEndian.PutUint64(e[:], hash)
	binary.BigEndian.PutUint32(e[8:], uint32(chunk))
	x.entries = append(x.entries, e)
}

// write adds the index to the snapshot.
func (x *indexer) write(ctx context.Context, w backup.Writer, rows string) error {
	if len(x.entries) == 0 {
		return nil
	}
	slices.SortFunc(x.entries, func(a, b [entrySize]byte) int { return bytes.Compare(a[:], b[:]) })
	item, err := w.Create(ctx, fmt.Sprintf("index %d of %s", x.link, rows), "index")
	if err != nil {
		return err
	}
	meta := indexMeta{Rows: rows, Link: x.link}
	for some := range slices.Chunk(x.entries, entriesInChunk) {
		meta.First = append(meta.First, binary.BigEndian.Uint64(some[0][:]))
		var data []byte
		for _, e := range some {
			data = append(data, e[:]...)
		}
		if err := item.Append(ctx, backup.Chunk{Data: data}); err != nil {
			return err
		}
	}
	text, err := json.Marshal(meta)
	if err != nil {
		return err
	}
	return item.Commit(ctx, text)
}

// lookUp returns in which chunks of its item of rows keys may be, in order.
func lookUp(ctx context.Context, r backup.Reader, item backup.Item, keys map[string]bool) ([]int, error) {
	var meta indexMeta
	if err := json.Unmarshal(item.Meta, &meta); err != nil || len(meta.First) != item.Chunks {
		return nil, corrupt(item.Name, 0, "what it says of itself cannot be read")
	}
	var hashes []uint64
	for key := range keys {
		hashes = append(hashes, hashOf([]byte(key)))
	}
	slices.Sort(hashes)
	found := map[int]bool{}
	for n := range item.Chunks {
		lo, _ := slices.BinarySearch(hashes, meta.First[n])
		hi := len(hashes)
		if n+1 < item.Chunks {
			hi = sort.Search(len(hashes), func(i int) bool { return hashes[i] > meta.First[n+1] })
		}
		if lo >= hi {
			continue
		}
		data, err := r.Chunk(ctx, item.Name, n)
		if err != nil {
			return nil, err
		}
		if len(data)%entrySize != 0 {
			return nil, corrupt(item.Name, n, "it is not a number of entries")
		}
		count := len(data) / entrySize
		for _, hash := range hashes[lo:hi] {
			at := sort.Search(count, func(i int) bool { return binary.BigEndian.Uint64(data[i*entrySize:]) >= hash })
			for ; at < count && binary.BigEndian.Uint64(data[at*entrySize:]) == hash; at++ {
				found[int(binary.BigEndian.Uint32(data[at*entrySize+8:]))] = true
			}
		}
	}
	var chunks []int
	for chunk := range found {
		chunks = append(chunks, chunk)
	}
	slices.Sort(chunks)
	return chunks, nil
}
