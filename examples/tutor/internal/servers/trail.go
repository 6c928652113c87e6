package servers

import (
	"context"
	"os"
	"time"

	"github.com/shugo-data/shugo/examples/tutor/internal/day"
	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
	"github.com/shugo-data/shugo/governance/walsink"
)

// trail is the audit trail: effects of writes commit with them in PostgreSQL; everything else goes to a local file, which
// is shipped there.
type trail struct {
	*walsink.Sink              // takes every event
	writes        *pgsink.Sink // with the rights of the application
	reader        *pgsink.Sink // with the rights to search and to index
}

var _ day.Trail = (*trail)(nil)

func openTrail(_ context.Context, db *database, pseudonyms governance.Pseudonyms, undo *closers) (*trail, error) {
	writes, err := pgsink.New(pgsink.Config{Pool: db.application, Schema: db.schemas.audit, Pseudonyms: pseudonyms})
	if err != nil {
		return nil, err
	}
	reader, err := pgsink.New(pgsink.Config{Pool: db.admin, Schema: db.schemas.audit, Pseudonyms: pseudonyms})
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "shugo-tutor-")
	if err != nil {
		return nil, err
	}
	undo.add(func(context.Context) error { return os.RemoveAll(dir) })
	file, err := walsink.New(walsink.Config{
		Dir: dir, Pseudonyms: pseudonyms, Writes: writes, Unit: pgsink.InUnit, Ship: writes.Take,
	})
	if err != nil {
		return nil, err
	}
	undo.add(func(ctx context.Context) error { return shutDown(ctx, file) })
	return &trail{file, writes, reader}, nil
}

// settle ships what is in the file, and brings the index for searching up to date.
func (t *trail) settle(ctx context.Context) error {
	if err := shutDown(ctx, t.Sink); err != nil {
		return err
	}
	_, err := t.reader.Index(ctx)
	return err
}

func shutDown(ctx context.Context, s *walsink.Sink) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return s.Shutdown(ctx)
}

// Find implements day.Trail.
func (t *trail) Find(ctx context.Context, q day.Query) ([]governance.Record, error) {
	var found []governance.Record
	for r, err := range t.reader.Search(ctx, pgsink.Query{
		Subject: q.Subject, Actor: q.Actor, Category: q.Category, Action: q.Action, Kind: q.Kind, OldestFirst: true,
	}) {
		if err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	return found, nil
}
