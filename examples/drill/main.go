// Drill backs a tutor up, destroys it, and brings it back: a PostgreSQL cluster with conversations and embeddings, a graph in Neo4j of what
// learners know, and the files of a model and its prompts. Learners go on writing all the time. It prints what was promised, what was
// proven, and what was lost, and whether each reference from the cluster to the graph leads to a node.
//
// It needs the programs of the PostgreSQL server that SHUGO_POSTGRES_URL names and those of Neo4j, which internal/devstack sets up; the
// servers that it destroys are its own. All that it makes is in temporary folders, and gone at its end.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// run returns the exit code: 2 for bad flags or variables, 1 for a drill that went wrong.
func run(ctx context.Context, args []string, get func(string) string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("drill", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	asJSON := flags.Bool("json", false, "")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintln(out, "usage: drill [-json]")
		return 0
	case err == nil && flags.NArg() > 0:
		err = fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	for _, name := range []string{"SHUGO_POSTGRES_URL", "SHUGO_NEO4J_URL"} {
		if err == nil && get(name) == "" {
			err = fmt.Errorf("%s is not set: go run ./internal/devstack go run ./examples/drill", name)
		}
	}
	if err != nil {
		fmt.Fprintf(errs, "drill: %s (usage: drill [-json])\n", err)
		return 2
	}
	a := account{out: out, bar: bar{to: io.Discard}}
	if *asJSON {
		a.out = io.Discard
	} else if terminal(errs) {
		a.bar.to = errs
	}
	err = play(ctx, get("SHUGO_POSTGRES_URL"), &a)
	if *asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		err = errors.Join(err, encoder.Encode(a.Steps))
	}
	if err != nil {
		fmt.Fprintf(errs, "drill: %s\n", err)
		return 1
	}
	return 0
}

// terminal reports whether somebody watches.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
