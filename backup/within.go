package backup

import (
	"context"
	"fmt"
	"iter"
	"strings"
)

// Within returns a target that keeps its objects in a folder of another one, so that several repositories share a bucket.
// The folder is one or more segments; the names of objects become longer by it and a slash, and those that grow over
// MaxName are refused with ErrName. A folder that is no name is an error of every call. It closes nothing and may be nested.
func Within(target BackupTarget, folder string) BackupTarget {
	return within{target: target, folder: folder}
}

type within struct {
	target BackupTarget
	folder string
}

// name returns the name in the target.
func (w within) name(name string) (string, error) {
	if err := w.check(); err != nil {
		return "", err
	}
	if err := CheckName(name); err != nil {
		return "", err
	}
	long := w.folder + "/" + name
	return long, CheckName(long)
}

func (w within) check() error {
	if err := CheckName(w.folder); err != nil {
		return fmt.Errorf("backup: folder of a target: %w", err)
	}
	return nil
}

func (w within) Put(ctx context.Context, name string, data []byte) error {
	name, err := w.name(name)
	if err != nil {
		return err
	}
	return w.target.Put(ctx, name, data)
}

func (w within) Get(ctx context.Context, name string, offset, length int64) ([]byte, error) {
	name, err := w.name(name)
	if err != nil {
		return nil, err
	}
	return w.target.Get(ctx, name, offset, length)
}

func (w within) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		if err := w.check(); err != nil {
			yield(Object{}, err)
			return
		}
		for object, err := range w.target.List(ctx, w.folder+"/"+prefix) {
			if err != nil {
				yield(Object{}, err)
				return
			}
			object.Name = strings.TrimPrefix(object.Name, w.folder+"/")
			if !yield(object, nil) {
				return
			}
		}
	}
}

func (w within) Delete(ctx context.Context, name string) error {
	name, err := w.name(name)
	if err != nil {
		return err
	}
	return w.target.Delete(ctx, name)
}

func (w within) Capabilities() Capabilities { return w.target.Capabilities() }
