// Package meter tells how far a long work has come, without getting in its way.
package meter

import (
	"sync"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// every is the least time between two reports, but for those of Say and End.
const every = 200 * time.Millisecond

// Meter counts bytes and tells somebody, some times a second and by one goroutine at a time. It is safe for concurrent use.
type Meter struct {
	tell  func(backup.Progress)
	work  string
	began time.Time

	mu    sync.Mutex
	item  string
	done  int64
	total int64
	told  time.Time
}

// New returns a meter of a work that begins now, of so many bytes as far as known. Tell may be nil.
func New(work string, total int64, tell func(backup.Progress)) *Meter {
	now := time.Now()
	return &Meter{tell: tell, work: work, began: now, total: total} // the first figure is told at once
}

// Expect adds to the bytes that are to be done.
func (m *Meter) Expect(bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.total += bytes
}

// Add counts bytes that are done, of an item if it has a name.
func (m *Meter) Add(item string, bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done += bytes
	if item != "" {
		m.item = item
	}
	if m.tell == nil {
		return
	}
	if now := time.Now(); now.Sub(m.told) >= every {
		m.report(now)
	}
}

// Say tells at once that something begins.
func (m *Meter) Say(item string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.item = item
	m.report(time.Now())
}

// End tells the last figure: what was done is all that was to be done.
func (m *Meter) End() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.total = m.done
	m.report(time.Now())
}

// Done returns how many bytes were counted.
func (m *Meter) Done() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.done
}

// report is called with mu held. A total that was guessed too low is not shown.
func (m *Meter) report(now time.Time) {
	if m.told = now; m.tell == nil {
		return
	}
	total := m.total
	if total > 0 {
		total = max(total, m.done)
	}
	m.tell(backup.Progress{Work: m.work, Item: m.item, Done: m.done, Total: total, Spent: now.Sub(m.began)})
}
