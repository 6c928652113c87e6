package repository

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/internal/servertest"
)

// TestVerifyWhereNothingIsDeleted mends a place that refuses to delete by a copy, and finds it mended the next time.
func TestVerifyWhereNothingIsDeleted(t *testing.T) {
	t.Parallel()
	for seed := range servertest.Count(20, 500) {
		s := newScene(t, uint64(seed), 2, Parity{})
		s.targets[1].KeepAll = true
		s.history()
		name := s.victim(s.targets[1], packPrefix)
		data := s.get(s.targets[1], name)
		data[s.random.IntN(len(data))] ^= 1
		s.targets[1].Set(name, data)
		v, err := s.Verify(t.Context())
		if err != nil || len(v.Damaged) != 1 || v.Damaged[0].Object != name || !v.Passed() {
			t.Fatalf("first verification: %v, %v, expected %s mended", v.Damaged, err, name)
		}
		if v, err = s.Verify(t.Context()); err != nil || len(v.Damaged) != 0 {
			t.Fatalf("second verification: %v, %v, expected nothing", v.Damaged, err)
		}
		s.alone(1)
	}
}

func TestVerifyWithPlaceAway(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	s := newScene(t, 1, 2, Parity{})
	s.history()
	s.config.Places[1].Target = &backuptest.Faulty{Target: s.targets[1], Faults: []backuptest.Fault{
		{Err: backup.ErrUnavailable, When: func(string) bool { return down.Load() }}}}
	if err := s.reopen(); err != nil {
		t.Fatal(err)
	}
	down.Store(true)
	v, err := s.Verify(t.Context())
	if !errors.Is(err, backup.ErrUnavailable) || v.Objects == 0 || len(v.Damaged) != 0 {
		t.Fatalf("%d objects, %v, %v, expected those of the other place and ErrUnavailable", v.Objects, v.Damaged, err)
	}
}

func TestVerifyCancelled(t *testing.T) {
	t.Parallel()
	s := newScene(t, 1, 2, Parity{})
	s.history()
	ctx, cancel := context.WithCancel(t.Context())
	s.config.Places[0].Target = &backuptest.Faulty{Target: s.targets[0], Faults: []backuptest.Fault{
		{Method: backuptest.Get, When: func(name string) bool {
			if name == s.current.Indexes[0] {
				cancel()
			}
			return false
		}}}}
	if err := s.reopen(); err != nil {
		t.Fatal(err)
	}
	v, err := s.Verify(ctx)
	if !errors.Is(err, context.Canceled) || len(v.Damaged) > 0 {
		t.Fatalf("%v, %v, expected context.Canceled and no damage", v.Damaged, err)
	}
}

// TestVerifyReportsForeignObjects finds what nobody put there, and leaves it.
func TestVerifyReportsForeignObjects(t *testing.T) {
	t.Parallel()
	s := newScene(t, 1, 1, Parity{})
	s.history()
	for _, name := range []string{"notes/shopping", "pack/feed/00000001"} {
		s.targets[0].Set(name, []byte("milk"))
		v, err := s.Verify(t.Context())
		if err != nil || len(v.Damaged) != 1 || v.Damaged[0].Object != name || !v.Passed() {
			t.Fatalf("%v, %v, expected %s, and that nothing needs it", v.Damaged, err, name)
		}
		s.targets[0].Lose(name)
	}
}
