//go:build linux || darwin

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

const usage = `usage: devstack [-no-neo4j] [-durable] COMMAND [ARGUMENT...]
       devstack [-no-neo4j] [-durable] -print

Runs COMMAND with a private PostgreSQL (with pgvector) and Neo4j, and stops them when it ends.

  -no-neo4j, -pg-only   PostgreSQL only
  -durable              PostgreSQL with fsync, for tests of durability
  -print                no command: print the variables and keep running until interrupted
  -h                    this help
`

// options are what the command line asks for.
type options struct {
	noNeo4j bool
	durable bool
	print   bool
	command []string
}

// parseOptions reads the command line. A request for help is flag.ErrHelp.
func parseOptions(args []string) (options, error) {
	var o options
	set := flag.NewFlagSet("devstack", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.BoolVar(&o.noNeo4j, "no-neo4j", false, "")
	set.BoolVar(&o.noNeo4j, "pg-only", false, "")
	set.BoolVar(&o.durable, "durable", false, "")
	set.BoolVar(&o.print, "print", false, "")
	if err := set.Parse(args); err != nil {
		return options{}, err
	}
	o.command = set.Args()
	switch {
	case o.print && len(o.command) > 0:
		return options{}, fmt.Errorf("-print takes no command, found %q", o.command[0])
	case !o.print && len(o.command) == 0:
		return options{}, errors.New("no command: want one, or -print")
	}
	return o, nil
}

// exitError carries an exit code with the line that explains it; without a line nothing is printed.
type exitError struct {
	code int
	text string
}

func (e *exitError) Error() string { return e.text }

func main() {
	if len(os.Args) == 2 && os.Args[1] == reaperArgument {
		reap(os.Stdin)
		return
	}
	os.Exit(run(os.Args[1:]))
}

// run returns the exit code.
func run(args []string) int {
	o, err := parseOptions(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Print(usage)
		return 0
	case err != nil:
		fmt.Fprintf(os.Stderr, "devstack: %s (devstack -h shows the usage)\n", err)
		return 2
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err = launch(context.Background(), o, signals)
	var exit *exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		if exit.text != "" {
			fmt.Fprintln(os.Stderr, "devstack: "+oneLine(exit.text))
		}
		return exit.code
	}
	fmt.Fprintln(os.Stderr, "devstack: "+oneLine(explain(err)))
	return 1
}

// oneLine keeps a message in one line; the tail of a server's log is indented below it.
func oneLine(text string) string {
	head, rest, more := strings.Cut(strings.TrimSpace(text), "\n")
	if !more {
		return head
	}
	return head + "\n  " + indent(rest)
}
