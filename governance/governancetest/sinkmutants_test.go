package governancetest_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/shugo-data/shugo/governance"
)

var errTwice = errors.New("duplicate key")

// sinkMutants are sinks that somebody could have written.
func sinkMutants() []mutant[func(*ledger) governance.AuditSink] {
	var all []mutant[func(*ledger) governance.AuditSink]
	add := func(name, killer string, make func(*ledger) governance.AuditSink) {
		all = append(all, mutant[func(*ledger) governance.AuditSink]{name, killer, func() func(*ledger) governance.AuditSink {
			return make
		}})
	}
	cut := func(name, killer string, cut func(*governance.Record, governance.Event)) {
		add(name, killer, func(l *ledger) governance.AuditSink { l.cut = cut; return l })
	}
	write := func(name, killer string, write func(*ledger, governance.Event) error) {
		add(name, killer, func(l *ledger) governance.AuditSink { l.write = write; return l })
	}
	cutMutants(cut)
	writeMutants(write)
	callMutants(add)
	return all
}

// cutMutants lose a fact.
func cutMutants(add func(name, killer string, cut func(*governance.Record, governance.Event))) {
	add("milliseconds", "Times", func(r *governance.Record, _ governance.Event) {
		r.Time = r.Time.Truncate(time.Millisecond)
	})
	add("local time", "Times", func(r *governance.Record, _ governance.Event) {
		r.Time = r.Time.In(time.FixedZone("Asia/Tokyo", 9*60*60))
	})
	add("no rows means not counted", "Rows", func(r *governance.Record, _ governance.Event) {
		if r.Rows == 0 {
			r.Rows = governance.NotCounted
		}
	})
	add("rows in 32 bits", "Rows", func(r *governance.Record, _ governance.Event) { r.Rows = int64(int32(r.Rows)) })
	add("sorts categories", "EveryFact", func(r *governance.Record, _ governance.Event) { slices.Sort(r.Categories) })
	add("keeps one category", "EveryFact", func(r *governance.Record, _ governance.Event) {
		r.Categories = r.Categories[:min(1, len(r.Categories))]
	})
	add("forgets the stage", "EveryFact", func(r *governance.Record, _ governance.Event) { r.Stage = "" })
	add("needs a category", "EveryFact", func(r *governance.Record, _ governance.Event) { _ = r.Categories[0] })
	add("list with commas", "Names", func(r *governance.Record, _ governance.Event) {
		if len(r.Masked) > 0 {
			r.Masked = strings.Split(strings.Join(r.Masked, ","), ",")
		}
	})
	add("trims names", "Names", func(r *governance.Record, _ governance.Event) { r.Operation = strings.TrimSpace(r.Operation) })
	add("cuts long names", "Names", func(r *governance.Record, _ governance.Event) { r.Rule = r.Rule[:min(255, len(r.Rule))] })
	add("swaps the persons", "Persons", func(r *governance.Record, _ governance.Event) {
		r.Actor, r.Subject = r.Subject, r.Actor
	})
	add("raw subject on record", "Persons", func(r *governance.Record, e governance.Event) {
		r.Subject = governance.Pseudonym(e.Subject)
	})
	add("nobody has a pseudonym", "Persons", func(r *governance.Record, e governance.Event) {
		if e.Subject == "" {
			r.Subject = "b613679a0814d9ec772f95d778c35fc5"
		}
	})
}

// writeMutants write wrongly.
func writeMutants(add func(name, killer string, write func(*ledger, governance.Event) error)) {
	add("only effects", "Found", func(l *ledger, e governance.Event) error {
		if e.Kind != governance.Effect {
			return nil
		}
		return l.insert(e)
	})
	add("raw subject beside the record", "NoRawPersons", func(l *ledger, e governance.Event) error {
		fmt.Fprintf(&l.raw, "%s %s\n", e.ID, string(e.Subject))
		return l.insert(e)
	})
	add("every event is new", "Repeated", func(l *ledger, e governance.Event) error { l.add(e); return nil })
	add("errors on duplicates", "Repeated", func(l *ledger, e governance.Event) error {
		if _, known := l.taken[l.key(e)]; known {
			return errTwice
		}
		return l.insert(e)
	})
	add("the last stays", "FirstStays", func(l *ledger, e governance.Event) error {
		if at, known := l.taken[l.key(e)]; known {
			l.records[at] = l.record(e)
		}
		return l.insert(e)
	})
	add("full after a thousand", "Concurrent", func(l *ledger, e governance.Event) error {
		if len(l.records) == 1000 {
			return nil
		}
		return l.insert(e)
	})
	add("keeps the slices", "SlicesNotKept", func(l *ledger, e governance.Event) error {
		if _, known := l.taken[l.key(e)]; !known {
			l.add(e)
			l.records[len(l.records)-1].Masked = e.Masked
		}
		return nil
	})
	add("sorts the caller's slice", "SlicesNotChanged", func(l *ledger, e governance.Event) error {
		defer slices.Sort(e.Masked)
		return l.insert(e)
	})
	add("appends to the caller's slice", "SlicesNotChanged", func(l *ledger, e governance.Event) error {
		_ = append(e.Categories, "audited")
		return l.insert(e)
	})
}

// callMutants have the wrong key, or mishandle concurrency and contexts.
func callMutants(add func(name, killer string, make func(*ledger) governance.AuditSink)) {
	add("dedupes by ID alone", "EveryKind", func(l *ledger) governance.AuditSink {
		l.key = func(e governance.Event) any { return e.ID }
		return l
	})
	add("half an ID", "IDs", func(l *ledger) governance.AuditSink {
		l.key = func(e governance.Event) any { return [2]any{[8]byte(e.ID[:8]), e.Kind} }
		return l
	})
	add("drops the tenth when busy", "Concurrent", func(l *ledger) governance.AuditSink {
		var busy, n atomic.Int64
		l.before = func(context.Context, governance.Event) (bool, error) {
			defer busy.Add(-1)
			others := busy.Add(1) > 1
			runtime.Gosched()
			return n.Add(1)%10 == 0 && others, nil
		}
		return l
	})
	add("lost update", "Concurrent", func(l *ledger) governance.AuditSink {
		return governance.AuditSinkFunc(func(ctx context.Context, e governance.Event) error { return lostUpdate(l, ctx, e) })
	})
	add("looks, then inserts", "RepeatedAtOnce", func(l *ledger) governance.AuditSink {
		return governance.AuditSinkFunc(func(ctx context.Context, e governance.Event) error { return lookThenInsert(l, ctx, e) })
	})
	add("nil when the context has ended", "EndedContext", func(l *ledger) governance.AuditSink {
		l.before = func(ctx context.Context, _ governance.Event) (bool, error) { return ctx.Err() != nil, nil }
		return l
	})
	add("nil when the context ends midway", "ContextEndsMidway", func(l *ledger) governance.AuditSink {
		l.before = func(ctx context.Context, _ governance.Event) (bool, error) {
			if err := ctx.Err(); err != nil {
				return true, err
			}
			runtime.Gosched()
			return ctx.Err() != nil, nil
		}
		return l
	})
	add("deaf to its context", "ReturnsWhenContextEnds", func(l *ledger) governance.AuditSink { l.deaf = true; return l })
	add("taken before it is written", "ReturnsWhenContextEnds", func(l *ledger) governance.AuditSink {
		return governance.AuditSinkFunc(func(ctx context.Context, e governance.Event) error { return takenTooEarly(l, ctx, e) })
	})
}

// lostUpdate copies the records, adds one, and replaces them: each step under the lock, but not all under one.
func lostUpdate(l *ledger, ctx context.Context, e governance.Event) error {
	if err := l.wait(ctx); err != nil {
		return err
	}
	l.mu.Lock()
	records := slices.Clip(l.records)
	_, known := l.taken[l.key(e)]
	l.taken[l.key(e)] = len(records)
	l.mu.Unlock()
	if known {
		return nil
	}
	runtime.Gosched()
	records = append(records, l.record(e))
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records = records
	return nil
}

// lookThenInsert looks for a repeated event, and inserts without looking again.
func lookThenInsert(l *ledger, ctx context.Context, e governance.Event) error {
	if err := l.wait(ctx); err != nil {
		return err
	}
	l.mu.Lock()
	_, known := l.taken[l.key(e)]
	l.mu.Unlock()
	if known {
		return nil
	}
	runtime.Gosched()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.add(e)
	return nil
}

// takenTooEarly remembers an event that it has then no time to write.
func takenTooEarly(l *ledger, ctx context.Context, e governance.Event) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	_, known := l.taken[l.key(e)]
	l.taken[l.key(e)] = -1
	l.mu.Unlock()
	if known {
		return nil
	}
	if err := l.wait(ctx); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.add(e)
	return nil
}
