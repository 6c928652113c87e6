//go:build !linux

package pgcluster

import "syscall"

// attributes gives a process its account.
func attributes(as *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Credential: as}
}
