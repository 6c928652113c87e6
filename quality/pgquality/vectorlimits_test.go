package pgquality_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/pgquality"
)

// TestNearCopiesInBoundedMemory refuses what does not fit, and says what would.
func TestNearCopiesInBoundedMemory(t *testing.T) {
	t.Parallel()
	pool := vectorTable(t, "vector(3)", clustered(rand.New(rand.NewPCG(1, 1)), 11_000, 3, 5))
	a, err := pgquality.New(pgquality.Config{Database: pool, WorkMemory: 1})
	if err != nil {
		t.Fatal(err)
	}
	report, err := a.Assess(context.Background(), copySuite(1e-6))
	if err != nil {
		t.Fatal(err)
	}
	if r := report.Results[0]; r.Verdict != quality.NotAssessed || !strings.Contains(r.Reason, "WorkMemory allows 1 MiB") {
		t.Errorf("%s (%s): expected that it is not assessed for want of memory", r.Verdict, r.Reason)
	}
}

// TestNearCopiesEnd ends the context in each stage of the search.
func TestNearCopiesEnd(t *testing.T) {
	t.Parallel()
	pool := vectorTable(t, "vector(3)", clustered(rand.New(rand.NewPCG(1, 1)), 300, 3, 5))
	stages := map[string]bool{}
	for at := range 3 {
		ctx, cancel := context.WithCancel(context.Background())
		n := 0
		a, err := pgquality.New(pgquality.Config{Database: pool, Progress: func(p quality.Progress) {
			stages[p.Stage] = true
			if n++; n == at+1 {
				cancel()
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = a.Assess(ctx, copySuite(1e-6))
		cancel()
		if at < 2 && !errors.Is(err, context.Canceled) {
			t.Errorf("message %d: %v: expected that the context ended", at+1, err)
		}
	}
	if len(stages) < 2 {
		t.Errorf("stages %v: expected progress of the search too", stages)
	}
}

// TestNearCopiesOfRelations searches partitions, and names what has no places.
func TestNearCopiesOfRelations(t *testing.T) {
	t.Parallel()
	pool := vectorTable(t, "vector(2)", [][]float32{{3, 4}, {0, 1}, {6, 8}, {1, 0}})
	execute(t, pool, `CREATE TABLE parted (id bigint, e vector(2), PRIMARY KEY (id)) PARTITION BY RANGE (id);
		CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (3);
		CREATE TABLE parted_high PARTITION OF parted FOR VALUES FROM (3) TO (9);
		INSERT INTO parted SELECT * FROM embedding; CREATE VIEW seen AS SELECT * FROM embedding;
		CREATE TABLE half AS SELECT id, e::halfvec(2) FROM embedding; CREATE TABLE loose AS SELECT id, e::halfvec FROM embedding;
		CREATE MATERIALIZED VIEW kept AS SELECT * FROM embedding; ANALYZE`)
	for _, test := range []struct {
		dataset string
		want    *quality.Duplicates
		keys    []string
	}{
		{"parted", &quality.Duplicates{AffectedRows: 2, ExcessRows: 1, Groups: 1, Singletons: 2}, []string{"1", "3"}},
		{"kept", &quality.Duplicates{AffectedRows: 2, ExcessRows: 1, Groups: 1, Singletons: 2}, []string{"1", "3"}},
		{"half", &quality.Duplicates{AffectedRows: 2, ExcessRows: 1, Groups: 1, Singletons: 2}, []string{"1", "3"}},
		{"loose", &quality.Duplicates{AffectedRows: 2, ExcessRows: 1, Groups: 1, Singletons: 2}, []string{"1", "3"}},
		{"seen", nil, nil},
	} {
		suite := copySuite(1e-9)
		suite.Dataset, suite.Key = test.dataset, []string{"id"}
		r := assess(t, pool, suite).Results[0]
		slices.Sort(r.Examples)
		if diff := cmp.Diff([]any{test.want, test.keys}, []any{r.Duplicates, r.Examples}); diff != "" {
			t.Errorf("%s: %s\n-want +got:\n%s", test.dataset, r.Reason, diff)
		}
	}
}
