package pgseal_test

import (
	"context"
	"testing"

	"github.com/shugo-data/shugo/governance/pgseal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// filled returns a trail of many records.
func filled(b *testing.B) (*bench, int) {
	b.Helper()
	t := newBench(b)
	n := servertest.Count(100_000, 1_000_000)
	for range n / 10_000 {
		t.record(b, 10_000)
	}
	t.exec(b, `VACUUM ANALYZE {s}.audit_record`)
	return t, n
}

// BenchmarkSeal seals records of about 250 bytes that are there already.
func BenchmarkSeal(b *testing.B) {
	t, n := filled(b)
	for b.Loop() {
		b.StopTimer()
		t.exec(b, `TRUNCATE {s}.audit_log, {s}.audit_tile, {s}.audit_checkpoint`)
		s := t.sealer(b)
		b.StartTimer()
		if done := t.seal(b, s); done.Records != n {
			b.Fatalf("%d records sealed", done.Records)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkVerify verifies a whole trail: leaves, openings, nodes, roots, signatures and duplicates.
func BenchmarkVerify(b *testing.B) {
	t, n := filled(b)
	t.seal(b, t.sealer(b))
	for b.Loop() {
		if r := t.passes(b); r.Records != n {
			b.Fatalf("%d records verified", r.Records)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkProve proves one record of many.
func BenchmarkProve(b *testing.B) {
	t, _ := filled(b)
	t.seal(b, t.sealer(b))
	for t.count(b, `SELECT count(*) FROM {s}.audit_index`) < t.next {
		if _, err := t.sink.Index(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
	want := t.event(4321)
	for b.Loop() {
		p, err := pgseal.Prove(context.Background(), t.pool, t.schema, want.ID, want.Kind)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(p.Hashes)), "hashes")
	}
}
