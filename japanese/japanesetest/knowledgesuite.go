package japanesetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/shugo-data/shugo/japanese"
)

// KnowledgeHarness is a knowledge base under test and what the suite needs to know about it.
type KnowledgeHarness struct {
	// KnowledgeBase is under test.
	KnowledgeBase japanese.KnowledgeBase
	// Facts are all that it knows of their items in the kinds of Kinds: of two items at least, and of two kinds.
	Facts []japanese.Fact
	// Kinds are the kinds that it can know. Empty: all.
	Kinds []japanese.FactKind
	// Stall makes what the knowledge base asks, such as a server, give no answer until release is called. Nil: it asks nobody, and the check
	// ReturnsWhenContextEnds does not run.
	Stall func() (release func())
}

// knowledgeCheck is one named sentence of the contract.
type knowledgeCheck struct {
	name string
	run  func(ctx context.Context, h KnowledgeHarness) error
}

func knowledgeChecks() []knowledgeCheck {
	return []knowledgeCheck{
		{"EachItem", eachItem},
		{"AllItems", allItems},
		{"OnlyWhatIsAsked", onlyWhatIsAsked},
		{"UnknownItems", unknownItems},
		{"HostileItems", hostileItems},
		{"AskedTwice", askedTwice},
		{"NothingAsked", nothingAsked},
		{"ManyItems", manyItems},
		{"StableIDs", stableIDs},
		{"ArgumentsStay", argumentsStay},
		{"FactsBelongToCaller", factsBelongToCaller},
		{"Concurrent", concurrentLookUps},
		{"EndedContext", endedLookUp},
		{"ReturnsWhenContextEnds", stalledLookUp},
	}
}

// TestKnowledgeBase checks the contract of japanese.KnowledgeBase with a subtest for each of its sentences, each on a knowledge base of its own.
// The subtests run in parallel.
func TestKnowledgeBase(t *testing.T, open func(t *testing.T) KnowledgeHarness) {
	t.Helper()
	for _, c := range knowledgeChecks() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if err := c.of(t.Context(), open(t)); err != nil {
				t.Error(err)
			}
		})
	}
}

// CheckKnowledgeBase runs the checks of TestKnowledgeBase one after the other and returns nil, or Violations. It calls open for each.
func CheckKnowledgeBase(ctx context.Context, open func() (KnowledgeHarness, error)) error {
	var found Violations
	for _, c := range knowledgeChecks() {
		h, err := open()
		if err != nil {
			err = fmt.Errorf("open: %w", err)
		} else {
			err = c.of(ctx, h)
		}
		if err != nil {
			found = append(found, Violation{c.name, err.Error()})
		}
	}
	if found == nil {
		return nil
	}
	return found
}

// of runs a check on a harness that can be run.
func (c knowledgeCheck) of(ctx context.Context, h KnowledgeHarness) error {
	if len(h.Kinds) == 0 {
		h.Kinds = []japanese.FactKind{japanese.ReadingFact, japanese.MeaningFact, japanese.LevelFact, japanese.PartOfSpeechFact,
			japanese.ConjugationFact, japanese.ExampleFact}
	}
	return guarded(func() error {
		if err := h.faults(); err != nil {
			return err
		}
		return c.run(ctx, h)
	})
}

// faults returns what keeps the suite from finding out anything.
func (h KnowledgeHarness) faults() error {
	items, kinds := map[string]bool{}, map[japanese.FactKind]bool{}
	for _, f := range h.Facts {
		items[f.Item], kinds[f.Kind] = true, true
	}
	switch {
	case h.KnowledgeBase == nil:
		return errors.New("the harness has no knowledge base")
	case len(items) < 2 || len(kinds) < 2:
		return fmt.Errorf("the harness has facts of %d items and %d kinds: expected two of each at least", len(items), len(kinds))
	}
	return nil
}
