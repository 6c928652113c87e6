package neoquality_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/dbtype"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
)

// Every test of package quality that judges rows comes to the same in the graph as in Go over the exported nodes.
func TestRowsAgreeWithGo(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	for round := range servertest.Count(2, 100) {
		rng := rand.New(rand.NewPCG(7, uint64(round)))
		label := fmt.Sprintf("#Row%d", round)
		g.ask(t, t.Context(), g.named("UNWIND $rows AS row CREATE (n:"+label+") SET n = row"), map[string]any{"rows": randomRows(rng, 120)})
		nodes := g.ask(t, t.Context(), g.named("MATCH (n:"+label+") RETURN n"), nil)
		suite := quality.Suite{Name: label, Dataset: label, Key: []string{"id"}, Checks: randomChecks(rng)}
		for i, r := range g.assess(t, suite)[0].Results {
			judged, bad := naively(suite.Checks[i], nodes)
			if r.Judged != judged || r.Unexpected != bad {
				t.Errorf("round %d, %#v when %#v: judged %d with %d unexpected, in Go %d with %d", round, suite.Checks[i].Test, suite.Checks[i].When,
					r.Judged, r.Unexpected, judged, bad)
			}
		}
	}
}

// naively judges exported nodes.
func naively(c quality.Check, nodes []*neo4j.Record) (judged, bad int64) {
	for _, record := range nodes {
		props := record.Values[0].(neo4j.Node).Props
		row := quality.Row{Value: func(field string) any { return asRow(props[field]) }}
		if c.When != nil && c.When.Judge(row) != quality.Good {
			continue
		}
		switch c.Test.(quality.RowTest).Judge(row) {
		case quality.Good:
			judged++
		case quality.Bad:
			judged++
			bad++
		}
	}
	return judged, bad
}

func asRow(v any) any {
	switch v := v.(type) {
	case dbtype.LocalDateTime:
		at := v.Time()
		return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC)
	case dbtype.Date:
		at := v.Time()
		return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
	case []any:
		vector := make([]float32, 0, len(v))
		for _, x := range v {
			if f, ok := x.(float64); ok {
				vector = append(vector, float32(f))
			}
		}
		if len(vector) != len(v) {
			return v
		}
		return vector
	}
	return v
}

func epoch() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 5, time.UTC) }

func randomTexts() []string {
	return []string{"", " ", "\u3000", "\u00a0\u3000", "\x1c", "\u0085", "\u2003", "\u200b", "a", " a", "\u3000先生", "先生", "Ａ", "\U00020BB7田", "\uff5e",
		"\U00020BB7", "~b", "~", "z\n", "ab\r\nc", "a@b.jp", "A", "2026-01-01", "´", "1"}
}

func randomValue(rng *rand.Rand) any {
	zone := time.FixedZone("Offset", 9*3600)
	times := []any{epoch(), epoch().In(zone), epoch().Add(time.Nanosecond), neo4j.LocalDateTimeOf(epoch()), neo4j.DateOf(epoch()),
		neo4j.LocalDateTimeOf(epoch().Add(-1)), time.Date(1899, 1, 1, 0, 0, 0, 1, time.UTC), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	numbers := []any{int64(0), int64(1), int64(-3), int64(1<<53 - 1), 0.0, 1.0, 0.5, -0.1, math.NaN(), math.Inf(1), math.Inf(-1), int64(5), 5.0}
	lists := []any{[]float64{1, 0}, []float64{0, 0}, []float64{3, 4}, []float64{}, []int64{1, 0}, []string{"a"}, []float64{math.NaN(), 1}, []float64{0.6, 0.8}}
	switch rng.IntN(10) {
	case 0:
		return nil
	case 1, 2, 3, 4:
		texts := randomTexts()
		return texts[rng.IntN(len(texts))]
	case 5:
		return times[rng.IntN(len(times))]
	case 6, 7:
		return numbers[rng.IntN(len(numbers))]
	case 8:
		return lists[rng.IntN(len(lists))]
	}
	return rng.IntN(2) == 0
}

func randomRows(rng *rand.Rand, n int) []any {
	rows := make([]any, n)
	for i := range rows {
		row := map[string]any{"id": int64(i)}
		for _, f := range fields() {
			row[f] = randomValue(rng)
		}
		rows[i] = row
	}
	return rows
}

func fields() []string { return []string{"x", "y`z", "`", `\u0060`} }

// randomChecks returns every kind of row test, some negated, combined or narrowed.
func randomChecks(rng *rand.Rand) []quality.Check {
	tests := rowTests(rng)
	list := make([]quality.Check, 0, len(tests))
	for i, test := range tests {
		other := tests[rng.IntN(len(tests))]
		switch rng.IntN(6) {
		case 0:
			test = quality.Not{Test: test}
		case 1:
			test = quality.All{Tests: []quality.RowTest{test, other}}
		case 2:
			test = quality.Any{Tests: []quality.RowTest{test, other}}
		}
		c := quality.Check{Name: fmt.Sprint(i), Test: test}
		if rng.IntN(4) == 0 {
			c.When = other
		}
		list = append(list, c)
	}
	return list
}

func rowTests(rng *rand.Rand) []quality.RowTest {
	f := func() string { return fields()[rng.IntN(len(fields()))] }
	comparisons := []quality.Comparison{quality.Equal, quality.NotEqual, quality.Less, quality.LessEqual, quality.Greater, quality.GreaterEqual}
	nulls := []quality.Nulls{quality.EitherNull, quality.BothNull, quality.NeverNull}
	null := nulls[rng.IntN(3)]
	open := rng.IntN(2) == 0
	return []quality.RowTest{
		quality.NotNull{Field: f()}, quality.IsNull{Field: f()}, quality.NotEmpty{Field: f()},
		quality.Length{Field: f(), Min: rng.IntN(2), Max: rng.IntN(2) * 2}, quality.Length{Field: f(), Min: 2},
		quality.Range{Field: f(), Min: 0, Max: 5.0, OpenMin: open}, quality.Range{Field: f(), Max: 0.5, OpenMax: open},
		quality.Range{Field: f(), Min: math.Inf(-1)}, quality.Range{Field: f(), Min: int64(1 << 53), OpenMin: open},
		quality.Range{Field: f(), Min: "a", Max: "\U00020BB7", OpenMax: open}, quality.Range{Field: f(), Min: "\uff5e"}, quality.Range{Field: f(), Min: "a", Max: "\u3000先", OpenMin: open},
		quality.Range{Field: f(), Min: epoch(), OpenMin: open}, quality.Range{Field: f(), Max: epoch(), OpenMax: open}, quality.Range{Field: f()},
		quality.In{Field: f(), Values: []any{"a", 1, true, epoch(), "先生", 0.5}}, quality.In{Field: f()},
		quality.Compare{A: f(), Is: comparisons[rng.IntN(6)], B: f(), Nulls: null}, quality.Compare{A: f(), Is: comparisons[rng.IntN(6)], B: f()},
		quality.AllDifferent{Fields: []string{f(), f()}, Nulls: null}, quality.InTuples{Fields: []string{"x", f()}, Tuples: [][]any{{"a", nil}, {1, "a"}}, Nulls: null},
		quality.Total{Fields: []string{f(), f()}, Max: 1}, quality.Match{Field: f(), Pattern: `^\S+@\S+$|z$`}, quality.Like{Field: f(), Pattern: `a%`},
		quality.Layout{Field: f(), Layouts: []string{time.DateOnly}}, quality.Digest{Field: f(), Of: f()}, quality.JSON{Field: f()},
		quality.VectorDimensions{Field: f(), N: 2}, quality.VectorNonZero{Field: f()}, quality.VectorNorm{Field: f()},
		quality.Valid{Field: f(), Name: "text", Good: func(v any) bool { _, ok := v.(string); return ok }},
	}
}
