package main

import (
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestCopyToFullDisk(t *testing.T) {
	t.Parallel()
	from := filepath.Join(t.TempDir(), "from")
	writeFile(t, from, "text")
	err := copyFile(from, "/dev/full", 0o600)
	if !errors.Is(err, syscall.ENOSPC) || !strings.HasPrefix(explain(err), "the disk is full: free some space") {
		t.Errorf("got %v", err)
	}
}
