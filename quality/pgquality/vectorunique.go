package pgquality

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// copies is the search for copies of the vectors of one column.
type copies struct {
	planner *planner
	column  column
	args    arguments
	where   string // the condition of the rows that are judged, but for zero vectors
	within  float64
	step    *step

	judged   int64
	found    quality.Duplicates
	examples []string
	reason   string // why it was not assessed
}

// askVectorUnique plans a test for copies of vectors: one statement for exact ones, a search for near ones.
func (p *planner) askVectorUnique(check quality.Check, test quality.VectorUnique) (question, error) {
	col, err := p.table.column(test.Field)
	if err != nil {
		return question{}, err
	}
	if col.class() != vector {
		return question{}, col.expected("a vector")
	}
	c := &copies{planner: p, column: col, within: test.Within}
	scope, err := p.scope(check, &c.args, nil)
	if err != nil {
		return question{}, err
	}
	c.where = both(notNull([]string{test.Field}), scope)
	c.step = &step{reads: max(p.table.Estimate, 0), args: c.args.values}
	if test.Within == 0 {
		c.step.purpose = fmt.Sprintf("%s: copies of %s", p.table.from(), col.name())
		c.step.sql = c.exactSQL()
		c.step.run = c.exact
	} else {
		if !strings.Contains("rmp", p.table.Kind) {
			return question{}, unable("near duplicates are verified by the place of their rows, which %s does not have", p.table.from())
		}
		c.step.purpose = fmt.Sprintf("%s: near duplicates of %s", p.table.from(), col.name())
		c.step.sql = c.projectionSQL(projections(test.Within))
		c.step.run = c.near
	}
	p.steps = append(p.steps, c.step)
	return question{step: c.step, answer: c.answer}, nil
}

// answer returns the result.
func (c *copies) answer() quality.Result {
	if c.reason != "" {
		return quality.Result{Verdict: quality.NotAssessed, Method: quality.ByFull, Reason: c.reason}
	}
	return quality.Result{Method: quality.ByFull, Judged: c.judged, Unexpected: c.found.AffectedRows,
		Duplicates: &c.found, Examples: c.examples}
}

// exactSQL finds exact copies and reads most vectors once. Vectors of different length differ, and the length costs least to compute; of
// those that share it a hash of the bytes is compared; and those that share that too are grouped by the bytes themselves, so that a
// collision counts for nothing. What is carried from step to step is the place of a long vector, not the vector.
// %[1]s is the vector, %[2]s its length, %[3]s the table, %[4]s the condition of the rows, %[5]s the key of a row as an array of text,
// %[6]d the number of examples, %[7]s the function that gives the bytes.
const exactSQL = `WITH judged AS (SELECT %[1]s AS v, %[2]s AS length, %[5]s AS key FROM %[3]s WHERE %[4]s OFFSET 0),
  tallied AS MATERIALIZED (SELECT *, count(*) OVER (PARTITION BY length) AS sharing FROM judged WHERE length > 0),
  hashed AS (SELECT *, count(*) OVER (PARTITION BY hash_record_extended(ROW(%[7]s(v)), 0)) AS suspects FROM tallied WHERE sharing > 1),
  suspected AS MATERIALIZED (SELECT v, key FROM hashed WHERE suspects > 1),
  copied AS MATERIALIZED (SELECT count(*) AS n, (array_agg(to_json(key)::text))[:%[6]d] AS keys FROM suspected
    GROUP BY %[7]s(v) HAVING count(*) > 1)
SELECT (SELECT count(*) FROM tallied), coalesce(sum(n), 0)::int8, count(*),
  (SELECT coalesce(array_agg(k), '{}') FROM (SELECT k FROM copied, unnest(keys) k LIMIT %[6]d) shown)
FROM copied`

func (c *copies) exactSQL() string {
	send := pick(c.column.Base == "halfvec", "halfvec_send", "vector_send")
	return fmt.Sprintf(exactSQL, c.column.name(), length(c.column), c.planner.table.from(), c.where, c.key(), c.planner.suite.Examples(), send)
}

// key returns the key of a row as an array of text, which is NULL when rows have none.
func (c *copies) key() string {
	fields := c.planner.keyColumns()
	if len(fields) == 0 {
		return "NULL::text[]"
	}
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = f.name() + "::text"
	}
	return "ARRAY[" + strings.Join(parts, ", ") + "]"
}

// length returns the Euclidean length of the vectors of a column.
func length(col column) string {
	return pick(col.Base == "halfvec", "l2_norm(", "vector_norm(") + col.name() + ")"
}

func (c *copies) exact(ctx context.Context) error {
	var keys []string
	err := c.planner.tx.QueryRow(ctx, c.step.sql, c.args.values...).Scan(&c.judged, &c.found.AffectedRows, &c.found.Groups, &keys)
	if err != nil {
		return err
	}
	c.found.ExcessRows = c.found.AffectedRows - c.found.Groups
	c.found.Singletons = c.judged - c.found.AffectedRows
	return c.name(keys)
}

// name takes the keys of examples, each an array in JSON.
func (c *copies) name(keys []string) error {
	for _, text := range keys {
		var key []*string
		if err := json.Unmarshal([]byte(text), &key); err != nil {
			return fmt.Errorf("pgquality: reading a key: %w", err)
		}
		values := make([]any, len(key))
		for i, k := range key {
			if k != nil {
				values[i] = *k
			}
		}
		c.examples = append(c.examples, c.planner.suite.RowName(values))
	}
	return nil
}
