//go:build linux || darwin

package main

import (
	"errors"
	"fmt"
	"net"
)

const portTries = 5

// onFreePort starts a server on a free loopback port, and on another one if somebody is faster.
func onFreePort(free func() (int, error), start func(port int) (*server, error)) (*server, int, error) {
	for range portTries {
		port, err := free()
		if err != nil {
			return nil, 0, fmt.Errorf("no free loopback port: %w", err)
		}
		s, err := start(port)
		var failed *startError
		if errors.As(err, &failed) && failed.portTaken() {
			s.stop()
			continue
		}
		return s, port, err
	}
	return nil, 0, fmt.Errorf("no free loopback port: %d were taken by other programs at once", portTries)
}

// freePort returns a port that nobody listened on a moment ago.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}
