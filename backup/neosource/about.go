package neosource

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/neosource/journal"
)

// format is the version of the items of a snapshot.
const format = 1

// The items of a snapshot, and their kinds. Those of nodes and relationships have a number after the name.
const (
	aboutItem          = "about"  // what the snapshot is
	schemaItem         = "schema" // constraints and indexes
	nodesItems         = "nodes"  // by ranges of the server's ids
	relationshipsItems = "relationships"
	changesItem        = "changes" // images of the journal that supersede what is in the others
	kindNodes          = "nodes"
	kindRelationships  = "relationships"
	kindChanges        = "changes"
	kindText           = "json"
	maxText            = 64 << 20 // bytes of an item of text that a reader takes
	unknownVersion     = "unknown"
	oldestMajor        = 5
	oldestMinor        = 26
)

// about is what a destination must know of a snapshot before it reads anything else.
type about struct {
	Format   int           `json:"format"`
	Server   string        `json:"server"`         // its version
	Names    journal.Names `json:"names"`          // of governed entities
	Mark     *journal.Mark `json:"mark,omitempty"` // the cut, in the journal; nil: there was no journal, and the export is of no one moment
	Governed int64         `json:"governed"`       // entities
	Others   int64         `json:"others"`         // entities that no journal knows
	Base     string        `json:"base,omitempty"` // the Mark.Snapshot at which the items of governed entities were exported; empty: this one's
	Chain    int           `json:"chain"`          // snapshots since those items were exported
	Tally    tally         `json:"tally"`          // of the state at the cut
}

// writeText adds an item of JSON.
func writeText(ctx context.Context, w backup.Writer, name string, content any) error {
	text, err := json.Marshal(content)
	if err != nil {
		return err
	}
	item, err := w.Create(ctx, name, kindText)
	if err != nil {
		return err
	}
	for len(text) > 0 {
		n := min(len(text), 1<<20)
		if err := item.Append(ctx, backup.Chunk{Data: text[:n:n]}); err != nil {
			return err
		}
		text = text[n:]
	}
	return item.Commit(ctx, nil)
}

// readText reads an item of JSON.
func readText(ctx context.Context, r backup.Reader, name string, content any) error {
	var text []byte
	for _, item := range r.Items() {
		if item.Name != name {
			continue
		}
		for n := range item.Chunks {
			piece, err := r.Chunk(ctx, name, n)
			if err != nil {
				return err
			}
			if text = append(text, piece...); len(text) > maxText {
				return corrupt(name, "it is too long", nil)
			}
		}
	}
	if text == nil {
		return corrupt(name, "it is missing", nil)
	}
	if err := json.Unmarshal(text, content); err != nil {
		return corrupt(name, "it is not what was written", err)
	}
	return nil
}

// readAbout reads what a snapshot is.
func readAbout(ctx context.Context, r backup.Reader) (about, error) {
	var a about
	if err := readText(ctx, r, aboutItem, &a); err != nil {
		return about{}, err
	}
	if a.Format != format {
		return about{}, fmt.Errorf("neosource: snapshot of format %d, expected %d: %w", a.Format, format, backup.ErrVersion)
	}
	return a, nil
}

func corrupt(item, text string, err error) error {
	return &backup.CorruptError{Object: "item " + item, Text: text, Err: err}
}
