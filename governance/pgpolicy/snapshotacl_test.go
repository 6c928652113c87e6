package pgpolicy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseItem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		item string
		want []right // nil: an error
	}{
		{"=r/o", []right{{public, "o", "SELECT", false}}},
		{`"a ""b="=ar*/"o/x"`, []right{{`a "b=`, "o/x", "INSERT", false}, {`a "b=`, "o/x", "SELECT", true}}},
		{"日本=X/o", []right{{"日本", "o", "EXECUTE", false}}},
		{"a=/o", nil}, {"", nil}, {"a", nil}, {"a=r", nil}, {"a=r/", nil}, {"a=*r/o", nil}, {"a=?/o", nil}, {`"a=r/o`, nil}, {"a=r/o=", nil},
	} {
		got, err := parseItem(c.item)
		if c.item == "a=/o" { // PostgreSQL writes none such, and it means nothing
			if err != nil || len(got) != 0 {
				t.Errorf("%q: %v, %v", c.item, got, err)
			}
			continue
		}
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(right{})); diff != "" || (err == nil) != (c.want != nil) {
			t.Errorf("%q: error %v (-want +got):\n%s", c.item, err, diff)
		}
	}
}

// FuzzParseItem writes what it has read, and reads it again.
func FuzzParseItem(f *testing.F) {
	for _, item := range []string{"=r/o", `"a ""b="=ar*wdDxtmXUCcTsA/"o/x"`, `""=/""`, `"`, "a=r/o/p", "=*/x", `a"b=r/o`} {
		f.Add(item)
	}
	f.Fuzz(func(t *testing.T, item string) {
		rights, err := parseItem(item)
		if err != nil || len(rights) == 0 {
			return
		}
		quoted := func(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
		var letters strings.Builder
		for _, r := range rights {
			for letter := byte('A'); letter <= 'z'; letter++ {
				if privilegeOf(letter) == r.privilege {
					letters.WriteByte(letter)
				}
			}
			if r.option {
				letters.WriteByte('*')
			}
		}
		grantee := ""
		if rights[0].grantee != public {
			grantee = quoted(rights[0].grantee)
		}
		again, err := parseItem(grantee + "=" + letters.String() + "/" + quoted(rights[0].grantor))
		if diff := cmp.Diff(rights, again, cmp.AllowUnexported(right{})); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", item, err, diff)
		}
	})
}
