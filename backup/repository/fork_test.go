package repository_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/repository"
)

// switched is a place that a test switches off.
type switched struct {
	backuptest.Target
	off atomic.Bool
}

func (s *switched) ready() error {
	if s.off.Load() {
		return backup.ErrUnavailable
	}
	return nil
}

func (s *switched) Put(ctx context.Context, name string, data []byte) error {
	if err := s.ready(); err != nil {
		return err
	}
	return s.Target.Put(ctx, name, data)
}

func (s *switched) Get(ctx context.Context, name string, offset, length int64) ([]byte, error) {
	if err := s.ready(); err != nil {
		return nil, err
	}
	return s.Target.Get(ctx, name, offset, length)
}

func (s *switched) List(ctx context.Context, prefix string) iter.Seq2[backup.Object, error] {
	if err := s.ready(); err != nil {
		return func(yield func(backup.Object, error) bool) { yield(backup.Object{}, err) }
	}
	return s.Target.List(ctx, prefix)
}

// What one place alone has of an Append that failed is not taken for what was acknowledged in its place later.
func TestPlacesDifferOnALog(t *testing.T) {
	t.Parallel()
	for _, more := range []int{0, 1, 3} {
		t.Run(fmt.Sprint("followed by ", more), func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			places := []*switched{{}, {}, {}}
			config := repository.Config{Key: repository.Key{1}}
			for i, p := range places {
				config.Places = append(config.Places, backup.Place{Name: fmt.Sprint("place", i), Target: p})
			}
			log := create(t, config).Log("wal")
			entry := func(n int, text string) backup.Entry {
				return backup.Entry{Start: uint64(n), End: uint64(n + 1), Data: []byte(text)}
			}
			if err := log.Append(ctx, entry(0, "acknowledged 0")); err != nil {
				t.Fatal(err)
			}
			places[1].off.Store(true)
			places[2].off.Store(true)
			if err := log.Append(ctx, entry(1, "never acknowledged")); !errors.Is(err, backup.ErrUnavailable) {
				t.Fatalf("one place of three: %v", err)
			}
			places[0].off.Store(true)
			places[1].off.Store(false)
			places[2].off.Store(false)
			log = reopen(t, config).Log("wal")
			for n := 1; n < 2+more; n++ {
				if err := log.Append(ctx, entry(n, fmt.Sprint("acknowledged ", n))); err != nil {
					t.Fatal(err)
				}
			}
			places[0].off.Store(false)
			for _, step := range []string{"the place is back", "verified"} {
				r := reopen(t, config)
				n := 0
				for e, err := range r.Log("wal").Entries(ctx, 0) {
					if want := fmt.Sprint("acknowledged ", n); err != nil || string(e.Data) != want {
						t.Fatalf("%s: entry %q, error %v, want %q", step, e.Data, err, want)
					}
					n++
				}
				if n != 2+more {
					t.Errorf("%s: %d entries, want %d", step, n, 2+more)
				}
				v, err := r.Verify(ctx)
				if found := len(v.Damaged) > 0; err != nil || !v.Passed() || found != (step == "the place is back") {
					t.Errorf("%s: found %v, error %v", step, v.Damaged, err)
				}
			}
		})
	}
}

func reopen(t testing.TB, config repository.Config) *repository.Repository {
	t.Helper()
	r, err := repository.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A Create that was ended at any moment is completed by another.
func TestCreateIsCompleted(t *testing.T) {
	t.Parallel()
	whole, targets := memories(1)
	create(t, repository.Config{Places: whole})
	var names []string
	for o, err := range targets[0].List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, o.Name)
	}
	for _, has := range [][]string{{"config"}, {"config", "repair/config/0"}} {
		places, half := memories(1)
		for _, name := range has {
			data, err := targets[0].Get(t.Context(), name, 0, -1)
			if err != nil {
				t.Fatalf("%v of %v: %v", name, names, err)
			}
			half[0].Set(name, data)
		}
		r := create(t, repository.Config{Places: places})
		holds(t, r, write(t, r, "test", random(1)), random(1))
		if _, err := repository.Create(t.Context(), repository.Config{Key: repository.Key{1}, Places: places}); !errors.Is(err, backup.ErrExists) {
			t.Errorf("once more: %v", err)
		}
	}
}

// stalled is a place that never answers to an append.
type stalled struct{ backuptest.Target }

func (s *stalled) Put(ctx context.Context, name string, data []byte) error {
	if strings.HasPrefix(name, "log/") {
		<-ctx.Done()
		return ctx.Err()
	}
	return s.Target.Put(ctx, name, data)
}

// A place that stalls delays one append by half a second, and the next by next to nothing: a second of data is what may
// be lost.
func TestStalledPlaceDelaysAppendsLittle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		places, _ := memories(2)
		places = append(places, backup.Place{Name: "stalled", Target: &stalled{}})
		log := create(t, repository.Config{Places: places}).Log("wal")
		for n, most := range []time.Duration{time.Second, 50 * time.Millisecond, 50 * time.Millisecond} {
			began := time.Now()
			if err := log.Append(t.Context(), backup.Entry{Start: uint64(n), End: uint64(n + 1), Data: []byte("x")}); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took > most {
				t.Errorf("append %d took %s of the bubble's time, want at most %s", n, took, most)
			}
		}
	})
}
