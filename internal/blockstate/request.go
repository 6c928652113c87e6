package blockstate

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Kind is how the values of an aggregate over two disjoint sets of rows become that over both.
type Kind uint8

const (
	// Count is a number of rows: bigint, never NULL, added.
	Count Kind = iota + 1
	// Sum is an exact sum: bigint or numeric, NULL without a value, added.
	Sum
	// Min is the least value: an integer, float8, timestamp or timestamptz, NULL without a value, compared.
	Min
	// Max is the greatest value: of the types of Min.
	Max
)

// Aggregate is one aggregate expression over the rows of a table.
//
// Its text is trusted: it becomes part of a statement. It must be row-local (no DISTINCT, no other table, no window) and
// immutable for given arguments and session settings, or what was kept of it is not what a new reading gives.
type Aggregate struct {
	// Kind is how its values are merged.
	Kind Kind
	// SQL is the expression, e.g. count(*) FILTER (WHERE content IS NULL); $1 is the request's first argument.
	SQL string
}

// Request says what of which table is wanted.
type Request struct {
	// Table is the table's name, best with its schema.
	Table pgx.Identifier
	// Aggregates are the values wanted, at least one.
	Aggregates []Aggregate
	// Args are the arguments of the expressions.
	Args []any
}

func (r Request) check() error {
	var problems []error
	if n := len(r.Table); n != 1 && n != 2 {
		problems = append(problems, fmt.Errorf("the table's name has %d parts: want a schema and a name, or a name", n))
	}
	if len(r.Aggregates) == 0 {
		problems = append(problems, errors.New("no aggregates: want at least one"))
	}
	for i, a := range r.Aggregates {
		if a.Kind < Count || a.Kind > Max {
			problems = append(problems, fmt.Errorf("aggregate %d has kind %d: want Count, Sum, Min or Max", i, a.Kind))
		}
		if strings.TrimSpace(a.SQL) == "" {
			problems = append(problems, fmt.Errorf("aggregate %d has no expression", i))
		}
	}
	if len(problems) > 0 {
		return fmt.Errorf("blockstate: request: %w", errors.Join(problems...))
	}
	return nil
}

// digest is a short hash: equal digests are taken for equal things.
type digest [16]byte

func digestOf(parts ...string) digest {
	h := sha256.New()
	for _, p := range parts {
		writePart(h, p)
	}
	return digest(h.Sum(nil)[:16])
}

// writePart delimits what it hashes, so that no two lists of parts give the same bytes.
func writePart(h hash.Hash, part string) {
	fmt.Fprintf(h, "%d:%s", len(part), part)
}

// digest covers the aggregates with the types they have, and the arguments. It is false if an argument is of a type whose
// text may not tell its values apart.
func (r Request) digest(columns []columnType) (digest, bool) {
	var parts []string
	for i, a := range r.Aggregates {
		parts = append(parts, fmt.Sprint(a.Kind, columns[i]), a.SQL)
	}
	for _, arg := range r.Args {
		text, ok := argumentText(arg)
		if !ok {
			return digest{}, false
		}
		parts = append(parts, text)
	}
	return digestOf(parts...), true
}

func argumentText(arg any) (string, bool) {
	switch a := arg.(type) {
	case nil, bool, int, int16, int32, int64, uint32, float32, float64, string, []byte, []string, []int64, []float64:
		return fmt.Sprintf("%T %q", a, fmt.Sprintf("%#v", a)), true
	case time.Time:
		return "time " + a.UTC().Format(time.RFC3339Nano), true
	default:
		return "", false
	}
}
