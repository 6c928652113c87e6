package backuptest_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
)

func TestTargets(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB) backup.BackupTarget{
		"deletes": func(testing.TB) backup.BackupTarget { return new(backuptest.Target) },
		"keeps":   func(testing.TB) backup.BackupTarget { return &backuptest.Target{KeepAll: true} },
		"retains": func(testing.TB) backup.BackupTarget {
			return &backuptest.Target{Can: backup.Capabilities{Retain: time.Hour, Kind: backup.Cloud}}
		},
		"faultless": func(testing.TB) backup.BackupTarget { return &backuptest.Faulty{Target: new(backuptest.Target)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			backuptest.TestTarget(t, open)
		})
	}
}

// mutant is a broken target: it does as a good one does, except for the functions that are set.
type mutant struct {
	name   string
	killer string // the check that rejects it

	put    func(m *mutant, ctx context.Context, name string, data []byte) error
	get    func(m *mutant, ctx context.Context, name string, offset, length int64) ([]byte, error)
	list   func(m *mutant, ctx context.Context, prefix string) iter.Seq2[backup.Object, error]
	remove func(m *mutant, ctx context.Context, name string) error
	can    func(m *mutant) backup.Capabilities

	mu    sync.Mutex
	calls int
	kept  map[string][]byte
	*backuptest.Target
}

func (m *mutant) Put(ctx context.Context, name string, data []byte) error {
	if m.put == nil {
		return m.Target.Put(ctx, name, data)
	}
	return m.put(m, ctx, name, data)
}

func (m *mutant) Get(ctx context.Context, name string, offset, length int64) ([]byte, error) {
	if m.get == nil {
		return m.Target.Get(ctx, name, offset, length)
	}
	return m.get(m, ctx, name, offset, length)
}

func (m *mutant) List(ctx context.Context, prefix string) iter.Seq2[backup.Object, error] {
	if m.list == nil {
		return m.Target.List(ctx, prefix)
	}
	return m.list(m, ctx, prefix)
}

func (m *mutant) Delete(ctx context.Context, name string) error {
	if m.remove == nil {
		return m.Target.Delete(ctx, name)
	}
	return m.remove(m, ctx, name)
}

func (m *mutant) Capabilities() backup.Capabilities {
	if m.can == nil {
		return m.Target.Capabilities()
	}
	return m.can(m)
}

// changedList changes a whole listing.
func changedList(change func([]backup.Object) []backup.Object) func(*mutant, context.Context, string) iter.Seq2[backup.Object, error] {
	return func(m *mutant, ctx context.Context, prefix string) iter.Seq2[backup.Object, error] {
		return func(yield func(backup.Object, error) bool) {
			var all []backup.Object
			for o, err := range m.Target.List(ctx, prefix) {
				if err != nil {
					yield(o, err)
					return
				}
				all = append(all, o)
			}
			for _, o := range change(all) {
				if err := ctx.Err(); err != nil {
					yield(backup.Object{}, err)
					return
				}
				if !yield(o, nil) {
					return
				}
			}
		}
	}
}

// putMutants are wrong about what they keep.
func putMutants() []*mutant {
	return []*mutant{
		{name: "overwrites", killer: "FirstStays", put: func(m *mutant, ctx context.Context, name string, data []byte) error {
			err := m.Target.Put(ctx, name, data)
			if errors.Is(err, backup.ErrExists) {
				m.Set(name, data)
			}
			return err
		}},
		{name: "says done where something is", killer: "FirstStays", put: func(m *mutant, ctx context.Context, name string, data []byte) error {
			err := m.Target.Put(ctx, name, data)
			if old, _ := m.Target.Get(ctx, name, 0, -1); errors.Is(err, backup.ErrExists) && string(old) == string(data) {
				return nil
			}
			return err
		}},
		{name: "looks and then puts", killer: "OneWins", put: func(m *mutant, ctx context.Context, name string, data []byte) error {
			m.mu.Lock()
			m.calls++
			m.mu.Unlock()
			if err := m.Target.Put(ctx, name, data); !errors.Is(err, backup.ErrExists) || !strings.HasPrefix(name, "race/") {
				return err
			}
			m.Set(name, data)
			return nil
		}},
		{name: "cuts what is large", killer: "Large", put: func(m *mutant, ctx context.Context, name string, data []byte) error {
			return m.Target.Put(ctx, name, data[:min(len(data), backup.MaxChunk)])
		}},
		{name: "refuses the empty object", killer: "Whole", put: func(m *mutant, ctx context.Context, name string, data []byte) error {
			if len(data) == 0 && name == "empty" {
				return errors.New("nothing to write")
			}
			return m.Target.Put(ctx, name, data)
		}},
		{name: "keeps the slice", killer: "DataNotKept", put: func(m *mutant, ctx context.Context, name string, data []byte) error {
			m.mu.Lock()
			defer m.mu.Unlock()
			if m.kept == nil {
				m.kept = map[string][]byte{}
			}
			err := m.Target.Put(ctx, name, data)
			if err == nil {
				m.kept[name] = data
			}
			return err
		}, get: func(m *mutant, ctx context.Context, name string, offset, length int64) ([]byte, error) {
			m.mu.Lock()
			defer m.mu.Unlock()
			if data := m.kept[name]; data != nil {
				m.Set(name, data)
			}
			return m.Target.Get(ctx, name, offset, length)
		}},
		{name: "changes the slice", killer: "DataNotKept", put: func(m *mutant, ctx context.Context, name string, data []byte) error {
			err := m.Target.Put(ctx, name, data)
			clear(data[:min(len(data), 1)])
			return err
		}},
		{name: "allows upper case", killer: "BadNames", put: func(m *mutant, ctx context.Context, name string, data []byte) error {
			return m.Target.Put(ctx, strings.ToLower(name), data)
		}},
		{name: "allows no points", killer: "Names", put: func(m *mutant, ctx context.Context, name string, data []byte) error {
			if strings.Contains(name, "..") && backup.CheckName(name) == nil {
				return backup.ErrName
			}
			return m.Target.Put(ctx, name, data)
		}},
		{name: "deaf put", killer: "EndedContext", put: func(m *mutant, ctx context.Context, name string, data []byte) error {
			return m.Target.Put(context.WithoutCancel(ctx), name, data)
		}},
		{name: "mixes up callers", killer: "Concurrent", put: func(m *mutant, ctx context.Context, name string, data []byte) error {
			if name == "c/3/15" {
				data = nil
			}
			return m.Target.Put(ctx, name, data)
		}},
	}
}

// getMutants are wrong about what they give.
func getMutants() []*mutant {
	return []*mutant{
		{name: "fails past the end", killer: "Ranges", get: func(m *mutant, ctx context.Context, name string, offset, length int64) ([]byte, error) {
			data, err := m.Target.Get(ctx, name, offset, length)
			if err == nil && length > int64(len(data)) {
				return nil, errors.New("short read")
			}
			return data, err
		}},
		{name: "takes a length for an end", killer: "Ranges", get: func(m *mutant, ctx context.Context, name string, offset, length int64) ([]byte, error) {
			return m.Target.Get(ctx, name, offset, max(length-offset, -1))
		}},
		{name: "reads from the beginning", killer: "NegativeOffset", get: func(m *mutant, ctx context.Context, name string, offset, length int64) ([]byte, error) {
			return m.Target.Get(ctx, name, max(offset, 0), length)
		}},
		{name: "gives nothing for what is absent", killer: "NotFound", get: func(m *mutant, ctx context.Context, name string, offset, length int64) ([]byte, error) {
			data, err := m.Target.Get(ctx, name, offset, length)
			if errors.Is(err, backup.ErrNotFound) {
				return nil, nil
			}
			return data, err
		}},
		{name: "shares its slice", killer: "DataNotShared", get: func(m *mutant, ctx context.Context, name string, offset, length int64) ([]byte, error) {
			m.mu.Lock()
			defer m.mu.Unlock()
			if m.kept[name] == nil {
				data, err := m.Target.Get(ctx, name, 0, -1)
				if err != nil || name != "a" || len(data) != 5000 {
					return m.Target.Get(ctx, name, offset, length)
				}
				m.kept = map[string][]byte{name: data}
			}
			return m.kept[name], nil
		}},
		{name: "deaf get", killer: "EndedContext", get: func(m *mutant, ctx context.Context, name string, offset, length int64) ([]byte, error) {
			return m.Target.Get(context.WithoutCancel(ctx), name, offset, length)
		}},
	}
}

// listMutants are wrong about what there is.
func listMutants() []*mutant {
	return []*mutant{
		{name: "orders by segments", killer: "ListOrder", list: changedList(func(all []backup.Object) []backup.Object {
			slices.SortStableFunc(all, func(a, b backup.Object) int {
				return slices.Compare(strings.Split(a.Name, "/"), strings.Split(b.Name, "/"))
			})
			return all
		})},
		{name: "takes the prefix for a folder", killer: "ListPrefixes", list: func(m *mutant, ctx context.Context, prefix string) iter.Seq2[backup.Object, error] {
			if prefix == "a" {
				prefix = "a/"
			}
			return m.Target.List(ctx, prefix)
		}},
		{name: "wrong sizes", killer: "ListFacts", list: changedList(func(all []backup.Object) []backup.Object {
			for i := range all {
				all[i].Size++
			}
			return all
		})},
		{name: "local times", killer: "ListFacts", list: changedList(func(all []backup.Object) []backup.Object {
			for i := range all {
				all[i].Modified = all[i].Modified.In(time.FixedZone("JST", 9*3600))
			}
			return all
		})},
		{name: "one page", killer: "ListMany", list: changedList(func(all []backup.Object) []backup.Object {
			return all[:min(len(all), 1000)]
		})},
		{name: "goes on after an error", killer: "ListEnds", list: func(m *mutant, ctx context.Context, prefix string) iter.Seq2[backup.Object, error] {
			return func(yield func(backup.Object, error) bool) {
				for o := range m.Target.List(context.WithoutCancel(ctx), prefix) {
					if !yield(o, ctx.Err()) {
						return
					}
				}
			}
		}},
	}
}

// deleteMutants are wrong about what they remove or can do.
func deleteMutants() []*mutant {
	return []*mutant{
		{name: "deletes nothing", killer: "Delete", remove: func(m *mutant, ctx context.Context, name string) error {
			_, err := m.Target.Get(ctx, name, 0, 0)
			return err
		}},
		{name: "deletes by prefix", killer: "Delete", remove: func(m *mutant, ctx context.Context, name string) error {
			err := m.Target.Delete(ctx, name)
			if err == nil {
				m.Lose(name + "b")
			}
			return err
		}},
		{name: "never minds what is absent", killer: "NotFound", remove: func(m *mutant, ctx context.Context, name string) error {
			err := m.Target.Delete(ctx, name)
			if errors.Is(err, backup.ErrNotFound) {
				return nil
			}
			return err
		}},
		{name: "promises to retain", killer: "Retain", can: func(*mutant) backup.Capabilities {
			return backup.Capabilities{Delete: true, Retain: time.Hour}
		}},
		{name: "unknown kind", killer: "Capabilities", can: func(*mutant) backup.Capabilities {
			return backup.Capabilities{Delete: true, Kind: "tape"}
		}},
	}
}

func TestTargetRejects(t *testing.T) {
	t.Parallel()
	for _, m := range slices.Concat(putMutants(), getMutants(), listMutants(), deleteMutants()) {
		t.Run(strings.ReplaceAll(m.name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			err := backuptest.CheckTarget(t.Context(), func() (backup.BackupTarget, error) {
				return &mutant{put: m.put, get: m.get, list: m.list, remove: m.remove, can: m.can, Target: new(backuptest.Target)}, nil
			})
			var found backuptest.Violations
			if !errors.As(err, &found) {
				t.Fatalf("the suite accepts it: %v", err)
			}
			if !slices.ContainsFunc(found, func(v backuptest.Violation) bool { return v.Check == m.killer }) {
				t.Errorf("want it rejected by %s, got %v", m.killer, err)
			}
		})
	}
}
