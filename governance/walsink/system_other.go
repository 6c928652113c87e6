//go:build !unix && !windows

package walsink

import "errors"

// No error is told apart here: a disk that is full breaks the sink.
var (
	errNoSpace = errors.New("no space")
	errQuota   = errors.New("no quota")
)

// syncDir does nothing: what a directory needs is not known here.
func syncDir(string) error { return nil }
