package cypher_test

import (
	"strings"
	"testing"

	"github.com/shugo-data/shugo/internal/cypher"
)

func TestQuote(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Teacher": "`Teacher`", "a b": "`a b`", "a`b": "`a``b`", "``": "``````", `a\u0060b`: "`a\\u005Cu0060b`", "先生": "`先生`", "": "``",
	} {
		if got := cypher.Quote(name); got != want {
			t.Errorf("Quote(%q) = %s, want %s", name, got, want)
		}
	}
}

// What lies between the outer backticks has them in pairs only, and no backslash but that of an escaped backslash.
func FuzzQuote(f *testing.F) {
	for _, name := range []string{"", "a", "`", "\\u0060", "```"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		quoted := cypher.Quote(name)
		inner := quoted[1 : len(quoted)-1]
		if strings.Contains(strings.ReplaceAll(inner, "``", ""), "`") || strings.Contains(strings.ReplaceAll(inner, `\u005C`, ""), `\`) {
			t.Errorf("Quote(%q) = %s", name, quoted)
		}
		if back := strings.ReplaceAll(strings.ReplaceAll(inner, "``", "`"), `\u005C`, `\`); back != name {
			t.Errorf("Quote(%q) means %q", name, back)
		}
	})
}
