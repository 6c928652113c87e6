package govvet_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/shugo-data/shugo/governance/govvet"
)

// notes keeps what analysistest complains of.
type notes struct{ missed, surplus, other []string }

func (n *notes) Errorf(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	switch {
	case strings.Contains(text, "no diagnostic was reported matching"):
		n.missed = append(n.missed, text)
	case strings.Contains(text, "unexpected diagnostic"):
		n.surplus = append(n.surplus, text)
	case strings.Contains(text, "unexpected fact"): // what facts say is seen in the packages that import
	default:
		n.other = append(n.other, text)
	}
}

// count returns how often a text is in the Go files below a folder of testdata.
func count(t *testing.T, folder, text string) int {
	t.Helper()
	n := 0
	err := filepath.WalkDir(filepath.Join(analysistest.TestData(), "src", folder), func(name string, d os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") {
			return err
		}
		content, err := os.ReadFile(name)
		n += strings.Count(string(content), text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestBypasses counts how many of the ways around the guard are found.
func TestBypasses(t *testing.T) {
	t.Parallel()
	var got notes
	analysistest.Run(&got, analysistest.TestData(), govvet.Analyzer(), "bypass/...")
	seeded := count(t, "bypass", "// want ")
	found := seeded - len(got.missed)
	t.Logf("%d of %d seeded bypasses found, %d findings at other places", found, seeded, len(got.surplus))
	if seeded < 100 || found*100 < seeded*95 {
		t.Errorf("found %d of %d: want at least 100 seeded and 95 %% found", found, seeded)
	}
	for _, text := range append(append(got.missed, got.surplus...), got.other...) {
		t.Error(text)
	}
}

// TestLegitimate shows that nothing is reported that is governed, or exempt for a reason.
func TestLegitimate(t *testing.T) {
	t.Parallel()
	var got notes
	analysistest.Run(&got, analysistest.TestData(), govvet.Analyzer(), "legit/...")
	uses := count(t, "legit", "legitimate: ")
	t.Logf("%d legitimate uses, %d findings", uses, len(got.surplus))
	if uses < 40 {
		t.Errorf("%d legitimate uses: want at least 40", uses)
	}
	for _, text := range append(got.surplus, got.other...) {
		t.Error(text)
	}
}
