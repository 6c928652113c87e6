package govvet_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// build builds the command and returns where it is.
func build(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "govvet")
	if _, text := invoke(t, ".", "go", "build", "-o", file, "./cmd/govvet"); text != "" {
		t.Fatal(text)
	}
	return file
}

// invoke runs a program in a folder and returns its exit code and what it printed.
func invoke(t *testing.T, folder, name string, args ...string) (int, string) {
	t.Helper()
	command := exec.CommandContext(context.Background(), name, args...)
	command.Dir = folder
	command.Env = append(os.Environ(), "GOWORK=off", "GOPROXY=off", "GOTOOLCHAIN=local")
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), out.String()
}

// host writes a module that uses this checkout, with the requirements and sums of it.
func host(t *testing.T, files map[string]string) string {
	t.Helper()
	checkout, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	required, err := os.ReadFile(filepath.Join(checkout, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(checkout, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	const own = "module github.com/shugo-data/shugo\n"
	if !bytes.HasPrefix(required, []byte(own)) {
		t.Fatalf("go.mod does not begin with %q", own)
	}
	files["go.mod"] = "module example.com/host\n" + string(required[len(own):]) +
		"\nrequire github.com/shugo-data/shugo v0.0.0\n\nreplace github.com/shugo-data/shugo => " + checkout + "\n"
	files["go.sum"] = string(sums)
	folder := t.TempDir()
	for name, text := range files {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

const repository = `// Package notes is a raw repository.
package notes

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// Store has two calls.
//
//shugo:raw main governs it
type Store struct {
	Pool   *pgxpool.Pool
	Driver neo4j.DriverWithContext
}

func (s Store) List(ctx context.Context, id int) (string, error) {
	var text string
	err := s.Pool.QueryRow(ctx, "SELECT text FROM notes WHERE id = $1", id).Scan(&text)
	return text, err
}

func (s Store) Link(ctx context.Context, id int) (string, error) {
	_, err := neo4j.ExecuteQuery(ctx, s.Driver, "MATCH (n) RETURN n", nil, neo4j.EagerResultTransformer)
	return "", err
}
`

const program = `package main

import (
	"context"

	"example.com/host/notes"
	"github.com/shugo-data/shugo/governance"
)

func main() {
	ctx := context.Background()
	var s notes.Store
	list := governance.Wrap(&governance.Guard{}, governance.Operation[int, string]{}, s.List)
	list(ctx, 1)
	BARE
}
`

const finding = `main.go:15:4: notes.Store.Link reaches neo4j.ExecuteQuery and is not governed: main.main is not given to governance.Wrap; ` +
	`wrap it, or say in a comment //shugo:ungoverned why it may`

// TestCommand builds the command and runs it, both ways, on a module that uses the real drivers and on our examples.
func TestCommand(t *testing.T) {
	t.Parallel()
	command := build(t)
	clean := host(t, map[string]string{"notes/notes.go": repository, "main.go": strings.Replace(program, "BARE", "", 1)})
	bare := host(t, map[string]string{
		"notes/notes.go": repository, "main.go": strings.Replace(program, "BARE", "s.Link(ctx, 1)", 1),
		"main_test.go": "package main\n\nimport (\n\t\"context\"\n\t\"testing\"\n\n\t\"example.com/host/notes\"\n)\n\n" +
			"func TestLink(t *testing.T) { notes.Store{}.Link(context.Background(), 1) }\n",
	})
	for name, test := range map[string]struct {
		folder string
		name   string
		args   []string
		code   int
		want   []string // parts of the output, which is empty for none
	}{
		"vet, clean":         {clean, "go", []string{"vet", "-vettool=" + command, "./..."}, 0, nil},
		"vet, bare":          {bare, "go", []string{"vet", "-vettool=" + command, "./..."}, 1, []string{finding}},
		"alone, clean":       {clean, command, []string{"./..."}, 0, nil},
		"alone, bare":        {bare, command, []string{"./..."}, 1, []string{finding}},
		"alone, one package": {bare, command, []string{"./notes"}, 0, nil},
		"alone, as JSON":     {bare, command, []string{"-json", "./..."}, 0, []string{`"govvet"`, "Link reaches neo4j.ExecuteQuery"}},
		"alone, tests":       {bare, command, []string{"-tests", "./..."}, 1, []string{finding, "main_test.go:10:45: notes.Store.Link reaches"}},
		// A directive that the examples do not need would be a finding.
		"alone, our examples":     {"../..", command, []string{"./examples/..."}, 0, nil},
		"vet, the tutor":          {"../..", "go", []string{"vet", "-vettool=" + command, "./examples/tutor/..."}, 0, nil},
		"alone, no packages":      {bare, command, nil, 2, []string{"usage: govvet"}},
		"alone, missing package":  {bare, command, []string{"./nothing"}, 1, []string{"nothing"}},
		"go run, from the module": {bare, "go", []string{"run", "github.com/shugo-data/shugo/governance/govvet/cmd/govvet", "./..."}, 1, []string{finding}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out := invoke(t, test.folder, test.name, test.args...)
			if code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			for _, want := range test.want {
				if !strings.Contains(out, want) {
					t.Errorf("the output has no %q", want)
				}
			}
			if (len(test.want) == 0) != (out == "") || t.Failed() {
				t.Errorf("output: %s", out)
			}
		})
	}
}
