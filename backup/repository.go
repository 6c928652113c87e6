package backup

import (
	"context"
	"time"
)

// SnapshotID names a snapshot within a repository. It sorts by the order in which snapshots were committed.
type SnapshotID string

// Snapshot describes what a source wrote at one cut.
type Snapshot struct {
	ID       SnapshotID `json:"id"`       // unique within the repository
	Source   string     `json:"source"`   // Name of the Source
	Cut      Cut        `json:"cut"`      //
	Started  time.Time  `json:"started"`  // UTC
	Finished time.Time  `json:"finished"` // UTC, when it was committed
	Items    int        `json:"items"`    // how many
	Size     int64      `json:"size"`     // bytes as the source gave them
	Stored   int64      `json:"stored"`   // bytes that were not in the repository before, as they are kept
}

// A Repository keeps snapshots and logs, sealed, in all of its places. repository.Repository is the one that lasts;
// backuptest.Repository is a fake in memory.
type Repository interface {
	// Write calls write with a Writer and commits what it wrote, durable in enough places, as the next snapshot of a
	// source. After an error there is no new snapshot, and what is left behind is collected by Prune.
	Write(ctx context.Context, source string, write func(context.Context, Writer) (Cut, error)) (Snapshot, error)
	// Snapshots returns all, oldest first. The caller owns the slice.
	Snapshots(ctx context.Context) ([]Snapshot, error)
	// Open reads a snapshot. An error is ErrNotFound where there is none.
	Open(ctx context.Context, id SnapshotID) (Reader, error)
	// Log returns a log, which is empty until something is appended. The name follows the rule of a segment of an object's
	// name.
	Log(name string) Log
	// Logs returns what there is of each log, ordered by name.
	Logs(ctx context.Context) ([]LogState, error)
	// Verify reads all that every place has and is to have, and mends what another place or parity allows.
	Verify(ctx context.Context) (Verification, error)
	// Prune gives up what is not to be kept. It removes nothing that a kept snapshot or log needs, nor anything that
	// another writer may be about to need.
	Prune(ctx context.Context, keep Keep) (Pruned, error)
	// Places returns what is known of each place, in the order of their configuration.
	Places(ctx context.Context) ([]PlaceState, error)
}

// Keep is what a Prune is to keep.
type Keep struct {
	Snapshots []SnapshotID      // all others are given up
	Logs      map[string]uint64 // by name: entries that end at or before the position are given up; a log not named is kept whole
}

// Verification is what Verify read and found.
type Verification struct {
	Objects  int       `json:"objects"`           // read, in all places
	Bytes    int64     `json:"bytes"`             // read, in all places
	Damaged  []Damage  `json:"damaged,omitempty"` // found, mended or not
	Started  time.Time `json:"started"`           // UTC
	Finished time.Time `json:"finished"`          // UTC
}

// Damage is an object that a place does not have as it should.
type Damage struct {
	Place  string `json:"place"`  // its name
	Object string `json:"object"` // its name
	Text   string `json:"text"`   // what is wrong with it
	Mended bool   `json:"mended"` // it was put right again

	Foreign bool `json:"foreign,omitempty"` // it belongs to nothing in the repository, and nothing needs it
}

// harms reports whether something that is needed is damaged still.
func (d Damage) harms() bool { return !d.Mended && !d.Foreign }

// Passed reports whether everything is intact now.
func (v Verification) Passed() bool {
	for _, d := range v.Damaged {
		if d.harms() {
			return false
		}
	}
	return v.Objects > 0
}

// Pruned is what a Prune did.
type Pruned struct {
	Marked  int   `json:"marked"`  // objects found to be garbage, to be removed by a later Prune
	Removed int   `json:"removed"` // objects removed, in all places
	Freed   int64 `json:"freed"`   // bytes removed, in all places
	Refused int   `json:"refused"` // objects that a place refused to remove: it will be asked again
}

// PlaceState is what is known of a place.
type PlaceState struct {
	Name    string     `json:"name"`             // of the place
	Kind    PlaceKind  `json:"kind"`             // its sort
	Err     error      `json:"-"`                // why it is not usable now; nil: it is
	Newest  SnapshotID `json:"newest,omitempty"` // the newest snapshot that it has whole
	Time    time.Time  `json:"time,omitzero"`    // when that was committed
	Missing int        `json:"missing"`          // objects that it is still to be given
}
