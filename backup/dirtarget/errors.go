package dirtarget

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/shugo-data/shugo/backup"
)

// failed says what failed, with the class of the error. It returns nil for nil.
func failed(what, name string, err error) error {
	return classified(what, name, err, backup.ErrNotFound)
}

// classified is failed, where missing is the class of a missing file.
func classified(what, name string, err, missing error) error {
	if err == nil {
		return nil
	}
	if name != "" {
		what += " " + name
	}
	class := classOf(err, missing)
	if class == nil || errors.Is(err, class) {
		return fmt.Errorf("dirtarget: %s: %w", what, err)
	}
	return fmt.Errorf("dirtarget: %s: %w: %w", what, class, err)
}

// classOf says what an error of the operating system means for a caller. Nil: nothing that it could act on. That a disk
// cannot be read, for instance, is damage to one object and not the loss of a place.
func classOf(err, missing error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return missing
	}
	var number syscall.Errno
	if !errors.As(err, &number) {
		return nil
	}
	switch number {
	case syscall.ENOSPC, syscall.EDQUOT:
		return backup.ErrFull
	case syscall.EROFS, syscall.ESTALE, syscall.ENOTCONN, syscall.EHOSTDOWN, syscall.EHOSTUNREACH, syscall.ETIMEDOUT:
		return backup.ErrUnavailable
	}
	return nil
}
