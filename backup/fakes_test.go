package backup_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/governance"
)

var errFake = errors.New("fake failure")

// store is a live store of numbers, each of which is written once: its state at position 8*n is the numbers 1 to n.
type store struct {
	mu      sync.Mutex
	written []time.Time // when each number was
}

func (s *store) write(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		s.written = append(s.written, time.Now().UTC())
	}
}

func (s *store) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.written)
}

// entries returns what was written from a number on.
func (s *store) entries(from int) []backup.Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []backup.Entry
	for i := from; i < len(s.written); i++ {
		all = append(all, backup.Entry{Start: uint64(8 * i), End: uint64(8*i + 8), Time: s.written[i], Data: []byte{1}})
	}
	return all
}

func facts(n int) []backup.Fact {
	return []backup.Fact{{Name: "numbers", Value: fmt.Sprint(n)}, {Name: "sum", Value: fmt.Sprint(n * (n + 1) / 2)}}
}

// source backs a store up. Its fields change what it does.
type source struct {
	*store
	name   string
	fail   func() error // before anything
	took   time.Duration
	silent bool // no facts
	plain  bool // no positions
}

func (s *source) Name() string { return s.name }

func (s *source) Backup(ctx context.Context, w backup.Writer) (backup.Cut, error) {
	if s.fail != nil {
		if err := s.fail(); err != nil {
			return backup.Cut{}, err
		}
	}
	n := s.count()
	cut := backup.Cut{Time: time.Now().UTC(), System: "1", Timeline: 1, LSN: backup.LSN(8 * n)}
	if s.plain {
		cut = backup.Cut{Time: cut.Time}
	}
	if s.took > 0 {
		<-time.After(s.took)
	}
	item, err := w.Create(ctx, "numbers", "count")
	if err != nil {
		return cut, err
	}
	text, err := json.Marshal(n)
	if err != nil {
		return cut, err
	}
	if err := item.Append(ctx, backup.Chunk{Data: text}); err != nil {
		return cut, err
	}
	if err := item.Commit(ctx, nil); err != nil || s.silent {
		return cut, err
	}
	return cut, backup.WriteFacts(ctx, w, facts(n))
}

// stream appends what is written to a log each second, unless it is down: then a part of it is lost for ever.
type stream struct {
	*store
	to backup.Repository

	mu   sync.Mutex
	next int
	down bool
	cut  backup.Cut
}

func (s *stream) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := s.flush(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	return ctx.Err()
}

func (s *stream) flush(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	entries := s.entries(s.next)
	s.next += len(entries)
	if s.down {
		return nil
	}
	if len(entries) > 0 {
		if err := s.to.Log("wal.1.1").Append(ctx, entries...); err != nil {
			return err
		}
	}
	s.cut = backup.Cut{Time: time.Now().UTC(), System: "1", Timeline: 1, LSN: backup.LSN(8 * s.next)}
	return nil
}

func (s *stream) Durable() backup.Cut {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cut
}

func (s *stream) Logs(of backup.Snapshot, all []backup.LogState) []backup.LogState {
	return backup.WALLogs(of, all)
}

// taken is how much of the log is written while a snapshot is taken, which it needs.
const taken = 16

func (s *stream) Needs(r backup.Reader) (map[string]uint64, error) {
	return map[string]uint64{"wal.1.1": needs(r.Snapshot())}, nil
}

func needs(s backup.Snapshot) uint64 { return uint64(s.Cut.LSN - min(s.Cut.LSN, taken)) }

func (s *stream) Locate(_ context.Context, point string) (backup.Cut, error) {
	if point != "release" {
		return backup.Cut{}, backup.ErrNotFound
	}
	return backup.Cut{System: "1", Timeline: 1, LSN: 8}, nil
}

func (s *stream) set(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

// Witness makes the stream's store its own witness.
func (s *stream) Witness(context.Context) (backup.Goal, []backup.Fact, error) {
	n := s.count()
	return backup.Goal{LSN: backup.LSN(8 * n)}, facts(n), nil
}

// destination restores numbers. Its fields make it lie.
type destination struct {
	lose    int // rows
	fail    error
	took    time.Duration
	finding *backup.Finding
	alone   bool // without a log

	numbers int
	reached backup.Cut
	used    bool
}

func (d *destination) Restore(ctx context.Context, r backup.Reader, to backup.Goal) error {
	if d.fail != nil {
		return d.fail
	}
	if d.used {
		return backup.ErrNotEmpty
	}
	if d.took > 0 {
		<-time.After(d.took)
	}
	text, err := r.Chunk(ctx, "numbers", 0)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &d.numbers); err != nil {
		return err
	}
	d.reached = r.Snapshot().Cut
	if d.reached.LSN != 0 && !d.alone {
		if err := d.replay(ctx, r.Log("wal.1.1"), to); err != nil {
			return err
		}
	}
	d.numbers -= d.lose
	d.used = true
	return nil
}

// replay is as strict as a server: it refuses what it cannot reach.
func (d *destination) replay(ctx context.Context, l backup.Log, to backup.Goal) error {
	if to.LSN == d.reached.LSN {
		return nil
	}
	for e, err := range l.Entries(ctx, uint64(d.reached.LSN)) {
		if err != nil {
			return err
		}
		if e.Start != uint64(d.reached.LSN) {
			return &backup.GapError{Log: "wal.1.1", From: uint64(d.reached.LSN), To: e.Start}
		}
		if !to.Time.IsZero() && e.Time.After(to.Time) {
			return nil
		}
		d.numbers++
		d.reached.LSN, d.reached.Time = backup.LSN(e.End), e.Time
		if to.LSN != 0 && d.reached.LSN >= to.LSN {
			return nil
		}
	}
	if to.LSN != 0 && d.reached.LSN < to.LSN {
		return backup.ErrUnreachable
	}
	return nil
}

func (d *destination) Reached(context.Context) (backup.Cut, error) { return d.reached, nil }

func (d *destination) Examine(context.Context) (backup.Examination, error) {
	e := backup.Examination{Facts: facts(d.numbers), Versions: map[string]string{"fake": "1"}}
	if d.finding != nil {
		e.Findings = append(e.Findings, *d.finding)
	}
	return e, nil
}

// scratch opens destinations like its pattern.
type scratch struct {
	mu      sync.Mutex
	pattern destination
	opened  int
	closed  int
}

func (s *scratch) Open(context.Context) (backup.Destination, func(context.Context) error, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened++
	d := s.pattern
	return &d, func(context.Context) error { s.closed++; return nil }, nil
}

// change changes what will be opened.
func (s *scratch) change(f func(*destination)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.pattern)
}

// placed is a repository with places, which can be down.
type placed struct {
	backuptest.Repository
	mu     sync.Mutex
	places []backup.PlaceState
	down   error
	damage []backup.Damage
	refuse func(keep backup.Keep) error
}

func (p *placed) Places(context.Context) ([]backup.PlaceState, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]backup.PlaceState(nil), p.places...), nil
}

func (p *placed) Snapshots(ctx context.Context) ([]backup.Snapshot, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down != nil {
		return nil, p.down
	}
	return p.Repository.Snapshots(ctx)
}

func (p *placed) Verify(ctx context.Context) (backup.Verification, error) {
	v, err := p.Repository.Verify(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	v.Damaged = append(v.Damaged, p.damage...)
	return v, err
}

func (p *placed) Prune(ctx context.Context, keep backup.Keep) (backup.Pruned, error) {
	if p.refuse != nil {
		if err := p.refuse(keep); err != nil {
			return backup.Pruned{}, err
		}
	}
	return p.Repository.Prune(ctx, keep)
}

// change changes a repository.
func (p *placed) change(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

// threePlaces returns a repository with the places of every tier.
func threePlaces() *placed {
	return &placed{places: []backup.PlaceState{
		{Name: "primary", Kind: backup.Cloud}, {Name: "secondary", Kind: backup.Cloud}, {Name: "disk", Kind: backup.Local},
	}}
}

// signer returns a key that is the same in each test.
func signer() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) }

// runner returns a Runner of jobs.
func runner(t testing.TB, jobs ...backup.Job) *backup.Runner {
	t.Helper()
	return configured(t, backup.Config{Jobs: jobs})
}

func configured(t testing.TB, c backup.Config) *backup.Runner {
	t.Helper()
	if c.Signer == nil {
		c.Signer = signer()
	}
	c.Manifest = governance.Tutor()
	r, err := backup.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// must returns a value without an error.
func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// pass lets time pass in a bubble.
func pass(d time.Duration) { <-time.After(d) }

func newKey(seed []byte) ed25519.PrivateKey { return ed25519.NewKeyFromSeed(seed) }

func publicOf(seed []byte) []ed25519.PublicKey {
	return []ed25519.PublicKey{newKey(seed).Public().(ed25519.PublicKey)}
}
