package backup_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/governance"
)

// past is a random history of a source with a log, a follower and one with neither, which is pruned again and again, and what
// could be restored before.
type past struct {
	*backup.Runner
	live   *store
	sql    *placed
	stream *stream
	copies *scratch
	random *rand.Rand
	legal  map[backup.SnapshotID]bool
	cuts   []backup.Snapshot // of sql, all that there ever were
	keep   backup.Keep       // of the last pruning
}

func newPast(t *testing.T, seed uint64) *past {
	p := &past{live: &store{}, sql: threePlaces(), copies: &scratch{}, random: rand.New(rand.NewPCG(seed, 1)), legal: map[backup.SnapshotID]bool{}}
	p.stream = &stream{store: p.live, to: p.sql}
	p.sql.refuse = func(keep backup.Keep) error { p.keep = keep; return nil }
	tiers := []backup.Tier{{Name: "short", Every: time.Hour, RPO: time.Hour, RTO: time.Hour, Keep: governance.Period{Days: 1}, Kinds: []backup.PlaceKind{backup.Local}}}
	p.Runner = configured(t, backup.Config{Tiers: tiers, DrillWait: time.Nanosecond, Jobs: []backup.Job{
		{Source: &source{store: p.live, name: "sql"}, Tier: "short", Repository: p.sql, Stream: p.stream, Group: "g", Scratch: p.copies},
		{Source: &source{store: p.live, name: "graph"}, Tier: "short", Repository: p.sql, Group: "g"},
		{Source: &source{store: p.live, name: "files", plain: true}, Tier: "short", Repository: p.sql, Scratch: p.copies},
	}, Hold: func(s backup.Snapshot) bool { return p.legal[s.ID] }})
	return p
}

// step does something at random.
func (p *past) step(t *testing.T) {
	t.Helper()
	for range p.random.IntN(20) {
		pass(time.Duration(p.random.IntN(20)) * time.Minute)
		p.live.write(p.random.IntN(3))
		must(0, p.stream.flush(t.Context()))(t)
	}
	p.stream.set(p.random.IntN(12) == 0)
	for _, name := range []string{"sql", "graph", "files"} {
		if p.random.IntN(3) == 0 {
			s := must(p.Backup(t.Context(), name))(t)
			if name == "sql" {
				p.cuts = append(p.cuts, s)
			}
			p.legal[s.ID] = p.random.IntN(20) == 0
			pass(time.Second)
		}
	}
	p.copies.pattern.lose = max(0, p.random.IntN(5)-3)
	if name := []string{"sql", "files", ""}[p.random.IntN(3)]; name != "" {
		if _, err := p.Drill(t.Context(), name); err != nil && !errors.Is(err, backup.ErrNotProven) {
			t.Fatal(err)
		}
	}
	pass(time.Second)
}

// moment is a promise: a goal and what a restore to it brought.
type moment struct {
	goal    backup.Goal
	source  string
	numbers int
}

// bring restores a source, and returns how many numbers it then has; -1: it cannot be reached.
func (p *past) bring(t *testing.T, goal backup.Goal, source string) int {
	t.Helper()
	plan, err := p.Plan(t.Context(), goal, source)
	if errors.Is(err, backup.ErrUnreachable) {
		return -1
	}
	must(0, err)(t)
	d := &destination{alone: source != "sql"}
	if _, err := p.Restore(t.Context(), plan, map[string]backup.Destination{source: d}); err != nil {
		t.Fatalf("%v\n%s%v", err, plan, must(p.sql.Logs(t.Context()))(t))
	}
	return d.numbers
}

// moments restores to random moments of the last day, and to the cuts of the leader.
func (p *past) moments(t *testing.T) []moment {
	t.Helper()
	status := must(p.Status(t.Context()))(t)
	var all []moment
	for _, s := range status.Sources {
		for range 12 {
			back := time.Duration(p.random.Int64N(int64(24 * time.Hour)))
			goal := backup.Goal{Time: s.Point.Time.Add(-back)}
			all = append(all, moment{goal, s.Source, p.bring(t, goal, s.Source)})
		}
		if s.Source != "sql" {
			continue
		}
		for _, c := range must(p.sql.Snapshots(t.Context()))(t) {
			if c.Source == "sql" && c.Cut.Time.After(s.Point.Time.Add(-24*time.Hour)) {
				goal := backup.Goal{LSN: c.Cut.LSN}
				all = append(all, moment{goal, "graph", p.bring(t, goal, "graph")})
			}
		}
	}
	return all
}

// TestPruneProperty restores before and after each pruning of random histories.
func TestPruneProperty(t *testing.T) {
	t.Parallel()
	runs := 6
	if os.Getenv("SHUGO_LONG") == "1" {
		runs = 500
	}
	removed := 0
	for seed := range uint64(runs) {
		synctest.Test(t, func(t *testing.T) {
			p := newPast(t, seed)
			for n := range 60 {
				p.step(t)
				if n%6 != 5 {
					continue
				}
				before := p.moments(t)
				done, err := p.Prune(t.Context())
				if err != nil {
					t.Fatalf("seed %d, step %d: %v", seed, n, err)
				}
				removed += len(done[0].Given)
				for _, m := range before {
					if got := p.bring(t, m.goal, m.source); got != m.numbers {
						t.Fatalf("seed %d, step %d: %s at %s had %d numbers, has %d", seed, n, m.source, m.goal, m.numbers, got)
					}
				}
				p.holds(t, done[0].Given)
			}
		})
	}
	if removed < 10*runs {
		t.Errorf("only %d snapshots were given up in %d histories", removed, runs)
	}
}

// holds checks that nothing was given up that is kept always.
func (p *past) holds(t *testing.T, given []backup.SnapshotID) {
	t.Helper()
	for _, id := range given {
		if p.legal[id] {
			t.Fatalf("snapshot %s was held", id)
		}
	}
	for _, s := range p.cuts { // a snapshot may need what was logged while it was taken
		if before, named := p.keep.Logs["wal.1.1"]; named && slices.Contains(p.keep.Snapshots, s.ID) && before > needs(s) {
			t.Fatalf("the log is given up before %d, snapshot %s needs it from %d", before, s.ID, needs(s))
		}
	}
	left := must(p.sql.Snapshots(t.Context()))(t)
	for id, held := range p.legal {
		if held && !slices.ContainsFunc(left, func(s backup.Snapshot) bool { return s.ID == id }) {
			t.Fatalf("snapshot %s is gone", id)
		}
	}
}

// aged returns a Runner of files with a snapshot a day for forty days, the first of which is proven if asked for.
func aged(t *testing.T, config backup.Config, proven bool) (*backup.Runner, *placed) {
	t.Helper()
	live, p := &store{}, threePlaces()
	live.write(1)
	config.Tiers = backup.Tiers()
	config.Tiers[2].Keep = governance.Period{Days: 10}
	config.Jobs = []backup.Job{{Source: &source{store: live, name: "a"}, Tier: "standard", Repository: p, Scratch: &scratch{}}}
	r := configured(t, config)
	for n := range 40 {
		must(r.Backup(t.Context(), "a"))(t)
		if n == 0 && proven {
			must(r.Drill(t.Context(), "a"))(t)
		}
		pass(24 * time.Hour)
	}
	return r, p
}

// TestPruneKeeps counts from the newest snapshot, and keeps what is always kept.
func TestPruneKeeps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, p := aged(t, backup.Config{}, true)
		must(p.Write(t.Context(), "stranger", func(context.Context, backup.Writer) (backup.Cut, error) { return backup.Cut{}, nil }))(t)
		pass(365 * 24 * time.Hour) // in which every backup failed
		done := must(r.Prune(t.Context()))(t)
		if got := len(done[0].Given); got != 28 || done[0].Proofs < 11 {
			t.Errorf("%d snapshots were given up, with %d proofs", got, done[0].Proofs)
		}
		var left []backup.SnapshotID
		for _, s := range must(p.Snapshots(t.Context()))(t) {
			left = append(left, s.ID)
		}
		if len(left) != 13 || left[0] != "00000001" || left[1] != "00000030" || left[12] != "00000041" {
			t.Errorf("left are %v", left)
		}
	})
}

// TestPruneClock refuses when time goes backwards.
func TestPruneClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var back time.Duration
		r, p := aged(t, backup.Config{Clock: func() time.Time { return time.Now().Add(-back) }}, false)
		back = 25 * time.Hour
		p.refuse = func(backup.Keep) error { t.Error("pruned"); return nil }
		if _, err := r.Prune(t.Context()); !errors.Is(err, backup.ErrClock) {
			t.Errorf("error %v", err)
		}
	})
}
