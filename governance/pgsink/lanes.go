package pgsink

import (
	"context"
	"errors"
	"slices"
	"sync"
)

const (
	// laneCount is how many groups may be under way at once: while one waits for the disk, the next is on its way.
	laneCount = 2
	// groupSize bounds the events of one group, so that an event waits for a bounded statement.
	groupSize = 256
)

// lanes put events on record in transactions of their own. Each commit waits for the disk, so events that arrive while
// groups are under way wait together, and the first of them to get a free lane takes all of them along in one statement.
// That one works for the others on its caller's goroutine; there is no goroutine of the sink's.
type lanes struct {
	insert func(context.Context, []row) error
	free   chan struct{} // has as many places as there are lanes
	queue  *queue
}

// queue holds the events that no lane has taken.
type queue struct {
	mu      sync.Mutex
	waiting []*waiter
}

// waiter is one event on its way. Whoever takes it from the queue sets err and closes done.
type waiter struct {
	row  row
	done chan struct{}
	err  error
}

// errAbandoned is the result of an event whose lane was given up by the caller that worked for it.
var errAbandoned = errors.New("pgsink: the group was given up")

func newLanes(insert func(context.Context, []row) error) lanes {
	return lanes{insert: insert, free: make(chan struct{}, laneCount), queue: &queue{}}
}

// record returns when the event is on record, or when ctx ends.
func (l *lanes) record(ctx context.Context, r row) error {
	for {
		if err := ctx.Err(); err != nil {
			return fail("record", err)
		}
		w := &waiter{row: r, done: make(chan struct{})}
		l.queue.add(w)
		err := l.wait(ctx, w)
		if err != errAbandoned {
			return err
		}
	}
}

// wait returns the result of a queued event, and works for a group of events if a lane is free first.
func (l *lanes) wait(ctx context.Context, w *waiter) error {
	for {
		select {
		case <-w.done:
			return w.err
		case l.free <- struct{}{}:
			if !l.run(ctx, w) {
				return l.await(ctx, w)
			}
		case <-ctx.Done():
			l.queue.remove(w)
			return fail("record", ctx.Err())
		}
	}
}

// run works for one group in the lane that the caller has, and frees it. It reports whether w was still waiting.
func (l *lanes) run(ctx context.Context, w *waiter) bool {
	defer func() { <-l.free }()
	group := l.queue.take(w)
	if group == nil {
		return false
	}
	l.lead(ctx, group)
	return true
}

// await returns the result of an event that is under way.
func (l *lanes) await(ctx context.Context, w *waiter) error {
	select {
	case <-w.done:
		return w.err
	case <-ctx.Done():
		return fail("record", ctx.Err())
	}
}

// lead inserts a group and tells every waiter its result.
func (l *lanes) lead(ctx context.Context, group []*waiter) {
	settled := 0
	defer func() { // after a panic of the driver's, nobody may wait forever
		for _, w := range group[settled:] {
			w.err = errAbandoned
			close(w.done)
		}
	}()
	rows := make([]row, len(group))
	for i, w := range group {
		rows[i] = w.row
	}
	err := l.insert(ctx, rows)
	if err != nil && ctx.Err() == nil && !refused(err) {
		err = l.insert(ctx, rows) // the connection was lost, and the events can be handed over again
	}
	apart := len(group) > 1 && refused(err)
	for i, w := range group {
		switch {
		case apart: // one bad event must not keep the others off the record
			w.err = l.insert(ctx, rows[i:i+1])
		case err != nil && ctx.Err() != nil:
			w.err = errAbandoned
		default:
			w.err = err
		}
		settled++
		close(w.done)
	}
}

func (q *queue) add(w *waiter) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, w)
}

// take returns the next group, or nil when w itself is not waiting any more.
func (q *queue) take(w *waiter) []*waiter {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !slices.Contains(q.waiting, w) {
		return nil
	}
	n := min(len(q.waiting), groupSize)
	group := slices.Clone(q.waiting[:n])
	q.waiting = slices.Delete(q.waiting, 0, n)
	return group
}

// remove takes w from the queue when its caller goes away.
func (q *queue) remove(w *waiter) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if i := slices.Index(q.waiting, w); i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
	}
}
