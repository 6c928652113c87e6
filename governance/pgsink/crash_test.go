package pgsink_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
	"github.com/shugo-data/shugo/internal/servertest"
)

const (
	// orphans counts transactions in both directions: notes without their effects, and effects without their notes.
	orphans = `
		SELECT count(*) FROM (SELECT tx, count(*) AS n FROM notes_tx GROUP BY tx) AS w
		FULL JOIN (SELECT tx, count(*) AS n FROM shugo.audit WHERE kind = 'effect' GROUP BY tx) AS e USING (tx)
		WHERE w.n IS DISTINCT FROM e.n`
	notesTxTable = `CREATE TABLE notes_tx (id uuid PRIMARY KEY, tx xid8 NOT NULL DEFAULT pg_current_xact_id())`
)

const insertNoteTx = `INSERT INTO notes_tx (id) VALUES ($1)`

// writers runs concurrent writers until the context ends: transactions and batches, a third of which roll back.
func writers(ctx context.Context, f *fixture, n int) {
	inTx := pgsink.InTxErr(f.pool, governance.WrapErr(f.guard, addNote(), func(ctx context.Context, n note) error {
		tx, err := pgsink.TxFrom(ctx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, insertNoteTx, n.id); err != nil {
			return err
		}
		if n.id[0]%3 == 0 {
			return errPlanned
		}
		return nil
	}))
	op := addNote()
	op.Name = "notes.queue"
	inBatch := pgsink.InBatch(f.pool, governance.WrapErr(f.guard, op, func(ctx context.Context, n note) error {
		batch, err := pgsink.BatchFrom(ctx)
		if err != nil {
			return err
		}
		batch.Queue(insertNoteTx, n.id)
		if n.id[0]%3 == 0 {
			batch.Queue(insertNoteTx, n.id) // the key is there: the whole batch rolls back
		}
		return nil
	}))
	ctx = as(ctx, "mika")
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for ctx.Err() == nil {
				n := note{learner: "mika"}
				rand.Read(n.id[:])
				if n.id[1]%2 == 0 {
					inTx(ctx, n)
				} else {
					inBatch(ctx, n)
				}
			}
		})
	}
	wg.Wait()
}

const childVariable = "SHUGO_TEST_WRITER" // the address that a child of TestKills writes to

// TestKills kills a process with 32 writers, and the connections of another, at random moments: afterwards every
// committed note has exactly one effect, and every effect its note.
func TestKills(t *testing.T) {
	if address := os.Getenv(childVariable); address != "" {
		f := &fixture{address: address}
		f.open(t, 32)
		os.Stdout.WriteString("ready\n")
		writers(context.Background(), f, 32)
		return
	}
	t.Parallel()
	f := newFixture(t, 2)
	if _, err := f.pool.Exec(t.Context(), notesTxTable); err != nil {
		t.Fatal(err)
	}
	kills := servertest.Count(6, 50)
	for i := range kills {
		if i%3 == 2 {
			terminateConnections(t, f)
		} else {
			killChild(t, f)
		}
	}
	awaitIdle(t, f)
	notes, rolledBack := f.count(t, "SELECT count(*) FROM notes_tx"), f.count(t, "SELECT count(*) FROM shugo.audit WHERE kind = 'failure'")
	if n := f.count(t, orphans); n != 0 {
		t.Errorf("%d transactions whose notes and effects differ in number, want 0", n)
	}
	if notes == 0 || rolledBack == 0 {
		t.Errorf("%d notes and %d failures: the test has tested nothing", notes, rolledBack)
	}
	t.Logf("%d kills, %d committed notes, as many effects, %d failures on record", kills, notes, rolledBack)
}

// killChild starts the test binary as a writer and kills it.
func killChild(t *testing.T, f *fixture) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKills$")
	cmd.Env = append(os.Environ(), childVariable+"="+f.address)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("the writer said %q, %v", line, err)
	}
	<-time.After(time.Duration(100+mathrand.IntN(300)) * time.Millisecond)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var killed *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &killed) || killed.Exited() {
		t.Fatalf("the writer ended by itself: %v", err)
	}
}

// terminateConnections cuts all connections of writers in this process.
func terminateConnections(t *testing.T, f *fixture) {
	t.Helper()
	w := &fixture{address: f.address}
	w.open(t, 32)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		writers(ctx, w, 32)
		close(done)
	}()
	for range 3 {
		<-time.After(time.Duration(50+mathrand.IntN(100)) * time.Millisecond)
		f.count(t, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	}
	cancel()
	<-done
}

// awaitIdle waits until the server has noticed that its clients are gone.
func awaitIdle(t *testing.T, f *fixture) {
	t.Helper()
	for range 500 {
		busy := f.count(t, `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`)
		if busy == 0 {
			return
		}
		<-time.After(20 * time.Millisecond)
	}
	t.Fatal("transactions of dead clients are still open")
}
