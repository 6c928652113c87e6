package pgwal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/shugo-data/shugo/backup"
)

// The headers of pages of a server's log, XLogPageHeaderData and XLogLongPageHeaderData of access/xlog_internal.h: magic (2),
// info (2), timeline (4), position (8), rest (4) and padding (4); at the start of a segment also system identifier (8), segment
// size (4) and page size (4). Numbers are in the order of the server's machine: little-endian is what is supported.
const (
	shortHeader = 24
	longHeader  = 40
)

// pageCheck checks the headers of the pages of a log as it passes by, in pieces of any size.
type pageCheck struct {
	system   string
	timeline uint32
	segment  uint64

	next   backup.LSN // of the next piece
	magic  uint16     // of the pages before; 0: none was seen
	oldest uint32     // timeline of the page before: it never goes back
	zero   bool       // the pages of the segment are empty from some page on: a switch of segments was made
	part   []byte     // of a header that the pieces cut
}

// check checks the next piece. The error is a *backup.CorruptError.
func (c *pageCheck) check(at backup.LSN, data []byte) error {
	if at != c.next {
		return c.corrupt(at, fmt.Sprintf("the server sent %s where %s was next", at, c.next))
	}
	c.next += backup.LSN(len(data))
	if len(c.part) > 0 {
		start := at - backup.LSN(len(c.part))
		n := min(c.length(start)-len(c.part), len(data))
		c.part = append(c.part, data[:n]...)
		if len(c.part) < c.length(start) {
			return nil
		}
		if err := c.header(start, c.part); err != nil {
			return err
		}
		c.part = c.part[:0]
	}
	for page := (at + pageSize - 1) / pageSize * pageSize; page < c.next; page += pageSize {
		rest := data[page-at:]
		if len(rest) < c.length(page) {
			c.part = append(c.part[:0], rest...)
			return nil
		}
		if err := c.header(page, rest); err != nil {
			return err
		}
	}
	return nil
}

// length returns how long the header of a page is.
func (c *pageCheck) length(page backup.LSN) int {
	if uint64(page)%c.segment == 0 {
		return longHeader
	}
	return shortHeader
}

// header checks the header of the page at a position.
func (c *pageCheck) header(page backup.LSN, b []byte) error {
	first := uint64(page)%c.segment == 0
	if empty := bytes.Equal(b[:shortHeader], make([]byte, shortHeader)); !first && (empty || c.zero) {
		c.zero = true
		if !empty {
			return c.corrupt(page, "it is not empty, but the page before is")
		}
		return nil
	}
	c.zero = false
	magic, timeline := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint32(b[4:])
	switch address := binary.LittleEndian.Uint64(b[8:]); {
	case magic>>8 != 0xD1 || c.magic != 0 && magic != c.magic:
		return c.corrupt(page, fmt.Sprintf("magic %04X", magic))
	case address != uint64(page):
		return c.corrupt(page, "it says that it is at "+backup.LSN(address).String())
	case timeline < c.oldest || timeline > c.timeline:
		return c.corrupt(page, fmt.Sprintf("timeline %d, expected %d to %d", timeline, c.oldest, c.timeline))
	}
	c.magic, c.oldest = magic, timeline
	if !first {
		return nil
	}
	system := strconv.FormatUint(binary.LittleEndian.Uint64(b[24:]), 10)
	segment, size := binary.LittleEndian.Uint32(b[32:]), binary.LittleEndian.Uint32(b[36:])
	switch {
	case system != c.system:
		return c.corrupt(page, fmt.Sprintf("system identifier %s, expected %s", system, c.system))
	case uint64(segment) != c.segment || size != pageSize:
		return c.corrupt(page, fmt.Sprintf("segments of %d and pages of %d bytes, expected %d and %d", segment, size, c.segment, pageSize))
	}
	return nil
}

func (c *pageCheck) corrupt(at backup.LSN, text string) error {
	return &backup.CorruptError{Place: "the server", Object: LogName(c.system, c.timeline), Text: fmt.Sprintf("page at %s: %s", at, text)}
}
