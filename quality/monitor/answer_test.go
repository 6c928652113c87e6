package monitor_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
)

// cutter cuts connections off just when the server says that it has done something, for the n-th time.
type cutter struct {
	tag  []byte
	left atomic.Int64
}

// cutConn is a connection that a cutter watches.
type cutConn struct {
	net.Conn
	by *cutter
}

// Read loses the answer that is to be lost, and the connection with it.
func (c *cutConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if bytes.Contains(p[:n], c.by.tag) && c.by.left.Add(-1) == 0 {
		c.Conn.Close()
		return 0, io.ErrUnexpectedEOF
	}
	return n, err
}

// TestLostAnswers has the server do what it was asked, and the answer get lost: of each statement that writes, in turn. Nothing is done
// twice, and nothing is left undone.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for _, tag := range []string{"COMMIT", "UPDATE 1", "DELETE 1", "INSERT 0 1"} {
		for n := int64(1); n <= int64(servertest.Count(2, 8)); n++ {
			t.Run(fmt.Sprint(tag, ", ", n), func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				cut := &cutter{tag: append([]byte(tag), 0)}
				cut.left.Store(n)
				config := b.pool.Config()
				dial := config.ConnConfig.DialFunc
				config.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
					conn, err := dial(ctx, network, address)
					return &cutConn{conn, cut}, err
				}
				pool, err := pgxpool.NewWithConfig(t.Context(), config)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(pool.Close)
				c := b.config(assessment("a", 30*time.Millisecond, func(context.Context) (quality.Report, error) {
					return report("a", rand.Int64N(3)*100), nil
				}))
				c.Pool, c.Breach, c.FailAfter = pool, b.tell, 1000
				c.Lease, c.BreachLimit, c.Grace = 500*time.Millisecond, 200*time.Millisecond, 200*time.Millisecond
				m := newMonitor(t, c)
				stop := start(t, m)
				eventually(t, "it was cut, and goes on", func() bool {
					return cut.left.Load() <= 0 && b.number(t, `SELECT count(*) FROM {s}.quality_run WHERE report IS NOT NULL`) > 5
				})
				if err := stop(); err != nil {
					t.Errorf("Run: %v", err)
				}
				b.settleDown(t, m)
				b.check(t, m, "a")
			})
		}
	}
}
