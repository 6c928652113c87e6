package pgseal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/note"
)

// VerifyConfig says what a verification rests on.
type VerifyConfig struct {
	// Schema is the schema of the trail; empty: DefaultSchema.
	Schema string
	// Keys are the keys whose signature is trusted. Required.
	Keys note.Verifiers
	// Trusted are checkpoints that were kept outside the database, each opened with OpenCheckpoint or read by
	// Folder.Checkpoints. Only they show that the end of the log was cut off, or that all of it was written anew by somebody
	// who has the key.
	Trusted []Checkpoint
	// Heartbeat, when it is set, is how often a checkpoint was to be made: longer silences are reported in Report.Gaps.
	Heartbeat time.Duration
	// Progress, when it is set, is called now and then with the number of records that have been read.
	Progress func(records int)
}

// Querier is what is verified: a pool or a connection, whose data is then read in one snapshot; or a transaction, which is
// read as it is.
type Querier interface {
	// Query is that of pgx.
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	// QueryRow is that of pgx.
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Report is what a verification found. Passed says whether there is nothing wrong with what was verified; what was not is
// in the other fields, and is no pass.
type Report struct {
	Logs        []LogReport   `json:"logs"`               // one for each era
	Records     int           `json:"records"`            // that were read and hashed
	Checkpoints int           `json:"checkpoints"`        // whose signature and root hold, those from outside included
	Outside     int           `json:"outside"`            // of them from outside the database
	Erased      int           `json:"erased"`             // persons whose opening is erased
	Unsealed    int           `json:"unsealed"`           // records that nothing has been proven about yet
	Gaps        []Gap         `json:"gaps,omitempty"`     // silences longer than two heartbeats
	Findings    []Finding     `json:"findings,omitempty"` // at most 100, in the order of the log
	Found       int           `json:"found"`              // how many findings there are
	Took        time.Duration `json:"took_ns"`            // the whole verification
}

// LogReport is the part of a report about one log.
type LogReport struct {
	Era     int    `json:"era"`     // number of the log, from 1
	Origin  string `json:"origin"`  // its name in checkpoints
	Size    uint64 `json:"size"`    // sealed leaves
	Signed  uint64 `json:"signed"`  // leaves under the last checkpoint that holds
	Root    []byte `json:"root"`    // that was computed from the records
	Outside uint64 `json:"outside"` // leaves under the last checkpoint from outside that holds; 0: there was none
}

// Gap is a time without a checkpoint.
type Gap struct {
	Era     int       `json:"era"`     // of the log
	From    time.Time `json:"from"`    // time of the checkpoint before it
	To      time.Time `json:"to"`      // time of the one after it
	Seconds float64   `json:"seconds"` // between them
}

// Finding is one thing that is wrong.
type Finding struct {
	Kind   FindingKind `json:"kind"`          // what is wrong
	Era    int         `json:"era"`           // of the log
	Index  int64       `json:"index"`         // of the first leaf, or the checkpoint, that it is about; -1: of none
	Tx     string      `json:"tx,omitempty"`  // place of that record
	Seq    int64       `json:"seq,omitempty"` // likewise
	Detail string      `json:"detail"`        // what was found, and what was expected
}

// String returns the finding in one line.
func (f Finding) String() string {
	at := ""
	if f.Index >= 0 {
		at = fmt.Sprintf(" at %d", f.Index)
	}
	if f.Tx != "" {
		at += fmt.Sprintf(" (tx %s, seq %d)", f.Tx, f.Seq)
	}
	return fmt.Sprintf("era %d: %s%s: %s", f.Era, f.Kind, at, f.Detail)
}

// FindingKind says what is wrong, in one word.
type FindingKind string

// The kinds of finding.
const (
	Changed       FindingKind = "changed"        // a record does not have the hash that was sealed
	Missing       FindingKind = "missing"        // fewer records than were sealed
	Inserted      FindingKind = "inserted"       // records of no log, or tiles that no record accounts for
	TileChanged   FindingKind = "tile_changed"   // a stored node differs from the one that the records give
	RootChanged   FindingKind = "root_changed"   // the log's own root or size differs
	Unsigned      FindingKind = "unsigned"       // a checkpoint that no trusted key has signed, or that is none
	Contradicted  FindingKind = "contradicted"   // a checkpoint says another root, number or database than the log or another checkpoint
	CutOff        FindingKind = "cut_off"        // a checkpoint knows more leaves than there are
	NoCheckpoint  FindingKind = "no_checkpoint"  // sealed leaves without a checkpoint, or one missing that others or the outside know
	Malformed     FindingKind = "malformed"      // a record that cannot be read
	WrongOpening  FindingKind = "wrong_opening"  // a person who is not the one that the leaf commits to
	Duplicate     FindingKind = "duplicate"      // an event that is on record twice
	Unlinked      FindingKind = "unlinked"       // a log that does not name the one before as it is
	UnknownOrigin FindingKind = "unknown_origin" // a trusted checkpoint of a log that is not there
)

// maxFindings is how many findings a report lists.
const maxFindings = 100

// Passed reports whether nothing is wrong, and there was something to verify.
func (r *Report) Passed() bool { return r.Found == 0 && len(r.Logs) > 0 && r.Checkpoints > 0 }

func (r *Report) add(f Finding) {
	r.Found++
	if len(r.Findings) < maxFindings {
		r.Findings = append(r.Findings, f)
	}
}

// Verify reads the whole trail and recomputes everything that the seals say of it: the hash of each record as it is
// stored, every node of the trees, the roots, the signatures and the order of the checkpoints, those from outside too, the
// openings that are still there, and that no event is on record twice. It trusts the keys and the checkpoints in c, and
// nothing that is in the database. It keeps 8 bytes of memory for each record.
//
// The error says that it could not be verified: a *Report with findings is no error.
func Verify(ctx context.Context, db Querier, c VerifyConfig) (Report, error) {
	if c.Keys == nil {
		return Report{}, errors.New("pgseal: verify: no keys to trust")
	}
	began := time.Now()
	var r Report
	err := inSnapshot(ctx, db, func(db querier) error {
		v := verifier{VerifyConfig: c, db: db, schema: schemaOf(c.Schema), report: &r}
		return v.verify(ctx)
	})
	r.Took = time.Since(began)
	return r, fail("verify", err)
}

// inSnapshot reads what is a pool in one snapshot.
func inSnapshot(ctx context.Context, db Querier, do func(querier) error) error {
	pool, ok := db.(interface {
		BeginTx(ctx context.Context, options pgx.TxOptions) (pgx.Tx, error)
	})
	if !ok {
		return do(db)
	}
	tx, err := pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return err
	}
	defer func() {
		detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = tx.Rollback(detached) // nothing was written
	}()
	return do(tx)
}
