package pgseal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/mod/sumdb/note"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgseal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// TestSealGrows seals in pieces that end within and between tiles and batches, with sealers that begin anew.
func TestSealGrows(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var outside []pgseal.Checkpoint
	total := 0
	for _, n := range []int{1, 254, 1, 1, 300, 0, 700, 255} {
		if n > 0 {
			b.record(t, n)
		}
		s := b.sealer(t, func(c *pgseal.Config) { c.Batch = 100 })
		done := b.seal(t, s)
		if total += n; done.Records != n || done.Size != uint64(total) {
			t.Fatalf("sealed %d records, %d in all: want %d, %d", done.Records, done.Size, n, total)
		}
		if done.Checkpoint != nil {
			outside = append(outside, *done.Checkpoint)
		}
	}
	r := b.passes(t, outside...)
	stored := b.count(t, `SELECT count(*) FROM {s}.audit_checkpoint`) // one for each batch at least, more where others held back
	if r.Records != total || len(outside) != 7 || r.Outside != 7 || stored < 18 || r.Checkpoints != 7+stored || r.Unsealed != 0 || r.Logs[0].Signed != uint64(total) {
		t.Errorf("report %+v with %d checkpoints", r, len(outside))
	}
	b.record(t, 5)
	if r := b.passes(t); r.Unsealed != 5 {
		t.Errorf("%d unsealed: want 5", r.Unsealed)
	}
}

// TestEmptyTrail has nothing on record, and then a heartbeat about nothing.
func TestEmptyTrail(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if r := b.verify(t); r.Passed() || r.Found != 0 {
		t.Errorf("a trail that nobody seals is verified: %+v", r)
	}
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	s := b.sealer(t, func(c *pgseal.Config) { c.Clock = func() time.Time { return now } })
	if done := b.seal(t, s); done.Checkpoint == nil || done.Checkpoint.Size != 0 {
		t.Fatalf("no checkpoint of the empty log: %+v", done)
	}
	now = now.Add(59 * time.Second)
	if done := b.seal(t, s); done.Checkpoint != nil {
		t.Error("a heartbeat before its time")
	}
	now = now.Add(time.Second)
	if done := b.seal(t, s); done.Checkpoint == nil || done.Checkpoint.Number != 2 || !done.Checkpoint.Time.Equal(now) {
		t.Errorf("no heartbeat: %+v", done)
	}
	now = now.Add(10 * time.Minute)
	b.seal(t, s)
	r, err := pgseal.Verify(t.Context(), b.pool, pgseal.VerifyConfig{Schema: b.schema, Keys: b.keys, Heartbeat: time.Minute})
	if err != nil || !r.Passed() || len(r.Gaps) != 1 || r.Gaps[0].Seconds != 600 {
		t.Errorf("report %+v (%v)", r, err)
	}
}

// TestSealersAtOnce lets several sealers run while records are made.
func TestSealersAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for range 3 {
		s := b.sealer(t, func(c *pgseal.Config) { c.Interval, c.Batch = time.Millisecond, 7 })
		running.Go(func() {
			if err := s.Run(ctx); err != nil {
				t.Errorf("Run: %v", err)
			}
		})
	}
	for range 20 {
		b.record(t, 17)
	}
	cancel()
	running.Wait()
	b.seal(t, b.sealer(t))
	if r := b.passes(t); r.Records != 340 {
		t.Errorf("%d records: want 340", r.Records)
	}
}

// TestFenced takes the lock from a sealer at work, as a pooler may that gives its session to somebody else. Another one
// seals meanwhile; the first does not know, and can write no more.
func TestFenced(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.record(t, 30)
	b.settled(t)
	config := b.pool.Config()
	config.MaxConns = 1
	var session *pgx.Conn
	config.PrepareConn = func(_ context.Context, conn *pgx.Conn) (bool, error) {
		session = conn
		return true, nil
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	other := b.sealer(t, func(c *pgseal.Config) { c.Batch = 7 })
	old := b.sealer(t, func(c *pgseal.Config) {
		c.Pool, c.Batch = pool, 10
		c.Progress = func(pgseal.Sealed) {
			if _, err := other.Seal(t.Context()); !errors.Is(err, pgseal.ErrBusy) {
				t.Errorf("the other one while the lock is held: %v, want ErrBusy", err)
			}
			if _, err := session.Exec(t.Context(), `SELECT pg_advisory_unlock_all()`); err != nil {
				t.Error(err)
			}
			if done, err := other.Seal(t.Context()); err != nil || done.Records != 20 {
				t.Errorf("the other one: %d records (%v), want 20", done.Records, err)
			}
		}
	})
	done, err := old.Seal(t.Context())
	if !errors.Is(err, pgseal.ErrFenced) || done.Records != 10 {
		t.Errorf("%d records (%v): want 10 and ErrFenced", done.Records, err)
	}
	if r := b.passes(t); r.Records != 30 {
		t.Errorf("%d records: want 30", r.Records)
	}
}

// TestRolledBack sets the database back behind what was published.
func TestRolledBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	folder := pgseal.Folder(t.TempDir())
	with := func(c *pgseal.Config) {
		c.Publishers, c.Published = []pgseal.Publisher{folder}, folder.Published(c.Origin, b.keys)
	}
	b.record(t, 300)
	b.seal(t, b.sealer(t, with))
	for _, table := range []string{"audit_record", "audit_log", "audit_tile", "audit_checkpoint", "audit_published"} {
		b.exec(t, `CREATE TABLE {s}.old_`+table+` AS SELECT * FROM {s}.`+table)
	}
	b.record(t, 10)
	same := b.sealer(t, with)
	b.seal(t, same)
	b.exec(t, `ALTER TABLE {s}.audit_record DISABLE TRIGGER ALL`)
	for _, table := range []string{"audit_record", "audit_log", "audit_tile", "audit_checkpoint", "audit_published"} {
		b.exec(t, `TRUNCATE {s}.`+table)
		b.exec(t, `INSERT INTO {s}.`+table+` OVERRIDING SYSTEM VALUE SELECT * FROM {s}.old_`+table)
	}
	b.exec(t, `INSERT INTO {s}.audit_record (leaf) VALUES ('x')`)
	for name, s := range map[string]*pgseal.Sealer{"the sealer that published": same, "a new one": b.sealer(t, with)} {
		if _, err := s.Seal(t.Context()); !errors.Is(err, pgseal.ErrRolledBack) {
			t.Errorf("%s: %v, want ErrRolledBack", name, err)
		}
	}
}

// TestPublishers has one that is down for a while.
func TestPublishers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var stream bytes.Buffer
	var taken []int64
	down := errors.New("no route")
	failing := down
	store := pgseal.PublisherFunc{Place: "store", Put: func(_ context.Context, c pgseal.Checkpoint) error {
		if failing == nil {
			taken = append(taken, c.Number)
		}
		return failing
	}}
	folder := pgseal.Folder(t.TempDir())
	s := b.sealer(t, func(c *pgseal.Config) { c.Publishers = []pgseal.Publisher{store, folder, &pgseal.Stream{To: &stream}} })
	for range 3 {
		b.record(t, 10)
		if done := b.seal(t, s); len(done.Unpublished) != 1 || done.Unpublished[0].Publisher != "store" || !errors.Is(done.Unpublished[0].Err, down) {
			t.Fatalf("unpublished %+v: want the store", done.Unpublished)
		}
	}
	failing = nil
	if done := b.seal(t, s); len(done.Unpublished) != 0 {
		t.Errorf("unpublished %+v", done.Unpublished)
	}
	if len(taken) < 3 || taken[0] != 1 || taken[len(taken)-1] != int64(len(taken)) {
		t.Errorf("the store was given %v", taken)
	}
	outside, err := folder.Checkpoints(b.keys)
	if err != nil || len(outside) != len(taken) {
		t.Fatalf("%d checkpoints in the folder, %d in the store (%v)", len(outside), len(taken), err)
	}
	if notes := strings.Count(stream.String(), "\n\n\n"); strings.Count(stream.String(), "number ") != len(taken) {
		t.Errorf("the stream has %d notes: want %d", notes, len(taken))
	}
	b.passes(t, outside...)
	if err := folder.Publish(t.Context(), outside[0]); err != nil {
		t.Errorf("published again: %v", err)
	}
	forged := outside[0]
	forged.Note += " "
	if err := folder.Publish(t.Context(), forged); !errors.Is(err, pgseal.ErrRolledBack) {
		t.Errorf("another note of the same number: %v", err)
	}
}

// TestKeyRotation signs with an old key, with both, and with the new one.
func TestKeyRotation(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	signer, keys := newKey(t, "tutor.example/audit-2027")
	for _, signers := range [][]note.Signer{{b.signer}, {b.signer, signer}, {signer}} {
		b.record(t, 3)
		b.seal(t, b.sealer(t, func(c *pgseal.Config) { c.Signers = signers }))
	}
	if r := b.verify(t); r.Passed() || r.Findings[0].Kind != pgseal.Unsigned {
		t.Errorf("without the new key: %+v", r)
	}
	both := verifiers{b.keys, keys}
	r, err := pgseal.Verify(t.Context(), b.pool, pgseal.VerifyConfig{Schema: b.schema, Keys: both})
	if err != nil || !r.Passed() {
		t.Errorf("with both keys: %+v (%v)", r, err)
	}
}

// verifiers know the keys of several.
type verifiers []note.Verifiers

func (v verifiers) Verifier(name string, hash uint32) (note.Verifier, error) {
	for _, list := range v {
		if found, err := list.Verifier(name, hash); err == nil {
			return found, nil
		}
	}
	return nil, &note.UnknownVerifierError{Name: name, KeyHash: hash}
}

// TestHeldBack keeps a transaction open that began before records were committed.
func TestHeldBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	tx, err := b.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	if _, err := tx.Exec(t.Context(), `SELECT pg_current_xact_id()`); err != nil {
		t.Fatal(err)
	}
	b.record(t, 5)
	s := b.sealer(t)
	if done, err := s.Seal(t.Context()); err != nil || done.Records != 0 {
		t.Errorf("%d sealed beside an older transaction (%v)", done.Records, err)
	}
	if l, err := s.Lag(t.Context()); err != nil || l.Records != 5 || l.Holder == nil {
		t.Errorf("lag %+v (%v)", l, err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.seal(t, s)
	b.passes(t)
}

func TestNewNamesEveryFault(t *testing.T) {
	t.Parallel()
	_, err := pgseal.New(pgseal.Config{Origin: "a b", Batch: -1, Publishers: []pgseal.Publisher{nil, pgseal.Folder("x"), pgseal.Folder("x")}})
	for _, want := range []string{"no pool", `origin "a b"`, "no signers", "publishers[0] is nil", "publishers[2]", "below zero"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v: want it to say %q", err, want)
		}
	}
}

func TestNotMigrated(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.sealer(t)
	b.exec(t, `DROP TABLE {s}.audit_log`)
	if _, err := s.Seal(t.Context()); !errors.Is(err, pgseal.ErrNotMigrated) {
		t.Errorf("Seal: %v", err)
	}
	if err := s.Run(t.Context()); !errors.Is(err, pgseal.ErrNotMigrated) {
		t.Errorf("Run: %v", err)
	}
	if _, err := pgseal.Verify(t.Context(), b.pool, pgseal.VerifyConfig{Schema: b.schema, Keys: b.keys}); !errors.Is(err, pgseal.ErrNotMigrated) {
		t.Errorf("Verify: %v", err)
	}
}

// TestProve proves each record to somebody who has only the key.
func TestProve(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.record(t, 600)
	b.seal(t, b.sealer(t))
	for _, indexed := range []bool{false, true} {
		if indexed {
			for b.count(t, `SELECT count(*) FROM {s}.audit_index`) < 600 {
				if _, err := b.sink.Index(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, i := range []int{0, 1, 255, 256, 511, 512, 599} {
			want := b.event(i)
			p, err := pgseal.Prove(t.Context(), b.pool, b.schema, want.ID, want.Kind)
			if err != nil {
				t.Fatalf("record %d: %v", i, err)
			}
			got, err := p.Record()
			if diff := cmp.Diff(want, got); err != nil || diff != "" || p.Index != uint64(i) {
				t.Fatalf("record %d at %d (%v):\n%s", i, p.Index, err, diff)
			}
			if err := p.Verify(b.keys); err != nil {
				t.Fatalf("record %d: %v", i, err)
			}
			forged := p
			forged.Leaf = bytes.Replace(p.Leaf, []byte("append"), []byte("upsert"), 1)
			if err := forged.Verify(b.keys); !errors.Is(err, pgseal.ErrDamaged) {
				t.Errorf("a changed leaf verifies: %v", err)
			}
		}
	}
	if _, err := pgseal.Prove(t.Context(), b.pool, b.schema, eventID(1), governance.Effect); !errors.Is(err, pgseal.ErrNotFound) {
		t.Errorf("another kind: %v", err)
	}
	b.record(t, 1)
	last := b.event(600)
	if _, err := pgseal.Prove(t.Context(), b.pool, b.schema, last.ID, last.Kind); !errors.Is(err, pgseal.ErrUnsealed) {
		t.Errorf("an unsealed record: %v", err)
	}
}

// TestErasedSubjects erases persons: every proof and checkpoint made before stays valid.
func TestErasedSubjects(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	persons, records := servertest.Count(40, 1000), 2000
	b.record(t, records)
	done := b.seal(t, b.sealer(t))
	proof, err := pgseal.Prove(t.Context(), b.pool, b.schema, eventID(7), governance.Failure)
	if err != nil {
		t.Fatal(err)
	}
	for i := range persons {
		if n, err := b.sink.Erase(t.Context(), governance.Subject(fmt.Sprint("learner ", i))); err != nil || n.Records != int64(records/1000) {
			t.Fatalf("learner %d: %d records (%v)", i, n.Records, err)
		}
	}
	r := b.passes(t, *done.Checkpoint)
	if r.Erased != 2*persons*records/1000 {
		t.Errorf("%d erased: want %d", r.Erased, 2*persons*records/1000)
	}
	if err := proof.Verify(b.keys); err != nil {
		t.Errorf("the proof from before: %v", err)
	}
	after, err := pgseal.Prove(t.Context(), b.pool, b.schema, eventID(7), governance.Failure)
	if err != nil || after.Verify(b.keys) != nil || after.Subject != nil || after.Actor != nil {
		t.Errorf("a new proof: %+v (%v)", after, err)
	}
}
