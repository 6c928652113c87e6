package day

import (
	"context"
	"slices"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/walsink"
)

// Trail is an audit trail that can be searched.
type Trail interface {
	governance.AuditSink
	// Find returns the records that meet what is set in the query, oldest first.
	Find(ctx context.Context, q Query) ([]governance.Record, error)
}

// Query says which records to find.
type Query struct {
	Subject, Actor governance.Subject
	Category       governance.Category
	Action         governance.Action
	Kind           governance.Kind
}

// File is a trail in a local write-ahead file, without a database.
type File struct {
	*walsink.Sink
	dir        string
	pseudonyms governance.Pseudonyms
}

// NewFile returns a trail in a directory.
func NewFile(dir string, pseudonyms governance.Pseudonyms) (*File, error) {
	sink, err := walsink.New(walsink.Config{Dir: dir, Pseudonyms: pseudonyms})
	return &File{sink, dir, pseudonyms}, err
}

// Find implements Trail. It reads what is on the disk: all of it after Shutdown.
func (f *File) Find(_ context.Context, q Query) (found []governance.Record, _ error) {
	subject, actor := f.pseudonyms.Of(q.Subject), f.pseudonyms.Of(q.Actor)
	for r, err := range walsink.Records(f.dir) {
		if err != nil {
			return nil, err
		}
		if (subject == "" || r.Subject == subject) && (actor == "" || r.Actor == actor) &&
			(q.Category == "" || slices.Contains(r.Categories, q.Category)) &&
			(q.Action == "" || r.Action == q.Action) && (q.Kind == "" || r.Kind == q.Kind) {
			found = append(found, r)
		}
	}
	return found, nil
}
