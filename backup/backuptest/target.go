package backuptest

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// Target is a backup.BackupTarget in memory. The zero value is empty and ready. It is safe for concurrent use and must not
// be copied after its first use.
type Target struct {
	// Can is what Capabilities returns, with Delete set unless KeepAll is. It is set before the target is used. Can.Retain
	// is honoured.
	Can backup.Capabilities
	// KeepAll makes Delete refuse with ErrRetained. It is set before the target is used.
	KeepAll bool

	mu      sync.Mutex
	objects map[string]object
}

type object struct {
	data     []byte
	modified time.Time
}

var _ backup.BackupTarget = (*Target)(nil)

// Put implements backup.BackupTarget.
func (t *Target) Put(ctx context.Context, name string, data []byte) error {
	if err := ready(ctx, name); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, found := t.objects[name]; found {
		return fmt.Errorf("object %s: %w", name, backup.ErrExists)
	}
	t.set(name, data)
	return nil
}

func (t *Target) set(name string, data []byte) {
	if t.objects == nil {
		t.objects = map[string]object{}
	}
	t.objects[name] = object{data: slices.Clone(data), modified: time.Now().UTC()}
}

// Get implements backup.BackupTarget.
func (t *Target) Get(ctx context.Context, name string, offset, length int64) ([]byte, error) {
	if err := ready(ctx, name); err != nil {
		return nil, err
	}
	if offset < 0 {
		return nil, fmt.Errorf("object %s: offset %d, expected 0 or more", name, offset)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	o, found := t.objects[name]
	if !found {
		return nil, fmt.Errorf("object %s: %w", name, backup.ErrNotFound)
	}
	size := int64(len(o.data))
	from := min(offset, size)
	if length < 0 || length > size-from {
		length = size - from
	}
	return append([]byte{}, o.data[from:from+length]...), nil
}

// List implements backup.BackupTarget. It yields what is there when the iteration begins.
func (t *Target) List(ctx context.Context, prefix string) iter.Seq2[backup.Object, error] {
	return func(yield func(backup.Object, error) bool) {
		t.mu.Lock()
		objects := maps.Clone(t.objects)
		t.mu.Unlock()
		names := slices.Sorted(maps.Keys(objects))
		if err := ctx.Err(); err != nil {
			yield(backup.Object{}, err)
			return
		}
		for _, name := range names {
			if !strings.HasPrefix(name, prefix) {
				continue
			}
			if err := ctx.Err(); err != nil {
				yield(backup.Object{}, err)
				return
			}
			o := objects[name]
			if !yield(backup.Object{Name: name, Size: int64(len(o.data)), Modified: o.modified}, nil) {
				return
			}
		}
	}
}

// Delete implements backup.BackupTarget.
func (t *Target) Delete(ctx context.Context, name string) error {
	if err := ready(ctx, name); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch o, found := t.objects[name]; {
	case !found:
		return fmt.Errorf("object %s: %w", name, backup.ErrNotFound)
	case t.KeepAll || time.Since(o.modified) < t.Can.Retain:
		return fmt.Errorf("object %s: %w", name, backup.ErrRetained)
	}
	delete(t.objects, name)
	return nil
}

// Capabilities implements backup.BackupTarget.
func (t *Target) Capabilities() backup.Capabilities {
	can := t.Can
	can.Delete = !t.KeepAll
	return can
}

// Set puts data under a name whatever is there, as damage or an enemy would. The name is not checked.
func (t *Target) Set(name string, data []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.set(name, data)
}

// Lose removes an object whatever protects it, and reports whether there was one.
func (t *Target) Lose(name string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, found := t.objects[name]
	delete(t.objects, name)
	return found
}

// Clone returns a target with the same objects, as they are now: for going back to an older state.
func (t *Target) Clone() *Target {
	t.mu.Lock()
	defer t.mu.Unlock()
	return &Target{Can: t.Can, KeepAll: t.KeepAll, objects: maps.Clone(t.objects)}
}

func ready(ctx context.Context, name string) error {
	if err := backup.CheckName(name); err != nil {
		return err
	}
	return ctx.Err()
}
