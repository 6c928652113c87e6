//go:build linux || darwin

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// say prints a line of progress.
func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "devstack: "+format+"\n", args...)
}

// patience is how long a step may be silent.
const patience = 10 * time.Second

// step says what begins, says from time to time that it goes on, and returns a function that says how long it took, or
// with an error how long it tried.
func step(format string, args ...any) (finish func(error)) {
	what := fmt.Sprintf(format, args...)
	say("%s ...", what)
	start := time.Now()
	over := make(chan struct{})
	var quiet sync.WaitGroup
	quiet.Go(func() {
		tick := time.NewTicker(patience)
		defer tick.Stop()
		for {
			select {
			case <-over:
				return
			case <-tick.C:
				say("%s ... %.0f s", what, time.Since(start).Seconds())
			}
		}
	})
	return func(err error) {
		close(over)
		quiet.Wait()
		outcome := ""
		switch {
		case errors.Is(err, context.Canceled):
			outcome = "stopped after "
		case err != nil:
			outcome = "failed after "
		}
		say("%s: %s%.1f s", what, outcome, time.Since(start).Seconds())
	}
}

// explain returns the text of an error, with what to do about a full disk.
func explain(err error) string {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return "the disk is full: free some space, or name other folders in " + cacheVariable + " and TMPDIR: " + err.Error()
	}
	return err.Error()
}

// tail returns the last lines of a log.
func tail(log []byte, lines int) string {
	all := strings.Split(strings.TrimSpace(string(bytes.ToValidUTF8(log, []byte("?")))), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// indent sets the lines after the first apart from the messages of devstack.
func indent(text string) string { return strings.ReplaceAll(text, "\n", "\n  ") }
