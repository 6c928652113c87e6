//go:build !linux

package walsink

// Datasync is fsync, and on Darwin F_FULLFSYNC.
func (f osFile) Datasync() error { return f.Sync() }
