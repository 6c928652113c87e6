package arch

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// checkTop keeps the top level to what a newcomer takes in at a glance.
func checkTop(t *tree) []violation {
	known := append(roots(), "examples", "internal", "go.mod", "go.sum", "doc.go", "README.md", "LICENSE", "CHANGELOG.md")
	var found []violation
	for _, name := range t.top {
		if !strings.HasPrefix(name, ".") && !slices.Contains(known, name) {
			found = append(found, violation{name, "is not one of the names of the top level"})
		}
	}
	return found
}

// checkNames refuses names that say nothing of what is behind them.
func checkNames(t *tree) []violation {
	empty := []string{"util", "utils", "helper", "helpers", "common", "types", "models", "misc"}
	var found []violation
	for _, f := range t.files {
		base := strings.TrimSuffix(strings.TrimSuffix(path.Base(f.path), ".go"), "_test")
		if slices.Contains(empty, base) || slices.Contains(empty, f.syntax.Name.Name) {
			found = append(found, violation{f.path, "the name says nothing: name what it holds"})
		}
	}
	return found
}

const (
	maxLines         = 600
	maxFunction      = 80
	maxTestFunctions = 150 // tables are long
)

// checkReadme keeps the README's program and examples/quickstart the same.
func checkReadme(t *tree) []violation {
	readme, err := fs.ReadFile(t.fsys, "README.md")
	if err != nil {
		return []violation{{"README.md", "cannot be read"}}
	}
	program, err := fs.ReadFile(t.fsys, "examples/quickstart/main.go")
	if err != nil {
		return []violation{{"examples/quickstart/main.go", "cannot be read"}}
	}
	var found []violation
	before, rest, _ := strings.Cut(string(readme), "```go\n")
	block, _, _ := strings.Cut(rest, "```\n")
	if block != string(program) {
		found = append(found, violation{"README.md", "its first Go block is not examples/quickstart/main.go"})
	}
	if strings.Count(before, "\n") > 60 {
		found = append(found, violation{"README.md", "its first Go block is below line 60"})
	}
	for _, command := range []string{"go run ./examples/quickstart", "go run ./internal/devstack go test ./..."} {
		if !strings.Contains(string(readme), command) {
			found = append(found, violation{"README.md", "does not say " + command})
		}
	}
	return found
}

// checkModule keeps go.mod such that a host pays only for the packages that it imports.
func checkModule(t *tree) []violation {
	text, err := fs.ReadFile(t.fsys, "go.mod")
	if err != nil {
		return []violation{{"go.mod", "cannot be read"}}
	}
	var found []violation
	lines := strings.Split(string(text), "\n")
	for _, want := range []string{"module " + module, "go 1.25.0"} {
		if !slices.Contains(lines, want) {
			found = append(found, violation{"go.mod", "has no line " + want})
		}
	}
	for _, line := range lines {
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if slices.Contains([]string{"toolchain", "tool", "replace", "exclude", "retract"}, word) {
			found = append(found, violation{"go.mod", "has a line of " + word})
		}
		for _, peer := range []string{"casbin", "cedar-policy", "open-policy-agent"} {
			if strings.Contains(line, peer) {
				found = append(found, violation{"go.mod", "requires a peer: " + peer})
			}
		}
	}
	return found
}
