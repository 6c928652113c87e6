package recall_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/pgquality/recall"
)

const hnsw = `CREATE INDEX by_meaning ON message USING hnsw (e vector_cosine_ops)`

func filters() []recall.Filter {
	return []recall.Filter{{Name: "none"}, {Name: "5 %", SQL: "owner = $1", Args: []any{"twentieth"}},
		{Name: "1 %", SQL: "owner = $1", Args: []any{"hundredth"}}}
}

// useIndex makes the planner take the approximate index for every filter, as it does in tables that outgrow its estimates.
func useIndex(t testing.TB, w *world) {
	t.Helper()
	w.execute(t, `DROP INDEX message_owner_idx`)
	w.execute(t, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET enable_seqscan = off', current_database()); END $$`)
	w.pool.Reset()
}

// TestMeasure compares what 200 probes say with the truth of many, and sees that the advice is right.
func TestMeasure(t *testing.T) {
	t.Parallel()
	for _, dimensions := range []int{24, 1536}[:servertest.Count(1, 2)] {
		t.Run(fmt.Sprint(dimensions), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, servertest.Count(2000, 15_000), dimensions, hnsw)
			useIndex(t, w)
			report, err := recall.Measure(context.Background(), recall.Config{Database: w.pool, Table: "message", Column: "e",
				Filters: filters(), Probes: each(w.probes(servertest.Count(60, 200)))})
			if err != nil {
				t.Fatal(err)
			}
			owners := map[string]string{"none": "", "5 %": "twentieth", "1 %": "hundredth"}
			for _, f := range report.Findings {
				truth := w.recall(t, owners[f.Filter], w.probes(servertest.Count(300, 1000)), 10)
				t.Logf("%s: recall %.3f [%.3f, %.3f], truth %.3f, %.1f rows, %.2f ms, exact %.2f ms, advice %v", f.Filter, f.Current.Recall,
					f.Current.Interval.Low, f.Current.Interval.High, truth, f.Current.Returned, f.Current.Milliseconds, f.Exact.Milliseconds, f.Advised)
				allowed := 0.03
				if servertest.Count(0, 1) == 0 {
					allowed = 0.08 // fewer probes, of both
				}
				if d := math.Abs(truth - f.Current.Recall); d > allowed || f.Current.Index != "by_meaning" {
					t.Errorf("%s: recall %.3f by index %q: expected %.3f", f.Filter, f.Current.Recall, f.Current.Index, truth)
				}
				if f.Current.Recall < 0.95 && (f.Advised == nil || f.Advised.Recall < 0.95) {
					t.Errorf("%s: no advice that helps: %v", f.Filter, f.Advised)
				}
			}
			if f := report.Findings[2]; f.Current.Recall > 0.5 || !f.Advised.Exact || f.Advised.Recall != 1 {
				t.Errorf("1 %%: recall %.3f, advice %v: expected exact search", f.Current.Recall, f.Advised)
			}
			if v := report.Quality.Results[2]; v.Verdict != quality.Fail || v.Mend == nil || !strings.Contains(v.Mend.Statement, "OFFSET 0") {
				t.Errorf("1 %%: %v, %v: expected a failure with its remedy", v.Verdict, v.Mend)
			}
			if text, _ := json.Marshal(report); strings.Contains(string(text), "hundredth") {
				t.Error("the report holds a parameter of a filter")
			}
		})
	}
}

// TestMeasureIVFFlat finds the number of lists that must be searched.
func TestMeasureIVFFlat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2000, 16, `CREATE INDEX by_list ON message USING ivfflat (e vector_cosine_ops) WITH (lists = 40)`)
	useIndex(t, w)
	report, err := recall.Measure(context.Background(), recall.Config{Database: w.pool, Table: "message", Column: "e", K: 5,
		Settings: map[string]string{"ivfflat.probes": "1"}, Probes: each(w.probes(60))})
	if err != nil {
		t.Fatal(err)
	}
	f := report.Findings[0]
	if f.Current.Index != "by_list" || f.Current.Recall > 0.9 || f.Advised == nil || f.Advised.Recall < 0.95 {
		t.Errorf("recall %.3f by %q, advice %v: expected a poor one and a better way", f.Current.Recall, f.Current.Index, f.Advised)
	}
	for _, tried := range f.Tried {
		if tried.Settings["ivfflat.probes"] != "" && tried.Recall >= 0.95 {
			return
		}
	}
	t.Errorf("no number of lists reaches the threshold: %v", f.Tried)
}

// TestMeasureWithoutIndex sees exact searches named as what they are, and an index for another distance.
func TestMeasureWithoutIndex(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 300, 8, `CREATE INDEX by_length ON message USING hnsw (e vector_l2_ops)`)
	w.vectors = nil
	report, err := recall.Measure(context.Background(), recall.Config{Database: w.pool, Table: "message", Column: "e", Probes: each(w.probes(20))})
	if err != nil {
		t.Fatal(err)
	}
	r := report.Quality.Results[0]
	if r.Verdict != quality.Pass || r.Score != 1 || r.Interval != nil || !strings.Contains(r.Evidence, "no approximate index") {
		t.Errorf("%+v: expected a pass without an index", r)
	}
}

// TestMeasureTies asks for neighbours among vectors that are all at the same distance: each is as right as any other.
func TestMeasureTies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 10, 4, hnsw)
	w.execute(t, `TRUNCATE message; INSERT INTO message SELECT i, 'x', '[1,1,1,1]' FROM generate_series(1, 200) i; INSERT INTO message VALUES (0, 'x', NULL), (-1, 'x', '[0,0,0,0]')`)
	useIndex(t, w)
	report, err := recall.Measure(context.Background(), recall.Config{Database: w.pool, Table: "message", Column: "e", Probes: each([][]float32{{1, 2, 3, 4}, {1, 0, 0, 0}})})
	if err != nil {
		t.Fatal(err)
	}
	if f := report.Findings[0]; f.Current.Index != "by_meaning" || f.Current.Recall != 1 {
		t.Errorf("recall %.3f by %q: expected 1 by the index", f.Current.Recall, f.Current.Index)
	}
}

// TestMeasureLeavesOut names what cannot be measured.
func TestMeasureLeavesOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 300, 8, hnsw)
	tests := []struct {
		name   string
		filter recall.Filter
		probes [][]float32
		left   int
		reason string
	}{
		{"stored", recall.Filter{}, w.vectors[:7], 7, "stored vector"},
		{"some stored", recall.Filter{}, append(w.probes(5), w.vectors[:3]...), 3, ""},
		{"no row", recall.Filter{Name: "x", SQL: "owner = $1", Args: []any{"nobody"}}, w.probes(3), 0, "no row matches"},
		{"no probe", recall.Filter{}, nil, 0, "no probe"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := recall.Config{Database: w.pool, Table: "message", Column: "e", Probes: each(test.probes)}
			if test.filter.SQL != "" {
				c.Filters = []recall.Filter{test.filter}
			}
			report, err := recall.Measure(context.Background(), c)
			if err != nil {
				t.Fatal(err)
			}
			r := report.Quality.Results[0]
			if (r.Verdict == quality.NotAssessed) != (test.reason != "") || !strings.Contains(r.Reason, test.reason) || report.Findings[0].LeftOut != test.left {
				t.Errorf("%s (%s), %d left out: expected %q, %d", r.Verdict, r.Reason, report.Findings[0].LeftOut, test.reason, test.left)
			}
		})
	}
}

// TestMeasureErrors refuses what cannot be measured.
func TestMeasureErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 50, 4, hnsw)
	good := recall.Config{Database: w.pool, Table: "message", Column: "e", Probes: each(w.probes(3))}
	broken := errors.New("source")
	tests := []struct {
		name  string
		spoil func(*recall.Config)
		want  error
	}{
		{"nothing", func(c *recall.Config) { *c = recall.Config{Distance: "~"} }, recall.ErrConfig},
		{"setting", func(c *recall.Config) { c.Settings = map[string]string{"role": "x"} }, recall.ErrConfig},
		{"table", func(c *recall.Config) { c.Table = "nowhere" }, recall.ErrDataset},
		{"type", func(c *recall.Config) { c.Column = "owner" }, recall.ErrConfig},
		{"probe", func(c *recall.Config) { c.Probes = each([][]float32{{1, float32(math.NaN()), 0, 0}}) }, quality.ErrVector},
		{"source", func(c *recall.Config) { c.Probes = func(yield func([]float32, error) bool) { yield(nil, broken) } }, broken},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := good
			test.spoil(&c)
			if _, err := recall.Measure(context.Background(), c); !errors.Is(err, test.want) {
				t.Errorf("%v: expected %v", err, test.want)
			}
		})
	}
	t.Run("secret", func(t *testing.T) {
		t.Parallel()
		c := good
		c.Filters = []recall.Filter{{Name: "f", SQL: "owner::int = $1::text::int", Args: []any{"secret"}}}
		var database *recall.DatabaseError
		if _, err := recall.Measure(context.Background(), c); !errors.As(err, &database) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v: expected an error of the server without the parameter", err)
		}
	})
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := recall.Measure(ended, good); !errors.Is(err, context.Canceled) {
		t.Errorf("%v: expected that the context ended", err)
	}
}
