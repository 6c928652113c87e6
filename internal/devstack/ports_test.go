//go:build linux || darwin

package main

import (
	"errors"
	"strings"
	"syscall"
	"testing"
)

const inUse = `LOG:  could not bind IPv4 address "127.0.0.1": Address already in use`

func TestOnFreePort(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		logs  []string // of the servers that fail, in order; the one after them starts
		tries int
		fail  string
	}{
		"at once":     {tries: 1},
		"third time":  {logs: []string{inUse, "PortBindException: Address already in use"}, tries: 3},
		"never":       {logs: []string{inUse, inUse, inUse, inUse, inUse, inUse}, tries: portTries, fail: "no free loopback port: 5 were taken"},
		"other cause": {logs: []string{"FATAL:  out of memory"}, tries: 1, fail: "X did not start; the end of its log:\nFATAL:  out of memory"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tries := 0
			next := func() (int, error) { return 1000 + tries, nil }
			_, port, err := onFreePort(next, func(int) (*server, error) {
				tries++
				if tries <= len(test.logs) {
					return &server{}, &startError{"X", []byte(test.logs[tries-1])}
				}
				return &server{}, nil
			})
			if tries != test.tries || !strings.HasPrefix(text(err), test.fail) || test.fail == "" && err != nil {
				t.Errorf("%d tries, %v, want %d, %q", tries, err, test.tries, test.fail)
			}
			if err == nil && port != 1000+tries-1 {
				t.Errorf("port %d, want that of the last try", port)
			}
		})
	}
}

func TestNoPort(t *testing.T) {
	t.Parallel()
	none := func() (int, error) { return 0, syscall.EADDRNOTAVAIL }
	_, _, err := onFreePort(none, func(int) (*server, error) { return nil, errors.New("started") })
	if !errors.Is(err, syscall.EADDRNOTAVAIL) || !strings.HasPrefix(text(err), "no free loopback port") {
		t.Errorf("got %v", err)
	}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	err := error(&startError{"PostgreSQL", []byte("FATAL: could not write: No space left on device")})
	if !errors.Is(err, syscall.ENOSPC) || !strings.HasPrefix(explain(err), "the disk is full: ") {
		t.Errorf("got %s", explain(err))
	}
	if err := error(&startError{"PostgreSQL", []byte("FATAL: bad")}); strings.Contains(explain(err), "disk") {
		t.Errorf("got %s", explain(err))
	}
}

func TestTail(t *testing.T) {
	t.Parallel()
	for log, want := range map[string]string{"": "", "a\n": "a", "a\nb\nc\n": "b\nc", "\xff\n": "?"} {
		if got := tail([]byte(log), 2); got != want {
			t.Errorf("%q: got %q, want %q", log, got, want)
		}
	}
}
