package pgseal_test

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/shugo-data/shugo/governance/pgseal"
)

// kindsOf counts the kinds of the findings of a report.
func kindsOf(r pgseal.Report) map[pgseal.FindingKind]int {
	kinds := map[pgseal.FindingKind]int{}
	for _, f := range r.Findings {
		kinds[f.Kind]++
	}
	return kinds
}

// TestLastRecordOfAChunk verifies a log that ends where a read of records does, and one with a tail beyond that.
func TestLastRecordOfAChunk(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.record(t, 1)
	b.exec(t, `INSERT INTO {s}.audit_record (leaf) SELECT overlay(leaf PLACING int4send(i) FROM 10)
		FROM {s}.audit_record, generate_series(1, 256 * 256 - 1) AS i`)
	b.seal(t, b.sealer(t))
	b.passes(t)
	b.exec(t, `UPDATE {s}.audit_log SET seq = seq + 1`)
	for _, tail := range []int{0, 3} {
		if tail > 0 {
			b.record(t, tail)
		}
		r := b.verify(t)
		if r.Passed() || kindsOf(r)[pgseal.RootChanged] != 1 || r.Found != 1 || r.Unsealed != tail {
			t.Errorf("with %d unsealed: %d findings: %v", tail, r.Found, r.Findings)
		}
	}
}

// TestDuplicatesAreNamed puts two events on record again, one of them twice.
func TestDuplicatesAreNamed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.record(t, 300)
	for _, n := range []int{7, 250, 7} {
		b.exec(t, `INSERT INTO {s}.audit_record (leaf, actor, subject) SELECT leaf, actor, subject FROM {s}.audit_record
			ORDER BY tx, seq OFFSET $1 LIMIT 1`, n)
	}
	b.seal(t, b.sealer(t))
	r := b.verify(t)
	if r.Passed() || r.Found != 3 || kindsOf(r)[pgseal.Duplicate] != 3 {
		t.Fatalf("%d findings: %v", r.Found, r.Findings)
	}
	for i, f := range r.Findings {
		n := b.count(t, `SELECT count(*) FROM {s}.audit_record WHERE (tx, seq) < ($1::text::xid8, $2::bigint)`, f.Tx, f.Seq)
		if n != 300+i {
			t.Errorf("finding %d is about record %d: want %d", i, n, 300+i)
		}
	}
}

// TestOutsideKnowsMore holds checkpoints from outside against a database whose last one was deleted, or is another one that
// the same key has signed.
func TestOutsideKnowsMore(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	s := b.sealer(t, func(c *pgseal.Config) { c.Clock = func() time.Time { return now } })
	b.record(t, 5)
	b.seal(t, s)
	now = now.Add(time.Minute)
	heartbeat := b.seal(t, s).Checkpoint
	b.passes(t, *heartbeat)

	signed, err := note.Open([]byte(heartbeat.Note), b.keys)
	if err != nil {
		t.Fatal(err)
	}
	signed.Text = replaceOnce(t, signed.Text, "T00:01:00Z", "T00:02:00Z")
	text, err := note.Sign(&note.Note{Text: signed.Text}, b.signer)
	if err != nil {
		t.Fatal(err)
	}
	other, err := pgseal.OpenCheckpoint(string(text), b.keys)
	if err != nil {
		t.Fatal(err)
	}
	if r := b.verify(t, other); r.Passed() || kindsOf(r)[pgseal.Contradicted] != 1 {
		t.Errorf("two checkpoints of one number: %v", r.Findings)
	}
	b.exec(t, `DELETE FROM {s}.audit_checkpoint WHERE number = $1`, heartbeat.Number)
	if r := b.verify(t, *heartbeat); r.Passed() || kindsOf(r)[pgseal.NoCheckpoint] != 1 {
		t.Errorf("the last checkpoint deleted: %v", r.Findings)
	}
}

func replaceOnce(t *testing.T, text, old, replacement string) string {
	t.Helper()
	if strings.Count(text, old) != 1 {
		t.Fatalf("%q stands in the text %d times", old, strings.Count(text, old))
	}
	return strings.Replace(text, old, replacement, 1)
}
