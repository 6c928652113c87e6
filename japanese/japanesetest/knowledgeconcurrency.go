package japanesetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// callers is how many ask at the same time, and lookUps how often each does.
const (
	callers = 16
	lookUps = 10
)

// concurrentLookUps: many callers at once get the same answers as one alone.
func concurrentLookUps(ctx context.Context, h KnowledgeHarness) error {
	errs := make([]error, callers)
	start := make(chan struct{})
	var running sync.WaitGroup
	for caller := range callers {
		running.Go(func() {
			<-start
			errs[caller] = guarded(func() error {
				items := h.items()
				for i := range lookUps {
					if err := h.asked(ctx, items[(caller+i)%len(items):], h.Kinds); err != nil {
						return err
					}
				}
				return nil
			})
		})
	}
	close(start)
	running.Wait()
	return errors.Join(errs...)
}

// endedLookUp: when the context has ended, the answer is right, or the error is the context's. What is not allowed is to know less.
func endedLookUp(ctx context.Context, h KnowledgeHarness) error {
	ended, cancel := context.WithCancel(ctx)
	cancel()
	return h.rightOrEnded(ended)
}

func (h KnowledgeHarness) rightOrEnded(ctx context.Context) error {
	_, err := h.KnowledgeBase.Facts(ctx, h.items(), h.Kinds)
	switch {
	case err == nil:
		return h.asked(ctx, h.items(), h.Kinds)
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return nil
	}
	return fmt.Errorf("got an error of type %T that is not the context's: expected the facts, or an error that is", err)
}

const (
	// patience is how long a call may stand still before its context ends, so that it is under way by then.
	patience = 100 * time.Millisecond
	// prompt is how long a call may take to come back after its context has ended. It is long, so that a slow machine is no violation.
	prompt = 10 * time.Second
)

// stalledLookUp: a call that waits for somebody else comes back when its context ends, and does not say that nothing is known.
func stalledLookUp(ctx context.Context, h KnowledgeHarness) error {
	if h.Stall == nil {
		return nil
	}
	release := h.Stall()
	defer release()
	ends, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	outcome := make(chan error, 1)
	go func() {
		outcome <- guarded(func() error { return h.rightOrEnded(ends) })
	}()
	late := time.NewTimer(patience + prompt)
	defer late.Stop()
	select {
	case err := <-outcome:
		return err
	case <-late.C:
		return fmt.Errorf("the call did not come back within %s of the end of its context", prompt)
	}
}
