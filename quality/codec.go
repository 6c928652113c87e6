package quality

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
)

// ErrOverflow reports that a Merge or a Subtract would pass what a state can hold: 2^62 values of a kind, or a sum of
// 2^1086. The state is as it was before the call.
var ErrOverflow = errors.New("quality: more than a state can hold")

// DecodeError reports bytes that are not the encoding of a state. It holds no value of the data.
type DecodeError struct {
	State   string // the type that was decoded into: "Sum"
	Offset  int    // where, in bytes from the start
	Problem string // what was found there, and what was expected
}

// Error says what is wrong with the bytes, and where.
func (e *DecodeError) Error() string {
	return fmt.Sprintf("quality: bytes of %s: at %d: %s", e.State, e.Offset, e.Problem)
}

// Counts are what a check counts: in rows, which is all that it needs for a share and its interval.
//
// Counts form an abelian group under Merge, with the zero value as identity and Subtract as inverse. A negative count is
// that of a change, such as the rows that a writer removed. Counts are not for concurrent use.
type Counts struct {
	Rows       int64 // rows that were looked at
	Nulls      int64 // of these, rows without a value
	Unexpected int64 // of these, rows with a value that the check does not accept
}

// Merge adds the counts of other rows. A sum beyond an int64 is ErrOverflow and changes nothing.
func (c *Counts) Merge(other *Counts) error { return c.combine(other, addInt64) }

// Subtract takes away the counts of rows that were merged before. A difference beyond an int64 is ErrOverflow and changes
// nothing.
func (c *Counts) Subtract(other *Counts) error { return c.combine(other, subtractInt64) }

func (c *Counts) combine(other *Counts, operation func(a, b int64) (int64, bool)) error {
	rows, rowsFit := operation(c.Rows, other.Rows)
	nulls, nullsFit := operation(c.Nulls, other.Nulls)
	unexpected, unexpectedFit := operation(c.Unexpected, other.Unexpected)
	if !rowsFit || !nullsFit || !unexpectedFit {
		return ErrOverflow
	}
	*c = Counts{Rows: rows, Nulls: nulls, Unexpected: unexpected}
	return nil
}

func addInt64(a, b int64) (int64, bool) {
	sum := a + b
	return sum, (sum > a) == (b > 0)
}

func subtractInt64(a, b int64) (int64, bool) {
	difference := a - b
	return difference, (difference < a) == (b > 0)
}

// AppendBinary appends the canonical bytes: at most 32, equal for equal counts. It never fails.
func (c *Counts) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, kindCounts, stateVersion)
	b = binary.AppendVarint(b, c.Rows)
	b = binary.AppendVarint(b, c.Nulls)
	return binary.AppendVarint(b, c.Unexpected), nil
}

// MarshalBinary returns what AppendBinary appends.
func (c *Counts) MarshalBinary() ([]byte, error) { return c.AppendBinary(nil) }

// UnmarshalBinary sets the counts to those of canonical bytes. Other bytes are a *DecodeError and change nothing.
func (c *Counts) UnmarshalBinary(data []byte) error {
	d := decodeState("Counts", kindCounts, data)
	counts := Counts{Rows: d.varint("rows"), Nulls: d.varint("nulls"), Unexpected: d.varint("unexpected")}
	if err := d.end(); err != nil {
		return err
	}
	*c = counts
	return nil
}

// The bytes of a state begin with its kind and the version of its format. Integers follow as the varints of package
// encoding/binary, as short as they can be: there is one encoding of a state, so that equal bytes mean equal states.
const (
	kindCounts    = 'C'
	kindSum       = 'S'
	kindMoments   = 'M'
	kindDistinct  = 'D'
	kindQuantiles = 'Q'

	stateVersion = 1
)

// stateDecoder reads the bytes of a state. After the first problem it reads zeros, and end returns the problem.
type stateDecoder struct {
	state string
	data  []byte
	at    int
	err   error
}

// decodeState begins to read a state, at its kind and version.
func decodeState(state string, kind byte, data []byte) *stateDecoder {
	d := &stateDecoder{state: state, data: data}
	if found := d.byte("kind"); d.err == nil && found != kind {
		d.fail(0, "found kind %#02x, want %#02x", found, kind)
	}
	if found := d.byte("version"); d.err == nil && found != stateVersion {
		d.fail(1, "found version %d, want %d", found, stateVersion)
	}
	return d
}

func (d *stateDecoder) fail(at int, format string, arguments ...any) {
	if d.err == nil {
		d.err = &DecodeError{State: d.state, Offset: at, Problem: fmt.Sprintf(format, arguments...)}
	}
}

// take reads n bytes, or nothing when they are not there.
func (d *stateDecoder) take(n int, what string) []byte {
	if d.err != nil {
		return nil
	}
	if left := len(d.data) - d.at; left < n {
		d.fail(len(d.data), "found the end, want %s", what)
		return nil
	}
	d.at += n
	return d.data[d.at-n : d.at]
}

func (d *stateDecoder) byte(what string) byte {
	if b := d.take(1, what); b != nil {
		return b[0]
	}
	return 0
}

func (d *stateDecoder) uvarint(what string) uint64 {
	if d.err != nil {
		return 0
	}
	v, n := binary.Uvarint(d.data[d.at:])
	switch {
	case n == 0:
		d.fail(len(d.data), "found the end, want %s", what)
	case n < 0:
		d.fail(d.at, "found more than 64 bits, want %s", what)
	case n > max(1, (bits.Len64(v)+6)/7):
		d.fail(d.at, "found a padded number, want %s in as few bytes as it needs", what)
	default:
		d.at += n
		return v
	}
	return 0
}

func (d *stateDecoder) varint(what string) int64 {
	v := d.uvarint(what)
	return int64(v>>1) ^ -int64(v&1)
}

// length reads how many items follow, at most limit, each of at least size bytes: a wrong one allocates nothing.
func (d *stateDecoder) length(what string, limit, size int) int {
	at := d.at
	n := d.uvarint(what)
	if fits := uint64(min(limit, (len(d.data)-d.at)/size)); n > fits {
		d.fail(at, "found %d, want %s of at most %d", n, what, fits)
		return 0
	}
	return int(n)
}

// end returns the first problem. Bytes after a state are one.
func (d *stateDecoder) end() error {
	if left := len(d.data) - d.at; left > 0 {
		d.fail(d.at, "found %d more bytes, want the end", left)
	}
	return d.err
}
