package journal_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup/neosource/journal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// relay passes connections on to the graph server until it is cut.
type relay struct {
	listener net.Listener
	mu       sync.Mutex
	open     []net.Conn
}

func newRelay(t *testing.T, address string) *relay {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{listener: listener}
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", strings.TrimPrefix(address, "bolt://"))
			if err != nil {
				near.Close()
				continue
			}
			r.mu.Lock()
			r.open = append(r.open, near, far)
			r.mu.Unlock()
			go func() { _, _ = io.Copy(far, near) }()
			go func() { _, _ = io.Copy(near, far) }()
		}
	}()
	t.Cleanup(func() { r.cut(); listener.Close() })
	return r
}

// cut breaks all connections.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.open {
		c.Close()
	}
	r.open = nil
}

// between is a transaction that does something when it has committed: before the graph's is.
type between struct {
	pgx.Tx
	then func()
}

func (b between) Commit(ctx context.Context) error {
	err := b.Tx.Commit(ctx)
	b.then()
	return err
}

// through is a journal of the same world whose graph is reached by a relay.
func (w *world) through(t *testing.T, r *relay, database string) *world {
	t.Helper()
	_, user, password := servertest.Neo4j(t)
	return open(t, database, "bolt://"+r.listener.Addr().String(), user, password, w.names.Label)
}

// TestConnectionLost breaks the connection between the two commits.
func TestConnectionLost(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		forGood bool
	}{{"for a moment", false}, {"for good", true}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			address, _, _ := servertest.Neo4j(t)
			r := newRelay(t, address)
			lossy := w.through(t, r, w.pool.Config().ConnString())
			w.do(t, func(ctx context.Context, graph *journal.Graph) error {
				return graph.PutNodes(ctx, account("a", 1), account("b", 2), account("c", 3))
			})
			tx, err := w.pool.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			err = lossy.Commit(t.Context(), between{tx, func() {
				if test.forGood {
					r.listener.Close()
				}
				r.cut()
			}}, func(ctx context.Context, graph *journal.Graph) error {
				if err := graph.DeleteNodes(ctx, "c"); err != nil {
					return err
				}
				if err := graph.PutNodes(ctx, account("a", 10), account("d", 4)); err != nil {
					return err
				}
				return graph.PutRelationships(ctx, journal.Relationship{GID: "r", Type: "T", From: "a", To: "d"})
			})
			if unsettled := (*journal.UnsettledError)(nil); errors.As(err, &unsettled) != test.forGood || !test.forGood && err != nil {
				t.Fatalf("got %v", err)
			}
			if test.forGood && !errors.Is(err, journal.ErrUnsettled) {
				t.Error("the error is not of its class")
			}
			given, err := w.Settle(t.Context())
			if want := map[bool]int{false: 0, true: 4}[test.forGood]; err != nil || given != want {
				t.Errorf("Settle gave %d, %v, want %d", given, err, want)
			}
			w.requireSettled(t)
		})
	}
}

// TestStaleWriter bases a write on a node whose last write never reached the graph.
func TestStaleWriter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.do(t, func(ctx context.Context, graph *journal.Graph) error {
		return graph.PutNodes(ctx, account("a", 100), account("b", 0))
	})
	tx, err := w.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	address, _, _ := servertest.Neo4j(t)
	r := newRelay(t, address)
	lossy := w.through(t, r, w.pool.Config().ConnString())
	err = lossy.Commit(t.Context(), between{tx, func() { r.listener.Close(); r.cut() }}, func(ctx context.Context, graph *journal.Graph) error {
		return graph.PutNodes(ctx, account("a", 70), account("b", 30))
	})
	if !errors.Is(err, journal.ErrUnsettled) {
		t.Fatalf("got %v", err)
	}
	if err := w.move(t.Context(), "a", "b", 5); err != nil {
		t.Fatal(err)
	}
	got := w.ask(t, "MATCH (n:"+w.names.Label+") WITH n ORDER BY n.gid RETURN collect(n.units)", nil)[0].Values[0]
	if diff := cmp.Diff([]any{int64(65), int64(35)}, got); diff != "" {
		t.Error(diff)
	}
	w.requireSettled(t)
}

const killedVariable = "SHUGO_TEST_KILLED_WRITER"

// TestProcessKilled kills the writing process between the two commits, again and again.
func TestProcessKilled(t *testing.T) {
	if plan := os.Getenv(killedVariable); plan != "" {
		killedWriter(t, plan)
		return
	}
	t.Parallel()
	w := newWorld(t)
	w.do(t, func(ctx context.Context, graph *journal.Graph) error { return graph.PutNodes(ctx, account("a", 0)) })
	kills := servertest.Count(2, 25)
	for range kills {
		cmd := exec.Command(os.Args[0], "-test.run=^TestProcessKilled$")
		cmd.Env = append(os.Environ(), killedVariable+"="+w.names.Label+" "+w.pool.Config().ConnString())
		output, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("the writer ended by itself: %v\n%s", err, output)
		}
		if given, err := w.Settle(t.Context()); err != nil || given != 1 {
			t.Errorf("Settle gave %d, %v, want 1", given, err)
		}
	}
	if units := w.ask(t, "MATCH (n:"+w.names.Label+") RETURN n.units", nil)[0].Values[0]; units != int64(kills) {
		t.Errorf("%v units, want %d", units, kills)
	}
	w.requireSettled(t)
}

// killedWriter is the process that is killed. What it would clean up, it leaves to the one who started it.
func killedWriter(t *testing.T, plan string) {
	label, database, _ := strings.Cut(plan, " ")
	address, user, password := servertest.Neo4j(t)
	w := open(t, database, address, user, password, label)
	tx, err := w.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = w.Commit(t.Context(), between{tx, func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL) }},
		func(ctx context.Context, graph *journal.Graph) error {
			nodes, err := graph.Lock(ctx, "a")
			if err != nil {
				return err
			}
			return graph.PutNodes(ctx, account("a", nodes["a"].Properties["units"].(int64)+1))
		})
	t.Fatalf("still alive: %v", err)
}

func (w *world) requireSettled(t *testing.T) {
	t.Helper()
	graph, images := w.state(t)
	if diff := cmp.Diff(images, graph); diff != "" {
		t.Errorf("the graph (+) is not what the journal (-) says:\n%s", diff)
	}
}
