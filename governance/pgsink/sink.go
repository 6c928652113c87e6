package pgsink

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/governance"
)

// Config is what a Sink is made of. Both fields are required.
type Config struct {
	// Pool is where the sink gets connections of its own, for what must survive the caller's rollback. It must not be the
	// pool of InTx, whose calls hold a connection while the sink needs another; a few connections are enough.
	Pool *pgxpool.Pool
	// Pseudonyms stand for persons in the trail.
	Pseudonyms governance.Pseudonyms
}

// Sink is a governance.AuditSink. It is safe for concurrent use.
type Sink struct {
	pool       *pgxpool.Pool
	pseudonyms governance.Pseudonyms
	shared     gate
}

// New returns a sink. It does not connect, and makes no table.
func New(c Config) (*Sink, error) {
	var err error
	if c.Pool == nil {
		err = errors.New("no pool")
	}
	if c.Pseudonyms.IsZero() {
		err = both(err, errors.New("no pseudonyms"))
	}
	if err != nil {
		return nil, fmt.Errorf("pgsink: config: %w", err)
	}
	return &Sink{pool: c.Pool, pseudonyms: c.Pseudonyms}, nil
}

// Record puts an event on record, once for each ID and Kind. An effect goes into the unit of work that the context
// carries, and is on record when that commits; everything else is on record when Record returns nil.
func (s *Sink) Record(ctx context.Context, e governance.Event) error {
	r := e.Record(s.pseudonyms)
	if u := unitFrom(ctx); u != nil {
		if e.Kind == governance.Effect {
			return u.record(ctx, r)
		}
		if u.holds(s.pool) {
			return ErrSharedPool
		}
	}
	if err := s.record(ctx, r); err != nil {
		return wrap("record", err)
	}
	return nil
}

// ErrSharedPool says that the sink's pool is also that of the unit of work: units that hold all its connections would
// wait for the sink, and the sink for them.
var ErrSharedPool = errors.New("pgsink: the sink and the unit of work have the same pool: give the sink one of its own")

// insertOne inserts an event, unless it is there.
const insertOne = `
	INSERT INTO shugo.audit
		(id, kind, decided_at, operation, store, dataset, categories, action, purpose, version, stage, rule, reason,
		 row_count, masked, actor, subject)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
	ON CONFLICT (id, kind) DO NOTHING`

// values returns the parameters of insertOne. Lists are never null: an absent one is empty.
func values(r *governance.Record) []any {
	return []any{
		[16]byte(r.ID), string(r.Kind), r.Time, r.Operation, r.Store, r.Dataset, list(r.Categories), string(r.Action),
		string(r.Purpose), string(r.Version), string(r.Stage), r.Rule, string(r.Reason),
		counted(r.Rows), list(r.Masked), person(r.Actor), person(r.Subject),
	}
}

func list[S ~string](names []S) []string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(name)
	}
	return texts
}

// counted returns null for a number that nobody counted.
func counted(rows int64) *int64 {
	if rows == governance.NotCounted {
		return nil
	}
	return &rows
}

// person returns null for nobody.
func person(p governance.Pseudonym) *string {
	if p == "" {
		return nil
	}
	text := string(p)
	return &text
}

// insert sends several events in one transaction and one round trip.
func (s *Sink) insert(ctx context.Context, records []governance.Record) error {
	if len(records) == 1 {
		_, err := s.pool.Exec(ctx, insertOne, values(&records[0])...)
		return err
	}
	batch := &pgx.Batch{}
	for i := range records {
		batch.Queue(insertOne, values(&records[i])...)
	}
	return s.pool.SendBatch(ctx, batch).Close()
}
