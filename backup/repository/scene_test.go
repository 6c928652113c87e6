package repository

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
)

// scene is a repository in places in memory, with a clock that the test moves, and what it is to hold.
type scene struct {
	*Repository
	t       testing.TB
	config  Config
	targets []*backuptest.Target
	clock   *atomic.Int64 // seconds
	random  *rand.Rand
	kept    map[backup.SnapshotID]map[string][]byte // content of the items
	entries []backup.Entry                          // of the log "journal"
}

func newScene(t testing.TB, seed uint64, places int, parity Parity) *scene {
	t.Helper()
	s := &scene{t: t, clock: &atomic.Int64{}, random: rand.New(rand.NewPCG(seed, 7)), kept: map[backup.SnapshotID]map[string][]byte{}}
	s.clock.Store(1_800_000_000)
	s.config = Config{Key: NewKey(), Parity: parity, Margin: time.Hour, Lease: time.Minute, Concurrency: 1,
		Clock: func() time.Time { return time.Unix(s.clock.Load(), 0) }}
	for i := range places {
		target := &backuptest.Target{}
		s.targets = append(s.targets, target)
		s.config.Places = append(s.config.Places, backup.Place{Name: fmt.Sprintf("place%d", i), Target: target})
	}
	var err error
	if s.Repository, err = Create(t.Context(), s.config); err != nil {
		t.Fatal(err)
	}
	return s
}

// pass moves the clock.
func (s *scene) pass(d time.Duration) { s.clock.Add(int64(d / time.Second)) }

// reopen opens the repository as another process would.
func (s *scene) reopen() error {
	r, err := Open(s.t.Context(), s.config)
	if err == nil {
		s.Repository = r
	}
	return err
}

// random items: some are of content that repeats.
func (s *scene) items() map[string][]byte {
	all := map[string][]byte{}
	for i := range 1 + s.random.IntN(4) {
		data := bytes.Repeat([]byte{byte(s.random.IntN(6))}, 300)
		if s.random.IntN(2) == 0 {
			for n := range data {
				data[n] = byte(s.random.Uint32())
			}
		}
		all[fmt.Sprintf("item%d", i)] = data
	}
	return all
}

// write backs items up, 100 bytes a chunk.
func (s *scene) write(items map[string][]byte) (backup.SnapshotID, error) {
	return s.writeWhile(items, func() {})
}

// writeWhile backs items up, and calls what is to happen before the commit.
func (s *scene) writeWhile(items map[string][]byte, meanwhile func()) (backup.SnapshotID, error) {
	snapshot, err := s.Write(s.t.Context(), "store", func(ctx context.Context, w backup.Writer) (backup.Cut, error) {
		for name, data := range items {
			item, err := w.Create(ctx, name, "bytes")
			if err != nil {
				return backup.Cut{}, err
			}
			for chunk := range slices.Chunk(data, 100) {
				if err := item.Append(ctx, backup.Chunk{Data: slices.Clone(chunk)}); err != nil {
					return backup.Cut{}, err
				}
			}
			if err := item.Commit(ctx, nil); err != nil {
				return backup.Cut{}, err
			}
		}
		meanwhile()
		return backup.Cut{}, nil
	})
	if err == nil {
		s.kept[snapshot.ID] = items
	}
	return snapshot.ID, err
}

func (s *scene) mustWrite() backup.SnapshotID {
	s.t.Helper()
	id, err := s.write(s.items())
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// log appends an entry to the journal.
func (s *scene) log() {
	s.t.Helper()
	at := uint64(10 * len(s.entries))
	e := backup.Entry{Start: at, End: at + 10, Time: s.now(), Data: fmt.Appendf(nil, "entry %d", at)}
	if err := s.Log("journal").Append(s.t.Context(), e); err != nil {
		s.t.Fatal(err)
	}
	s.entries = append(s.entries, e)
}

// check reads everything. The error says what is missing, wrong or refused.
func (s *scene) check() error {
	ctx := s.t.Context()
	all, err := s.Snapshots(ctx)
	if err != nil {
		return err
	}
	if len(all) != len(s.kept) {
		s.t.Errorf("%d snapshots, expected %d", len(all), len(s.kept))
	}
	for id, items := range s.kept {
		if err := s.checkOne(id, items); err != nil {
			return err
		}
	}
	n := 0
	for e, err := range s.Log("journal").Entries(ctx, 0) {
		if err != nil {
			return err
		}
		if n >= len(s.entries) || !bytes.Equal(e.Data, s.entries[n].Data) {
			s.t.Errorf("entry %d of the journal is wrong", n)
		}
		n++
	}
	if n != len(s.entries) {
		s.t.Errorf("%d entries in the journal, expected %d", n, len(s.entries))
	}
	return nil
}

func (s *scene) checkOne(id backup.SnapshotID, items map[string][]byte) error {
	reader, err := s.Repository.Open(s.t.Context(), id)
	if err != nil {
		return fmt.Errorf("open %s: %w", id, err)
	}
	if len(reader.Items()) != len(items) {
		s.t.Errorf("snapshot %s has %d items, expected %d", id, len(reader.Items()), len(items))
	}
	for _, item := range reader.Items() {
		var data []byte
		for n := range item.Chunks {
			chunk, err := reader.Chunk(s.t.Context(), item.Name, n)
			if err != nil {
				return fmt.Errorf("snapshot %s: %w", id, err)
			}
			data = append(data, chunk...)
		}
		if !bytes.Equal(data, items[item.Name]) {
			s.t.Errorf("snapshot %s: item %s is wrong", id, item.Name)
		}
	}
	return nil
}

// objects returns the names of what a place has, without leases.
func (s *scene) objects(place int) (names []string) {
	for o, err := range s.targets[place].List(s.t.Context(), "") {
		if err != nil {
			s.t.Fatal(err)
		}
		if original(o.Name) == o.Name && owner(o.Name) != "" || !ours(o.Name) || original(o.Name) != o.Name || o.Name == configName {
			names = append(names, o.Name)
		} else if _, head := headSequence(o.Name); head {
			names = append(names, o.Name)
		}
	}
	return slices.DeleteFunc(names, func(n string) bool { return len(n) > len(leasePrefix) && n[:len(leasePrefix)] == leasePrefix })
}

// keep prunes all but the named snapshots.
func (s *scene) keep(ids ...backup.SnapshotID) (backup.Pruned, error) {
	p, err := s.Prune(s.t.Context(), backup.Keep{Snapshots: ids})
	if err == nil {
		for id := range s.kept {
			if !slices.Contains(ids, id) {
				delete(s.kept, id)
			}
		}
	}
	return p, err
}

// passes reports what a verification still finds wrong after one that mends.
func (s *scene) passes() error {
	v, err := s.Verify(s.t.Context())
	if err != nil {
		return err
	}
	if !v.Passed() {
		return fmt.Errorf("still damaged: %v", v.Damaged)
	}
	return nil
}

// refused reports whether an error is one of those that tell of damage.
func refused(err error) bool {
	return errors.Is(err, backup.ErrCorrupt) || errors.Is(err, backup.ErrRollback) || errors.Is(err, backup.ErrGap)
}

// leave puts what a writer that died may leave: a pack, an index, a lease that expires.
func (s *scene) leave() {
	l := &lease{r: s.Repository, name: fmt.Sprintf("%032x", s.random.Uint64()), state: leaseState{Sequence: s.current.Sequence}}
	if err := l.renew(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	for _, prefix := range []string{packPrefix, indexPrefix} {
		name := prefix + l.name + "/00000001"
		data, err := s.keys.sealOne(name, s.code, []byte("left"))
		if err != nil {
			s.t.Fatal(err)
		}
		if err := s.places.enough(s.places.put(s.t.Context(), name, data, s.places.every())); err != nil {
			s.t.Fatal(err)
		}
	}
}
