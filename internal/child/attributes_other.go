//go:build !linux

package child

import "syscall"

// Attributes gives a process its account.
func Attributes(as *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Credential: as}
}
