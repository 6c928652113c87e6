package backup

import (
	"context"
	"encoding/json"
	"fmt"
)

// Fact is something that was observed in a live store at a cut and must be found again after a restore to it: the digest
// of a table, a number of rows.
type Fact struct {
	Name  string `json:"name"`  // such as "table public.messages"
	Value string `json:"value"` // such as "100000 rows, digest 9f86d081884c7d65"; it holds no personal data
}

// Finding is the outcome of a check of a restored store that needs no comparison: an index that is valid, a search that
// finds its probes, a reference that resolves.
type Finding struct {
	Check  string `json:"check"`            // such as "index messages_embedding_idx is valid"
	Passed bool   `json:"passed"`           //
	Detail string `json:"detail,omitempty"` // what was found and what was expected, without personal data
}

// Examination is what a restored store shows.
type Examination struct {
	Facts    []Fact            `json:"facts"`    // to be compared by name with those of the live store
	Findings []Finding         `json:"findings"` //
	Versions map[string]string `json:"versions"` // of the programs at work, such as "postgresql": "15.20"
}

// A Witness observes a live store at one moment, for a drill of a source whose snapshots are carried on by a log.
type Witness interface {
	// Witness returns facts, and the goal to which a restore must be taken to show them.
	Witness(ctx context.Context) (Goal, []Fact, error)
}

// FactsItem is the name of the item in which a source keeps the facts of the snapshot itself.
const FactsItem = "facts"

// WriteFacts adds facts to a snapshot, as FactsItem.
func WriteFacts(ctx context.Context, w Writer, facts []Fact) error {
	text, err := json.Marshal(facts)
	if err != nil {
		return err
	}
	item, err := w.Create(ctx, FactsItem, "facts")
	if err != nil {
		return err
	}
	for piece := range pieces(text) {
		if err := item.Append(ctx, Chunk{Data: piece}); err != nil {
			return err
		}
	}
	return item.Commit(ctx, nil)
}

// ReadFacts returns the facts that a snapshot was written with. An error is ErrNotFound where it has none.
func ReadFacts(ctx context.Context, r Reader) ([]Fact, error) {
	var text []byte
	for _, item := range r.Items() {
		for n := 0; item.Name == FactsItem && n < item.Chunks; n++ {
			piece, err := r.Chunk(ctx, FactsItem, n)
			if err != nil {
				return nil, err
			}
			text = append(text, piece...)
		}
	}
	if text == nil {
		return nil, fmt.Errorf("backup: snapshot %s has no facts: %w", r.Snapshot().ID, ErrNotFound)
	}
	var facts []Fact
	if err := json.Unmarshal(text, &facts); err != nil {
		return nil, fmt.Errorf("backup: facts of snapshot %s: %w", r.Snapshot().ID, err)
	}
	return facts, nil
}

// pieces yields text in chunks.
func pieces(text []byte) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(text) > 0 {
			n := min(len(text), 1<<20)
			if !yield(text[:n:n]) {
				return
			}
			text = text[n:]
		}
	}
}
