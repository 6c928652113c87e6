package pgwal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	testSegment = 1 << 20
	walSystem   = 7012345678901234567
)

// walWriter writes a log as a server does, for tests.
type walWriter struct {
	start   uint64
	data    []byte
	prev    uint64
	records []record // as a scan is to see them
}

func (w *walWriter) at() uint64 { return w.start + uint64(len(w.data)) }

// header writes the header of a page, which continues a record by left bytes.
func (w *walWriter) header(left int, flags uint16) {
	at, size := w.at(), shortHeader
	if at%testSegment == 0 {
		size, flags = longHeader, flags|flagLong
	}
	if left > 0 {
		flags |= flagContinued
	}
	h := make([]byte, size)
	binary.LittleEndian.PutUint16(h, 0xD110)
	binary.LittleEndian.PutUint16(h[2:], flags)
	binary.LittleEndian.PutUint32(h[4:], 1)
	binary.LittleEndian.PutUint64(h[8:], at)
	binary.LittleEndian.PutUint32(h[16:], uint32(left))
	if size == longHeader {
		binary.LittleEndian.PutUint64(h[24:], walSystem)
		binary.LittleEndian.PutUint32(h[32:], testSegment)
		binary.LittleEndian.PutUint32(h[36:], pageSize)
	}
	w.data = append(w.data, h...)
}

// raw writes bytes, with the headers of pages between them.
func (w *walWriter) raw(p []byte) {
	for len(p) > 0 {
		if w.at()%pageSize == 0 {
			w.header(len(p), 0)
		}
		n := min(len(p), int(pageSize-w.at()%pageSize))
		w.data = append(w.data, p[:n]...)
		p = p[n:]
	}
}

// record writes a record whole.
func (w *walWriter) record(manager, info byte, body []byte) {
	w.data = append(w.data, make([]byte, align(w.at())-w.at())...)
	if w.at()%pageSize == 0 {
		w.header(0, 0)
	}
	start := w.at()
	h := make([]byte, recordHeader, recordHeader+len(body))
	binary.LittleEndian.PutUint32(h, uint32(recordHeader+len(body)))
	binary.LittleEndian.PutUint64(h[8:], w.prev)
	h[16], h[17] = info, manager
	table := crc32.MakeTable(crc32.Castagnoli)
	crc := crc32.Update(crc32.Checksum(body, table), table, h[:20])
	binary.LittleEndian.PutUint32(h[20:], crc)
	w.raw(append(h, body...))
	w.prev = start
	r := record{start: start, end: align(w.at()), manager: manager, info: info, body: bytes.Clone(body[:min(len(body), keptBody)])}
	if manager == managerLog && info == infoSwitch {
		for w.at()%testSegment != 0 {
			if w.at()%pageSize == 0 {
				w.header(0, 0)
			}
			w.data = append(w.data, 0)
		}
		r.end = w.at()
	}
	w.records = append(w.records, r)
}

// commitBody is the body of a record of a commit.
func commitBody(at time.Time) []byte {
	micros := at.Sub(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)).Microseconds()
	return binary.LittleEndian.AppendUint64([]byte{255, 8}, uint64(micros))
}

// pointBody is the body of a record of a restore point.
func pointBody(name string) []byte {
	return append(append([]byte{255, 72}, make([]byte, 8)...), append([]byte(name), make([]byte, 64-len(name))...)...)
}

// sampleWAL writes a log of random records, some longer than pages, and with more than 40 kinds also switches of segments.
func sampleWAL(seed uint64, count, kinds int) *walWriter {
	random := rand.New(rand.NewPCG(seed, 1))
	w := &walWriter{start: 5 * testSegment}
	for range count {
		body := make([]byte, []int{0, 1, 30, 200, pageSize - shortHeader - recordHeader, 3 * pageSize}[random.IntN(6)]+random.IntN(20))
		for i := range body {
			body[i] = byte(random.Uint32())
		}
		switch random.IntN(kinds) {
		case 0:
			w.record(managerCommit, 0, commitBody(time.Unix(1.7e9+int64(random.IntN(1e6)), 0)))
		case 1:
			w.record(managerLog, infoPoint, pointBody("before the examination"))
		case 40:
			w.record(managerLog, infoSwitch, nil)
		default:
			w.record(10, 0, body)
		}
	}
	return w
}

// scanAll scans a log in pieces of a size.
func scanAll(w *walWriter, data []byte, piece int) (*walScanner, []record, error) {
	var all []record
	s := newWALScanner(walSystem, testSegment, w.start, func(r record) error {
		r.body = bytes.Clone(r.body)
		if r.body == nil {
			r.body = []byte{}
		}
		all = append(all, r)
		return nil
	})
	for len(data) > 0 {
		n := min(piece, len(data))
		if err := s.write(data[:n]); err != nil {
			return s, all, err
		}
		data = data[n:]
	}
	return s, all, nil
}

// TestScan sees each record once, in whatever pieces the log comes.
func TestScan(t *testing.T) {
	t.Parallel()
	w := sampleWAL(1, 200, 41)
	for _, r := range w.records {
		if r.body == nil {
			r.body = []byte{}
		}
	}
	for _, piece := range []int{1, 7, 24, 8192, 1 << 20} {
		s, all, err := scanAll(w, w.data, piece)
		if err != nil {
			t.Fatalf("pieces of %d bytes: %v", piece, err)
		}
		if len(all) != len(w.records) || s.valid != w.records[len(w.records)-1].end {
			t.Fatalf("pieces of %d bytes: %d records up to %d, expected %d", piece, len(all), s.valid, len(w.records))
		}
		for i, got := range all {
			want := w.records[i]
			if got.start != want.start || got.end != want.end || !bytes.Equal(got.body, want.body) {
				t.Fatalf("record %d: %+v, expected %+v", i, got, want)
			}
		}
	}
}

// TestScanFindsDamage flips every bit of some bytes: a scan ends there, or the bit is where nobody looks.
func TestScanFindsDamage(t *testing.T) {
	t.Parallel()
	w := sampleWAL(2, 60, 12)
	random := rand.New(rand.NewPCG(3, 4))
	found := 0
	for range 400 {
		at := random.IntN(len(w.data))
		inRecord := false
		for _, r := range w.records {
			inRecord = inRecord || w.start+uint64(at) >= r.start && w.start+uint64(at) < r.end && r.info != infoSwitch
		}
		data := bytes.Clone(w.data)
		data[at] ^= 1 << random.IntN(8)
		s, all, err := scanAll(w, data, 1<<20)
		damage := (*walError)(nil)
		if errors.As(err, &damage) {
			found++
			if s.valid > w.start+uint64(at) {
				t.Errorf("damage at %d was found, but the log held to be valid up to %d", at, s.valid)
			}
			continue
		}
		if len(all) == len(w.records) {
			for i := range all {
				if !bytes.Equal(all[i].body, w.records[i].body) {
					t.Errorf("damage at %d changed record %d", at, i)
				}
			}
		}
		if inRecord && len(all) == len(w.records) && !padding(w, at) {
			t.Errorf("damage at %d was not found", at)
		}
	}
	if found < 200 {
		t.Errorf("%d of 400 damages were found", found)
	}
}

// padding reports whether a byte is between records, or in a part of a page's header that has no meaning.
func padding(w *walWriter, at int) bool {
	position := w.start + uint64(at)
	if inPage := position % pageSize; inPage < longHeader {
		return true // its flags, its timeline and the padding are not all looked at
	}
	for i, r := range w.records {
		body := 0
		if i+1 < len(w.records) {
			body = int(w.records[i+1].start - r.start)
		}
		if position >= r.start+uint64(body) && position < r.end || position >= r.end-8 && position < r.end {
			return true
		}
	}
	return false
}

// TestScanOverwritten gives up a record that a crash cut, as the server does.
func TestScanOverwritten(t *testing.T) {
	t.Parallel()
	w := &walWriter{start: testSegment}
	w.record(10, 0, make([]byte, 100))
	prev, kept := w.prev, len(w.records)
	w.record(10, 0, make([]byte, 3*pageSize))
	w.data = w.data[:2*pageSize] // the record is cut at the end of its second page
	w.records, w.prev = w.records[:kept], prev
	w.header(0, flagOverwrite)
	w.record(10, 0, make([]byte, 50))
	s, all, err := scanAll(w, w.data, 100)
	if err != nil || len(all) != 2 || s.valid != w.records[1].end {
		t.Errorf("%d records up to %d: %v", len(all), s.valid, err)
	}
}

// TestScanBeginsWithin begins in a segment whose first page continues a record.
func TestScanBeginsWithin(t *testing.T) {
	t.Parallel()
	w := &walWriter{start: testSegment}
	for w.at() < 2*testSegment {
		w.record(10, 0, make([]byte, 5*pageSize))
	}
	w.record(managerLog, infoPoint, pointBody("here"))
	var points []string
	s := newWALScanner(walSystem, testSegment, 2*testSegment, func(r record) error {
		points = append(points, r.point())
		return nil
	})
	if err := s.write(w.data[testSegment:]); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"here"}, points); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRecordMeaning reads what a goal may depend on.
func TestRecordMeaning(t *testing.T) {
	t.Parallel()
	when := time.Date(2026, 4, 1, 9, 30, 0, 123000, time.UTC)
	for name, test := range map[string]struct {
		record record
		commit time.Time
		point  string
	}{
		"commit":             {record{manager: managerCommit, body: commitBody(when)}, when, ""},
		"commit, with flags": {record{manager: managerCommit, info: 0x80, body: commitBody(when)}, when, ""},
		"commit prepared":    {record{manager: managerCommit, info: 0x30, body: commitBody(when)}, when, ""},
		"commit, replicated": {record{manager: managerCommit, body: append([]byte{253, 0, 0, 252, 1, 2, 3, 4}, commitBody(when)...)}, when, ""},
		"abort":              {record{manager: managerCommit, info: 0x20, body: commitBody(when)}, time.Time{}, ""},
		"point":              {record{manager: managerLog, info: infoPoint, body: pointBody("試験の前")}, time.Time{}, "試験の前"},
		"of another manager": {record{manager: 10, info: infoPoint, body: pointBody("a")}, time.Time{}, ""},
		"with a block":       {record{manager: managerCommit, body: append([]byte{0}, commitBody(when)...)}, time.Time{}, ""},
		"torn":               {record{manager: managerCommit, body: []byte{254, 1}}, time.Time{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, commit := test.record.commit()
			if commit && !test.record.time().Equal(at) || name == "abort" && !test.record.time().Equal(when) {
				t.Errorf("time %s", test.record.time())
			}
			if !at.Equal(test.commit) || test.record.point() != test.point {
				t.Errorf("commit %s, point %q", at, test.record.point())
			}
		})
	}
}

// FuzzScan scans anything: it neither panics nor depends on the pieces in which the log comes.
func FuzzScan(f *testing.F) {
	w := sampleWAL(5, 20, 12)
	f.Add(w.data[:4*pageSize], uint16(100))
	f.Add([]byte{}, uint16(1))
	f.Fuzz(func(t *testing.T, data []byte, piece uint16) {
		w := &walWriter{start: 5 * testSegment}
		whole, all, err := scanAll(w, data, max(1, len(data)))
		parts, some, other := scanAll(w, data, int(piece)+1)
		if (err == nil) != (other == nil) || whole.valid != parts.valid || len(all) != len(some) {
			t.Fatalf("whole: %d records up to %d, %v; in pieces: %d up to %d, %v", len(all), whole.valid, err, len(some), parts.valid, other)
		}
		if whole.valid > w.start+uint64(len(data))+testSegment {
			t.Fatalf("valid up to %d of %d bytes", whole.valid-w.start, len(data))
		}
	})
}

func BenchmarkScan(b *testing.B) {
	w := sampleWAL(6, 2000, 12)
	b.SetBytes(int64(len(w.data)))
	b.ReportAllocs()
	for b.Loop() {
		s := newWALScanner(walSystem, testSegment, w.start, func(record) error { return nil })
		if err := s.write(w.data); err != nil {
			b.Fatal(err)
		}
	}
}
