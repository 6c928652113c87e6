package pgsink_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
)

// The rights that the documentation of the package names.
const (
	rightsToRecord = `
		GRANT USAGE ON SCHEMA {s} TO {role};
		GRANT INSERT ("leaf", "actor", "subject") ON {s}.audit_record TO {role};
		GRANT SELECT, INSERT ON {s}.audit_once TO {role}`
	rightsToTake   = `GRANT SELECT, INSERT, UPDATE ON {s}.audit_origin TO {role}`
	rightsToSearch = `GRANT SELECT ON {s}.audit_record, {s}.audit_index, {s}.audit_indexed, {s}.audit_aside TO {role}`
	rightsToRun    = `
		GRANT SELECT, INSERT ON {s}.audit_index, {s}.audit_aside TO {role};
		GRANT SELECT ON {s}.audit_record TO {role};
		GRANT SELECT, UPDATE ON {s}.audit_indexed TO {role};
		GRANT SELECT, DELETE ON {s}.audit_once TO {role}`
	rightsToErase = `
		GRANT SELECT, UPDATE ("actor", "subject") ON {s}.audit_record, {s}.audit_index, {s}.audit_aside TO {role};
		GRANT SELECT ON {s}.audit_indexed TO {role}`
)

// as returns the bench for a role that has nothing but some rights.
func (b *bench) as(t *testing.T, rights ...string) *bench {
	t.Helper()
	role := pgx.Identifier{"shugo_test_" + strings.ToLower(rand.Text())}.Sanitize()
	b.exec(t, `CREATE ROLE `+role)
	t.Cleanup(func() { b.exec(t, `DROP OWNED BY `+role+`; DROP ROLE `+role) })
	b.exec(t, strings.ReplaceAll(`GRANT INSERT, SELECT ON {s}.note TO {role}`, "{role}", role))
	for _, r := range rights {
		b.exec(t, strings.ReplaceAll(r, "{role}", role))
	}
	pool := newPool(t, 3, func(c *pgxpool.Config) {
		c.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
			_, err := conn.Exec(ctx, `SET ROLE `+role)
			return err
		}
	})
	return openBench(t, pool, b.schema)
}

// TestRights works with the rights that each method needs and no others, and without them.
func TestRights(t *testing.T) {
	t.Parallel()
	owner := newBench(t, 2)
	ctx := context.Background()

	writer := owner.as(t, rightsToRecord)
	for _, form := range writer.writers(writer.guard(t)) {
		if err := call(form); err != nil && !strings.Contains(err.Error(), "23505") { // both write the same note
			t.Errorf("a write: %v", err)
		}
	}
	all, _ := entries(t, 3)
	taker := owner.as(t, rightsToRecord, rightsToTake)
	if err := taker.sink.Take(ctx, "origin", 0, all); err != nil {
		t.Errorf("Take: %v", err)
	}
	indexer := owner.as(t, rightsToRecord, rightsToRun)
	indexer.exec(t, `SELECT FROM {s}.audit_indexed`)
	if _, err := indexer.sink.Index(ctx); err != nil {
		t.Errorf("Index: %v", err)
	}
	running, cancel := context.WithCancel(ctx)
	cancel()
	if err := indexer.sink.Run(running); err != nil {
		t.Errorf("Run: %v", err)
	}
	searcher := owner.as(t, rightsToRecord, rightsToSearch)
	if got := collect(t, searcher.sink.Search(ctx, pgsink.Query{})); len(got) != 6 {
		t.Errorf("%d records found: want 6", len(got))
	}
	if _, err := searcher.sink.Lag(ctx); err != nil {
		t.Errorf("Lag: %v", err)
	}

	_, before := owner.leaves(t, "alice")
	for _, b := range []*bench{writer, taker, indexer, searcher} {
		if erased, err := b.sink.Erase(ctx, "alice"); !errors.Is(err, pgsink.ErrRights) || erased.Records != 0 {
			t.Errorf("Erase: %d records, error %v: want ErrRights", erased.Records, err)
		}
	}
	if _, after := owner.leaves(t, "alice"); len(before) == 0 || len(before) != len(after) {
		t.Errorf("%d openings before, %d after an erasure that was refused", len(before), len(after))
	}
	eraser := owner.as(t, `GRANT USAGE ON SCHEMA {s} TO {role}`, rightsToErase)
	if erased, err := eraser.sink.Erase(ctx, "alice"); err != nil || erased.Records == 0 {
		t.Errorf("Erase: %d records, error %v", erased.Records, err)
	}
	for name, b := range map[string]*bench{"record": writer, "erase": eraser} {
		for _, statement := range []string{
			`INSERT INTO {s}.audit_record ("tx", "leaf") VALUES ('3', 'x')`, // into the past
			`UPDATE {s}.audit_record SET "leaf" = 'x'`,
			`DELETE FROM {s}.audit_record`,
		} {
			if _, err := b.pool.Exec(ctx, b.sql(statement)); err == nil {
				t.Errorf("a role that may %s did %s", name, statement)
			}
		}
	}
	if err := writer.sink.Record(ctx, governance.Event{}); err == nil {
		t.Error("an event without a kind: no error")
	}
}
