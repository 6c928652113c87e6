package arch

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// checks are all rules, by name.
func checks() map[string]func(*tree) []violation {
	return map[string]func(*tree) []violation{
		"imports": checkImports, "top": checkTop, "names": checkNames, "readme": checkReadme, "module": checkModule,
		"state": checkState, "calls": checkCalls, "size": checkSize, "docs": checkDocs, "examples": checkExamples,
	}
}

// TestCheckout holds the real tree against every rule.
func TestCheckout(t *testing.T) {
	t.Parallel()
	dir, err := root()
	if err != nil {
		t.Fatal(err)
	}
	tree, err := read(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.files) < 50 {
		t.Fatalf("only %d files were read", len(tree.files))
	}
	for name, check := range checks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, v := range check(tree) {
				t.Error(v)
			}
		})
	}
}

// sound is a small tree that breaks no rule.
func sound() map[string]string {
	program := "// Quickstart shows it.\npackage main\n\nfunc main() {}\n"
	return map[string]string{
		"go.mod":                      "module " + module + "\n\ngo 1.25.0\n",
		"README.md":                   "go run ./examples/quickstart\ngo run ./internal/devstack go test ./...\n```go\n" + program + "```\n",
		"examples/quickstart/main.go": program,
		"governance/doc.go":           "// Package governance decides.\npackage governance\n",
		"governance/governance_test.go": "package governance\n\nimport \"github.com/google/go-cmp/cmp\"\n\n" +
			"func Example() {\n\tcmp.Equal(1, 1)\n\t// Output: 1\n}\n",
	}
}

// TestChecksFind breaks one rule at a time.
func TestChecksFind(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		check string
		path  string
		text  string
		want  string
	}{
		"nothing":                  {"imports", "governance/a.go", "package governance\n\nimport \"fmt\"\n\nconst a = fmt.Sprint", ""},
		"driver in a root":         {"imports", "governance/a.go", "package governance\n\nimport _ \"github.com/jackc/pgx/v5\"", "governance/a.go:3"},
		"driver in a root's test":  {"imports", "governance/a_test.go", "package governance\n\nimport _ \"github.com/jackc/pgx/v5\"", "standard library"},
		"server in a root's test":  {"imports", "governance/a_test.go", "package governance\n\nimport _ \"" + module + "/internal/servertest\"", "standard library"},
		"edge that is not agreed":  {"imports", "quality/a.go", "package quality\n\nimport _ \"" + module + "/governance\"", "standard library"},
		"edge that is agreed":      {"imports", "privacy/a.go", "package privacy\n\nimport _ \"" + module + "/governance\"", ""},
		"driver in an adapter":     {"imports", "governance/pgsink/a.go", "package pgsink\n\nimport _ \"github.com/jackc/pgx/v5\"", ""},
		"adapter on an adapter":    {"imports", "quality/pgquality/a.go", "package pgquality\n\nimport _ \"" + module + "/governance/pgsink\"", "an adapter builds"},
		"program of an adapter":    {"imports", "governance/govvet/cmd/a/a.go", "package main\n\nimport _ \"" + module + "/governance/govvet\"", ""},
		"program of another":       {"imports", "governance/govvet/cmd/a/a.go", "package main\n\nimport _ \"" + module + "/governance/pgsink\"", "an adapter builds"},
		"adapter on its sibling":   {"imports", "governance/walsink/a.go", "package walsink\n\nimport _ \"" + module + "/governance/pgsink\"", "an adapter builds"},
		"sibling in a test":        {"imports", "governance/walsink/a_test.go", "package walsink\n\nimport _ \"" + module + "/governance/pgsink\"", ""},
		"another root in a test":   {"imports", "governance/walsink/a_test.go", "package walsink\n\nimport _ \"" + module + "/quality/pgquality\"", "an adapter builds"},
		"suite in a test":          {"imports", "governance/pgsink/a_test.go", "package pgsink\n\nimport _ \"" + module + "/governance/governancetest\"", ""},
		"suite in an adapter":      {"imports", "governance/pgsink/a.go", "package pgsink\n\nimport _ \"" + module + "/governance/governancetest\"", "an adapter builds"},
		"example as a library":     {"imports", "internal/a/a.go", "package a\n\nimport _ \"" + module + "/examples/tutor\"", "nobody builds"},
		"testing in a library":     {"imports", "governance/a.go", "package governance\n\nimport _ \"testing\"", "only tests"},
		"vectors elsewhere":        {"imports", "backup/pgsource/a.go", "package pgsource\n\nimport _ \"github.com/pgvector/pgvector-go\"", "heavy"},
		"stranger at the top":      {"top", "tools/a.go", "package tools", "tools"},
		"empty name of a file":     {"names", "governance/utils.go", "package governance", "utils.go"},
		"empty name of a package":  {"names", "internal/helpers/a.go", "package helpers", "helpers"},
		"another program":          {"readme", "examples/quickstart/main.go", "package main", "first Go block"},
		"toolchain":                {"module", "go.mod", "module " + module + "\n\ngo 1.25.0\n\ntoolchain go1.26.0\n", "toolchain"},
		"replace":                  {"module", "go.mod", "module " + module + "\n\ngo 1.25.0\n\nreplace a => b\n", "replace"},
		"newer language":           {"module", "go.mod", "module " + module + "\n\ngo 1.26.0\n", "no line go 1.25.0"},
		"peer":                     {"module", "go.mod", "module " + module + "\n\ngo 1.25.0\n\nrequire github.com/casbin/casbin/v2 v2.0.0\n", "peer"},
		"init":                     {"state", "governance/a.go", "package governance\n\nfunc init() {}", "init function"},
		"variable":                 {"state", "governance/a.go", "package governance\n\nvar cache = map[string]int{}", "cache is a package variable"},
		"false error":              {"state", "governance/a.go", "package governance\n\nvar errCount = 0", "errCount is a package variable"},
		"error":                    {"state", "governance/a.go", "package governance\n\nimport \"errors\"\n\nvar ErrA = errors.New(\"a\")", ""},
		"leaf used by a sibling":   {"imports", "quality/pgquality/b.go", "package pgquality\n\nimport _ \"github.com/shugo-data/shugo/quality/interval\"", ""},
		"leaf that uses its root":  {"imports", "quality/interval/a.go", "package interval\n\nimport _ \"github.com/shugo-data/shugo/quality\"", "a leaf stands"},
		"assertion":                {"state", "governance/a.go", "package governance\n\nvar _ error = nil", ""},
		"embedded":                 {"state", "governance/a.go", "package governance\n\n//go:embed a.sql\nvar schema string", ""},
		"panic":                    {"calls", "governance/a.go", "package governance\n\nfunc a() { panic(1) }", "panics"},
		"panic with its reason":    {"calls", "governance/a.go", "package governance\n\nfunc a() {\n\t// panics: wiring.\n\tpanic(1)\n}", ""},
		"sleep":                    {"calls", "governance/a_test.go", "package governance\n\nimport \"time\"\n\nfunc a() { time.Sleep(1) }", "sleeps"},
		"skip":                     {"calls", "governance/a_test.go", "package governance\n\nfunc TestA(t *T) { t.Skip() }", "skips"},
		"print":                    {"calls", "governance/a.go", "package governance\n\nimport \"fmt\"\n\nfunc a() { fmt.Println() }", "prints"},
		"long function":            {"size", "governance/a.go", "package governance\n\nfunc a() {\n" + strings.Repeat("\ta()\n", 80) + "}", "82 lines"},
		"long file":                {"size", "governance/a.go", "package governance\n" + strings.Repeat("// a\n", 601), "600 lines"},
		"no package comment":       {"docs", "quality/a.go", "package quality", "0 files"},
		"two package comments":     {"docs", "governance/a.go", "// Package governance again.\npackage governance", "2 files"},
		"function without comment": {"docs", "governance/a.go", "package governance\n\nfunc A() {}", "A has no comment"},
		"method without comment":   {"docs", "governance/a.go", "package governance\n\n// T is.\ntype T[K any] struct{}\n\nfunc (t *T[K]) A() {}", "A has no comment"},
		"hidden method":            {"docs", "governance/a.go", "package governance\n\ntype t struct{}\n\nfunc (t *t) A() {}", ""},
		"field without comment":    {"docs", "governance/a.go", "package governance\n\n// T is.\ntype T struct {\n\tA int // is\n\n\tB int\n}", "T.B has no comment"},
		"constants with a comment": {"docs", "governance/a.go", "package governance\n\n// The kinds.\nconst (\n\tA = 1\n\tB = 2\n)", ""},
		"constant without comment": {"docs", "governance/a.go", "package governance\n\nconst A = 1", "A has no comment"},
		"package without example":  {"examples", "quality/a.go", "package quality", "quality: has no example"},
		"example without output":   {"examples", "governance/a_test.go", "package governance\n\nfunc ExampleA() {}", "ExampleA has no output"},
		"example of empty output":  {"examples", "governance/a_test.go", "package governance\n\nfunc ExampleA() {\n\t// Output:\n}", "ExampleA has no output"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := sound()
			files[test.path] = test.text + "\n"
			fsys := fstest.MapFS{}
			for p, text := range files {
				fsys[p] = &fstest.MapFile{Data: []byte(text)}
			}
			tree, err := read(fsys)
			if err != nil {
				t.Fatal(err)
			}
			got := checks()[test.check](tree)
			if test.want == "" && len(got) > 0 || test.want != "" && (len(got) != 1 || !strings.Contains(fmt.Sprint(got), test.want)) {
				t.Errorf("found %v, want %q", got, test.want)
			}
		})
	}
}

// TestSoundTree shows that the small tree by itself breaks nothing, so that what TestChecksFind finds is what it broke.
func TestSoundTree(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{}
	for p, text := range sound() {
		fsys[p] = &fstest.MapFile{Data: []byte(text)}
	}
	tree, err := read(fsys)
	if err != nil {
		t.Fatal(err)
	}
	for name, check := range checks() {
		if got := check(tree); len(got) > 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
}
