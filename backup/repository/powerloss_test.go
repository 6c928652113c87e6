package repository_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/repository"
	"github.com/shugo-data/shugo/internal/servertest"
)

// operation is what a disk is asked to do by a place in a directory: it writes a temporary file, syncs it, links it to its name, and
// syncs the directory.
type operation struct {
	kind string // write, sync, link, unlink, syncdir
	file int    // number of the file
	name string // of link and unlink; directory of syncdir
	data []byte // of write
}

// disk is a place in a directory of a disk that loses power: it keeps the trace of all operations.
type disk struct {
	mu    sync.Mutex
	trace []operation
	files map[string][]byte // by name, as a process sees them
	next  int
}

func (d *disk) do(o operation) { d.trace = append(d.trace, o) }

func folder(name string) string { return name[:max(0, strings.LastIndexByte(name, '/'))] }

// Put implements backup.BackupTarget. Calls at the same time have their operations mixed.
func (d *disk) Put(ctx context.Context, name string, data []byte) error {
	d.mu.Lock()
	file := d.next
	d.next++
	half := len(data) / 2
	d.do(operation{kind: "write", file: file, data: bytes.Clone(data[:half])})
	d.mu.Unlock()
	d.mu.Lock()
	d.do(operation{kind: "write", file: file, data: bytes.Clone(data[half:])})
	d.mu.Unlock()
	d.mu.Lock()
	d.do(operation{kind: "sync", file: file})
	d.mu.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, there := d.files[name]; there {
		return fmt.Errorf("%s: %w", name, backup.ErrExists)
	}
	d.files[name] = bytes.Clone(data)
	d.do(operation{kind: "link", file: file, name: name})
	d.do(operation{kind: "syncdir", name: folder(name)})
	return ctx.Err()
}

// Get implements backup.BackupTarget.
func (d *disk) Get(_ context.Context, name string, offset, length int64) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	data, there := d.files[name]
	if !there {
		return nil, fmt.Errorf("%s: %w", name, backup.ErrNotFound)
	}
	data = data[min(offset, int64(len(data))):]
	if length >= 0 {
		data = data[:min(length, int64(len(data)))]
	}
	return bytes.Clone(data), nil
}

// List implements backup.BackupTarget.
func (d *disk) List(_ context.Context, prefix string) iter.Seq2[backup.Object, error] {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []backup.Object
	for name, data := range d.files {
		if strings.HasPrefix(name, prefix) {
			all = append(all, backup.Object{Name: name, Size: int64(len(data))})
		}
	}
	slices.SortFunc(all, func(a, b backup.Object) int { return strings.Compare(a.Name, b.Name) })
	return func(yield func(backup.Object, error) bool) {
		for _, o := range all {
			if !yield(o, nil) {
				return
			}
		}
	}
}

// Delete implements backup.BackupTarget.
func (d *disk) Delete(_ context.Context, name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, there := d.files[name]; !there {
		return fmt.Errorf("%s: %w", name, backup.ErrNotFound)
	}
	delete(d.files, name)
	d.do(operation{kind: "unlink", name: name})
	d.do(operation{kind: "syncdir", name: folder(name)})
	return nil
}

// Capabilities implements backup.BackupTarget.
func (d *disk) Capabilities() backup.Capabilities { return backup.Capabilities{Delete: true} }

func (d *disk) length() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.trace)
}

// after returns the disk as it may be found when power was lost after some operations: of what was not synced, chance decides what
// is there. A write may be torn, and names may appear in another order than they were made in.
func (d *disk) after(operations int, chance *rand.Rand) *disk {
	type file struct {
		parts  [][]byte
		synced int // parts
	}
	files, names, pending := map[int]*file{}, map[string]int{}, []operation{}
	apply := func(o operation) {
		if o.kind == "link" {
			names[o.name] = o.file
		} else {
			delete(names, o.name)
		}
	}
	for _, o := range d.trace[:operations] {
		switch o.kind {
		case "write":
			if files[o.file] == nil {
				files[o.file] = &file{}
			}
			files[o.file].parts = append(files[o.file].parts, o.data)
		case "sync":
			files[o.file].synced = len(files[o.file].parts)
		case "link", "unlink":
			pending = append(pending, o)
		case "syncdir":
			pending = slices.DeleteFunc(pending, func(p operation) bool {
				if folder(p.name) != o.name {
					return false
				}
				apply(p)
				return true
			})
		}
	}
	chance.Shuffle(len(pending), func(i, j int) { pending[i], pending[j] = pending[j], pending[i] })
	for _, o := range pending {
		if chance.IntN(2) == 0 {
			apply(o)
		}
	}
	found := &disk{files: map[string][]byte{}, next: 1 << 20}
	for name, number := range names {
		var data []byte
		for i, part := range files[number].parts {
			if i < files[number].synced {
				data = append(data, part...)
			} else {
				data = append(data, part[:chance.IntN(len(part)+1)]...)
			}
		}
		found.files[name] = data
	}
	return found
}

// acknowledged is what a caller was told, when so many operations had been done.
type acknowledged struct {
	operations int
	check      func(context.Context, *repository.Repository) error
}

// history writes snapshots and a log to a disk, and returns what was acknowledged when.
func history(t *testing.T, d *disk, config repository.Config) []acknowledged {
	t.Helper()
	r := create(t, config)
	var acks []acknowledged
	entries := record(9, 12)
	for i := range uint64(4) {
		c := random(100 + i)
		s := write(t, r, "notes", c)
		acks = append(acks, acknowledged{d.length(), func(ctx context.Context, r *repository.Repository) error { return c.check(ctx, r, s.ID) }})
		for n := 3 * i; n < 3*i+3; n++ {
			e := entries[n]
			if err := r.Log("wal").Append(t.Context(), e); err != nil {
				t.Fatal(err)
			}
			acks = append(acks, acknowledged{d.length(), func(ctx context.Context, r *repository.Repository) error {
				for got, err := range r.Log("wal").Entries(ctx, e.Start) {
					if err != nil || got.Start != e.Start || !bytes.Equal(got.Data, e.Data) {
						return fmt.Errorf("entry at %d: %v", e.Start, err)
					}
					return nil
				}
				return fmt.Errorf("entry at %d is gone", e.Start)
			}})
		}
	}
	return acks
}

// Every prefix of what a disk was asked to do, with what was not synced dropped, torn or reordered, opens, has all that was
// acknowledged, and can be written to.
func TestPowerLoss(t *testing.T) {
	t.Parallel()
	d := &disk{files: map[string][]byte{}}
	config := repository.Config{Places: []backup.Place{{Name: "disk", Target: d}}, Key: repository.Key{1}}
	acks := history(t, d, config)
	created := slices.IndexFunc(d.trace, func(o operation) bool { return o.kind == "syncdir" && o.name == "head" }) + 1
	for prefix := created; prefix <= len(d.trace); prefix++ {
		for seed := range uint64(servertest.Count(1, 20)) {
			found := d.after(prefix, rand.New(rand.NewPCG(uint64(prefix), seed)))
			at := config
			at.Places = []backup.Place{{Name: "disk", Target: found}}
			r, err := repository.Open(t.Context(), at)
			if err != nil {
				t.Fatalf("after %d of %d operations: %v", prefix, len(d.trace), err)
			}
			for i, a := range acks {
				if a.operations > prefix {
					break
				}
				if err := a.check(t.Context(), r); err != nil {
					t.Errorf("after %d of %d operations, acknowledgement %d: %v", prefix, len(d.trace), i, err)
				}
			}
			c := random(uint64(prefix))
			holds(t, r, write(t, r, "notes", c), c)
		}
	}
	t.Logf("%d prefixes, %d acknowledgements", len(d.trace)-created+1, len(acks))
}
