package repository

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/internal/servertest"
)

// ids returns the snapshots that are there, in order.
func (s *scene) ids() []backup.SnapshotID { return slices.Sorted(maps.Keys(s.kept)) }

// settle prunes until nothing is left to remove, and returns what was removed.
func (s *scene) settle() (removed int) {
	s.t.Helper()
	for range 6 {
		p, err := s.keep(s.ids()...)
		if err != nil {
			s.t.Fatal(err)
		}
		removed += p.Removed
		s.pass(2 * time.Hour)
	}
	return removed
}

// unclaimed returns what places have that the newest record does not claim.
func (s *scene) unclaimed() (names []string) {
	h, err := s.load(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	c, err := s.claimsOf(s.t.Context(), h.record)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := range s.targets {
		for o := range s.targets[i].List(s.t.Context(), "") {
			if !c.has(o.Name) {
				names = append(names, s.config.Places[i].Name+": "+o.Name)
			}
		}
	}
	return names
}

func TestPrune(t *testing.T) {
	t.Parallel()
	s := newScene(t, 1, 2, Parity{})
	first := s.mustWrite()
	second := s.mustWrite()
	p, err := s.keep(second)
	if err != nil || p.Marked == 0 || p.Removed != 0 {
		t.Fatalf("first prune: %+v, %v, expected garbage and nothing removed", p, err)
	}
	if _, err := s.Repository.Open(t.Context(), first); !errors.Is(err, backup.ErrNotFound) {
		t.Fatalf("open what was given up: %v, expected ErrNotFound", err)
	}
	if p, err = s.keep(second); err != nil || p != (backup.Pruned{}) {
		t.Fatalf("prune before the margin: %+v, %v, expected nothing", p, err)
	}
	s.pass(2 * time.Hour)
	if p, err = s.keep(second); err != nil || p.Removed == 0 || p.Freed == 0 {
		t.Fatalf("prune after the margin: %+v, %v, expected objects removed", p, err)
	}
	sequence := s.current.Sequence
	s.settle()
	if s.current.Sequence != sequence {
		t.Errorf("prunes with nothing to do committed %d records", s.current.Sequence-sequence)
	}
	if left := s.unclaimed(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if err := s.check(); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Verify(t.Context()); err != nil || len(v.Damaged) > 0 {
		t.Fatalf("verification: %+v, %v", v, err)
	}
}

func TestPruneRefusesUnknownSnapshots(t *testing.T) {
	t.Parallel()
	s := newScene(t, 1, 1, Parity{})
	s.mustWrite()
	if _, err := s.Prune(t.Context(), backup.Keep{Snapshots: []backup.SnapshotID{"000000000099"}}); !errors.Is(err, backup.ErrNotFound) {
		t.Fatalf("%v, expected ErrNotFound", err)
	}
	if err := s.check(); err != nil {
		t.Fatal(err)
	}
}

func TestPruneLogs(t *testing.T) {
	t.Parallel()
	s := newScene(t, 1, 2, Parity{})
	for range 10 {
		s.log()
	}
	s.mustWrite()
	prune := func() backup.Pruned {
		p, err := s.Prune(t.Context(), backup.Keep{Snapshots: s.ids(), Logs: map[string]uint64{"journal": 45}})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if p := prune(); p.Marked != 4 {
		t.Fatalf("%+v, expected 4 objects of the log to be garbage", p)
	}
	s.entries = s.entries[4:]
	if err := s.check(); err != nil {
		t.Fatal(err)
	}
	s.pass(2 * time.Hour)
	if p := prune(); p.Removed != 8 {
		t.Fatalf("%+v, expected 4 objects removed in each of 2 places", p)
	}
	if err := s.reopen(); err != nil {
		t.Fatal(err)
	}
	if err := s.check(); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Verify(t.Context()); err != nil || len(v.Damaged) > 0 {
		t.Fatalf("verification: %+v, %v", v, err)
	}
}

// TestPruneBesideWriter has a writer use what is given up while it writes: it is no garbage any more.
func TestPruneBesideWriter(t *testing.T) {
	t.Parallel()
	for seed := range servertest.Count(20, 500) {
		s := newScene(t, uint64(seed), 2, Parity{})
		items := s.items()
		first, err := s.write(items)
		if err != nil {
			t.Fatal(err)
		}
		other := s.mustWrite()
		items["more"] = []byte(fmt.Sprint("more ", seed))
		_, err = s.writeWhile(items, func() {
			for range 3 { // the margin passes, and the writer is waited for: its lease lives
				if _, err := s.keep(other); err != nil {
					t.Error(err)
				}
				s.pass(15 * time.Second)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, found := s.kept[first]; found {
			t.Fatal("the first snapshot is kept")
		}
		s.pass(2 * time.Hour)
		s.settle()
		if err := s.check(); err != nil {
			t.Fatal(err)
		}
		if left := s.unclaimed(); len(left) > 0 {
			t.Fatalf("left: %v", left)
		}
	}
}

// TestStalledWriter has a writer stand still until what it found, or wrote, is removed.
func TestStalledWriter(t *testing.T) {
	t.Parallel()
	for seed := range servertest.Count(20, 500) {
		s := newScene(t, uint64(seed), 2, Parity{})
		items := s.items()
		if _, err := s.write(items); err != nil {
			t.Fatal(err)
		}
		last := s.mustWrite()
		_, err := s.writeWhile(items, func() {
			for range 4 {
				s.pass(3 * time.Hour)
				if _, err := s.keep(last); err != nil {
					t.Error(err)
				}
			}
			if seed%2 == 0 {
				s.pass(-12 * time.Hour) // the writer's clock is behind: its lease lives for itself
			}
		})
		if !errors.Is(err, ErrLease) && !errors.Is(err, backup.ErrClock) {
			t.Fatalf("commit of a writer that stood still: %v, expected ErrLease", err)
		}
		s.pass(24 * time.Hour)
		s.settle()
		if err := s.check(); err != nil {
			t.Fatal(err)
		}
		if left := s.unclaimed(); len(left) > 0 {
			t.Fatalf("left: %v", left)
		}
	}
}

func TestPruneRefused(t *testing.T) {
	t.Parallel()
	var refuse atomic.Bool
	s := newScene(t, 1, 2, Parity{})
	s.config.Places[1].Target = &backuptest.Faulty{Target: s.targets[1], Faults: []backuptest.Fault{
		{Method: backuptest.Delete, Err: backup.ErrRetained, When: func(string) bool { return refuse.Load() }}}}
	if err := s.reopen(); err != nil {
		t.Fatal(err)
	}
	s.mustWrite()
	last := s.mustWrite()
	refuse.Store(true)
	if _, err := s.keep(last); err != nil {
		t.Fatal(err)
	}
	s.pass(2 * time.Hour)
	p, err := s.keep(last)
	if err != nil || p.Refused == 0 || p.Removed != p.Refused {
		t.Fatalf("%+v, %v, expected as many refused by one place as removed in the other", p, err)
	}
	if err := s.check(); err != nil {
		t.Fatal(err)
	}
	refuse.Store(false)
	if removed := s.settle(); removed < p.Refused {
		t.Errorf("%d removed when the place allowed it, expected %d or more", removed, p.Refused)
	}
	if left := s.unclaimed(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestPruneWithFailingPlace(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	s := newScene(t, 1, 3, Parity{})
	s.config.Places[2].Target = &backuptest.Faulty{Target: s.targets[2], Faults: []backuptest.Fault{
		{Err: backup.ErrUnavailable, When: func(string) bool { return down.Load() }}}}
	if err := s.reopen(); err != nil {
		t.Fatal(err)
	}
	s.mustWrite()
	last := s.mustWrite()
	down.Store(true)
	for range 3 {
		if _, err := s.keep(last); err != nil {
			t.Fatal(err)
		}
		s.pass(2 * time.Hour)
	}
	down.Store(false)
	s.mustWrite()
	s.settle()
	if err := s.check(); err != nil {
		t.Fatal(err)
	}
	if left := s.unclaimed(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// TestPruneRefusesDamage shows that nothing is given up while what is kept cannot be followed.
func TestPruneRefusesDamage(t *testing.T) {
	t.Parallel()
	s := newScene(t, 1, 1, Parity{})
	s.mustWrite()
	last := s.mustWrite()
	s.targets[0].Lose(s.current.Indexes[1])
	if err := s.reopen(); err != nil {
		t.Fatal(err)
	}
	before := s.current.Sequence
	if _, err := s.Prune(t.Context(), backup.Keep{Snapshots: []backup.SnapshotID{last}}); !errors.Is(err, backup.ErrCorrupt) {
		t.Fatalf("%v, expected ErrCorrupt", err)
	}
	if h, err := s.load(t.Context()); err != nil || h.Sequence != before {
		t.Fatalf("record %d, %v, expected %d", h.Sequence, err, before)
	}
}

func TestPruneHeads(t *testing.T) {
	t.Parallel()
	s := newScene(t, 1, 2, Parity{})
	s.mustWrite()
	for range 3*headsKept + 5 {
		if _, err := s.commit(t.Context(), s.current, func(*record, []*head) error { return nil }, nil); err != nil {
			t.Fatal(err)
		}
	}
	s.settle()
	heads := slices.DeleteFunc(s.objects(0), func(n string) bool { return !strings.HasPrefix(n, headPrefix) })
	if len(heads) < headsKept || len(heads) > 2*headsKept+2 {
		t.Errorf("%d records are left, expected %d to %d", len(heads), headsKept, 2*headsKept)
	}
	if err := s.reopen(); err != nil {
		t.Fatal(err)
	}
	if err := s.check(); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Verify(t.Context()); err != nil || len(v.Damaged) > 0 {
		t.Fatalf("verification: %+v, %v", v, err)
	}
	if left := s.unclaimed(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// TestPruneHistory does what comes to mind, and keeps a model of what is to be there.
func TestPruneHistory(t *testing.T) {
	t.Parallel()
	for seed := range servertest.Count(40, 2000) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, uint64(seed), 1+seed%3, Parity{})
			for range 15 {
				s.step()
			}
			s.pass(48 * time.Hour)
			s.settle()
			if err := s.check(); err != nil {
				t.Fatal(err)
			}
			if left := s.unclaimed(); len(left) > 0 {
				t.Fatalf("left: %v", left)
			}
			if v, err := s.Verify(t.Context()); err != nil || len(v.Damaged) > 0 {
				t.Fatalf("verification: %+v, %v", v, err)
			}
		})
	}
}

// step does one thing.
func (s *scene) step() {
	s.t.Helper()
	some := func() []backup.SnapshotID {
		return slices.DeleteFunc(s.ids(), func(backup.SnapshotID) bool { return s.random.IntN(3) == 0 })
	}
	switch s.random.IntN(7) {
	case 0, 1:
		s.mustWrite()
	case 2: // a Prune in the midst of a Write
		if _, err := s.writeWhile(s.items(), func() {
			if _, err := s.keep(some()...); err != nil {
				s.t.Error(err)
			}
		}); err != nil {
			s.t.Fatal(err)
		}
	case 3:
		s.leave()
	case 4:
		if _, err := s.keep(some()...); err != nil {
			s.t.Fatal(err)
		}
	case 5:
		s.pass(time.Duration(s.random.IntN(180)) * time.Minute)
	case 6:
		if err := s.reopen(); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := s.check(); err != nil {
		s.t.Fatal(err)
	}
}
