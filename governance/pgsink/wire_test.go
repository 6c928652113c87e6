package pgsink_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
)

// wire counts and cuts what its connections send. A round trip is a message that asks the server to answer: Sync of the
// extended protocol, Query of the simple one.
type wire struct {
	trips atomic.Int64
	cut   atomic.Int32 // one of the cuts below
}

const (
	cutNothing int32 = iota
	cutBeforeCommit
	cutAfterCommit
)

var errCut = errors.New("the line is cut")

// use makes a pool dial through the wire.
func (w *wire) use(c *pgxpool.Config) {
	dial := c.ConnConfig.DialFunc
	c.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		return &line{Conn: conn, wire: w}, err
	}
}

// line is one connection of a wire.
type line struct {
	net.Conn
	wire    *wire
	started bool // the first message has no type
	dead    atomic.Bool
}

func (l *line) Write(p []byte) (int, error) {
	if l.dead.Load() {
		return 0, errCut
	}
	if !l.started {
		l.started = true
		return l.Conn.Write(p)
	}
	trips := int64(0)
	for rest := p; len(rest) >= 5; { // pgx writes whole messages
		if rest[0] == 'S' || rest[0] == 'Q' {
			trips++
		}
		rest = rest[1+binary.BigEndian.Uint32(rest[1:]):]
	}
	l.wire.trips.Add(trips)
	commits := bytes.Contains(p, []byte("commit_marker"))
	if commits && l.wire.cut.CompareAndSwap(cutBeforeCommit, cutNothing) {
		l.dead.Store(true)
		l.Conn.Close()
		return 0, errCut
	}
	n, err := l.Conn.Write(p)
	if commits && l.wire.cut.CompareAndSwap(cutAfterCommit, cutNothing) {
		l.dead.Store(true)
		l.Conn.Read(make([]byte, 1)) // the server has answered, so it has committed
		l.Conn.Close()
	}
	return n, err
}

func (l *line) Read(p []byte) (int, error) {
	if l.dead.Load() {
		return 0, errCut
	}
	return l.Conn.Read(p)
}

// TestRoundTrips counts what a write costs with and without audit.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	var w wire
	b := newBench(t, 4, w.use)
	audit := governance.AuditSinkFunc(func(ctx context.Context, e governance.Event) error {
		if e.Kind == governance.Attempt { // has a transaction and a round trip of its own
			return nil
		}
		return b.sink.Record(ctx, e)
	})
	g := b.guard(t, audit)
	got := map[string]int64{}
	for name, write := range map[string]write{
		"InTx":    pgsink.InTx(b.sink, governance.Wrap(g, operation("tx"), b.insert)),
		"bare tx": b.bareTx, "InBatch": pgsink.InBatch(b.sink, governance.Wrap(g, operation("batch"), b.queue)),
		"bare batch": b.bareBatch,
	} {
		for i := range 5 { // the first prepare the statements
			before := w.trips.Load()
			if _, err := write(writer(), note{name + string(rune('0'+i))}); err != nil {
				t.Fatal(err)
			}
			got[name] = w.trips.Load() - before
		}
	}
	want := map[string]int64{"bare tx": 3, "InTx": 2, "bare batch": 1, "InBatch": 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("round trips (-want +got):\n%s", diff)
	}
}

// TestLostCommit cuts the connection while the commit is under way, before or after it has reached the server.
func TestLostCommit(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"tx", "batch"} {
		for _, cut := range []int32{cutBeforeCommit, cutAfterCommit} {
			t.Run(unit+[]string{"", ", commit not sent", ", answer lost"}[cut], func(t *testing.T) {
				t.Parallel()
				var w wire
				b := newBench(t, 4, w.use)
				op := operation("commit_marker") // travels with the effect, and so with the commit
				g := b.guard(t, governance.AuditSinkFunc(func(ctx context.Context, e governance.Event) error {
					err := b.sink.Record(ctx, e)
					if e.Kind == governance.Attempt {
						w.cut.Store(cut) // from here on
					}
					return err
				}))
				var write write
				if unit == "tx" {
					write = pgsink.InTx(b.sink, governance.Wrap(g, op, b.insert))
				} else {
					write = pgsink.InBatch(b.sink, governance.Wrap(g, op, b.queue))
				}
				err := call(write)
				if err == nil || errors.Is(err, pgsink.ErrOutcomeUnknown) != (cut == cutAfterCommit) {
					t.Errorf("error %v", err)
				}
				want := 0
				if cut == cutAfterCommit {
					want = 1
				}
				notes, orphans := b.count(t, `SELECT count(*) FROM {s}.note`), b.orphans(t)
				if notes != want || orphans != 0 || len(b.effects(t)) != want {
					t.Errorf("%d notes, %d orphans: want %d, 0", notes, orphans, want)
				}
			})
		}
	}
}

// bareTx writes as InTx does, without audit.
func (b *bench) bareTx(ctx context.Context, n note) (id int64, err error) {
	err = pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, b.sql(`INSERT INTO {s}.note ("body") VALUES ($1) RETURNING "id"`), n.body).Scan(&id)
	})
	return id, err
}

// bareBatch writes as InBatch does, without audit.
func (b *bench) bareBatch(ctx context.Context, n note) (int64, error) {
	var batch pgx.Batch
	batch.Queue(b.sql(`INSERT INTO {s}.note ("body") VALUES ($1)`), n.body)
	return 0, b.pool.SendBatch(ctx, &batch).Close()
}
