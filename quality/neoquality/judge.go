package neoquality

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j/dbtype"

	"github.com/shugo-data/shugo/quality"
)

// stream is a check that is judged here, on records that are streamed, because Cypher cannot say exactly what it asks.
type stream struct {
	check int
	when  quality.RowTest // nil: all records
	test  quality.RowTest
}

// stream adds a check to those that are judged here, if it can be.
func (s *sheet) stream(check int, c quality.Check) quality.Result {
	test, ok := c.Test.(quality.RowTest)
	if !ok {
		return notAssessed(fmt.Sprintf("%s is not answered for a graph, or not with this condition", c.Test.Kind()))
	}
	judged := stream{check: check, test: quality.Prepare(test)}
	if c.When != nil {
		judged.when = quality.Prepare(c.When)
	}
	s.streams = append(s.streams, judged)
	return quality.Result{}
}

// judgement is the statement that streams the properties that such checks read.
func (s *sheet) judgement() work {
	var fields []string
	checks := make([]int, len(s.streams))
	for i, j := range s.streams {
		checks[i] = j.check
		fields = append(fields, s.suite.Checks[j.check].Columns()...)
	}
	slices.Sort(fields)
	fields = slices.Compact(fields)
	cells := []string{s.identity()}
	for _, f := range fields {
		cells = append(cells, property(f))
	}
	return work{
		statement: statement{
			stage:  fmt.Sprintf("%s: %d checks on streamed records", s.suite.ID(), len(checks)),
			cypher: "MATCH " + s.element.pattern() + "\nRETURN " + strings.Join(cells, ", "),
		},
		checks: checks, reads: s.rows,
		run: func(ctx context.Context, st store, w work) error { return s.judge(ctx, st, w, fields) },
	}
}

// judge judges streamed records.
func (s *sheet) judge(ctx context.Context, st store, w work, fields []string) error {
	for _, j := range s.streams {
		s.results[j.check] = quality.Result{Method: quality.ByFull}
	}
	return st.each(ctx, w.statement, func(cells []any) error {
		row := quality.Row{Now: s.server.now, Value: func(field string) any {
			i, found := slices.BinarySearch(fields, field)
			if !found {
				return nil
			}
			return value(cells[1+i])
		}}
		for _, j := range s.streams {
			if j.when != nil && j.when.Judge(row) != quality.Good {
				continue
			}
			r := &s.results[j.check]
			switch j.test.Judge(row) {
			case quality.Good:
				r.Judged++
			case quality.Bad:
				r.Judged++
				r.Unexpected++
				s.name(j.check, cells[0])
			}
		}
		return nil
	})
}

// value is a property as package quality takes it: a time without a zone, and a date, are those of UTC; a list of floats is a vector.
func value(cell any) any {
	switch v := cell.(type) {
	case dbtype.LocalDateTime:
		return inUTC(v.Time())
	case dbtype.Date:
		return inUTC(v.Time())
	case []any:
		vector := make([]float32, len(v))
		for i, x := range v {
			f, ok := x.(float64)
			if !ok {
				return v
			}
			vector[i] = float32(f)
		}
		return vector
	}
	return cell
}

func inUTC(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}
