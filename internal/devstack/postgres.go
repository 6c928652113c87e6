//go:build linux || darwin

package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// databaseName is the database, and the role that owns it.
const databaseName = "shugo"

// clusterSetup is the cluster that every run copies. Its content is checked each time: the server itself would start on a
// damaged one.
func clusterSetup(at site, p postgres, as *account) setup {
	return setup{
		name:  fmt.Sprintf("postgresql-%d-v2", p.major),
		space: clusterSpace,
		deep:  true,
		make: func(ctx context.Context, dir string) (err error) {
			finish := step("preparing a PostgreSQL %d cluster", p.major)
			defer func() { finish(err) }()
			return makeCluster(ctx, at, p, as, dir)
		},
	}
}

// clusterSQL is run by the single-user server, one command a line.
const clusterSQL = "CREATE EXTENSION vector\nCREATE DATABASE " + databaseName + "\n"

// makeCluster makes the cluster in the run folder, which the server's account reaches, and moves a copy into dir.
func makeCluster(ctx context.Context, at site, p postgres, as *account, dir string) error {
	work := filepath.Join(at.run, "template")
	if err := os.Mkdir(work, 0o700); err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := as.own(work); err != nil {
		return err
	}
	secret := filepath.Join(work, "password")
	if err := os.WriteFile(secret, []byte(rand.Text()), 0o600); err != nil {
		return err
	}
	if err := as.own(secret); err != nil {
		return err
	}
	data := filepath.Join(work, "data")
	err := tool{as: as, dir: work}.run(ctx, at.reaper, p.program("initdb"), "-D", data, "-U", databaseName, "--pwfile", secret,
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")
	if err != nil {
		return err
	}
	err = tool{as: as, dir: work, input: clusterSQL}.run(ctx, at.reaper, p.program("postgres"), "--single", "-D", data,
		"-c", "fsync=off", "template1")
	if err != nil {
		return err
	}
	return copyTree(work, dir, nil)
}

// startPostgres starts a copy of the prepared cluster and returns its variable.
func startPostgres(ctx context.Context, at site, durable bool) (*server, []string, error) {
	p, err := findPostgres(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := ensureVector(ctx, at, p); err != nil {
		return nil, nil, err
	}
	as, err := serverAccount()
	if err != nil {
		return nil, nil, err
	}
	template, err := clusterSetup(at, p, as).prepare(ctx, at.cache)
	if err != nil {
		return nil, nil, fmt.Errorf("PostgreSQL: %w", err)
	}
	password, err := os.ReadFile(filepath.Join(template, "password"))
	if err != nil {
		return nil, nil, fmt.Errorf("PostgreSQL: %w", err)
	}
	work := filepath.Join(at.run, "postgresql")
	if err := copyTree(template, work, as); err != nil {
		return nil, nil, fmt.Errorf("copying the PostgreSQL cluster: %w", err)
	}
	if err := os.Chmod(work, 0o700); err != nil {
		return nil, nil, err
	}
	s, port, err := onFreePort(freePort, func(port int) (*server, error) {
		cmd := exec.Command(p.program("postgres"), append([]string{"-D", filepath.Join(work, "data")}, settings(work, port, durable)...)...)
		cmd.Dir = work
		// Quit is the immediate shutdown, which frees the shared memory too.
		log := filepath.Join(at.run, "postgresql-"+strconv.Itoa(port)+".log")
		s := &server{name: "PostgreSQL", out: log, quit: syscall.SIGQUIT, cmd: cmd}
		return s, s.start(ctx, at.reaper, as, "database system is ready to accept connections")
	})
	address := url.URL{
		Scheme: "postgres", User: url.UserPassword(databaseName, string(password)),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Path: "/" + databaseName, RawQuery: "sslmode=disable",
	}
	return s, []string{postgresURL + "=" + address.String()}, err
}

// settings are the server's parameters: loopback only, room for many tests at once, and for replication.
func settings(work string, port int, durable bool) []string {
	values := []string{
		"port=" + strconv.Itoa(port), "listen_addresses=127.0.0.1", "unix_socket_directories=" + socketFolder(work),
		"timezone=UTC", "log_timezone=UTC", "max_connections=200", "shared_buffers=256MB",
		"wal_level=logical", "max_wal_senders=10", "max_replication_slots=10", "synchronous_commit=on",
	}
	if !durable {
		values = append(values, "fsync=off", "full_page_writes=off")
	}
	var args []string
	for _, v := range values {
		args = append(args, "-c", v)
	}
	return args
}

// socketLimit is the longest path of a Unix socket on the systems that we know: 104 bytes with its end.
const socketLimit = 103

// socketFolder returns the folder of the server's Unix socket: its own, or none when that is too long or cannot be written
// as a list of one.
func socketFolder(work string) string {
	if len(work)+len("/.s.PGSQL.65535.lock") > socketLimit || strings.ContainsAny(work, `,"' `) {
		return ""
	}
	return work
}
