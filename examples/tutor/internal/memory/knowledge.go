package memory

import (
	"context"
	"slices"

	"github.com/shugo-data/shugo/examples/internal/data"
	"github.com/shugo-data/shugo/japanese"
)

// Knowledge is what the data set knows of kanji, words and grammar: what japanese/neokb reads from the graph.
type Knowledge struct{ facts map[string][]japanese.Fact }

var _ japanese.KnowledgeBase = Knowledge{}

// NewKnowledge returns the facts of a data set.
func NewKnowledge(set data.Set) Knowledge {
	k := Knowledge{facts: map[string][]japanese.Fact{}}
	for _, x := range set.Kanji {
		k.add(x.ID, x.Character, japanese.ReadingFact, true, slices.Concat(x.On, x.Kun)...)
		k.add(x.ID, x.Character, japanese.MeaningFact, false, x.Meanings...)
		k.add(x.ID, x.Character, japanese.LevelFact, true, string(x.Level))
	}
	for _, x := range set.Words {
		k.add(x.ID, x.Written, japanese.ReadingFact, true, x.Reading)
		k.add(x.ID, x.Written, japanese.MeaningFact, false, x.Meaning)
		k.add(x.ID, x.Written, japanese.PartOfSpeechFact, true, x.PartOfSpeech)
		k.add(x.ID, x.Written, japanese.LevelFact, true, string(x.Level))
	}
	for _, x := range set.Grammar {
		k.add(x.ID, x.Pattern, japanese.MeaningFact, false, x.Meaning)
		k.add(x.ID, x.Pattern, japanese.LevelFact, true, string(x.Level))
	}
	return k
}

func (k Knowledge) add(id, item string, kind japanese.FactKind, complete bool, values ...string) {
	for _, v := range values {
		f := japanese.Fact{ID: id, Item: item, Kind: kind, Value: v, Complete: complete}
		if kind == japanese.MeaningFact {
			f.Language = "en"
		}
		k.facts[item] = append(k.facts[item], f)
	}
}

// Facts returns all facts of the kinds that are known of the items.
func (k Knowledge) Facts(_ context.Context, items []string, kinds []japanese.FactKind) ([]japanese.Fact, error) {
	var found []japanese.Fact
	for _, item := range items {
		for _, f := range k.facts[item] {
			if slices.Contains(kinds, f.Kind) {
				found = append(found, f)
			}
		}
	}
	return found, nil
}
