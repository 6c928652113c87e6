package pgsink_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
)

const crashWriters = 8

// kills returns how often a test breaks something.
func kills() int {
	if os.Getenv("SHUGO_LONG") == "1" {
		return 50
	}
	return 5
}

// writers are the two forms of a governed write, by turns.
func (b *bench) writers(g *governance.Guard) [2]write {
	return [2]write{
		pgsink.InTx(b.sink, governance.Wrap(g, operation("tx"), b.insert)),
		pgsink.InBatch(b.sink, governance.Wrap(g, operation("batch"), b.queue)),
	}
}

// checkTrail checks that committed writes and effects belong together, both ways, and that each has its attempt.
func (b *bench) checkTrail(t *testing.T) {
	t.Helper()
	notes, effects := b.count(t, `SELECT count(*) FROM {s}.note`), b.kinds(t)[governance.Effect]
	if orphans := b.orphans(t); orphans != 0 || notes != effects {
		t.Errorf("%d notes, %d effects, %d of one without the other", notes, effects, orphans)
	}
	if n := b.count(t, `SELECT count(*) FROM {s}.event AS e WHERE kind <> 'denial' AND kind <> 'attempt'
		AND NOT EXISTS (SELECT FROM {s}.event AS a WHERE a.id = e.id AND a.kind = 'attempt')`); n != 0 {
		t.Errorf("%d events without an attempt", n)
	}
	t.Logf("%d notes, %v", notes, b.kinds(t))
}

// TestConcurrentWriters lets 32 writers commit, fail and roll back at random.
func TestConcurrentWriters(t *testing.T) {
	t.Parallel()
	b := newBench(t, 12)
	forms := b.writers(b.guard(t))
	var committed atomic.Int64
	var group sync.WaitGroup
	for w := range 32 {
		group.Go(func() {
			for i := range 40 {
				form := forms[rand.IntN(2)]
				fails := rand.IntN(3) == 0
				if fails {
					form = pgsink.InTx(b.sink, then(form, errHost))
				}
				_, err := form(writer(), note{fmt.Sprintf("note %d of %d", i, w)})
				if fails != errors.Is(err, errHost) || !fails && err != nil {
					t.Errorf("error %v", err)
				}
				if !fails {
					committed.Add(1)
				}
			}
		})
	}
	group.Wait()
	b.checkTrail(t)
	if n := b.count(t, `SELECT count(*) FROM {s}.note`); int64(n) != committed.Load() {
		t.Errorf("%d notes: want %d", n, committed.Load())
	}
}

// TestTerminatedBackends ends sessions of the server under the writers. A write that reports success is committed.
func TestTerminatedBackends(t *testing.T) {
	t.Parallel()
	name := fmt.Sprintf("shugo-test-%d", rand.Uint64())
	b := newBench(t, 12, func(c *pgxpool.Config) { c.ConnConfig.RuntimeParams["application_name"] = name })
	executioner := newPool(t, 1)
	forms := b.writers(b.guard(t))
	stop := make(chan struct{})
	var group sync.WaitGroup
	var succeeded, lost atomic.Int64
	for w := range crashWriters {
		group.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				_, err := forms[i%2](writer(), note{fmt.Sprintf("note %d of %d", i, w)})
				if err == nil {
					succeeded.Add(1)
				} else if lost.Add(1); errors.Is(err, errHost) {
					t.Error(err)
				}
			}
		})
	}
	for range kills() * 4 {
		waitFor(&succeeded, succeeded.Load()+int64(rand.IntN(50)))
		if _, err := executioner.Exec(context.Background(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE application_name = $1 AND random() < 0.5`, name); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	group.Wait()
	b.checkTrail(t)
	if n := b.count(t, `SELECT count(*) FROM {s}.note`); int64(n) < succeeded.Load() {
		t.Errorf("%d notes, but %d writes reported success", n, succeeded.Load())
	}
	t.Logf("%d writes failed", lost.Load())
}

// waitFor returns when the counter has reached n.
func waitFor(counter *atomic.Int64, n int64) {
	for counter.Load() < n {
		runtime.Gosched()
	}
}

// TestKilledProcess kills a process full of writers at random moments.
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	for round := range kills() {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "SHUGO_TEST_WRITER="+b.schema, "SHUGO_TEST_ROUND="+strconv.Itoa(round))
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 20 + rand.IntN(200); n > 0 && lines.Scan(); n-- { // each line is a write that was committed
		}
		if err := child.Process.Kill(); err != nil {
			t.Error(err)
		}
		child.Wait()
	}
	// Sessions of the dead may still be at work on what they had received.
	for b.count(t, `SELECT count(*) FROM pg_stat_activity WHERE application_name = $1`, b.schema) > 0 {
		runtime.Gosched()
	}
	b.checkTrail(t)
	if n := b.count(t, `SELECT count(*) FROM {s}.note`); n < 20*kills() {
		t.Errorf("%d notes: the children hardly wrote", n)
	}
}

// writerMain is the process that TestKilledProcess kills: it writes until then, and prints a line for each commit.
func writerMain() int {
	b, g, err := openWriter(os.Getenv("SHUGO_TEST_WRITER"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var failed atomic.Bool
	forms := b.writers(g)
	var group sync.WaitGroup
	for w := range crashWriters {
		group.Go(func() {
			for i := 0; !failed.Load(); i++ {
				body := fmt.Sprintf("round %s, note %d of %d", os.Getenv("SHUGO_TEST_ROUND"), i, w)
				if _, err := forms[i%2](writer(), note{body}); err != nil {
					fmt.Fprintln(os.Stderr, err)
					failed.Store(true)
				}
				fmt.Println(i)
			}
		})
	}
	group.Wait()
	return 1
}

func openWriter(schema string) (*bench, *governance.Guard, error) {
	config, err := pgxpool.ParseConfig(os.Getenv("SHUGO_POSTGRES_URL"))
	if err != nil {
		return nil, nil, err
	}
	config.ConnConfig.RuntimeParams["application_name"] = schema
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		return nil, nil, err
	}
	key, err := governance.NewPseudonyms(make([]byte, 32))
	if err != nil {
		return nil, nil, err
	}
	sink, err := pgsink.New(pgsink.Config{Pool: pool, Schema: schema, Pseudonyms: key})
	if err != nil {
		return nil, nil, err
	}
	g, err := governance.New(governance.Config{Manifest: manifest(), Audit: sink})
	return &bench{pool: pool, schema: schema, sink: sink}, g, err
}
