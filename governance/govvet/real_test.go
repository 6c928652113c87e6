package govvet_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRealDrivers compiles the seeded bypasses of several packages with the real drivers, and finds the same in them.
func TestRealDrivers(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	var want []string
	for _, name := range []string{
		"direct", "sqldb", "forms", "values", "wiring", "records", "kit", "ports", "service", "pgrepo", "app", "program",
	} {
		path := "bypass/" + name + "/" + name + ".go"
		text, err := os.ReadFile(filepath.Join("testdata", "src", path))
		if err != nil {
			t.Fatal(err)
		}
		files[path] = strings.ReplaceAll(string(text), `"bypass/`, `"example.com/host/bypass/`)
		for i, line := range strings.Split(string(text), "\n") {
			if strings.Contains(line, "// want ") {
				want = append(want, fmt.Sprintf("%s:%d", path, i+1))
			}
		}
	}
	code, out := invoke(t, host(t, files), build(t), "./...")
	var got []string
	for _, found := range regexp.MustCompile(`(?m)^(bypass/\S+\.go:\d+):\d+: `).FindAllStringSubmatch(out, -1) {
		got = append(got, found[1])
	}
	slices.Sort(want)
	slices.Sort(got)
	got = slices.Compact(got)
	if diff := cmp.Diff(want, got); diff != "" || code != 1 {
		t.Errorf("exit code %d, want 1; findings (-want +got):\n%s\n%s", code, diff, out)
	}
	t.Logf("%d of %d seeded bypasses found with the real drivers", len(got), len(want))
}
