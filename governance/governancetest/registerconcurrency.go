package governancetest

import (
	"context"
	"fmt"

	"github.com/shugo-data/shugo/governance"
)

// withdrawalEverywhere: goroutines that have seen a consent no longer see it after its withdrawal.
func (h RegisterHarness) withdrawalEverywhere(ctx context.Context) error {
	yes := governance.Standing{Consented: true}
	for range 5 {
		if err := h.grant(ctx, "learner-7", tutoring); err != nil {
			return err
		}
		err := h.everywhere(ctx, standing{"learner-7", tutoring, yes})
		if err != nil {
			return fmt.Errorf("after consent: %w", err)
		}
		if err := h.withdraw(ctx, "learner-7", tutoring); err != nil {
			return err
		}
		if err := h.everywhere(ctx, standing{about: "learner-7", purpose: tutoring}); err != nil {
			return fmt.Errorf("after withdrawal: %w", err)
		}
	}
	return nil
}

// everywhere asks from many goroutines at once.
func (h RegisterHarness) everywhere(ctx context.Context, s standing) error {
	return parallel(goroutines, func(int) error { return h.expect(ctx, s, s) })
}

// concurrent has as many persons as goroutines, who all give and withdraw consent at once.
func (h RegisterHarness) concurrent(ctx context.Context) error {
	return parallel(goroutines, func(i int) error {
		about := governance.Subject(fmt.Sprintf("learner-%d", i))
		for range 10 {
			if err := h.grant(ctx, about, tutoring); err != nil {
				return err
			}
			if err := h.expect(ctx, standing{about, tutoring, governance.Standing{Consented: true}}); err != nil {
				return fmt.Errorf("%d goroutines: %w", goroutines, err)
			}
			if err := h.withdraw(ctx, about, tutoring); err != nil {
				return err
			}
			if err := h.expect(ctx, standing{about: about, purpose: tutoring}); err != nil {
				return fmt.Errorf("%d goroutines: %w", goroutines, err)
			}
		}
		return nil
	})
}

// marked gives persons every standing that the harness can make, and returns them.
func (h RegisterHarness) marked(ctx context.Context) ([]standing, error) {
	all := []standing{
		{"learner-7", tutoring, governance.Standing{Consented: true}},
		{"learner-7", analytics, governance.Standing{}},
		{"learner-8", tutoring, governance.Standing{}},
	}
	if err := h.grant(ctx, "learner-7", tutoring); err != nil {
		return nil, err
	}
	if h.Restrict != nil {
		all = append(all, standing{"learner-9", tutoring, governance.Standing{Restricted: true}})
		if err := h.Restrict(ctx, "learner-9", true); err != nil {
			return nil, err
		}
	}
	if h.Hold != nil {
		all = append(all, standing{"learner-10", tutoring, governance.Standing{Held: true}})
		if err := h.Hold(ctx, "learner-10", true); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// endedContext: a register that has no time to find out says so with an error. The zero Standing instead of a hold would
// let data be erased.
func (h RegisterHarness) endedContext(ctx context.Context) error {
	all, err := h.marked(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		for looks := range manyLooks {
			got, err := h.Register.Standing(endingAfter(ctx, looks), s.about, s.purpose)
			if err == nil && got != s.want {
				return fmt.Errorf("got %+v when the context had ended, want %+v or an error", got, s.want)
			}
		}
	}
	return h.expect(ctx, all...)
}

func (h RegisterHarness) returnsWhenContextEnds(ctx context.Context) error {
	if h.Stall == nil {
		return skipped("RegisterHarness.Stall")
	}
	all, err := h.marked(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		a, err := abandon(ctx, h.Stall, func(ctx context.Context) (governance.Standing, error) {
			return h.Register.Standing(ctx, s.about, s.purpose)
		})
		switch {
		case err != nil:
			return err
		case a.err == nil && a.value != s.want:
			return fmt.Errorf("got %+v when the context ended, want %+v or an error", a.value, s.want)
		}
	}
	return h.expect(ctx, all...)
}
