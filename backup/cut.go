package backup

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// LSN is a position in PostgreSQL's write-ahead log, in bytes since its beginning.
type LSN uint64

// String returns the form that PostgreSQL prints, such as "16/B374D848".
func (l LSN) String() string { return fmt.Sprintf("%X/%X", uint64(l)>>32, uint32(l)) }

// ParseLSN reads the form that PostgreSQL prints.
func ParseLSN(text string) (LSN, error) {
	high, low, found := strings.Cut(text, "/")
	h, err1 := strconv.ParseUint(high, 16, 32)
	l, err2 := strconv.ParseUint(low, 16, 32)
	if !found || err1 != nil || err2 != nil {
		return 0, fmt.Errorf("backup: %d bytes that are no LSN, expected two hexadecimal numbers such as 16/B374D848", len(text))
	}
	return LSN(h<<32 | l), nil
}

// MarshalText returns String.
func (l LSN) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText is ParseLSN.
func (l *LSN) UnmarshalText(text []byte) (err error) {
	*l, err = ParseLSN(string(text))
	return err
}

// Cut is the moment to which a snapshot belongs. Stores that are written together share one: the position in the
// write-ahead log of the PostgreSQL cluster that commits for them. A snapshot without PostgreSQL has a time alone.
type Cut struct {
	Time     time.Time `json:"time"`               // UTC, by the clock of the server that was read
	System   string    `json:"system,omitempty"`   // PostgreSQL's system identifier
	Timeline uint32    `json:"timeline,omitempty"` // of LSN
	LSN      LSN       `json:"lsn,omitempty"`      // all that was committed before it is in the cut, and nothing else
}

// Goal is the moment that a restore is to reach. The zero Goal is the latest that can be reached. At most one of
// Time, LSN and Point is set.
type Goal struct {
	Time  time.Time `json:"time,omitzero"`   // the last moment not after this instant
	LSN   LSN       `json:"lsn,omitempty"`   // what was committed before this position
	Point string    `json:"point,omitempty"` // a restore point that somebody named in the server
}
