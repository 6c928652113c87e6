package neoquality

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/shugo-data/shugo/quality"
)

// writer writes tests as Cypher. Values become parameters, which all statements of a suite share.
type writer struct {
	params map[string]any
	now    time.Time // what quality.Now is relative to
	inline bool      // values become literals instead, for a human to read
}

func (w *writer) param(value any) string {
	if w.inline {
		return literal(value)
	}
	name := "p" + strconv.Itoa(len(w.params))
	w.params[name] = value
	return "$" + name
}

// truth writes a test as an expression that is true for good records, false for bad ones and null for those that are not judged: the
// three-valued logic of package quality is that of Cypher. It says false when Cypher cannot say exactly what the test means.
func (w *writer) truth(t quality.Test) (string, bool) {
	switch t := t.(type) {
	case rowExtension:
		return t.good(w), true
	case quality.NotNull:
		return property(t.Field) + " IS NOT NULL", true
	case quality.IsNull:
		return property(t.Field) + " IS NULL", true
	case quality.NotEmpty:
		return ofType(t.Field, "STRING", notBlank(property(t.Field))), true
	case quality.Length:
		return ofType(t.Field, "STRING", w.length(t)), true
	case quality.ColumnType:
		return judged(t.Field, "valueType("+property(t.Field)+") IN "+w.param(valueTypes(t.Types))), true
	case quality.Range:
		return w.between(t)
	case quality.In:
		return w.in(t)
	case quality.Compare:
		return compared(t), true
	case quality.VectorDimensions:
		return ofType(t.Field, "LIST<FLOAT>", "size("+property(t.Field)+") = "+w.param(t.Want())), true
	case quality.VectorNonZero:
		return ofType(t.Field, "LIST<FLOAT>", "reduce(s = 0.0, c IN "+property(t.Field)+" | s + c * c) > 0"), true
	case quality.VectorNorm:
		low, high := t.Bounds()
		return ofType(t.Field, "LIST<FLOAT>", "[s IN [sqrt(reduce(s = 0.0, c IN "+property(t.Field)+" | s + c * c))] | s >= "+
			w.param(low)+" AND s <= "+w.param(high)+"][0]"), true
	case quality.Not:
		return w.combined([]quality.RowTest{t.Test}, "", "NOT ")
	case quality.All:
		return w.combined(t.Tests, " AND ", "")
	case quality.Any:
		return w.combined(t.Tests, " OR ", "")
	}
	return "", false
}

// combined writes tests joined by an operator.
func (w *writer) combined(tests []quality.RowTest, operator, prefix string) (string, bool) {
	parts := make([]string, len(tests))
	for i, t := range tests {
		text, ok := w.truth(t)
		if !ok {
			return "", false
		}
		parts[i] = prefix + "(" + text + ")"
	}
	return "(" + strings.Join(parts, operator) + ")", true
}

// judged is a condition on a property that is there; where it is null, it is false.
func judged(field, condition string) string {
	return "CASE WHEN " + property(field) + " IS NULL THEN null ELSE coalesce(" + condition + ", false) END"
}

// ofType is a condition on a property that is there; a value of another type is bad.
func ofType(field, kind, condition string) string {
	p := property(field)
	return "CASE WHEN " + p + " IS NULL THEN null WHEN " + p + " IS :: " + kind + " THEN " + condition + " ELSE false END"
}

// notBlank is a condition that a text has a character that is not white space. What trim() of Cypher removes is not what Unicode calls
// white space, hence the expression; texts that begin with a letter of most scripts are spared it.
func notBlank(text string) string {
	const space = `\\x{9}-\\x{D}\\x{20}\\x{85}\\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}`
	return "((" + text + " >= '!' AND " + text + " <= '~') OR " + text + " > '\u3000' AND NOT " + text + " STARTS WITH '\u3000' OR " +
		text + ` =~ '(?s)[` + space + `]*+[^` + space + `].*')`
}

func (w *writer) length(t quality.Length) string {
	size := "size(" + property(t.Field) + ")"
	condition := size + " >= " + w.param(t.Min)
	if t.Max != 0 {
		condition += " AND " + size + " <= " + w.param(t.Max)
	}
	return condition
}

// valueTypes returns type names as valueType() writes them, which says of every value, and of every element, that it is not null.
func valueTypes(names []string) []string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = valueTypeName(name)
	}
	return list
}

func valueTypeName(name string) string {
	name = strings.TrimSpace(strings.TrimSuffix(strings.ToUpper(strings.TrimSpace(name)), "NOT NULL"))
	if inner, is := strings.CutPrefix(name, "LIST<"); is && strings.HasSuffix(inner, ">") {
		inner = strings.TrimSuffix(inner, ">")
		if inner != "NOTHING" {
			inner = valueTypeName(inner)
		}
		name = "LIST<" + inner + ">"
	}
	return name + " NOT NULL"
}

// between writes a range of numbers, texts or times.
func (w *writer) between(t quality.Range) (string, bool) {
	p, kind := property(t.Field), ""
	var conditions []string
	for _, b := range []struct {
		value    any
		operator string
	}{{t.Min, ">="}, {t.Max, "<="}} {
		if b.value == nil {
			continue
		}
		value, k, ok := w.value(b.value)
		if !ok || kind != "" && k != kind || k == "BOOLEAN" || !ordered(value) {
			return "", false
		}
		if operator := b.operator; operator == ">=" && t.OpenMin || operator == "<=" && t.OpenMax {
			b.operator = operator[:1]
		}
		kind = k
		left := p
		if kind == moment {
			left = stamp(t.Field)
		}
		conditions = append(conditions, left+" "+b.operator+" "+w.param(value))
	}
	condition := strings.Join(conditions, " AND ")
	switch kind {
	case "":
		return "", false
	case moment:
		return judged(t.Field, condition), true
	}
	return ofType(t.Field, kind, condition), true
}

// ordered says whether Cypher compares with a bound as package quality does. Against a parameter it may compare by UTF-16 units, in
// which U+E000 to U+FFFF come after all that lies above.
func ordered(bound any) bool {
	text, ok := bound.(string)
	return !ok || !strings.ContainsFunc(text, func(r rune) bool { return r >= 0xD800 })
}

// in writes a set of numbers, texts, booleans and times.
func (w *writer) in(t quality.In) (string, bool) {
	values, moments := []any{}, []any{}
	for _, v := range t.Values {
		value, kind, ok := w.value(v)
		switch {
		case !ok:
			return "", false
		case kind == moment:
			moments = append(moments, value)
		default:
			values = append(values, value)
		}
	}
	condition := property(t.Field) + " IN " + w.param(values)
	if len(moments) > 0 {
		condition = "coalesce(" + condition + ", false) OR " + stamp(t.Field) + " IN " + w.param(moments)
	}
	return judged(t.Field, condition), true
}

const (
	moment = "moment" // the type of times, of which Cypher has several
	number = "INTEGER | FLOAT"
)

// value returns a value as a parameter, and the type of properties that it compares with. It says false for numbers at which Cypher does
// not compare exactly: it compares integers with floats as floats.
func (w *writer) value(v any) (value any, kind string, ok bool) {
	const exact = 1 << 53
	switch v := v.(type) {
	case string:
		return v, "STRING", true
	case bool:
		return v, "BOOLEAN", true
	case quality.Now:
		return stamped(w.now.Add(time.Duration(v))), moment, true
	case time.Time:
		return stamped(v), moment, true
	case int:
		return int64(v), number, v > -exact && v < exact
	case int8:
		return int64(v), number, true
	case int16:
		return int64(v), number, true
	case int32:
		return int64(v), number, true
	case int64:
		return v, number, v > -exact && v < exact
	case float32:
		return float64(v), number, math.Abs(float64(v)) < exact
	case float64:
		return v, number, math.Abs(v) < exact
	case *big.Rat:
		f, same := v.Float64()
		return f, number, same && math.Abs(f) < exact
	}
	return nil, "", false
}

// stamped is a time as a pair that compares as times do.
func stamped(t time.Time) []int64 { return []int64{t.Unix(), int64(t.Nanosecond())} }

// stamp is such a pair of a property, or null when it is no time. Cypher's own comparison of times tells zones apart. A date, or a time
// without a zone, is one of UTC.
func stamp(field string) string {
	p := property(field)
	return "[m IN [CASE WHEN " + p + " IS :: ZONED DATETIME THEN " + p +
		" WHEN " + p + " IS :: LOCAL DATETIME THEN datetime({datetime: " + p + ", timezone: 'Z'})" +
		" WHEN " + p + " IS :: DATE THEN datetime({date: " + p + ", timezone: 'Z'}) END] | [m.epochSeconds, m.nanosecond]][0]"
}

// compared writes how two properties compare: two numbers, texts, booleans or times.
func compared(t quality.Compare) string {
	a, b, is := property(t.A), property(t.B), " "+string(t.Is)+" "
	text := "CASE " + nullsOf(t)
	for _, kind := range []string{number, "STRING", "BOOLEAN"} {
		condition := a + is + b
		if kind == number && t.Is == quality.NotEqual {
			condition += " AND NOT isNaN(" + a + ") AND NOT isNaN(" + b + ")"
		}
		text += " WHEN " + a + " IS :: " + kind + " AND " + b + " IS :: " + kind + " THEN " + condition
	}
	const times = " IS :: ZONED DATETIME | LOCAL DATETIME | DATE"
	return text + " WHEN " + a + times + " AND " + b + times + " THEN " + stamp(t.A) + is + stamp(t.B) + " ELSE false END"
}

// nullsOf writes what a comparison says when a property is missing.
func nullsOf(t quality.Compare) string {
	a, b := property(t.A)+" IS NULL", property(t.B)+" IS NULL"
	if t.Nulls == quality.EitherNull {
		return "WHEN " + a + " OR " + b + " THEN null"
	}
	both, one := "null", "false"
	if t.Nulls == quality.NeverNull {
		both = strconv.FormatBool(t.Is == quality.Equal || t.Is == quality.LessEqual || t.Is == quality.GreaterEqual)
	}
	if t.Is == quality.NotEqual {
		one = "true"
	}
	return "WHEN " + a + " AND " + b + " THEN " + both + " WHEN " + a + " OR " + b + " THEN " + one
}
