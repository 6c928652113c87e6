package pgsink

import (
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/shugo-data/shugo/internal/leaf"
)

// FuzzArray reads back, with pgx's own parser of array literals, what array writes.
func FuzzArray(f *testing.F) {
	f.Add("notes", `a "quoted", {braced} \ one`)
	f.Add("", "NULL")
	f.Add("a\x00b", "\xff\u3042")
	types := pgtype.NewMap()
	f.Fuzz(func(t *testing.T, a, b string) {
		want := []string{leaf.Clean(a), leaf.Clean(b)}
		var got []string
		if err := types.Scan(pgtype.TextArrayOID, pgtype.TextFormatCode, []byte(array(want)), &got); err != nil {
			t.Fatalf("%q: %v", array(want), err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		for _, text := range got {
			if !utf8.ValidString(text) {
				t.Errorf("%q is not UTF-8", text)
			}
		}
	})
}
