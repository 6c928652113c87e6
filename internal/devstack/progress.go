//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

// say prints a line of progress.
func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "devstack: "+format+"\n", args...)
}

// step says what begins and returns a function that says how long it took.
func step(format string, args ...any) func() {
	what := fmt.Sprintf(format, args...)
	say("%s ...", what)
	start := time.Now()
	return func() { say("%s: %.1f s", what, time.Since(start).Seconds()) }
}

// explain returns the text of an error, with what to do about a full disk.
func explain(err error) string {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return "the disk is full: free some space, or name another folder in " + cacheVariable + " or TMPDIR: " + err.Error()
	}
	return err.Error()
}

// tail returns the last lines of a log.
func tail(log []byte, lines int) string {
	all := strings.Split(strings.TrimSpace(string(bytes.ToValidUTF8(log, []byte("?")))), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
