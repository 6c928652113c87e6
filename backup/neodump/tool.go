package neodump

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"
)

// DefaultDatabase is the database that a server has from the beginning.
const DefaultDatabase = "neo4j"

// patience is for how long output is waited for that a killed tool left in a pipe.
const patience = 10 * time.Second

// tool runs neo4j-admin for one database.
type tool struct {
	admin       []string
	environment []string
	database    string
	options     []string // of a check
}

// newTool returns a tool, or all that is wrong.
func newTool(admin, environment, options []string, database string) (tool, error) {
	var problems []error
	if len(admin) == 0 || admin[0] == "" {
		problems = append(problems, errors.New("neodump: no Admin, expected a command line such as neo4j-admin"))
	}
	for i, variable := range environment {
		if name, _, found := strings.Cut(variable, "="); !found || name == "" {
			problems = append(problems, fmt.Errorf("neodump: Environment[%d] has no name before an equals sign", i))
		}
	}
	for i, option := range options {
		if !strings.HasPrefix(option, "--") {
			problems = append(problems, fmt.Errorf("neodump: CheckOptions[%d] does not begin with two dashes", i))
		}
	}
	if database == "" {
		database = DefaultDatabase
	}
	// The rule for names of databases; with it none is an option of the tool, or a pattern that stands for several.
	if !regexp.MustCompile(`^[A-Za-z][A-Za-z0-9.-]{2,62}$`).MatchString(database) {
		problems = append(problems, fmt.Errorf("neodump: Database has %d bytes that are no name of a database: expected 3 to 63 ASCII "+
			"letters, digits, dots and dashes, a letter first", len(database)))
	}
	return tool{slices.Clone(admin), slices.Clone(environment), strings.ToLower(database), slices.Clone(options)}, errors.Join(problems...)
}

// command prepares a run that ends with its context, together with all processes that it started.
func (t tool) command(ctx context.Context, args ...string) *exec.Cmd {
	args = slices.Concat(t.admin[1:], args)
	cmd := exec.CommandContext(ctx, t.admin[0], args...)
	cmd.Env = append(os.Environ(), t.environment...)
	cmd.WaitDelay = patience
	group(cmd)
	return cmd
}

// check has the tool check the database, in folders if they are given, and returns what it noted. Its report quotes data, and is
// not kept.
func (t tool) check(ctx context.Context, in *folders) (said notes, err error) {
	reports, err := os.MkdirTemp("", "shugo-neodump-")
	if err != nil {
		return said, fmt.Errorf("neodump: folder for the report of a check: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(reports)) }()
	args := append([]string{"database", "check", t.database, "--report-path=" + reports}, t.options...)
	if in != nil {
		option, err := in.option(reports)
		if err != nil {
			return said, err
		}
		args = append(args, option)
	}
	cmd := t.command(ctx, args...)
	cmd.Stdout, cmd.Stderr = &said, &said
	return said, t.failure(ctx, "check", &said, cmd.Run())
}

// version returns what the tool says of itself.
func (t tool) version(ctx context.Context) (string, error) {
	var text, said notes
	cmd := t.command(ctx, "--version")
	cmd.Stdout, cmd.Stderr = &text, &said
	if err := cmd.Run(); err != nil {
		return "", t.failure(ctx, "version", &said, err)
	}
	return text.first, nil
}

// failure says why a run failed, without the tool's words.
func (t tool) failure(ctx context.Context, verb string, said *notes, err error) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case !errors.As(err, &exit):
		return fmt.Errorf("neodump: %s of %s: %w", verb, t.database, err)
	case said.cause != nil:
		return fmt.Errorf("neodump: %s of %s: %w: %w, %s", verb, t.database, said.cause, exit, said.detail())
	}
	return fmt.Errorf("neodump: %s of %s: the tool fails for a cause that is not known: %w, %s", verb, t.database, exit, said.detail())
}
