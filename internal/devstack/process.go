//go:build linux || darwin

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
	"strings"
	"syscall"
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
		return nil, fmt.Errorf("PostgreSQL refuses to run as root, and there is no user postgres to run it as: %w", err)
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

// tool is a program that is run to its end. What it prints is shown only when it fails.
type tool struct {
	as          *account
	dir         string // where it runs
	input       string // what it reads
	environment []string
}

// run runs the program. It is ended with the context, and with this process.
func (t tool) run(ctx context.Context, r *reaper, name string, args ...string) error {
	cmd, output := t.command(name, args)
	cmd.SysProcAttr = t.as.attributes()
	target, err := r.start(cmd, syscall.SIGKILL)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(name), err)
	}
	defer r.gone(target)
	defer context.AfterFunc(ctx, func() { syscall.Kill(target, syscall.SIGKILL) })()
	return failure(ctx, name, cmd.Wait(), output)
}

// runGently runs a program that must not be killed in the middle of its work, as one that installs packages: the end of
// the context only asks it to stop.
func (t tool) runGently(ctx context.Context, name string, args ...string) error {
	cmd, output := t.command(name, args)
	cmd.SysProcAttr = t.as.attributes()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(name), err)
	}
	defer context.AfterFunc(ctx, func() { cmd.Process.Signal(os.Interrupt) })()
	return failure(ctx, name, cmd.Wait(), output)
}

func (t tool) command(name string, args []string) (*exec.Cmd, *bytes.Buffer) {
	output := &bytes.Buffer{}
	cmd := exec.Command(name, args...)
	cmd.Dir = t.dir
	cmd.Stdin = strings.NewReader(t.input)
	cmd.Env = append(os.Environ(), t.environment...)
	cmd.Stdout, cmd.Stderr = output, output
	return cmd, output
}

func failure(ctx context.Context, name string, err error, output *bytes.Buffer) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	full := noSpace(output.Bytes())
	return errors.Join(full, fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, tail(output.Bytes(), 20)))
}

// noSpace finds in what a program printed that its disk is full.
func noSpace(output []byte) error {
	if bytes.Contains(output, []byte("No space left on device")) {
		return syscall.ENOSPC
	}
	return nil
}
