package recall_test

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/internal/servertest"
)

// world is a table of clustered vectors of owners, of which one has 5 % of the rows, and one 1 %.
type world struct {
	pool    *pgxpool.Pool
	vectors [][]float32
	lengths []float64
	owners  []string
	middle  [][]float32
	random  *rand.Rand
}

func newWorld(t testing.TB, n, dimensions int, index string) *world {
	t.Helper()
	w := &world{pool: servertest.Pool(t, servertest.Database(t), 2), random: rand.New(rand.NewPCG(5, uint64(n)))}
	for range 30 {
		w.middle = append(w.middle, w.gaussian(dimensions, 1))
	}
	w.execute(t, `CREATE EXTENSION IF NOT EXISTS vector; CREATE TABLE raw (id bigint, owner text, e real[])`)
	rows := make([][]any, n)
	for i := range rows {
		owner := "others"
		switch {
		case i%20 == 0:
			owner = "twentieth"
		case i%100 == 1:
			owner = "hundredth"
		}
		w.vectors, w.owners = append(w.vectors, w.vector(dimensions)), append(w.owners, owner)
		squares := 0.0
		for _, x := range w.vectors[i] {
			squares += float64(x) * float64(x)
		}
		w.lengths = append(w.lengths, math.Sqrt(squares))
		rows[i] = []any{i + 1, owner, w.vectors[i]}
	}
	if _, err := w.pool.CopyFrom(context.Background(), pgx.Identifier{"raw"}, []string{"id", "owner", "e"}, pgx.CopyFromRows(rows)); err != nil {
		t.Fatal(err)
	}
	w.execute(t, fmt.Sprintf(`CREATE TABLE message (id bigint PRIMARY KEY, owner text, e vector(%d));
		INSERT INTO message SELECT id, owner, e::vector FROM raw; DROP TABLE raw; CREATE INDEX ON message (owner); %s; ANALYZE message`, dimensions, index))
	return w
}

func (w *world) execute(t testing.TB, sql string) {
	t.Helper()
	if _, err := w.pool.Exec(context.Background(), sql); err != nil {
		t.Fatal(err)
	}
}

func (w *world) gaussian(dimensions int, deviation float64) []float32 {
	v := make([]float32, dimensions)
	for i := range v {
		v[i] = float32(w.random.NormFloat64() * deviation)
	}
	return v
}

// vector returns a vector near one of the centres.
func (w *world) vector(dimensions int) []float32 {
	v, centre := w.gaussian(dimensions, 0.8), w.middle[w.random.IntN(len(w.middle))]
	for i := range v {
		v[i] += centre[i]
	}
	return v
}

func (w *world) probes(n int) [][]float32 {
	out := make([][]float32, n)
	for i := range out {
		out[i] = w.vector(len(w.middle[0]))
	}
	return out
}

// each yields probes without an error.
func each(probes [][]float32) iter.Seq2[[]float32, error] {
	return func(yield func([]float32, error) bool) {
		for _, p := range probes {
			if !yield(p, nil) {
				return
			}
		}
	}
}

// recall returns the share of the true nearest that searches return, by keys, comparing with all rows in Go.
func (w *world) recall(t testing.TB, owner string, probes [][]float32, k int) float64 {
	t.Helper()
	ctx := context.Background()
	conn, err := w.pool.Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	where, args := "true", []any{nil, k}
	if owner != "" {
		where, args = "owner = $3", append(args, owner)
	}
	total := 0.0
	for _, probe := range probes {
		args[0] = probe
		rows, err := conn.Query(ctx, "SELECT id FROM message WHERE "+where+" ORDER BY e <=> $1::real[]::vector LIMIT $2", args...)
		if err != nil {
			t.Fatal(err)
		}
		found, err := pgx.CollectRows(rows, pgx.RowTo[int])
		if err != nil {
			t.Fatal(err)
		}
		nearest := w.nearest(owner, probe, k)
		for _, id := range found {
			if slices.Contains(nearest, id) {
				total += 1 / float64(len(nearest))
			}
		}
	}
	return total / float64(len(probes))
}

// nearest returns the keys of the nearest vectors by cosine.
func (w *world) nearest(owner string, probe []float32, k int) []int {
	type near struct {
		id     int
		cosine float64
	}
	var all []near
	for i, v := range w.vectors {
		if owner != "" && w.owners[i] != owner {
			continue
		}
		dot := 0.0
		for j := range v {
			dot += float64(v[j]) * float64(probe[j])
		}
		all = append(all, near{i + 1, dot / w.lengths[i]})
	}
	slices.SortFunc(all, func(x, y near) int {
		if x.cosine > y.cosine {
			return -1
		}
		return 1
	})
	var out []int
	for _, n := range all[:min(k, len(all))] {
		out = append(out, n.id)
	}
	return out
}
