package pgseal_test

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/mod/sumdb/note"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgseal"
	"github.com/shugo-data/shugo/governance/pgsink"
	"github.com/shugo-data/shugo/internal/servertest"
)

const (
	crashWriters = 64
	crashSchema  = "crash"
)

// TestMain lets the test binary be the process that a test kills.
func TestMain(m *testing.M) {
	if os.Getenv("SHUGO_TEST_WRITER") != "" {
		os.Exit(writerMain())
	}
	os.Exit(m.Run())
}

// TestCrashes kills a process of 64 writers and a sealer again and again, and now and then the server at once with it,
// while another sealer runs. Every write that was acknowledged has its record, every record is of a committed write, and
// the log is sealed whole.
func TestCrashes(t *testing.T) {
	t.Parallel()
	kills, stops := servertest.Count(8, 200), servertest.Count(2, 20)
	cluster := servertest.NewCluster(t)
	pool := servertest.Pool(t, cluster.URL, 8)
	for _, migrate := range []func(context.Context, *pgxpool.Pool, string) error{pgsink.Migrate, pgseal.Migrate} {
		if err := migrate(t.Context(), pool, crashSchema); err != nil {
			t.Fatalf("Migrate: %v", errors.Unwrap(err))
		}
	}
	b := &bench{pool: pool, schema: crashSchema}
	b.exec(t, `CREATE TABLE {s}.note ("body" text PRIMARY KEY, "tx" xid8 NOT NULL DEFAULT pg_current_xact_id())`)
	private, public, err := note.GenerateKey(nil, "tutor.example/audit")
	if err != nil {
		t.Fatal(err)
	}
	if b.signer, err = note.NewSigner(private); err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	b.keys = note.VerifierList(verifier)
	folder := pgseal.Folder(t.TempDir())
	ctx, stop := context.WithCancel(context.Background())
	var sealing sync.WaitGroup
	defer sealing.Wait()
	defer stop()
	sealing.Go(func() { b.sealThrough(ctx, t, folder) })

	acknowledged := map[string]bool{}
	for round := range kills {
		lines := startWriter(t, cluster.URL, private, round)
		lines.read(20+rand.IntN(200), acknowledged)
		if stops > 0 && round%(max(1, kills/stops)) == 0 {
			cluster.StopImmediate(t)
			lines.kill(t, acknowledged)
			cluster.Start(t)
			continue
		}
		lines.kill(t, acknowledged)
	}
	for b.count(t, `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'writer'`) > 0 { // at work on what they had received
		b.exec(t, `SELECT pg_sleep(0.01)`)
	}
	stop()
	sealing.Wait()
	b.seal(t, b.sealer(t, func(c *pgseal.Config) { c.Publishers = []pgseal.Publisher{folder} }))
	b.checkCrashed(t, folder, acknowledged)
}

// checkCrashed checks what is promised.
func (b *bench) checkCrashed(t *testing.T, folder pgseal.Folder, acknowledged map[string]bool) {
	t.Helper()
	outside, err := folder.Checkpoints(b.keys)
	if err != nil {
		t.Fatal(err)
	}
	r := b.passes(t, outside...)
	records, notes := b.count(t, `SELECT count(*) FROM {s}.audit_record`), b.count(t, `SELECT count(*) FROM {s}.note`)
	if r.Records != records || r.Unsealed != 0 {
		t.Errorf("%d leaves sealed, %d records", r.Records, records)
	}
	const effects = `(SELECT tx FROM {s}.audit_record WHERE substring(leaf FROM 35 FOR 6) = 'effect'::bytea)`
	if n := b.count(t, `SELECT count(*) FROM {s}.note AS n FULL JOIN `+effects+` AS e USING (tx) WHERE n.tx IS NULL OR e.tx IS NULL`); n != 0 {
		t.Errorf("%d writes without a record, or records without a write", n)
	}
	if n := b.count(t, `SELECT count(*) FROM `+effects+` AS e`); n != notes {
		t.Errorf("%d effects of %d writes", n, notes)
	}
	missing := 0
	for body := range acknowledged {
		missing += 1 - b.count(t, `SELECT count(*) FROM {s}.note WHERE body = $1`, body)
	}
	if missing != 0 || len(acknowledged) == 0 {
		t.Errorf("%d of %d acknowledged writes are gone", missing, len(acknowledged))
	}
	if n := b.count(t, `SELECT count(*) FROM {s}.note WHERE body LIKE '%rolled back%'`); n != 0 {
		t.Errorf("%d writes that were rolled back are there", n)
	}
	t.Logf("%d acknowledged, %d committed, %d records sealed, %d checkpoints outside", len(acknowledged), notes, records, len(outside))
}

// sealThrough seals until ctx ends, whatever happens to the server.
func (b *bench) sealThrough(ctx context.Context, t *testing.T, folder pgseal.Folder) {
	s := b.sealer(t, func(c *pgseal.Config) { c.Batch, c.Publishers = 500, []pgseal.Publisher{folder} })
	for ctx.Err() == nil {
		_, err := s.Seal(ctx)
		if errors.Is(err, pgseal.ErrRolledBack) || errors.Is(err, pgseal.ErrDamaged) || errors.Is(err, pgseal.ErrForeign) {
			t.Errorf("Seal: %v", err)
			return
		}
	}
}

// writerLines are what a writer has printed: the body of each write that was acknowledged.
type writerLines struct {
	process *exec.Cmd
	lines   *bufio.Scanner
}

func startWriter(t *testing.T, url, private string, round int) writerLines {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "SHUGO_TEST_WRITER="+url, "SHUGO_TEST_KEY="+private, fmt.Sprint("SHUGO_TEST_ROUND=", round))
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	return writerLines{child, bufio.NewScanner(out)}
}

func (w writerLines) read(most int, acknowledged map[string]bool) {
	for ; most > 0 && w.lines.Scan(); most-- {
		acknowledged[w.lines.Text()] = true
	}
}

// kill ends the writer, and reads what it printed before. A line that was cut is no acknowledgement.
func (w writerLines) kill(t *testing.T, acknowledged map[string]bool) {
	t.Helper()
	if err := w.process.Process.Kill(); err != nil {
		t.Error(err)
	}
	last := ""
	for w.lines.Scan() {
		if last != "" {
			acknowledged[last] = true
		}
		last = w.lines.Text()
	}
	if strings.HasSuffix(last, ".") {
		acknowledged[last] = true
	}
	_ = w.process.Wait()
}

var errRollback = errors.New("rolled back")

// writerMain writes until it is killed, and prints a line for each write that was acknowledged.
func writerMain() int {
	ctx := context.Background()
	config, err := pgxpool.ParseConfig(os.Getenv("SHUGO_TEST_WRITER"))
	if err != nil {
		return fatal(err)
	}
	config.MaxConns = crashWriters + 4
	config.ConnConfig.RuntimeParams["application_name"] = "writer"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return fatal(err)
	}
	key, err := governance.NewPseudonyms([]byte("a key for tests of thirty-two b."))
	if err != nil {
		return fatal(err)
	}
	sink, err := pgsink.New(pgsink.Config{Pool: pool, Schema: crashSchema, Pseudonyms: key})
	if err != nil {
		return fatal(err)
	}
	signer, err := note.NewSigner(os.Getenv("SHUGO_TEST_KEY"))
	if err != nil {
		return fatal(err)
	}
	sealer, err := pgseal.New(pgseal.Config{
		Pool: pool, Schema: crashSchema, Origin: "tutor.example/audit", Signers: []note.Signer{signer}, Batch: 100, Interval: time.Millisecond,
	})
	if err != nil {
		return fatal(err)
	}
	guard, err := governance.New(governance.Config{Audit: sink, Manifest: governance.Manifest{
		Classes:  []governance.Class{{Category: "notes", Classification: "PII", Personal: true}},
		Datasets: []governance.Dataset{{Store: "postgresql", Name: "note", Category: "notes"}},
		Rules: []governance.Rule{{Name: "all", Roles: []string{"writer"}, Categories: []governance.Category{"notes"},
			Actions: []governance.Action{governance.Create}}},
	}})
	if err != nil {
		return fatal(err)
	}
	go sealer.Run(ctx)
	insert := governance.WrapErr(guard, governance.Operation[string, governance.Nothing]{Name: "notes.add", Dataset: "note", Action: governance.Create},
		func(ctx context.Context, body string) error {
			tx, _ := pgsink.TxFrom(ctx)
			_, err := tx.Exec(ctx, `INSERT INTO "`+crashSchema+`".note (body) SELECT $1 FROM (SELECT pg_sleep(random() * 0.004)) AS s`, body)
			return err
		})
	write := pgsink.InTxErr(sink, func(ctx context.Context, body string) error {
		if err := insert(ctx, body); err != nil {
			return err
		}
		if strings.Contains(body, "rolled back") {
			return errRollback
		}
		return nil
	})
	return writeAll(write)
}

// writeAll writes with many goroutines, one in five writes to be rolled back.
func writeAll(write func(context.Context, string) error) int {
	ctx := governance.WithCaller(context.Background(), governance.Caller{ID: "w", Roles: []string{"writer"}})
	var group sync.WaitGroup
	var printing sync.Mutex
	for w := range crashWriters {
		group.Go(func() {
			for i := 0; ; i++ {
				body := fmt.Sprintf("round %s, note %d of %d.", os.Getenv("SHUGO_TEST_ROUND"), i, w)
				if rand.IntN(5) == 0 {
					body = "rolled back: " + body
				}
				err := write(ctx, body)
				if err != nil && !errors.Is(err, errRollback) {
					return // the server is gone
				}
				if err == nil {
					printing.Lock()
					fmt.Println(body)
					printing.Unlock()
				}
			}
		})
	}
	group.Wait()
	return 1
}

func fatal(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// TestLinkInACopy copies the database within its server: the copy begins a log of its own.
func TestLinkInACopy(t *testing.T) {
	t.Parallel()
	address := servertest.Database(t)
	b := openTrail(t, address)
	b.record(t, 300)
	b.seal(t, b.sealer(t))
	b.record(t, 7) // committed, not sealed
	b.pool.Close()
	name := address[strings.LastIndex(address, "/")+1:]
	name, _, _ = strings.Cut(name, "?")
	copied := "copy_" + token()
	admin := servertest.Pool(t, servertest.Postgres(t), 1)
	if _, err := admin.Exec(t.Context(), `CREATE DATABASE `+copied+` TEMPLATE `+pgx.Identifier{name}.Sanitize()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Exec(context.Background(), `DROP DATABASE `+copied+` WITH (FORCE)`) })
	c := *b
	c.pool = servertest.Pool(t, strings.Replace(address, "/"+name, "/"+copied, 1), 4)
	c.linked(t, 7, 300)
}

// TestLinkAfterRestore restores a dump into another cluster, whose transactions count anew, and records there before it
// is linked.
func TestLinkAfterRestore(t *testing.T) {
	t.Parallel()
	address := servertest.Database(t)
	b := openTrail(t, address)
	b.exec(t, `DO $$ BEGIN FOR i IN 1..2000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$`)
	b.record(t, 300)
	b.seal(t, b.sealer(t))
	b.record(t, 7)
	cluster := servertest.NewCluster(t)
	cluster.Restore(t, address)
	c := *b
	c.pool = servertest.Pool(t, cluster.URL, 4)
	sink, err := pgsink.New(pgsink.Config{Pool: c.pool, Schema: c.schema, Pseudonyms: pseudonyms(t)})
	if err != nil {
		t.Fatal(err)
	}
	c.sink = sink
	c.record(t, 5)                                                                        // in the copy, before anybody has linked it
	if n, err := c.sink.Erase(t.Context(), "learner 309"); err != nil || n.Records != 1 { // one of those
		t.Fatalf("Erase: %+v (%v)", n, err)
	}
	if n, err := c.sink.Erase(t.Context(), "learner 30"); err != nil || n.Records != 1 { // one of the sealed ones
		t.Fatalf("Erase: %+v (%v)", n, err)
	}
	c.linked(t, 12, 300)
}

// TestLinkAgain restores the same copy twice: the second log after it has another name than the first.
func TestLinkAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.record(t, 5)
	b.seal(t, b.sealer(t))
	b.exec(t, `UPDATE {s}.audit_log SET database = 1`)
	s := b.sealer(t, func(c *pgseal.Config) {
		c.Published = func(context.Context) (pgseal.Checkpoint, error) {
			return pgseal.Checkpoint{Origin: c.Origin + "/2", Size: 9}, nil
		}
	})
	if era, err := s.Link(t.Context()); err != nil || era != 3 {
		t.Fatalf("Link: era %d (%v), want 3", era, err)
	}
	b.record(t, 2)
	if done := b.seal(t, b.sealer(t)); done.Checkpoint == nil || done.Checkpoint.Origin != "tutor.example/audit/3" || done.Size != 2 {
		t.Errorf("%+v: want two records in log 3", done)
	}
}

// openTrail makes a trail in a database of its own.
func openTrail(t *testing.T, address string) *bench {
	t.Helper()
	pool := servertest.Pool(t, address, 4)
	schema := "seal " + hex.EncodeToString([]byte("x"))
	for _, migrate := range []func(context.Context, *pgxpool.Pool, string) error{pgsink.Migrate, pgseal.Migrate} {
		if err := migrate(t.Context(), pool, schema); err != nil {
			t.Fatal(err)
		}
	}
	return openBench(t, pool, schema)
}

// linked links the copy, and checks that both logs hold.
func (b *bench) linked(t *testing.T, carried, sealed int) {
	t.Helper()
	s := b.sealer(t)
	if _, err := s.Seal(t.Context()); !errors.Is(err, pgseal.ErrForeign) {
		t.Fatalf("Seal in a copy: %v, want ErrForeign", err)
	}
	if era, err := s.Link(t.Context()); err != nil || era != 2 {
		t.Fatalf("Link: era %d (%v)", era, errors.Unwrap(err))
	}
	if _, err := s.Link(t.Context()); !errors.Is(err, pgseal.ErrForeign) {
		t.Errorf("Link again: %v, want ErrForeign", err)
	}
	if done := b.seal(t, s); done.Size != uint64(carried) {
		t.Errorf("%d sealed in the new log: want %d", done.Size, carried)
	}
	b.exec(t, `INSERT INTO {s}.audit_record (leaf) SELECT overlay(leaf PLACING '\x77' FROM 3) FROM {s}.audit_record ORDER BY era, tx, seq LIMIT 1`)
	if done := b.seal(t, s); done.Size != uint64(carried)+1 {
		t.Errorf("%d sealed in the new log: want %d", done.Size, carried+1)
	}
	r := b.passes(t)
	if len(r.Logs) != 2 || r.Logs[0].Size != uint64(sealed) || r.Logs[1].Size != uint64(carried)+1 || r.Records != sealed+carried+1 {
		t.Errorf("report %+v", r)
	}
	var out strings.Builder
	if err := pgseal.Export(t.Context(), b.pool, &out, pgseal.ExportConfig{Schema: b.schema}); err != nil {
		t.Fatal(err)
	}
	if done, err := pgseal.VerifyExport(strings.NewReader(out.String()), b.keys); err != nil || done.Logs != 2 {
		t.Errorf("export %+v (%v)", done, err)
	}
}
