package memory

import (
	"context"
	"slices"
	"sync"

	"github.com/shugo-data/shugo/examples/internal/data"
	"github.com/shugo-data/shugo/examples/tutor/internal/backend"
)

// Graph is the knowledge graph in memory. It is safe for concurrent use.
type Graph struct {
	mu           sync.RWMutex
	kanji        map[string]backend.Kanji
	items        map[string]bool // by id
	explanations map[string]backend.Explanation
}

var _ backend.Graph = (*Graph)(nil)

// NewGraph returns the graph of a data set.
func NewGraph(set data.Set) *Graph {
	g := &Graph{kanji: map[string]backend.Kanji{}, items: map[string]bool{}, explanations: map[string]backend.Explanation{}}
	for _, k := range set.Kanji {
		g.items[k.ID] = true
		g.kanji[k.Character] = backend.Kanji{
			Character: k.Character, Meanings: slices.Clone(k.Meanings), Readings: slices.Concat(k.On, k.Kun),
		}
	}
	for _, w := range set.Words {
		g.items[w.ID] = true
		for _, id := range w.Kanji {
			character := id[len("kanji:"):]
			k := g.kanji[character]
			k.Words = append(k.Words, w.Written)
			g.kanji[character] = k
		}
	}
	for _, p := range set.Grammar {
		g.items[p.ID] = true
	}
	for _, e := range set.Explanations {
		g.explanations[e.ID] = backend.Explanation{ID: e.ID, Item: e.Explains, Language: e.Language, Text: e.Text, Model: e.Model}
	}
	return g
}

// Kanji returns a character.
func (g *Graph) Kanji(_ context.Context, character string) (backend.Kanji, error) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	k, ok := g.kanji[character]
	if !ok {
		return backend.Kanji{}, backend.ErrNotFound
	}
	return k, nil
}

// Explain adds an explanation of an item that is there.
func (g *Graph) Explain(_ context.Context, e backend.Explanation) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.items[e.Item] {
		return backend.ErrNotFound
	}
	g.explanations[e.ID] = e
	return nil
}
