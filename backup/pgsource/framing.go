package pgsource

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/shugo-data/shugo/backup"
)

// signature begins a stream of COPY BINARY. Flags and the length of an extension follow it, four bytes each.
const signature = "PGCOPY\n\xff\r\n\x00"

// headerSize is what precedes the first row.
const headerSize = len(signature) + 8

var errFraming = errors.New("pgsource: the server sent what is not in the format of COPY BINARY")

// rowSize returns the size of the row that data begins with, and reports false while data does not have all of it. A row is a
// count of fields, two bytes, and for each a length, four bytes, and as many bytes; -1 is NULL. The size of the mark that
// ends a stream, a count of -1, is 2.
func rowSize(data []byte, fields int) (size int, whole bool, err error) {
	if len(data) < 2 {
		return 0, false, nil
	}
	count := int(int16(binary.BigEndian.Uint16(data)))
	switch {
	case count == -1:
		return 2, true, nil
	case count != fields:
		return 0, false, fmt.Errorf("%w: a row of %d fields, expected %d", errFraming, count, fields)
	}
	at := 2
	for range fields {
		if len(data)-at < 4 {
			return 0, false, nil
		}
		length := int32(binary.BigEndian.Uint32(data[at:]))
		at += 4
		if length < -1 {
			return 0, false, fmt.Errorf("%w: a field of %d bytes", errFraming, length)
		}
		if length > 0 {
			if len(data)-at < int(length) {
				return 0, false, nil
			}
			at += int(length)
		}
	}
	return at, true, nil
}

// framing takes a stream of COPY BINARY in pieces of any size and gives its rows to take, whole. It copies nothing but rows
// that come in several pieces, and keeps no row.
type framing struct {
	fields int
	take   func(row []byte) error

	partial []byte // what came of a row that is not whole
	begun   bool   // the header was read
	ended   bool   // the mark at the end was read
	failed  error  // what take returned
}

// reset makes the framing ready for another stream.
func (f *framing) reset() { f.partial, f.begun, f.ended = f.partial[:0], false, false }

// Write implements io.Writer.
func (f *framing) Write(p []byte) (int, error) {
	data := p
	if len(f.partial) > 0 {
		f.partial = append(f.partial, p...)
		data = f.partial
	}
	rest, err := f.parse(data)
	if err != nil {
		return 0, err
	}
	f.partial = append(f.partial[:0], rest...)
	return len(p), nil
}

// parse consumes what is whole of data and returns the rest.
func (f *framing) parse(data []byte) ([]byte, error) {
	if !f.begun {
		if len(data) < headerSize {
			return data, nil
		}
		extension := int(binary.BigEndian.Uint32(data[headerSize-4:]))
		if string(data[:len(signature)]) != signature || binary.BigEndian.Uint32(data[len(signature):]) != 0 || extension != 0 {
			return nil, fmt.Errorf("%w: its header is another", errFraming)
		}
		data, f.begun = data[headerSize:], true
	}
	for len(data) > 0 {
		if f.ended {
			return nil, fmt.Errorf("%w: %d bytes after its end", errFraming, len(data))
		}
		size, whole, err := rowSize(data, f.fields)
		if err != nil || !whole {
			return data, err
		}
		if data[0] == 0xff && data[1] == 0xff {
			f.ended = true
		} else if f.failed = f.take(data[:size]); f.failed != nil {
			return nil, f.failed
		}
		data = data[size:]
	}
	return data, nil
}

// finish says whether the stream was whole.
func (f *framing) finish() error {
	if !f.ended || len(f.partial) > 0 {
		return fmt.Errorf("%w: it ends within a row", errFraming)
	}
	return nil
}

// fieldsOf appends the fields of a whole row to fields, without their lengths. NULL is nil.
func fieldsOf(fields [][]byte, row []byte) [][]byte {
	at := 2
	for at < len(row) {
		length := int(int32(binary.BigEndian.Uint32(row[at:])))
		at += 4
		if length < 0 {
			fields = append(fields, nil)
			continue
		}
		fields = append(fields, row[at:at+length:at+length])
		at += length
	}
	return fields
}

// corrupt says what is wrong with a chunk of an item.
func corrupt(item string, chunk int, text string) error {
	return &backup.CorruptError{Object: fmt.Sprintf("%s, chunk %d", item, chunk), Text: text}
}
