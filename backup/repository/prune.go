package repository

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/meter"
)

const (
	headsKept  = 64 // newest commit records that are always kept
	indexesFew = 32 // small indexes that are left apart
)

// errIdle says that there is nothing to prune.
var errIdle = errors.New("repository: nothing to prune")

// Prune implements backup.Repository, in two phases. What no snapshot that is kept needs is garbage first, listed in the
// commit record: a writer that is at work may use it still, and if it does it is no garbage any more. What has been garbage
// for Config.Margin, and since before any writer at work began, is removed: a record that says so is committed, then
// each place is asked. What a place refuses to remove, or is not asked because the process ends, is found to be garbage
// again by a later Prune. Snapshots that were committed since Prune began are kept. An error is backup.ErrNotFound, and nothing is
// given up, if Keep names a snapshot that is not there.
func (r *Repository) Prune(ctx context.Context, keep backup.Keep) (backup.Pruned, error) {
	base, err := r.load(ctx)
	if err != nil {
		return backup.Pruned{}, err
	}
	for _, wanted := range keep.Snapshots {
		if !slices.ContainsFunc(base.Snapshots, func(e entry) bool { return e.ID == wanted }) {
			return backup.Pruned{}, fmt.Errorf("repository: a snapshot to be kept: %w", backup.ErrNotFound)
		}
	}
	r.catchUp(ctx, base)
	l, err := r.newLease(ctx, base)
	if err != nil {
		return backup.Pruned{}, err
	}
	defer l.end(context.WithoutCancel(ctx))
	done := make(chan struct{})
	var keeping sync.WaitGroup
	keeping.Go(func() { l.keep(ctx, done) })
	defer keeping.Wait()
	defer close(done)
	p := &pruning{r: r, base: base, keep: keep, lease: l, progress: meter.New("prune", 0, r.config.Progress)}
	if p.packer, err = r.newPacker(l.name); err != nil {
		return backup.Pruned{}, err
	}
	defer p.packer.close()
	defer p.progress.End()
	return p.run(ctx)
}

// pruning is a Prune at work.
type pruning struct {
	r        *Repository
	base     *head
	keep     backup.Keep
	lease    *lease
	packer   *packer
	progress *meter.Meter

	listed []string              // what places have beyond the base record, that can be removed
	expire []string              // leases of writers that are gone
	alive  map[string]leaseState // writers
	first  map[string]uint64     // by log: the object that is to be the first
	result backup.Pruned
}

func (p *pruning) run(ctx context.Context) (backup.Pruned, error) {
	var err error
	if p.first, err = p.r.firsts(ctx, p.base, p.keep.Logs); err != nil {
		return p.result, err
	}
	if err := p.look(ctx); err != nil {
		return p.result, err
	}
	h, err := p.r.commit(ctx, p.base, func(next *record, since []*head) error { return p.change(ctx, next, since) }, p.packer.use)
	if errors.Is(err, errIdle) {
		return p.result, p.remove(ctx, nil)
	}
	if err != nil {
		return backup.Pruned{}, err
	}
	return p.result, p.remove(ctx, h.Removed)
}

// look finds what places have that the base record does not claim, or that the new one will not of logs. Leases are read after: the writer of an object that
// was listed has a lease, or has committed, or is gone.
func (p *pruning) look(ctx context.Context) error {
	c, err := p.r.claimsOf(ctx, p.base.record)
	if err != nil {
		return err
	}
	if err := join(c.lost); err != nil {
		return err
	}
	c.logs = map[string]logMark{}
	maps.Copy(c.logs, p.base.Logs)
	for name, first := range p.first {
		c.logs[name] = logMark{First: first}
	}
	var leases []string
	good := 0
	var away []error
	for i, place := range p.r.places.all {
		err := p.r.each(ctx, i, "", func(o backup.Object) error {
			switch {
			case strings.HasPrefix(o.Name, leasePrefix):
				leases = append(leases, o.Name)
			case ours(o.Name) && !c.has(o.Name) && place.Target.Capabilities().Delete:
				p.listed = append(p.listed, o.Name)
			}
			return nil
		})
		if err == nil {
			good++
			continue
		}
		away = append(away, err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if good == 0 {
		return join(away)
	}
	if p.alive, err = p.r.leases(ctx); err != nil {
		return err
	}
	now := p.r.now()
	p.alive[p.lease.name] = leaseState{now.Add(p.r.config.Lease), p.base.Sequence}
	for _, name := range leases {
		if s, found := p.alive[owner(name)]; found && !now.After(s.Expires.Add(p.r.config.Margin)) || owner(name) == p.lease.name {
			continue
		}
		p.expire = append(p.expire, name)
	}
	for name, s := range p.alive {
		if now.After(s.Expires) && name != p.lease.name {
			delete(p.alive, name)
		}
	}
	return nil
}

// each yields what a place has with a prefix.
func (r *Repository) each(ctx context.Context, place int, prefix string, do func(backup.Object) error) error {
	for o, err := range r.places.all[place].Target.List(ctx, prefix) {
		if err != nil {
			r.places.note(place, err)
			return fmt.Errorf("list %s in %s: %w", prefix, r.places.all[place].Name, err)
		}
		if err := do(o); err != nil {
			return err
		}
	}
	return nil
}

// oldest is the sequence of the record that the writers at work began from.
func (p *pruning) oldest(newest uint64) uint64 {
	for _, s := range p.alive {
		newest = min(newest, s.Sequence)
	}
	return newest
}

// change makes the record after a Prune of the newest one. It is called again if another was committed meanwhile.
func (p *pruning) change(ctx context.Context, next *record, _ []*head) error {
	p.result = backup.Pruned{}
	before := &head{record: next.clone()}
	next.Snapshots = slices.DeleteFunc(next.Snapshots, func(e entry) bool { return p.drops(e) })
	reached, err := p.r.reach(ctx, before, next.Snapshots, p.progress)
	if err != nil {
		return err
	}
	dead, err := p.indexes(ctx, next, reached.names())
	if err != nil {
		return err
	}
	p.logs(next)
	writers := p.oldest(next.Sequence)
	if next.Sequence >= next.Oldest+2*headsKept {
		next.Oldest = max(next.Oldest, min(next.Sequence-headsKept, writers))
	}
	after, err := p.r.claimsOf(ctx, *next)
	if err != nil {
		return err
	}
	if err := join(after.lost); err != nil {
		return err
	}
	packs, err := p.r.packsOf(ctx, next.Indexes)
	if err != nil {
		return err
	}
	if err := reached.proven(newTable(packs)); err != nil {
		return err
	}
	p.remember(next, after, append(dead, p.listed...), writers)
	next.Writer = p.lease.name
	if len(next.Removed) == 0 && p.result.Marked == 0 && len(next.Snapshots) == len(before.Snapshots) &&
		slices.Equal(next.Indexes, before.Indexes) && len(next.Garbage) == len(before.Garbage) && next.Oldest == before.Oldest &&
		sameLogs(next.Logs, before.Logs) {
		return errIdle
	}
	return p.lease.check()
}

// drops reports whether a snapshot is given up: it was there when Prune began, and is not to be kept.
func (p *pruning) drops(e entry) bool {
	return !slices.Contains(p.keep.Snapshots, e.ID) &&
		slices.ContainsFunc(p.base.Snapshots, func(b entry) bool { return b.ID == e.ID })
}

// indexes leaves the packs that are not live out of the indexes, and returns what becomes garbage.
func (p *pruning) indexes(ctx context.Context, next *record, live map[string]bool) (dead []string, err error) {
	var whole, parts, small []string
	var again []packed
	for _, name := range next.Indexes {
		packs, err := p.r.packsOf(ctx, []string{name})
		if err != nil {
			return nil, err
		}
		chunks, n := 0, len(packs)
		for _, pack := range packs {
			if chunks += len(pack.chunks); !live[pack.name] {
				dead = append(dead, pack.name)
			}
		}
		packs = slices.DeleteFunc(packs, func(pack packed) bool { return !live[pack.name] })
		switch {
		case len(packs) == n && chunks >= indexMost/2:
			whole = append(whole, name)
			continue
		case len(packs) == n:
			small = append(small, name)
		default:
			parts = append(parts, name)
		}
		again = append(again, packs...)
	}
	if len(parts) == 0 && len(small) <= indexesFew {
		return nil, nil
	}
	names, err := p.packer.index(ctx, unique(again))
	if err != nil {
		return nil, err
	}
	next.Indexes = append(whole, names...)
	return append(append(dead, parts...), small...), nil
}

// unique leaves out packs that are listed twice.
func unique(packs []packed) []packed {
	seen := map[string]bool{}
	return slices.DeleteFunc(packs, func(p packed) bool {
		again := seen[p.name]
		seen[p.name] = true
		return again
	})
}

// logs moves the beginnings of logs.
func (p *pruning) logs(next *record) {
	for name, first := range p.first {
		mark := next.Logs[name]
		if first > mark.First {
			mark.First, mark.Last = first, max(mark.Last, first)
			next.Logs[name] = mark
		}
	}
}

func sameLogs(a, b map[string]logMark) bool {
	for name, mark := range a {
		if b[name] != mark {
			return false
		}
	}
	return len(a) == len(b)
}

// remember puts found among the garbage of a record, and what has been garbage for long enough among what is removed.
func (p *pruning) remember(next *record, c claims, found []string, writers uint64) {
	now := p.r.now()
	known := map[string]bool{}
	var all []garbage
	for _, g := range next.Garbage {
		switch {
		case c.has(g.Name):
		case g.Sequence <= writers && now.Sub(g.Time) >= p.r.config.Margin:
			next.Removed = append(next.Removed, g.Name)
		default:
			all = append(all, g)
		}
		known[g.Name] = true
	}
	for _, name := range found {
		if _, alive := p.alive[owner(original(name))]; known[name] || c.has(name) || alive {
			continue
		}
		known[name] = true
		all = append(all, garbage{name, next.Sequence + 1, now})
		p.result.Marked++
	}
	next.Garbage = all
}

// remove asks all places to remove objects, with their repaired copies, and leases of writers that are gone.
func (p *pruning) remove(ctx context.Context, names []string) error {
	gone := map[string]bool{}
	for _, name := range names {
		gone[name] = true
	}
	for i, place := range p.r.places.all {
		if place.Target.Capabilities().Delete {
			for _, name := range p.expire {
				_ = place.Target.Delete(ctx, name)
			}
		}
		if len(gone) == 0 {
			continue
		}
		var found []backup.Object
		// A place that cannot be listed keeps its garbage, which a later Prune finds.
		_ = p.r.each(ctx, i, "", func(o backup.Object) error {
			if gone[o.Name] || gone[original(o.Name)] {
				found = append(found, o)
			}
			return nil
		})
		for _, o := range found {
			if err := p.removeOne(ctx, i, o); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// removeOne asks a place to remove an object. Its error is that of the context alone.
func (p *pruning) removeOne(ctx context.Context, place int, o backup.Object) error {
	err := backup.ErrRetained
	if target := p.r.places.all[place].Target; target.Capabilities().Delete {
		err = target.Delete(ctx, o.Name)
	}
	switch {
	case err == nil:
		p.result.Removed++
		p.result.Freed += o.Size
	case errors.Is(err, backup.ErrRetained):
		p.result.Refused++
	case !errors.Is(err, backup.ErrNotFound):
		p.r.places.note(place, err)
	}
	p.progress.Add(o.Name, 0)
	return ctx.Err()
}

// firsts returns by log the object that is to be its first, where entries that end at or before a position are given up.
// The newest object of a log is kept always: the next is numbered after it.
func (r *Repository) firsts(ctx context.Context, h *head, keep map[string]uint64) (map[string]uint64, error) {
	all := map[string]uint64{}
	for name, before := range keep {
		if !segment(name) {
			return nil, fmt.Errorf("repository: log of %d bytes: %w", len(name), backup.ErrName)
		}
		l := r.log(name)
		numbers, _, err := l.numbers(ctx)
		if err != nil {
			return nil, err
		}
		if len(numbers) == 0 {
			continue
		}
		low, high := 0, len(numbers)-1
		for low < high {
			middle := (low + high) / 2
			o, err := l.header(ctx, numbers[middle])
			if err != nil {
				return nil, err
			}
			if o.End > before {
				high = middle
			} else {
				low = middle + 1
			}
		}
		if low > 0 && numbers[low] > h.Logs[name].First {
			all[name] = numbers[low]
		}
	}
	return all, nil
}
