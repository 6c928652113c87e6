package backup

import (
	"errors"
	"fmt"
	"time"
)

// The classes of error of this package and those below it. Test for them with errors.Is.
var (
	ErrName        = errors.New("backup: not a name")                     // of an object, a source, a log
	ErrExists      = errors.New("backup: exists already")                 // put-if-absent found something
	ErrNotFound    = errors.New("backup: not found")                      // no such object, snapshot, item
	ErrRetained    = errors.New("backup: retained")                       // a place refuses to delete
	ErrFull        = errors.New("backup: no space left")                  // a disk, a quota
	ErrUnavailable = errors.New("backup: place unavailable")              // a place does not answer; try again later
	ErrWrongKey    = errors.New("backup: wrong key")                      // the repository was made with another
	ErrRollback    = errors.New("backup: repository is older than known") // somebody put an older one in its place
	ErrClock       = errors.New("backup: clock was set back")             // now is before what is on record
	ErrNotEmpty    = errors.New("backup: destination is not empty")       // nothing is overwritten
	ErrVersion     = errors.New("backup: version not supported")          // of a server or a format
	ErrChanged     = errors.New("backup: changed during the backup")      // a table was dropped, a file was replaced
	ErrNotProven   = errors.New("backup: not a backup")                   // no fresh certificate
	ErrUnreachable = errors.New("backup: goal cannot be reached")         // no snapshot and log lead to it
	ErrCorrupt     = errors.New("backup: corrupt")                        // class of *CorruptError
	ErrGap         = errors.New("backup: gap in a log")                   // class of *GapError
	ErrCluster     = errors.New("backup: another cluster")                // class of *ClusterError
)

// CorruptError says that an object, or a chunk in it, is not what was written, or is missing, in every place.
type CorruptError struct {
	Place  string // where; empty: in all places
	Object string // its name
	Text   string // what is wrong with it
	Err    error  // what was returned, if something was
}

// Error names the object and what is wrong.
func (e *CorruptError) Error() string {
	where := ""
	if e.Place != "" {
		where = " in " + e.Place
	}
	return fmt.Sprintf("backup: corrupt object %s%s: %s", e.Object, where, e.Text)
}

// Is reports whether target is ErrCorrupt.
func (e *CorruptError) Is(target error) bool { return target == ErrCorrupt }

// Unwrap returns Err.
func (e *CorruptError) Unwrap() error { return e.Err }

// GapError says that a log has nothing between two positions.
type GapError struct {
	Log      string // its name
	From, To uint64 // what is missing: From included, To not
}

// Error names the log and the positions.
func (e *GapError) Error() string {
	return fmt.Sprintf("backup: gap in log %s from %s to %s", e.Log, LSN(e.From), LSN(e.To))
}

// Is reports whether target is ErrGap.
func (e *GapError) Is(target error) bool { return target == ErrGap }

// ClusterError says that what was found belongs to another PostgreSQL cluster.
type ClusterError struct {
	Found, Expected string // system identifiers
}

// Error names both.
func (e *ClusterError) Error() string {
	return fmt.Sprintf("backup: another cluster: found system identifier %s, expected %s", e.Found, e.Expected)
}

// Is reports whether target is ErrCluster.
func (e *ClusterError) Is(target error) bool { return target == ErrCluster }

// Progress is how far a long work has come. Callbacks that take it are called by one goroutine at a time, at most some
// times a second, and must return soon.
type Progress struct {
	Work  string        // such as "backup postgres"
	Item  string        // what is at hand, such as a table's name
	Done  int64         // bytes
	Total int64         // bytes, as far as known; 0: not known
	Spent time.Duration // since the work began
}
