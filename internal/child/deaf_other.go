//go:build !linux

package child

import "syscall"

// Deaf is Attributes for a process that does not end at SIGQUIT, such as Java's.
func Deaf() *syscall.SysProcAttr { return Attributes(nil) }
