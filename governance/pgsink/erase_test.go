package pgsink_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
	"github.com/shugo-data/shugo/internal/servertest"
)

// leaves returns the leaves of the log, and the openings of a person in it.
func (b *bench) leaves(tb testing.TB, person governance.Subject) (leaves, openings [][]byte) {
	tb.Helper()
	pseudonym, err := hex.DecodeString(string(pseudonyms(tb).Of(person)))
	if err != nil {
		tb.Fatal(err)
	}
	rows, err := b.pool.Query(context.Background(),
		b.sql(`SELECT "leaf", "actor", "subject" FROM {s}.audit_record ORDER BY "era", "tx", "seq"`))
	if err != nil {
		tb.Fatal(err)
	}
	for rows.Next() {
		var leaf, actor, subject []byte
		if err := rows.Scan(&leaf, &actor, &subject); err != nil {
			tb.Fatal(err)
		}
		leaves = append(leaves, leaf)
		for _, opening := range [][]byte{actor, subject} {
			if bytes.HasPrefix(opening, pseudonym) {
				openings = append(openings, opening)
			}
		}
	}
	if rows.Err() != nil {
		tb.Fatal(rows.Err())
	}
	return leaves, openings
}

// about returns an event of an actor about a subject.
func about(n int, actor, subject governance.Subject) governance.Event {
	e := event(byte(n))
	e.ID[13], e.ID[14] = byte(n>>8), byte(n)
	e.Time, e.Actor, e.Subject = start().Add(time.Duration(n)*time.Second), actor, subject
	return e
}

// fillErase writes records of and about three persons, some twice and one that cannot be read, of which a part is indexed.
// It returns how many concern eve.
func (b *bench) fillErase(tb testing.TB, indexed bool) int {
	tb.Helper()
	ctx := context.Background()
	record := func(from, to int) (of int) {
		unit := pgsink.InTxErr(b.sink, func(ctx context.Context, _ int) error {
			tx, _ := pgsink.TxFrom(ctx)
			if tx.Conn() == nil {
				return errHost
			}
			for i := from; i < to; i++ {
				e := about(i, []governance.Subject{"eve@example.jp", "mallory", "trent"}[i%3], []governance.Subject{"trent", "eve@example.jp"}[i%2])
				if i%6 == 0 {
					e.Subject = "eve@example.jp" // as actor and as subject
				}
				if e.Actor == "eve@example.jp" || e.Subject == "eve@example.jp" {
					of++
				}
				if err := b.sink.Record(ctx, e); err != nil {
					return err
				}
			}
			return nil
		})
		if err := unit(ctx, 0); err != nil {
			tb.Fatal(err)
		}
		return of
	}
	n := record(0, 1600) + record(1500, 1600) // the second time again
	pseudonym := string(pseudonyms(tb).Of("eve@example.jp"))
	b.exec(tb, `INSERT INTO {s}.audit_record ("leaf", "actor") VALUES ('x', decode($1, 'hex'))`, pseudonym+strings.Repeat("5a", 16))
	if indexed {
		b.index(tb)
	}
	return n + 1 + record(1600, 1700)
}

func TestErase(t *testing.T) {
	t.Parallel()
	for _, indexed := range []bool{true, false} {
		t.Run(fmt.Sprint("indexed ", indexed), func(t *testing.T) {
			t.Parallel()
			address := servertest.Database(t)
			b := openBench(t, servertest.Pool(t, address, 4), "shugo")
			if err := pgsink.Migrate(t.Context(), b.pool, b.schema); err != nil {
				t.Fatal(err)
			}
			want := b.fillErase(t, indexed)
			before := collect(t, b.sink.Search(t.Context(), pgsink.Query{}))
			leaves, openings := b.leaves(t, "eve@example.jp")
			_, others := b.leaves(t, "trent")
			secrets := [][]byte{[]byte("eve@example.jp"), pseudonymOf(t, "eve@example.jp")}
			for i := 0; i < len(openings); i += len(openings) / 10 {
				secrets = append(secrets, openings[i])
			}
			if found := b.inDump(t, address, secrets[1:]); found != len(secrets)-1 {
				t.Fatalf("%d of %d secrets in the dump before: the test does not see them", found, len(secrets)-1)
			}

			erased, err := b.sink.Erase(t.Context(), "eve@example.jp")
			if err != nil || erased.Records != int64(want) {
				t.Errorf("%d records erased, error %v: want %d", erased.Records, err, want)
			}
			if again, err := b.sink.Erase(t.Context(), "eve@example.jp"); err != nil || again.Records != 0 {
				t.Errorf("%d records erased again, error %v", again.Records, err)
			}
			after, left := b.leaves(t, "eve@example.jp")
			if !slices.EqualFunc(leaves, after, bytes.Equal) || len(left) != 0 {
				t.Errorf("%d openings left, leaves equal: %t", len(left), slices.EqualFunc(leaves, after, bytes.Equal))
			}
			if _, still := b.leaves(t, "trent"); len(still) != len(others) {
				t.Errorf("%d openings of somebody else: want %d", len(still), len(others))
			}
			b.checkForgotten(t, before, "eve@example.jp")
			b.index(t)
			b.checkForgotten(t, before, "eve@example.jp")
			if found := b.inDump(t, address, secrets); found != 0 {
				t.Errorf("%d secrets of the person in the dump after", found)
			}
		})
	}
}

func pseudonymOf(tb testing.TB, who governance.Subject) []byte {
	tb.Helper()
	b, err := hex.DecodeString(string(pseudonyms(tb).Of(who)))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// checkForgotten checks that nothing is found by the person, and that everything is found as it was but for them.
func (b *bench) checkForgotten(t *testing.T, before []governance.Record, who governance.Subject) {
	t.Helper()
	for _, q := range []pgsink.Query{{Subject: who}, {Actor: who}} {
		if got := collect(t, b.sink.Search(t.Context(), q)); len(got) != 0 {
			t.Errorf("%d records found by the person", len(got))
		}
	}
	want := slices.Clone(before)
	for i, r := range want {
		if r.Actor == pseudonyms(t).Of(who) {
			want[i].Actor = ""
		}
		if r.Subject == pseudonyms(t).Of(who) {
			want[i].Subject = ""
		}
	}
	if diff := cmp.Diff(want, collect(t, b.sink.Search(t.Context(), pgsink.Query{}))); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

// inDump returns how many of the secrets are in a dump of the database, raw, in hexadecimal or as a uuid. Of an opening
// it looks for the salt.
func (b *bench) inDump(t *testing.T, address string, secrets [][]byte) (found int) {
	t.Helper()
	dump := pgDump(t, address)
	for _, secret := range secrets {
		if len(secret) > 16 {
			secret = secret[16:]
		}
		digits := hex.EncodeToString(secret)
		id := governance.EventID{}
		copy(id[:], secret)
		if bytes.Contains(dump, secret) || bytes.Contains(dump, []byte(digits)) || bytes.Contains(dump, []byte(id.String())) {
			found++
		}
	}
	return found
}

// pgDump returns what pg_dump writes, which comes with the package of the server.
func pgDump(t *testing.T, address string) []byte {
	t.Helper()
	program, err := exec.LookPath("pg_dump")
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump"); err != nil && len(found) > 0 {
		program, err = found[len(found)-1], nil
	}
	if err != nil && os.Getenv("SHUGO_REQUIRE_SERVERS") == "1" {
		t.Fatal("no pg_dump: it comes with the package of the server")
	} else if err != nil {
		t.Skip("no pg_dump: it comes with the package of the server")
	}
	out, err := exec.Command(program, "--dbname", address).Output()
	if err != nil {
		t.Fatalf("pg_dump: %v", err)
	}
	return out
}

// TestEraseWhileIndexing erases from two sides while the index is made: the index does not bring back what it has read
// before, and every record is counted once.
func TestEraseWhileIndexing(t *testing.T) {
	t.Parallel()
	b := newBench(t, 6)
	want := b.fillErase(t, false)
	var group sync.WaitGroup
	var erased atomic.Int64
	for range 2 {
		group.Go(func() { b.index(t) })
		group.Go(func() {
			e, err := b.sink.Erase(context.Background(), "eve@example.jp")
			if err != nil {
				t.Errorf("Erase: %v", err)
			}
			erased.Add(e.Records)
		})
	}
	group.Wait()
	if _, left := b.leaves(t, "eve@example.jp"); len(left) != 0 || erased.Load() != int64(want) {
		t.Errorf("%d records erased, %d openings left: want %d, 0", erased.Load(), len(left), want)
	}
	if n := b.count(t, `SELECT count(*) FROM (SELECT "actor", "subject" FROM {s}.audit_index
		UNION ALL SELECT "actor", "subject" FROM {s}.audit_aside) AS i WHERE $1::text::uuid IN ("actor", "subject")`,
		string(pseudonyms(t).Of("eve@example.jp"))); n != 0 {
		t.Errorf("%d rows of the index name the person", n)
	}
	b.checkListed(t)
}

// TestEraseGoesOn ends the context of Erase after its first transaction, and calls it again.
func TestEraseGoesOn(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	spy := &cancelSpy{cancel: cancel, after: 2}
	b := newBench(t, 4, func(c *pgxpool.Config) { c.ConnConfig.Tracer = spy })
	want := b.fillErase(t, true)
	spy.armed = true
	first, err := b.sink.Erase(ctx, "eve@example.jp")
	if !errors.Is(err, context.Canceled) || first.Records == 0 || first.Records >= int64(want) {
		t.Errorf("%d records of %d, error %v: want some, and canceled", first.Records, want, err)
	}
	second, err := b.sink.Erase(context.Background(), "eve@example.jp")
	if err != nil || first.Records+second.Records != int64(want) {
		t.Errorf("%d and %d records, error %v: want %d in all", first.Records, second.Records, err, want)
	}
}

// cancelSpy ends a context after some batches.
type cancelSpy struct {
	statementSpy
	cancel context.CancelFunc
	armed  bool
	after  int
}

func (s *cancelSpy) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {
	if s.armed {
		if s.after--; s.after == 0 {
			s.cancel()
		}
	}
}

func TestEraseNobody(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	b.exec(t, `INSERT INTO {s}.audit_record ("leaf") VALUES ('x')`)
	if _, err := b.sink.Erase(t.Context(), ""); err == nil {
		t.Error("no error for nobody")
	}
}
