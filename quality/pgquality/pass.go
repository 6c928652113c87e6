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
	i := slices.Index(p.derived, sql)
	if i < 0 {
		i = len(p.derived)
		p.derived = append(p.derived, sql)
	}
	return fmt.Sprintf("d%d", i+1)
}

// sql returns the statement. Without OFFSET, the planner would write a derived expression out again at every place.
func (p *pass) sql() string {
	from := p.table.from()
	if len(p.derived) > 0 {
		parts := make([]string, 0, len(p.columns)+len(p.derived))
		slices.Sort(p.columns)
		for _, c := range slices.Compact(p.columns) {
			parts = append(parts, quoted(c))
		}
		for i, d := range p.derived {
			parts = append(parts, fmt.Sprintf("%s AS d%d", d, i+1))
		}
		from = fmt.Sprintf("(SELECT %s FROM %s OFFSET 0) r", strings.Join(parts, ", "), from)
	}
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

// run reads.
func (p *pass) run(ctx context.Context, tx pgx.Tx) error {
	return tx.QueryRow(ctx, p.sql(), p.args.values...).Scan(p.targets...)
}

// figure is a number or a time that may be missing.
type figure struct {
	value any // *big.Rat, float64, time.Time, string; nil: there is none
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
