//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// install installs packages of the distribution, or says how to.
func install(ctx context.Context, what string, packages ...string) error {
	names := strings.Join(packages, " ")
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("no %s: install it with your system's packages (Debian's name: %s)", what, names)
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("no %s, and no rights to install it: run `sudo apt-get install %s`", what, names)
	}
	defer step("installing %s", what)()
	if err := aptInstall(ctx, packages...); err == nil {
		return nil
	}
	// The lists may be old or missing. One of several sources may be out of reach, so that only the install counts.
	updateErr := apt(ctx, "update")
	if err := aptInstall(ctx, packages...); err != nil {
		if updateErr != nil {
			return fmt.Errorf("cannot install %s: %w (and apt-get update: %s)", what, err, oneLine(updateErr.Error()))
		}
		return fmt.Errorf("cannot install %s: %w", what, err)
	}
	return nil
}

func aptInstall(ctx context.Context, packages ...string) error {
	return apt(ctx, append([]string{"install", "-y", "--no-install-recommends"}, packages...)...)
}

// apt runs apt-get, which waits for another one that holds its lock.
func apt(ctx context.Context, args ...string) error {
	return tool(ctx, nil, "", "", []string{"DEBIAN_FRONTEND=noninteractive"}, "apt-get", append([]string{"-q", "-o", "DPkg::Lock::Timeout=300"}, args...)...)
}
