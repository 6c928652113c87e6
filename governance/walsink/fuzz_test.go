package walsink

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/shugo-data/shugo/internal/leaf"
)

// FuzzFrame reads any bytes as a frame. What is read is what is written.
func FuzzFrame(f *testing.F) {
	e := leaf.Entry{Leaf: []byte("leaf"), Actor: bytes.Repeat([]byte{1}, leaf.OpeningSize)}
	whole := appendFrame(nil, 7, 12, 10, e)
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add(make([]byte, 64))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := decodeFrame(b, 7)
		if err != nil {
			return
		}
		e, err := leaf.Unmarshal(got.payload)
		if err != nil {
			return
		}
		if again := appendFrame(nil, 7, got.position, got.durable, e); !bytes.Equal(again, b[:got.size()]) {
			t.Errorf("%x is written as %x", b, again)
		}
	})
}

// FuzzHeader reads any bytes as the header of a segment and as a mark.
func FuzzHeader(f *testing.F) {
	f.Add(header{origin: origin{1, 2}, first: 3}.encode())
	f.Add(mark{origin: origin{1, 2}, sequence: 4, shipped: 5, closed: true, end: 6}.encode())
	f.Add(append(mark{sequence: 4}.encode(), bytes.Repeat([]byte{0}, slotSize)...))
	f.Add([]byte(segmentMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, err := decodeHeader(b); err == nil {
			if again, err := decodeHeader(h.encode()); err != nil || again != h {
				t.Errorf("%+v is read again as %+v, %v", h, again, err)
			}
		}
		if m, err := decodeMark(b); err == nil {
			if again, err := decodeSlot(m.encode()); err != nil || again != m {
				t.Errorf("%+v is read again as %+v, %v", m, again, err)
			}
		}
	})
}

// FuzzSegment reads a directory with any bytes behind a whole header: it is read, or its error says what is wrong.
func FuzzSegment(f *testing.F) {
	o := origin{1, 2, 3}
	head := header{origin: o}.encode()
	e := leaf.Entry{Leaf: []byte("leaf")}
	one := appendFrame(nil, o.seed(), 0, 0, e)
	two := appendFrame(one, o.seed(), 1, 1, e)
	f.Add(two)
	f.Add(append(append([]byte{}, one...), 1, 2, 3))
	f.Add(append([]byte{1}, two...))
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(segmentPath("", 0))), append(head, b...), 0o600); err != nil {
			t.Fatal(err)
		}
		n := uint64(0)
		c, err := read(dir, func(_ *segment, _ int64, f frame) error {
			if f.position != n {
				t.Errorf("position %d: want %d", f.position, n)
			}
			n++
			return nil
		})
		if err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("error %v", err)
		}
		if err == nil && c.next() != n {
			t.Errorf("%d entries, and ends at %d", n, c.next())
		}
	})
}
