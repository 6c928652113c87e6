package neoquality

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// group is a question of how often values occur.
type group struct {
	values []string // expressions of n that make a value, or of its ends
	where  string   // which records are judged; empty: all
	sense  quality.Sense
}

func (s *sheet) unique(check int, t quality.Unique, when string) quality.Result {
	g := group{sense: t.Count}
	for _, f := range t.Fields {
		g.values = append(g.values, property(f))
	}
	g.where = conditions(present(t.Fields), when)
	return s.grouped(check, g)
}

func (s *sheet) parallel(check int, t NoParallel, when string) quality.Result {
	g := group{values: []string{"elementId(a)", "elementId(b)"}, where: when, sense: t.Count}
	if t.Undirected {
		g.values = []string{"CASE WHEN elementId(a) < elementId(b) THEN [elementId(a), elementId(b)] ELSE [elementId(b), elementId(a)] END"}
	}
	for _, f := range t.Fields {
		g.values = append(g.values, property(f))
	}
	return s.grouped(check, g)
}

// present is a condition that all fields are.
func present(fields []string) string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = property(f) + " IS NOT NULL"
	}
	return strings.Join(list, " AND ")
}

// conditions joins conditions of which some are empty.
func conditions(list ...string) string {
	var kept []string
	for _, c := range list {
		if c != "" {
			kept = append(kept, "("+c+")")
		}
	}
	return strings.Join(kept, " AND ")
}

func where(condition string) string {
	if condition == "" {
		return ""
	}
	return " WHERE " + condition
}

// grouped plans the statement that counts values.
func (s *sheet) grouped(check int, g group) quality.Result {
	named := make([]string, len(g.values))
	for i, v := range g.values {
		named[i] = v + " AS v" + strconv.Itoa(i)
	}
	base := "MATCH " + s.element.pattern() + where(g.where) + "\nWITH " + strings.Join(named, ", ") + ", count(*) AS c\n"
	const figures = `RETURN coalesce(sum(c), 0), count(*), count(CASE WHEN c > 1 THEN 1 END), coalesce(sum(CASE WHEN c > 1 THEN c ELSE 0 END), 0)`
	s.works = append(s.works, work{
		statement: statement{stage: s.suite.ID() + ": " + s.suite.Checks[check].ID(), cypher: base + figures, params: s.writer.params},
		checks:    []int{check}, reads: s.rows,
		run: func(ctx context.Context, st store, w work) error {
			n, err := st.counts(ctx, w.statement)
			if err != nil {
				return err
			}
			s.results[check] = g.result(n[0], n[1], n[2], n[3])
			if n[2] == 0 || s.suite.Examples() == 0 {
				return nil
			}
			return s.repeated(ctx, st, check, g, base)
		},
	})
	return quality.Result{}
}

func (g group) result(records, values, groups, affected int64) quality.Result {
	r := quality.Result{Judged: records, Unexpected: affected, Method: quality.ByFull, Duplicates: &quality.Duplicates{
		AffectedRows: affected, ExcessRows: records - values, Groups: groups, Singletons: values - groups}}
	switch g.sense {
	case quality.ExcessRows:
		r.Unexpected = records - values
	case quality.Groups:
		r.Judged, r.Unexpected = values, groups
	}
	return r
}

// repeated names records whose value occurs more than once.
func (s *sheet) repeated(ctx context.Context, st store, check int, g group, base string) error {
	vs := make([]string, len(g.values))
	for i := range vs {
		vs[i] = "v" + strconv.Itoa(i)
	}
	// Null is not in any list: a value that is null is compared as its absence. NaN has no examples, since it equals nothing.
	same := make([]string, len(vs))
	for i, v := range g.values {
		same[i] = fmt.Sprintf("(%s = v[%d] OR %s IS NULL AND v[%d] IS NULL)", v, i, v, i)
	}
	s.read += s.rows
	return s.nameAll(ctx, st, check, statement{stage: s.suite.ID() + ": examples", params: s.writer.params,
		cypher: fmt.Sprintf("%sWITH [%s] AS v, c WHERE c > 1\nWITH v LIMIT %d\nWITH collect(v) AS vs\nMATCH %s%s\nRETURN %s LIMIT %d",
			base, strings.Join(vs, ", "), s.suite.Examples(), s.element.pattern(),
			where(conditions(g.where, "any(v IN vs WHERE "+strings.Join(same, " AND ")+")")), s.identity(), s.suite.Examples())})
}
