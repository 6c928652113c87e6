package recall

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"
)

// search is how one filter is searched with, and what is true of it.
type search struct {
	*measurement
	filter Filter
	truths []truth
}

// truth is the exact answer to a probe.
type truth struct {
	probe    []float32
	expected int     // rows: k, or fewer where fewer match
	farthest float64 // distance of the last of them
}

// The two searches. In the exact one OFFSET 0 keeps the order from the planner, and so the approximate index, while an index on the
// filter's columns may be used. %[1]s is the column, %[2]s the operator, %[3]s the table, %[4]s the filter, %[5]s the probe, %[6]d is k.
const (
	exactSQL = `SELECT distance, v <-> %[5]s = 0 FROM (SELECT %[1]s AS v, %[1]s %[2]s %[5]s AS distance FROM %[3]s WHERE %[4]s OFFSET 0) r
ORDER BY distance LIMIT %[6]d`
	currentSQL = `SELECT %[1]s %[2]s %[5]s AS distance FROM %[3]s WHERE %[4]s ORDER BY %[1]s %[2]s %[5]s LIMIT %[6]d`
)

// sql returns a search. The probe is the parameter after those of the filter.
func (s *search) sql(exact bool) string {
	format := currentSQL
	if exact {
		format = exactSQL
	}
	probe := fmt.Sprintf("$%d::real[]::%s", len(s.filter.Args)+1, s.at.base)
	return fmt.Sprintf(format, pgx.Identifier{s.config.Column}.Sanitize(), s.config.Distance, s.config.relation(), or(s.filter.SQL, "true"), probe, s.config.K)
}

// args returns the parameters of a search.
func (s *search) args(probe []float32) []any { return append(slices.Clone(s.filter.Args), probe) }

// exactly finds the true neighbours of each probe, and says how many probes are left out since they are stored vectors.
func (s *search) exactly(ctx context.Context) (leftOut int, err error) {
	if len(s.probes) == 0 {
		return 0, nil
	}
	used, _, err := s.explain(ctx, true, s.probes[0], false)
	if err != nil {
		return 0, err
	}
	if used != "" {
		return 0, errors.New("the planner uses an approximate index for the exact search")
	}
	for i, probe := range s.probes {
		if i%10 == 0 {
			s.progress(s.filter.Name+": exact search", i, len(s.probes))
		}
		t, stored, err := s.nearest(ctx, probe)
		switch {
		case err != nil:
			return 0, err
		case stored:
			leftOut++
		case t.expected > 0:
			s.truths = append(s.truths, t)
		}
	}
	return leftOut, nil
}

// nearest returns the exact answer to a probe, and whether the probe is a stored vector.
func (s *search) nearest(ctx context.Context, probe []float32) (t truth, stored bool, err error) {
	rows, err := s.tx.Query(ctx, s.sql(true), s.args(probe)...)
	if err != nil {
		return t, false, err
	}
	defer rows.Close()
	t.probe = probe
	for rows.Next() {
		var distance *float64
		var same *bool
		if err := rows.Scan(&distance, &same); err != nil {
			return t, false, err
		}
		if distance == nil || math.IsNaN(*distance) { // no vector, or the zero vector, which has no cosine
			continue
		}
		t.expected, t.farthest = t.expected+1, *distance
		stored = stored || same != nil && *same
	}
	return t, stored, rows.Err()
}

// try measures a way on some of the probes: the first ones.
func (s *search) try(ctx context.Context, w Way, probes int) (Trial, error) {
	t := Trial{Way: w}
	if err := s.apply(ctx, w); err != nil {
		return t, err
	}
	if w.Exact {
		t.Probes, t.Recall = len(s.truths), 1
		for _, truth := range s.truths {
			t.asked, t.Returned = t.asked+int64(truth.expected), t.Returned+float64(truth.expected)/float64(len(s.truths))
		}
		t.hits = t.asked
		t.Interval.Low, t.Interval.High, t.Interval.Level = 1, 1, 0.95
		return t, nil
	}
	var err error
	if t.Index, _, err = s.explain(ctx, false, s.truths[0].probe, false); err != nil {
		return t, err
	}
	recalls := make([]float64, 0, probes)
	for i, truth := range s.truths[:probes] {
		if i%10 == 0 {
			s.progress(s.filter.Name+": "+w.String(), i, probes)
		}
		hits, returned, err := s.hits(ctx, truth)
		if err != nil {
			return t, err
		}
		t.hits, t.asked = t.hits+int64(hits), t.asked+int64(truth.expected)
		t.Returned += float64(returned) / float64(probes)
		recalls = append(recalls, float64(hits)/float64(truth.expected))
	}
	t.Probes = probes
	t.Recall, t.Interval = estimate(recalls, s.config.K)
	return t, nil
}

// hits searches, and counts rows that are as near as the exact answer's.
func (s *search) hits(ctx context.Context, t truth) (hits, returned int, err error) {
	rows, err := s.tx.Query(ctx, s.sql(false), s.args(t.probe)...)
	if err != nil {
		return 0, 0, err
	}
	distances, err := pgx.CollectRows(rows, pgx.RowTo[*float64])
	for _, d := range distances {
		if d == nil || math.IsNaN(*d) {
			continue
		}
		if returned++; *d <= t.farthest {
			hits++
		}
	}
	return min(hits, t.expected), returned, err
}

// cost is what a search took.
type cost struct {
	milliseconds float64
	blocks       int64
}

// timed is how many searches are timed.
const timed = 7

// time adds what a search takes: the median of some, after one that warms up.
func (s *search) time(ctx context.Context, t *Trial) error {
	if err := s.apply(ctx, t.Way); err != nil {
		return err
	}
	var costs []cost
	for i := range timed + 1 {
		_, took, err := s.explain(ctx, t.Exact, s.truths[i%len(s.truths)].probe, true)
		if err != nil {
			return err
		}
		costs = append(costs, took)
	}
	costs = costs[1:]
	slices.SortFunc(costs, func(a, b cost) int { return cmp.Compare(a.milliseconds, b.milliseconds) })
	t.Milliseconds, t.Blocks = costs[timed/2].milliseconds, costs[timed/2].blocks
	return nil
}

// node is a node of a plan.
type node struct {
	Index string `json:"Index Name"`
	Hit   int64  `json:"Shared Hit Blocks"`
	Read  int64  `json:"Shared Read Blocks"`
	Plans []node `json:"Plans"`
}

// explain asks for the plan of a search, and returns the approximate index that it uses; if it is run, also what it took.
func (s *search) explain(ctx context.Context, exact bool, probe []float32, run bool) (string, cost, error) {
	options := "FORMAT JSON"
	if run {
		options += ", ANALYZE, BUFFERS, TIMING OFF"
	}
	var text []byte
	if err := s.tx.QueryRow(ctx, "EXPLAIN ("+options+") "+s.sql(exact), s.args(probe)...).Scan(&text); err != nil {
		return "", cost{}, err
	}
	var plans []struct {
		Plan node
		Time float64 `json:"Execution Time"`
	}
	if err := json.Unmarshal(text, &plans); err != nil || len(plans) != 1 {
		return "", cost{}, fmt.Errorf("reading a plan: %w", err)
	}
	p := plans[0]
	return s.approximate(p.Plan), cost{p.Time, p.Plan.Hit + p.Plan.Read}, nil
}

// approximate returns the name of the first approximate index in a plan.
func (s *search) approximate(n node) string {
	if slices.ContainsFunc(s.at.indexes, func(i index) bool { return i.Name == n.Index }) {
		return n.Index
	}
	for _, child := range n.Plans {
		if name := s.approximate(child); name != "" {
			return name
		}
	}
	return ""
}
