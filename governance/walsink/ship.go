package walsink

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Run ships entries until its context ends or Shutdown is called, and then returns nil. While Ship fails, Run tries again
// after pauses that grow; Status says why it failed. Files are removed when all of their entries are shipped. Run returns
// an error, ErrDamaged or one of the file system, when it cannot go on without losing an entry.
func (s *Sink) Run(ctx context.Context) error {
	tries := 0
	for {
		if s.rest(ctx, tries) {
			return nil
		}
		_ = s.flush(ctx) // whoever waits for these entries is told; a sink that is full or broken ships what it has
		err := s.shipAll(ctx)
		switch failed := (*shipError)(nil); {
		case err == nil:
			tries = 0
		case errors.As(err, &failed):
			tries++
		case ctx.Err() != nil:
			return nil
		default:
			return inDir(err)
		}
	}
}

// rest waits for something to ship and for the others that it is to be shipped with; after failures, as long as the
// pause takes. It reports whether Run is to end.
func (s *Sink) rest(ctx context.Context, tries int) (end bool) {
	pause := s.config.Interval
	if tries > 0 {
		longest := s.config.MaxBackoff
		if tries < 30 {
			longest = min(longest, pause<<tries)
		}
		pause = rand.N(max(longest, 1))
	} else if !s.behind() {
		select {
		case <-s.wake:
		case <-s.closing:
			return true
		case <-ctx.Done():
			return true
		}
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return false
	case <-s.closing:
		return true
	case <-ctx.Done():
		return true
	}
}

// behind reports whether entries wait.
func (s *Sink) behind() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.config.Ship != nil && s.shipped < s.durable
}

// flush writes the entries that nobody waits for: attempts whose calls still run, and entries whose callers have gone.
func (s *Sink) flush(ctx context.Context) error {
	s.mu.Lock()
	return s.await(ctx, s.newest())
}

// shipError is an error of Config.Ship.
type shipError struct{ cause error }

func (e *shipError) Error() string { return fmt.Sprintf("walsink: ship: %v", e.cause) }

func (e *shipError) Unwrap() error { return e.cause }

// shipAll ships what is on the disk.
func (s *Sink) shipAll(ctx context.Context) error {
	if s.config.Ship == nil {
		return nil
	}
	select {
	case s.shipping <- struct{}{}:
		defer func() { <-s.shipping }()
	case <-ctx.Done():
		return ctx.Err()
	}
	for {
		if err := s.fill(); err != nil {
			return err
		}
		if len(s.batch.entries) == 0 {
			return nil
		}
		err := s.config.Ship(ctx, s.origin.String(), int64(s.position()), s.batch.entries)
		s.shippedOr(err)
		if err == nil {
			s.advance()
			if err := s.removeShipped(); err != nil {
				return err
			}
		}
		if s.config.Progress != nil {
			s.config.Progress(s.Status())
		}
		if err != nil {
			return &shipError{err}
		}
	}
}

func (s *Sink) position() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shipped
}

// shippedOr keeps the outcome of a try to ship for Status.
func (s *Sink) shippedOr(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure = err
	if err != nil {
		s.failed = time.Now()
	}
}
