package pgsink_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/governancetest"
	"github.com/shugo-data/shugo/governance/pgsink"
)

// TestSink holds the sink against the contract of governance.AuditSink.
func TestSink(t *testing.T) {
	t.Parallel()
	governancetest.TestSink(t, func(t *testing.T) governancetest.SinkHarness {
		b := newBench(t, 4)
		return governancetest.SinkHarness{
			Sink: b.sink, Pseudonyms: pseudonyms(t), Records: b.records, Dump: b.dump,
			Stall: func() func() { return b.lockTrail(t) },
		}
	})
}

func (b *bench) records(ctx context.Context) ([]governance.Record, error) {
	var found []governance.Record
	for r, err := range b.sink.Search(ctx, pgsink.Query{}) {
		if err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	return found, nil
}

// dump returns every column of the log as text.
func (b *bench) dump(ctx context.Context) ([]byte, error) {
	var text string
	sql := b.sql(`SELECT coalesce(string_agg(a::text, E'\n'), '') FROM {s}.audit_record AS a`)
	if err := b.pool.QueryRow(ctx, sql).Scan(&text); err != nil {
		return nil, fmt.Errorf("dump: %w", err)
	}
	return []byte(text), nil
}

// lockTrail keeps every insert waiting until the returned function is called.
func (b *bench) lockTrail(t *testing.T) (release func()) {
	t.Helper()
	ctx := context.Background()
	tx, err := b.pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(ctx, b.sql(`LOCK TABLE {s}.audit_record IN ACCESS EXCLUSIVE MODE`)); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := tx.Rollback(ctx); err != nil {
			t.Error(err)
		}
	}
}
