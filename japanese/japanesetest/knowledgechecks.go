package japanesetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shugo-data/shugo/japanese"
)

// items returns the items of the harness's facts, each once.
func (h KnowledgeHarness) items() []string {
	var items []string
	for _, f := range h.Facts {
		items = append(items, f.Item)
	}
	slices.Sort(items)
	return slices.Compact(items)
}

// expected returns the facts of items and kinds.
func (h KnowledgeHarness) expected(items []string, kinds []japanese.FactKind) []japanese.Fact {
	var facts []japanese.Fact
	for _, f := range h.Facts {
		if slices.Contains(items, f.Item) && slices.Contains(kinds, f.Kind) {
			facts = append(facts, f)
		}
	}
	return facts
}

// order compares facts, so that those in any order can be compared.
func order(a, b japanese.Fact) int {
	return cmp.Or(cmp.Compare(a.Item, b.Item), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Value, b.Value),
		cmp.Compare(a.Language, b.Language), cmp.Compare(a.Form, b.Form))
}

// asked asks for facts and returns what is wrong with the answer. What the facts say is not in the error.
func (h KnowledgeHarness) asked(ctx context.Context, items []string, kinds []japanese.FactKind) error {
	got, err := h.KnowledgeBase.Facts(ctx, items, kinds)
	if err != nil {
		return fmt.Errorf("got an error of type %T: expected the facts of %d items", err, len(items))
	}
	want := h.expected(items, kinds)
	got = slices.Clone(got)
	slices.SortFunc(got, order)
	slices.SortFunc(want, order)
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Errorf("of %d items: got fact %q of kind %s, want %q of kind %s, or they say different things", len(items), got[i].ID, got[i].Kind,
				want[i].ID, want[i].Kind)
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("of %d items: got %d facts, want %d", len(items), len(got), len(want))
	}
	return nil
}

// eachItem: an item alone gets its facts, of all kinds and of each.
func eachItem(ctx context.Context, h KnowledgeHarness) error {
	for _, item := range h.items() {
		if err := h.asked(ctx, []string{item}, h.Kinds); err != nil {
			return err
		}
		for _, kind := range h.Kinds {
			if err := h.asked(ctx, []string{item}, []japanese.FactKind{kind}); err != nil {
				return fmt.Errorf("kind %s: %w", kind, err)
			}
		}
	}
	return nil
}

// allItems: the facts of many items are those of each, in whatever order the items are.
func allItems(ctx context.Context, h KnowledgeHarness) error {
	items := h.items()
	if err := h.asked(ctx, items, h.Kinds); err != nil {
		return err
	}
	slices.Reverse(items)
	return h.asked(ctx, items, h.Kinds)
}

// onlyWhatIsAsked: there are no facts of other items or kinds, also after those were asked for.
func onlyWhatIsAsked(ctx context.Context, h KnowledgeHarness) error {
	items := h.items()
	if err := h.asked(ctx, items, h.Kinds); err != nil {
		return err
	}
	for i, kind := range h.Kinds {
		if err := h.asked(ctx, items[:1+i%len(items)], []japanese.FactKind{kind}); err != nil {
			return err
		}
	}
	return h.asked(ctx, items[1:], h.Kinds)
}

// unknownItems: what is not known has no facts, and that is no error.
func unknownItems(ctx context.Context, h KnowledgeHarness) error {
	unknown := "無" + strings.Join(h.items(), "無")
	if err := h.asked(ctx, []string{unknown}, h.Kinds); err != nil {
		return err
	}
	return h.asked(ctx, append(h.items(), unknown), h.Kinds)
}

// hostileItems: an item is a value, whatever is in it.
func hostileItems(ctx context.Context, h KnowledgeHarness) error {
	for _, item := range []string{
		"", " ", "*", "%", ".*", `'`, `"`, "`", `\`, "$items", "{}", "' OR 1=1 //", `" OR true RETURN 1 //`, "'}) DETACH DELETE n //", "\n", "\x00", "\u202e",
		h.items()[0] + " ", h.items()[0] + "\x00", strings.Repeat("長", 5000),
	} {
		if err := h.asked(ctx, []string{item}, h.Kinds); err != nil {
			return fmt.Errorf("item of %d bytes: %w", len(item), err)
		}
	}
	return h.asked(ctx, h.items(), h.Kinds)
}

// askedTwice: an item or a kind that is there twice has each fact once.
func askedTwice(ctx context.Context, h KnowledgeHarness) error {
	return h.asked(ctx, append(h.items(), h.items()...), append(slices.Clone(h.Kinds), h.Kinds...))
}

// nothingAsked: no items or no kinds have no facts.
func nothingAsked(ctx context.Context, h KnowledgeHarness) error {
	return errors.Join(h.asked(ctx, nil, h.Kinds), h.asked(ctx, h.items(), nil), h.asked(ctx, nil, nil))
}

// many is how many items that are not known are among those that are.
const many = 2000

// manyItems: thousands of items are asked for at once.
func manyItems(ctx context.Context, h KnowledgeHarness) error {
	var items []string
	for i := range many {
		items = append(items, "無"+strconv.Itoa(i))
	}
	items = append(items[:many/2:many/2], append(h.items(), items[many/2:]...)...)
	return h.asked(ctx, items, h.Kinds)
}

// stableIDs: each fact has an id, and the same one when it is asked for again and with others.
func stableIDs(ctx context.Context, h KnowledgeHarness) error {
	ids := map[string]string{}
	for range 3 {
		for _, items := range append([][]string{h.items()}, h.items()[:1], h.items()[1:]) {
			facts, err := h.KnowledgeBase.Facts(ctx, items, h.Kinds)
			if err != nil {
				return fmt.Errorf("got an error of type %T: expected facts", err)
			}
			for _, f := range facts {
				known := strings.Join([]string{f.Item, string(f.Kind), f.Value, f.Language, f.Form}, "\x00")
				if f.ID == "" || ids[known] != "" && ids[known] != f.ID {
					return fmt.Errorf("a fact of kind %s has id %q, and had %q: expected one that stays", f.Kind, f.ID, ids[known])
				}
				ids[known] = f.ID
			}
		}
	}
	return nil
}

// argumentsStay: what is asked with is not changed.
func argumentsStay(ctx context.Context, h KnowledgeHarness) error {
	items, kinds := h.items(), slices.Clone(h.Kinds)
	slices.Reverse(items)
	slices.Reverse(kinds)
	beforeItems, beforeKinds := slices.Clone(items), slices.Clone(kinds)
	err := h.asked(ctx, items, kinds)
	if !slices.Equal(items, beforeItems) || !slices.Equal(kinds, beforeKinds) {
		return errors.New("the items or kinds of the caller were changed")
	}
	return err
}

// factsBelongToCaller: what a caller does to the facts does not change later answers.
func factsBelongToCaller(ctx context.Context, h KnowledgeHarness) error {
	facts, err := h.KnowledgeBase.Facts(ctx, h.items(), h.Kinds)
	if err != nil {
		return fmt.Errorf("got an error of type %T: expected facts", err)
	}
	for i := range facts {
		facts[i] = japanese.Fact{ID: "overwritten", Item: facts[i].Item, Kind: facts[i].Kind}
	}
	clear(facts[len(facts):cap(facts)])
	if err := h.asked(ctx, h.items(), h.Kinds); err != nil {
		return fmt.Errorf("after the caller changed the facts: %w", err)
	}
	return nil
}
