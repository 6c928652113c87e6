package servertest

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Cluster is a PostgreSQL cluster of one test's own, durable, which the test may stop and start.
type Cluster struct {
	// URL is its address, as its superuser.
	URL string

	bin, data string
	port      int
	settings  []string
	as        *syscall.Credential // nil: the one who tests
	server    *exec.Cmd
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
	c := &Cluster{bin: config.Bin, data: config.Data, settings: config.Settings}
	if c.bin == "" {
		c.bin = programs(t)
	}
	work, err := os.MkdirTemp("", "shugo-cluster-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(work) })
	if config.Data == "" {
		c.data = filepath.Join(work, "data")
	}
	if err := c.prepare(work); err != nil {
		t.Fatal(err)
	}
	if config.Data == "" {
		c.run(t, "initdb", append([]string{"-D", c.data, "-U", "shugo", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"},
			config.Initdb...)...)
	} else if err := c.give(c.data); err != nil {
		t.Fatal(err)
	}
	if c.port, err = freePort(); err != nil {
		t.Fatal(err)
	}
	c.URL = fmt.Sprintf("postgres://shugo@127.0.0.1:%d/postgres?sslmode=disable", c.port)
	t.Cleanup(func() { c.StopImmediate(t) })
	c.Start(t)
	return c
}

// Data returns the data folder.
func (c *Cluster) Data() string { return c.data }

// Bin returns the folder of the server's programs.
func (c *Cluster) Bin() string { return c.bin }

// Program runs a program of the server's, such as pg_verifybackup, as the account of the server, and returns what it printed.
func (c *Cluster) Program(name string, args ...string) (string, error) {
	cmd, output := c.command(name, args...)
	err := cmd.Run()
	return output.String(), err
}

// Kill ends the server and all of its sessions as a loss of power does, with SIGKILL.
func (c *Cluster) Kill(t testing.TB) {
	t.Helper()
	if c.server == nil {
		return
	}
	// Sessions have sessions of their own to the system, so that the group is not enough.
	sessions := children(c.server.Process.Pid)
	if err := syscall.Kill(-c.server.Process.Pid, syscall.SIGKILL); err != nil {
		t.Errorf("killing the server: %v", err)
	}
	for _, pid := range sessions {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	_ = c.server.Wait()
	c.server = nil
	for _, pid := range sessions { // a server does not start while one of them has its memory
		for range 1200 {
			if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid)); err != nil || len(text) == 0 {
				break
			}
			cmd, _ := c.command("postgres", "--version") // some milliseconds
			_ = cmd.Run()
		}
	}
}

// children returns the processes whose parent is pid, where the system tells.
func children(pid int) []int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil
	}
	var found []int
	for _, word := range strings.Fields(string(text)) {
		if n, err := strconv.Atoi(word); err == nil {
			found = append(found, n)
		}
	}
	return found
}

// programs returns the folder of the programs of the server that the environment names.
func programs(t testing.TB) string {
	t.Helper()
	address := Postgres(t)
	conn, err := pgx.Connect(context.Background(), address)
	if err != nil {
		t.Fatalf("SHUGO_POSTGRES_URL: %v", err)
	}
	defer conn.Close(context.Background())
	var bin string
	if err := conn.QueryRow(context.Background(), `SELECT setting FROM pg_config WHERE name = 'BINDIR'`).Scan(&bin); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(bin, "initdb")); err != nil {
		const text = "the server of SHUGO_POSTGRES_URL is not on this machine: no cluster can be made with its programs"
		if os.Getenv("SHUGO_REQUIRE_SERVERS") == "1" {
			t.Fatal(text)
		}
		t.Skip(text)
	}
	return bin
}

// prepare gives the work folder to the account of the server, which refuses to run as root.
func (c *Cluster) prepare(work string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return err
	}
	c.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(work, uid, gid)
}

// give gives a folder and all in it to the account of the server.
func (c *Cluster) give(dir string) error {
	if c.as == nil {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(c.as.Uid), int(c.as.Gid))
	})
}

func (c *Cluster) command(name string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	output := &bytes.Buffer{}
	cmd := exec.Command(filepath.Join(c.bin, name), args...)
	cmd.Dir = filepath.Dir(c.data)
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = attributes(c.as)
	if lib := filepath.Join(filepath.Dir(c.bin), "lib"); libraries(lib) {
		cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+lib)
	}
	return cmd, output
}

// libraries reports whether a release brought libraries of its own, which must be found before those of the system.
func libraries(lib string) bool {
	found, _ := filepath.Glob(filepath.Join(lib, "libpq.so*"))
	return len(found) > 0
}

func (c *Cluster) run(t testing.TB, name string, args ...string) {
	t.Helper()
	cmd, output := c.command(name, args...)
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, output)
	}
}

// Start starts the server and waits until it takes connections.
func (c *Cluster) Start(t testing.TB) {
	t.Helper()
	log, err := os.OpenFile(filepath.Join(filepath.Dir(c.data), "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	args := []string{"-D", c.data, "-c", "port=" + strconv.Itoa(c.port), "-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "max_prepared_transactions=4"}
	for _, setting := range c.settings {
		args = append(args, "-c", setting)
	}
	c.server, _ = c.command("postgres", args...)
	c.server.Stdout, c.server.Stderr = log, log
	if err := c.server.Start(); err != nil {
		t.Fatal(err)
	}
	cmd, output := c.command("pg_ctl", "-D", c.data, "status")
	for range 1200 { // a minute: pg_isready is what waits
		if cmd, _ := c.command("pg_isready", "-h", "127.0.0.1", "-p", strconv.Itoa(c.port), "-t", "5"); cmd.Run() == nil {
			return
		}
		cmd, _ := c.command("postgres", "--version") // some milliseconds
		_ = cmd.Run()
	}
	_ = cmd.Run()
	text, _ := os.ReadFile(filepath.Join(filepath.Dir(c.data), "log"))
	t.Fatalf("the server does not start: %s\n%s", output, tail(string(text)))
}

// StopImmediate ends the server as a crash does: without a checkpoint, and its sessions at once.
func (c *Cluster) StopImmediate(t testing.TB) {
	t.Helper()
	if c.server == nil {
		return
	}
	if err := c.server.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Errorf("stopping the server: %v", err)
	}
	_ = c.server.Wait() // it ends with an exit code that says so
	c.server = nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// tail returns the last lines of a log.
func tail(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

// Restore restores a dump of another database, as pg_dump makes it, into the cluster.
func (c *Cluster) Restore(t testing.TB, address string) {
	t.Helper()
	dump, output := c.command("pg_dump", "--no-owner", "--dbname="+address)
	if err := dump.Run(); err != nil {
		t.Fatalf("pg_dump: %v\n%s", err, tail(output.String()))
	}
	restore, result := c.command("psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname="+c.URL)
	restore.Stdin = output
	if err := restore.Run(); err != nil {
		t.Fatalf("psql: %v\n%s", err, tail(result.String()))
	}
}
