package governancetest

import (
	"context"
	"fmt"

	"github.com/shugo-data/shugo/governance"
)

const (
	tutoring  governance.Purpose = "tutoring"
	analytics governance.Purpose = "analytics"
)

func (h RegisterHarness) unknownPerson(ctx context.Context) error {
	if err := h.expect(ctx, standing{about: "learner-7", purpose: tutoring}); err != nil {
		return fmt.Errorf("a new register: %w", err)
	}
	if err := h.grant(ctx, "learner-8", tutoring); err != nil {
		return err
	}
	return h.expect(ctx, standing{about: "learner-7", purpose: tutoring}, standing{about: "learner-7"})
}

// nobody: whatever is recorded about persons, nobody is none of them.
func (h RegisterHarness) nobody(ctx context.Context) error {
	if err := h.grant(ctx, "learner-7", tutoring); err != nil {
		return err
	}
	for _, change := range []func(context.Context, governance.Subject, bool) error{h.Restrict, h.Hold} {
		if change == nil {
			continue
		}
		if err := change(ctx, "learner-7", true); err != nil {
			return err
		}
	}
	return h.expect(ctx, standing{purpose: tutoring}, standing{})
}

func (h RegisterHarness) consent(ctx context.Context) error {
	for range 2 { // consent may be given again
		if err := h.grant(ctx, "learner-7", tutoring); err != nil {
			return err
		}
		if err := h.expect(ctx, standing{"learner-7", tutoring, governance.Standing{Consented: true}}); err != nil {
			return err
		}
	}
	return nil
}

func (h RegisterHarness) eachPurpose(ctx context.Context) error {
	if err := h.grant(ctx, "learner-7", tutoring, "%"); err != nil {
		return err
	}
	yes := governance.Standing{Consented: true}
	all := []standing{{"learner-7", tutoring, yes}, {"learner-7", "%", yes}}
	for _, other := range []governance.Purpose{analytics, "tutor", "tutoring2", "Tutoring", "tutoring ", "t%", "_", "tutor_ng"} {
		all = append(all, standing{about: "learner-7", purpose: other})
	}
	return h.expect(ctx, all...)
}

// noPurpose: consent to every purpose that there is is not consent to none.
func (h RegisterHarness) noPurpose(ctx context.Context) error {
	if err := h.grant(ctx, "learner-7", tutoring, analytics); err != nil {
		return err
	}
	return h.expect(ctx, standing{about: "learner-7"})
}

// eachPerson has persons and purposes that a store could mistake for each other.
func (h RegisterHarness) eachPerson(ctx context.Context) error {
	for _, about := range []governance.Subject{"learner-1", "%", "ab", "山田"} {
		if err := h.grant(ctx, about, tutoring, "c"); err != nil {
			return err
		}
	}
	yes := governance.Standing{Consented: true}
	all := []standing{{"learner-1", tutoring, yes}, {"%", tutoring, yes}, {"山田", tutoring, yes}, {"ab", "c", yes}}
	for _, other := range []governance.Subject{
		"learner-10", "learner-", "Learner-1", "learner_1", "learner-1 ", "l%", "_", "山", "' OR '1'='1",
	} {
		all = append(all, standing{about: other, purpose: tutoring})
	}
	return h.expect(ctx, append(all, standing{about: "a", purpose: "bc"}, standing{about: "abc"})...)
}

func (h RegisterHarness) withdrawal(ctx context.Context) error {
	yes := governance.Standing{Consented: true}
	if err := h.grant(ctx, "learner-7", tutoring, analytics); err != nil {
		return err
	}
	if err := h.grant(ctx, "learner-8", tutoring); err != nil {
		return err
	}
	for range 3 { // given and withdrawn again
		if err := h.expect(ctx, standing{"learner-7", tutoring, yes}); err != nil {
			return err
		}
		if err := h.withdraw(ctx, "learner-7", tutoring); err != nil {
			return err
		}
		err := h.expect(ctx, standing{about: "learner-7", purpose: tutoring},
			standing{"learner-7", analytics, yes}, standing{"learner-8", tutoring, yes})
		if err != nil {
			return fmt.Errorf("after %q withdrew %q: %w", "learner-7", tutoring, err)
		}
		if err := h.grant(ctx, "learner-7", tutoring); err != nil {
			return err
		}
	}
	return h.expect(ctx, standing{"learner-7", tutoring, yes})
}

func (h RegisterHarness) restriction(ctx context.Context) error {
	if h.Restrict == nil {
		return skipped("RegisterHarness.Restrict")
	}
	return h.mark(ctx, "restriction", h.Restrict, governance.Standing{Restricted: true})
}

func (h RegisterHarness) hold(ctx context.Context) error {
	if h.Hold == nil {
		return skipped("RegisterHarness.Hold")
	}
	return h.mark(ctx, "hold", h.Hold, governance.Standing{Held: true})
}

// mark puts a restriction or a hold on persons, one who consents and one of whom nothing else is known, and lifts it.
func (h RegisterHarness) mark(ctx context.Context, what string,
	set func(context.Context, governance.Subject, bool) error, marked governance.Standing) error {
	if err := h.grant(ctx, "learner-7", tutoring); err != nil {
		return err
	}
	if err := h.grant(ctx, "learner-8", tutoring); err != nil {
		return err
	}
	yes := governance.Standing{Consented: true}
	both := marked
	both.Consented = true
	for _, step := range []struct {
		on            bool
		seven, eleven governance.Standing
	}{{true, both, marked}, {true, both, marked}, {false, yes, governance.Standing{}}} {
		for _, about := range []governance.Subject{"learner-7", "learner-11"} {
			if err := set(ctx, about, step.on); err != nil {
				return fmt.Errorf("%s of %q to %t: %w", what, string(about), step.on, err)
			}
		}
		noConsent := step.eleven
		err := h.expect(ctx, standing{"learner-7", tutoring, step.seven}, standing{"learner-7", analytics, noConsent},
			standing{"learner-7", "", noConsent}, standing{"learner-11", tutoring, step.eleven},
			standing{"learner-8", tutoring, yes}, standing{about: "learner-1", purpose: tutoring})
		if err != nil {
			return fmt.Errorf("after %s was set to %t: %w", what, step.on, err)
		}
	}
	return nil
}
