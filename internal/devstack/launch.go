//go:build linux || darwin

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// launch sets up, starts the servers, runs the command and cleans up.
func launch(ctx context.Context, o options, signals <-chan os.Signal) error {
	already, err := readEnvironment(os.Getenv)
	if err != nil {
		return err
	}
	if !o.print {
		if _, err := exec.LookPath(o.command[0]); err != nil {
			return commandError(o.command[0], err) // said now, not after the servers have started
		}
	}
	stop := newStopper(signals)
	defer stop.end()
	ctx, cancel := stop.context(ctx)
	defer cancel()

	s, err := startStack(ctx, o, already)
	defer s.stop()
	switch {
	case stop.signal() != 0 && !(o.print && err == nil):
		return &exitError{128 + int(stop.signal()), ""}
	case err != nil:
		return err
	case o.print:
		fmt.Print(exports(os.Getenv, s.environment))
		say("running; interrupt to stop")
		<-ctx.Done()
		return nil
	}
	return runCommand(o.command, s, stop)
}

// site is where one run works, and what watches over its processes.
type site struct {
	cache  string // folder of the set-ups
	run    string // folder of this run
	reaper *reaper
}

// stack is what one run has started.
type stack struct {
	reaper *reaper
	folder *runFolder

	mu          sync.Mutex
	servers     []*server
	environment []string
	errs        []error
}

// startStack starts what the environment does not name. It returns what there is to stop also with an error.
func startStack(ctx context.Context, o options, already given) (*stack, error) {
	start := time.Now()
	s := &stack{}
	cache, err := cacheRoot()
	if err != nil {
		return s, err
	}
	if s.folder, err = newRunFolder([]string{os.TempDir(), "/var/tmp", "/tmp"}); err != nil {
		return s, err
	}
	if s.reaper, err = startReaper(); err != nil {
		return s, err
	}
	s.reaper.folder(s.folder.path)
	at := site{cache: cache, run: s.folder.path, reaper: s.reaper}

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var both sync.WaitGroup
	begin := func(starter func() (*server, []string, error)) {
		both.Go(func() {
			server, variables, err := starter()
			if s.add(server, variables, err); err != nil {
				cancel() // without one server, the other is not waited for
			}
		})
	}
	if !already.postgres {
		begin(func() (*server, []string, error) { return startPostgres(ctx, at, o.durable) })
	} else if o.durable {
		say("-durable is the business of the server that %s names", postgresURL)
	}
	if !already.neo4j && !o.noNeo4j {
		begin(func() (*server, []string, error) { return startNeo4j(ctx, at) })
	}
	both.Wait()
	if err := s.failure(); err != nil {
		return s, err
	}
	say("%s in %.1f s", describe(already, o), time.Since(start).Seconds())
	return s, nil
}

func (s *stack) add(sv *server, variables []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.servers = append(s.servers, sv)
	if err != nil {
		s.errs = append(s.errs, err)
		return
	}
	s.environment = append(s.environment, variables...)
}

// failure returns what went wrong, without the server that was only stopped because of the other's failure.
func (s *stack) failure() error {
	var real []error
	for _, err := range s.errs {
		if !errors.Is(err, context.Canceled) {
			real = append(real, err)
		}
	}
	if len(real) == 0 {
		real = s.errs
	}
	return errors.Join(real...)
}

func describe(already given, o options) string {
	var started, used []string
	for _, server := range []struct {
		name          string
		given, wanted bool
	}{{"PostgreSQL", already.postgres, true}, {"Neo4j", already.neo4j, !o.noNeo4j}} {
		switch {
		case server.given:
			used = append(used, server.name)
		case server.wanted:
			started = append(started, server.name)
		}
	}
	var parts []string
	if len(used) > 0 {
		parts = append(parts, strings.Join(used, " and ")+" given by the environment")
	}
	if len(started) > 0 {
		parts = append(parts, strings.Join(started, " and ")+" ready")
	}
	return strings.Join(parts, ", ")
}

// stop ends the servers and removes the run's folder.
func (s *stack) stop() {
	var all sync.WaitGroup
	for _, sv := range s.servers {
		all.Go(sv.stop)
	}
	all.Wait()
	if s.folder != nil {
		s.folder.remove()
	}
	if s.reaper != nil {
		s.reaper.dismiss()
	}
}

// exports returns the variables as a shell reads them: those that the environment held already, and ours.
func exports(get func(string) string, ours []string) string {
	var text strings.Builder
	for _, name := range []string{postgresURL, neo4jURL, neo4jUser, neo4jPassword} {
		value := get(name)
		for _, variable := range ours {
			if v, ok := strings.CutPrefix(variable, name+"="); ok {
				value = v
			}
		}
		if value != "" {
			fmt.Fprintf(&text, "export %s='%s'\n", name, strings.ReplaceAll(value, "'", `'\''`))
		}
	}
	return text.String()
}
