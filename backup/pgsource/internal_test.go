package pgsource

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/floatplane"
	"github.com/shugo-data/shugo/internal/servertest"
)

// rowOf returns a row of fields in the form of COPY BINARY. nil is NULL.
func rowOf(fields ...[]byte) []byte {
	row := binary.BigEndian.AppendUint16(nil, uint16(len(fields)))
	for _, f := range fields {
		if f == nil {
			row = binary.BigEndian.AppendUint32(row, ^uint32(0))
			continue
		}
		row = append(binary.BigEndian.AppendUint32(row, uint32(len(f))), f...)
	}
	return row
}

func vectorOf(r *rand.Rand, n int) []byte {
	v := binary.BigEndian.AppendUint32(nil, uint32(n)<<16)
	for range n {
		v = binary.BigEndian.AppendUint32(v, r.Uint32()>>3|0x20000000)
	}
	return v
}

// coded returns the chunks of rows.
func coded(t testing.TB, widths []floatplane.Width, rows [][]byte) [][]byte {
	t.Helper()
	var chunks [][]byte
	c, err := newChunkCoder(widths, &buffers{})
	if err != nil {
		t.Fatal(err)
	}
	c.emit = func(data []byte, release func()) error {
		chunks = append(chunks, bytes.Clone(data))
		release()
		return nil
	}
	for _, row := range rows {
		if err := c.add(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.flush(); err != nil {
		t.Fatal(err)
	}
	return chunks
}

func TestChunks(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	vectors := []floatplane.Width{0, floatplane.Single, floatplane.Half}
	var mixed [][]byte
	for n := range 3000 {
		v := vectorOf(r, 1+n%7)
		if n%5 == 0 {
			v = nil
		}
		mixed = append(mixed, rowOf(fmt.Appendf(nil, "text %d", n), v, vectorOf(r, 3)))
	}
	for _, c := range []struct {
		name   string
		widths []floatplane.Width
		rows   [][]byte
		chunks int
	}{
		{"no rows", vectors, nil, 0},
		{"vectors", vectors, mixed, 1},
		{"vectors without numbers and short ones", vectors, [][]byte{rowOf(nil, []byte{0, 0, 0, 0}, []byte{1}), rowOf([]byte{}, []byte{}, nil)}, 1},
		{"no columns", nil, [][]byte{rowOf(), rowOf(), rowOf()}, 1},
		{"chunks that are full", []floatplane.Width{0}, [][]byte{rowOf(make([]byte, 5<<20)), rowOf(make([]byte, 5<<20)), rowOf(make([]byte, 1<<20))}, 2},
		{"a row in pieces", []floatplane.Width{0, 0}, [][]byte{rowOf(nil, nil), rowOf(make([]byte, 12<<20), make([]byte, 9<<20)), rowOf(nil, nil)}, 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			chunks := coded(t, c.widths, c.rows)
			if len(chunks) != c.chunks {
				t.Errorf("%d chunks, expected %d", len(chunks), c.chunks)
			}
			var d chunkDecoder
			var back []byte
			for _, chunk := range chunks {
				if len(chunk) > backup.MaxChunk {
					t.Errorf("a chunk of %d bytes", len(chunk))
				}
				var err error
				if back, err = d.decode(back, chunk); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(back, bytes.Join(c.rows, nil)) {
				t.Errorf("%d bytes came back and are others", len(back))
			}
		})
	}
}

func FuzzDecodeChunk(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 2))
	widths := []floatplane.Width{0, floatplane.Single}
	for _, chunk := range coded(f, widths, [][]byte{rowOf([]byte("a"), vectorOf(r, 3)), rowOf(nil, vectorOf(r, 300)), rowOf(nil, nil)}) {
		f.Add(chunk)
	}
	f.Add([]byte{chunkVersion, pieceKind, 0, 3, 'a', 'b', 'c'})
	f.Add([]byte{chunkVersion, rowsKind, 1, 0, 1, 0, 0, 0, 0, 0})
	var d chunkDecoder
	f.Fuzz(func(t *testing.T, chunk []byte) {
		back, err := d.decode([]byte("before"), chunk)
		if err != nil && string(back) != "before" || len(back) > 3*fullChunk {
			t.Errorf("%d bytes after %v", len(back), err)
		}
	})
}

// What comes in pieces has the same rows as what comes whole; what is another format is refused.
func FuzzFraming(f *testing.F) {
	header := append([]byte(signature), make([]byte, 8)...)
	f.Add(bytes.Join([][]byte{header, rowOf([]byte("a"), nil), rowOf(nil, []byte("bc")), {0xff, 0xff}}, nil), 3)
	f.Add(bytes.Join([][]byte{header, {0xff, 0xff}}, nil), 1)
	f.Add([]byte(signature), 2)
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		read := func(size int) (rows [][]byte, err error) {
			fr := framing{fields: 2, take: func(row []byte) error {
				rows = append(rows, bytes.Clone(row))
				return nil
			}}
			for rest := data; len(rest) > 0; {
				n := min(size, len(rest))
				if _, err := fr.Write(rest[:n]); err != nil {
					return nil, err
				}
				rest = rest[n:]
			}
			return rows, fr.finish()
		}
		whole, err := read(len(data))
		parts, err2 := read(1 + max(size, -size-1)%8)
		if (err == nil) != (err2 == nil) {
			t.Fatalf("whole: %v, in pieces: %v", err, err2)
		}
		if err != nil {
			return
		}
		if diff := cmp.Diff(whole, parts); diff != "" {
			t.Error(diff)
		}
		again := bytes.Join(append(append([][]byte{header}, whole...), []byte{0xff, 0xff}), nil)
		if !bytes.Equal(again, data) {
			t.Error("the rows are not the stream")
		}
	})
}

func TestBlocks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ pages, toast, before, want int64 }{
		{0, 0, 0, 512}, {10, 0, 0, 512}, {10, 10 << 20, 0, 2}, {10, 10 << 20, 4, 4}, {10, 10 << 20, 8, 2}, {1, 1 << 30, 0, 1}, {10, 10 << 20, 1 << 40, 2},
	} {
		var l layout
		l.table.Pages, l.table.ToastBytes = c.pages, c.toast
		if got := blocksOf(l.table, c.before); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
}

// A table that is truncated, changed or dropped between the snapshot and the locks is noticed.
func TestChangedBeforeLocks(t *testing.T) {
	t.Parallel()
	for _, change := range []string{"TRUNCATE a", "ALTER TABLE a ADD c int", "ALTER TABLE a DROP b", "DROP TABLE a", "INSERT INTO a VALUES (9)"} {
		t.Run(change, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			address := servertest.Database(t)
			conn, err := pgx.Connect(ctx, address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(context.WithoutCancel(ctx))
			if _, err := conn.Exec(ctx, "CREATE TABLE a (b int); INSERT INTO a VALUES (1)"); err != nil {
				t.Fatal(err)
			}
			s, err := New(Config{URL: address, Binding: BindNear, Jobs: 1})
			if err != nil {
				t.Fatal(err)
			}
			m, err := s.open(ctx)
			if err != nil {
				t.Fatal(err)
			}
			defer m.close()
			if _, err := conn.Exec(ctx, change); err != nil {
				t.Fatal(err)
			}
			err = s.hold(ctx, m)
			if rows := change[:6] == "INSERT"; errors.Is(err, backup.ErrChanged) == rows || rows && err != nil {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestOlderServer(t *testing.T) {
	t.Parallel()
	d, err := NewDatabase(DatabaseConfig{URL: servertest.Database(t)})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := d.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer hangUp(conn)
	if err := d.vacant(t.Context(), conn, 990000); !errors.Is(err, backup.ErrVersion) {
		t.Errorf("%v", err)
	}
}

func BenchmarkChunks(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	var rows [][]byte
	size := 0
	for n := range 600 {
		rows = append(rows, rowOf(fmt.Appendf(nil, "文 %d 先生、答えを教えてください", n), vectorOf(r, 1536)))
		size += len(rows[n])
	}
	c, err := newChunkCoder([]floatplane.Width{0, floatplane.Single}, &buffers{})
	if err != nil {
		b.Fatal(err)
	}
	var chunk []byte
	c.emit = func(data []byte, release func()) error {
		chunk = append(chunk[:0], data...)
		release()
		return nil
	}
	encode := func() {
		for _, row := range rows {
			if err := c.add(row); err != nil {
				b.Fatal(err)
			}
		}
		if err := c.flush(); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(size))
		for b.Loop() {
			encode()
		}
	})
	encode()
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(size))
		var d chunkDecoder
		var back []byte
		for b.Loop() {
			if back, err = d.decode(back[:0], chunk); err != nil {
				b.Fatal(err)
			}
		}
	})
}
