package neosource_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/neosource"
	"github.com/shugo-data/shugo/internal/servertest"
)

// Test has two graph servers, which take a while to start, and lends them to its subtests one after another.
func Test(t *testing.T) {
	t.Parallel()
	w := &world{live: newGraph(t), scratch: newGraph(t)}
	for _, test := range []struct {
		name string
		run  func(t *testing.T, w *world)
	}{
		{"Source", testSource},
		{"Destination", testDestination},
		{"Hard", testHard},
		{"Past", testPast},
		{"Increment", testIncrement},
		{"Refusals", testRefusals},
		{"Meanwhile", testMeanwhile},
		{"Trim", testTrim},
		{"Sum", testSum},
		{"Discard", testDiscard},
		{"Cuts", testCuts},
		{"Killed", testKilled},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, w) })
	}
}

func testSource(t *testing.T, w *world) {
	backuptest.TestSource(t, func(t testing.TB) backup.Source {
		w.fresh(t)
		w.accounts(t, 10)
		return w.source(t)
	})
}

func testDestination(t *testing.T, w *world) {
	backuptest.TestDestination(t, func(t testing.TB) backuptest.Restoring {
		w.fresh(t)
		w.accounts(t, 10)
		return backuptest.Restoring{Source: w.source(t),
			Destination: w.destination(t, func(c *neosource.GraphConfig) { c.Audit = w.History() })}
	})
}

// testSum takes snapshots while writers move units, and restores each: the sum is that of one moment, and all that is restored
// is what the journal says.
func testSum(t *testing.T, w *world) {
	w.fresh(t)
	w.cards(t)
	const accounts = 2000
	w.accounts(t, accounts)
	stop := w.transfers(t, accounts, 4)
	drift := 0
	restores := servertest.Count(3, 50)
	for range restores {
		r := backUp(t, w.source(t))
		w.scratch.wipe(t)
		requireProven(t, w.destination(t, func(c *neosource.GraphConfig) { c.Audit = w.History() }), r)
		if got := w.scratch.ask(t, `MATCH (n:Account) RETURN sum(n.units), count(n)`, nil)[0].Values; got[0] != int64(accounts*1000) || got[1] != int64(accounts) {
			t.Errorf("%v units of %v accounts, expected %d of %d", got[0], got[1], accounts*1000, accounts)
		}
		for _, item := range r.Items() {
			if item.Name == "changes" && item.Size > 0 {
				drift++
			}
		}
	}
	stop()
	t.Logf("%d restores beside %d transfers; %d snapshots had changes to add", restores, w.moved.Load(), drift)
	if drift == 0 {
		t.Error("nobody wrote while the graph was read: nothing was shown")
	}
}

// testDiscard restores twice into one database, which is emptied in between, and refuses where it is not.
func testDiscard(t *testing.T, w *world) {
	w.fresh(t)
	w.accounts(t, 10)
	r := backUp(t, w.source(t))
	first, second := w.destination(t), w.destination(t)
	if err := second.Discard(t.Context()); err != nil {
		t.Errorf("nothing was restored: %v", err)
	}
	requireProven(t, first, r)
	if err := errors.Join(second.Restore(t.Context(), r, backup.Goal{}), second.Discard(t.Context())); !errors.Is(err, backup.ErrNotEmpty) {
		t.Errorf("%v, expected %v", err, backup.ErrNotEmpty)
	}
	if err := first.Discard(t.Context()); err != nil {
		t.Fatal(err)
	}
	requireProven(t, second, r)
}

func requireEqual(t testing.TB, want, got []backup.Fact) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
