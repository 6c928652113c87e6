package backup

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/governance"
)

// Job is a source that a Runner backs up, and all that is needed to prove its backups.
type Job struct {
	Source     Source                // what is backed up; its Name names the job
	Categories []governance.Category // what is in it: the strictest tier of them holds
	Tier       string                // name of a tier, instead of that of the categories
	Repository Repository            // where snapshots go: it has the places of the tier; several jobs may share it
	Stream     Stream                // carries snapshots onward; nil: snapshots alone

	// Group names jobs that are restored to one cut. The first of them in Config.Jobs leads: what it reached is the cut to
	// which the others are taken, from their newest snapshot that is not after it: where the leader has no Stream, they are to
	// be backed up before it. The drill of the leader restores all of them together. Empty: the job is alone.
	Group string
	// Journaled says that the destination carries a snapshot on to the cut of the group by itself, from a journal that the
	// leader of the group brought back. Otherwise what was written between the two counts as lost.
	Journaled bool

	Witness    Witness     // observes the live store for drills, with a Stream; nil: the facts in the snapshot are compared
	Scratch    Scratch     // where drills restore; nil: nothing is ever proven
	Invariants []Invariant // what the host knows to hold in a restored store
}

// A Stream carries the snapshots of a source onward, such as a receiver of a write-ahead log.
type Stream interface {
	// Run appends to logs of the repository until ctx ends. The Runner starts it again after an error.
	Run(ctx context.Context) error
	// Durable returns the cut up to which the repository has all that was committed, with the time at which this was
	// last known to be all: of a store where nothing is written, that goes on. Zero: not known yet.
	Durable() Cut
	// Logs returns those of the logs in a repository that carry a snapshot on, in the order in which they are read:
	// WALLogs does so for PostgreSQL. Positions in them are of the measure of Cut.LSN.
	Logs(s Snapshot, all []LogState) []LogState
	// Needs returns from which position on each log is needed for as long as a snapshot is kept. It may be before the cut: a
	// snapshot of a store that is written to may need what was logged while it was taken.
	Needs(r Reader) (map[string]uint64, error)
	// Locate returns the cut of a restore point that was named in the server. An error is ErrNotFound where none is known.
	Locate(ctx context.Context, point string) (Cut, error)
}

// Scratch is a place for drills.
type Scratch interface {
	// Open returns a destination, fresh and empty, and what gives it up with all that is in it. The latter is called
	// once, whatever happened to the former.
	Open(ctx context.Context) (Destination, func(context.Context) error, error)
}

// Reacher is a Destination that knows what moment it was taken to.
type Reacher interface {
	// Reached returns the moment, after Restore.
	Reached(ctx context.Context) (Cut, error)
}

// Invariant is a check of a restored store that the host brings: references between stores that resolve, sums that hold.
type Invariant func(ctx context.Context, restored Destination) ([]Finding, error)

// WALLogs returns the logs of a write-ahead log that carry a snapshot on: "wal.", the system identifier, '.', the timeline.
// They are ordered by timeline, beginning with that of the snapshot.
func WALLogs(s Snapshot, all []LogState) []LogState {
	type line struct {
		LogState
		timeline uint32
	}
	var lines []line
	for _, l := range all {
		var timeline uint32
		rest, ok := strings.CutPrefix(l.Name, "wal."+s.Cut.System+".")
		if _, err := fmt.Sscanf(rest, "%d", &timeline); !ok || err != nil || fmt.Sprint(timeline) != rest {
			continue
		}
		if s.Cut.System != "" && timeline >= s.Cut.Timeline {
			lines = append(lines, line{l, timeline})
		}
	}
	slices.SortFunc(lines, func(a, b line) int { return cmp.Compare(a.timeline, b.timeline) })
	var logs []LogState
	for _, l := range lines {
		logs = append(logs, l.LogState)
	}
	return logs
}
