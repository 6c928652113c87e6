//go:build linux || darwin

package main

import (
	"context"
	"os"
	"sync"
	"syscall"
	"time"
)

// stopper turns signals, and the end of the parent, into the end of a context, and passes them on.
type stopper struct {
	signals <-chan os.Signal
	quit    chan struct{}
	cancel  context.CancelFunc

	mu      sync.Mutex
	first   syscall.Signal
	forward func(sig syscall.Signal, again bool)
}

func newStopper(signals <-chan os.Signal) *stopper {
	return &stopper{signals: signals, quit: make(chan struct{})}
}

// context returns a context that ends with the first signal.
func (s *stopper) context(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	s.cancel = cancel
	go s.watch(os.Getppid())
	return ctx, cancel
}

// watch waits for signals. A parent that was killed leaves us to another one: nobody waits for the command any more, and
// nobody will send the second signal.
func (s *stopper) watch(parent int) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	var patience <-chan time.Time
	for {
		select {
		case <-s.quit:
			return
		case sig := <-s.signals:
			s.handle(sig.(syscall.Signal))
		case <-tick.C:
			if patience == nil && os.Getppid() != parent {
				patience = time.After(quitLimit)
				s.handle(syscall.SIGTERM)
			}
		case <-patience:
			s.handle(syscall.SIGTERM)
		}
	}
}

func (s *stopper) handle(sig syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	again := s.first != 0
	if !again {
		s.first = sig
	}
	s.cancel()
	if s.forward != nil {
		s.forward(sig, again)
	}
}

// signal returns the first signal, or 0.
func (s *stopper) signal() syscall.Signal {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.first
}

// onSignal sets what passes signals on to the command. One that came before is passed on now.
func (s *stopper) onSignal(forward func(sig syscall.Signal, again bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forward = forward
	if forward != nil && s.first != 0 {
		forward(s.first, false)
	}
}

func (s *stopper) end() { close(s.quit) }
