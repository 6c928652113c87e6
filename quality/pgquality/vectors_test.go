package pgquality_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality/drift"
	"github.com/shugo-data/shugo/quality/pgquality"
)

// numberedVectors makes a table in which the vector of row i is (i, 1), and of every tenth row NULL.
func numberedVectors(n int) [][]float32 {
	out := make([][]float32, n)
	for i := range out {
		if i%10 != 9 {
			out[i] = []float32{float32(i + 1), 1}
		}
	}
	return out
}

// TestSampleVectors sees samples that repeat, have no row twice, and favour none.
func TestSampleVectors(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pool := vectorTable(t, "vector(2)", numberedVectors(100))
	from := pgquality.Vectors{Table: "embedding", Column: "e", Most: 20, Where: "id > $1", Args: []any{50}}
	seen := map[float32]int{}
	rounds := servertest.Count(150, 1000)
	for seed := range rounds {
		from.Seed = uint64(seed)
		sample, err := pgquality.SampleVectors(ctx, pool, from)
		if err != nil {
			t.Fatal(err)
		}
		again, err := pgquality.SampleVectors(ctx, pool, from)
		if diff := cmp.Diff(sample, again); diff != "" || err != nil {
			t.Fatalf("another sample with the same seed: %v\n%s", err, diff)
		}
		once := map[float32]bool{}
		for _, v := range sample {
			once[v[0]] = true
			seen[v[0]]++
		}
		if len(sample) != 20 || len(once) != 20 {
			t.Fatalf("%d vectors of %d rows: expected 20", len(sample), len(once))
		}
	}
	// Each of 45 rows is drawn with probability 20/45; the statistic has 44 degrees of freedom, and 95 is beyond all but 1 in 70,000.
	p := 20.0 / 45
	chi := 0.0
	for _, n := range seen {
		d := float64(n) - float64(rounds)*p
		chi += d * d / (float64(rounds) * p * (1 - p)) * 44 / 45
	}
	if len(seen) != 45 || chi > 95 {
		t.Errorf("%d rows are drawn, chi-squared %.0f: expected 45 rows, each as often", len(seen), chi)
	}
}

// TestSampleVectorsOfFew asks for more than there are, and for what is not there.
func TestSampleVectorsOfFew(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pool := vectorTable(t, "halfvec(2)", numberedVectors(20))
	for _, test := range []struct {
		where string
		want  int
	}{{"", 18}, {"id > 1000", 0}, {"id = 10", 0}} {
		got, err := pgquality.SampleVectors(ctx, pool, pgquality.Vectors{Table: "embedding", Column: "e", Most: 50, Where: test.where})
		if err != nil || len(got) != test.want {
			t.Errorf("%q: %d vectors, %v: expected %d", test.where, len(got), err, test.want)
		}
	}
	if _, err := pgquality.SampleVectors(ctx, pool, pgquality.Vectors{Table: "nowhere", Column: "e", Most: 5}); !errors.Is(err, pgquality.ErrDataset) {
		t.Errorf("%v: expected ErrDataset", err)
	}
	if _, err := pgquality.SampleVectors(ctx, pool, pgquality.Vectors{}); err == nil {
		t.Error("a sample of nothing")
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := pgquality.SampleVectors(ended, pool, pgquality.Vectors{Table: "embedding", Column: "e", Most: 5}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v: expected that the context ended", err)
	}
}

// TestSamplesShowNewTopic tests samples for drift: a new topic in a tenth of the rows is seen, and a second sample of the same kind of
// rows is not.
func TestSamplesShowNewTopic(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := rand.New(rand.NewPCG(11, 12))
	vectors := clustered(r, 2000, 64, 8)
	topic := gaussian(r, 64, 1)
	for i := 1000; i < 2000; i += 10 {
		vectors[i] = normal(plus(topic, gaussian(r, 64, 0.4)))
	}
	pool := vectorTable(t, "vector(64)", vectors)
	sample := func(where string, seed uint64) [][]float32 {
		v, err := pgquality.SampleVectors(ctx, pool, pgquality.Vectors{Table: "embedding", Column: "e", Most: 200, Seed: seed, Where: where})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	old, other, current := sample("id <= 500", 1), sample("id BETWEEN 501 AND 1000", 2), sample("id > 1000", 3)
	for _, test := range []struct {
		name    string
		against [][]float32
		drifted bool
	}{{"new topic", current, true}, {"same kind", other, false}} {
		got, err := drift.Test(ctx, drift.Config{Level: 0.01}, old, test.against)
		if err != nil || got.Drifted != test.drifted {
			t.Errorf("%s: %v, %v: expected drift %t", test.name, got, err, test.drifted)
		}
	}
}

func ExampleVectors() {
	lastMonth := pgquality.Vectors{Table: "message", Column: "embedding", Most: 400, Seed: 1, Where: "created_at < $1", Args: []any{"2026-01-01"}}
	fmt.Println(lastMonth.Most, "vectors of", lastMonth.Table)
	// Output: 400 vectors of message
}
