package pgquality_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/pgquality"
)

// vectorTable makes a database with a table of vectors, whose keys are 1, 2, ... and whose type is as said; nil is NULL.
func vectorTable(t testing.TB, typ string, vectors [][]float32) *pgxpool.Pool {
	t.Helper()
	ctx := context.Background()
	pool := servertest.Pool(t, servertest.Database(t), 2)
	execute(t, pool, `CREATE EXTENSION IF NOT EXISTS vector; CREATE TABLE raw (id bigint, e real[]); CREATE TABLE embedding (id bigint PRIMARY KEY, e `+typ+`)`)
	rows := make([][]any, len(vectors))
	for i, v := range vectors {
		if rows[i] = []any{i + 1, v}; v == nil {
			rows[i][1] = nil
		}
	}
	if _, err := pool.CopyFrom(ctx, pgx.Identifier{"raw"}, []string{"id", "e"}, pgx.CopyFromRows(rows)); err != nil {
		t.Fatal(err)
	}
	execute(t, pool, `INSERT INTO embedding SELECT id, e::vector FROM raw; DROP TABLE raw; ANALYZE embedding`)
	return pool
}

func execute(t testing.TB, pool *pgxpool.Pool, sql string) {
	t.Helper()
	if _, err := pool.Exec(context.Background(), sql); err != nil {
		t.Fatal(err)
	}
}

// assess returns the results of one check each.
func assess(t testing.TB, pool *pgxpool.Pool, suite quality.Suite) quality.Report {
	t.Helper()
	a, err := pgquality.New(pgquality.Config{Database: pool})
	if err != nil {
		t.Fatal(err)
	}
	report, err := a.Assess(context.Background(), suite)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// clustered returns vectors of length 1 around a few centres.
func clustered(r *rand.Rand, n, dimensions, centres int) [][]float32 {
	middle := make([][]float32, centres)
	for i := range middle {
		middle[i] = gaussian(r, dimensions, 1)
	}
	out := make([][]float32, n)
	for i := range out {
		out[i] = normal(plus(middle[r.IntN(centres)], gaussian(r, dimensions, 0.7)))
	}
	return out
}

func gaussian(r *rand.Rand, dimensions int, deviation float64) []float32 {
	v := make([]float32, dimensions)
	for i := range v {
		v[i] = float32(r.NormFloat64() * deviation)
	}
	return v
}

func plus(a, b []float32) []float32 {
	out := make([]float32, len(a))
	for i := range a {
		out[i] = a[i] + b[i]
	}
	return out
}

func times(a []float32, by float64) []float32 {
	out := make([]float32, len(a))
	for i := range a {
		out[i] = float32(float64(a[i]) * by)
	}
	return out
}

func length(a []float32) float64 {
	sum := 0.0
	for _, x := range a {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum)
}

func normal(a []float32) []float32 { return times(a, 1/length(a)) }

// cosine returns the cosine distance, in double precision.
func cosine(a, b []float32) float64 {
	dot := 0.0
	for i := range a {
		dot += float64(a[i]) * float64(b[i])
	}
	return 1 - dot/length(a)/length(b)
}

// beside returns a vector at a cosine distance.
func beside(r *rand.Rand, v []float32, distance float64) []float32 {
	unit, side := normal(v), gaussian(r, len(v), 1)
	dot := 0.0
	for i := range unit {
		dot += float64(unit[i]) * float64(side[i])
	}
	side = normal(plus(side, times(unit, -dot)))
	angle := math.Acos(1 - distance)
	return plus(times(unit, math.Cos(angle)), times(side, math.Sin(angle)))
}
