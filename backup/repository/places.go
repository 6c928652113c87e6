package repository

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/shugo-data/shugo/backup"
)

const (
	// grace is how long a put waits for the places beyond a quorum, and for how long more per MiB.
	grace = 500 * time.Millisecond
	// little is how long a place that was waited for in vain is waited for the next times.
	little = 20 * time.Millisecond
	// slowFor is for how long a place is held to be slow.
	slowFor = 30 * time.Second
)

// places are the places of a repository, and what is known of them.
type places struct {
	all    []backup.Place
	quorum int

	mu     sync.Mutex
	failed []error     // by place: why its last call failed
	slow   []time.Time // by place: when it was last waited for in vain
}

// put gives an object to the places that use says, at once, and returns by place what came of it. It waits for all, but
// not for long for those beyond a quorum.
func (p *places) put(ctx context.Context, name string, data []byte, use []bool) []error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type outcome struct {
		place int
		err   error
	}
	results := make(chan outcome, len(p.all))
	errs, waiting := make([]error, len(p.all)), 0
	for i := range p.all {
		if !use[i] {
			errs[i] = fmt.Errorf("place %s is left out: %w", p.all[i].Name, backup.ErrUnavailable)
			continue
		}
		waiting++
		go func() { results <- outcome{i, p.putOne(ctx, i, name, data)} }()
	}
	good, late := 0, false
	pending := slices.Clone(use)
	for ; waiting > 0; waiting-- {
		o := <-results
		errs[o.place], pending[o.place] = o.err, false
		p.pace(o.place, o.err, late)
		if o.err != nil {
			continue
		}
		if good++; good == p.quorum && waiting > 1 {
			late = true
			timer := time.AfterFunc(p.patience(pending, len(data)), cancel)
			defer timer.Stop()
		}
	}
	return errs
}

// patience is how long places are waited for whose answer is not needed.
func (p *places) patience(pending []bool, size int) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, waited := range pending {
		if waited && time.Since(p.slow[i]) > slowFor {
			return grace + time.Duration(size)*grace/(1<<20)
		}
	}
	return little
}

// pace takes note of a place that answered, or that was waited for in vain after a quorum had answered.
func (p *places) pace(i int, err error, late bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err == nil:
		p.slow[i] = time.Time{}
	case late && errors.Is(err, context.Canceled) && time.Since(p.slow[i]) > slowFor:
		p.slow[i] = time.Now()
	}
}

// putOne puts an object where it may be already: that is well if it is the same.
func (p *places) putOne(ctx context.Context, i int, name string, data []byte) error {
	err := p.all[i].Target.Put(ctx, name, data)
	if errors.Is(err, backup.ErrExists) {
		if there, err := p.all[i].Target.Get(ctx, name, 0, -1); err == nil && bytes.Equal(there, data) {
			return nil
		}
	}
	if !errors.Is(err, backup.ErrExists) {
		p.note(i, err)
	}
	if err != nil {
		return fmt.Errorf("put %s in %s: %w", name, p.all[i].Name, err)
	}
	return nil
}

// note remembers how the last call of a place went.
func (p *places) note(i int, err error) {
	if errors.Is(err, context.Canceled) || errors.Is(err, backup.ErrNotFound) || errors.Is(err, backup.ErrRetained) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed[i] = err
}

// every is a choice of all places.
func (p *places) every() []bool {
	use := make([]bool, len(p.all))
	for i := range use {
		use[i] = true
	}
	return use
}

// enough returns nil if as many places as are needed had no error, and otherwise all errors.
func (p *places) enough(errs []error) error {
	good := 0
	var bad []error
	for _, err := range errs {
		if err == nil {
			good++
			continue
		}
		bad = append(bad, err)
	}
	if good >= p.quorum {
		return nil
	}
	return fmt.Errorf("repository: %d of %d places have it, %d are needed: %w", good, len(p.all), p.quorum, join(bad))
}

// list returns the objects with a prefix by place, and by place what went wrong.
func (p *places) list(ctx context.Context, prefix string) ([][]backup.Object, []error) {
	found, errs := make([][]backup.Object, len(p.all)), make([]error, len(p.all))
	var group sync.WaitGroup
	for i, place := range p.all {
		group.Go(func() {
			for o, err := range place.Target.List(ctx, prefix) {
				if err != nil {
					errs[i] = fmt.Errorf("list %s in %s: %w", prefix, place.Name, err)
					break
				}
				found[i] = append(found[i], o)
			}
			p.note(i, errs[i])
		})
	}
	group.Wait()
	return found, errs
}

// union lists what any place has with a prefix, in order. It fails if no place can be listed.
func (p *places) union(ctx context.Context, prefix string) ([]backup.Object, error) {
	found, errs := p.list(ctx, prefix)
	good := false
	var all []backup.Object
	for i := range found {
		good = good || errs[i] == nil
		all = append(all, found[i]...)
	}
	if !good {
		return nil, fmt.Errorf("repository: no place can be listed: %w", join(errs))
	}
	slices.SortFunc(all, func(a, b backup.Object) int { return compare(a.Name, b.Name) })
	return slices.CompactFunc(all, func(a, b backup.Object) bool { return a.Name == b.Name }), nil
}

// candidates yields what the places have under a name and as its repaired copies, each with the number of its place, until
// one is accepted. It returns a *backup.CorruptError if none is, or what kept a place from answering.
func (p *places) candidates(ctx context.Context, name string, accept func(place int, data []byte) error) error {
	var away, wrong error
	for _, copies := range []bool{false, true} {
		for i, place := range p.all {
			names := []string{name}
			if copies {
				names = p.copies(ctx, i, name)
			}
			for _, n := range names {
				data, err := place.Target.Get(ctx, n, 0, -1)
				if err == nil {
					if err = accept(i, data); err == nil {
						return nil
					}
				} else if p.note(i, err); !errors.Is(err, backup.ErrNotFound) {
					away = fmt.Errorf("get %s from %s: %w", n, place.Name, err)
					continue
				}
				if wrong == nil || errors.Is(wrong, backup.ErrNotFound) {
					wrong = err
				}
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if away != nil {
		return away
	}
	text := "damaged"
	if errors.Is(wrong, backup.ErrNotFound) {
		text = "missing"
	}
	return &backup.CorruptError{Object: name, Text: text, Err: wrong}
}

// copies returns the names of the repaired copies of an object in a place.
func (p *places) copies(ctx context.Context, place int, name string) []string {
	var names []string
	for o, err := range p.all[place].Target.List(ctx, copyName(name, "")) {
		if err != nil {
			return names
		}
		names = append(names, o.Name)
	}
	return names
}

func copyName(name, number string) string { return "repair/" + name + "/" + number }

// join puts errors in one line; all stay visible to errors.Is and errors.As.
func join(errs []error) error {
	var all error
	for _, err := range errs {
		switch {
		case err == nil:
		case all == nil:
			all = err
		default:
			all = fmt.Errorf("%w; %w", all, err)
		}
	}
	return all
}
