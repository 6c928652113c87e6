package replication

import "errors"

// ErrProtocol says that the server sent what it may not send at that point, or what has not the expected form.
var ErrProtocol = errors.New("replication: unexpected message of the server")

// The codes (SQLSTATE) of PostgreSQL that callers branch on.
const (
	StateUndefinedFile   = "58P01" // the requested part of the log was removed
	StateUndefinedObject = "42704" // no such slot
	StateDuplicateObject = "42710" // there is such a slot
	StateInUse           = "55006" // the slot is used by another connection
	StatePrerequisite    = "55000" // the slot was invalidated
)
