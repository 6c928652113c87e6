package japanesetest

import (
	"context"
	"slices"
	"sync"

	"github.com/shugo-data/shugo/japanese"
)

// KnowledgeBase is a fake japanese.KnowledgeBase. Its zero value knows nothing. It is safe for concurrent use once its fields are set.
type KnowledgeBase struct {
	// Known are the facts that it knows.
	Known []japanese.Fact
	// Faults are what it does wrong: of those that fit a call, the first.
	Faults []KnowledgeFault

	mu    sync.Mutex
	calls int
}

// KnowledgeFault is something that the fake does wrong, in this order: it stalls, fails, or lies.
type KnowledgeFault struct {
	// Call is the number of the call that the fault is for, counted from 1. Zero: every call.
	Call int
	// Stall makes the call wait until its context ends, and then return the context's error.
	Stall bool
	// Until makes the call wait until the channel is closed and go on, or until its context ends, as with Stall.
	Until <-chan struct{}
	// Err is the error that the call returns. Nil: none.
	Err error
	// Lie changes the answer, which it may keep and overwrite. Nil: the answer is right.
	Lie func(facts []japanese.Fact) []japanese.Fact
}

// Facts implements japanese.KnowledgeBase.
func (kb *KnowledgeBase) Facts(ctx context.Context, items []string, kinds []japanese.FactKind) ([]japanese.Fact, error) {
	fault := kb.next()
	if err := fault.wait(ctx); err != nil {
		return nil, err
	}
	if fault.Err != nil {
		return nil, fault.Err
	}
	var found []japanese.Fact
	for _, f := range kb.Known {
		if slices.Contains(items, f.Item) && slices.Contains(kinds, f.Kind) {
			found = append(found, f)
		}
	}
	if fault.Lie != nil {
		return fault.Lie(found), nil
	}
	return found, nil
}

// Calls returns how often the knowledge base was asked.
func (kb *KnowledgeBase) Calls() int {
	kb.mu.Lock()
	defer kb.mu.Unlock()
	return kb.calls
}

// next counts a call and returns the fault for it.
func (kb *KnowledgeBase) next() KnowledgeFault {
	kb.mu.Lock()
	defer kb.mu.Unlock()
	kb.calls++
	for _, f := range kb.Faults {
		if f.Call == 0 || f.Call == kb.calls {
			return f
		}
	}
	return KnowledgeFault{}
}

func (f KnowledgeFault) wait(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	switch {
	case f.Stall:
		<-ctx.Done()
		return ctx.Err()
	case f.Until != nil:
		select {
		case <-f.Until:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
