package walsink

import (
	"errors"
	"fmt"
)

// The classes of error. Test for them with errors.Is.
var (
	// ErrFull is the class of *FullError: there is no room for the event. It is taken when there is room again.
	ErrFull = errors.New("walsink: full")
	// ErrBroken means that a write or a sync failed. The sink takes nothing more until the directory is opened again.
	ErrBroken = errors.New("walsink: broken")
	// ErrClosed means that Shutdown was called.
	ErrClosed = errors.New("walsink: shut down")
	// ErrLocked means that another sink, of this process or of another, has the directory open.
	ErrLocked = errors.New("in use by another sink")
	// ErrDamaged is the class of *DamagedError.
	ErrDamaged = errors.New("walsink: damaged")
	// ErrVersion means that a file was written by a newer version of this package.
	ErrVersion = errors.New("a newer version")
)

// FullError says that an event was not taken since there is no room for it.
type FullError struct {
	Waiting int64 // bytes that wait to be shipped
	Max     int64 // bytes that may wait: Config.MaxBytes, or what is left of it for this kind of event
	cause   error // of the file system; nil: Max is reached
}

// Error says what is full: the file system, or what may wait.
func (e *FullError) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("walsink: full: %d bytes wait to be shipped, and the file system has no room: %v", e.Waiting, e.cause)
	}
	return fmt.Sprintf("walsink: full: %d bytes wait to be shipped, of at most %d", e.Waiting, e.Max)
}

// Is reports whether target is ErrFull.
func (e *FullError) Is(target error) bool { return target == ErrFull }

// Unwrap returns the error of the file system, or nil.
func (e *FullError) Unwrap() error { return e.cause }

// DamagedError says where a directory is not as it was left.
type DamagedError struct {
	File   string // its path
	Offset int64  // of the damage, in bytes
	Reason string // what was found, and what was expected
}

// Error names file, offset and reason.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("walsink: damaged: %s at offset %d: %s", e.File, e.Offset, e.Reason)
}

// Is reports whether target is ErrDamaged.
func (e *DamagedError) Is(target error) bool { return target == ErrDamaged }

func damaged(file string, offset int64, format string, args ...any) error {
	return &DamagedError{File: file, Offset: offset, Reason: fmt.Sprintf(format, args...)}
}
