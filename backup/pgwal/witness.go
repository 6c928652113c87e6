package pgwal

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// WitnessConfig says what is observed.
type WitnessConfig struct {
	// Connection is the connection string of one database of the cluster, of a role that may lock its tables in mode SHARE, and may call
	// pg_create_restore_point.
	Connection string
	// Facts observes what is to be found again after a restore, in a transaction of one snapshot. It should leave out what
	// changes without a transaction, such as sequences. Nil: the function Facts.
	Facts func(context.Context, pgx.Tx) ([]backup.Fact, error)
	// Patience is how long the tables' locks are waited for, while new writers wait behind; 0: two seconds.
	Patience time.Duration
}

// Witness observes a live cluster at one exact moment, marked by a restore point, so that a restore to the point must show
// the same facts. It implements backup.Witness.
//
// What it costs: to have a moment at which nobody writes, it locks all tables of the database in mode SHARE, which waits
// for the transactions that are writing and holds up new ones meanwhile, and lets go again some milliseconds later. Readers are
// never held up. The facts are computed afterwards, in the snapshot of that moment, for which the server keeps old row
// versions. Where a transaction writes for longer than Patience, the witness gives up with an error, and may try later.
type Witness struct {
	config WitnessConfig
}

var _ backup.Witness = (*Witness)(nil)

// NewWitness returns a witness, or all that is wrong with its configuration.
func NewWitness(c WitnessConfig) (*Witness, error) {
	var problems []error
	if c.Connection == "" {
		problems = append(problems, errors.New("pgwal: WitnessConfig.Connection is empty, expected a connection string"))
	}
	if c.Facts == nil {
		c.Facts = Facts
	}
	if c.Patience < 0 {
		problems = append(problems, fmt.Errorf("pgwal: WitnessConfig.Patience is %s, expected 0 or more", c.Patience))
	}
	if c.Patience == 0 {
		c.Patience = 2 * time.Second
	}
	if problems != nil {
		return nil, errors.Join(problems...)
	}
	return &Witness{c}, nil
}

// userTables lists the tables whose rows a transaction may change.
const userTables = `
SELECT format('%I.%I', n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence = 'p'
  AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
ORDER BY 1`

// Witness implements backup.Witness. The goal is a restore point with a name that nobody used before. An error is
// backup.ErrChanged where tables were made or dropped meanwhile.
func (w *Witness) Witness(ctx context.Context) (backup.Goal, []backup.Fact, error) {
	lock, err := pgx.Connect(ctx, w.config.Connection)
	if err != nil {
		return backup.Goal{}, nil, pgerror.Wrap("pgwal: witness: connect", err)
	}
	defer lock.Close(context.WithoutCancel(ctx))
	look, err := pgx.Connect(ctx, w.config.Connection)
	if err != nil {
		return backup.Goal{}, nil, pgerror.Wrap("pgwal: witness: connect", err)
	}
	defer look.Close(context.WithoutCancel(ctx))
	tx, err := look.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return backup.Goal{}, nil, pgerror.Wrap("pgwal: witness", err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	point := "shugo " + strings.ToLower(rand.Text())
	if err := w.mark(ctx, lock, tx, point); err != nil {
		return backup.Goal{}, nil, err
	}
	facts, err := w.config.Facts(ctx, tx)
	if err != nil {
		return backup.Goal{}, nil, fmt.Errorf("pgwal: witness: facts: %w", err)
	}
	return backup.Goal{Point: point}, facts, nil
}

// mark takes the snapshot of tx and makes the restore point while nobody writes.
func (w *Witness) mark(ctx context.Context, conn *pgx.Conn, look pgx.Tx, point string) error {
	lock, err := conn.Begin(ctx)
	if err != nil {
		return pgerror.Wrap("pgwal: witness", err)
	}
	defer lock.Rollback(context.WithoutCancel(ctx))
	if _, err := lock.Exec(ctx, `SELECT set_config('lock_timeout', $1, true)`, fmt.Sprintf("%dms", max(1, w.config.Patience.Milliseconds()))); err != nil {
		return pgerror.Wrap("pgwal: witness", err)
	}
	locked, err := tables(ctx, lock)
	if err != nil {
		return err
	}
	if len(locked) > 0 {
		if _, err := lock.Exec(ctx, "LOCK TABLE "+strings.Join(locked, ", ")+" IN SHARE MODE"); err != nil {
			return pgerror.Wrap("pgwal: witness: lock the tables", err)
		}
	}
	// The transaction gets a number, so that its commit makes the point durable at once.
	if _, err := lock.Exec(ctx, `SELECT pg_current_xact_id(), pg_create_restore_point($1)`, point); err != nil {
		return pgerror.Wrap("pgwal: witness: make the restore point", err)
	}
	seen, err := tables(ctx, look)
	if err != nil {
		return err
	}
	if !slices.Equal(locked, seen) {
		return fmt.Errorf("pgwal: witness: %d tables were locked, %d are there: %w", len(locked), len(seen), backup.ErrChanged)
	}
	return pgerror.Wrap("pgwal: witness: unlock the tables", lock.Commit(ctx))
}

func tables(ctx context.Context, tx pgx.Tx) ([]string, error) {
	rows, err := tx.Query(ctx, userTables)
	if err != nil {
		return nil, pgerror.Wrap("pgwal: witness: list the tables", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return all, pgerror.Wrap("pgwal: witness: list the tables", err)
}
