package neopolicy_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/shugo-data/shugo/governance/neopolicy"
)

// awkward are names that a careless quoting lets out of the quotes.
func awkward() []string {
	return []string{"a", "`", "``", "a`b", "`) DETACH DELETE n //", `\`, `\\`, `\u0060`, `\\u0060`, `\u005C`, `\u005cu0060`, `\U0060`, `\uuu0060`,
		`a\`, "`\\u0060`", `\u0060) RETURN 1 //`, "日本 語", "😀", "'", `"`, "$x", "{a: 1}", " ", "\n", "\t", "%_", "n.x", "/*", "//",
		"\u00a0", "\u200b", "\u202e", "\ufeff", "e\u0301", "\u0085", "\x01", "\x7f"}
}

// TestQuoteIsFoundAgain makes nodes and relationships of each name through Cypher text, and finds the name as it was.
func TestQuoteIsFoundAgain(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	for _, name := range awkward() {
		label, property := quote(t, g.prefix+name), quote(t, name)
		found := g.ask(t, t.Context(), fmt.Sprintf("CREATE (n:%s {%s: 1})-[r:%[1]s {%[2]s: 1}]->(n) WITH n, r MATCH (m:%[1]s) "+
			"WHERE m.%[2]s = 1 RETURN labels(m), keys(m), type(r), keys(r)", label, property), nil)
		got := ""
		if len(found) == 1 {
			got = fmt.Sprintf("%q %q %q %q", found[0].Values...)
		}
		want := fmt.Sprintf("%q %q %q %q", []string{g.prefix + name}, []string{name}, g.prefix+name, []string{name})
		if got != want {
			t.Errorf("%q: found %s in %d records, want %s in one", name, got, len(found), want)
		}
	}
}

// TestQuoteRefuses has names that no quoting helps.
func TestQuoteRefuses(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "\xff", "a\x00b"} {
		if quoted, err := neopolicy.Quote(name); err == nil {
			t.Errorf("%q is quoted as %s", name, quoted)
		}
	}
}

// FuzzQuote reads a quoted name as Cypher 5 does: first each \uXXXX, then up to a backtick that is not doubled.
func FuzzQuote(f *testing.F) {
	for _, name := range awkward() {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		quoted, err := neopolicy.Quote(name)
		if err != nil {
			if name != "" && utf8.ValidString(name) && !strings.ContainsRune(name, 0) {
				t.Fatalf("%q: %v", name, err)
			}
			return
		}
		if got := unquote(t, quoted); got != name {
			t.Fatalf("%q is quoted as %s, which is %q", name, quoted, got)
		}
	})
}

// unquote is the reader. The only escapes that it knows are those that Quote may write.
func unquote(t *testing.T, quoted string) string {
	t.Helper()
	text := strings.ReplaceAll(quoted, `\u005C`, "\x00")
	if strings.Contains(text, `\`) {
		t.Fatalf("%s has a bare backslash", quoted)
	}
	inner, opened := strings.CutPrefix(strings.ReplaceAll(text, "\x00", `\`), "`")
	inner, closed := strings.CutSuffix(inner, "`")
	if !opened || !closed || strings.Contains(strings.ReplaceAll(inner, "``", ""), "`") {
		t.Fatalf("%s ends too early, or not at all", quoted)
	}
	return strings.ReplaceAll(inner, "``", "`")
}

// FuzzParseElement holds the name of a dataset against the element that it declares.
func FuzzParseElement(f *testing.F) {
	for _, name := range append(awkward(), "[:A]", "[:]", "[:[:A]]", "[:A", "A]", "") {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		e, err := neopolicy.ParseElement(name)
		if err != nil {
			return
		}
		if got := e.Dataset(); got != name {
			t.Fatalf("%q became %+v, which is declared as %q", name, e, got)
		}
	})
}
