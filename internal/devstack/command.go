//go:build linux || darwin

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"syscall"
	"unsafe"
)

// runCommand runs the command with the servers in its environment and returns its exit code as an error.
//
// At a terminal the command stays in our process group, since only the foreground group may read the terminal; the
// terminal sends its Ctrl-C to the whole group, so that it is not passed on a second time. Elsewhere the command gets a
// group of its own, and a signal is sent to all of it.
func runCommand(command []string, s *stack, stop *stopper) error {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), s.environment...)
	terminal := foreground()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: !terminal}
	target, err := s.reaper.start(cmd, syscall.SIGTERM)
	if err != nil {
		return commandError(command[0], err)
	}
	stop.onSignal(func(sig syscall.Signal, again bool) {
		switch {
		case again:
			kill(target)
		case !terminal || sig != syscall.SIGINT:
			syscall.Kill(target, sig)
		}
	})
	err = cmd.Wait()
	if !terminal {
		end(target, syscall.SIGTERM) // what the command left running in its group
	}
	stop.onSignal(nil)
	s.reaper.gone(target)
	for _, sv := range s.servers {
		sv.crashed()
	}
	return exitCode(err)
}

// kill kills a process with all that descend from it, or with a minus a process group.
func kill(target int) {
	targets := []int{target}
	if target > 0 {
		targets = family(target)
	}
	for _, t := range targets {
		syscall.Kill(t, syscall.SIGKILL)
	}
}

// exitCode turns the end of a command into ours, as shells do: 128 and its number for a signal.
func exitCode(err error) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return &exitError{128 + int(status.Signal()), ""}
	}
	return &exitError{exit.ExitCode(), ""}
}

// commandError tells a command that is not there from one that cannot be run.
func commandError(name string, err error) error {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return &exitError{127, fmt.Sprintf("no such command: %q", name)}
	}
	return &exitError{126, fmt.Sprintf("cannot run %q: %s", name, err)}
}

// foreground reports whether standard input is a terminal whose foreground group is ours.
func foreground() bool {
	var group int32
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, os.Stdin.Fd(), syscall.TIOCGPGRP, uintptr(unsafe.Pointer(&group)))
	return errno == 0 && int(group) == syscall.Getpgrp()
}
