package pgseal_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/mod/sumdb/note"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgseal"
	"github.com/shugo-data/shugo/governance/pgsink"
	"github.com/shugo-data/shugo/internal/leaf"
	"github.com/shugo-data/shugo/internal/servertest"
)

// bench is a trail of its own, with a key.
type bench struct {
	pool   *pgxpool.Pool
	schema string
	sink   *pgsink.Sink
	signer note.Signer
	keys   note.Verifiers
	next   int // of the entries that record makes
}

// newBench makes a trail in a schema of its own.
func newBench(tb testing.TB) *bench {
	tb.Helper()
	pool := servertest.Pool(tb, servertest.Postgres(tb), 8)
	schema := "seal " + token()
	for _, migrate := range []func(context.Context, *pgxpool.Pool, string) error{pgsink.Migrate, pgseal.Migrate} {
		if err := migrate(context.Background(), pool, schema); err != nil {
			tb.Fatalf("Migrate: %v", err)
		}
	}
	tb.Cleanup(func() { pool.Exec(context.Background(), `DROP SCHEMA "`+schema+`" CASCADE`) })
	return openBench(tb, pool, schema)
}

func openBench(tb testing.TB, pool *pgxpool.Pool, schema string) *bench {
	tb.Helper()
	sink, err := pgsink.New(pgsink.Config{Pool: pool, Schema: schema, Pseudonyms: pseudonyms(tb)})
	if err != nil {
		tb.Fatal(err)
	}
	b := &bench{pool: pool, schema: schema, sink: sink}
	b.signer, b.keys = newKey(tb, "tutor.example/audit")
	return b
}

func token() string {
	b := make([]byte, 6)
	rand.Read(b)
	return hex.EncodeToString(b)
}

func pseudonyms(tb testing.TB) governance.Pseudonyms {
	tb.Helper()
	p, err := governance.NewPseudonyms([]byte("a key for tests of thirty-two b."))
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func newKey(tb testing.TB, name string) (note.Signer, note.Verifiers) {
	tb.Helper()
	private, public, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		tb.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		tb.Fatal(err)
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		tb.Fatal(err)
	}
	return signer, note.VerifierList(verifier)
}

// sealer returns a sealer of the trail.
func (b *bench) sealer(tb testing.TB, change ...func(*pgseal.Config)) *pgseal.Sealer {
	tb.Helper()
	c := pgseal.Config{Pool: b.pool, Schema: b.schema, Origin: "tutor.example/audit", Signers: []note.Signer{b.signer}}
	for _, f := range change {
		f(&c)
	}
	s, err := pgseal.New(c)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// record puts n records on record.
func (b *bench) record(tb testing.TB, n int) {
	tb.Helper()
	entries := make([][]byte, n)
	for i := range entries {
		entries[i] = leaf.New(b.event(b.next + i)).Marshal(nil)
	}
	if err := b.sink.Take(context.Background(), "test", int64(b.next), entries); err != nil {
		tb.Fatal(err)
	}
	b.next += n
}

func (b *bench) event(i int) governance.Record {
	kinds := []governance.Kind{governance.Attempt, governance.Denial, governance.Effect, governance.Failure}
	e := governance.Event{
		Facts: governance.Facts{
			ID: eventID(i), Kind: kinds[i%4], Time: time.Unix(1_800_000_000+int64(i), 0).UTC(),
			Operation: "messages.append", Store: "postgresql", Dataset: "conversation_messages",
			Categories: []governance.Category{"conversation_data"}, Action: governance.Create, Purpose: "tutoring",
			Version: "sha256:5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8", Rule: "learners-talk-with-consent",
		},
		Actor: governance.Subject(fmt.Sprint("learner ", i%1000)), Subject: governance.Subject(fmt.Sprint("learner ", i%1000)),
	}
	p, _ := governance.NewPseudonyms([]byte("a key for tests of thirty-two b."))
	return e.Record(p)
}

func eventID(i int) governance.EventID {
	return governance.EventID{byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i), 0x9f}
}

// seal seals everything that is committed. Transactions of other tests hold it back for a moment.
func (b *bench) seal(tb testing.TB, s *pgseal.Sealer) pgseal.Sealed {
	tb.Helper()
	var all pgseal.Sealed
	for range 1000 {
		done, err := s.Seal(context.Background())
		if errors.Is(err, pgseal.ErrBusy) { // the server does not know yet that another one has ended
			b.exec(tb, `SELECT pg_sleep(0.02)`)
			continue
		}
		if err != nil {
			tb.Fatalf("Seal: %v", err)
		}
		records := all.Records + done.Records
		if done.Checkpoint == nil {
			done.Checkpoint = all.Checkpoint
		}
		all = done
		all.Records = records
		if l, err := s.Lag(context.Background()); err != nil || l.Records == 0 {
			if err != nil {
				tb.Errorf("Lag: %v", err)
			}
			return all
		}
		b.exec(tb, `SELECT pg_sleep(0.02)`)
	}
	tb.Fatal("the log is never sealed to its end")
	return all
}

// settled waits until all that is committed may be sealed. Transactions of other tests hold it back for a moment.
func (b *bench) settled(tb testing.TB) {
	tb.Helper()
	for b.count(tb, `SELECT count(*) FROM {s}.audit_record WHERE tx >= pg_snapshot_xmin(pg_current_snapshot())`) > 0 {
		b.exec(tb, `SELECT pg_sleep(0.02)`)
	}
}

// verify verifies the trail.
func (b *bench) verify(tb testing.TB, trusted ...pgseal.Checkpoint) pgseal.Report {
	tb.Helper()
	return b.verifyIn(tb, b.pool, trusted...)
}

func (b *bench) verifyIn(tb testing.TB, db pgseal.Querier, trusted ...pgseal.Checkpoint) pgseal.Report {
	tb.Helper()
	r, err := pgseal.Verify(context.Background(), db, pgseal.VerifyConfig{Schema: b.schema, Keys: b.keys, Trusted: trusted})
	if err != nil {
		tb.Fatalf("Verify: %v", err)
	}
	return r
}

func (b *bench) passes(tb testing.TB, trusted ...pgseal.Checkpoint) pgseal.Report {
	tb.Helper()
	r := b.verify(tb, trusted...)
	if !r.Passed() {
		tb.Fatalf("it does not verify: %d findings: %v; %+v", r.Found, r.Findings, r)
	}
	return r
}

func (b *bench) signers() []note.Signer { return []note.Signer{b.signer} }

func (b *bench) sql(text string) string {
	return strings.ReplaceAll(text, "{s}", pgx.Identifier{b.schema}.Sanitize())
}

func (b *bench) exec(tb testing.TB, sql string, args ...any) {
	tb.Helper()
	if _, err := b.pool.Exec(context.Background(), b.sql(sql), args...); err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
}

func (b *bench) count(tb testing.TB, sql string, args ...any) (n int) {
	tb.Helper()
	if err := b.pool.QueryRow(context.Background(), b.sql(sql), args...).Scan(&n); err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
	return n
}
