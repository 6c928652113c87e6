package replication

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/shugo-data/shugo/backup"
)

// Switch is where a timeline left its parent.
type Switch struct {
	Parent uint32     // timeline that was left
	LSN    backup.LSN // up to which the parent's log is part of the child's past
}

// History returns the history file of a timeline above 1 (TIMELINE_HISTORY).
func (c *Conn) History(ctx context.Context, timeline uint32) ([]byte, error) {
	row, err := c.row(ctx, fmt.Sprintf("TIMELINE_HISTORY %d", timeline), 2)
	if err != nil {
		return nil, err
	}
	if want := fmt.Sprintf("%08X.history", timeline); string(row[0]) != want {
		return nil, fmt.Errorf("%w: another history file than %s", ErrProtocol, want)
	}
	return row[1], nil
}

// ParseHistory reads a history file: lines of a timeline and the position at which it was left, in ascending order, with
// comments. An error is ErrProtocol.
func ParseHistory(text []byte) ([]Switch, error) {
	var all []Switch
	for number, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.Fields(line)
		if len(fields) < 2 {
			return nil, fmt.Errorf("%w: line %d of a history file has %d fields, expected a timeline and a position", ErrProtocol, number+1, len(fields))
		}
		parent, err1 := strconv.ParseUint(fields[0], 10, 32)
		lsn, err2 := backup.ParseLSN(fields[1])
		if err1 != nil || err2 != nil || parent == 0 {
			return nil, fmt.Errorf("%w: line %d of a history file is no timeline and position", ErrProtocol, number+1)
		}
		if len(all) > 0 && (uint32(parent) <= all[len(all)-1].Parent || lsn < all[len(all)-1].LSN) {
			return nil, fmt.Errorf("%w: line %d of a history file goes back", ErrProtocol, number+1)
		}
		all = append(all, Switch{Parent: uint32(parent), LSN: lsn})
	}
	return all, nil
}
