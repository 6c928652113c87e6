package neoquality

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// column is what the pass over all records computes for a check: a value for each record, and figures of all values.
type column struct {
	check  int
	value  string   // of a record
	fold   []string // figures, in which a value is VALUE
	truth  bool     // the value is true for good records, false for bad ones, null for those not judged
	settle func(cells []any) (quality.Result, error)
}

func truthColumn(check int, good string) column {
	return column{check: check, value: good, truth: true,
		fold: []string{"count(VALUE)", "count(CASE WHEN NOT VALUE THEN 1 END)"},
		settle: func(cells []any) (quality.Result, error) {
			n, okJudged := cells[0].(int64)
			bad, okBad := cells[1].(int64)
			if !okJudged || !okBad {
				return quality.Result{}, unexpected("counts of a check", cells[0], "two whole numbers")
			}
			return quality.Result{Judged: n, Unexpected: bad, Method: quality.ByFull}, nil
		}}
}

// pass is the statement that reads all records once, for all checks that need no order and no grouping of them.
func (s *sheet) pass() work {
	match, values := s.hoisted(s.columns)
	figures := []string{"count(*) AS records"}
	checks := make([]int, len(s.columns))
	for i, c := range s.columns {
		name := "t" + strconv.Itoa(i)
		values[i] += " AS " + name
		checks[i] = c.check
		for j, figure := range c.fold {
			figures = append(figures, strings.ReplaceAll(figure, "VALUE", name)+" AS "+name+"_"+strconv.Itoa(j))
		}
	}
	return work{
		statement: statement{
			stage:  fmt.Sprintf("%s: %d checks in one pass", s.suite.ID(), len(checks)),
			cypher: match + "WITH " + strings.Join(values, ",\n\t") + "\nRETURN " + strings.Join(figures, ", "),
			params: s.writer.params,
		},
		checks: checks, reads: s.rows, run: s.runPass,
	}
}

func (s *sheet) runPass(ctx context.Context, st store, w work) error {
	cells, err := st.only(ctx, w.statement)
	if err != nil {
		return err
	}
	if n, ok := cells[0].(int64); ok {
		s.rows = n
	}
	at := 1
	for _, c := range s.columns {
		if s.results[c.check], err = c.settle(cells[at : at+len(c.fold)]); err != nil {
			return err
		}
		at += len(c.fold)
	}
	return nil
}
