//go:build unix

package walsink

import (
	"os"
	"syscall"
)

// The errors of a file system, or of a user's share of one, that has no room.
const (
	errNoSpace = syscall.ENOSPC
	errQuota   = syscall.EDQUOT
)

// syncDir makes the names in a directory outlive a loss of power.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
