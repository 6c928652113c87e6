//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// account is the user that a server runs as; nil: the one who runs devstack.
type account struct{ uid, gid int }

// serverAccount returns the account for PostgreSQL, which refuses to run as root.
func serverAccount() (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL refuses to run as root, and there is no user to run it as: %w", err)
	}
	uid, errUID := strconv.Atoi(u.Uid)
	gid, errGID := strconv.Atoi(u.Gid)
	return &account{uid, gid}, errors.Join(errUID, errGID)
}

func (a *account) own(path string) error {
	if a == nil {
		return nil
	}
	return os.Lchown(path, a.uid, a.gid)
}

// attributes puts a process into a group of its own, so that a Ctrl-C for the command does not reach it, and gives it
// its account.
func (a *account) attributes() *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setpgid: true}
	if a != nil {
		attributes.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attributes
}

// tool runs a program to its end. What it prints is shown only when it fails.
func tool(ctx context.Context, as *account, dir, input string, environment []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Stdin = bytes.NewReader([]byte(input))
	cmd.Env = append(os.Environ(), environment...)
	cmd.SysProcAttr = as.attributes()
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	output, err := cmd.CombinedOutput()
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, tail(output, 20))
	}
	return nil
}

// server is a process that runs until it is stopped.
type server struct {
	name string
	out  string // file that gets what it prints
	log  string // file that it logs into itself; empty: none
	quit syscall.Signal // that ends it at once
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended
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
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	r.end(-s.cmd.Process.Pid, s.quit)
	s.done = make(chan struct{})
	go func() {
		s.cmd.Wait()
		close(s.done)
	}()
	return s.await(ctx, ready)
}

const startLimit = 2 * time.Minute

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
			if ctx.Err() == context.DeadlineExceeded {
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

// stop ends the process: a server's data is thrown away with it.
func (s *server) stop() {
	if s == nil || s.done == nil {
		return
	}
	syscall.Kill(-s.cmd.Process.Pid, s.quit)
	select {
	case <-s.done:
	case <-time.After(quitLimit):
		syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
		<-s.done
	}
}

// startError is a server that ended before it was ready.
type startError struct {
	name string
	log  []byte
}

func (e *startError) Error() string {
	return fmt.Sprintf("%s did not start; the end of its log:\n%s", e.name, tail(e.log, 20))
}

// portTaken reports whether another program took the port between our look and the server's.
func (e *startError) portTaken() bool {
	return bytes.Contains(e.log, []byte("Address already in use")) || bytes.Contains(e.log, []byte("Address in use")) ||
		bytes.Contains(e.log, []byte("PortBindException"))
}
