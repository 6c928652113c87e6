package governance

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// EventID identifies one governed call; the events of the call share it. It is a version 7 UUID (RFC 9562, section 5.7):
// 48 bits of milliseconds since 1970 and 12 bits of the fraction of the millisecond (section 6.2, method 3), so that
// identifiers sort by time, and 62 random bits.
type EventID [16]byte

// set makes a new identifier. It needs numbers that do not repeat, not numbers that nobody can guess: math/rand/v2 is
// ChaCha8 seeded by the operating system, at a fraction of the price of crypto/rand.
func (id *EventID) set(now time.Time) {
	nanoseconds := uint64(now.Nanosecond())
	milliseconds, rest := uint64(now.Unix())*1000+nanoseconds/1e6, nanoseconds%1e6
	binary.BigEndian.PutUint64(id[:8], milliseconds<<16|0x7000|rest<<12/1e6)
	binary.BigEndian.PutUint64(id[8:], 1<<63|rand.Uint64()>>2)
}

// String returns the usual form of a UUID, with hyphens.
func (id EventID) String() string {
	h := hex.EncodeToString(id[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// MarshalText implements encoding.TextMarshaler with String.
func (id EventID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler: it reads what MarshalText writes.
func (id *EventID) UnmarshalText(text []byte) error {
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return fmt.Errorf("governance: event id of %d bytes: want a UUID with hyphens", len(text))
	}
	digits := string(text[:8]) + string(text[9:13]) + string(text[14:18]) + string(text[19:23]) + string(text[24:])
	var parsed EventID
	if _, err := hex.Decode(parsed[:], []byte(digits)); err != nil {
		return errors.New("governance: event id: a character that is not hexadecimal")
	}
	*id = parsed
	return nil
}
