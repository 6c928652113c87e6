package blockstate

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// TestDecimal adds numbers as PostgreSQL adds numerics: the longer scale stays.
func TestDecimal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ a, b, want string }{
		{"1", "2", "3"}, {"1.50", "2.5", "4.00"}, {"-0.05", "0.05", "0.00"}, {"-1", "0.001", "-0.999"},
		{"99999999999999999999", "1", "100000000000000000000"}, {"0.000", "0", "0.000"},
		{"NaN", "1", "NaN"}, {"1", "Infinity", "Infinity"}, {"-Infinity", "Infinity", "NaN"}, {"-Infinity", "-Infinity", "-Infinity"},
		{"NaN", "Infinity", "NaN"},
	} {
		a, errA := parseDecimal(test.a)
		b, errB := parseDecimal(test.b)
		if err := errors.Join(errA, errB); err != nil {
			t.Fatal(err)
		}
		for _, got := range []string{a.plus(b).String(), b.plus(a).String()} {
			if got != test.want {
				t.Errorf("%s + %s = %s: want %s", test.a, test.b, got, test.want)
			}
		}
	}
	for _, bad := range []string{"", "-", ".5", "5.", "01", "+1", "-0", "1e5", "1.5.5", " 1", "nan", "0x1", "1_0"} {
		if _, err := parseDecimal(bad); err == nil {
			t.Errorf("%q is taken for a number", bad)
		}
	}
}

// TestMerge merges values of ranges in which -0, NaN and the ends of time are.
func TestMerge(t *testing.T) {
	t.Parallel()
	floats := func(values ...float64) (bits []int64) {
		for _, v := range values {
			bits = append(bits, int64(math.Float64bits(v)))
		}
		return bits
	}
	zero, minus, nan := 0.0, math.Copysign(0, -1), math.NaN()
	for name, test := range map[string]struct {
		kind Kind
		as   columnType
		bits []int64
		want any
	}{
		"the later zero is the least":    {Min, pgtype.Float8OID, floats(minus, zero), zero},
		"the later zero is the greatest": {Max, pgtype.Float8OID, floats(zero, minus), minus},
		"NaN is not the least":           {Min, pgtype.Float8OID, floats(nan, 2, nan), 2.0},
		"NaN is the greatest":            {Max, pgtype.Float8OID, floats(math.Inf(1), nan, 2), nan},
		"only NaN":                       {Min, pgtype.Float8OID, floats(nan, nan), nan},
		"negative":                       {Min, pgtype.Float8OID, floats(-1, -2, 3), -2.0},
		"integers":                       {Max, pgtype.Int8OID, []int64{-5, -3, -4}, int64(-3)},
		"the end of time":                {Max, pgtype.TimestamptzOID, []int64{5, math.MaxInt64}, pgtype.Infinity},
		"the beginning of time":          {Min, pgtype.TimestampOID, []int64{5, math.MinInt64}, pgtype.NegativeInfinity},
		"none":                           {Min, pgtype.Int8OID, nil, nil},
		"counts":                         {Count, pgtype.Int8OID, []int64{2, 3}, int64(5)},
	} {
		c := column{kind: test.kind, null: make([]bool, len(test.bits)), bits: test.bits}
		got, err := c.total(test.as)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got, bitwise()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestBadRequest wants every fault named at once, and the server not asked for what can be seen without it.
func TestBadRequest(t *testing.T) {
	t.Parallel()
	_, _, _, err := Refresh(t.Context(), nil, Request{Table: pgx.Identifier{"a", "b", "c"},
		Aggregates: []Aggregate{{}, {Count, " "}, {Max + 1, "count(*)"}}}, nil)
	for _, want := range []string{"3 parts", "aggregate 0 has kind 0", "aggregate 0 has no", "aggregate 1 has no", "aggregate 2 has kind 5"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: want it to name %q", err, want)
		}
	}

	pool := newDatabase(t, itemsSQL)
	for name, test := range map[string]struct {
		aggregates []Aggregate
		want       string
	}{
		"sum of floats":     {[]Aggregate{{Count, "count(*)"}, {Sum, "sum(v)"}, {Min, "min(pad)"}}, "aggregate 1 is of the type with OID 701: want bigint or numeric\naggregate 2"},
		"count is no count": {[]Aggregate{{Count, "sum(n)"}}, "aggregate 0 is of the type with OID 1700: want bigint"},
		"no column":         {[]Aggregate{{Count, "count(missing)"}}, `column "missing" does not exist`},
		"two of one":        {[]Aggregate{{Count, "count(*), count(*)"}}, "1 aggregates give 2 columns"},
	} {
		_, _, _, err := Refresh(t.Context(), begin(t, pool), Request{pgx.Identifier{"items"}, test.aggregates, nil}, nil)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v: want %q", name, err, test.want)
		}
	}
	run(t, pool, "SELECT fill(3, 3)") // of which x is NULL
	_, _, _, err = Refresh(t.Context(), begin(t, pool), Request{pgx.Identifier{"items"}, []Aggregate{{Count, "sum(x::int)"}}, nil}, nil)
	if err == nil || !strings.Contains(err.Error(), "aggregate 0: a count is NULL") {
		t.Errorf("a count of NULL: %v", err)
	}
}

// TestErrorWithoutValues wants no value of a row in an error, which the server puts there.
func TestErrorWithoutValues(t *testing.T) {
	t.Parallel()
	pool := newDatabase(t, "CREATE TABLE people (name text); INSERT INTO people VALUES ('Hanako'); CREATE VIEW v AS SELECT * FROM people")
	for _, table := range []string{"people", "v"} {
		_, _, _, err := Refresh(t.Context(), begin(t, pool),
			Request{pgx.Identifier{"public", table}, []Aggregate{{Sum, "sum(name::int)"}}, nil}, nil)
		want := `blockstate: reading "public"."` + table + `": the server answers with SQLSTATE 22P02`
		if answer := (*pgconn.PgError)(nil); err == nil || err.Error() != want || !errors.As(err, &answer) {
			t.Errorf("%v: want %q", err, want)
		}
	}
}

// TestTransaction wants one snapshot, and the transaction left as it was.
func TestTransaction(t *testing.T) {
	t.Parallel()
	pool := newDatabase(t, itemsSQL+"SELECT fill(1, 700)")
	committed, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = committed.Rollback(context.Background()) }()
	if _, _, _, err := Refresh(t.Context(), committed, itemsRequest(), nil); !errors.Is(err, ErrIsolation) {
		t.Errorf("READ COMMITTED: %v: want %v", err, ErrIsolation)
	}

	tx := begin(t, pool)
	settings := func() (text string) {
		const sql = `SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings WHERE name NOT LIKE 'plpgsql.%'`
		if err := tx.QueryRow(t.Context(), sql).Scan(&text); err != nil {
			t.Fatal(err)
		}
		return text
	}
	before := settings()
	if _, _, _, err := Refresh(t.Context(), tx, itemsRequest(), nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, settings()); diff != "" {
		t.Errorf("settings: %s", diff)
	}

	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, _, err := Refresh(canceled, tx, itemsRequest(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that is over: %v", err)
	}
}
