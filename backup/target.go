package backup

import (
	"context"
	"iter"
	"time"
)

// A BackupTarget is one place that keeps objects: a directory, a bucket. Objects are written once and never changed.
//
// A name is one or more segments joined by slashes. A segment has letters a to z, digits, '.', '-' and '_', does not begin
// with '.', and is not empty; a name has at most 200 bytes. A target refuses others with ErrName. No name is also a folder
// of others, such as "a" beside "a/b": a target may refuse the second of them.
//
// Implementations are safe for concurrent use and are shown to conform by backuptest.TestTarget.
type BackupTarget interface {
	// Put keeps data under a name where nothing is, and returns nil only when it will survive a loss of power. Where
	// something is already, it changes nothing and returns an error that is ErrExists: exactly one of several callers
	// that put the same name at once succeeds. After another error the object is either there whole or not there.
	// The target does not keep or change data.
	Put(ctx context.Context, name string, data []byte) error
	// Get returns length bytes from offset; a negative length means all to the end. Reading past the end returns what there
	// is. An error is ErrNotFound where no object has the name. The caller owns the bytes.
	Get(ctx context.Context, name string, offset, length int64) ([]byte, error)
	// List yields the objects whose names begin with prefix, ordered by the bytes of their names. An object that was put
	// before List was called is yielded; one that is put or deleted meanwhile may be. It stops after an error.
	List(ctx context.Context, prefix string) iter.Seq2[Object, error]
	// Delete removes an object. An error is ErrNotFound where none is, and ErrRetained where the place refuses to.
	Delete(ctx context.Context, name string) error
	// Capabilities says what the place can do. It asks nobody and is constant.
	Capabilities() Capabilities
}

// Object is an entry of a listing.
type Object struct {
	Name     string    // under which it was put
	Size     int64     // bytes
	Modified time.Time // as the place says, in UTC
}

// Capabilities is what a place can do. The zero value promises least.
type Capabilities struct {
	Delete bool          // Delete may succeed
	Retain time.Duration // for how long after Put a place refuses to delete or overwrite; zero: it may at once
	Kind   PlaceKind     // what sort of place it is
}

// PlaceKind is the sort of a place, as tiers ask for it.
type PlaceKind string

// The kinds of place.
const (
	Local PlaceKind = "local" // a disk of the same site
	Cloud PlaceKind = "cloud" // an object store elsewhere
)

// Place is a target with the name under which status and errors speak of it.
type Place struct {
	Name   string // unique within a repository, such as "primary"
	Target BackupTarget
}
