package governancetest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/shugo-data/shugo/governance"
)

// eventsEach is how many events each goroutine of a check hands over.
const eventsEach = 50

// concurrent hands events over from many goroutines. They share their slices, as events of a guard do.
func (h SinkHarness) concurrent(ctx context.Context) error {
	shared := full(governance.Effect)
	events := make([]governance.Event, goroutines*eventsEach)
	for i := range events {
		events[i] = shared
		events[i].ID, events[i].Rows = newID(), int64(i)
	}
	err := parallel(goroutines, func(i int) error {
		return h.record(ctx, events[i*eventsEach:(i+1)*eventsEach]...)
	})
	if err != nil {
		return fmt.Errorf("%d goroutines: %w", goroutines, err)
	}
	if err := h.expect(ctx, events...); err != nil {
		return fmt.Errorf("%d events from %d goroutines: %w", len(events), goroutines, err)
	}
	return nil
}

// endedContext hands an event over with a context that has ended, and then, as a guard does, once more without.
func (h SinkHarness) endedContext(ctx context.Context) error {
	ended, cancel := context.WithCancel(ctx)
	cancel()
	e := full(governance.Effect)
	if h.Sink.Record(ended, e) == nil {
		if err := h.expect(ctx, e); err != nil {
			return fmt.Errorf("with a context that had ended: %w", err)
		}
	}
	if err := h.recordAndExpect(ctx, e); err != nil {
		return fmt.Errorf("handed over again after its context had ended: %w", err)
	}
	return nil
}

// contextEndsMidway ends contexts when the sink has looked at them a number of times.
func (h SinkHarness) contextEndsMidway(ctx context.Context) error {
	var events, taken []governance.Event
	for looks := range manyLooks {
		e := full(governance.Effect)
		events = append(events, e)
		if h.Sink.Record(endingAfter(ctx, looks), e) == nil {
			taken = append(taken, e)
		}
	}
	found, err := h.byKey(ctx)
	if err != nil {
		return err
	}
	for _, e := range taken {
		if len(found[eventKey{e.ID, e.Kind}]) != 1 {
			return errors.New("an event whose context ended meanwhile: taken without an error, but not on record")
		}
	}
	if err := h.recordAndExpect(ctx, events...); err != nil {
		return fmt.Errorf("handed over again after its context had ended: %w", err)
	}
	return nil
}

// returnsWhenContextEnds ends the context of an event while its store gives no answer, and then hands it over again.
func (h SinkHarness) returnsWhenContextEnds(ctx context.Context) error {
	if h.Stall == nil {
		return skipped("SinkHarness.Stall")
	}
	e := full(governance.Effect)
	a, err := abandon(ctx, h.Stall, func(ctx context.Context) (governance.Nothing, error) {
		return governance.Nothing{}, h.Sink.Record(ctx, e)
	})
	if err != nil {
		return err
	}
	if a.err == nil {
		if err := h.expect(ctx, e); err != nil {
			return fmt.Errorf("while the store stalled: %w", err)
		}
	}
	if err := h.recordAndExpect(ctx, e); err != nil {
		return fmt.Errorf("handed over again after the store stalled: %w", err)
	}
	return nil
}

// slicesNotKept changes the slices of an event when it has been taken.
func (h SinkHarness) slicesNotKept(ctx context.Context) error {
	e := full(governance.Effect)
	want := copyOf(e)
	if err := h.record(ctx, e); err != nil {
		return err
	}
	clear(e.Categories)
	clear(e.Masked)
	if err := h.expect(ctx, want); err != nil {
		return fmt.Errorf("after the caller reused the slices of the event: %w", err)
	}
	return nil
}

// slicesNotChanged looks whether a sink has written to the slices of an event, or behind them.
func (h SinkHarness) slicesNotChanged(ctx context.Context) error {
	e := full(governance.Effect)
	categories := append(slices.Clip(e.Categories), "c", "a")
	masked := append(slices.Clip(e.Masked), "c", "a")
	wantCategories, wantMasked := slices.Clone(categories), slices.Clone(masked)
	e.Categories, e.Masked = categories[:len(categories)-2], masked[:len(masked)-2]
	if err := h.record(ctx, e); err != nil {
		return err
	}
	if !slices.Equal(categories, wantCategories) {
		return fmt.Errorf("the categories of the event were changed to %q, want %q", categories, wantCategories)
	}
	if !slices.Equal(masked, wantMasked) {
		return fmt.Errorf("the masked fields of the event were changed to %q, want %q", masked, wantMasked)
	}
	return nil
}
