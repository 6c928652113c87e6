package pgquality

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/shugo-data/shugo/quality"
)

// Near duplicates are found exactly. Two vectors of length 1 whose cosine distance is w lie at a Euclidean distance of sqrt(2w), and a
// projection on orthonormal directions brings them no further apart (Cauchy and Schwarz). So it suffices to read a few projections of each
// row, to take the pairs whose projections lie that close, and to compare these by their vectors, in the database, and in double precision where
// single precision leaves it open. The directions are
// vectors of the table, made orthonormal: they tell its vectors apart better than random ones do, and any directions are exact.

// slack is how far single precision moves a point among its projections at most.
const slack = 5e-5

// projections returns how many directions a search takes: more, the more pairs the first ones leave.
func projections(within float64) int {
	switch {
	case within <= 1e-5:
		return 16
	case within <= 1e-3:
		return 32
	}
	return 64
}

// place is where a row is, in the snapshot.
type place struct {
	relation uint32 // partition
	block    uint32
	offset   uint16
}

// near searches among the vectors of each number of dimensions by itself.
func (c *copies) near(ctx context.Context) error {
	// The directions are constants of the plan: a generic one would convert them anew for each row.
	if _, err := c.planner.tx.Exec(ctx, "SELECT set_config('plan_cache_mode', 'force_custom_plan', true)"); err != nil {
		return err
	}
	dimensions, err := c.dimensions(ctx)
	if err != nil {
		return err
	}
	var affected []place
	for _, d := range dimensions {
		points, err := c.project(ctx, d)
		if err != nil || c.reason != "" {
			return err
		}
		groups, err := c.connect(ctx, points)
		if err != nil {
			return err
		}
		c.judged += int64(len(points.places))
		affected = append(affected, c.count(points, groups)...)
	}
	return c.show(ctx, affected)
}

// dimensionsSQL lists the numbers of dimensions. %[1]s is the vector, %[2]s the table, %[3]s the condition of the rows.
const dimensionsSQL = `SELECT vector_dims(%[1]s) FROM %[2]s WHERE %[3]s GROUP BY 1 ORDER BY 1`

func (c *copies) dimensions(ctx context.Context) ([]int, error) {
	if d := c.column.dimensions(); d > 0 {
		return []int{d}, nil
	}
	rows, err := c.planner.tx.Query(ctx, fmt.Sprintf(dimensionsSQL, c.column.name(), c.planner.table.from(), c.where), c.args.values...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int])
}

// directionsSQL reads vectors from places all over the table. %[1]s is the vector, %[2]s the table, %[3]s the condition of the rows.
const directionsSQL = `SELECT vector_send(v) FROM (SELECT %[1]s::vector AS v FROM (
    SELECT %[1]s FROM %[2]s WHERE %[3]s ORDER BY hashtext(ctid::text) LIMIT %[4]d) chosen) vectors`

// directions returns orthonormal directions, at most as many as asked for.
func (c *copies) directions(ctx context.Context, dimensions, most int) ([][]float32, error) {
	where := both(c.where, c.sized(dimensions))
	rows, err := c.planner.tx.Query(ctx, fmt.Sprintf(directionsSQL, c.column.name(), c.planner.table.from(), where, most), c.args.values...)
	if err != nil {
		return nil, err
	}
	sample, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) ([]float32, error) {
		var b []byte
		if err := row.Scan(&b); err != nil {
			return nil, err
		}
		return decode(b)
	})
	if err != nil {
		return nil, err
	}
	return orthonormal(sample), nil
}

// sized returns the condition of the vectors of a number of dimensions, or nothing where the type fixes it.
func (c *copies) sized(dimensions int) string {
	if c.column.dimensions() > 0 {
		return ""
	}
	return fmt.Sprintf("vector_dims(%s) = %d", c.column.name(), dimensions)
}

// orthonormal returns an orthonormal basis of what some vectors span, by the modified process of Gram and Schmidt, done twice since once
// leaves an error (Giraud, Langou and Rozloznik 2005). Vectors that others nearly span are left out.
func orthonormal(vectors [][]float32) [][]float32 {
	var basis [][]float64
	var out [][]float32
	for _, v := range vectors {
		u := make([]float64, len(v))
		for i, x := range v {
			u[i] = float64(x)
		}
		if !scale(u, 0) {
			continue
		}
		independent := true
		for pass := 0; pass < 2 && independent; pass++ {
			for _, b := range basis {
				dot := 0.0
				for i := range u {
					dot += u[i] * b[i]
				}
				for i := range u {
					u[i] -= dot * b[i]
				}
			}
			independent = scale(u, 0.01)
		}
		if !independent {
			continue
		}
		basis = append(basis, u)
		short := make([]float32, len(u))
		for i, x := range u {
			short[i] = float32(x)
		}
		out = append(out, short)
	}
	return out
}

// scale makes a vector as long as 1, unless it is no longer than a limit.
func scale(u []float64, limit float64) bool {
	sum := 0.0
	for _, x := range u {
		sum += x * x
	}
	n := math.Sqrt(sum)
	if !(n > limit) || math.IsInf(n, 0) {
		return false
	}
	for i := range u {
		u[i] /= n
	}
	return true
}

// projectionSQL reads the place of each row and the projections of its normalised vector. %[1]s is the vector, %[2]s the table, %[3]s
// the condition of the rows, %[4]s the projections.
const projectionSQL = `SELECT relation, place, %[4]s
FROM (SELECT tableoid AS relation, ctid AS place, l2_normalize(%[1]s::vector) AS unit FROM %[2]s WHERE %[3]s OFFSET 0) r
WHERE vector_norm(unit) > 0`

// projectionSQL returns the statement for a number of directions, which are the parameters after those of the check.
func (c *copies) projectionSQL(directions int) string {
	parts := make([]string, max(directions, 1))
	parts[0] = "0::float8" // no vector but zeros
	for i := range directions {
		parts[i] = fmt.Sprintf("unit <#> $%d::real[]::vector", len(c.args.values)+i+1)
	}
	return fmt.Sprintf(projectionSQL, c.column.name(), c.planner.table.from(), c.where, strings.Join(parts, ", "))
}

// project reads the projections of all vectors of a number of dimensions.
func (c *copies) project(ctx context.Context, dimensions int) (*points, error) {
	directions, err := c.directions(ctx, dimensions, projections(c.within))
	if err != nil {
		return nil, err
	}
	args := c.args.values[:len(c.args.values):len(c.args.values)]
	for _, d := range directions {
		args = append(args, d)
	}
	sql := c.projectionSQL(len(directions))
	if sized := c.sized(dimensions); sized != "" {
		sql = strings.Replace(sql, " OFFSET 0)", " AND "+sized+" OFFSET 0)", 1)
	}
	rows, err := c.planner.tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	p := newPoints(len(directions))
	most := c.planner.config.WorkMemory << 20 / p.bytes()
	values := make([]float64, max(len(directions), 1))
	var at place
	var tid pgtype.TID
	targets := []any{&at.relation, &tid}
	for i := range values {
		targets = append(targets, &values[i])
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		if len(p.places) >= most {
			c.reason = fmt.Sprintf("more than %d vectors: the search takes %d bytes for each, and WorkMemory allows %d MiB", most, p.bytes(),
				c.planner.config.WorkMemory)
			return p, nil
		}
		at.block, at.offset = tid.BlockNumber, tid.OffsetNumber
		p.add(at, values)
		if n := len(p.places); n%progressEvery == 0 {
			c.progress("projections", n, int(c.step.reads), "rows")
		}
	}
	return p, rows.Err()
}

func (c *copies) progress(stage string, done, total int, unit string) {
	c.planner.progress(quality.Progress{Suite: c.planner.suite.ID(), Stage: c.step.purpose + ": " + stage, Done: int64(done),
		Total: int64(total), Unit: unit})
}

// count adds what was found among the points to the result, and returns the places of affected rows, as many as are shown.
func (c *copies) count(p *points, groups forest) []place {
	size := make(map[int32]int64)
	for i := range p.places {
		size[groups.root(int32(i))]++
	}
	var shown []place
	for i := range p.places {
		if size[groups.root(int32(i))] > 1 && len(shown) < c.planner.suite.Examples() {
			shown = append(shown, p.places[i])
		}
	}
	for _, n := range size {
		if n == 1 {
			c.found.Singletons++
			continue
		}
		c.found.Groups++
		c.found.AffectedRows += n
		c.found.ExcessRows += n - 1
	}
	return shown
}

// showSQL reads the keys of rows at some places. %[1]s is the key, %[2]s the table.
const showSQL = `SELECT to_json(%[1]s)::text FROM unnest($1::oid[], $2::tid[]) p(relation, place)
JOIN %[2]s t ON t.ctid = p.place AND t.tableoid = p.relation`

// show names affected rows by their keys.
func (c *copies) show(ctx context.Context, affected []place) error {
	if len(affected) == 0 || len(c.planner.keyColumns()) == 0 {
		return nil
	}
	relations, places := columns(affected[:min(len(affected), c.planner.suite.Examples())])
	rows, err := c.planner.tx.Query(ctx, fmt.Sprintf(showSQL, c.key(), c.planner.table.from()), relations, places)
	if err != nil {
		return err
	}
	keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	return c.name(keys)
}

// columns returns places as two arrays for the server.
func columns(places []place) ([]uint32, []string) {
	relations, at := make([]uint32, len(places)), make([]string, len(places))
	for i, p := range places {
		relations[i], at[i] = p.relation, fmt.Sprintf("(%d,%d)", p.block, p.offset)
	}
	return relations, at
}
