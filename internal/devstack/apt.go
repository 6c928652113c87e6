//go:build linux || darwin

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// piece is something that the machine has to have installed.
type piece struct {
	name   string
	apt    [][]string // Debian's packages: alternatives, the first that works is taken
	brew   string     // Homebrew's package
	advice string     // what to do without it; may be empty
}

// missing says that there is no such piece, and what would install it.
func (p piece) missing() error {
	names := strings.Join(p.apt[0], " ")
	command := "apt-get install " + names
	_, noApt := exec.LookPath("apt-get")
	_, noBrew := exec.LookPath("brew")
	switch {
	case noBrew == nil || runtime.GOOS == "darwin":
		command = "brew install " + p.brew
	case noApt == nil && os.Geteuid() != 0:
		command = "sudo " + command
	}
	return fmt.Errorf("no %s: install it with `%s`%s", p.name, command, p.advice)
}

// installLock keeps two devstacks from installing at once. Only root installs.
const installLock = "/run/shugo-devstack-install.lock"

// install installs a piece from the distribution's packages, or says how to.
func (p piece) install(ctx context.Context) (err error) {
	if _, err := exec.LookPath("apt-get"); err != nil || os.Geteuid() != 0 {
		return p.missing()
	}
	unlock, err := lock(ctx, installLock)
	if err != nil {
		return err
	}
	defer unlock()
	finish := step("installing %s", p.name)
	defer func() { finish(err) }()
	if _, err = p.anyOf(ctx); err == nil {
		return nil
	}
	// The lists may be old or missing. One of several sources may be out of reach, so that only the install counts.
	updateErr := apt(ctx, "update")
	packages, err := p.anyOf(ctx)
	if err != nil && updateErr != nil {
		return fmt.Errorf("no %s: apt-get install %s: %w; apt-get update: %w", p.name, packages, err, updateErr)
	}
	if err != nil {
		return fmt.Errorf("no %s: apt-get install %s: %w", p.name, packages, err)
	}
	return nil
}

// anyOf installs the first alternative that can be, and returns the one that its error is about.
func (p piece) anyOf(ctx context.Context) (packages string, err error) {
	for _, names := range p.apt {
		packages = strings.Join(names, " ")
		err = apt(ctx, append([]string{"install", "-y", "--no-install-recommends"}, names...)...)
		if err == nil || ctx.Err() != nil {
			break
		}
	}
	return packages, err
}

// apt runs apt-get, which waits for another one that holds its lock.
func apt(ctx context.Context, args ...string) error {
	quiet := tool{environment: []string{"DEBIAN_FRONTEND=noninteractive"}}
	return quiet.runGently(ctx, "apt-get", append([]string{"-q", "-o", "DPkg::Lock::Timeout=300"}, args...)...)
}
