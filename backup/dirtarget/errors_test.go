package dirtarget

import (
	"context"
	"errors"
	"io/fs"
	"syscall"
	"testing"

	"github.com/shugo-data/shugo/backup"
)

func TestClasses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ system, want error }{
		{syscall.ENOSPC, backup.ErrFull},
		{syscall.EDQUOT, backup.ErrFull},
		{syscall.EROFS, backup.ErrUnavailable},
		{syscall.ESTALE, backup.ErrUnavailable},
		{syscall.ENOENT, backup.ErrNotFound},
		{syscall.EIO, syscall.EIO},
		{context.Canceled, context.Canceled},
	} {
		err := failed("put", "a", &fs.PathError{Op: "write", Path: "a", Err: c.system})
		if !errors.Is(err, c.want) || !errors.Is(err, c.system) {
			t.Errorf("failed(%v) = %v, want %v", c.system, err, c.want)
		}
	}
	if err := refused("a", syscall.ENOENT); !errors.Is(err, backup.ErrUnavailable) || errors.Is(err, backup.ErrNotFound) {
		t.Errorf("refused(ENOENT) = %v, want ErrUnavailable", err)
	}
}
