package recall

import (
	"strings"
	"testing"

	"github.com/shugo-data/shugo/quality"
)

// TestRemedy gives advice on findings that a test could not wait for.
func TestRemedy(t *testing.T) {
	t.Parallel()
	config := Config{Schema: "app", Table: "message", Column: "e", Distance: Cosine, K: 10, Threshold: quality.Threshold{Warn: 0.95, Fail: 0.9},
		Filters: []Filter{{Name: "user", SQL: "owner = $1", Args: []any{"secret"}}}}
	other, right := index{"by_length", "hnsw", "vector_l2_ops"}, index{"by_angle", "hnsw", "vector_cosine_ops"}
	exact := Trial{Way: Way{Exact: true}, Recall: 1, Milliseconds: 90}
	wider := Trial{Way: Way{Settings: map[string]string{"hnsw.ef_search": "200", "hnsw.iterative_scan": "relaxed_order"}}, Recall: 0.97, Milliseconds: 4}
	poor := Trial{Index: "by_angle", Recall: 0.4, Milliseconds: 2}
	tests := []struct {
		name            string
		finding         Finding
		indexes         []index
		text, statement string // parts; both empty: no advice
	}{
		{"fast without an index", Finding{Current: Trial{Recall: 1, Milliseconds: 3}}, nil, "", ""},
		{"slow without an index", Finding{Current: Trial{Recall: 1, Milliseconds: 300}}, nil, "take 300 ms", `ON "app"."message" USING hnsw ("e" vector_cosine_ops);`},
		{"another distance", Finding{Current: Trial{Recall: 1, Milliseconds: 300}}, []index{other}, "by_length has vector_l2_ops", "CREATE INDEX"},
		{"not chosen", Finding{Current: Trial{Recall: 1, Milliseconds: 300}}, []index{right}, "does not choose index by_angle", ""},
		{"good", Finding{Current: Trial{Index: "by_angle", Recall: 0.99, Milliseconds: 3}}, []index{right}, "", ""},
		{"settings", Finding{Share: 0.2, Current: poor, Exact: exact, Advised: &wider}, []index{right}, "0.970 in 4.0 ms, against 0.400",
			"SET LOCAL hnsw.ef_search = '200';\nSET LOCAL hnsw.iterative_scan = 'relaxed_order';"},
		{"exact", Finding{Filter: "user", Share: 0.01, Current: poor, Exact: exact, Advised: &exact}, []index{right}, "exact search: recall 1.000",
			`SELECT *, "e" <=> $probe AS distance FROM "app"."message" WHERE owner = $1 OFFSET 0`},
		{"nothing helps", Finding{Current: poor, Exact: exact}, []index{right}, "no way that was tried", ""},
	}
	for _, test := range tests {
		got := test.finding.remedy(config, target{base: "vector", indexes: test.indexes})
		if test.text == "" {
			if got != nil {
				t.Errorf("%s: %+v: expected no advice", test.name, got)
			}
			continue
		}
		if got == nil || !strings.Contains(got.Text, test.text) || !strings.Contains(got.Statement, test.statement) || (test.statement == "") != (got.Statement == "") {
			t.Errorf("%s: %+v: expected %q, %q", test.name, got, test.text, test.statement)
			continue
		}
		if strings.Contains(got.Text+got.Statement, "secret") {
			t.Errorf("%s: the advice holds a parameter", test.name)
		}
	}
}

// TestFastest chooses among ways.
func TestFastest(t *testing.T) {
	t.Parallel()
	slow, fast := Trial{Recall: 0.97, Milliseconds: 8}, Trial{Recall: 0.96, Milliseconds: 5}
	near := Trial{Recall: 0.94, Milliseconds: 1}
	tests := []struct {
		name    string
		finding Finding
		want    float64 // milliseconds of the choice; 0: none
	}{
		{"fastest", Finding{Current: Trial{Recall: 0.5, Milliseconds: 2}, Exact: Trial{Milliseconds: 90}, Tried: []Trial{slow, near, fast}}, 5},
		{"exact", Finding{Current: Trial{Recall: 0.5, Milliseconds: 2}, Exact: Trial{Milliseconds: 3}, Tried: []Trial{slow, fast}}, 3},
		{"current", Finding{Current: Trial{Recall: 0.99, Milliseconds: 2}, Exact: Trial{Milliseconds: 90}}, 0},
		{"exact beats good", Finding{Current: Trial{Recall: 0.99, Milliseconds: 9}, Exact: Trial{Milliseconds: 1}}, 1},
		{"exact, for want of better", Finding{Current: Trial{Recall: 0.5, Milliseconds: 2}, Exact: Trial{Milliseconds: 30}, Tried: []Trial{near}}, 30},
		{"exact takes too long", Finding{Current: Trial{Recall: 0.5, Milliseconds: 2}, Exact: Trial{Milliseconds: 900}, Tried: []Trial{near}}, 0},
	}
	for _, test := range tests {
		got := 0.0
		if best := test.finding.fastest(0.95); best != nil {
			got = best.Milliseconds
		}
		if got != test.want {
			t.Errorf("%s: %v ms: expected %v", test.name, got, test.want)
		}
	}
}
