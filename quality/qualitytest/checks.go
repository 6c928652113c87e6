package qualitytest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/shugo-data/shugo/quality"
)

// cases: each case gets its answer.
func cases[T any](ctx context.Context, h, _ Harness[T]) error {
	return each(ctx, h, func(c Case[T], a answer) error { return c.right(a) })
}

// knownWords: issues have a known dimension and severity, and a code.
func knownWords[T any](ctx context.Context, h, _ Harness[T]) error {
	return each(ctx, h, func(c Case[T], a answer) error {
		if err := a.words(); err != nil {
			return fmt.Errorf("case %s: %w", c.Name, err)
		}
		return nil
	})
}

// noValues: no value of a record is in an issue or an error, also when the context has ended.
func noValues[T any](ctx context.Context, h, _ Harness[T]) error {
	if err := each(ctx, h, func(c Case[T], a answer) error { return c.sings(a) }); err != nil {
		return err
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	return each(ended, h, func(c Case[T], a answer) error { return c.sings(a) })
}

// skips: a skip says what was skipped and why.
func skips[T any](ctx context.Context, h, _ Harness[T]) error {
	return each(ctx, h, func(c Case[T], a answer) error {
		var skipped *quality.SkippedError
		if errors.As(a.err, &skipped) && (skipped == nil || skipped.Code == "" || skipped.Because == "") {
			return fmt.Errorf("case %s: a skip without a code or a reason", c.Name)
		}
		return nil
	})
}

// rounds is how often a validator is asked the same.
const rounds = 20

// deterministic: the same record gets the same answer, in the same order, whatever was asked before.
func deterministic[T any](ctx context.Context, h, _ Harness[T]) error {
	first := make([]answer, len(h.Cases))
	for round := range rounds {
		for i := range h.Cases {
			if round%2 == 1 {
				i = len(h.Cases) - 1 - i
			}
			c := h.Cases[i]
			a, violation := ask(ctx, h.Validator, c.Record)
			if violation != nil {
				return violation
			}
			if round == 0 {
				first[i] = answer{slices.Clone(a.issues), a.err}
			}
			if !a.same(first[i]) {
				return fmt.Errorf("case %s: got %s, and when asked again %s, or the same in another order or with other words",
					c.Name, first[i].said(), a.said())
			}
		}
	}
	return nil
}

// reopened: another validator of the same kind gives the same answers, so that codes are stable from one process to the next.
func reopened[T any](ctx context.Context, h, fresh Harness[T]) error {
	for i, c := range h.Cases {
		a, violation := ask(ctx, h.Validator, c.Record)
		b, other := ask(ctx, fresh.Validator, fresh.Cases[i].Record)
		if err := errors.Join(violation, other); err != nil {
			return err
		}
		if !a.same(b) {
			return fmt.Errorf("case %s: one validator says %s, another of its kind %s, or the same with other words", c.Name, a.said(), b.said())
		}
	}
	return nil
}

// recordStays: a record is not changed. Records that do not equal their like, since they hold a function or NaN, are left out.
func recordStays[T any](ctx context.Context, h, fresh Harness[T]) error {
	for i, c := range h.Cases {
		untouched := fresh.Cases[i].Record
		if !reflect.DeepEqual(c.Record, untouched) {
			continue
		}
		if _, violation := ask(ctx, h.Validator, c.Record); violation != nil {
			return violation
		}
		if !reflect.DeepEqual(c.Record, untouched) {
			return fmt.Errorf("case %s: the validator changed the record", c.Name)
		}
	}
	return nil
}

// issuesBelongToCaller: what a caller does to the issues does not change later answers.
func issuesBelongToCaller[T any](ctx context.Context, h, _ Harness[T]) error {
	return each(ctx, h, func(c Case[T], a answer) error {
		before := answer{slices.Clone(a.issues), a.err}
		for i := range a.issues {
			a.issues[i] = quality.Issue{Code: "overwritten"}
		}
		if room := a.issues[len(a.issues):cap(a.issues)]; len(room) > 0 {
			clear(room)
		}
		again, violation := ask(ctx, h.Validator, c.Record)
		if violation != nil {
			return violation
		}
		if !again.same(before) {
			return fmt.Errorf("case %s: the caller changed the issues, and the next answer changed with them", c.Name)
		}
		return nil
	})
}

// zeroRecord: a record of which nothing is set is judged, or refused, but does not panic.
func zeroRecord[T any](ctx context.Context, h, _ Harness[T]) error {
	var zero T
	a, violation := ask(ctx, h.Validator, zero)
	if violation != nil {
		return violation
	}
	return a.words()
}

// goroutines is how many ask at the same time.
const goroutines = 16

// concurrent: many callers at once get the same answers as one alone.
func concurrent[T any](ctx context.Context, h, _ Harness[T]) error {
	errs := make([]error, goroutines)
	start := make(chan struct{})
	var running sync.WaitGroup
	for g := range goroutines {
		running.Go(func() {
			<-start
			for round := range rounds {
				c := h.Cases[(g+round)%len(h.Cases)]
				a, violation := ask(ctx, h.Validator, c.Record)
				if errs[g] = errors.Join(violation, c.right(a)); errs[g] != nil {
					return
				}
			}
		})
	}
	close(start)
	running.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// each asks about each case.
func each[T any](ctx context.Context, h Harness[T], judge func(Case[T], answer) error) error {
	for _, c := range h.Cases {
		a, violation := ask(ctx, h.Validator, c.Record)
		if violation != nil {
			return fmt.Errorf("case %s: %w", c.Name, violation)
		}
		if err := judge(c, a); err != nil {
			return err
		}
	}
	return nil
}
