//go:build linux || darwin || freebsd

package walsink

import "syscall"

// free returns the bytes that the file system of dir has for us, or -1 when it does not say.
func free(dir string) int64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return -1
	}
	return int64(s.Bavail) * int64(s.Bsize)
}
