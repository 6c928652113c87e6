package repository

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/shugo-data/shugo/backup"
)

const (
	logPrefix = "log/"
	// logSize is the size of the entries of one object, after which the next begins.
	logSize = 8 << 20
	// anchorEvery is how often the anchor learns how far logs have come.
	anchorEvery = time.Second
)

// log implements backup.Log. Its objects are numbered from 1; each holds the entries of one Append, or a part of them.
type log struct {
	r    *Repository
	name string

	mu      sync.Mutex // held while something is appended
	loaded  bool
	last    logObject  // the newest object; Sequence 0: none
	pending *logObject // that was put, but not in enough places
}

func logName(name string, sequence uint64) string {
	return fmt.Sprintf("%s%s/%016d", logPrefix, name, sequence)
}

// logSequence reads the name of an object of a log.
func logSequence(object string) (name string, sequence uint64, ok bool) {
	rest, ok := strings.CutPrefix(object, logPrefix)
	name, number, slash := strings.Cut(rest, "/")
	sequence, err := strconv.ParseUint(number, 10, 64)
	return name, sequence, ok && slash && err == nil && logName(name, sequence) == object
}

// Log implements backup.Repository.
func (r *Repository) Log(name string) backup.Log { return r.log(name) }

func (r *Repository) log(name string) *log {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.logs[name]
	if l == nil {
		l = &log{r: r, name: name}
		r.logs[name] = l
	}
	return l
}

// Append implements backup.Log. Entries that are there already, the same, are passed over; others that begin before the end
// of the log are refused with backup.ErrExists. After an error the same entries may be given again.
func (l *log) Append(ctx context.Context, entries ...backup.Entry) error {
	if !segment(l.name) {
		return fmt.Errorf("repository: log of %d bytes: %w", len(l.name), backup.ErrName)
	}
	for _, e := range entries {
		if e.End <= e.Start || len(e.Data) > backup.MaxChunk {
			return fmt.Errorf("repository: log %s: an entry from %d to %d of %d bytes, expected it to end after it starts, with at most %d bytes",
				l.name, e.Start, e.End, len(e.Data), backup.MaxChunk)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.ready(ctx); err != nil {
		return err
	}
	entries, err := l.fresh(ctx, entries)
	if err != nil {
		return err
	}
	for len(entries) > 0 {
		n, size := 0, 0
		for n < len(entries) && (n == 0 || size+len(entries[n].Data) <= logSize) {
			size += len(entries[n].Data)
			n++
		}
		o, err := l.next(entries[:n])
		if err != nil {
			return err
		}
		l.pending = o
		if err := l.settle(ctx); err != nil {
			return err
		}
		entries = entries[n:]
	}
	return l.r.anchorLog(ctx, l.name, l.last.Sequence)
}

// ready finds the end of the log, and completes what was put in too few places.
func (l *log) ready(ctx context.Context) error {
	if l.pending != nil {
		return l.settle(ctx)
	}
	if l.loaded {
		return nil
	}
	last, err := l.newest(ctx)
	if err != nil {
		return err
	}
	if last == 0 {
		l.loaded = true
		return nil
	}
	o, err := l.settled(ctx, last)
	if err != nil {
		return err
	}
	l.pending = o
	return l.settle(ctx)
}

// settle puts the pending object in the places that lack it, which are to be enough.
func (l *log) settle(ctx context.Context) error {
	name := logName(l.name, l.pending.Sequence)
	errs := l.r.places.put(ctx, name, l.pending.bytes, l.r.places.every())
	if err := l.r.places.enough(errs); err != nil {
		if errors.Is(err, backup.ErrExists) { // another writer was there: begin again from what it left
			l.pending, l.loaded = nil, false
		}
		return err
	}
	l.last, l.pending, l.loaded = *l.pending, nil, true
	l.last.bytes, l.last.entries = nil, nil
	return nil
}

// fresh returns the entries that are not there yet.
func (l *log) fresh(ctx context.Context, entries []backup.Entry) ([]backup.Entry, error) {
	if !ordered(entries) {
		return nil, fmt.Errorf("repository: log %s: entries that are not in order", l.name)
	}
	for len(entries) > 0 && l.last.Sequence > 0 && entries[0].Start < l.last.End {
		same, err := l.holds(ctx, entries[0])
		if err != nil {
			return nil, err
		}
		if !same {
			return nil, fmt.Errorf("repository: log %s ends at %d, and an entry begins at %d: %w", l.name, l.last.End, entries[0].Start, backup.ErrExists)
		}
		entries = entries[1:]
	}
	return entries, nil
}

// ordered reports whether each entry begins where the one before ends, or later.
func ordered(entries []backup.Entry) bool {
	for i := 1; i < len(entries); i++ {
		if entries[i].Start < entries[i-1].End {
			return false
		}
	}
	return true
}

// holds reports whether the log has the same entry.
func (l *log) holds(ctx context.Context, e backup.Entry) (bool, error) {
	for there, err := range l.Entries(ctx, e.Start) {
		if errors.Is(err, backup.ErrGap) {
			continue
		}
		return there.Start == e.Start && there.End == e.End && slices.Equal(there.Data, e.Data), err
	}
	return false, nil
}

// newest returns the sequence of the newest object that any place has, or is known to have had; 0: there is none.
func (l *log) newest(ctx context.Context) (uint64, error) {
	numbers, known, err := l.numbers(ctx)
	if err != nil {
		return 0, err
	}
	if len(numbers) > 0 {
		known = max(known, numbers[len(numbers)-1])
	}
	return known, nil
}

// Entries implements backup.Log. What the newest commit record, or the Anchor, knows to have been there and is missing at the end
// is a *backup.CorruptError.
func (l *log) Entries(ctx context.Context, from uint64) iter.Seq2[backup.Entry, error] {
	return func(yield func(backup.Entry, error) bool) {
		fail := func(err error) { yield(backup.Entry{}, fmt.Errorf("repository: log %s: %w", l.name, err)) }
		numbers, known, err := l.numbers(ctx)
		if err != nil {
			fail(err)
			return
		}
		at, err := l.seek(ctx, numbers, from)
		if err != nil {
			fail(err)
			return
		}
		if err := l.begins(ctx, numbers); at == 0 && err != nil {
			fail(err)
			return
		}
		if !l.walk(ctx, numbers[at:], from, yield, fail) {
			return
		}
		if len(numbers) > 0 && numbers[len(numbers)-1] < known || len(numbers) == 0 && known > 0 {
			fail(&backup.CorruptError{Object: logName(l.name, known), Text: "missing, with all after it"})
		}
	}
}

// walk yields the entries of objects. Of an object that places differ on, the one after it tells which is right.
func (l *log) walk(ctx context.Context, numbers []uint64, from uint64, yield func(backup.Entry, error) bool, fail func(error)) bool {
	var before, ahead *logObject
	for i, n := range numbers {
		o, err := ahead, error(nil)
		if ahead = nil; o == nil {
			o, err = l.read(ctx, n)
		}
		if err == nil && i+1 < len(numbers) && numbers[i+1] == n+1 {
			// That the next is damaged is said when it is its turn.
			ahead, _ = l.read(ctx, n+1)
		}
		switch {
		case err == nil && ahead != nil && ahead.Previous != o.salt:
			o, err = l.version(ctx, n, ahead.Previous)
		case err == nil && ahead == nil && len(l.r.places.all) > 1:
			o, err = l.settled(ctx, n)
		}
		if err == nil && before != nil && before.Sequence+1 == n && o.Previous != before.salt {
			err = &backup.CorruptError{Object: logName(l.name, n), Text: "does not follow the object before it"}
		}
		if err != nil {
			fail(err)
			return false
		}
		if !l.yield(o, before, from, yield) {
			return false
		}
		o.entries, o.bytes = nil, nil
		before = o
	}
	return true
}

// begins returns an error unless the first object is the one that the log is to begin with.
func (l *log) begins(ctx context.Context, numbers []uint64) error {
	if len(numbers) == 0 {
		return nil
	}
	mark, err := l.r.mark(ctx, l.name)
	if err == nil && numbers[0] > max(mark.First, 1) {
		var h *head
		if h, err = l.r.load(ctx); err == nil && numbers[0] > max(h.Logs[l.name].First, 1) {
			err = &backup.CorruptError{Object: logName(l.name, max(h.Logs[l.name].First, 1)), Text: "missing"}
		}
	}
	return err
}

// yield gives the entries of an object, and what is missing before each.
func (l *log) yield(o, before *logObject, from uint64, yield func(backup.Entry, error) bool) bool {
	end, any := uint64(0), before != nil
	if any {
		end = before.End
	}
	for _, e := range o.entries {
		if any && e.Start > end && e.End > from && end > from {
			if !yield(backup.Entry{}, &backup.GapError{Log: l.name, From: end, To: e.Start}) {
				return false
			}
		}
		end, any = e.End, true
		if e.End > from && !yield(e, nil) {
			return false
		}
	}
	return true
}

// numbers returns the sequences of the objects that are kept and that any place has, in order, and the newest that is known
// to have been.
func (l *log) numbers(ctx context.Context) (numbers []uint64, known uint64, err error) {
	mark, err := l.r.mark(ctx, l.name)
	if err != nil {
		return nil, 0, err
	}
	objects, err := l.r.places.union(ctx, logPrefix+l.name+"/")
	if err != nil {
		return nil, 0, err
	}
	for _, o := range objects {
		if _, n, ok := logSequence(o.Name); ok && n >= mark.First {
			numbers = append(numbers, n)
		}
	}
	for n := len(numbers); n > 0 && numbers[n-1] > mark.Last; n-- {
		if _, err := l.header(ctx, numbers[n-1]); !errors.Is(err, backup.ErrCorrupt) || !l.stray(ctx, numbers[n-1]) {
			break
		}
		numbers = numbers[:n-1]
	}
	return numbers, mark.Last, nil
}

// stray reports whether so few places have an object that it was never appended: it is damage, which Verify reports.
func (l *log) stray(ctx context.Context, sequence uint64) bool {
	found, errs := l.r.places.list(ctx, logName(l.name, sequence))
	lack := 0
	for i := range found {
		if errs[i] == nil && len(found[i]) == 0 {
			lack++
		}
	}
	return lack > 0 && len(found)-lack < l.r.places.quorum
}

// mark returns what is known of a log: by the newest record, and by the anchor.
func (r *Repository) mark(ctx context.Context, name string) (logMark, error) {
	r.mu.Lock()
	h := r.current
	r.mu.Unlock()
	if h == nil {
		var err error
		if h, err = r.load(ctx); err != nil {
			return logMark{}, err
		}
	}
	mark := h.Logs[name]
	r.mu.Lock()
	defer r.mu.Unlock()
	mark.Last = max(mark.Last, r.anchor.Logs[name])
	return mark, nil
}

// seek returns the place of the first object that ends after a position. It reads the beginnings of some.
func (l *log) seek(ctx context.Context, numbers []uint64, from uint64) (int, error) {
	low, high := 0, len(numbers)
	for low < high {
		middle := (low + high) / 2
		end, err := l.end(ctx, numbers[middle:])
		if err != nil {
			return 0, err
		}
		if end > from {
			high = middle
		} else {
			low = middle + 1
		}
	}
	// The object before tells whether something is missing between it and the next.
	return max(low-1, 0), nil
}

// end returns where the first of the objects ends: where it is damaged, where the next begins.
func (l *log) end(ctx context.Context, numbers []uint64) (uint64, error) {
	for i, n := range numbers {
		h, err := l.header(ctx, n)
		switch {
		case err == nil && i == 0:
			return h.End, nil
		case err == nil:
			return h.Start, nil
		case !errors.Is(err, backup.ErrCorrupt):
			return 0, err
		}
	}
	return math.MaxUint64, nil
}

// Logs implements backup.Repository. It reads one object of each log.
func (r *Repository) Logs(ctx context.Context) ([]backup.LogState, error) {
	if _, err := r.load(ctx); err != nil {
		return nil, err
	}
	objects, err := r.places.union(ctx, logPrefix)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	var all []backup.LogState
	for _, o := range objects {
		name, _, ok := logSequence(o.Name)
		if !ok || names[name] {
			continue
		}
		names[name] = true
		s, any, err := r.log(name).state(ctx)
		if err != nil {
			return nil, fmt.Errorf("repository: log %s: %w", name, err)
		}
		if any {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b backup.LogState) int { return compare(a.Name, b.Name) })
	return all, nil
}

// state returns what there is of the log.
func (l *log) state(ctx context.Context) (s backup.LogState, any bool, err error) {
	numbers, _, err := l.numbers(ctx)
	if err != nil || len(numbers) == 0 {
		return s, false, err
	}
	first, err := l.header(ctx, numbers[0])
	if err != nil {
		return s, false, err
	}
	last, err := l.newestHeader(ctx, numbers[len(numbers)-1])
	if err != nil {
		return s, false, err
	}
	s = backup.LogState{Name: l.name, First: first.Start, Last: last.End, Time: last.Time, Size: last.Total - first.Total + first.Size}
	for _, g := range last.Gaps {
		if g.From >= s.First {
			s.Gaps = append(s.Gaps, g)
		}
	}
	lost, err := l.lost(ctx, numbers)
	s.Gaps = append(s.Gaps, lost...)
	slices.SortFunc(s.Gaps, func(a, b backup.Span) int { return compare(a.From, b.From) })
	return s, true, err
}

// lost returns what is missing with objects that no place has.
func (l *log) lost(ctx context.Context, numbers []uint64) (lost []backup.Span, err error) {
	for i := 1; i < len(numbers); i++ {
		if numbers[i] == numbers[i-1]+1 {
			continue
		}
		before, err := l.header(ctx, numbers[i-1])
		if err != nil {
			return nil, err
		}
		after, err := l.header(ctx, numbers[i])
		if err != nil {
			return nil, err
		}
		lost = append(lost, backup.Span{From: before.End, To: after.Start})
	}
	return lost, nil
}

// markLogs notes in a record how far the logs are that this process knows.
func (r *Repository) markLogs(next *record) error {
	r.mu.Lock()
	logs := make([]*log, 0, len(r.logs))
	for _, l := range r.logs {
		logs = append(logs, l)
	}
	r.mu.Unlock()
	for _, l := range logs {
		if !l.mu.TryLock() {
			continue // it is appended to: the next record will know more
		}
		if sequence := l.last.Sequence; sequence > next.Logs[l.name].Last {
			mark := next.Logs[l.name]
			mark.Last = sequence
			next.Logs[l.name] = mark
		}
		l.mu.Unlock()
	}
	return nil
}

// anchorLog has the anchor know how far a log is, not more than once a second.
func (r *Repository) anchorLog(ctx context.Context, name string, sequence uint64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.config.Anchor == nil || r.anchor.Sequence == 0 || sequence <= r.anchor.Logs[name] {
		return nil
	}
	state := r.anchor
	state.Logs = map[string]uint64{name: sequence}
	for other, n := range r.anchor.Logs {
		if other != name {
			state.Logs[other] = n
		}
	}
	if now := time.Now(); now.Sub(r.stored) >= anchorEvery {
		if err := r.config.Anchor.Store(ctx, state); err != nil {
			return err
		}
		r.stored = now
	} else {
		return nil
	}
	r.anchor = state
	return nil
}

// salt in hexadecimal digits, as the next object names it.
func saltOf(object []byte) string { return hex.EncodeToString(object[len(magic):headerSize]) }
