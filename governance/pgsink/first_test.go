package pgsink_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance/pgsink"
)

// TestFirstStatement uses the transaction of a unit in each way for the first time, and then writes.
func TestFirstStatement(t *testing.T) {
	t.Parallel()
	const series = `SELECT n FROM generate_series(1, $1::int) AS n`
	tests := map[string]struct {
		first func(context.Context, pgx.Tx) error
		want  error
	}{
		"Exec": {func(ctx context.Context, tx pgx.Tx) error {
			tag, err := tx.Exec(ctx, series, 3)
			if tag.RowsAffected() != 3 {
				t.Errorf("tag %v: want 3 rows", tag)
			}
			return err
		}, nil},
		"Exec of two statements": {func(ctx context.Context, tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `SELECT 1; SELECT 2`)
			return err
		}, nil},
		"Exec with an option": {func(ctx context.Context, tx pgx.Tx) error {
			_, err := tx.Exec(ctx, series, pgx.QueryExecModeSimpleProtocol, 3)
			return err
		}, nil},
		"Query": {func(ctx context.Context, tx pgx.Tx) error {
			rows, _ := tx.Query(ctx, series, 3)
			got, err := pgx.CollectRows(rows, pgx.RowTo[int])
			if len(got) != 3 {
				t.Errorf("rows %v: want 3", got)
			}
			return err
		}, nil},
		"Query left early": {func(ctx context.Context, tx pgx.Tx) error {
			rows, err := tx.Query(ctx, series, 3)
			rows.Next()
			rows.Close()
			return errors.Join(err, rows.Err())
		}, nil},
		"QueryRow": {func(ctx context.Context, tx pgx.Tx) error {
			n := 0
			return tx.QueryRow(ctx, series, 3).Scan(&n)
		}, nil},
		"QueryRow without a row": {func(ctx context.Context, tx pgx.Tx) error {
			n := 0
			if err := tx.QueryRow(ctx, series, 0).Scan(&n); !errors.Is(err, pgx.ErrNoRows) {
				t.Errorf("error %v: want ErrNoRows", err)
			}
			return nil
		}, nil},
		"QueryRow into the wrong type": {func(ctx context.Context, tx pgx.Tx) error {
			wrong := struct{}{}
			if err := tx.QueryRow(ctx, series, 1).Scan(&wrong); err == nil {
				t.Error("no error")
			}
			return nil
		}, nil},
		"CopyFrom": {func(ctx context.Context, tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `CREATE TEMPORARY TABLE t (n int) ON COMMIT DROP`); err != nil {
				return err
			}
			_, err := tx.CopyFrom(ctx, pgx.Identifier{"t"}, []string{"n"}, pgx.CopyFromRows([][]any{{1}}))
			return err
		}, nil},
		"LargeObjects": {func(ctx context.Context, tx pgx.Tx) error {
			objects := tx.LargeObjects()
			oid, err := objects.Create(ctx, 0)
			if err != nil {
				return err
			}
			return objects.Unlink(ctx, oid)
		}, nil},
		"Prepare": {func(ctx context.Context, tx pgx.Tx) error {
			_, err := tx.Prepare(ctx, "", `SELECT 1`)
			return err
		}, nil},
		"Conn": {func(ctx context.Context, tx pgx.Tx) error { return tx.Conn().Ping(ctx) }, nil},
		"SendBatch": {func(ctx context.Context, tx pgx.Tx) error {
			var batch pgx.Batch
			batch.Queue(series, 3)
			return tx.SendBatch(ctx, &batch).Close()
		}, nil},
		"Exec that fails": {func(ctx context.Context, tx pgx.Tx) error {
			tx.Exec(ctx, `SELECT 1 / $1::int`, 0)
			return nil
		}, pgx.ErrTxCommitRollback},
		"Exec that cannot be prepared": {func(ctx context.Context, tx pgx.Tx) error {
			tx.Exec(ctx, `SELECT $1 FROM no_such_table`, 0)
			return nil
		}, pgx.ErrTxCommitRollback},
		"QueryRow that fails": {func(ctx context.Context, tx pgx.Tx) error {
			n := 0
			if err := tx.QueryRow(ctx, `SELECT 1 / $1::int`, 0).Scan(&n); err == nil {
				t.Error("no error")
			}
			return nil
		}, pgx.ErrTxCommitRollback},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, 3)
			unit := pgsink.InTxErr(b.sink, func(ctx context.Context, n note) error {
				tx, _ := pgsink.TxFrom(ctx)
				if err := test.first(ctx, tx); err != nil {
					return err
				}
				if _, err := b.insert(ctx, n); err != nil && test.want == nil {
					return err
				}
				return b.sink.Record(ctx, event(1))
			})
			if err := unit(context.Background(), note{"one"}); err != nil && test.want == nil || !errors.Is(err, test.want) {
				t.Errorf("error %v: want %v", err, test.want)
			}
			want := 1
			if test.want != nil {
				want = 0
			}
			if n := b.count(t, `SELECT count(*) FROM {s}.note`); n != want || b.orphans(t) != 0 {
				t.Errorf("%d notes, %d orphans: want %d, 0", n, b.orphans(t), want)
			}
			b.allGivenBack(t)
		})
	}
}
