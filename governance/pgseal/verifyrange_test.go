package pgseal_test

import (
	"context"
	"errors"
	"testing"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgseal"
)

// TestVerifyRange verifies parts of a log, of which one record is changed.
func TestVerifyRange(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.record(t, 1000)
	done := b.seal(t, b.sealer(t))
	b.exec(t, `ALTER TABLE {s}.audit_record DISABLE TRIGGER ALL`)
	c := pgseal.VerifyConfig{Schema: b.schema, Keys: b.keys, Trusted: []pgseal.Checkpoint{*done.Checkpoint}}
	verify := func(from, to uint64) (pgseal.Report, error) {
		return pgseal.VerifyRange(context.Background(), b.pool, c, 1, from, to)
	}
	ranges := [][2]uint64{{0, 1}, {0, 1000}, {255, 257}, {300, 301}, {512, 768}, {999, 1000}}
	for _, r := range ranges {
		if got, err := verify(r[0], r[1]); err != nil || !got.Passed() || got.Records != int(r[1]-r[0]) {
			t.Errorf("%v: %+v (%v)", r, got, err)
		}
	}
	b.exec(t, `UPDATE {s}.audit_record SET leaf = set_bit(leaf, 400, 1 - get_bit(leaf, 400))
		WHERE (era, tx, seq) = (SELECT era, tx, seq FROM {s}.audit_record ORDER BY tx, seq OFFSET 300 LIMIT 1)`)
	for _, r := range ranges {
		got, err := verify(r[0], r[1])
		touched := r[0] < 512 && r[1] > 256
		if err != nil || got.Passed() == touched {
			t.Errorf("%v after leaf 300 was changed: %+v (%v)", r, got, err)
		}
		if touched && (got.Findings[0].Kind != pgseal.Changed || got.Findings[0].Index != 300) {
			t.Errorf("%v: first finding %v", r, got.Findings[0])
		}
	}
	b.exec(t, `UPDATE {s}.audit_tile SET hashes = set_bit(hashes, 9, 1 - get_bit(hashes, 9)) WHERE level = 0 AND index = 2`)
	if got, err := verify(600, 601); err != nil || got.Passed() {
		t.Errorf("a changed tile: %+v (%v)", got, err)
	}
	if _, err := verify(1000, 1001); !errors.Is(err, pgseal.ErrUnsealed) {
		t.Errorf("beyond the end: %v", err)
	}
	if _, err := verify(5, 5); !errors.Is(err, pgseal.ErrNotFound) {
		t.Errorf("an empty range: %v", err)
	}
	if _, err := pgseal.VerifyRange(t.Context(), b.pool, c, 7, 0, 1); !errors.Is(err, pgseal.ErrNotFound) {
		t.Errorf("an era that is not there: %v", err)
	}
}

// TestVerifyRecord verifies one record, and the same when it is changed.
func TestVerifyRecord(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.record(t, 20)
	b.seal(t, b.sealer(t))
	c := pgseal.VerifyConfig{Schema: b.schema, Keys: b.keys}
	want := b.event(7)
	if p, err := pgseal.VerifyRecord(t.Context(), b.pool, c, want.ID, want.Kind); err != nil || p.Index != 7 {
		t.Errorf("leaf %d (%v)", p.Index, err)
	}
	b.exec(t, `ALTER TABLE {s}.audit_record DISABLE TRIGGER ALL`)
	b.exec(t, `UPDATE {s}.audit_record SET leaf = overlay(leaf PLACING 'upsert'::bytea FROM position('append'::bytea IN leaf))`)
	if _, err := pgseal.VerifyRecord(t.Context(), b.pool, c, want.ID, want.Kind); !errors.Is(err, pgseal.ErrDamaged) {
		t.Errorf("a changed record: %v", err)
	}
	if _, err := pgseal.VerifyRecord(t.Context(), b.pool, c, want.ID, governance.Attempt); !errors.Is(err, pgseal.ErrNotFound) {
		t.Errorf("another kind: %v", err)
	}
}
