package pgquality_test

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/pgquality"
)

// TestRowsAgree holds the one pass of rewritten expressions against the tests' own judgement in Go, on generated tables with every kind
// of NULL, NaN, infinity, emptiness and Unicode.
func TestRowsAgree(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	assessor, err := pgquality.New(pgquality.Config{Database: conn})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(5, 17))
	compared := 0
	for range servertest.Count(12, 250) {
		rows := generate(t, conn, random, random.IntN(120))
		suite := quality.Suite{Dataset: "generated", Example: -1}
		for i := range 25 {
			check := quality.Check{Name: fmt.Sprint(i), Test: randomTest(random, 2)}
			if random.IntN(3) == 0 {
				check.When = randomTest(random, 1)
			}
			suite.Checks = append(suite.Checks, check)
		}
		report, err := assessor.Assess(context.Background(), suite)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range report.Results {
			judged, bad := judge(suite.Checks[i], rows, report.AssessedAt)
			if r.Judged != judged || r.Unexpected != bad {
				t.Errorf("%#v when %#v: the database judged %d, bad %d; Go %d, bad %d (%s)",
					suite.Checks[i].Test, suite.Checks[i].When, r.Judged, r.Unexpected, judged, bad, r.Reason)
			}
			compared++
		}
	}
	t.Logf("%d checks compared", compared)
}

// judge counts as the tests themselves judge.
func judge(check quality.Check, rows []map[string]any, now time.Time) (judged, bad int64) {
	for _, r := range rows {
		row := quality.Row{Now: now, Value: func(field string) any { return r[field] }}
		if check.When != nil && check.When.Judge(row) != quality.Good {
			continue
		}
		switch check.Test.(quality.RowTest).Judge(row) {
		case quality.Good:
			judged++
		case quality.Bad:
			judged++
			bad++
		}
	}
	return judged, bad
}

// generated are the columns of a generated table and the values that occur in each. NULL occurs in all but the key.
func generated() map[string][]any {
	nan, inf := math.NaN(), math.Inf(1)
	half, tenth := big.NewRat(1, 2), big.NewRat(1, 10)
	moment := time.Date(2025, 3, 1, 12, 0, 0, 123456000, time.UTC)
	texts := []any{"", " ", "　", "\t\n", "\u00a0", "\u2003　", "a", "abc", "ABC", "é", "e\u0301", "日本語", "こんにちは", "ｶﾞ", "ガ", "𠮷野家", "👩‍👩‍👧", "a%b", "a_b",
		`a\b`, "a'b", `"`, "$1::text", "0123456789abcdef", "deadbeef", "x\ny", "NULL", "null", strings.Repeat("長", 40), "İ", "ß", "K", "\u200b"}
	return map[string][]any{
		"small integer":       {int64(0), int64(-1), int64(32767), int64(-32768), int64(5)},
		"i integer":           {int64(0), int64(1), int64(2), int64(3), int64(-7), int64(2147483647)},
		"i2 integer":          {int64(0), int64(1), int64(2), int64(3)},
		"l bigint":            {int64(0), int64(1), int64(1) << 53, int64(1)<<53 + 1, int64(math.MaxInt64), int64(math.MinInt64)},
		"f double precision":  {0.0, 0.1, 0.5, -1.5, 1e300, nan, inf, -inf, 3.0},
		"f2 double precision": {0.0, 0.5, 1.5, nan, inf, 3.0},
		"r real":              {float64(0.5), float64(0), float64(-2.25), nan, inf},
		"n numeric":           {half, tenth, big.NewRat(3, 1), big.NewRat(-7, 4), nan},
		"t text":              texts,
		"t2 text":             texts[:14],
		"c varchar(50)":       texts[:12],
		"b boolean":           {true, false},
		"ts timestamptz":      {moment, moment.Add(time.Hour), time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)},
		"w timestamp":         {moment, moment.Add(-time.Hour)},
		`"odd ""name%d" text`: {"", "x", "　"},
	}
}

// generate makes a table of random rows, and returns them.
func generate(t *testing.T, conn *pgx.Conn, random *rand.Rand, n int) []map[string]any {
	t.Helper()
	ctx := context.Background()
	columns := generated()
	definitions := []string{"id integer PRIMARY KEY"}
	names := []string{"id"}
	for d := range columns {
		definitions = append(definitions, d)
		names = append(names, nameOf(d))
	}
	if _, err := conn.Exec(ctx, "DROP TABLE IF EXISTS generated; CREATE TABLE generated ("+strings.Join(definitions, ", ")+")"); err != nil {
		t.Fatal(err)
	}
	var rows []map[string]any
	var records [][]any
	for i := range n {
		row := map[string]any{"id": int64(i)}
		record := []any{int64(i)}
		for j, d := range definitions[1:] {
			values := columns[d]
			var v any
			if random.IntN(6) > 0 {
				v = values[random.IntN(len(values))]
			}
			row[names[j+1]] = v
			if r, ok := v.(*big.Rat); ok {
				v = r.FloatString(6)
			}
			if f, ok := v.(float64); ok && strings.HasPrefix(d, "n ") && math.IsNaN(f) {
				v = "NaN"
			}
			record = append(record, v)
		}
		rows, records = append(rows, row), append(records, record)
	}
	if _, err := conn.CopyFrom(ctx, pgx.Identifier{"generated"}, names, pgx.CopyFromRows(records)); err != nil {
		t.Fatal(err)
	}
	return rows
}

// nameOf returns the name in a column's definition.
func nameOf(definition string) string {
	if strings.HasPrefix(definition, `"`) {
		return `odd "name%d`
	}
	name, _, _ := strings.Cut(definition, " ")
	return name
}

func pickOne[T any](random *rand.Rand, values ...T) T { return values[random.IntN(len(values))] }

// randomTest returns a test of rows that fits the generated table.
func randomTest(random *rand.Rand, depth int) quality.RowTest {
	kinds := 14
	if depth > 0 {
		kinds = 18
	}
	text := pickOne(random, "t", "t2", "c", `odd "name%d`)
	any := pickOne(random, "small", "i", "l", "f", "r", "n", "t", "c", "b", "ts", "w")
	nulls := pickOne(random, quality.EitherNull, quality.BothNull, quality.NeverNull)
	switch random.IntN(kinds) {
	case 0:
		return quality.NotNull{Field: any}
	case 1:
		return quality.IsNull{Field: any}
	case 2, 3:
		return quality.NotEmpty{Field: text}
	case 4, 5:
		low := random.IntN(6)
		return quality.Length{Field: text, Min: low, Max: pickOne(random, 0, low+random.IntN(4)+1)}
	case 6, 7:
		return quality.Match{Field: text, Pattern: randomPattern(random)}
	case 8:
		return quality.Like{Field: text, Pattern: pickOne(random, "%", "a%", "_", "%日%", `a\%b`, `a\_b`, `a\\b`, "a_b", "", "___", "%'%", "[a]")}
	case 9, 10:
		return randomRange(random)
	case 11:
		return randomSet(random)
	case 12:
		a := pickOne(random, [2]string{"i", "i2"}, [2]string{"f", "f2"}, [2]string{"t", "t2"}, [2]string{"i", "n"}, [2]string{"ts", "ts"}, [2]string{"i", "i2"})
		return quality.Compare{A: a[0], B: a[1], Nulls: nulls, Is: pickOne(random, quality.Equal, quality.NotEqual, quality.Less, quality.LessEqual,
			quality.Greater, quality.GreaterEqual)}
	case 13:
		return pickOne[quality.RowTest](random,
			quality.AllDifferent{Fields: []string{"i", "i2"}, Nulls: nulls}, quality.AllDifferent{Fields: []string{"t", "t2"}, Nulls: nulls},
			quality.InTuples{Fields: []string{"i", "t2"}, Nulls: nulls, Tuples: [][]interface{}{{1, "a"}, {2, ""}, {nil, "　"}, {0, nil}}},
			quality.Total{Fields: []string{"i", "i2"}, Min: 1, Max: pickOne[interface{}](random, nil, 4)},
			quality.Total{Fields: []string{"n", "i"}, Min: 0.5})
	case 14:
		return quality.Not{Test: randomTest(random, depth-1)}
	case 15, 16:
		return quality.All{Tests: []quality.RowTest{randomTest(random, depth-1), randomTest(random, depth-1)}}
	}
	return quality.Any{Tests: []quality.RowTest{randomTest(random, depth-1), randomTest(random, depth-1)}}
}

func randomRange(random *rand.Rand) quality.Range {
	moment := time.Date(2025, 3, 1, 12, 0, 0, 123456000, time.UTC)
	bounds := map[string][]any{
		"small": {-1, 0, 5, 0.5}, "i": {0, 1, 2.5, 3, int64(1) << 40}, "l": {0, int64(1)<<53 + 1, float64(1 << 53), 1e30},
		"f": {0, 0.1, 0.5, 3, math.Inf(1)}, "r": {0, 0.5, -2.25}, "n": {0.1, 0.5, 3, -2},
		"t": {"", "a", "日", "\u200b"}, "c": {"A", "é"}, "ts": {moment, quality.Now(0), quality.Now(-24 * time.Hour)}, "w": {moment, quality.Now(time.Hour)},
	}
	fields := []string{"small", "i", "l", "f", "r", "n", "t", "c", "ts", "w"}
	for {
		field := pickOne(random, fields...)
		t := quality.Range{Field: field, OpenMin: random.IntN(2) == 0, OpenMax: random.IntN(2) == 0}
		if random.IntN(4) > 0 {
			t.Min = pickOne(random, bounds[field]...)
		}
		if random.IntN(4) > 0 {
			t.Max = pickOne(random, bounds[field]...)
		}
		suite := quality.Suite{Dataset: "x", Checks: []quality.Check{{Test: t}}}
		if suite.Validate() == nil {
			return t
		}
	}
}

func randomSet(random *rand.Rand) quality.In {
	sets := map[string][]any{
		"small": {0, 5, 7.5}, "i": {1, 2, 3.0}, "l": {int64(1)<<53 + 1, math.MaxInt64}, "f": {0.1, 3, 0.5}, "r": {0.5}, "n": {0.1, 3},
		"t": quality.Texts("", "a", "日本語", "a'b", `a\b`, "NULL"), "c": quality.Texts("é", " "), "b": {true}, "ts": {time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)},
	}
	field := pickOne(random, "small", "i", "l", "f", "r", "n", "t", "c", "b", "ts")
	set := sets[field]
	return quality.In{Field: field, Values: set[:1+random.IntN(len(set))]}
}

func randomPattern(random *rand.Rand) string {
	return pickOne(random, `^[0-9a-f]{16}$`, `^[0-9a-f]+$`, `^[a-z]*$`, `^[A-C]?$`, `^[a-c]{2,5}$`, `a`, `^a`, `b$`, `(?i)abc`, `(?i)^k$`, `(?i)ß`, `\d+`, `\w`, `\W`, `\s`, `\S`, `.`,
		`^.$`, `(?s)^.+$`, `(?m)^y`, `(?m)x$`, `\bb\b`, `\Ba`, `\p{Han}`, `^\p{Hiragana}+$`, `[^\p{Latin}]`, `[\p{Katakana}ー]`, `^$`, `a|b|`, `(a)(b)?`, `x{0}`, `(?:長){33,300}`,
		`^(?:長|短){40}$`, `[^a]`, `[\]\-^]`, `\\`, `\$1`, `'`, `"`, `\x{20BB7}`, `[𠀀-𯿿]`, `^\p{L}\p{M}?$`, `\z`, `^\pN+$`)
}
