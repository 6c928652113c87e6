package replication

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// Slot is the state of a physical replication slot.
type Slot struct {
	Exists   bool       // there is one of the name
	LSN      backup.LSN // from which on the server keeps its log; 0: it keeps nothing, as of a slot that was invalidated
	Timeline uint32     // of LSN; 0 where the server does not tell
}

// Slot returns the state of a slot (READ_REPLICATION_SLOT, which servers have since version 15).
func (c *Conn) Slot(ctx context.Context, name string) (Slot, error) {
	row, err := c.row(ctx, "READ_REPLICATION_SLOT "+pgx.Identifier{name}.Sanitize(), 3)
	if err != nil || row[0] == nil {
		return Slot{}, err
	}
	if string(row[0]) != "physical" {
		return Slot{}, fmt.Errorf("%w: the slot is not a physical one", ErrProtocol)
	}
	s := Slot{Exists: true}
	if row[1] == nil {
		return s, nil
	}
	timeline, err := strconv.ParseUint(string(row[2]), 10, 32)
	if err != nil {
		return Slot{}, fmt.Errorf("%w: a slot's timeline that is none", ErrProtocol)
	}
	s.Timeline = uint32(timeline)
	if s.LSN, err = backup.ParseLSN(string(row[1])); err != nil {
		return Slot{}, fmt.Errorf("%w: a slot's position that is none", ErrProtocol)
	}
	return s, nil
}

// CreateSlot creates a permanent physical slot that keeps the log from the last checkpoint's start on.
func (c *Conn) CreateSlot(ctx context.Context, name string) error {
	_, err := c.row(ctx, "CREATE_REPLICATION_SLOT "+pgx.Identifier{name}.Sanitize()+" PHYSICAL RESERVE_WAL", 1)
	return err
}

// DropSlot drops a slot when nobody uses it any more, for which it waits.
func (c *Conn) DropSlot(ctx context.Context, name string) error {
	_, err := c.pg.Exec(ctx, "DROP_REPLICATION_SLOT "+pgx.Identifier{name}.Sanitize()+" WAIT").ReadAll()
	return pgerror.Wrap("replication: DROP_REPLICATION_SLOT", err)
}

// CheckSlotName says what is wrong with the name of a slot, or nil: it has 1 to 63 lower-case letters, digits and '_'.
func CheckSlotName(name string) error {
	foreign := func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789_", r) }
	if name == "" || len(name) > 63 || strings.ContainsFunc(name, foreign) {
		return fmt.Errorf("a slot's name of %d bytes, expected 1 to 63 of a to z, 0 to 9 and _", len(name))
	}
	return nil
}
