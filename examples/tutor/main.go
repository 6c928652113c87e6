// Tutor is the backend of an AI tutor for Japanese, governed: it loads a small data set and plays a day in which learners,
// an analyst, a support agent, an editor and an administrator call it. It prints who was allowed what and why, what was
// masked, and the audit trail found again.
//
// Without servers in the environment everything runs in the process. With SHUGO_POSTGRES_URL, SHUGO_NEO4J_URL,
// SHUGO_NEO4J_USER and SHUGO_NEO4J_PASSWORD, which internal/devstack sets, it runs on PostgreSQL with pgvector and on
// Neo4j; what it makes there it removes.
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

	"github.com/shugo-data/shugo/examples/internal/data"
	"github.com/shugo-data/shugo/examples/tutor/internal/backend"
	"github.com/shugo-data/shugo/examples/tutor/internal/day"
	"github.com/shugo-data/shugo/examples/tutor/internal/memory"
	"github.com/shugo-data/shugo/examples/tutor/internal/servers"
	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/japanese/unidic"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// run returns the exit code: 2 for bad flags or variables, 1 for a day that went wrong.
func run(ctx context.Context, args []string, get func(string) string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("tutor", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	asJSON := flags.Bool("json", false, "")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintln(out, "usage: tutor [-json]")
		return 0
	case err == nil && flags.NArg() > 0:
		err = fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if err != nil {
		fmt.Fprintf(errs, "tutor: %s (usage: tutor [-json])\n", err)
		return 2
	}
	at, onServers, err := addresses(get)
	if err != nil {
		fmt.Fprintf(errs, "tutor: %s\n", err)
		return 2
	}
	account, err := play(ctx, at, onServers)
	if account.Steps != nil {
		err = errors.Join(err, show(account, *asJSON, out))
	}
	if err != nil {
		fmt.Fprintf(errs, "tutor: %s\n", err)
		return 1
	}
	return 0
}

// addresses reads the environment: all four variables, or none.
func addresses(get func(string) string) (at servers.Addresses, named bool, err error) {
	set, missing := 0, ""
	for _, v := range []struct {
		name  string
		value *string
	}{
		{"SHUGO_POSTGRES_URL", &at.Postgres}, {"SHUGO_NEO4J_URL", &at.Neo4j},
		{"SHUGO_NEO4J_USER", &at.Neo4jUser}, {"SHUGO_NEO4J_PASSWORD", &at.Neo4jPassword},
	} {
		if *v.value = get(v.name); *v.value != "" {
			set++
		} else if missing == "" {
			missing = v.name
		}
	}
	if set > 0 && missing != "" {
		return at, false, fmt.Errorf("%s is not set, but other servers are named: want all four variables, or none", missing)
	}
	return at, set > 0, nil
}

// play opens the place, plays the day there and closes it.
func play(ctx context.Context, at servers.Addresses, onServers bool) (account day.Account, err error) {
	set, err := data.Load()
	if err != nil {
		return day.Account{}, err
	}
	pseudonyms, err := day.Pseudonyms()
	if err != nil {
		return day.Account{}, err
	}
	open := func() (day.Place, error) { return inProcess(set, pseudonyms) }
	if onServers {
		open = func() (day.Place, error) { return servers.Open(ctx, at, set, pseudonyms) }
	}
	place, err := open()
	if err != nil {
		return day.Account{}, err
	}
	defer func() { err = errors.Join(err, place.Close(context.WithoutCancel(ctx))) }()
	if place.Analyzer, err = unidic.Load(ctx, unidic.Config{}); err != nil {
		return day.Account{}, err
	}
	return day.Play(ctx, place, set)
}

// inProcess is the place without servers: the data is in memory, and the trail in a file.
func inProcess(set data.Set, pseudonyms governance.Pseudonyms) (day.Place, error) {
	type write = func(context.Context, backend.Message) error
	dir, err := os.MkdirTemp("", "shugo-tutor-")
	if err != nil {
		return day.Place{}, err
	}
	trail, err := day.NewFile(dir, pseudonyms)
	if err != nil {
		return day.Place{}, errors.Join(err, os.RemoveAll(dir))
	}
	return day.Place{
		Name: "this process (no servers are named)", Records: memory.NewRecords(set), Graph: memory.NewGraph(set),
		Knowledge: memory.NewKnowledge(set),
		Trail:     trail, Register: day.NewRegister(set.LearnerIDs(), governance.PurposeTutoring),
		InUnit: func(call write) write { return call },
		Settle: trail.Shutdown,
		Close:  func(ctx context.Context) error { return errors.Join(trail.Shutdown(ctx), os.RemoveAll(dir)) },
	}, nil
}

func show(account day.Account, asJSON bool, out io.Writer) error {
	if !asJSON {
		return account.Print(out)
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(account)
}
