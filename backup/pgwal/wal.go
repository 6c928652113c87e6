package pgwal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/replication"
)

// Sizes and flags of PostgreSQL's log: access/xlog_internal.h and access/xlogrecord.h of its sources, which did not change
// from version 14 to 18.
const (
	recordHeader   = 24
	maxRecord      = 1<<30 + 1<<20 // XLogRecordMaxSize is a little less
	flagContinued  = 0x0001        // XLP_FIRST_IS_CONTRECORD
	flagLong       = 0x0002        // XLP_LONG_HEADER
	flagOverwrite  = 0x0008        // XLP_FIRST_IS_OVERWRITE_CONTRECORD
	managerLog     = 0             // RM_XLOG_ID
	managerCommit  = 1             // RM_XACT_ID
	infoSwitch     = 0x40          // XLOG_SWITCH
	infoPoint      = 0x70          // XLOG_RESTORE_POINT
	infoMaskLog    = 0xF0          // of RM_XLOG_ID
	infoMaskCommit = 0x70          // XLOG_XACT_OPMASK
	keptBody       = 128           // bytes of a record's body that are looked into
)

// record is a record of the log that was read whole, and whose checksum is right.
type record struct {
	start, end uint64
	manager    byte
	info       byte
	body       []byte // its first bytes, up to keptBody; valid during the call
}

// walScanner checks the log byte by byte as it passes, from the start of a segment on: the headers of pages, the lengths,
// links and checksums (CRC-32C) of records. It keeps no more than a few bytes whatever the size of a record.
type walScanner struct {
	system  uint64 // identifier; 0: any
	segment uint64
	see     func(record) error // called for each record; its error ends the scan
	table   *crc32.Table

	at    uint64 // position of the next byte
	valid uint64 // end of the last record that was whole and right, or where the first may begin
	magic uint16
	prev  uint64 // start of the last record; 0: not known

	page   []byte // header of a page, as far as it came
	header []byte // of a record, as far as it came
	start  uint64 // of the record
	left   uint64 // bytes of the record's body that are to come
	inside bool   // a record is at hand
	skip   uint64 // bytes of a record that began before the scan, or after a switch
	body   []byte
	crc    uint32
	until  uint64 // after a switch: the next segment
}

func newWALScanner(system, segment, start uint64, see func(record) error) *walScanner {
	return &walScanner{system: system, segment: segment, see: see, table: crc32.MakeTable(crc32.Castagnoli), at: start, valid: start}
}

// walError says where the log stops being right.
type walError struct {
	at   uint64
	text string
}

func (e *walError) Error() string {
	return fmt.Sprintf("pgwal: the log is damaged at %s: %s", backup.LSN(e.at), e.text)
}

func (s *walScanner) bad(format string, args ...any) error {
	return &walError{s.at, fmt.Sprintf(format, args...)}
}

// write takes the next bytes.
func (s *walScanner) write(p []byte) error {
	for len(p) > 0 {
		if s.until > s.at { // the rest of a segment after a switch has no records
			n := min(uint64(len(p)), s.until-s.at)
			s.at += n
			p = p[n:]
			continue
		}
		n, err := s.part(p)
		if err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

// part takes some bytes of one page: of its header or of what follows.
func (s *walScanner) part(p []byte) (int, error) {
	if s.at%pageSize == 0 || len(s.page) > 0 {
		return s.pageHeader(p)
	}
	p = p[:min(uint64(len(p)), pageSize-s.at%pageSize)]
	switch {
	case s.skip > 0:
		n := min(s.skip, uint64(len(p)))
		s.skip -= n
		s.at += n
		if s.skip == 0 {
			s.valid = align(s.at)
		}
		return int(n), nil
	case !s.inside && s.at%8 != 0: // padding
		n := min(8-s.at%8, uint64(len(p)))
		s.at += n
		return int(n), nil
	case !s.inside || len(s.header) < recordHeader:
		return s.recordHeader(p)
	}
	return s.recordBody(p)
}

func align(n uint64) uint64 { return (n + 7) &^ 7 }

// pageHeader gathers the header of a page and checks it.
func (s *walScanner) pageHeader(p []byte) (int, error) {
	size := shortHeader
	if (s.at-uint64(len(s.page)))%s.segment == 0 {
		size = longHeader
	}
	n := min(size-len(s.page), len(p))
	s.page = append(s.page, p[:n]...)
	s.at += uint64(n)
	if len(s.page) < size {
		return n, nil
	}
	err := s.checkPage()
	s.page = s.page[:0]
	return n, err
}

func (s *walScanner) checkPage() error {
	h := s.page
	begin := s.at - uint64(len(h))
	magic, flags := binary.LittleEndian.Uint16(h), binary.LittleEndian.Uint16(h[2:])
	left := uint64(binary.LittleEndian.Uint32(h[16:]))
	if s.magic == 0 && magic>>8 == 0xD1 {
		s.magic = magic
	}
	switch {
	case magic != s.magic:
		return s.bad("a page has magic number %#04x, expected %#04x", magic, s.magic)
	case binary.LittleEndian.Uint64(h[8:]) != begin:
		return s.bad("a page says that it is at %s", backup.LSN(binary.LittleEndian.Uint64(h[8:])))
	case (flags&flagLong != 0) != (len(h) == longHeader):
		return s.bad("a page has the wrong sort of header")
	case len(h) == longHeader && s.system != 0 && binary.LittleEndian.Uint64(h[24:]) != s.system:
		return s.bad("a page belongs to another cluster")
	case len(h) == longHeader && uint64(binary.LittleEndian.Uint32(h[32:])) != s.segment:
		return s.bad("a page says that segments have %d bytes, expected %d", binary.LittleEndian.Uint32(h[32:]), s.segment)
	case len(h) == longHeader && binary.LittleEndian.Uint32(h[36:]) != pageSize:
		return s.bad("a page says that pages have %d bytes, expected %d", binary.LittleEndian.Uint32(h[36:]), pageSize)
	}
	return s.continued(begin, flags, left)
}

// continued compares what a page says of the record that it continues with the one at hand.
func (s *walScanner) continued(begin uint64, flags uint16, left uint64) error {
	expected := s.skip
	if s.inside {
		expected = s.left + uint64(recordHeader-len(s.header))
	}
	switch {
	case s.inside && flags&flagOverwrite != 0: // the server crashed amid the record, and gave it up
		s.inside, s.header, s.left = false, s.header[:0], 0
	case s.prev == 0 && !s.inside && s.skip == 0 && s.valid >= begin && flags&flagContinued != 0: // the scan begins amid a record
		s.skip = left
	case (flags&flagContinued != 0) != (expected > 0) || left != expected:
		return s.bad("a page continues a record by %d bytes, expected %d", left, expected)
	}
	return nil
}

// recordHeader gathers the header of a record. Its length comes first and is never torn between pages.
func (s *walScanner) recordHeader(p []byte) (int, error) {
	if !s.inside {
		s.inside, s.header, s.start, s.crc, s.body, s.left = true, s.header[:0], s.at, 0, s.body[:0], 0
	}
	n := min(recordHeader-len(s.header), len(p))
	s.header = append(s.header, p[:n]...)
	s.at += uint64(n)
	if len(s.header) >= 4 {
		total := uint64(binary.LittleEndian.Uint32(s.header))
		if total < recordHeader || total > maxRecord {
			s.inside, s.at = false, s.start
			return 0, s.bad("a record of %d bytes", total)
		}
		s.left = total - recordHeader
	}
	if len(s.header) < recordHeader {
		return n, nil
	}
	if prev := binary.LittleEndian.Uint64(s.header[8:]); s.prev != 0 && prev != s.prev {
		return n, s.bad("a record says that it follows the one at %s, expected %s", backup.LSN(prev), backup.LSN(s.prev))
	}
	if s.left == 0 {
		return n, s.endRecord()
	}
	return n, nil
}

// recordBody takes what follows the header.
func (s *walScanner) recordBody(p []byte) (int, error) {
	n := int(min(s.left, uint64(len(p))))
	s.crc = crc32.Update(s.crc, s.table, p[:n])
	if room := keptBody - len(s.body); room > 0 {
		s.body = append(s.body, p[:min(room, n)]...)
	}
	s.left -= uint64(n)
	s.at += uint64(n)
	if s.left > 0 {
		return n, nil
	}
	return n, s.endRecord()
}

func (s *walScanner) endRecord() error {
	s.inside = false
	if want := binary.LittleEndian.Uint32(s.header[20:]); crc32.Update(s.crc, s.table, s.header[:20]) != want {
		return s.bad("the record at %s has a wrong checksum", backup.LSN(s.start))
	}
	r := record{start: s.start, end: align(s.at), manager: s.header[17], info: s.header[16], body: s.body}
	if r.manager == managerLog && r.info&infoMaskLog == infoSwitch {
		s.until = (s.at + s.segment - 1) &^ (s.segment - 1)
		r.end = s.until
	}
	if err := s.see(r); err != nil {
		return err
	}
	s.prev, s.valid = s.start, r.end
	return nil
}

// data returns the main data of a record that refers to no block, as far as it was kept, or nil.
func (r record) data() []byte {
	b := r.body
	for len(b) > 0 {
		size := 0
		switch b[0] {
		case 253: // XLR_BLOCK_ID_ORIGIN
			size = 3
		case 252: // XLR_BLOCK_ID_TOPLEVEL_XID
			size = 5
		case 255: // XLR_BLOCK_ID_DATA_SHORT
			return b[min(2, len(b)):]
		case 254: // XLR_BLOCK_ID_DATA_LONG
			return b[min(5, len(b)):]
		default:
			return nil
		}
		b = b[min(size, len(b)):]
	}
	return nil
}

// commit returns the time of a commit; found is false where the record is none.
func (r record) commit() (at time.Time, found bool) {
	data := r.data()
	switch {
	case r.manager != managerCommit || len(data) < 8:
	case r.info&infoMaskCommit == 0x00, r.info&infoMaskCommit == 0x30: // XLOG_XACT_COMMIT, XLOG_XACT_COMMIT_PREPARED
		return replication.ServerTime(int64(binary.LittleEndian.Uint64(data))), true
	}
	return time.Time{}, false
}

// time returns the time that a record bears, which is that of its making: commits, aborts and restore points have one.
func (r record) time() time.Time {
	data := r.data()
	if len(data) < 8 {
		return time.Time{}
	}
	operation := r.info & infoMaskCommit
	switch {
	case r.manager == managerCommit && (operation == 0x00 || operation == 0x20 || operation == 0x30 || operation == 0x40), r.point() != "":
		return replication.ServerTime(int64(binary.LittleEndian.Uint64(data)))
	}
	return time.Time{}
}

// point returns the name of a restore point, or nothing.
func (r record) point() string {
	data := r.data()
	if r.manager != managerLog || r.info&infoMaskLog != infoPoint || len(data) < 9 {
		return ""
	}
	name, _, _ := bytes.Cut(data[8:min(72, len(data))], []byte{0})
	return string(name)
}
