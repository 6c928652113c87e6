package pgwal

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/shugo-data/shugo/backup"
)

const (
	pageSize = 8192    // of a server's log, XLOG_BLCKSZ; servers that were built otherwise are refused
	maxBatch = 8 << 20 // most bytes that are given to a repository at once
)

// position is a place in the log of a cluster.
type position struct {
	timeline uint32
	lsn      backup.LSN
}

// piece is a part of a log on its way into the repository.
type piece struct {
	log      string
	timeline uint32 // 0: not of the write-ahead log
	entry    backup.Entry
	arrived  time.Time // its first byte
}

// queue gathers what was received and makes it durable, in order, group by group: while one is on its way, the next gathers.
type queue struct {
	log      func(name string) backup.Log
	size     int           // bytes of an entry
	interval time.Duration // least time between two groups that are not full; 0: none
	limit    int           // bytes in the queue
	retry    time.Duration // longest wait after a failure
	now      func() time.Time

	work      chan struct{}   // wakes run
	histories map[uint32]bool // timelines whose history file is kept, or on its way; of the session

	mu      sync.Mutex
	changed chan struct{} // closed when anything below changes
	pieces  []piece       // oldest first; the first `busy` are on their way
	busy    int
	taken   time.Time             // when the last group was
	bytes   int                   // in pieces
	end     position              // of what was received
	from    backup.LSN            // start of what was received without a gap before end, where that is known
	ends    map[uint32]backup.LSN // of what was received, by timeline
	durable map[uint32]backup.LSN // of what the repository has, by timeline
	newest  time.Time             // the server's clock of the newest that the repository has
	tail    []byte                // the last bytes before end, from the start of their page on
	err     error                 // of the last attempt to append
}

func newQueue(config ReceiverConfig) *queue {
	q := &queue{log: config.Repository.Log, size: config.Size, interval: config.Flush, limit: config.Buffer, retry: config.Retry,
		now: config.Now, work: make(chan struct{}, 1), changed: make(chan struct{}), ends: map[uint32]backup.LSN{}, durable: map[uint32]backup.LSN{},
		histories: map[uint32]bool{}}
	if config.Synchronous {
		q.interval = 0
	}
	return q
}

// notify tells everybody who waits. The caller holds mu.
func (q *queue) notify() {
	close(q.changed)
	q.changed = make(chan struct{})
	select {
	case q.work <- struct{}{}:
	default:
	}
}

// resume takes over what the repository has of a timeline.
func (q *queue) resume(timeline uint32, s backup.LogState) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ends[timeline], q.durable[timeline] = backup.LSN(s.Last), backup.LSN(s.Last)
	if s.Time.After(q.newest) {
		q.newest = s.Time
	}
	q.notify()
}

// begin says where a stream begins, with the bytes right before that.
func (q *queue) begin(at position, tail []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if end := (position{at.timeline, at.lsn + backup.LSN(len(tail))}); q.end != end {
		q.end, q.from, q.tail = end, 0, append([]byte{}, tail...)
		q.notify()
	}
}

// newestTimeline returns the newest that was received.
func (q *queue) newestTimeline() uint32 {
	q.mu.Lock()
	defer q.mu.Unlock()
	newest := uint32(0)
	for timeline := range q.ends {
		newest = max(newest, timeline)
	}
	return newest
}

// jump says that what comes next begins at a position, after a gap.
func (q *queue) jump(to position) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.end, q.from, q.ends[to.timeline], q.tail = to, to.lsn, to.lsn, []byte{}
}

// untail has what is kept before the end of a timeline not asked for again, and reports whether it was until now.
func (q *queue) untail(timeline uint32) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	end := position{timeline, q.ends[timeline]}
	switch {
	case q.end != end:
		q.end, q.from = end, 0
	case q.tail != nil && len(q.tail) == 0:
		return false
	}
	q.tail = []byte{}
	return true
}

// endOf returns up to where a timeline was received, and what is known of the bytes before.
func (q *queue) endOf(timeline uint32) (end backup.LSN, tail []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.end.timeline == timeline && q.tail != nil {
		tail = append([]byte{}, q.tail...)
	}
	return q.ends[timeline], tail
}

// add takes over a piece of the log, waiting while the queue is full. It copies data.
func (q *queue) add(ctx context.Context, log string, at position, data []byte, serverTime time.Time) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.bytes > 0 && q.bytes+len(data) > q.limit {
		changed := q.changed
		q.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
		q.mu.Lock()
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	end := position{at.timeline, at.lsn + backup.LSN(len(data))}
	q.keepTail(at, end, data)
	q.bytes += len(data)
	q.end, q.ends[end.timeline] = end, end.lsn
	if n := len(q.pieces) - 1; n >= q.busy {
		last := &q.pieces[n]
		if last.timeline == at.timeline && last.entry.End == uint64(at.lsn) && len(last.entry.Data)+len(data) <= q.size {
			last.entry.Data = append(last.entry.Data, data...)
			last.entry.End, last.entry.Time = uint64(end.lsn), serverTime
			q.notify()
			return nil
		}
	}
	room := len(data)
	if room > q.size/16 { // the server has much to send
		room = max(room, q.size)
	}
	q.pieces = append(q.pieces, piece{log: log, timeline: at.timeline, arrived: q.now(),
		entry: backup.Entry{Start: uint64(at.lsn), End: uint64(end.lsn), Time: serverTime, Data: append(make([]byte, 0, room), data...)}})
	q.notify()
	return nil
}

// addHistory takes over the history file of a timeline.
func (q *queue) addHistory(log string, timeline uint32, text []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pieces = append(q.pieces, piece{log: log, arrived: q.now(), entry: backup.Entry{Start: uint64(timeline), End: uint64(timeline) + 1, Time: q.now().UTC(), Data: text}})
	q.bytes += len(text)
	q.notify()
}

// keepTail keeps the last bytes before end, from the start of their page on, as far as they are known.
func (q *queue) keepTail(at, end position, data []byte) {
	if at != q.end {
		q.tail = nil
	}
	page := (end.lsn - 1) / pageSize * pageSize
	if page >= at.lsn {
		q.tail = append(q.tail[:0], data[page-at.lsn:]...)
		return
	}
	q.tail = append(q.tail, data...)
	if surplus := len(q.tail) - int(end.lsn-page); surplus > 0 {
		q.tail = append(q.tail[:0], q.tail[surplus:]...)
	}
}

// run makes durable what is added until ctx ends, or the repository refuses for good.
func (q *queue) run(ctx context.Context) error {
	for {
		batch, err := q.take(ctx)
		if err != nil {
			return err
		}
		if err := q.append(ctx, batch); err != nil {
			return err
		}
		q.done(batch)
	}
}

// take waits for the next group.
func (q *queue) take(ctx context.Context) ([]piece, error) {
	for {
		batch, wait := q.due()
		if batch != nil {
			return batch, nil
		}
		var timer <-chan time.Time
		if wait > 0 {
			timer = time.After(wait)
		}
		select {
		case <-timer:
		case <-q.work:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// due returns the next group, if it is time for it, or how long it is until then; 0: nothing is there.
func (q *queue) due() ([]piece, time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.pieces) == 0 {
		return nil, 0
	}
	first := q.pieces[0]
	now := q.now()
	if wait := q.interval - now.Sub(q.taken); wait > 0 && q.bytes < q.size && first.timeline != 0 {
		return nil, wait
	}
	q.taken = now
	size := 0
	for _, p := range q.pieces {
		if size += len(p.entry.Data); p.log != first.log || size > maxBatch && q.busy > 0 {
			break
		}
		q.busy++
	}
	return q.pieces[:q.busy:q.busy], 0
}

// append gives a group to the repository, again and again until it takes it.
func (q *queue) append(ctx context.Context, batch []piece) error {
	entries := make([]backup.Entry, len(batch))
	for i, p := range batch {
		entries[i] = p.entry
	}
	for wait := firstWait; ; wait = min(2*wait, q.retry) {
		err := q.log(batch[0].log).Append(ctx, entries...)
		q.mu.Lock()
		if q.err = err; err != nil {
			q.notify()
		}
		q.mu.Unlock()
		switch {
		case err == nil, ctx.Err() != nil, permanent(err):
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// permanent reports whether an error of a repository stays when the same is tried again.
func permanent(err error) bool {
	for _, class := range []error{backup.ErrExists, backup.ErrName, backup.ErrWrongKey, backup.ErrRollback, backup.ErrCorrupt} {
		if errors.Is(err, class) {
			return true
		}
	}
	return false
}

// done records that a group is durable.
func (q *queue) done(batch []piece) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, p := range batch {
		q.bytes -= len(p.entry.Data)
		if p.timeline != 0 {
			q.durable[p.timeline] = backup.LSN(p.entry.End)
			q.newest = p.entry.Time
		}
	}
	q.pieces = append([]piece(nil), q.pieces[len(batch):]...)
	q.busy = 0
	q.notify()
}

// progress is how far a queue has come.
type progress struct {
	end     position
	durable backup.LSN    // of end's timeline; 0: nothing of it, or nothing after a gap
	newest  time.Time     // the server's clock of the newest durable
	oldest  time.Time     // when the oldest that is not durable arrived; zero: all is
	bytes   int           // not durable
	err     error         // of the last attempt to append
	changed chan struct{} // closed when anything has changed
}

func (q *queue) progress() progress {
	q.mu.Lock()
	defer q.mu.Unlock()
	p := progress{end: q.end, durable: q.durable[q.end.timeline], newest: q.newest, bytes: q.bytes, err: q.err, changed: q.changed}
	if p.durable < q.from {
		p.durable = 0
	}
	if len(q.pieces) > 0 {
		p.oldest = q.pieces[0].arrived
	}
	return p
}

// durableOf returns up to where the repository has a timeline.
func (q *queue) durableOf(timeline uint32) backup.LSN {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.durable[timeline]
}
