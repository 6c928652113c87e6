package journal

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/neoerror"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// The classes of error of this package. Test for them with errors.Is.
var (
	ErrUnsettled  = errors.New("journal: committed, but not in the graph yet")                                  // class of *UnsettledError
	ErrStale      = errors.New("journal: graph was behind the journal")                                         // it was brought up to date: try again
	ErrAhead      = errors.New("journal: graph has a version that the journal has not")                         // they are of different moments
	ErrMoved      = errors.New("journal: another type or other ends under the same id")                         // a relationship that is another one needs another id
	ErrEnd        = errors.New("journal: a relationship's end is not a governed node of the graph")             // put it first
	ErrUngoverned = errors.New("journal: a statement changed what it did not return, or what has no stable id") // of Graph.Write
	ErrReadOnly   = errors.New("journal: a statement of Read changed the graph")                                // use Write
	ErrIsolation  = errors.New("journal: transaction is not read committed")                                    // it would not see what the graph shows
)

// UnsettledError says that a write is committed in PostgreSQL, and that the graph could not be given it. Nothing is lost and
// the write must not be repeated: Settle and Run give it to the graph.
type UnsettledError struct {
	Entities int   // how many
	Err      error // why
}

// Error says how many entities are concerned.
func (e *UnsettledError) Error() string {
	return fmt.Sprintf("%v: %d entities", ErrUnsettled, e.Entities)
}

// Is reports whether target is ErrUnsettled.
func (e *UnsettledError) Is(target error) bool { return target == ErrUnsettled }

// Unwrap returns Err.
func (e *UnsettledError) Unwrap() error { return e.Err }

// passing reports whether the same write may succeed when it is tried again.
func passing(err error) bool {
	if errors.Is(err, ErrStale) || neoerror.Passing(err) {
		return true
	}
	switch pgerror.State(err) {
	case "40001", "40P01": // serialization failure, deadlock
		return true
	}
	return errors.Is(err, pgx.ErrTxCommitRollback)
}
