package pgpolicy

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/servertest"
)

// oddTexts returns names and texts that are easily quoted wrongly.
func oddTexts() []string {
	return []string{"", "a", "A", "select", "user", "a b", `"`, `""`, "'", `\`, `\'`, "$shugo$", "$shugo", "$", "a$", "1a", "_", "日本", "name",
		"between", "json_table", "system_user", "\n", "--", "/*", ";", "{a,\"b\"}", strings.Repeat("x", 63)}
}

// TestQuotes asks PostgreSQL whether texts mean what they should, and look as it writes them.
func TestQuotes(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), servertest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, text := range oddTexts() {
		var name, value, plain, body string
		var list []string
		sql := "SELECT quote_ident($1), " + literal(text) + ", " + deparsed(text) + ", " + dollars(text) + ", " + array([]string{text, text})
		if err := conn.QueryRow(t.Context(), sql, text).Scan(&name, &value, &plain, &body, &list); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if value != text || plain != text || body != text || len(list) != 2 || list[1] != text {
			t.Errorf("%q becomes %q, %q, %q, %q", text, value, plain, body, list)
		}
		if got := ident(text); got != name && !strings.HasPrefix(text, "json_") && text != "system_user" {
			t.Errorf("%q is %s, and %s to PostgreSQL", text, got, name)
		}
		var roles []string
		if err := conn.QueryRow(t.Context(), "SELECT $1::text::text[]", roleArray([]string{text, "b"})).Scan(&roles); err != nil || len(roles) != 2 || roles[0] != text {
			t.Errorf("the role %q becomes %q: %v", text, roles, err)
		}
	}
}

// FuzzNames: names stay within PostgreSQL's limit, apart, and whole characters.
func FuzzNames(f *testing.F) {
	for _, text := range oddTexts() {
		f.Add(text, text+"a")
	}
	f.Add(strings.Repeat("長", 21), strings.Repeat("長", 20)+"短")
	f.Fuzz(func(t *testing.T, a, b string) {
		if checkName(a) != nil || checkName(b) != nil {
			return
		}
		one, other := joined(a, "_reach"), joined(b, "_reach")
		if len(one) > maxIdentifier || !utf8.ValidString(one) || !strings.HasSuffix(one, "_reach") {
			t.Errorf("%q becomes %q", a, one)
		}
		if (one == other) != (a == b) {
			t.Errorf("%q and %q become %q and %q", a, b, one, other)
		}
		if body := dollars(a); !strings.HasPrefix(body, "$shugo") || strings.Count(body, body[:strings.Index(body[1:], "$")+2]) != 2 {
			t.Errorf("%q ends before its end: %s", a, body)
		}
	})
}

func TestSameView(t *testing.T) {
	t.Parallel()
	const want = `SELECT m.id, CASE WHEN (m."a  b" = 'x  m.y') THEN m.n ELSE NULL::text END AS n FROM public.m m WHERE (m.o = 1);`
	for text, same := range map[string]bool{
		want: true,
		" SELECT m.id,\n        CASE\n            WHEN (m.\"a  b\" = 'x  m.y') THEN m.n\n            ELSE NULL::text\n        END AS n\n   FROM public.m m\n  WHERE (m.o = 1);": true,
		` SELECT id, CASE WHEN ("a  b" = 'x  m.y') THEN n ELSE NULL::text END AS n FROM public.m m WHERE (o = 1);`:                                                              true,
		strings.Replace(want, "m.o = 1", "m.o = 2", 1):     false,
		strings.Replace(want, "a  b", "a b", 1):            false,
		strings.Replace(want, "x  m.y", "x  y", 1):         false,
		strings.Replace(want, "public.m", "public.n", 1):   false,
		strings.Replace(want, "WHERE", "OR true WHERE", 1): false,
		"": false,
	} {
		if got := sameView(want, text); got != same {
			t.Errorf("%t, want %t for %s", got, same, text)
		}
	}
}

func TestComments(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		"":                                "category: b",
		"category: b":                     "category: b",
		"category: a":                     "category: b",
		"As written.":                     "As written.\ncategory: b",
		"As written.\ncategory: a":        "As written.\ncategory: b",
		"category: is said\nbelow.":       "category: is said\nbelow.\ncategory: b",
		"As written.\n\nTwice.\n":         "As written.\n\nTwice.\ncategory: b",
		"As written. category: b":         "As written. category: b\ncategory: b",
		"As written.\ncategory: b, maybe": "As written.\ncategory: b",
	} {
		after := newComment("category: b", got)
		if after != want || !sameComment("category: b", after) {
			t.Errorf("%q becomes %q, want %q", got, after, want)
		}
		if sameComment("category: b", got) != (got == want && got != "As written. category: b") {
			t.Errorf("%q is taken for what is wanted, or not", got)
		}
	}
}
