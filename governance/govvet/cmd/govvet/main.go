// Govvet reports database calls that go around the guard of package governance:
//
//	go run github.com/shugo-data/shugo/governance/govvet/cmd/govvet ./...
//	go vet -vettool=$(which govvet) ./...
//
// By itself it runs go vet with itself as the tool, so that both ways give the same findings, from the same cache. Flags
// before the packages are those of go vet; -tests looks at test files too. The exit code is 0 without findings, 1 with
// findings, and what the go command returns when the packages cannot be built.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/shugo-data/shugo/governance/govvet"
)

func main() {
	if asked(os.Args[1:]) {
		unitchecker.Main(govvet.Analyzer())
	}
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// asked reports whether the go command calls the program as its tool.
func asked(args []string) bool {
	if len(args) == 0 {
		return false
	}
	last := args[len(args)-1]
	return strings.HasSuffix(last, ".cfg") || args[0] == "-flags" || strings.HasPrefix(args[0], "-V=")
}

// run runs go vet with this program as the tool, and returns its exit code.
func run(args []string, out, errs io.Writer) int {
	if len(args) == 0 || args[0] == "-h" || args[0] == "-help" || args[0] == "--help" {
		fmt.Fprintln(errs, "usage: govvet [-tests] [flags of go vet] packages\n\ngovvet reports database calls that go around the guard, as in: govvet ./...")
		return 2
	}
	self, err := os.Executable()
	if err != nil {
		fmt.Fprintf(errs, "govvet: %s\n", err)
		return 1
	}
	command := exec.Command("go", append([]string{"vet", "-vettool=" + self}, vetFlags(args)...)...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, out, errs
	err = command.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return exit.ExitCode()
	case err != nil:
		fmt.Fprintf(errs, "govvet: %s\n", err)
		return 1
	}
	return 0
}

// vetFlags gives the flag of the analyzer the name that it has among those of go vet.
func vetFlags(args []string) []string {
	flags := make([]string, 0, len(args))
	for _, arg := range args {
		name, _, _ := strings.Cut(arg, "=")
		if name == "-tests" || name == "--tests" {
			arg = "-govvet.tests" + strings.TrimPrefix(arg, name)
		}
		flags = append(flags, arg)
	}
	return flags
}
