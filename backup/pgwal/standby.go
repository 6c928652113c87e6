package pgwal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/pgerror"
	"github.com/shugo-data/shugo/internal/replication"
)

// minVersion is the oldest version of a server that is supported.
const minVersion = 14

// node is one server of the host list.
type node struct {
	name   string // host and port
	config *pgconn.Config
}

// parseNodes reads a connection string. Its hosts are nodes of one cluster.
func parseNodes(connection, application string) ([]node, error) {
	config, err := pgconn.ParseConfig(connection)
	if err != nil {
		return nil, pgerror.Wrap("the connection string", err)
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = application
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	// A host occurs several times where TLS is optional.
	all := append([]*pgconn.FallbackConfig{{Host: config.Host, Port: config.Port, TLSConfig: config.TLSConfig}}, config.Fallbacks...)
	var nodes []node
	for _, f := range all {
		name := fmt.Sprintf("%s:%d", f.Host, f.Port)
		if n := len(nodes) - 1; n >= 0 && nodes[n].name == name {
			nodes[n].config.Fallbacks = append(nodes[n].config.Fallbacks, f)
			continue
		}
		one := config.Copy()
		one.Host, one.Port, one.TLSConfig, one.Fallbacks = f.Host, f.Port, f.TLSConfig, nil
		nodes = append(nodes, node{name: name, config: one})
	}
	return nodes, nil
}

// server is a node that answered.
type server struct {
	node
	conn   *replication.Conn
	system replication.System
}

// dial connects to a node and asks who it is.
func (n node) dial(ctx context.Context) (server, error) {
	conn, err := replication.Connect(ctx, n.config)
	if err != nil {
		return server{}, err
	}
	s := server{node: n, conn: conn}
	if v := conn.Version(); v < minVersion {
		err = fmt.Errorf("pgwal: a server of version %d, expected %d or later: %w", v, minVersion, backup.ErrVersion)
	} else {
		s.system, err = conn.System(ctx)
	}
	if err != nil {
		s.close()
		return server{}, err
	}
	return s, nil
}

// close ends the connection without waiting long.
func (s server) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = s.conn.Close(ctx)
}

// better reports whether the log is to be received from s rather than from other: from one on the newest timeline, since a
// primary on an older one was left behind; then from a primary rather than a standby; then from the one with the longer log.
func (s server) better(other server) bool {
	if s.system.Timeline != other.system.Timeline {
		return s.system.Timeline > other.system.Timeline
	}
	if a, b := s.conn.Recovery(), other.conn.Recovery(); a != b {
		return b
	}
	return s.system.LSN > other.system.LSN
}

// others is how long the other nodes have to answer when a primary has.
const others = 300 * time.Millisecond

// dialBest connects to all nodes and keeps the best.
func dialBest(ctx context.Context, nodes []node) (server, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var mu sync.Mutex
	var work sync.WaitGroup
	var best server
	var failures []error
	for _, n := range nodes {
		work.Go(func() {
			s, err := n.dial(ctx)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				failures = append(failures, err)
				return
			case best.conn == nil:
				best = s
			case s.better(best):
				best.close()
				best = s
			default:
				s.close()
			}
			if !best.conn.Recovery() {
				time.AfterFunc(others, cancel)
			}
		})
	}
	work.Wait()
	if best.conn == nil {
		return server{}, errors.Join(failures...)
	}
	return best, nil
}
