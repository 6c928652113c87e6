package pgsample_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/internal/pgsample"
)

// personSQL makes a table as loads of 57 rows leave it, some pages of which are empty or half empty since. The numbers from
// which defects are made are uniform in [0, 1): for each row, and for each load.
const personSQL = `
SELECT setseed(0.5);
CREATE TABLE person AS
SELECT id, id / 57 AS batch, single.noise, loads.noise AS batch_noise, repeat('x', 10 + id %% 50) AS name
FROM (SELECT id, random() AS noise FROM generate_series(0, %[1]d - 1) AS id) AS single
JOIN (SELECT batch, random() AS noise FROM generate_series(0, %[1]d / 57) AS batch) AS loads ON loads.batch = id / 57
ORDER BY id;
DELETE FROM person WHERE id %% 10000 < 500 OR id %% 3 = 0 AND batch_noise < 0.3;
ANALYZE person`

// draw draws in a transaction of its own.
func draw(t testing.TB, pool *pgxpool.Pool, request pgsample.Request) pgsample.Sample {
	t.Helper()
	var sample pgsample.Sample
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(t.Context(), pool, options, func(tx pgx.Tx) (err error) {
		sample, err = pgsample.Draw(t.Context(), tx, request)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sample
}
