package backup

import (
	"context"
	"iter"
	"time"
)

// Entry is a piece of a log.
type Entry struct {
	Start uint64    // position of the first byte, in the log's own measure
	End   uint64    // position after the last byte: the Start of the next entry, unless something is missing between
	Time  time.Time // UTC, when the entry was made where it comes from
	Data  []byte    // at most MaxChunk bytes
}

// A Log is a sequence of entries in a repository, ordered by their Start, each durable on its own. The entries of one log
// are appended by one writer at a time; a second that appends meanwhile is refused with ErrExists or finds nothing wrong
// if it appends the same.
type Log interface {
	// Append adds entries, in order, and returns nil when enough places have made all of them durable. Entries that are
	// given together may be stored as one object.
	Append(ctx context.Context, entries ...Entry) error
	// Entries yields the entries that end after a position, in order. A hole between two is yielded as a *GapError, after
	// which the entries go on; a damaged one as a *CorruptError, after which they end.
	Entries(ctx context.Context, from uint64) iter.Seq2[Entry, error]
}

// LogState is what a repository holds of a log.
type LogState struct {
	Name  string    `json:"name"`           // such as "wal.7012345678901234567.1"
	First uint64    `json:"first"`          // Start of the first entry
	Last  uint64    `json:"last"`           // End of the last entry
	Time  time.Time `json:"time"`           // of the last entry
	Size  int64     `json:"size"`           // bytes stored
	Gaps  []Span    `json:"gaps,omitempty"` // what is missing between First and Last, in order
}

// Span is a part of a log.
type Span struct {
	From uint64 `json:"from"` // position of its first byte
	To   uint64 `json:"to"`   // position after its last byte
}
