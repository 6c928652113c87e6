package backend

import "errors"

// ErrNotFound says that there is no such record.
var ErrNotFound = errors.New("backend: not found")
