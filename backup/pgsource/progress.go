package pgsource

import (
	"strings"
	"sync"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// progress calls a callback, by one goroutine at a time and not often.
type progress struct {
	call  func(backup.Progress) // may be nil
	work  string
	total int64
	begun time.Time

	mu   sync.Mutex
	done int64
	last time.Time
}

func newProgress(work string, call func(backup.Progress)) *progress {
	return &progress{call: call, work: work, begun: time.Now()}
}

// add notes bytes that were done.
func (p *progress) add(item string, bytes int64) {
	if p.call == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += bytes
	if now := time.Now(); now.Sub(p.last) >= 200*time.Millisecond {
		p.last = now
		p.report(item)
	}
}

// say reports at once that something begins.
func (p *progress) say(item string) {
	if p.call == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.report(item)
}

func (p *progress) report(item string) {
	p.call(backup.Progress{Work: p.work, Item: item, Done: p.done, Total: max(p.total, p.done), Spent: time.Since(p.begun)})
}

func compareFacts(a, b backup.Fact) int { return strings.Compare(a.Name, b.Name) }
