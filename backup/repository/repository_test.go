package repository_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/repository"
)

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]repository.Config{
		"plain":  {},
		"parity": {Parity: repository.Parity{Data: 10, Shards: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config.Places, _ = memories(3)
			config.Key = repository.Key{1}
			r := create(t, config)
			var snapshots []backup.Snapshot
			for seed := range uint64(5) {
				snapshots = append(snapshots, write(t, r, "notes", random(seed/2)))
			}
			if s := snapshots[1]; s.Stored*10 > s.Size {
				t.Errorf("the same content again stored %d of %d bytes", s.Stored, s.Size)
			}
			again, err := repository.Open(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			listed, err := again.Snapshots(t.Context())
			if diff := cmp.Diff(snapshots, listed); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			for seed, s := range snapshots {
				holds(t, again, s, random(uint64(seed)/2))
			}
		})
	}
}

func TestManyChunks(t *testing.T) {
	t.Parallel()
	places, _ := memories(1)
	r := create(t, repository.Config{Places: places})
	c := content{"many": nil}
	for i := range 9000 { // more than two lists of chunks
		c["many"] = append(c["many"], []byte{byte(i), byte(i >> 8), byte(i % 7)})
	}
	holds(t, r, write(t, r, "notes", c), c)
}

func TestReuse(t *testing.T) {
	t.Parallel()
	places, _ := memories(1)
	r := create(t, repository.Config{Places: places})
	c := random(3)
	write(t, r, "notes", c)
	s, err := r.Write(t.Context(), "notes", func(ctx context.Context, w backup.Writer) (backup.Cut, error) {
		for _, item := range w.Previous().Items() {
			if err := w.Reuse(ctx, item.Name); err != nil {
				return backup.Cut{}, err
			}
		}
		return backup.Cut{Time: time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC)}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	holds(t, r, s, c)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	places, targets := memories(2)
	times := newClock()
	config := repository.Config{Places: places, Key: repository.Key{1}, Clock: times.Now}
	r := create(t, config)
	write(t, r, "notes", random(1))

	if _, err := repository.Create(t.Context(), config); !errors.Is(err, backup.ErrExists) {
		t.Errorf("a second Create: %v", err)
	}
	wrong := config
	wrong.Key = repository.Key{2}
	if _, err := repository.Open(t.Context(), wrong); !errors.Is(err, backup.ErrWrongKey) {
		t.Errorf("another key: %v", err)
	}
	empty := config
	empty.Places, _ = memories(1)
	if _, err := repository.Open(t.Context(), empty); !errors.Is(err, backup.ErrNotFound) {
		t.Errorf("an empty place: %v", err)
	}
	times.add(-time.Hour)
	if _, err := r.Write(t.Context(), "notes", random(2).write); !errors.Is(err, backup.ErrClock) {
		t.Errorf("a clock that was set back: %v", err)
	}
	times.add(time.Hour)
	if _, err := r.Open(t.Context(), "000000000099"); !errors.Is(err, backup.ErrNotFound) {
		t.Errorf("no such snapshot: %v", err)
	}
	for object := range targets[0].List(t.Context(), "pack/") {
		targets[0].Lose(object.Name)
		targets[1].Lose(object.Name)
	}
	all, err := r.Snapshots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	corrupt := (*backup.CorruptError)(nil)
	if err := random(1).check(t.Context(), r, all[0].ID); !errors.As(err, &corrupt) {
		t.Errorf("missing chunks: %v", err)
	}
}

func TestBadConfig(t *testing.T) {
	t.Parallel()
	places, _ := memories(2)
	for name, config := range map[string]repository.Config{
		"no place":       {Key: repository.Key{1}},
		"no key":         {Places: places},
		"same name":      {Places: []backup.Place{places[0], places[0]}, Key: repository.Key{1}},
		"minority":       {Places: places, Key: repository.Key{1}, Quorum: 1},
		"too many":       {Places: places, Key: repository.Key{1}, Quorum: 3},
		"parity":         {Places: places, Key: repository.Key{1}, Parity: repository.Parity{Data: 500, Shards: 1}},
		"negative lease": {Places: places, Key: repository.Key{1}, Lease: -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := repository.Create(t.Context(), config); err == nil {
				t.Error("no error")
			}
		})
	}
}

// A place that does not answer is caught up by the next snapshot after it answers again.
func TestPlaceDown(t *testing.T) {
	t.Parallel()
	places, _ := memories(3)
	var down atomic.Bool
	places[1].Target = &backuptest.Faulty{Target: places[1].Target,
		Faults: []backuptest.Fault{{Err: backup.ErrUnavailable, When: func(string) bool { return down.Load() }}}}
	config := repository.Config{Places: places, Key: repository.Key{1}}
	r := create(t, config)
	first := write(t, r, "notes", random(1))
	down.Store(true)
	second := write(t, r, "notes", random(2))
	if err := r.Log("wal").Append(t.Context(), backup.Entry{Start: 1, End: 2, Data: []byte("x")}); err != nil {
		t.Fatal(err)
	}
	states, err := r.Places(t.Context())
	if err != nil || !errors.Is(states[1].Err, backup.ErrUnavailable) || states[0].Newest != second.ID {
		t.Fatalf("%v: %+v", err, states)
	}
	down.Store(false)
	if states, err = r.Places(t.Context()); err != nil || states[1].Missing == 0 || states[1].Newest != first.ID {
		t.Fatalf("behind: %v: %+v", err, states)
	}
	third := write(t, r, "notes", random(3))
	if states, err = r.Places(t.Context()); err != nil || states[1].Missing != 0 || states[1].Newest != third.ID {
		t.Fatalf("caught up: %v: %+v", err, states)
	}
	alone, err := repository.Open(t.Context(), repository.Config{Places: places[1:2], Key: config.Key})
	if err != nil {
		t.Fatal(err)
	}
	for seed, s := range []backup.Snapshot{first, second, third} {
		holds(t, alone, s, random(uint64(seed)+1))
	}
	count := 0
	for e, err := range alone.Log("wal").Entries(t.Context(), 0) {
		if count++; err != nil || string(e.Data) != "x" {
			t.Errorf("%+v, %v", e, err)
		}
	}
	if count != 1 {
		t.Errorf("%d entries", count)
	}
}

func TestTooFewPlaces(t *testing.T) {
	t.Parallel()
	for name, cause := range map[string]error{"down": backup.ErrUnavailable, "full": backup.ErrFull} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			places, _ := memories(3)
			var on atomic.Bool
			for i := range 2 {
				places[i].Target = &backuptest.Faulty{Target: places[i].Target,
					Faults: []backuptest.Fault{{Method: backuptest.Put, Err: cause, When: func(string) bool { return on.Load() }}}}
			}
			r := create(t, repository.Config{Places: places})
			s := write(t, r, "notes", random(1))
			on.Store(true)
			if _, err := r.Write(t.Context(), "notes", random(2).write); !errors.Is(err, cause) {
				t.Errorf("snapshot: %v", err)
			}
			if err := r.Log("wal").Append(t.Context(), backup.Entry{Start: 1, End: 2}); !errors.Is(err, cause) {
				t.Errorf("log: %v", err)
			}
			on.Store(false)
			all, err := r.Snapshots(t.Context())
			if diff := cmp.Diff([]backup.Snapshot{s}, all); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			if err := r.Log("wal").Append(t.Context(), backup.Entry{Start: 1, End: 2}); err != nil {
				t.Errorf("log, again: %v", err)
			}
		})
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	places, _ := memories(1)
	r := create(t, repository.Config{Places: places})
	ctx, cancel := context.WithCancel(t.Context())
	_, err := r.Write(ctx, "notes", func(ctx context.Context, w backup.Writer) (backup.Cut, error) {
		cut, err := random(1).write(ctx, w)
		cancel()
		return cut, err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if all, err := r.Snapshots(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
}

// Writers that commit at the same time, in several processes, do not lose each other's snapshots.
func TestWriters(t *testing.T) {
	t.Parallel()
	places, _ := memories(2)
	config := repository.Config{Places: places, Key: repository.Key{1}}
	create(t, config)
	const writers, each = 4, 4
	errs := make(chan error, writers)
	for n := range writers {
		go func() {
			r, err := repository.Open(context.Background(), config)
			for i := 0; i < each && err == nil; i++ {
				_, err = r.Write(context.Background(), "notes", random(uint64(n*each+i)).write)
			}
			errs <- err
		}()
	}
	for range writers {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	r, err := repository.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	if all, err := r.Snapshots(t.Context()); err != nil || len(all) != writers*each {
		t.Errorf("%d snapshots, %v", len(all), err)
	}
}

func TestRollback(t *testing.T) {
	t.Parallel()
	places, targets := memories(2)
	config := repository.Config{Places: places, Key: repository.Key{1}, Anchor: repository.FileAnchor(filepath.Join(t.TempDir(), "anchor"))}
	r := create(t, config)
	write(t, r, "notes", random(1))
	old := []*backuptest.Target{targets[0].Clone(), targets[1].Clone()}
	write(t, r, "notes", random(2))
	config.Places = []backup.Place{{Name: "a", Target: old[0]}, {Name: "b", Target: old[1]}}
	if _, err := repository.Open(t.Context(), config); !errors.Is(err, backup.ErrRollback) {
		t.Errorf("both places are old: %v", err)
	}
	config.Places[1].Target = targets[1]
	again, err := repository.Open(t.Context(), config)
	if err != nil {
		t.Fatalf("one place is old: %v", err)
	}
	if all, err := again.Snapshots(t.Context()); err != nil || len(all) != 2 {
		t.Errorf("one place is old: %d snapshots, %v", len(all), err)
	}
}
