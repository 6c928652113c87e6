package servertest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/internal/pgcluster"
)

// Cluster is a PostgreSQL cluster of one test's own, durable, which the test may stop, start and kill.
type Cluster struct {
	// URL is its address, as its superuser.
	URL string

	at *pgcluster.Cluster
}

// ClusterConfig is what a test may want of a cluster. The zero value is the cluster that NewCluster makes.
type ClusterConfig struct {
	Settings []string // such as "wal_level=logical", besides those that every cluster has
	Initdb   []string // arguments of initdb besides those that every cluster has
	Data     string   // an existing data folder, such as a restored one, to be started instead of a new one; it is given to the server's account
	Bin      string   // the folder of the programs of another version
}

// NewCluster makes a cluster with the programs of the server that the environment names, and starts it. It is removed at the
// test's end.
func NewCluster(t testing.TB) *Cluster {
	t.Helper()
	return NewClusterWith(t, ClusterConfig{})
}

// NewClusterWith is NewCluster with wishes.
func NewClusterWith(t testing.TB, config ClusterConfig) *Cluster {
	t.Helper()
	if config.Bin == "" {
		config.Bin = Programs(t)
	}
	at, err := pgcluster.New(context.Background(), pgcluster.Config{Bin: config.Bin, Settings: config.Settings,
		Initdb: config.Initdb, Data: config.Data})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := at.Close(); err != nil {
			t.Error(err)
		}
	})
	return &Cluster{URL: at.URL(), at: at}
}

// Programs returns the folder of the programs of the server that the environment names.
func Programs(t testing.TB) string {
	t.Helper()
	bin, err := pgcluster.Programs(context.Background(), Postgres(t))
	if errors.Is(err, pgcluster.ErrElsewhere) && os.Getenv("SHUGO_REQUIRE_SERVERS") != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatalf("SHUGO_POSTGRES_URL: %v", err)
	}
	return bin
}

// Data returns the data folder.
func (c *Cluster) Data() string { return c.at.Data() }

// Bin returns the folder of the server's programs.
func (c *Cluster) Bin() string { return c.at.Bin() }

// Program runs a program of the server's, such as pg_verifybackup, as the account of the server, and returns what it printed.
func (c *Cluster) Program(name string, args ...string) (string, error) {
	return c.at.Program(context.Background(), name, args...)
}

// Start starts the server and waits until it takes connections.
func (c *Cluster) Start(t testing.TB) {
	t.Helper()
	if err := c.at.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// StopImmediate ends the server as a crash does: without a checkpoint, and its sessions at once.
func (c *Cluster) StopImmediate(t testing.TB) {
	t.Helper()
	if err := c.at.StopImmediate(); err != nil {
		t.Error(err)
	}
}

// Kill ends the server and all of its sessions as a loss of power does, with SIGKILL.
func (c *Cluster) Kill(t testing.TB) {
	t.Helper()
	if err := c.at.Kill(); err != nil {
		t.Error(err)
	}
}

// Restore restores a dump of another database, as pg_dump makes it, into the cluster.
func (c *Cluster) Restore(t testing.TB, address string) {
	t.Helper()
	dump, errs := exec.Command(filepath.Join(c.Bin(), "pg_dump"), "--no-owner", "--dbname="+address), &bytes.Buffer{}
	dump.Stderr = errs
	text, err := dump.Output()
	if err != nil {
		t.Fatalf("pg_dump: %v\n%s", err, errs)
	}
	restore := exec.Command(filepath.Join(c.Bin(), "psql"), "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname="+c.URL)
	restore.Stdin = bytes.NewReader(text)
	if output, err := restore.CombinedOutput(); err != nil {
		t.Fatalf("psql: %v\n%s", err, tail(string(output)))
	}
}

// tail returns the last lines of a log.
func tail(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}
