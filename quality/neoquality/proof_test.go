package neoquality

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/quality"
)

// Constraints that only the Enterprise edition has prove too, in force and where they say enough.
func TestProofs(t *testing.T) {
	t.Parallel()
	a := element{name: "A"}
	of := func(kind ConstraintType, fields ...string) constraint {
		return constraint{name: "k", kind: kind, element: a, properties: fields, state: online}
	}
	typed, populating, elsewhere := of(PropertyType, "x"), of(Uniqueness, "x"), of(Uniqueness, "x")
	typed.of, populating.state, elsewhere.element = "STRING", "POPULATING", element{name: "A", relationship: true}
	when := quality.NotNull{Field: "y"}
	tests := []struct {
		have  constraint
		check quality.Check
		want  string
	}{
		{of(Uniqueness, "x"), quality.Check{Test: quality.Unique{Fields: []string{"x"}}}, "k"},
		{of(Uniqueness, "x"), quality.Check{Test: quality.Unique{Fields: []string{"y", "x"}}}, "k"},
		{of(Uniqueness, "x", "y"), quality.Check{Test: quality.Unique{Fields: []string{"x"}}}, ""},
		{of(Key, "x"), quality.Check{Test: quality.Unique{Fields: []string{"x"}}}, "k"},
		{of(Existence, "x"), quality.Check{Test: quality.Unique{Fields: []string{"x"}}}, ""},
		{populating, quality.Check{Test: quality.Unique{Fields: []string{"x"}}}, ""},
		{elsewhere, quality.Check{Test: quality.Unique{Fields: []string{"x"}}}, ""},
		{of(Uniqueness, "x"), quality.Check{Test: quality.Unique{Fields: []string{"x"}}, When: when}, ""},
		{of(Existence, "x"), quality.Check{Test: quality.NotNull{Field: "x"}}, "k"},
		{of(Key, "y", "x"), quality.Check{Test: quality.NotNull{Field: "x"}}, "k"},
		{of(Uniqueness, "x"), quality.Check{Test: quality.NotNull{Field: "x"}}, ""},
		{typed, quality.Check{Test: quality.ColumnType{Field: "x", Types: []string{"INTEGER", "string"}}}, "k"},
		{typed, quality.Check{Test: quality.ColumnType{Field: "x", Types: []string{"INTEGER"}}}, ""},
		{typed, quality.Check{Test: quality.ColumnType{Field: "y", Types: []string{"STRING"}}}, ""},
	}
	for i, test := range tests {
		s := sheet{element: a, schema: schema{constraints: []constraint{test.have}}}
		if got := s.proof(test.check); got != test.want {
			t.Errorf("test %d: proven by %q, want %q", i, got, test.want)
		}
	}
}

// What a server of the Enterprise edition refuses, and messages that quote values.
func TestFailure(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]error{
		"Neo.ClientError.Security.Forbidden": ErrForbidden, "Neo.ClientError.Security.AuthenticationRateLimit": ErrCredentials,
		"Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration": ErrTimeout, "Neo.ClientError.Statement.TypeError": nil,
	} {
		cause := &neo4j.Neo4jError{Code: code, Msg: "Expected a number: secret"}
		err := failure(t.Context(), "stage", fmt.Errorf("wrapped: %w", cause))
		if want != nil && !errors.Is(err, want) || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), code) {
			t.Errorf("%s: %v", code, err)
		}
		if found := new(neo4j.Neo4jError); !errors.As(err, &found) || found != cause {
			t.Errorf("%s: the driver's error is lost", code)
		}
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := failure(over, "stage", errors.New("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestPlan(t *testing.T) {
	t.Parallel()
	s := &sheet{suite: quality.Suite{Dataset: "A`", Checks: []quality.Check{
		{Test: quality.NotNull{Field: "x"}}, {Test: quality.Length{Field: "x", Max: 3}, When: quality.In{Field: "k", Values: []any{"v"}}}}},
		element: element{name: "A`"}, rows: 5, writer: &writer{params: map[string]any{}}, results: make([]quality.Result, 2)}
	s.plan()
	const want = "MATCH (n:`A```)\n" +
		"WITH n, n.`x` AS v0, n.`k` AS v1\n" +
		"WITH v0 IS NOT NULL AS t0,\n" +
		"\tCASE WHEN CASE WHEN v1 IS NULL THEN null ELSE coalesce(v1 IN $p0, false) END THEN " +
		"CASE WHEN v0 IS NULL THEN null WHEN v0 IS :: STRING THEN size(v0) >= $p1 AND size(v0) <= $p2 ELSE false END END AS t1\n" +
		"RETURN count(*) AS records, count(t0) AS t0_0, count(CASE WHEN NOT t0 THEN 1 END) AS t0_1, count(t1) AS t1_0, count(CASE WHEN NOT t1 THEN 1 END) AS t1_1"
	if diff := cmp.Diff(want, s.works[0].cypher); diff != "" {
		t.Error(diff)
	}
	if got, _ := s.inline(s.suite.Checks[1]); strings.Contains(got, "$") || !strings.Contains(got, "IN ['v']") {
		t.Errorf("for a human: %s", got)
	}
}

// A dataset is refused, or means what its pattern says.
func FuzzParseElement(f *testing.F) {
	for _, text := range []string{"", "A", "[:R]", "()", "[]", "[", "[:", "[:]", "a`b", "\x00", "\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := parseElement(text)
		if err != nil {
			return
		}
		back := e.name
		switch {
		case e.relationship && e.name == "":
			back = "[]"
		case e.relationship:
			back = "[:" + e.name + "]"
		case e.name == "":
			back = "()"
		}
		if back != text {
			t.Errorf("%q became %+v", text, e)
		}
	})
}

func FuzzValueTypeName(f *testing.F) {
	for _, text := range []string{"STRING", "list<float>", "LIST<FLOAT NOT NULL> NOT NULL", "LIST<NOTHING>", "LIST<", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := valueTypeName(text)
		if again := valueTypeName(once); again != once {
			t.Errorf("%q became %q, and that %q", text, once, again)
		}
	})
}

// Every property of n is found, whatever its name, and nothing else.
func FuzzReplaceProperties(f *testing.F) {
	for _, name := range []string{"x", "`", "``", "n.`x", "a`n.", "'"} {
		f.Add(name, "x")
	}
	f.Fuzz(func(t *testing.T, name, other string) {
		if name == "" || other == "" {
			return
		}
		var found []string
		got := replaceProperties("("+property(name)+" AND a:"+label(other)+") OR "+property(other)+" IS NULL", func(name string) string {
			found = append(found, name)
			return "v"
		})
		if want := "(v AND a:" + label(other) + ") OR v IS NULL"; got != want || !cmp.Equal(found, []string{property(name), property(other)}) {
			t.Errorf("found %q in %q", found, got)
		}
	})
}
