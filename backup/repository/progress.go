package repository

import (
	"sync"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// progress tells a callback how far work has come, a few times a second.
type progress struct {
	tell  func(backup.Progress)
	clock func() time.Time

	mu      sync.Mutex
	state   backup.Progress
	started time.Time
	told    time.Time
}

func (r *Repository) progress(work string) *progress {
	return &progress{tell: r.config.Progress, clock: time.Now, started: time.Now(), state: backup.Progress{Work: work}}
}

// add says that bytes were done, of an item if it is named.
func (p *progress) add(bytes int64, item string) {
	if p.tell == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.Done += bytes
	if item != "" {
		p.state.Item = item
	}
	if now := p.clock(); now.Sub(p.told) > 250*time.Millisecond {
		p.told = now
		p.state.Spent = now.Sub(p.started)
		p.tell(p.state)
	}
}

// end tells the last state.
func (p *progress) end() {
	p.mu.Lock()
	p.told = time.Time{}
	p.mu.Unlock()
	p.add(0, "")
}
