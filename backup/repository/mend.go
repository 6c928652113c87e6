package repository

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/shugo-data/shugo/backup"
)

// mostCopies is how many repaired copies of an object there may be in a place.
const mostCopies = 16

// mend puts good bytes where a place has none, or damaged ones. The repaired copy is there before what is damaged is
// removed, so that nothing is lost if the process ends between.
func (v *verification) mend(ctx context.Context, f flaw, name string, good []byte) error {
	places, target := v.r.places, v.r.places.all[f.place].Target
	if f.missing {
		return places.putOne(ctx, f.place, name, good)
	}
	copied, err := v.copy(ctx, f.place, name, good)
	if err != nil {
		return err
	}
	if !target.Capabilities().Delete {
		return nil
	}
	err = target.Delete(ctx, name)
	if errors.Is(err, backup.ErrRetained) {
		return nil
	}
	if err != nil && !errors.Is(err, backup.ErrNotFound) {
		return err
	}
	if err := places.putOne(ctx, f.place, name, good); err != nil {
		return err
	}
	if copied != copyName(name, "0") { // that of a record stays
		_ = target.Delete(ctx, copied)
	}
	return nil
}

// copy puts a repaired copy under the first name that is free, or is the same already.
func (v *verification) copy(ctx context.Context, place int, name string, good []byte) (string, error) {
	for n := range mostCopies {
		copied := copyName(name, strconv.Itoa(n))
		err := v.r.places.putOne(ctx, place, copied, good)
		if !errors.Is(err, backup.ErrExists) {
			return copied, err
		}
	}
	return "", fmt.Errorf("repository: %d repaired copies of %s are damaged: %w", mostCopies, name, backup.ErrCorrupt)
}

// repaired returns a repaired copy of an object that a place has intact.
func (v *verification) repaired(ctx context.Context, place int, name string) ([]byte, bool) {
	for _, copied := range v.r.places.copies(ctx, place, name) {
		data, err := v.r.places.all[place].Target.Get(ctx, copied, 0, -1)
		if err == nil && v.wrong(name, data) == "" {
			return data, true
		}
	}
	return nil, false
}

// rebuilt returns an object as parity puts it right, or nil.
func (v *verification) rebuilt(name string, data []byte) []byte {
	if v.r.code.Shards == 0 {
		return nil
	}
	object, _, err := mend(data)
	if err != nil {
		return nil
	}
	whole, err := v.r.code.protect(append(make([]byte, v.r.code.front(), v.r.code.capacity(len(object))), object...))
	if err != nil || v.wrong(name, whole) != "" {
		return nil
	}
	return whole
}
