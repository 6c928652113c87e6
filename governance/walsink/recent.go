package walsink

import "github.com/shugo-data/shugo/governance"

// key is what an event is known by.
type key struct {
	id   governance.EventID
	kind governance.Kind
}

// recent remembers the positions of the last events: at least max and at most twice as many.
type recent struct {
	max      int
	now, old map[key]uint64
}

func newRecent(n int) recent { return recent{max: n, now: map[key]uint64{}} }

func (r *recent) get(k key) (position uint64, ok bool) {
	if position, ok = r.now[k]; !ok {
		position, ok = r.old[k]
	}
	return position, ok
}

func (r *recent) set(k key, position uint64) {
	if len(r.now) >= r.max {
		clear(r.old)
		if r.old == nil {
			r.old = map[key]uint64{}
		}
		r.now, r.old = r.old, r.now // the memory is used again
	}
	r.now[k] = position
}

func (r *recent) remove(k key) {
	delete(r.now, k)
	delete(r.old, k)
}
