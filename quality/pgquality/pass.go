package pgquality

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/shugo-data/shugo/quality"
)

// pass is one reading of a table that computes aggregates, each once, however many checks need it.
type pass struct {
	table      *table
	step       *step
	args       arguments
	aggregates []string
	targets    []any    // where the values of the aggregates are scanned to
	derived    []string // expressions that are computed once per row, as columns d1, d2, ...
	wholes     []string // what expressions are derived from, as columns w1, w2, ...
	columns    []string // that the derived row needs besides

	kept        bool   // its aggregates are kept by ranges of blocks: see incremental.go
	state       []byte // of the kept aggregates, after the pass
	incremental bool   // only what changed was read
}

// count adds a count of rows, all or those that a condition is true of, and returns where the number will be.
func (p *pass) count(condition string) *int64 {
	if condition == "" {
		return aggregate[int64](p, "count(*)")
	}
	return aggregate[int64](p, "count(*) FILTER (WHERE "+condition+")")
}

// aggregate adds an aggregate, and returns where its value will be after the pass.
func aggregate[T any](p *pass, sql string) *T {
	if i := slices.Index(p.aggregates, sql); i >= 0 {
		if target, ok := p.targets[i].(*T); ok {
			return target
		}
	}
	target := new(T)
	p.aggregates = append(p.aggregates, sql)
	p.targets = append(p.targets, target)
	return target
}

// derive returns the name of an expression that is computed once per row: reading a long vector is what costs.
func (p *pass) derive(sql string) string {
	if p.kept { // an aggregate that is kept stands by itself
		return sql
	}
	return numbered(&p.derived, "d", sql)
}

// whole returns the name of an expression that others are derived from.
func (p *pass) whole(sql string) string {
	if p.kept {
		return sql
	}
	return numbered(&p.wholes, "w", sql)
}

// numbered returns the name of an expression in a list, to which it is added if it is new.
func numbered(expressions *[]string, letter, sql string) string {
	i := slices.Index(*expressions, sql)
	if i < 0 {
		i = len(*expressions)
		*expressions = append(*expressions, sql)
	}
	return fmt.Sprintf("%s%d", letter, i+1)
}

// sql returns the statement. Without OFFSET, the planner would write a derived expression out again at every place.
func (p *pass) sql() string {
	slices.Sort(p.columns)
	p.columns = slices.Compact(p.columns)
	columns := make([]string, 0, len(p.columns))
	for _, c := range p.columns {
		columns = append(columns, quoted(c))
	}
	from := layer(p.table.from(), "v", "w", columns, p.wholes)
	from = layer(from, "r", "d", columns, p.derived)
	return "SELECT " + strings.Join(p.aggregates, ",\n  ") + "\nFROM " + from
}

// method says how the rows of the pass were read.
func (p *pass) method() quality.Method {
	if p.incremental {
		return quality.ByIncrement
	}
	return quality.ByFull
}

// finish writes the statement into the step.
func (p *pass) finish() { p.step.sql, p.step.args = p.sql(), p.args.values }

// layer returns the rows of a source with some expressions besides its columns.
func layer(source, alias, letter string, columns, expressions []string) string {
	if len(expressions) == 0 {
		return source
	}
	parts := slices.Clone(columns)
	for i, e := range expressions {
		parts = append(parts, fmt.Sprintf("%s AS %s%d", e, letter, i+1))
	}
	return fmt.Sprintf("(SELECT %s FROM %s OFFSET 0) %s", strings.Join(parts, ", "), source, alias)
}

// run reads.
func (p *pass) run(ctx context.Context, tx pgx.Tx) error {
	return tx.QueryRow(ctx, p.sql(), p.args.values...).Scan(p.targets...)
}

// ratOf returns an exact number.
func ratOf(n pgtype.Numeric) (any, bool) {
	switch {
	case !n.Valid:
		return nil, true
	case n.NaN || n.InfinityModifier != pgtype.Finite:
		return nil, false
	}
	r := new(big.Rat).SetInt(n.Int)
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(abs(n.Exp))), nil)
	if n.Exp < 0 {
		return r.Quo(r, new(big.Rat).SetInt(ten)), true
	}
	return r.Mul(r, new(big.Rat).SetInt(ten)), true
}

func abs(n int32) int32 {
	if n < 0 {
		return -n
	}
	return n
}

// momentOf returns a time; infinite ones of PostgreSQL are before and after all others.
func momentOf(t pgtype.Timestamptz) any {
	switch {
	case !t.Valid:
		return nil
	case t.InfinityModifier == pgtype.Infinity:
		return time.Unix(1<<40, 0)
	case t.InfinityModifier == pgtype.NegativeInfinity:
		return time.Unix(-1<<40, 0)
	}
	return t.Time
}
