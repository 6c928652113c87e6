package governancetest_test

import (
	"bytes"
	"context"
	"slices"
	"sync"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/governancetest"
)

// ledger is a correct sink made of replaceable parts, for mutants that have one part wrong.
type ledger struct {
	pseudonyms governance.Pseudonyms
	key        func(governance.Event) any                                     // by which a repeated event is known
	write      func(*ledger, governance.Event) error                          // with the lock held
	cut        func(*governance.Record, governance.Event)                     // nil: the record stays whole
	before     func(context.Context, governance.Event) (stop bool, err error) // nil: nothing
	deaf       bool                                                           // does not listen to its context while it stalls

	mu      sync.Mutex
	records []governance.Record
	taken   map[any]int // place in records
	raw     bytes.Buffer
	stalled chan struct{} // nil: it does not stall
}

func newLedger(p governance.Pseudonyms) *ledger {
	return &ledger{
		pseudonyms: p, taken: map[any]int{}, write: (*ledger).insert,
		key: func(e governance.Event) any { return [2]any{e.ID, e.Kind} },
	}
}

func (l *ledger) Guarantee() governance.Guarantee { return governance.Durable }

func (l *ledger) Record(ctx context.Context, e governance.Event) error {
	if l.before != nil {
		if stop, err := l.before(ctx, e); stop {
			return err
		}
	}
	if err := l.wait(ctx); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.write(l, e)
}

func (l *ledger) wait(ctx context.Context) error {
	switch {
	case l.stalled != nil && l.deaf:
		<-l.stalled
	case l.stalled != nil:
		select {
		case <-l.stalled:
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// insert adds a record, unless the ledger has it.
func (l *ledger) insert(e governance.Event) error {
	if _, known := l.taken[l.key(e)]; !known {
		l.add(e)
	}
	return nil
}

func (l *ledger) add(e governance.Event) {
	l.taken[l.key(e)] = len(l.records)
	l.records = append(l.records, l.record(e))
}

func (l *ledger) record(e governance.Event) governance.Record {
	r := e.Record(l.pseudonyms)
	r.Categories, r.Masked = slices.Clone(r.Categories), slices.Clone(r.Masked)
	if l.cut != nil {
		l.cut(&r, e)
	}
	return r
}

func (l *ledger) harness(sink governance.AuditSink) governancetest.SinkHarness {
	return governancetest.SinkHarness{
		Sink: sink, Pseudonyms: l.pseudonyms,
		Records: func(context.Context) ([]governance.Record, error) {
			l.mu.Lock()
			defer l.mu.Unlock()
			return slices.Clone(l.records), nil
		},
		Dump: func(context.Context) ([]byte, error) { return l.raw.Bytes(), nil },
		Stall: func() func() {
			l.stalled = make(chan struct{})
			return func() { close(l.stalled) }
		},
	}
}
