package neosource

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/neosource/journal"
	"github.com/shugo-data/shugo/internal/graphimage"
)

// format is the version of the items of a snapshot.
const format = 1

// The items of a snapshot, and their kinds.
const (
	aboutItem   = "about"
	schemaItem  = "schema"
	changesItem = "changes"

	textKind          = "json"
	nodesKind         = "nodes"
	relationshipsKind = "relationships"
	changesKind       = "changes"

	maxText = 64 << 20 // bytes of an item of text that is read
)

// about is what a destination must know of a snapshot before it reads anything else.
type about struct {
	Format  int           `json:"format"`
	Server  string        `json:"server"`         // its version
	Names   journal.Names `json:"names"`          // of governed entities
	Mark    *journal.Mark `json:"mark,omitempty"` // the cut in the journal; nil: there was none, and the snapshot is of no one moment
	Dropped int           `json:"dropped"`        // relationships that are not governed, and whose ends were not read
}

// kindOf returns the kind of the items that have entities of a kind. Their names are it, and the number of a window.
func kindOf(kind graphimage.Kind) string {
	if kind == graphimage.Relationship {
		return relationshipsKind
	}
	return nodesKind
}

// writeText adds an item of JSON.
func writeText(ctx context.Context, w backup.Writer, name string, content any) error {
	text, err := json.Marshal(content)
	if err != nil {
		return err
	}
	item, err := w.Create(ctx, name, textKind)
	if err != nil {
		return err
	}
	for len(text) > 0 {
		n := min(len(text), chunkSize)
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
		if item.Size > maxText {
			return corrupt(name, fmt.Sprintf("%d bytes, expected at most %d", item.Size, maxText), nil)
		}
		for n := range item.Chunks {
			piece, err := r.Chunk(ctx, name, n)
			if err != nil {
				return err
			}
			text = append(text, piece...)
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

// records yields the records of a chunk.
func records(ctx context.Context, r backup.Reader, item string, chunk int) iter.Seq2[graphimage.Record, error] {
	return func(yield func(graphimage.Record, error) bool) {
		data, err := r.Chunk(ctx, item, chunk)
		if err != nil {
			yield(graphimage.Record{}, err)
			return
		}
		for record, err := range graphimage.Records(data) {
			if err != nil {
				err = corrupt(item, fmt.Sprintf("chunk %d", chunk), err)
			}
			if !yield(record, err) || err != nil {
				return
			}
		}
	}
}

func corrupt(item, text string, err error) error {
	return &backup.CorruptError{Object: "item " + item, Text: text, Err: err}
}
