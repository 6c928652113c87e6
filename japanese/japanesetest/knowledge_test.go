package japanesetest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/shugo-data/shugo/japanese"
	"github.com/shugo-data/shugo/japanese/japanesetest"
)

func facts() []japanese.Fact {
	return []japanese.Fact{
		{ID: "1", Item: "食べる", Kind: japanese.ReadingFact, Value: "たべる", Complete: true},
		{ID: "2", Item: "食べる", Kind: japanese.MeaningFact, Value: "to eat", Language: "en"},
		{ID: "3", Item: "開く", Kind: japanese.ReadingFact, Value: "あく", Complete: true},
		{ID: "4", Item: "開く", Kind: japanese.ReadingFact, Value: "ひらく", Complete: true},
		{ID: "5", Item: "書く", Kind: japanese.ConjugationFact, Value: "書いて", Form: "te"},
	}
}

// harness is that of a knowledge base that should know facts.
func harness(base japanese.KnowledgeBase) japanesetest.KnowledgeHarness {
	return japanesetest.KnowledgeHarness{KnowledgeBase: base, Facts: facts()}
}

func TestSuiteAccepts(t *testing.T) {
	t.Parallel()
	japanesetest.TestKnowledgeBase(t, func(*testing.T) japanesetest.KnowledgeHarness {
		fake := &japanesetest.KnowledgeBase{Known: facts()}
		h := harness(fake)
		h.Stall = func() func() {
			until := make(chan struct{})
			fake.Faults = []japanesetest.KnowledgeFault{{Until: until}}
			return func() { close(until) }
		}
		return h
	})
}

// knowledge is a function as a knowledge base.
type knowledge func(ctx context.Context, items []string, kinds []japanese.FactKind) ([]japanese.Fact, error)

// Facts implements japanese.KnowledgeBase.
func (k knowledge) Facts(ctx context.Context, items []string, kinds []japanese.FactKind) ([]japanese.Fact, error) {
	return k(ctx, items, kinds)
}

// mutant is a knowledge base that somebody could have written, and the check that must find it out.
type mutant struct {
	name, killer string
	open         func() japanese.KnowledgeBase
}

// lies makes a mutant from what changes the right answer.
func lies(name, killer string, lie func([]japanese.Fact) []japanese.Fact) mutant {
	return mutant{name, killer, func() japanese.KnowledgeBase {
		return &japanesetest.KnowledgeBase{Known: facts(), Faults: []japanesetest.KnowledgeFault{{Lie: lie}}}
	}}
}

// asks makes a mutant from what is done with the arguments.
func asks(name, killer string, ask func(right japanese.KnowledgeBase) knowledge) mutant {
	return mutant{name, killer, func() japanese.KnowledgeBase { return ask(&japanesetest.KnowledgeBase{Known: facts()}) }}
}

func mutants() []mutant {
	type items = []string
	type kinds = []japanese.FactKind
	type known = []japanese.Fact
	return []mutant{
		lies("knows nothing", "EachItem", func(known) known { return nil }),
		lies("forgets the second reading", "EachItem", func(f known) known {
			return slices.CompactFunc(f, func(a, b japanese.Fact) bool { return a.Item == b.Item && a.Kind == b.Kind })
		}),
		lies("says that all is complete", "AllItems", func(f known) known {
			for i := range f {
				f[i].Complete = true
			}
			return f
		}),
		lies("has no ids", "StableIDs", func(f known) known {
			for i := range f {
				f[i].ID = ""
			}
			return f
		}),
		asks("looks up the first item", "AllItems", func(right japanese.KnowledgeBase) knowledge {
			return func(ctx context.Context, i items, k kinds) (known, error) {
				return right.Facts(ctx, i[:min(1, len(i))], k)
			}
		}),
		asks("gives all kinds", "OnlyWhatIsAsked", func(right japanese.KnowledgeBase) knowledge {
			return func(ctx context.Context, i items, _ kinds) (known, error) {
				return right.Facts(ctx, i, kinds{japanese.ReadingFact, japanese.MeaningFact, japanese.ConjugationFact})
			}
		}),
		asks("fails on unknown items", "UnknownItems", func(right japanese.KnowledgeBase) knowledge {
			return func(ctx context.Context, i items, k kinds) (known, error) {
				f, err := right.Facts(ctx, i, k)
				if len(f) == 0 && len(k) > 1 {
					err = errors.New("not found")
				}
				return f, err
			}
		}),
		asks("trims items", "HostileItems", func(right japanese.KnowledgeBase) knowledge {
			return func(ctx context.Context, i items, k kinds) (known, error) {
				trimmed := slices.Clone(i)
				for n, item := range trimmed {
					if len(item) > 1 && (item[len(item)-1] == ' ' || item[len(item)-1] == 0) {
						trimmed[n] = item[:len(item)-1]
					}
				}
				f, err := right.Facts(ctx, trimmed, k)
				return f, err
			}
		}),
		asks("asks for each item as it comes", "AskedTwice", func(right japanese.KnowledgeBase) knowledge {
			return func(ctx context.Context, i items, k kinds) (all known, err error) {
				for _, item := range i {
					f, _ := right.Facts(ctx, items{item}, k)
					all = append(all, f...)
				}
				return all, ctx.Err()
			}
		}),
		asks("takes no kinds for all", "NothingAsked", func(right japanese.KnowledgeBase) knowledge {
			return func(ctx context.Context, i items, k kinds) (known, error) {
				if len(k) == 0 {
					k = kinds{japanese.ReadingFact}
				}
				return right.Facts(ctx, i, k)
			}
		}),
		asks("cuts long lists", "ManyItems", func(right japanese.KnowledgeBase) knowledge {
			return func(ctx context.Context, i items, k kinds) (known, error) {
				return right.Facts(ctx, i[:min(1000, len(i))], k)
			}
		}),
		asks("sorts the caller's items", "ArgumentsStay", func(right japanese.KnowledgeBase) knowledge {
			return func(ctx context.Context, i items, k kinds) (known, error) {
				slices.Sort(i)
				return right.Facts(ctx, i, k)
			}
		}),
		asks("gives its cache away", "FactsBelongToCaller", func(right japanese.KnowledgeBase) knowledge {
			cache := map[string]known{}
			var mu sync.Mutex
			return func(ctx context.Context, i items, k kinds) (f known, err error) {
				mu.Lock()
				defer mu.Unlock()
				key := fmt.Sprint(i, k)
				if _, found := cache[key]; !found {
					cache[key], err = right.Facts(ctx, i, k)
				}
				return cache[key], err
			}
		}),
		asks("knows nothing when the context has ended", "EndedContext", func(right japanese.KnowledgeBase) knowledge {
			return func(ctx context.Context, i items, k kinds) (known, error) {
				f, err := right.Facts(ctx, i, k)
				if errors.Is(err, context.Canceled) {
					err = nil
				}
				return f, err
			}
		}),
		asks("answers the caller before", "Concurrent", func(right japanese.KnowledgeBase) knowledge {
			var mu sync.Mutex
			var last known
			calls := 0
			return func(ctx context.Context, i items, k kinds) (known, error) {
				f, err := right.Facts(ctx, i, k)
				mu.Lock()
				defer mu.Unlock()
				calls++
				if calls%3 == 2 {
					f = last
				}
				last = f
				return f, err
			}
		}),
		asks("numbers facts anew", "StableIDs", func(right japanese.KnowledgeBase) knowledge {
			var calls atomic.Int64
			return func(ctx context.Context, i items, k kinds) (known, error) {
				f, err := right.Facts(ctx, i, k)
				call := calls.Add(1)
				for n := range f {
					f[n].ID = fmt.Sprint(call, "-", n)
				}
				return f, err
			}
		}),
	}
}

func TestSuiteRejects(t *testing.T) {
	t.Parallel()
	for _, m := range mutants() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			err := japanesetest.CheckKnowledgeBase(t.Context(), func() (japanesetest.KnowledgeHarness, error) { return harness(m.open()), nil })
			var found japanesetest.Violations
			if err != nil && !errors.As(err, &found) {
				t.Fatalf("got %v, want Violations", err)
			}
			if !slices.ContainsFunc(found, func(v japanesetest.Violation) bool { return v.Check == m.killer }) {
				t.Errorf("got %v, want a violation of %s", found, m.killer)
			}
		})
	}
}

// TestSuiteRejectsDeaf has one that does not hear that its context ends; the ten seconds that the suite waits are the bubble's.
func TestSuiteRejectsDeaf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		err := japanesetest.CheckKnowledgeBase(t.Context(), func() (japanesetest.KnowledgeHarness, error) {
			right := &japanesetest.KnowledgeBase{Known: facts()}
			until := make(chan struct{})
			close(until)
			h := harness(knowledge(func(ctx context.Context, items []string, kinds []japanese.FactKind) ([]japanese.Fact, error) {
				<-until
				return right.Facts(context.WithoutCancel(ctx), items, kinds)
			}))
			h.Stall = func() func() {
				until = make(chan struct{})
				return func() { close(until) }
			}
			return h, nil
		})
		var found japanesetest.Violations
		if !errors.As(err, &found) || !slices.ContainsFunc(found, func(v japanesetest.Violation) bool { return v.Check == "ReturnsWhenContextEnds" }) {
			t.Errorf("got %v, want a violation of ReturnsWhenContextEnds", err)
		}
	})
}

func TestSuiteRefusesEmptyHarness(t *testing.T) {
	t.Parallel()
	for _, h := range []japanesetest.KnowledgeHarness{{Facts: facts()}, {KnowledgeBase: &japanesetest.KnowledgeBase{}}} {
		if err := japanesetest.CheckKnowledgeBase(t.Context(), func() (japanesetest.KnowledgeHarness, error) { return h, nil }); err == nil {
			t.Error("the suite passes a harness that finds out nothing")
		}
	}
}
