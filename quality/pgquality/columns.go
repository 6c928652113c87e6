package pgquality

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/shugo-data/shugo/quality"
)

// in compares with a set. Elements that cannot be a value of the column are left out; if none is left of some, the test does not fit.
func (c *compiler) in(col column, values []any) (string, error) {
	if !c.plain && col.class() == text && len(values) > 0 && len(values) <= chained && onlyTexts(values) {
		return c.chain(col, values), nil
	}
	set, err := c.set(col, values)
	if err != nil {
		return "", err
	}
	switch {
	case col.class() == other || col.class() == document:
		return fmt.Sprintf(`%s::text COLLATE "C" = ANY (%s)`, col.name(), set), nil
	case c.plain && !col.Loose && col.class() == text:
		return fmt.Sprintf("%s = ANY (%s)", col.plainText(), set), nil
	case c.plain && !col.Loose:
		return fmt.Sprintf("%s = ANY (%s)", col.name(), set), nil
	}
	return fmt.Sprintf("%s = ANY (%s)", ordering(col), set), nil
}

// chained is the number of texts up to which a chain of equalities costs less than a look-up.
const chained = 8

// chain compares a text with a few others, one after the other: the first that is equal ends it. Equality of bytes, which is what the
// collation "C" says, needs no look at the locale.
func (c *compiler) chain(col column, values []any) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = ordering(col) + " = " + c.args.add(v, "text")
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// onlyTexts says whether all elements are texts.
func onlyTexts(values []any) bool {
	return !slices.ContainsFunc(values, func(v any) bool {
		_, ok := v.(string)
		return !ok
	})
}

// set adds a set of values as an array of the column's kind.
func (c *compiler) set(col column, values []any) (string, error) {
	var texts, exacts []string
	var wholes []int64
	var doubles []float64
	var booleans []bool
	var times []time.Time
	for _, v := range values {
		switch v := v.(type) {
		case string:
			texts = append(texts, v)
		case bool:
			booleans = append(booleans, v)
		case time.Time:
			times = append(times, v.UTC())
		default:
			r, f := rational(v)
			if r != nil {
				exacts = append(exacts, r.FloatString(30))
				if r.IsInt() && r.Num().IsInt64() {
					wholes = append(wholes, r.Num().Int64())
				}
			}
			doubles = append(doubles, f)
		}
	}
	switch cl := col.class(); {
	case len(values) > 0 && !fits(cl, len(texts), len(booleans), len(times), len(doubles)):
		return "", col.expected("elements of that type in the set")
	case cl == whole:
		return c.args.add(filled(wholes), "int8[]"), nil
	case cl == double:
		return c.args.add(filled(doubles), "float8[]"), nil
	case cl == exact:
		return c.args.add(filled(exacts), "text[]") + "::numeric[]", nil
	case cl == boolean:
		return c.args.add(filled(booleans), "bool[]"), nil
	case cl == moment:
		return c.args.add(filled(times), "timestamptz[]"), nil
	case cl == wall:
		return c.args.add(filled(times), "timestamp[]"), nil
	case cl == octets || cl == vector:
		return "", col.expected("text, numbers, booleans or times")
	}
	return c.args.add(filled(texts), "text[]"), nil
}

// filled returns an empty array instead of nil, which would be NULL.
func filled[T any](values []T) []T {
	if values == nil {
		return []T{}
	}
	return values
}

// fits says whether some elements of a set can be values of a column.
func fits(cl class, texts, booleans, times, numbers int) bool {
	switch cl {
	case whole, double, exact:
		return numbers > 0
	case boolean:
		return booleans > 0
	case moment, wall:
		return times > 0
	}
	return texts > 0
}

// rational returns a number exactly, by its shortest decimal form, and as a float; an infinite or missing one has only the latter.
func rational(v any) (*big.Rat, float64) {
	if r, ok := v.(*big.Rat); ok {
		f, _ := r.Float64()
		return r, f
	}
	r, ok := new(big.Rat).SetString(fmt.Sprint(v))
	if !ok {
		if f, isFloat := v.(float64); isFloat {
			return nil, f
		}
		return nil, math.NaN()
	}
	f, _ := r.Float64()
	return r, f
}

// compare compares two columns.
func (c *compiler) compare(t quality.Compare) (string, error) {
	a, b, err := c.pair(t.A, t.B)
	if err != nil {
		return "", err
	}
	plain := fmt.Sprintf("%s %s %s", a, t.Is, b)
	guarded := false
	for _, name := range t.Columns() { // NaN compares with nothing, where PostgreSQL has it above every number
		if col, _ := c.table.column(name); col.class() == double || col.class() == exact {
			plain += fmt.Sprintf(" AND %s <> 'NaN'", col.name())
			guarded = true
		}
	}
	switch {
	case t.Nulls == quality.EitherNull && guarded:
		return fmt.Sprintf("CASE WHEN %s THEN %s END", notNull(t.Columns()), plain), nil
	case t.Nulls == quality.EitherNull:
		return plain, nil
	}
	one, both := fmt.Sprintf("(%s IS NULL OR %s IS NULL)", a, b), fmt.Sprintf("(%s IS NULL AND %s IS NULL)", a, b)
	var ofNulls string
	switch t.Is {
	case quality.Equal, quality.LessEqual, quality.GreaterEqual:
		ofNulls = both
	case quality.NotEqual:
		ofNulls = "NOT " + both
	default:
		ofNulls = "false"
	}
	if t.Nulls == quality.BothNull {
		return fmt.Sprintf("CASE WHEN %s THEN NULL WHEN %s THEN %s ELSE %s END", both, one, ofNulls, plain), nil
	}
	return fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", one, ofNulls, plain), nil
}

// pair returns two columns in forms that compare.
func (c *compiler) pair(a, b string) (string, string, error) {
	x, err := c.table.column(a)
	if err != nil {
		return "", "", err
	}
	y, err := c.table.column(b)
	if err != nil {
		return "", "", err
	}
	if x.numeric() != y.numeric() || (x.class() == moment) != (y.class() == moment) || (x.class() == boolean) != (y.class() == boolean) ||
		x.class() == vector || y.class() == vector {
		return "", "", unable("columns %s (%s) and %s (%s) do not compare", x.name(), x.Type, y.name(), y.Type)
	}
	return ordering(x), ordering(y), nil
}

// nulls wraps an expression that judges rows without NULL, for a policy.
func nulls(policy quality.Nulls, fields []string, all string) string {
	some := make([]string, len(fields))
	for i, f := range fields {
		some[i] = quoted(f) + " IS NULL"
	}
	switch policy {
	case quality.EitherNull:
		return fmt.Sprintf("CASE WHEN %s THEN NULL ELSE %s END", strings.Join(some, " OR "), all)
	case quality.BothNull:
		return fmt.Sprintf("CASE WHEN %s THEN NULL ELSE %s END", strings.Join(some, " AND "), all)
	}
	return all
}

// allDifferent compares every pair.
func (c *compiler) allDifferent(t quality.AllDifferent) (string, error) {
	var parts []string
	for i, f := range t.Fields {
		for _, other := range t.Fields[:i] {
			a, b, err := c.pair(f, other)
			if err != nil {
				return "", err
			}
			parts = append(parts, fmt.Sprintf("%s IS DISTINCT FROM %s", a, b))
		}
	}
	return nulls(t.Nulls, t.Fields, "("+strings.Join(parts, " AND ")+")"), nil
}

// inTuples compares with every tuple.
func (c *compiler) inTuples(t quality.InTuples) (string, error) {
	cols := make([]column, len(t.Fields))
	for i, f := range t.Fields {
		col, err := c.table.column(f)
		if err != nil {
			return "", err
		}
		cols[i] = col
	}
	var tuples []string
	for _, tuple := range t.Tuples {
		parts := make([]string, len(cols))
		for i, v := range tuple {
			if v == nil {
				parts[i] = cols[i].name() + " IS NULL"
				continue
			}
			value, err := c.bound(cols[i], v)
			if err != nil {
				return "", err
			}
			parts[i] = fmt.Sprintf("%s IS NOT DISTINCT FROM %s", ordering(cols[i]), value)
		}
		tuples = append(tuples, "("+strings.Join(parts, " AND ")+")")
	}
	if len(tuples) == 0 {
		tuples = []string{"false"}
	}
	return nulls(t.Nulls, t.Fields, "("+strings.Join(tuples, " OR ")+")"), nil
}

// total adds the columns of a row as numeric, so that nothing overflows or is rounded.
func (c *compiler) total(t quality.Total) (string, error) {
	parts := make([]string, len(t.Fields))
	for i, f := range t.Fields {
		col, err := c.table.column(f)
		if err != nil {
			return "", err
		}
		if !col.numeric() {
			return "", col.expected("numbers")
		}
		parts[i] = col.name() + "::numeric"
	}
	sum := "(" + strings.Join(parts, " + ") + ")"
	conditions := []string{sum + " <> 'NaN'"}
	for _, b := range []struct {
		operator string
		value    any
	}{{" >= ", t.Min}, {" <= ", t.Max}} {
		if b.value != nil {
			conditions = append(conditions, sum+b.operator+c.args.add(decimal(b.value), "numeric"))
		}
	}
	return strings.Join(conditions, " AND "), nil
}

// decimal returns a number in digits.
func decimal(v any) string {
	if r, ok := v.(*big.Rat); ok {
		return r.FloatString(30)
	}
	return fmt.Sprint(v)
}

// digest recomputes a digest.
func (c *compiler) digest(t quality.Digest) (string, error) {
	have, err := c.table.column(t.Field)
	if err != nil {
		return "", err
	}
	of, err := c.table.column(t.Of)
	if err != nil {
		return "", err
	}
	digest, err := have.text()
	if err != nil {
		return "", err
	}
	content, err := of.text()
	if err != nil {
		return "", err
	}
	if t.Hash == quality.MD5 {
		return fmt.Sprintf("%s = md5(%s)", digest, content), nil
	}
	return fmt.Sprintf("%s = encode(sha256(convert_to(%s, 'UTF8')), 'hex')", digest, content), nil
}

// vector judges a vector. The length of a stored vector is read without the vector where the type fixes it.
func (c *compiler) vector(t quality.RowTest) (string, error) {
	col, err := c.table.column(t.Columns()[0])
	if err != nil {
		return "", err
	}
	if col.class() != vector {
		return "", col.expected("a vector")
	}
	switch t := t.(type) {
	case quality.VectorDimensions:
		return fmt.Sprintf("%s = %s", c.ofVector("vector_dims", col), c.args.add(t.Want(), "int4")), nil
	case quality.VectorFinite: // pgvector stores no other
		return anything(col.name()), nil
	case quality.VectorNonZero:
		return fmt.Sprintf("%s > 0", c.norm(col)), nil
	case quality.VectorNorm:
		low, high := t.Bounds()
		return fmt.Sprintf("%s BETWEEN %s AND %s", c.norm(col), c.args.add(low, "float8"), c.args.add(high, "float8")), nil
	}
	return "", errTransfer
}

// norm returns the Euclidean length of a vector, computed once per row.
func (c *compiler) norm(col column) string {
	return c.ofVector(pick(col.Base == "halfvec", "l2_norm", "vector_norm"), col)
}

// ofVector returns a function of a vector, computed once per row. Where several functions may be asked of a vector, since its type does
// not fix the dimensions, it is read from where long values are stored only once: the function that checks the dimensions of a type
// returns it whole.
func (c *compiler) ofVector(function string, col column) string {
	if c.derive == nil {
		return function + "(" + col.name() + ")"
	}
	if c.whole == nil || col.dimensions() > 0 {
		return c.derive(function + "(" + col.name() + ")")
	}
	return c.derive(function + "(" + c.whole(col.Base+"("+col.name()+", -1, true)") + ")")
}
