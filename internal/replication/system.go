package replication

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// System is what a server says of itself.
type System struct {
	ID       string     // system identifier of its cluster, in decimal
	Timeline uint32     // on which it is
	LSN      backup.LSN // up to which its log is flushed; of a standby: received or replayed
}

// System asks who the server is (IDENTIFY_SYSTEM).
func (c *Conn) System(ctx context.Context) (System, error) {
	row, err := c.row(ctx, "IDENTIFY_SYSTEM", 3)
	if err != nil {
		return System{}, err
	}
	timeline, err1 := strconv.ParseUint(string(row[1]), 10, 32)
	lsn, err2 := backup.ParseLSN(string(row[2]))
	if err1 != nil || err2 != nil || len(row[0]) == 0 {
		return System{}, fmt.Errorf("%w: IDENTIFY_SYSTEM answered no identifier, timeline and position", ErrProtocol)
	}
	return System{ID: string(row[0]), Timeline: uint32(timeline), LSN: lsn}, nil
}

// SegmentSize returns the size of the files of the server's log, in bytes: a power of two from 1 MiB to 1 GiB.
func (c *Conn) SegmentSize(ctx context.Context) (uint64, error) {
	text, err := c.Show(ctx, "wal_segment_size")
	if err != nil {
		return 0, err
	}
	size, err := ParseSize(text)
	if err != nil || size < 1<<20 || size > 1<<30 || size&(size-1) != 0 {
		return 0, fmt.Errorf("%w: a wal_segment_size that is none", ErrProtocol)
	}
	return size, nil
}

// ParseSize reads a size as SHOW prints it, such as "16MB", in bytes. A number without a unit is in bytes.
func ParseSize(text string) (uint64, error) {
	for unit, factor := range map[string]uint64{"kB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40} {
		if number, found := strings.CutSuffix(text, unit); found {
			n, err := strconv.ParseUint(number, 10, 63)
			if err != nil || n > 1<<63/factor {
				return 0, fmt.Errorf("%w: %d bytes that are no size", ErrProtocol, len(text))
			}
			return n * factor, nil
		}
	}
	n, err := strconv.ParseUint(strings.TrimSuffix(text, "B"), 10, 63)
	if err != nil {
		return 0, fmt.Errorf("%w: %d bytes that are no size", ErrProtocol, len(text))
	}
	return n, nil
}

// ParseDuration reads a duration as SHOW prints it, such as "1min" or "500ms". A number without a unit is in milliseconds.
func ParseDuration(text string) (time.Duration, error) {
	for _, unit := range []struct {
		name string
		of   time.Duration
	}{{"ms", time.Millisecond}, {"us", time.Microsecond}, {"min", time.Minute}, {"s", time.Second}, {"h", time.Hour},
		{"d", 24 * time.Hour}, {"", time.Millisecond}} {
		number, found := strings.CutSuffix(text, unit.name)
		if n, err := strconv.ParseInt(number, 10, 32); found && err == nil && n >= 0 {
			return time.Duration(n) * unit.of, nil
		}
	}
	return 0, fmt.Errorf("%w: %d bytes that are no duration", ErrProtocol, len(text))
}
