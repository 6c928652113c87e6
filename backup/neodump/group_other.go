//go:build !unix

package neodump

import "os/exec"

// group does nothing: the tool alone is ended, and what it started ends when its pipes do.
func group(*exec.Cmd) {}
