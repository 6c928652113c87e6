package governancetest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/shugo-data/shugo/governance"
)

func (h PolicyHarness) cases(ctx context.Context) error {
	if len(h.Cases) == 0 {
		return errors.New("the harness has no cases")
	}
	for _, c := range h.Cases {
		if err := h.want(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func (h PolicyHarness) zeroRequest(ctx context.Context) error {
	return h.refusesRequest(ctx, governance.Request{})
}

// nobody: what a person may do with the person's own data, nobody may do with nobody's.
func (h PolicyHarness) nobody(ctx context.Context) error {
	for _, c := range h.Cases {
		q := copyRequest(c.Request)
		if q.Subject == "" || q.Subject != q.Caller.ID {
			continue
		}
		q.Caller, q.Subject = governance.Caller{Purpose: q.Caller.Purpose}, ""
		if err := h.refusesRequest(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// unknown is a name that no host knows.
const unknown = "governancetest_unknown"

func (h PolicyHarness) unknownAction(ctx context.Context) error {
	if err := h.refuses(ctx, func(q *governance.Request) { q.Action = unknown }); err != nil {
		return err
	}
	return h.refuses(ctx, func(q *governance.Request) { q.Action = "" })
}

func (h PolicyHarness) unknownCategory(ctx context.Context) error {
	return h.refuses(ctx, func(q *governance.Request) { q.Categories = []governance.Category{unknown} })
}

// oneUnknownCategory: a call touches all of its categories, so knowing some of them is not enough.
func (h PolicyHarness) oneUnknownCategory(ctx context.Context) error {
	err := h.refuses(ctx, func(q *governance.Request) { q.Categories = append(q.Categories, unknown) })
	if err != nil {
		return err
	}
	return h.refuses(ctx, func(q *governance.Request) { q.Categories = slices.Insert(q.Categories, 0, unknown) })
}

// emptyFields: whatever is empty in a request, a policy answers in due form. Its opinion is its own.
func (h PolicyHarness) emptyFields(ctx context.Context) error {
	empties := []func(*governance.Request){
		func(q *governance.Request) { q.Caller = governance.Caller{} },
		func(q *governance.Request) { q.Caller.ID = "" },
		func(q *governance.Request) { q.Caller.Roles = nil },
		func(q *governance.Request) { q.Caller.Roles = []string{} },
		func(q *governance.Request) { q.Caller.Purpose = "" },
		func(q *governance.Request) { q.Subject = "" },
		func(q *governance.Request) { q.Operation, q.Store, q.Dataset = "", "", "" },
		func(q *governance.Request) { q.Categories = nil },
		func(q *governance.Request) { q.Categories = []governance.Category{} },
		func(q *governance.Request) { q.Action = "" },
	}
	for _, c := range h.Cases {
		for _, empty := range empties {
			q := copyRequest(c.Request)
			empty(&q)
			if _, _, violation := h.ask(ctx, q); violation != nil {
				return violation
			}
		}
	}
	return nil
}

// noEffects: an answer does not depend on what was asked before.
func (h PolicyHarness) noEffects(ctx context.Context) error {
	for range 20 {
		if err := h.cases(ctx); err != nil {
			return fmt.Errorf("asked again: %w", err)
		}
	}
	for _, c := range slices.Backward(h.Cases) {
		if err := h.want(ctx, c); err != nil {
			return fmt.Errorf("asked in another order: %w", err)
		}
	}
	return nil
}

func (h PolicyHarness) concurrent(ctx context.Context) error {
	if len(h.Cases) == 0 {
		return nil // the check Cases says so
	}
	return parallel(goroutines, func(i int) error {
		for n := range 50 {
			if err := h.want(ctx, h.Cases[(i+n)%len(h.Cases)]); err != nil {
				return fmt.Errorf("asked from %d goroutines: %w", goroutines, err)
			}
		}
		return nil
	})
}

// endedContext: a policy that has no time to find out says so with an error. No opinion instead of a denial would admit.
func (h PolicyHarness) endedContext(ctx context.Context) error {
	for _, c := range h.Cases {
		for looks := range manyLooks {
			v, err := h.Policy.Evaluate(endingAfter(ctx, looks), copyRequest(c.Request))
			if err == nil && !equalVerdicts(v, c.Want) {
				return fmt.Errorf("%s: got %s when the context had ended, want %s or an error",
					describe(c.Request), verdict(v), verdict(c.Want))
			}
		}
	}
	return nil
}

func (h PolicyHarness) returnsWhenContextEnds(ctx context.Context) error {
	if h.Stall == nil {
		return skipped("PolicyHarness.Stall")
	}
	for _, c := range h.Cases {
		a, err := abandon(ctx, h.Stall, func(ctx context.Context) (governance.Verdict, error) {
			return h.Policy.Evaluate(ctx, copyRequest(c.Request))
		})
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", describe(c.Request), err)
		case a.err == nil && !equalVerdicts(a.value, c.Want):
			return fmt.Errorf("%s: got %s when the context ended, want %s or an error",
				describe(c.Request), verdict(a.value), verdict(c.Want))
		}
	}
	return nil
}

// slicesNotKept changes the slices of a request when it has been answered, and asks again.
func (h PolicyHarness) slicesNotKept(ctx context.Context) error {
	for _, c := range h.Cases {
		q := copyRequest(c.Request)
		if _, err := h.Policy.Evaluate(ctx, q); err != nil {
			return fmt.Errorf("%s: %w", describe(c.Request), err)
		}
		for i := range q.Caller.Roles {
			q.Caller.Roles[i] = unknown
		}
		for i := range q.Categories {
			q.Categories[i] = unknown
		}
		v, err := h.Policy.Evaluate(ctx, q) // not a copy: a policy may have remembered the memory
		if err == nil && v.Opinion == governance.Allow {
			return fmt.Errorf("%s: allowed, after the same slices had been those of %s", describe(q), describe(c.Request))
		}
		if err := h.want(ctx, c); err != nil {
			return fmt.Errorf("after the caller reused the slices of the request: %w", err)
		}
	}
	return nil
}

// slicesNotChanged looks whether a policy has written to the slices of a request, or behind them.
func (h PolicyHarness) slicesNotChanged(ctx context.Context) error {
	for _, c := range h.Cases {
		roles := append(slices.Clone(c.Request.Caller.Roles), "z", "a")
		categories := append(slices.Clone(c.Request.Categories), "z", "a")
		wantRoles, wantCategories := slices.Clone(roles), slices.Clone(categories)
		q := c.Request
		q.Caller.Roles, q.Categories = roles[:len(roles)-2], categories[:len(categories)-2]
		if _, err := h.Policy.Evaluate(ctx, q); err != nil {
			return fmt.Errorf("%s: %w", describe(c.Request), err)
		}
		if !slices.Equal(roles, wantRoles) || !slices.Equal(categories, wantCategories) {
			return fmt.Errorf("%s: the slices of the request were changed", describe(c.Request))
		}
	}
	return nil
}

// maskStays: a verdict belongs to the guard, and later questions do not change it.
func (h PolicyHarness) maskStays(ctx context.Context) error {
	var verdicts []governance.Verdict
	for _, c := range h.Cases {
		v, err := h.Policy.Evaluate(ctx, copyRequest(c.Request))
		if err != nil {
			return fmt.Errorf("%s: %w", describe(c.Request), err)
		}
		verdicts = append(verdicts, v)
	}
	for i, c := range h.Cases {
		if !equalVerdicts(verdicts[i], c.Want) {
			return fmt.Errorf("%s: the verdict has become %s, want %s", describe(c.Request), verdict(verdicts[i]), verdict(c.Want))
		}
	}
	return nil
}
