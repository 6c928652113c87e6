//go:build linux || darwin

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// startLimit is how long a server has to be ready: a busy machine of two processors takes 15 s for Neo4j.
const startLimit = 2 * time.Minute

// server is a process that runs until it is stopped.
type server struct {
	name string
	out  string         // file that gets what it prints
	log  string         // file that it logs into itself; empty: none
	quit syscall.Signal // that ends it at once
	cmd  *exec.Cmd

	reaper *reaper
	target int
	done   chan struct{} // closed when the process has ended
}

// start starts the process and waits until its log says that it is ready.
func (s *server) start(ctx context.Context, r *reaper, as *account, ready string) error {
	out, err := os.OpenFile(s.out, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	s.cmd.Stdout, s.cmd.Stderr = out, out
	s.cmd.SysProcAttr = as.attributes()
	if s.target, err = r.start(s.cmd, s.quit); err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	s.reaper, s.done = r, make(chan struct{})
	go func() {
		s.cmd.Wait()
		close(s.done)
	}()
	return s.await(ctx, ready)
}

// await waits for a line in the log; a process that ends before, or is too slow, is an error with the end of its log.
func (s *server) await(ctx context.Context, ready string) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		if bytes.Contains(s.output(), []byte(ready)) {
			return nil
		}
		select {
		case <-s.done:
			return &startError{s.name, s.output()}
		case <-ctx.Done():
			s.stop()
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return fmt.Errorf("%s was not ready after %s; the end of its log:\n%s", s.name, startLimit, tail(s.output(), 20))
			}
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// output returns what the server has said so far, as far as it can be read.
func (s *server) output() []byte {
	printed, _ := os.ReadFile(s.out)
	logged, _ := os.ReadFile(s.log)
	return append(printed, logged...)
}

// crashed says so when the server ended by itself: the command's errors alone would not explain themselves.
func (s *server) crashed() {
	select {
	case <-s.done:
		say("%s ended by itself; the end of its log:\n  %s", s.name, indent(tail(s.output(), 20)))
	default:
	}
}

// stop ends the process at once: a server's data is thrown away with it.
func (s *server) stop() {
	if s == nil || s.done == nil {
		return
	}
	syscall.Kill(s.target, s.quit)
	select {
	case <-s.done:
	case <-time.After(quitLimit):
	}
	end(s.target, syscall.SIGKILL) // what is left of its group, which is nobody as a rule
	<-s.done
	s.reaper.gone(s.target)
}

// startError is a server that ended before it was ready.
type startError struct {
	name string
	log  []byte
}

func (e *startError) Error() string {
	return fmt.Sprintf("%s did not start; the end of its log:\n%s", e.name, tail(e.log, 20))
}

// Unwrap tells a full disk from other causes.
func (e *startError) Unwrap() error { return noSpace(e.log) }

// portTaken reports whether another program took the port between our look and the server's.
func (e *startError) portTaken() bool {
	for _, words := range []string{"Address already in use", "Address in use", "PortBindException"} {
		if bytes.Contains(e.log, []byte(words)) {
			return true
		}
	}
	return false
}
