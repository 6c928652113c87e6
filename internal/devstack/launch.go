//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// launch sets up, starts the servers, runs the command and cleans up.
func launch(ctx context.Context, o options, signals <-chan os.Signal) error {
	already, err := readEnvironment(os.Getenv)
	if err != nil {
		return err
	}
	stop := newStopper(signals)
	defer stop.end()
	ctx, cancel := stop.context(ctx)
	defer cancel()

	s, err := startStack(ctx, o, already)
	defer s.stop()
	if err != nil {
		if sig := stop.signal(); sig != 0 {
			return &exitError{128 + int(sig), ""}
		}
		return err
	}
	if o.print {
		for _, variable := range s.environment {
			name, value, _ := strings.Cut(variable, "=")
			fmt.Printf("export %s='%s'\n", name, value)
		}
		say("running; interrupt to stop")
		<-ctx.Done()
		return nil
	}
	return runCommand(o.command, s, stop)
}

// stack is what one run has started.
type stack struct {
	reaper      *reaper
	folder      string
	release     func()
	servers     []*server
	environment []string
}

// startStack starts what the environment does not name. It returns what there is to stop also with an error.
func startStack(ctx context.Context, o options, already given) (*stack, error) {
	start := time.Now()
	s := &stack{}
	root, err := cacheRoot()
	if err != nil {
		return s, err
	}
	if s.folder, s.release, err = newRunFolder(); err != nil {
		return s, err
	}
	if s.reaper, err = startReaper(); err != nil {
		return s, err
	}
	s.reaper.folder(s.folder)

	var wg sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	add := func(sv *server, err error, environment ...string) {
		mu.Lock()
		defer mu.Unlock()
		s.servers = append(s.servers, sv)
		s.environment = append(s.environment, environment...)
		if err != nil {
			errs = append(errs, err)
		}
	}
	if !already.postgres {
		wg.Go(func() {
			sv, address, err := startPostgres(ctx, s.reaper, root, s.folder, o.durable)
			add(sv, err, postgresURL+"="+address)
		})
	}
	if !already.neo4j && !o.noNeo4j {
		wg.Go(func() {
			sv, address, password, err := startNeo4j(ctx, s.reaper, root, s.folder)
			add(sv, err, neo4jURL+"="+address, neo4jUser+"=neo4j", neo4jPassword+"="+password)
		})
	}
	wg.Wait()
	if len(errs) == 0 {
		say("servers are ready: %.1f s", time.Since(start).Seconds())
	}
	return s, errors.Join(errs...)
}

// stop ends the servers and removes the run's folder.
func (s *stack) stop() {
	var wg sync.WaitGroup
	for _, sv := range s.servers {
		wg.Go(sv.stop)
	}
	wg.Wait()
	if s.folder != "" {
		removeBusy(s.folder)
		s.release()
	}
	if s.reaper != nil {
		s.reaper.dismiss()
	}
}

// stopper turns signals, and the end of the parent, into the end of a context, and counts them.
type stopper struct {
	signals <-chan os.Signal
	quit    chan struct{}

	mu      sync.Mutex
	first   syscall.Signal
	forward func(sig syscall.Signal, again bool)
	cancel  context.CancelFunc
}

func newStopper(signals <-chan os.Signal) *stopper {
	return &stopper{signals: signals, quit: make(chan struct{})}
}

// context returns a context that ends with the first signal.
func (s *stopper) context(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	s.cancel = cancel
	go s.watch(os.Getppid())
	return ctx, cancel
}

// watch waits for signals. A parent that was killed leaves us to another one: nobody waits for the command any more.
func (s *stopper) watch(parent int) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-s.quit:
			return
		case sig := <-s.signals:
			s.handle(sig.(syscall.Signal))
		case <-tick.C:
			if parent != 1 && os.Getppid() != parent {
				parent = 1
				s.handle(syscall.SIGTERM)
			}
		}
	}
}

func (s *stopper) handle(sig syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	again := s.first != 0
	if !again {
		s.first = sig
	}
	s.cancel()
	if s.forward != nil {
		s.forward(sig, again)
	}
}

// signal returns the first signal, or 0.
func (s *stopper) signal() syscall.Signal {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.first
}

// onSignal sets what passes signals on to the command. One that came before is passed on now.
func (s *stopper) onSignal(forward func(sig syscall.Signal, again bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forward = forward
	if s.first != 0 {
		forward(s.first, false)
	}
}

func (s *stopper) end() { close(s.quit) }
