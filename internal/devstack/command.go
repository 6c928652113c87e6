//go:build unix

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
	"unsafe"
)

// runCommand runs the command with the servers in its environment and returns its exit code as an error.
//
// At a terminal the command stays in our process group, since only the foreground group may read the terminal; the
// terminal sends its Ctrl-C to the whole group, so that it is not passed on a second time. Elsewhere the command gets a
// group of its own, and the signal is sent to all of it.
func runCommand(command []string, s *stack, stop *stopper) error {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), s.environment...)
	terminal := foreground()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: !terminal}
	if err := cmd.Start(); err != nil {
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
			return &exitError{127, fmt.Sprintf("no command %q on PATH", command[0])}
		}
		return &exitError{126, fmt.Sprintf("cannot run %q: %s", command[0], err)}
	}
	target := -cmd.Process.Pid
	if terminal {
		target = cmd.Process.Pid
	}
	s.reaper.end(target, syscall.SIGTERM)
	stop.onSignal(func(sig syscall.Signal, again bool) {
		switch {
		case again:
			syscall.Kill(target, syscall.SIGKILL)
		case !terminal || sig != syscall.SIGINT:
			syscall.Kill(target, sig)
		}
	})
	err := cmd.Wait()
	if !terminal {
		endGroup(target)
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return &exitError{128 + int(status.Signal()), ""}
	}
	return &exitError{exit.ExitCode(), ""}
}

// endGroup ends what the command left running in its group.
func endGroup(group int) {
	if syscall.Kill(group, syscall.SIGTERM) != nil {
		return // nobody is left
	}
	for deadline := time.Now().Add(quitLimit); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if syscall.Kill(group, 0) != nil {
			return
		}
	}
	syscall.Kill(group, syscall.SIGKILL)
}

// foreground reports whether standard input is a terminal whose foreground group is ours.
func foreground() bool {
	var group int32
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, os.Stdin.Fd(), syscall.TIOCGPGRP, uintptr(unsafe.Pointer(&group)))
	return errno == 0 && int(group) == syscall.Getpgrp()
}
