package pgsink_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
	"github.com/shugo-data/shugo/internal/servertest"
)

// fixture is a database with the audit table, a table that calls write to, and a guard that records there.
type fixture struct {
	address string
	pool    *pgxpool.Pool // of the writes
	sink    *pgsink.Sink
	guard   *governance.Guard
}

const notesTable = `CREATE TABLE notes (id uuid PRIMARY KEY, learner text NOT NULL, body text NOT NULL)`

func newFixture(t testing.TB, connections int) *fixture {
	t.Helper()
	f := &fixture{address: servertest.Database(t)}
	f.open(t, connections)
	if err := pgsink.Migrate(context.Background(), f.pool); err != nil {
		t.Fatal(err)
	}
	if _, err := f.pool.Exec(context.Background(), notesTable); err != nil {
		t.Fatal(err)
	}
	return f
}

// open connects to a database that may be there already.
func (f *fixture) open(t testing.TB, connections int) {
	t.Helper()
	pseudonyms, err := governance.NewPseudonyms(bytes.Repeat([]byte("k"), 32))
	if err != nil {
		t.Fatal(err)
	}
	f.pool = servertest.Pool(t, f.address, connections)
	f.sink, err = pgsink.New(pgsink.Config{Pool: servertest.Pool(t, f.address, 4), Pseudonyms: pseudonyms})
	if err != nil {
		t.Fatal(err)
	}
	f.guard, err = governance.New(governance.Config{Manifest: manifest(), Audit: f.sink})
	if err != nil {
		t.Fatal(err)
	}
}

func manifest() governance.Manifest {
	return governance.Manifest{
		Classes:  []governance.Class{{Category: "notes", Classification: "PII", Personal: true}},
		Datasets: []governance.Dataset{{Store: "postgresql", Name: "notes", Category: "notes", Subject: "learner"}},
		Rules: []governance.Rule{{
			Name: "own", Roles: []string{"learner"}, Categories: []governance.Category{"notes"},
			Actions: []governance.Action{governance.Create, governance.Read}, Own: true,
		}},
	}
}

// note is what a test writes.
type note struct {
	id      [16]byte
	learner string
	body    string
}

func addNote() governance.Operation[note, governance.Nothing] {
	return governance.Operation[note, governance.Nothing]{
		Name: "notes.add", Dataset: "notes", Action: governance.Create,
		Subject: func(n note) governance.Subject { return governance.Subject(n.learner) },
	}
}

const insertNote = `INSERT INTO notes (id, learner, body) VALUES ($1, $2, $3)`

// insertInTx writes by the transaction of the unit.
func insertInTx(ctx context.Context, n note) error {
	tx, err := pgsink.TxFrom(ctx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, insertNote, n.id, n.learner, n.body)
	return err
}

// queueInBatch writes by the batch of the unit.
func queueInBatch(ctx context.Context, n note) error {
	batch, err := pgsink.BatchFrom(ctx)
	if err != nil {
		return err
	}
	batch.Queue(insertNote, n.id, n.learner, n.body)
	return nil
}

func as(ctx context.Context, learner string) context.Context {
	return governance.WithCaller(ctx, governance.Caller{ID: governance.Subject(learner), Roles: []string{"learner"}})
}

// kinds returns the kinds of all records, oldest first.
func (f *fixture) kinds(t testing.TB, q pgsink.Query) []governance.Kind {
	t.Helper()
	q.Oldest = true
	var kinds []governance.Kind
	for r, err := range f.sink.Search(context.Background(), q) {
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, r.Kind)
	}
	return kinds
}

// count returns a number from the database.
func (f *fixture) count(t testing.TB, sql string, args ...any) int {
	t.Helper()
	var n int
	if err := f.pool.QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
