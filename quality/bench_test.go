package quality_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shugo-data/shugo/quality"
)

// benchRow is a row whose values are boxed once, so that a benchmark measures what quality allocates.
type benchRow struct{ id, session, role, content, language, score, tokens, at any }

func benchField(r *benchRow, field string) any {
	switch field {
	case "id":
		return r.id
	case "session_id":
		return r.session
	case "role":
		return r.role
	case "content":
		return r.content
	case "language":
		return r.language
	case "score":
		return r.score
	case "tokens":
		return r.tokens
	case "at":
		return r.at
	}
	return nil
}

// benchSuite has 20 checks, of the kinds that a table of messages is asked.
func benchSuite() quality.Suite {
	codes := make([]string, 200)
	for i := range codes {
		codes[i] = fmt.Sprintf("l%d", i)
	}
	codes[199] = "ja"
	tests := []quality.Test{
		quality.NotNull{Field: "id"}, quality.NotNull{Field: "session_id"}, quality.NotEmpty{Field: "content"},
		quality.Length{Field: "content", Min: 1, Max: 4000}, quality.Length{Field: "session_id", Min: 1, Max: 36},
		quality.In{Field: "role", Values: quality.Texts("user", "assistant", "system")}, quality.In{Field: "language", Values: quality.Texts(codes...)},
		quality.Range{Field: "score", Min: 0, Max: 1}, quality.Range{Field: "tokens", Min: 0, Max: 8000},
		quality.Range{Field: "at", Min: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), Max: quality.Now(time.Hour)},
		quality.Compare{A: "score", Is: quality.LessEqual, B: "tokens"}, quality.Like{Field: "session_id", Pattern: "s-%"},
		quality.Not{Test: quality.In{Field: "role", Values: quality.Texts("tool")}},
		quality.Any{Tests: []quality.RowTest{quality.NotNull{Field: "score"}, quality.IsNull{Field: "score"}}},
		quality.Total{Fields: []string{"tokens", "id"}, Min: 0}, quality.RowCount{Min: 1}, quality.Fresh{Field: "at", Age: time.Hour},
		quality.Statistic{Of: quality.Mean, Field: "score", Min: 0.1}, quality.Statistic{Of: quality.Median, Field: "tokens", Max: 4000},
		quality.Covers{Field: "role", Values: quality.Texts("user")},
	}
	suite := quality.Suite{Dataset: "conversation_messages", Key: []string{"id"}}
	for _, test := range tests {
		suite.Checks = append(suite.Checks, quality.Check{Test: test})
	}
	return suite
}

func benchRows() []*benchRow {
	rows := make([]*benchRow, 1000)
	for i := range rows {
		rows[i] = &benchRow{
			id: int64(i), session: fmt.Sprint("s-", i/10), role: "user", content: "駅はどこですか。まっすぐ行って右です。", language: "ja",
			score: float64(i%10) / 10, tokens: int64(i % 3000), at: clock().Add(-time.Duration(i) * time.Second),
		}
	}
	return rows
}

// repeated yields n rows.
func repeated(rows []*benchRow, n int) func(func(*benchRow, error) bool) {
	return func(yield func(*benchRow, error) bool) {
		for i := range n {
			if !yield(rows[i%len(rows)], nil) {
				return
			}
		}
	}
}

// BenchmarkAssess is per row of 20 checks.
func BenchmarkAssess(b *testing.B) {
	suite, rows := benchSuite(), benchRows()
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := quality.Assess(b.Context(), suite, repeated(rows, b.N), benchField, quality.AssessConfig{}); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkUnique is per row of one check of uniqueness, most of them different.
func BenchmarkUnique(b *testing.B) {
	suite := quality.Suite{Dataset: "d", Checks: []quality.Check{{Test: quality.Unique{Fields: []string{"id"}}}}}
	values := make([]any, 1<<16)
	for i := range values {
		values[i] = int64(i)
	}
	rows := func(yield func(any, error) bool) {
		for i := range b.N {
			if !yield(values[i%len(values)], nil) {
				return
			}
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := quality.Assess(b.Context(), suite, rows, func(v any, _ string) any { return v }, quality.AssessConfig{}); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkGate is per record of the 15 row tests among 20 checks.
func BenchmarkGate(b *testing.B) {
	validator, err := quality.Checked(benchSuite(), benchField)
	if err != nil {
		b.Fatal(err)
	}
	gate, rows := quality.Gate(validator), benchRows()
	b.ReportAllocs()
	for i := range b.N {
		if err := gate(b.Context(), rows[i%len(rows)]); err != nil {
			b.Fatal(err)
		}
	}
}

// TestAllocations holds Assess to no allocation for each row.
func TestAllocations(t *testing.T) {
	suite, rows := benchSuite(), benchRows()
	allocations := func(n int) float64 {
		return testing.AllocsPerRun(5, func() {
			if _, err := quality.Assess(t.Context(), suite, repeated(rows, n), benchField, quality.AssessConfig{}); err != nil {
				t.Error(err)
			}
		})
	}
	few, many := allocations(1000), allocations(11_000)
	if perRow := (many - few) / 10_000; perRow > 0.01 {
		t.Errorf("%.3f allocations for each row, want none", perRow)
	}
}
