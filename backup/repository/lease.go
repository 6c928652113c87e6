package repository

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// ErrLease says that a writer stood still for longer than others had to wait for it. What it wrote is garbage.
var ErrLease = errors.New("repository: the lease of the writer has expired")

// leaseState is the content of a lease: objects lease/<writer>/<number>, of which the newest counts.
type leaseState struct {
	Expires  time.Time `json:"expires"`
	Sequence uint64    `json:"sequence"` // of the record that the writer began from
}

// lease tells other writers that one is at work.
type lease struct {
	r    *Repository
	name string

	mu      sync.Mutex
	state   leaseState
	renewed int
}

// newLease puts the first lease of a writer that begins from a record.
func (r *Repository) newLease(ctx context.Context, base *head) (*lease, error) {
	var name [16]byte
	rand.Read(name[:])
	l := &lease{r: r, name: hex.EncodeToString(name[:]), state: leaseState{Sequence: base.Sequence}}
	return l, l.renew(ctx)
}

// renew puts the next lease.
func (l *lease) renew(ctx context.Context) error {
	l.mu.Lock()
	state := l.state
	l.renewed++
	name := fmt.Sprintf("lease/%s/%08d", l.name, l.renewed)
	l.mu.Unlock()
	state.Expires = l.r.now().Add(l.r.config.Lease)
	text, err := json.Marshal(state)
	if err != nil {
		return err
	}
	data, err := l.r.keys.sealOne(name, l.r.code, text)
	if err != nil {
		return err
	}
	if err := l.r.places.enough(l.r.places.put(ctx, name, data, l.r.places.every())); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = state
	return nil
}

// keep renews the lease until done is closed. That a renewal fails is found when the lease is checked.
func (l *lease) keep(ctx context.Context, done <-chan struct{}) {
	ticker := time.NewTicker(max(l.r.config.Lease/3, time.Millisecond))
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			_ = l.renew(ctx)
		case <-done:
			return
		case <-ctx.Done():
			return
		}
	}
}

// check returns ErrLease if the lease has expired.
func (l *lease) check() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.r.now().After(l.state.Expires) {
		return ErrLease
	}
	return nil
}

// end removes the leases, where that is allowed.
func (l *lease) end(ctx context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for n := 1; n <= l.renewed; n++ {
		for _, place := range l.r.places.all {
			if place.Target.Capabilities().Delete {
				_ = place.Target.Delete(ctx, fmt.Sprintf("lease/%s/%08d", l.name, n))
			}
		}
	}
}

// owner returns the writer in the name of a pack, an index or a lease.
func owner(name string) string {
	parts := strings.Split(name, "/")
	if len(parts) != 3 {
		return ""
	}
	return parts[1]
}

// leases returns what is known of each writer that has a lease.
func (r *Repository) leases(ctx context.Context) (map[string]leaseState, error) {
	objects, err := r.places.union(ctx, "lease/")
	if err != nil {
		return nil, err
	}
	all := map[string]leaseState{}
	for _, o := range objects { // in order, so the newest of a writer is last
		err := r.places.candidates(ctx, o.Name, func(_ int, data []byte) error {
			text, err := openOne(r.keys, o.Name, data)
			if err != nil {
				return err
			}
			var s leaseState
			if err := json.Unmarshal(text, &s); err != nil {
				return err
			}
			all[owner(o.Name)] = s
			return nil
		})
		if err != nil && ctx.Err() != nil {
			return nil, err
		}
	}
	return all, nil
}
