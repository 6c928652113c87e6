package pgsink_test

import (
	"context"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
)

// sql puts the bench's schema for {s}.
func (b *bench) sql(text string) string {
	return strings.ReplaceAll(text, "{s}", pgx.Identifier{b.schema}.Sanitize())
}

func (b *bench) exec(tb testing.TB, sql string, args ...any) {
	tb.Helper()
	if _, err := b.pool.Exec(context.Background(), b.sql(sql), args...); err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
}

// count returns the number that a query selects.
func (b *bench) count(tb testing.TB, sql string, args ...any) int {
	tb.Helper()
	var n int
	if err := b.pool.QueryRow(context.Background(), b.sql(sql), args...).Scan(&n); err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
	return n
}

// kinds returns how many records of each kind there are.
func (b *bench) kinds(tb testing.TB) map[governance.Kind]int {
	tb.Helper()
	got := map[governance.Kind]int{}
	for r, err := range b.sink.Search(context.Background(), pgsink.Query{}) {
		if err != nil {
			tb.Fatalf("Search: %v", err)
		}
		got[r.Kind]++
	}
	return got
}

// orphans returns how many committed writes have no effect, or effects no committed write, joined by transaction.
func (b *bench) orphans(tb testing.TB) int {
	tb.Helper()
	return b.count(tb, `SELECT count(*) FROM {s}.note AS n
		FULL JOIN (SELECT * FROM {s}.event WHERE kind = 'effect') AS e ON n.tx = e.tx
		WHERE n.tx IS NULL OR e.tx IS NULL`)
}

// allGivenBack checks that nobody holds a connection, by taking all of them.
func (b *bench) allGivenBack(tb testing.TB) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for range b.pool.Config().MaxConns {
		conn, err := b.pool.Acquire(ctx)
		if err != nil {
			tb.Errorf("not every connection was given back: %v", err)
			return
		}
		defer conn.Release()
	}
}

// guard returns a guard whose only dataset is the bench's table, and whose sink is that of the bench unless one is given.
func (b *bench) guard(tb testing.TB, sink ...governance.AuditSink) *governance.Guard {
	tb.Helper()
	audit := governance.AuditSink(b.sink)
	if len(sink) > 0 {
		audit = governance.Vouch(sink[0], b.sink.Guarantee())
	}
	g, err := governance.New(governance.Config{Manifest: manifest(), Audit: audit})
	if err != nil {
		tb.Fatalf("governance.New: %v", err)
	}
	return g
}

func manifest() governance.Manifest {
	return governance.Manifest{
		Classes:  []governance.Class{{Category: "notes", Classification: "personal", Personal: true}},
		Datasets: []governance.Dataset{{Store: "postgresql", Name: "note", Category: "notes", Subject: "body"}},
		Rules: []governance.Rule{{
			Name: "writers-write", Roles: []string{"writer"}, Categories: []governance.Category{"notes"},
			Actions: []governance.Action{governance.Create, governance.Read},
		}},
	}
}

// note is what the tests write.
type note struct{ body string }

func operation(name string) governance.Operation[note, int64] {
	return governance.Operation[note, int64]{
		Name: name, Dataset: "note", Action: governance.Create,
		Subject: func(n note) governance.Subject { return governance.Subject("subject of " + n.body) },
		Rows:    func(int64) int { return 1 },
	}
}

// writer returns a context with a caller who may write.
func writer() context.Context {
	return governance.WithCaller(context.Background(), governance.Caller{ID: "alice", Roles: []string{"writer"}})
}

// insert is a repository call in the transaction of the context, or without one by the pool.
func (b *bench) insert(ctx context.Context, n note) (id int64, err error) {
	sql := b.sql(`INSERT INTO {s}.note ("body") VALUES ($1) RETURNING "id"`)
	if tx, ok := pgsink.TxFrom(ctx); ok {
		return id, tx.QueryRow(ctx, sql, n.body).Scan(&id)
	}
	return id, b.pool.QueryRow(ctx, sql, n.body).Scan(&id)
}

// queue is a repository call on the batch of the context.
func (b *bench) queue(ctx context.Context, n note) (int64, error) {
	batch, _ := pgsink.BatchFrom(ctx)
	batch.Queue(b.sql(`INSERT INTO {s}.note ("body") VALUES ($1)`), n.body)
	return 0, nil
}

func collect(tb testing.TB, records iter.Seq2[governance.Record, error]) []governance.Record {
	tb.Helper()
	var all []governance.Record
	for r, err := range records {
		if err != nil {
			tb.Fatalf("Search: %v", err)
		}
		all = append(all, r)
	}
	return all
}
