package walsink

import (
	"errors"
	"fmt"
	"iter"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/leaf"
)

var errStopped = errors.New("walsink: stopped")

// Records returns the records of a directory in their order, without a sink: those that are not shipped, and those of
// files that are not removed yet. It changes nothing, and leaves out an unfinished group at the end as New does. The last
// pair has an error when the directory cannot be read: ErrDamaged, ErrVersion, or one of the file system. A sink that has
// the directory open may remove a file meanwhile, which is such an error.
func Records(dir string) iter.Seq2[governance.Record, error] {
	return func(yield func(governance.Record, error) bool) {
		_, err := read(dir, func(s *segment, offset int64, f frame) error {
			e, err := leaf.Unmarshal(f.payload)
			if err != nil {
				return damaged(s.path, offset, "%v", err)
			}
			r, err := e.Record()
			if err != nil {
				return damaged(s.path, offset, "%v", err)
			}
			if !yield(r, nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && err != errStopped {
			yield(governance.Record{}, inDir(err))
		}
	}
}

// inDir marks an error as one of this package.
func inDir(err error) error {
	if errors.Is(err, ErrDamaged) {
		return err
	}
	return fmt.Errorf("walsink: %w", err)
}
