package neoquality

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/shugo-data/shugo/internal/cypher"
	"github.com/shugo-data/shugo/quality"
)

// pairs is up to how many pairs of records are compared without an index.
const pairs = 10_000_000

// reference plans a reference to records of another element of the graph.
func (s *sheet) reference(check int, t quality.Reference, when string) quality.Result {
	to, err := parseElement(t.To)
	if err != nil {
		return notAssessed("what is referred to: " + err.Error())
	}
	if to.relationship {
		return notAssessed("what is referred to are relationships: expected a label")
	}
	targets := s.counts[to]
	indexed := len(t.Targets()) == 1 && s.schema.sought(to, t.Targets()[0])
	if !indexed && float64(targets)*float64(s.rows) > pairs {
		return notAssessed(fmt.Sprintf("no range index on %s is online: %d x %d records would be compared", t.To, s.rows, targets))
	}
	base := "MATCH " + s.element.pattern() + where(conditions(present(t.Fields), when))
	found := exists(t)
	s.works = append(s.works, work{
		statement: statement{stage: s.suite.ID() + ": " + s.suite.Checks[check].ID(), params: s.writer.params,
			cypher: base + "\nWITH " + found + " AS good\nRETURN count(good), count(CASE WHEN NOT good THEN 1 END)"},
		checks: []int{check}, reads: s.rows + targets,
		run: func(ctx context.Context, st store, w work) error {
			n, err := st.counts(ctx, w.statement)
			if err != nil {
				return err
			}
			s.results[check] = quality.Result{Judged: n[0], Unexpected: n[1], Method: quality.ByFull}
			if n[1] == 0 || s.suite.Examples() == 0 {
				return nil
			}
			s.read += s.rows + targets
			return s.nameAll(ctx, st, check, statement{stage: s.suite.ID() + ": examples", params: s.writer.params,
				cypher: base + "\nWITH n WHERE NOT " + found + "\nRETURN " + s.identity() + " LIMIT " + strconv.Itoa(s.suite.Examples())})
		},
	})
	return quality.Result{}
}

// exists is a condition that what n refers to is there.
func exists(t quality.Reference) string {
	to, err := parseElement(t.To)
	if err != nil {
		return "false"
	}
	same := make([]string, len(t.Fields))
	for i, f := range t.Fields {
		same[i] = "m." + cypher.Quote(t.Targets()[i]) + " = " + property(f)
	}
	return "EXISTS { MATCH (m" + label(to.name) + ") WHERE " + strings.Join(same, " AND ") + " }"
}
