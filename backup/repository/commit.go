package repository

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// tolerance is how far behind the newest record a clock may be.
const tolerance = 5 * time.Minute

// seen is what the places have of the newest records.
type seen struct {
	newest []uint64 // by place: sequence of its newest record; 0: none, or no answer
	errs   []error  // by place: why it did not answer
}

func (s seen) top() (top uint64) { return slices.Max(s.newest) }

// survey asks all places for their newest record.
func (r *Repository) survey(ctx context.Context) seen {
	s := seen{newest: make([]uint64, len(r.places.all))}
	var found [][]backup.Object
	found, s.errs = r.places.list(ctx, headPrefix)
	copies, _ := r.places.list(ctx, copyName("head", ""))
	for i := range found {
		for _, o := range append(found[i], copies[i]...) {
			if n, ok := headSequence(o.Name); ok {
				s.newest[i] = max(s.newest[i], n)
			}
		}
	}
	return s
}

// load returns the newest record that the places agree on.
func (r *Repository) load(ctx context.Context) (*head, error) {
	h, _, err := r.loadSeen(ctx)
	return h, err
}

func (r *Repository) loadSeen(ctx context.Context) (*head, seen, error) {
	s := r.survey(ctx)
	if err := ctx.Err(); err != nil {
		return nil, s, err
	}
	top := s.top()
	if top == 0 {
		if err := join(s.errs); err != nil {
			return nil, s, err
		}
		return nil, s, &backup.CorruptError{Object: headName(1), Text: "there is no commit record"}
	}
	h, err := r.resolve(ctx, top, s)
	for errors.Is(err, backup.ErrCorrupt) && r.uncommitted(top, s) {
		// What so many places lack was never committed: it is damage, which Verify removes.
		below := slices.Clone(s.newest)
		top = slices.Max(slices.DeleteFunc(below, func(n uint64) bool { return n >= top }))
		h, err = r.resolve(ctx, top, s)
	}
	if err != nil {
		return nil, s, err
	}
	if err := r.accept(ctx, h); err != nil {
		return nil, s, err
	}
	return h, s, nil
}

// uncommitted reports whether a quorum cannot have a record, and some place has an older one.
func (r *Repository) uncommitted(sequence uint64, s seen) bool {
	lack, older := 0, false
	for i, n := range s.newest {
		if s.errs[i] == nil && n < sequence {
			lack++
			older = older || n > 0
		}
	}
	return older && len(s.newest)-lack < r.places.quorum
}

// resolve reads the record of a sequence. Where places differ, which a race between writers with different places in reach
// can bring about, that of a quorum holds; if no quorum can have any, that of the first place that has one.
func (r *Repository) resolve(ctx context.Context, sequence uint64, s seen) (*head, error) {
	votes := map[string]int{}
	var order []*head
	silent := 0
	name := headName(sequence)
	for i, place := range r.places.all {
		if s.errs[i] != nil {
			silent++
			continue
		}
		data, err := place.Target.Get(ctx, name, 0, -1)
		if err != nil {
			continue
		}
		h, err := r.decodeHead(sequence, data)
		if err != nil {
			continue
		}
		if votes[h.digest]++; votes[h.digest] == 1 {
			order = append(order, h)
		}
	}
	for _, h := range order {
		if votes[h.digest] >= r.places.quorum {
			return h, nil
		}
	}
	if len(order) > 1 && silent > 0 {
		return nil, fmt.Errorf("repository: places differ on record %d and %d do not answer: %w", sequence, silent, backup.ErrUnavailable)
	}
	if len(order) > 0 {
		return order[0], nil
	}
	var h *head
	err := r.places.candidates(ctx, name, func(_ int, data []byte) (err error) {
		h, err = r.decodeHead(sequence, data)
		return err
	})
	return h, err
}

// accept makes a record the current one, unless a newer one is known.
func (r *Repository) accept(ctx context.Context, h *head) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.config.Anchor != nil && r.anchor.Sequence == 0 {
		state, err := r.config.Anchor.Load(ctx)
		if err != nil {
			return err
		}
		if state.Repository != "" && state.Repository != h.Repository {
			return fmt.Errorf("repository: the anchor belongs to another repository: %w", backup.ErrRollback)
		}
		r.anchor = state
	}
	known, knownDigest := r.anchor.Sequence, r.anchor.Digest
	if r.current != nil && r.current.Sequence > known {
		known, knownDigest = r.current.Sequence, r.current.digest
	}
	if h.Sequence < known || h.Sequence == known && h.digest != knownDigest {
		return fmt.Errorf("repository: the newest commit record is %d, and %d was seen: %w", h.Sequence, known, backup.ErrRollback)
	}
	if r.current == nil || h.Sequence > r.current.Sequence {
		r.current = h
	}
	return r.moveAnchor(ctx, h)
}

// moveAnchor stores what is newer than the anchor. The caller holds mu.
func (r *Repository) moveAnchor(ctx context.Context, h *head) error {
	if r.config.Anchor == nil || h.Sequence <= r.anchor.Sequence {
		return nil
	}
	state := r.anchor
	state.Repository, state.Sequence, state.Digest = h.Repository, h.Sequence, h.digest
	if err := r.config.Anchor.Store(ctx, state); err != nil {
		return err
	}
	r.anchor = state
	return nil
}

// commit puts the record that change makes of the newest one. Since the object of a sequence is put where nothing is, one
// of several writers succeeds, and the others begin again from what it left. Base is what the caller began from; change
// is told the records since then. Places that may does not name do not get the record: they lack what it needs; nil: all may.
func (r *Repository) commit(ctx context.Context, base *head, change func(next *record, since []*head) error, may []bool) (*head, error) {
	var tried *head
	for {
		var next record
		var before *head
		use := r.places.every()
		if base == nil {
			next = record{Version: 1, Repository: hex.EncodeToString(r.identity[:])}
		} else {
			newest, s, err := r.loadSeen(ctx)
			if err != nil {
				return nil, err
			}
			if tried != nil && newest.Sequence < tried.Sequence {
				return nil, &backup.CorruptError{Object: headName(tried.Sequence), Text: "is in the way of the next record, and is none"}
			}
			if err := r.spread(ctx, newest, s, use, may); err != nil {
				return nil, err
			}
			if r.now().Before(newest.Time.Add(-tolerance)) {
				return nil, fmt.Errorf("repository: the newest commit record is %s ahead: %w", newest.Time.Sub(r.now()), backup.ErrClock)
			}
			since, err := r.chain(ctx, newest, base)
			if err != nil {
				return nil, err
			}
			if slices.ContainsFunc(since, func(h *head) bool { return tried != nil && h.digest == tried.digest }) {
				return tried, nil // the places settled on it
			}
			before, next = newest, newest.clone()
			if err := change(&next, since); err != nil {
				return nil, err
			}
			next.Sequence, next.Previous = before.Sequence, before.digest
		}
		next.Sequence++
		next.Time = r.now()
		h, err := r.encodeHead(next)
		if err != nil {
			return nil, err
		}
		won, err := r.putHead(ctx, h, use)
		if err != nil {
			return nil, err
		}
		tried = h
		if won {
			return h, r.confirm(ctx, h)
		}
		if base == nil {
			return nil, fmt.Errorf("repository: %w", backup.ErrExists)
		}
	}
}

// spread gives the newest record to places that lack it alone, so that a quorum has it before the next is put. Places
// that lack more are caught up elsewhere, and left out of use.
func (r *Repository) spread(ctx context.Context, newest *head, s seen, use, may []bool) error {
	have := 0
	for i := range use {
		switch use[i] = s.errs[i] == nil && s.newest[i]+1 >= newest.Sequence; {
		case use[i] && s.newest[i] < newest.Sequence:
			use[i] = r.whole(ctx, i, newest) && r.places.putOne(ctx, i, headName(newest.Sequence), newest.bytes) == nil
		case !use[i] && s.errs[i] == nil:
			use[i] = r.catchUpPlace(ctx, i, newest) == nil
		}
		if use[i] = use[i] && (may == nil || may[i]); use[i] {
			have++
		}
	}
	if have < r.places.quorum {
		return fmt.Errorf("repository: %d places have record %d, %d are needed: %w", have, newest.Sequence, r.places.quorum,
			cmpErr(join(s.errs), backup.ErrUnavailable))
	}
	return nil
}

func cmpErr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// chain returns the records after base up to newest, oldest first.
func (r *Repository) chain(ctx context.Context, newest, base *head) ([]*head, error) {
	if newest.Sequence < base.Sequence {
		return nil, fmt.Errorf("repository: record %d after %d: %w", newest.Sequence, base.Sequence, backup.ErrRollback)
	}
	var since []*head
	for at := newest; ; {
		if at.Sequence == base.Sequence {
			if at.digest != base.digest {
				return nil, fmt.Errorf("repository: another record %d: %w", at.Sequence, backup.ErrRollback)
			}
			slices.Reverse(since)
			return since, nil
		}
		since = append(since, at)
		before, err := r.readHead(ctx, at.Sequence-1, at.Previous)
		if err != nil {
			return nil, fmt.Errorf("repository: what was committed since record %d cannot be read: %w", base.Sequence, err)
		}
		at = before
	}
}

// readHead reads the record with a digest.
func (r *Repository) readHead(ctx context.Context, sequence uint64, want string) (*head, error) {
	var h *head
	err := r.places.candidates(ctx, headName(sequence), func(_ int, data []byte) (err error) {
		if h, err = r.decodeHead(sequence, data); err == nil && h.digest != want {
			err = errors.New("is not the record that the next one is chained to")
		}
		return err
	})
	return h, err
}

// putHead puts a record in one place after the other, so that the first arbitrates. It reports whether a quorum has it.
func (r *Repository) putHead(ctx context.Context, h *head, use []bool) (bool, error) {
	name := headName(h.Sequence)
	won, errs := 0, make([]error, len(use))
	for i := range use {
		if !use[i] {
			continue
		}
		errs[i] = r.places.putOne(ctx, i, name, h.bytes)
		if errs[i] == nil {
			won++
		} else if errors.Is(errs[i], backup.ErrExists) && won == 0 {
			return false, nil
		} else if possible(use, errs) < r.places.quorum && !errors.Is(errs[i], backup.ErrExists) {
			return false, join(errs)
		}
	}
	if won >= r.places.quorum {
		for i := range use {
			if use[i] && errs[i] == nil {
				// The copy mends damage where there is one place only; a record is complete without it.
				_ = r.places.putOne(ctx, i, copyName(name, "0"), h.bytes)
			}
		}
		return true, nil
	}
	return false, nil
}

// possible is how many places have a record or may yet take it.
func possible(use []bool, errs []error) int {
	n := 0
	for i := range use {
		if use[i] && errs[i] == nil {
			n++
		}
	}
	return n
}

// confirm makes sure that a record that was put is in the chain: a writer that stood still may have put it where an older
// record was pruned.
func (r *Repository) confirm(ctx context.Context, h *head) error {
	newest, err := r.load(ctx)
	if err != nil {
		return err
	}
	if _, err := r.chain(ctx, newest, h); err != nil {
		return fmt.Errorf("repository: the commit came too late: %w", err)
	}
	return nil
}
