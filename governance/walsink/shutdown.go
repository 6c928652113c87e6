package walsink

import (
	"context"
	"fmt"
)

// Shutdown takes no more events, waits until those that were taken are on the disk, ships what it can until the context
// ends or Ship fails once, and closes the directory. It ends Run. It returns an error when entries could not be synced or
// shipped; those that are synced are kept, and the next sink ships them. When the context ends while the disk, or a Ship
// that Run has called, gives no answer, the directory stays in use until the process ends. Only the first call does anything.
func (s *Sink) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	close(s.closing)
	if err := s.settleAll(ctx); err != nil {
		return err
	}
	shipped := s.shipAll(ctx)
	if err := s.close(ctx); err != nil {
		return err
	}
	if n := s.Status().Entries; n > 0 && shipped != nil {
		return fmt.Errorf("walsink: shut down while %d entries wait to be shipped: %w", n, shipped)
	}
	return nil
}

// settleAll waits until no group is under way.
func (s *Sink) settleAll(ctx context.Context) error {
	for {
		s.mu.Lock()
		idle := s.flying == nil && len(s.pending.keys) == 0
		s.mu.Unlock()
		if idle {
			return nil
		}
		if err := s.flush(ctx); err != nil && ctx.Err() != nil {
			return fmt.Errorf("walsink: shut down: %w", err)
		}
	}
}

// close notes how the directory was left, and gives it back. A broken sink notes nothing: what is on its disk is not
// known.
func (s *Sink) close(ctx context.Context) error {
	select {
	case s.shipping <- struct{}{}: // for good: nobody ships from here any more
	default:
		select {
		case s.shipping <- struct{}{}:
		case <-ctx.Done():
			return fmt.Errorf("walsink: shut down: %w", ctx.Err())
		}
	}
	var err error
	if s.broken == nil {
		err = s.note(s.shipped, true)
	} else {
		err = s.broken
	}
	s.closeFiles()
	unlock(s.lock)
	if err != nil {
		return inDir(err)
	}
	return nil
}
