package pgsink

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/governance"
)

// Config is what a Sink is made of. Pool and Pseudonyms are required.
type Config struct {
	// Pool is the database of the audit trail, which is the one that the host writes to. It may be the host's own pool, of
	// at least two connections: InTx leaves one of them for attempts, denials and failures, which must not wait for the
	// transaction that waits for them. A host that holds connections by itself while it makes governed calls, such as one
	// that uses WithTx, gives the sink a pool of its own. The host closes it.
	Pool *pgxpool.Pool
	// Schema is the PostgreSQL schema that Migrate made; empty: DefaultSchema.
	Schema string
	// Pseudonyms replace persons before anything is sent.
	Pseudonyms governance.Pseudonyms
	// IndexEvery is how long Run waits when the index is up to date; 0: one second.
	IndexEvery time.Duration
}

// Sink is the audit trail in PostgreSQL, a governance.AuditSink. It is safe for concurrent use, starts no goroutine and
// needs no closing; Run keeps its index.
type Sink struct {
	pool       *pgxpool.Pool
	schema     string
	pseudonyms governance.Pseudonyms
	indexEvery time.Duration
	statements statements
	lanes      lanes
	units      chan struct{} // has as many places as InTx may hold connections
}

var _ governance.AuditSink = (*Sink)(nil)

// New returns a sink, or every fault of the configuration in one error. It does not use the pool.
func New(c Config) (*Sink, error) {
	var faults []string
	if c.Pool == nil {
		faults = append(faults, "no pool")
	} else if n := c.Pool.Config().MaxConns; n < 2 {
		faults = append(faults, fmt.Sprintf("a pool of at most %d connection: want at least 2", n))
	}
	if err := checkSchema(c.Schema); err != nil {
		faults = append(faults, strings.TrimPrefix(err.Error(), "pgsink: "))
	}
	if c.Pseudonyms.IsZero() {
		faults = append(faults, "no pseudonyms: make them with governance.NewPseudonyms")
	}
	if c.IndexEvery < 0 {
		faults = append(faults, fmt.Sprintf("an interval of %s between two looks at the index", c.IndexEvery))
	}
	if len(faults) > 0 {
		return nil, errors.New("pgsink: config: " + strings.Join(faults, "; "))
	}
	s := &Sink{pool: c.Pool, schema: schemaName(c.Schema), pseudonyms: c.Pseudonyms}
	s.indexEvery = cmp.Or(c.IndexEvery, defaultIndexEvery)
	s.statements = newStatements(s.schema)
	s.lanes = newLanes(s.insertGroup)
	s.units = make(chan struct{}, c.Pool.Config().MaxConns-1)
	return s, nil
}

// Record puts an event on record. The Effect of a call that writes goes into the transaction of the write when the
// context carries one (InTx, InBatch, WithTx, WithBatch): it is on record when, and only when, that commits. Everything
// else is on record when Record returns, in a transaction of its own, which survives a rollback of the caller's: attempts,
// denials and failures, effects of calls outside any unit of work, and effects of Read and Export, since what was
// released stays released. Concurrent events share such a transaction.
//
// An event that is on record already is no error. Errors: an event that no Guard makes, of another kind, with a time
// outside of the years 1 to 9999, or an action or category of more than 1024 bytes; ErrNotMigrated, ErrEnded, or what the driver returns, wrapped.
func (s *Sink) Record(ctx context.Context, e governance.Event) error {
	r, err := s.rowOf(e)
	if err != nil {
		return err
	}
	if e.Kind != governance.Effect || e.Action == governance.Read || e.Action == governance.Export {
		return s.lanes.record(ctx, r)
	}
	work := carried(ctx)
	switch {
	case work.unit != nil && work.unit.sink == s:
		return work.unit.add(r)
	case work.tx != nil:
		_, err := work.tx.Exec(ctx, s.statements.one, r.Leaf, r.Actor, r.Subject)
		return unrecorded(err)
	case work.batch != nil:
		s.queue(work.batch, r)
		return nil
	}
	return s.lanes.record(ctx, r)
}

// Guarantee implements governance.AuditSink.
func (s *Sink) Guarantee() governance.Guarantee { return governance.Transactional }

// queue adds the insert of rows to a batch, so that its failure is told from those of the host's statements.
func (s *Sink) queue(batch *pgx.Batch, rows ...row) {
	sql, args := s.statements.insert(rows)
	batch.Queue(sql, args...).Fn = func(results pgx.BatchResults) error {
		_, err := results.Exec()
		return unrecorded(err)
	}
}

// insertGroup adds rows in one transaction of their own, but those whose events were handed over before.
func (s *Sink) insertGroup(ctx context.Context, rows []row) error {
	sql, args := s.statements.insertOnce(rows)
	_, err := s.pool.Exec(ctx, sql, args...)
	return unrecorded(err)
}
