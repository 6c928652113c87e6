package pgsource

import (
	"encoding/binary"
	"errors"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/floatplane"
)

// A chunk of rows begins with a version and a kind, one byte each. A chunk of the kind rowsKind goes on with whole numbers in
// the form of package binary's uvarint: the number of rows, of columns, and of streams, and for each stream its column, its
// width, its codec, its size and its size as it is encoded; then come the streams, one after the other.
//
// The first stream, of width 0, has the rows in the form of COPY BINARY without their counts of fields and without the numbers
// in vectors: of a vector it has the length of the field and the first four bytes. Each further stream has the numbers of the
// vectors of one column.
//
// A chunk of the kind pieceKind goes on with the codec and the size of a single stream: a part, in the form of COPY BINARY, of
// a row that is too large for a chunk. Its first chunk has the beginning; the next have what follows.
const (
	chunkVersion = 1
	rowsKind     = 1
	pieceKind    = 2
)

// The sizes of chunks, in bytes before they are encoded.
const (
	usualChunk = 4 << 20 // what ranges of blocks are to have
	fullChunk  = 8 << 20 // where a chunk ends within a range, unless a row does not fit
	rowLimit   = 8 << 20 // a larger row is cut in pieces
)

// vectorHeader is the size of what precedes the numbers in a vector: their count and a field that is not used.
const vectorHeader = 4

// chunkCoder collects rows and encodes them as chunks. It is used by one goroutine.
type chunkCoder struct {
	widths  []floatplane.Width // of each column: 0, or the width of the numbers of a vector
	emit    func(data []byte, release func()) error
	buffers *buffers
	rows    int
	size    int      // bytes of the rows
	rest    []byte   // the first stream
	vectors [][]byte // of each column with a width

	floats floatplane.Encoder
	zstd   *zstd.Encoder
	head   []byte
	body   []byte
}

// buffers are reused for the data of chunks.
type buffers struct{ pool sync.Pool }

func (b *buffers) get() *[]byte {
	if p, ok := b.pool.Get().(*[]byte); ok {
		return p
	}
	return new([]byte)
}

// newChunkCoder returns a coder for rows of columns.
func newChunkCoder(widths []floatplane.Width, b *buffers) (*chunkCoder, error) {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	return &chunkCoder{widths: widths, vectors: make([][]byte, len(widths)), zstd: z, buffers: b}, err
}

// room ends the chunk if a row of a size does not fit. The row is then the first of the next one.
func (c *chunkCoder) room(size int) error {
	if c.size > 0 && c.size+size > fullChunk {
		return c.flush()
	}
	return nil
}

// add adds a whole row, and first ends the chunk if it is full.
func (c *chunkCoder) add(row []byte) error {
	if err := c.room(len(row)); err != nil {
		return err
	}
	if len(row) > rowLimit {
		return c.pieces(row)
	}
	c.rows++
	c.size += len(row)
	from, at := 2, 2
	for column, width := range c.widths {
		length := int(int32(binary.BigEndian.Uint32(row[at:])))
		at += 4
		if length < 0 {
			continue
		}
		if width > 0 && length >= vectorHeader {
			c.rest = append(c.rest, row[from:at+vectorHeader]...)
			c.vectors[column] = append(c.vectors[column], row[at+vectorHeader:at+length]...)
			from = at + length
		}
		at += length
	}
	c.rest = append(c.rest, row[from:]...)
	return nil
}

// stream describes a stream of a chunk.
type stream struct {
	column  int
	width   floatplane.Width
	codec   floatplane.Codec
	size    int // decoded
	encoded int
}

// flush ends the chunk, if it has rows.
func (c *chunkCoder) flush() error {
	if c.rows == 0 {
		return nil
	}
	c.body = c.body[:0]
	var all [8]stream
	streams := append(all[:0], c.encodeRest(c.rest))
	for column, width := range c.widths {
		if width == 0 || len(c.vectors[column]) == 0 {
			continue
		}
		s := stream{column: column, width: width, size: len(c.vectors[column])}
		before := len(c.body)
		c.body, s.codec = c.floats.Encode(c.body, c.vectors[column], width)
		s.encoded = len(c.body) - before
		streams = append(streams, s)
		c.vectors[column] = c.vectors[column][:0]
	}
	head := append(c.head[:0], chunkVersion, rowsKind)
	for _, n := range []int{c.rows, len(c.widths), len(streams)} {
		head = binary.AppendUvarint(head, uint64(n))
	}
	for _, s := range streams {
		for _, n := range []int{s.column, int(s.width), int(s.codec), s.size, s.encoded} {
			head = binary.AppendUvarint(head, uint64(n))
		}
	}
	c.head = head
	c.rows, c.size, c.rest = 0, 0, c.rest[:0]
	return c.send()
}

// encodeRest appends a stream of bytes to the body.
func (c *chunkCoder) encodeRest(data []byte) stream {
	before := len(c.body)
	s := stream{size: len(data), codec: floatplane.Zstd}
	c.body = c.zstd.EncodeAll(data, c.body)
	if len(c.body)-before >= len(data) {
		c.body, s.codec = append(c.body[:before], data...), floatplane.Stored
	}
	s.encoded = len(c.body) - before
	return s
}

// pieces cuts one large row.
func (c *chunkCoder) pieces(row []byte) error {
	for piece := range slices.Chunk(row, rowLimit) {
		c.body = c.body[:0]
		s := c.encodeRest(piece)
		c.head = binary.AppendUvarint(append(c.head[:0], chunkVersion, pieceKind, byte(s.codec)), uint64(s.size))
		if err := c.send(); err != nil {
			return err
		}
	}
	return nil
}

// send gives the head and the body away.
func (c *chunkCoder) send() error {
	out := c.buffers.get()
	*out = append(append((*out)[:0], c.head...), c.body...)
	return c.emit(*out, func() { c.buffers.pool.Put(out) })
}

var errChunk = errors.New("pgsource: not a chunk of rows")

// chunkDecoder decodes chunks. It is used by one goroutine.
type chunkDecoder struct {
	floats  floatplane.Decoder
	streams []stream
	buffer  []byte
	at      []int // in each column's vectors: where the next is in buffer
	end     []int
}

// decode appends the rows of a chunk, or the part of one, in the form of COPY BINARY to dst.
func (d *chunkDecoder) decode(dst, chunk []byte) ([]byte, error) {
	if len(chunk) < 2 || len(chunk) > backup.MaxChunk {
		return dst, errChunk
	}
	if chunk[0] != chunkVersion {
		return dst, backup.ErrVersion
	}
	switch chunk[1] {
	case pieceKind:
		return d.piece(dst, chunk[2:])
	case rowsKind:
		return d.rows(dst, chunk[2:])
	}
	return dst, errChunk
}

func (d *chunkDecoder) piece(dst, data []byte) ([]byte, error) {
	if len(data) < 1 {
		return dst, errChunk
	}
	codec := floatplane.Codec(data[0])
	size, n := binary.Uvarint(data[1:])
	if n <= 0 || size > rowLimit || codec != floatplane.Stored && codec != floatplane.Zstd {
		return dst, errChunk
	}
	return d.floats.Decode(dst, data[1+n:], codec, int(size))
}

func (d *chunkDecoder) rows(dst, data []byte) ([]byte, error) {
	rows, columns, data, err := d.readHead(data)
	if err != nil {
		return dst, err
	}
	d.buffer, d.at, d.end = d.buffer[:0], resize(d.at, columns), resize(d.end, columns)
	rest := 0
	for n, s := range d.streams {
		before := len(d.buffer)
		if d.buffer, err = d.floats.Decode(d.buffer, data[:s.encoded], s.codec, s.size); err != nil {
			return dst, err
		}
		data = data[s.encoded:]
		if n == 0 {
			rest = len(d.buffer)
			continue
		}
		d.at[s.column], d.end[s.column] = before, len(d.buffer)
	}
	if len(data) > 0 {
		return dst, errChunk
	}
	return d.join(dst, rows, columns, rest)
}

// readHead reads what precedes the streams of a chunk of rows, and sets d.streams.
func (d *chunkDecoder) readHead(data []byte) (rows, columns int, rest []byte, err error) {
	bad := false
	next := func(limit int) int {
		v, n := binary.Uvarint(data)
		if n <= 0 || v > uint64(limit) {
			bad = true
			return 0
		}
		data = data[n:]
		return int(v)
	}
	rows, columns = next(fullChunk), next(1600)
	streams := next(columns + 1)
	d.streams = d.streams[:0]
	raw, encoded := 0, 0
	for n := range streams {
		s := stream{column: next(1600), width: floatplane.Width(next(4)), codec: floatplane.Codec(next(255)), size: next(fullChunk), encoded: next(backup.MaxChunk)}
		raw, encoded = raw+s.size, encoded+s.encoded
		if bad || n == 0 && s.width != 0 || n > 0 && (s.width == 0 || s.column >= columns) || raw > fullChunk {
			return 0, 0, nil, errChunk
		}
		if n > 1 && s.column <= d.streams[n-1].column {
			return 0, 0, nil, errChunk
		}
		d.streams = append(d.streams, s)
	}
	if bad || streams == 0 || rows == 0 || encoded != len(data) {
		return 0, 0, nil, errChunk
	}
	return rows, columns, data, nil
}

// join puts rows together of the first stream, which ends at rest in the buffer, and those of the vectors.
func (d *chunkDecoder) join(dst []byte, rows, columns, rest int) ([]byte, error) {
	if 2*rows > fullChunk || len(d.buffer)+2*rows > 2*fullChunk {
		return dst, errChunk
	}
	start := len(dst)
	dst = slices.Grow(dst, len(d.buffer)+2*rows)
	vectors := make([]bool, columns)
	for _, s := range d.streams[1:] {
		vectors[s.column] = true
	}
	in := d.buffer[:rest]
	for range rows {
		dst = binary.BigEndian.AppendUint16(dst, uint16(columns))
		for column := range columns {
			if len(in) < 4 {
				return dst[:start], errChunk
			}
			length := int(int32(binary.BigEndian.Uint32(in)))
			take, numbers := 4+max(length, 0), 0
			if vectors[column] && length >= vectorHeader {
				take, numbers = 4+vectorHeader, length-vectorHeader
			}
			if length < -1 || len(in) < take || d.end[column]-d.at[column] < numbers {
				return dst[:start], errChunk
			}
			dst = append(dst, in[:take]...)
			in = in[take:]
			dst = append(dst, d.buffer[d.at[column]:d.at[column]+numbers]...)
			d.at[column] += numbers
		}
	}
	for column := range columns {
		if d.at[column] != d.end[column] {
			return dst[:start], errChunk
		}
	}
	if len(in) > 0 {
		return dst[:start], errChunk
	}
	return dst, nil
}

func resize(s []int, n int) []int {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}
