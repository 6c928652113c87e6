package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// step is what was done, and what came of it.
type step struct {
	Title string   `json:"title"`
	Lines []string `json:"lines"`
	Took  string   `json:"took"`
}

// account is what is told of a drill, while it goes on.
type account struct {
	Steps []step
	out   io.Writer
	bar   bar
}

// tell adds a step: do returns what came of it.
func (a *account) tell(title string, do func() ([]string, error)) error {
	fmt.Fprintf(a.out, "\n%s\n", title)
	began := time.Now()
	lines, err := do()
	a.bar.clear()
	if err != nil {
		return fmt.Errorf("%s: %w", title, err)
	}
	s := step{Title: title, Took: time.Since(began).Round(time.Millisecond).String()}
	for _, text := range lines {
		s.Lines = append(s.Lines, strings.Split(strings.TrimRight(text, "\n"), "\n")...)
	}
	for _, line := range s.Lines {
		fmt.Fprintf(a.out, "  %s\n", line)
	}
	fmt.Fprintf(a.out, "  (%s)\n", s.Took)
	a.Steps = append(a.Steps, s)
	return nil
}

// bar shows progress on one line, which it writes again and again.
type bar struct {
	to io.Writer

	mu    sync.Mutex
	shown bool
}

const width = 30 // of the bar, in characters

// show is a callback for progress.
func (b *bar) show(p backup.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	done := ""
	if p.Total > 0 {
		filled := int(min(p.Done, p.Total) * width / p.Total)
		done = "[" + strings.Repeat("=", filled) + strings.Repeat(" ", width-filled) + "] "
	}
	b.shown = true
	fmt.Fprintf(b.to, "\r\033[K  %s%s %d MB in %s", done, p.Work, p.Done>>20, p.Spent.Round(100*time.Millisecond))
}

// clear removes the line.
func (b *bar) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shown {
		fmt.Fprint(b.to, "\r\033[K")
	}
	b.shown = false
}
