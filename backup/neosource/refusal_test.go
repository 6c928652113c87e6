package neosource_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/neosource"
	"github.com/shugo-data/shugo/backup/neosource/journal"
	"github.com/shugo-data/shugo/internal/graphimage"
	"github.com/shugo-data/shugo/internal/servertest"
)

func TestProblems(t *testing.T) {
	t.Parallel()
	_, err := neosource.New(neosource.Config{Name: "a/b", Workers: -1, Patience: -1})
	const want = "neosource: Name: backup: not a name: a slash at 1, expected one segment\nneosource: no Driver\n" +
		"neosource: -1 Workers, expected 0 or more\nneosource: Patience -1ns, expected 0 or more"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	_, err = neosource.NewGraph(neosource.GraphConfig{Workers: -1})
	if err == nil || err.Error() != "neosource: no Driver\nneosource: -1 Workers, expected 0 or more" {
		t.Errorf("got %v", err)
	}
}

// testRefusals asks for what cannot be had. Nothing of it is left behind.
func testRefusals(t *testing.T, w *world) {
	w.fresh(t)
	w.accounts(t, 5)
	w.settle(t)
	r := backUp(t, w.source(t))
	alone := backUp(t, w.source(t, func(c *neosource.Config) { c.Journal = nil }))
	other := servertest.Pool(t, servertest.Database(t), 2)
	if err := journal.Migrate(t.Context(), other, ""); err != nil {
		t.Fatal(err)
	}
	behind := servertest.Pool(t, servertest.Database(t), 2)
	if err := journal.Migrate(t.Context(), behind, ""); err != nil {
		t.Fatal(err)
	}
	w.likeLineage(t, behind.Config().ConnString())
	history := func(of *journal.History) func(context.Context) (*journal.History, error) {
		return func(context.Context) (*journal.History, error) { return of, nil }
	}
	open := func(pool string) *journal.History {
		h, err := journal.NewHistory(servertest.Pool(t, pool, 2), "")
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	failing := errors.New("no server")
	for name, test := range map[string]struct {
		before string
		from   backup.Reader
		to     backup.Goal
		with   func(context.Context) (*journal.History, error)
		want   error
	}{
		"a node":               {before: "CREATE ()", from: r, want: backup.ErrNotEmpty},
		"a constraint":         {before: "CREATE CONSTRAINT FOR (n:A) REQUIRE n.a IS UNIQUE", from: r, want: backup.ErrNotEmpty},
		"an index":             {before: "CREATE INDEX FOR (n:A) ON (n.a)", from: r, want: backup.ErrNotEmpty},
		"unfinished":           {before: "CREATE (:" + neosource.UnfinishedLabel + ")", from: r, want: backup.ErrNotEmpty},
		"earlier goal":         {from: r, to: backup.Goal{LSN: 1}, want: backup.ErrUnreachable},
		"other journal":        {from: r, with: history(open(other.Config().ConnString())), want: backup.ErrUnreachable},
		"journal that ended":   {from: r, with: history(open(behind.Config().ConnString())), want: backup.ErrUnreachable},
		"without a journal":    {from: alone, with: history(w.History()), want: backup.ErrUnreachable},
		"id below zero":        {from: &replacing{r, graphimage.AppendRecord(nil, graphimage.Record{Kind: graphimage.Node, ID: -5, Image: []byte{0, 0}})}, want: backup.ErrCorrupt},
		"other kind":           {from: &replacing{r, graphimage.AppendRecord(nil, graphimage.Record{Kind: graphimage.Relationship, Image: []byte{0}})}, want: backup.ErrCorrupt},
		"no record":            {from: &replacing{r, []byte{255}}, want: backup.ErrCorrupt},
		"no journal to be had": {from: r, with: func(context.Context) (*journal.History, error) { return nil, failing }, want: failing},
	} {
		t.Run(name, func(t *testing.T) {
			w.scratch.wipe(t)
			if test.before != "" {
				w.scratch.ask(t, test.before, nil)
			}
			count := func() any {
				return w.scratch.ask(t, `MATCH (n) RETURN count(n)`, nil)[0].Values[0]
			}
			before := count()
			d := w.destination(t, func(c *neosource.GraphConfig) { c.History = test.with })
			if err := d.Restore(t.Context(), test.from, test.to); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if after := count(); after != before {
				t.Errorf("%v nodes, before %v", after, before)
			}
		})
	}
}

// replacing is a snapshot whose nodes are something else.
type replacing struct {
	backup.Reader
	nodes []byte
}

func (r *replacing) Chunk(ctx context.Context, item string, n int) ([]byte, error) {
	if strings.HasPrefix(item, "nodes") {
		return r.nodes, nil
	}
	return r.Reader.Chunk(ctx, item, n)
}

// settle settles, so that the mark of a snapshot is not that of an empty journal.
func (w *world) settle(t *testing.T) {
	t.Helper()
	if _, err := w.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// likeLineage makes an empty journal one of the same course of history.
func (w *world) likeLineage(t *testing.T, database string) {
	t.Helper()
	var lineage string
	if err := w.pool.QueryRow(t.Context(), `SELECT lineage::text FROM shugo.graph_state`).Scan(&lineage); err != nil {
		t.Fatal(err)
	}
	if _, err := servertest.Pool(t, database, 1).Exec(t.Context(), `UPDATE shugo.graph_state SET lineage = $1::uuid`, lineage); err != nil {
		t.Fatal(err)
	}
}

// hooked does something when the first item of a kind is begun.
type hooked struct {
	backup.Writer
	kind string
	do   func()
}

func (h *hooked) Create(ctx context.Context, name, kind string) (backup.ItemWriter, error) {
	if kind == h.kind && h.do != nil {
		h.do()
		h.do = nil
	}
	return h.Writer.Create(ctx, name, kind)
}

// meanwhile backs up while something happens.
func (w *world) meanwhile(t *testing.T, kind string, do func()) (backup.Reader, error) {
	t.Helper()
	var in backuptest.Repository
	s := w.source(t, func(c *neosource.Config) { c.Workers = 1 })
	snapshot, err := in.Write(t.Context(), s.Name(), func(ctx context.Context, to backup.Writer) (backup.Cut, error) {
		return s.Backup(ctx, &hooked{Writer: to, kind: kind, do: do})
	})
	if err != nil {
		return nil, err
	}
	return in.Open(t.Context(), snapshot.ID)
}

// testMeanwhile changes a graph between the reading of its nodes and that of its relationships.
func testMeanwhile(t *testing.T, w *world) {
	setUp := func(t *testing.T) {
		w.fresh(t)
		w.cards(t)
		w.accounts(t, 5)
		w.do(t, func(ctx context.Context, graph *journal.Graph) error {
			return graph.PutRelationships(ctx, journal.Relationship{GID: "r", Type: "KNOWS", From: accountID(0), To: accountID(4)},
				journal.Relationship{GID: "s", Type: "KNOWS", From: accountID(1), To: accountID(1)})
		})
		w.live.ask(t, `MATCH (a {gid: 'account 0'}) CREATE (:Note)-[:ABOUT]->(a)`, nil)
	}
	for name, write := range map[string]func(ctx context.Context, graph *journal.Graph) error{
		"nothing": func(context.Context, *journal.Graph) error { return nil },
		"new node with relationships": func(ctx context.Context, graph *journal.Graph) error {
			if err := graph.PutNodes(ctx, account("new", 5)); err != nil {
				return err
			}
			return graph.PutRelationships(ctx, journal.Relationship{GID: "new", Type: "KNOWS", From: "new", To: accountID(1)},
				journal.Relationship{GID: "new too", Type: "KNOWS", From: accountID(2), To: "new"})
		},
		"changed": func(ctx context.Context, graph *journal.Graph) error {
			if err := graph.PutRelationships(ctx, journal.Relationship{GID: "r", Type: "KNOWS", From: accountID(0), To: accountID(4),
				Properties: map[string]any{"x": int64(1)}}); err != nil {
				return err
			}
			return graph.PutNodes(ctx, account(accountID(0), 8))
		},
		"deleted with what is not governed": func(ctx context.Context, graph *journal.Graph) error { return graph.DeleteNodes(ctx, accountID(0)) },
		"relationship deleted": func(ctx context.Context, graph *journal.Graph) error {
			return graph.DeleteRelationships(ctx, journal.Relationship{GID: "s", Type: "KNOWS", From: accountID(1), To: accountID(1)})
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, kind := range []string{"nodes", "relationships", "changes"}[:servertest.Count(1, 3)] {
				setUp(t)
				r, err := w.meanwhile(t, kind, func() { w.do(t, write) })
				if err != nil {
					t.Fatal(err)
				}
				requireProven(t, w.destination(t, func(c *neosource.GraphConfig) { c.Audit, c.Ungoverned = w.History(), true }), r)
			}
		})
	}
	t.Run("past the journal", func(t *testing.T) {
		setUp(t)
		_, err := w.meanwhile(t, "nodes", func() {
			w.live.ask(t, `CREATE (:Governed {gid: 'x'})-[:KNOWS {gid: 'y'}]->(:Governed {gid: 'z'})`, nil)
		})
		if !errors.Is(err, backup.ErrChanged) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("past the journal and loose", func(t *testing.T) {
		setUp(t)
		r, err := w.meanwhile(t, "nodes", func() { w.live.ask(t, `CREATE (:Note)-[:KNOWS]->(:Note)`, nil) })
		if err != nil {
			t.Fatal(err)
		}
		d := w.destination(t)
		if err := d.Restore(t.Context(), r, backup.Goal{}); err != nil {
			t.Fatal(err)
		}
		e, err := d.Examine(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range e.Findings {
			if f.Check == "all is governed, or need not be" && (f.Passed || !strings.Contains(f.Detail, "1 relationships were left out")) {
				t.Errorf("%v: %s", f.Passed, f.Detail)
			}
		}
	})
}

// testTrim gives snapshots up, and then what the journal has for them: what is kept can be carried on as before.
func testTrim(t *testing.T, w *world) {
	w.fresh(t)
	w.accounts(t, 3)
	var in backuptest.Repository
	s := w.source(t)
	for range 3 {
		if _, err := in.Write(t.Context(), s.Name(), s.Backup); err != nil {
			t.Fatal(err)
		}
		w.accounts(t, 3)
		w.do(t, func(ctx context.Context, graph *journal.Graph) error { return graph.DeleteNodes(ctx, accountID(2)) })
	}
	all, err := in.Snapshots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if removed, err := s.Trim(t.Context(), &in); removed != 0 || err != nil {
		t.Errorf("%d removed while all snapshots are kept, %v", removed, err)
	}
	if _, err := in.Prune(t.Context(), backup.Keep{Snapshots: []backup.SnapshotID{all[2].ID}}); err != nil {
		t.Fatal(err)
	}
	// Of accounts 0 and 1 two images are superseded. Of account 2 there are two deletions and two images before them.
	if removed, err := s.Trim(t.Context(), &in); removed != 8 || err != nil {
		t.Errorf("%d removed, %v", removed, err)
	}
	r, err := in.Open(t.Context(), all[2].ID)
	if err != nil {
		t.Fatal(err)
	}
	requireProven(t, w.destination(t, func(c *neosource.GraphConfig) { c.Audit = w.History() }), r)
	w.scratch.wipe(t)
	d := w.destination(t, func(c *neosource.GraphConfig) {
		c.History = func(context.Context) (*journal.History, error) { return w.History(), nil }
	})
	if err := d.Restore(t.Context(), r, backup.Goal{}); err != nil {
		t.Fatal(err)
	}
	if left := w.scratch.ask(t, `MATCH (n) RETURN count(n)`, nil)[0].Values[0]; left != int64(2) {
		t.Errorf("%v accounts are there now, expected 2", left)
	}
}

// testKilled kills a server in the middle of a backup and of a restore.
func testKilled(t *testing.T, w *world) {
	w.fresh(t)
	w.accounts(t, 50)
	r := backUp(t, w.source(t))
	if _, err := w.meanwhile(t, "nodes", func() { w.live.Kill(t) }); err == nil {
		t.Error("a backup of a server that was killed succeeded")
	}
	w.live.Start(t)
	d := w.destination(t)
	w.scratch.wipe(t)
	if err := d.Restore(t.Context(), &killing{Reader: r, kill: func() { w.scratch.Kill(t) }}, backup.Goal{}); err == nil {
		t.Error("a restore into a server that was killed succeeded")
	}
	w.scratch.Start(t)
	if err := d.Restore(t.Context(), r, backup.Goal{}); !errors.Is(err, backup.ErrNotEmpty) {
		t.Errorf("over the rest of a restore: got %v", err)
	}
	e, err := d.Examine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range e.Findings {
		if f.Check == "the restore was finished" && f.Passed {
			t.Error("the rest of a restore is taken for a restored graph")
		}
	}
	w.scratch.wipe(t)
	requireProven(t, d, r)
}

// killing kills a server when the first chunk of nodes is read.
type killing struct {
	backup.Reader
	kill func()
}

func (k *killing) Chunk(ctx context.Context, item string, n int) ([]byte, error) {
	if strings.HasPrefix(item, "nodes") && k.kill != nil {
		k.kill()
		k.kill = nil
	}
	return k.Reader.Chunk(ctx, item, n)
}
