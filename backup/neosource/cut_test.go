package neosource_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/dirtarget"
	"github.com/shugo-data/shugo/backup/neosource"
	"github.com/shugo-data/shugo/backup/neosource/journal"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/backup/repository"
	"github.com/shugo-data/shugo/internal/servertest"
)

// pair is a cluster and a graph that a Runner backs up as a group.
type pair struct {
	*world
	cluster  *servertest.Cluster
	kept     backup.Repository
	receiver *pgwal.Receiver
	runner   *backup.Runner
}

// newPair makes the live graph's journal one of a cluster of its own.
func newPair(t *testing.T, w *world) *pair {
	t.Helper()
	p := &pair{world: w, cluster: servertest.NewClusterWith(t, servertest.ClusterConfig{
		Settings: []string{"wal_level=replica", "fsync=on", "max_wal_senders=10"}})}
	w.live.wipe(t)
	w.pool = servertest.Pool(t, p.cluster.URL, 20)
	if err := journal.Migrate(t.Context(), w.pool, ""); err != nil {
		t.Fatal(err)
	}
	w.Journal = openJournal(t, w.pool, w.live)
	w.cards(t)
	target, err := dirtarget.New(dirtarget.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	p.kept, err = repository.Create(t.Context(), repository.Config{Places: []backup.Place{{Name: "disk", Target: target}}, Key: repository.Key{1}})
	if err != nil {
		t.Fatal(err)
	}
	if p.receiver, err = pgwal.NewReceiver(pgwal.ReceiverConfig{Connection: p.cluster.URL, Repository: p.kept}); err != nil {
		t.Fatal(err)
	}
	p.run(t)
	base, err := pgwal.NewSource(pgwal.SourceConfig{Name: "cluster", Connection: p.cluster.URL, Await: p.receiver.Await})
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	tier := backup.Tier{Name: "critical", Every: 15 * time.Minute, Base: 24 * time.Hour, Continuous: true,
		RPO: 15 * time.Minute, RTO: 30 * time.Minute, Kinds: []backup.PlaceKind{backup.Local}}
	p.runner, err = backup.New(backup.Config{Tiers: []backup.Tier{tier}, Signer: key, Jobs: []backup.Job{
		{Source: base, Tier: "critical", Repository: p.kept, Group: "tutor", Stream: p.receiver},
		{Source: w.source(t), Tier: "critical", Repository: p.kept, Group: "tutor", Journaled: true}}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// run runs the receiver until the test's end.
func (p *pair) run(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.receiver.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("the receiver ended: %v", err)
		}
	})
}

// at returns the position of the cluster's log.
func (p *pair) at(t *testing.T) backup.LSN {
	t.Helper()
	view, err := p.History().View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer view.Close(t.Context())
	return view.Cut.LSN
}

// restored is the pair as it was at a cut. Its pool is closed, and its cluster ended, by the second function.
func (p *pair) restore(t *testing.T, to backup.Goal) (*neosource.Graph, *pgxpool.Pool, func(), error) {
	t.Helper()
	p.scratch.wipe(t)
	dir, err := os.MkdirTemp("", "shugo-cut-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	var pool *pgxpool.Pool
	var restored *servertest.Cluster
	d, err := pgwal.NewDirectory(pgwal.DirectoryConfig{Path: filepath.Join(dir, "data"), Start: func(_ context.Context, data string) (string, func(), error) {
		if err := errors.Join(os.Chmod(dir, 0o755), give(p.cluster.Data(), dir)); err != nil {
			return "", nil, err
		}
		restored = servertest.NewClusterWith(t, servertest.ClusterConfig{Data: data, Bin: p.cluster.Bin()})
		return restored.URL, func() { restored.Kill(t) }, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	g := p.destination(t, func(c *neosource.GraphConfig) {
		c.History = func(ctx context.Context) (*journal.History, error) {
			var err error
			if pool, err = pgxpool.New(ctx, restored.URL); err != nil {
				return nil, err
			}
			return journal.NewHistory(pool, "")
		}
	})
	plan, err := p.runner.Plan(t.Context(), to)
	if err == nil {
		_, err = p.runner.Restore(t.Context(), plan, map[string]backup.Destination{"cluster": d, "graph": g})
	}
	return g, pool, func() {
		if pool != nil {
			pool.Close()
		}
		d.Close()
		os.RemoveAll(dir)
	}, err
}

// give gives a folder, and all in it, to the owner of another.
func give(like, folder string) error {
	info, err := os.Stat(like)
	if err != nil {
		return err
	}
	owner := info.Sys().(*syscall.Stat_t)
	return filepath.WalkDir(folder, func(path string, _ os.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(path, int(owner.Uid), int(owner.Gid)))
	})
}

// testCuts restores a cluster and a graph, which are written to all the time, to positions of the log that nobody chose: no
// reference between them dangles, and the graph is what the restored journal says.
func testCuts(t *testing.T, w *world) {
	p := newPair(t, w)
	const accounts = 200
	w.accounts(t, accounts)
	stop := w.transfers(t, accounts, 4)
	first, newest := backup.LSN(0), backup.SnapshotID("")
	for _, source := range []string{"cluster", "graph", "graph", "graph"} {
		snapshot, err := p.runner.Backup(t.Context(), source)
		if err != nil {
			t.Fatal(err)
		}
		if source == "graph" && first == 0 {
			first = snapshot.Cut.LSN
		}
		newest = snapshot.ID
		w.await(t, servertest.Count(50, 1000))
	}
	stop()
	last := p.at(t)
	if err := p.receiver.Await(t.Context(), backup.Cut{LSN: last, System: p.system(t), Timeline: 1}); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(5, 17))
	for range servertest.Count(2, 200) {
		to := first + backup.LSN(rng.Int64N(int64(last-first)))
		g, pool, end, err := p.restore(t, backup.Goal{LSN: to})
		if err != nil {
			t.Fatalf("%s: %v", to, err)
		}
		p.requireOne(t, g, pool, accounts)
		end()
	}
	p.requireLeft(t, first, newest)
	t.Logf("%d transfers, cuts between %s and %s", w.moved.Load(), first, last)
}

// requireLeft restores the cluster to before a snapshot of the graph, which then is of a course of history that was left.
func (p *pair) requireLeft(t *testing.T, to backup.LSN, snapshot backup.SnapshotID) {
	t.Helper()
	_, pool, end, err := p.restore(t, backup.Goal{LSN: to})
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	r, err := p.kept.Open(t.Context(), snapshot)
	if err != nil {
		t.Fatal(err)
	}
	p.scratch.wipe(t)
	g := p.destination(t, func(c *neosource.GraphConfig) {
		c.History = func(context.Context) (*journal.History, error) { return journal.NewHistory(pool, "") }
	})
	for range 2 { // it is told by the versions, then by the timelines
		if err := g.Restore(t.Context(), r, backup.Goal{}); !errors.Is(err, backup.ErrUnreachable) {
			t.Errorf("a snapshot of a course of history that was left: %v", err)
		}
		// What is written there must not be taken for what was written where the snapshot is from.
		if _, err := pool.Exec(t.Context(), `INSERT INTO shugo.graph_journal (kind, gid, version, gone, image) VALUES (1, 'x', nextval('shugo.graph_version') + 1000000, true, '')`); err != nil {
			t.Fatal(err)
		}
	}
}

func (p *pair) system(t *testing.T) (system string) {
	t.Helper()
	if err := p.pool.QueryRow(t.Context(), `SELECT system_identifier::text FROM pg_control_system()`).Scan(&system); err != nil {
		t.Fatal(err)
	}
	return system
}

// requireOne requires that the two stores are of one moment.
func (p *pair) requireOne(t *testing.T, g *neosource.Graph, pool *pgxpool.Pool, accounts int) {
	t.Helper()
	e, err := g.Examine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range e.Findings {
		if !f.Passed {
			t.Errorf("%s: %s", f.Check, f.Detail)
		}
	}
	rows, err := pool.Query(t.Context(), `SELECT gid, account FROM card`)
	if err != nil {
		t.Fatal(err)
	}
	sql := map[string]string{}
	var gid, of string
	if _, err := pgx.ForEachRow(rows, []any{&gid, &of}, func() error { sql[gid] = of; return nil }); err != nil {
		t.Fatal(err)
	}
	inGraph := map[string]string{}
	for _, r := range p.scratch.ask(t, `MATCH (c:Card) RETURN c.gid`, nil) {
		inGraph[r.Values[0].(string)] = ""
	}
	for _, r := range p.scratch.ask(t, `UNWIND keys($cards) AS card MATCH (c:Card {gid: card})-[:OF]->(a:Account {gid: $cards[card]}) RETURN card, a.gid`,
		map[string]any{"cards": sql}) {
		inGraph[r.Values[0].(string)] = r.Values[1].(string)
	}
	if diff := cmp.Diff(sql, inGraph); diff != "" {
		t.Errorf("what SQL (-) refers to is not what the graph (+) has:\n%s", diff)
	}
	if got := p.scratch.ask(t, `MATCH (n:Account) RETURN sum(n.units), count(n)`, nil)[0].Values; got[0] != int64(accounts*1000) || got[1] != int64(accounts) {
		t.Errorf("%v units of %v accounts, expected %d of %d", got[0], got[1], accounts*1000, accounts)
	}
}
