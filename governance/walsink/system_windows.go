package walsink

import "syscall"

// The errors of a file system that has no room: ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL.
const (
	errNoSpace = syscall.Errno(112)
	errQuota   = syscall.Errno(39)
)

// syncDir does nothing: the file system keeps names in its journal, and directories cannot be synced.
func syncDir(string) error { return nil }
