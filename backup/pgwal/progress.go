package pgwal

import (
	"sync"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// meter counts bytes and tells somebody, some times a second.
type meter struct {
	work  string
	total int64
	tell  func(backup.Progress)
	began time.Time

	mu   sync.Mutex
	done int64
	told time.Time
}

func newMeter(work string, total int64, tell func(backup.Progress)) *meter {
	now := time.Now()
	return &meter{work: work, total: total, tell: tell, began: now, told: now}
}

// add counts bytes that are done.
func (m *meter) add(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done += int64(n)
	if m.tell == nil {
		return
	}
	if now := time.Now(); now.Sub(m.told) > 200*time.Millisecond {
		m.report(now)
	}
}

// end tells the last figure.
func (m *meter) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tell != nil {
		m.total = m.done
		m.report(time.Now())
	}
}

func (m *meter) report(now time.Time) {
	m.told = now
	m.tell(backup.Progress{Work: m.work, Done: m.done, Total: max(m.total, m.done), Spent: now.Sub(m.began)})
}
