package blockstate

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
	"slices"
)

// state is what one reading leaves for the next.
type state struct {
	server, table, columns, request digest
	lsn                             uint64 // the end of the log, noted before the map was read
	next                            uint64 // the least transaction not begun then
	ended                           uint64 // transactions before it had ended: those that wrote what is settled
	extent                          extent
	maps                            []uint64 // the log position of each page of the visibility map
	visible                         []bool   // whether all blocks of a range were visible to all
	settled                         []bool   // whether only what is written after lsn can change what is seen of a range
	values                          []column
}

// settle marks what is settled: what is visible to all, and what had nothing written since the earlier state. The
// transactions that wrote that had ended at the snapshot, whose oldest running transaction is given.
func (s *state) settle(before *state, unchanged []int, oldest uint64) {
	s.settled, s.ended = slices.Clone(s.visible), oldest
	if before != nil {
		s.ended = max(oldest, before.ended)
	}
	for _, i := range unchanged {
		s.settled[i] = true
	}
}

// hasKinds reports whether the columns are of the kinds of aggregates.
func (s *state) hasKinds(aggregates []Aggregate) bool {
	return slices.EqualFunc(s.values, aggregates, func(c column, a Aggregate) bool { return c.kind == a.Kind })
}

// magic names the format and its version.
const magic = "shugo\x00b\x01"

const checkSize = 16

var errState = errors.New("blockstate: not a state")

// encode writes: the format, four digests, log position, two transactions, length, width as a power of two, the positions of
// the map, two bits a range, the columns, and a part of the SHA-256 of all that. Numbers are varints, those of a column as differences.
func (s *state) encode() []byte {
	b := []byte(magic)
	for _, d := range []digest{s.server, s.table, s.columns, s.request} {
		b = append(b, d[:]...)
	}
	for _, n := range []uint64{s.lsn, s.next, s.ended} {
		b = binary.AppendUvarint(b, n)
	}
	b = binary.AppendUvarint(b, uint64(s.extent.blocks))
	b = append(b, byte(bits.TrailingZeros64(uint64(s.extent.width))))
	b = binary.AppendUvarint(b, uint64(len(s.maps)))
	for _, lsn := range s.maps {
		b = binary.LittleEndian.AppendUint64(b, lsn)
	}
	b = appendBits(appendBits(b, s.visible), s.settled)
	b = binary.AppendUvarint(b, uint64(len(s.values)))
	for _, c := range s.values {
		b = c.append(b)
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:checkSize]...)
}

func decode(b []byte) (*state, error) {
	if len(b) < len(magic)+checkSize || string(b[:len(magic)]) != magic {
		return nil, errState
	}
	body, check := b[:len(b)-checkSize], b[len(b)-checkSize:]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:checkSize], check) {
		return nil, errState
	}
	r := &reader{b: body[len(magic):]}
	s := &state{}
	for _, d := range []*digest{&s.server, &s.table, &s.columns, &s.request} {
		copy(d[:], r.bytes(len(d)))
	}
	s.lsn, s.next, s.ended = r.uvarint(), r.uvarint(), r.uvarint()
	s.extent = r.extent()
	for n := r.count(8); n > 0; n-- {
		s.maps = append(s.maps, binary.LittleEndian.Uint64(r.bytes(8)))
	}
	ranges := s.extent.ranges()
	s.visible, s.settled = r.bits(ranges), r.bits(ranges)
	for n := r.count(1); n > 0 && !r.bad; n-- {
		s.values = append(s.values, r.column(ranges))
	}
	if r.bad || len(r.b) > 0 {
		return nil, errState
	}
	return s, nil
}

func appendBits(b []byte, set []bool) []byte {
	packed := make([]byte, (len(set)+7)/8)
	for i, on := range set {
		if on {
			packed[i/8] |= 1 << (i % 8)
		}
	}
	return append(b, packed...)
}

// append writes the kind, which values are NULL (but of a count), and the others.
func (c *column) append(b []byte) []byte {
	b = append(b, byte(c.kind))
	if c.kind != Count {
		b = appendBits(b, c.null)
	}
	last := int64(0)
	for i, null := range c.null {
		switch {
		case null:
		case c.kind == Sum:
			b, last = appendSum(b, c.sums[i], last)
		default:
			b = binary.AppendVarint(b, c.bits[i]-last) // it may wrap, and wraps back
			last = c.bits[i]
		}
	}
	return b
}

// appendSum writes 0, length and text, or one more than the scale and the difference to the last unscaled number that was
// small enough for that.
func appendSum(b []byte, text string, last int64) ([]byte, int64) {
	d, err := parseDecimal(text)
	if err != nil || d.word != "" || !d.unscaled.IsInt64() {
		b = append(b, 0)
		b = binary.AppendUvarint(b, uint64(len(text)))
		return append(b, text...), last
	}
	n := d.unscaled.Int64()
	b = binary.AppendUvarint(b, uint64(d.scale)+1)
	return binary.AppendVarint(b, n-last), n
}

// reader takes a state apart. Once bad it gives zeros.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) bytes(n int) []byte {
	if r.bad || n < 0 || n > len(r.b) {
		r.bad = true
		return make([]byte, min(max(n, 0), sha256.Size))
	}
	taken := r.b[:n]
	r.b = r.b[n:]
	return taken
}

// uvarint takes a number in its shortest form only, so that one state has one form.
func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if r.bad || n <= 0 || n > 1 && r.b[n-1] == 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) varint() int64 {
	u := r.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

func (r *reader) extent() extent {
	blocks, shift := r.uvarint(), r.bytes(1)[0]
	if r.bad || blocks > math.MaxUint32 || shift > 32 {
		r.bad = true
		return extent{width: leastWidth}
	}
	return extent{int64(blocks), 1 << shift}
}

// count takes a number of things that have at least size bytes each: never more than are there.
func (r *reader) count(size int) int {
	n := r.uvarint()
	if n > uint64(len(r.b)/size) {
		r.bad = true
		return 0
	}
	return int(n)
}

func (r *reader) bits(n int) []bool {
	packed := r.bytes((n + 7) / 8)
	if r.bad {
		return nil
	}
	set := make([]bool, n)
	for i := range set {
		set[i] = packed[i/8]>>(i%8)&1 == 1
	}
	r.bad = !bytes.Equal(packed, appendBits(nil, set))
	return set
}

func (r *reader) column(ranges int) column {
	kind := Kind(r.bytes(1)[0])
	if kind < Count || kind > Max || kind == Count && ranges > len(r.b) {
		r.bad = true
		return column{}
	}
	c := newColumn(kind, ranges)
	if kind != Count {
		c.null = r.bits(ranges)
	}
	last := int64(0)
	for i, null := range slices.Clone(c.null) {
		switch {
		case null || r.bad:
		case kind == Sum:
			c.sums[i], last = r.sum(last)
		default:
			last += r.varint()
			c.bits[i] = last
		}
	}
	return c
}

func (r *reader) sum(last int64) (string, int64) {
	if head := r.uvarint(); head > 0 {
		last += r.varint()
		d := decimal{scale: int(min(head-1, maxScale+1))}
		r.bad = r.bad || d.scale > maxScale
		d.unscaled.SetInt64(last)
		return d.String(), last
	}
	text := string(r.bytes(r.count(1)))
	d, err := parseDecimal(text)
	r.bad = r.bad || err != nil || d.word == "" && d.unscaled.IsInt64()
	return text, last
}
