// Package pgcluster makes PostgreSQL clusters of one's own, with the programs of a server that is installed: for tests and examples
// that stop, kill, destroy and restore servers.
package pgcluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/child"
)

// Config is what a cluster is to be. Only Bin is required.
type Config struct {
	Bin      string   // the folder of the server's programs: see Programs
	Settings []string // such as "wal_level=logical", besides those that every cluster has
	Initdb   []string // arguments of initdb besides those that every cluster has
	Data     string   // an existing data folder, such as a restored one, to be started instead of a new one; it is given to the server's account
	Beside   []string // folders that Data needs, given to the server's account too
}

// Cluster is a PostgreSQL cluster, durable, which listens on a free loopback port. It is used by one goroutine.
type Cluster struct {
	config Config
	work   string // a folder of its own
	data   string
	port   int
	as     *syscall.Credential // nil: the one who runs this
	server *exec.Cmd
}

// ErrElsewhere says that a server's programs are not on this machine.
var ErrElsewhere = errors.New("pgcluster: the server's programs are not on this machine")

// Programs returns the folder of the programs of the server at an address.
func Programs(ctx context.Context, address string) (string, error) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return "", err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var bin string
	if err := conn.QueryRow(ctx, `SELECT setting FROM pg_config WHERE name = 'BINDIR'`).Scan(&bin); err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(bin, "initdb")); err != nil {
		return "", ErrElsewhere
	}
	return bin, nil
}

// New makes a cluster, or takes the one of Config.Data, and starts it. Close removes what it made.
func New(ctx context.Context, config Config) (*Cluster, error) {
	c := &Cluster{config: config, data: config.Data}
	if err := c.prepare(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	for attempt := 0; ; attempt++ {
		err := c.Start(ctx)
		if err == nil {
			return c, nil
		}
		// Somebody else may have taken the port meanwhile.
		text, _ := os.ReadFile(c.log())
		if attempt == 3 || !strings.Contains(string(text), "could not bind") {
			return nil, errors.Join(err, c.Close())
		}
		if err := errors.Join(c.StopImmediate(), os.Remove(c.log())); err != nil {
			return nil, errors.Join(err, c.Close())
		}
		if c.port, err = child.FreePort(); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
}

// prepare makes the work folder and, where none is given, the data folder.
func (c *Cluster) prepare(ctx context.Context) (err error) {
	if c.as, err = account(); err != nil {
		return err
	}
	if c.work, err = os.MkdirTemp("", "shugo-cluster-"); err != nil {
		return err
	}
	if err := c.give(c.work); err != nil {
		return err
	}
	if c.port, err = child.FreePort(); err != nil {
		return err
	}
	if c.data != "" {
		for _, dir := range append(c.config.Beside, c.data) {
			if err := c.give(dir); err != nil {
				return err
			}
		}
		return nil
	}
	c.data = filepath.Join(c.work, "data")
	args := []string{"-D", c.data, "-U", "shugo", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"}
	_, err = c.Program(ctx, "initdb", append(args, c.config.Initdb...)...)
	return err
}

// URL is the address of the cluster's database postgres, as its superuser.
func (c *Cluster) URL() string {
	return fmt.Sprintf("postgres://shugo@127.0.0.1:%d/postgres?sslmode=disable", c.port)
}

// Data returns the data folder.
func (c *Cluster) Data() string { return c.data }

// Bin returns the folder of the server's programs.
func (c *Cluster) Bin() string { return c.config.Bin }

// Program runs a program of the server's, such as pg_verifybackup, as the account of the server, and returns what it printed.
func (c *Cluster) Program(ctx context.Context, name string, args ...string) (string, error) {
	cmd, output := c.command(ctx, name, args...)
	if err := cmd.Run(); err != nil {
		return output.String(), fmt.Errorf("%s: %w: %s", name, err, tail(output.String()))
	}
	return output.String(), nil
}

// Start starts the server and waits until it takes connections.
func (c *Cluster) Start(ctx context.Context) error {
	log, err := os.OpenFile(c.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	args := []string{"-D", c.data, "-c", "port=" + strconv.Itoa(c.port), "-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "max_prepared_transactions=4"}
	for _, setting := range c.config.Settings {
		args = append(args, "-c", setting)
	}
	// The server outlives the context: it is stopped, not abandoned.
	cmd, _ := c.command(context.WithoutCancel(ctx), "postgres", args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	c.server = cmd
	return c.await(ctx)
}

// await returns when the server takes connections, or has ended.
func (c *Cluster) await(ctx context.Context) error {
	// pg_isready waits for an answer at most a second; where nobody listens yet it returns in some milliseconds.
	for range 6000 {
		if _, err := c.Program(ctx, "pg_isready", "-h", "127.0.0.1", "-p", strconv.Itoa(c.port), "-t", "1"); err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if c.ended() {
			break
		}
	}
	text, _ := os.ReadFile(c.log())
	return fmt.Errorf("the server does not start: %s", tail(string(text)))
}

// ended reports whether the server's process is gone, or waits to be reaped.
func (c *Cluster) ended() bool {
	if s := state(c.server.Process.Pid); s != "" {
		return strings.Contains("ZX", s)
	}
	return c.server.Process.Signal(syscall.Signal(0)) != nil // where the system has no /proc
}

// Stop ends the server as an operator does: its sessions are ended, and a checkpoint is written.
func (c *Cluster) Stop() error { return c.signal(syscall.SIGINT) }

// StopImmediate ends the server as a crash does: without a checkpoint, and its sessions at once.
func (c *Cluster) StopImmediate() error { return c.signal(syscall.SIGQUIT) }

func (c *Cluster) signal(s syscall.Signal) error {
	if c.server == nil {
		return nil
	}
	if err := c.server.Process.Signal(s); err != nil {
		return fmt.Errorf("stopping the server: %w", err)
	}
	_ = c.server.Wait() // it ends with an exit code that says so
	c.server = nil
	return nil
}

// Kill ends the server and all of its sessions as a loss of power does, with SIGKILL.
func (c *Cluster) Kill() error {
	if c.server == nil {
		return nil
	}
	// The sessions are in no group with their parent, and nobody knows them once it is gone. It must not make another meanwhile.
	if err := syscall.Kill(c.server.Process.Pid, syscall.SIGSTOP); err != nil && err != syscall.ESRCH {
		return err
	}
	halted(c.server.Process.Pid)
	all := append(children(c.server.Process.Pid), c.server.Process.Pid)
	slices.Reverse(all)
	var failed error
	for _, pid := range all {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && err != syscall.ESRCH {
			failed = errors.Join(failed, err)
		}
	}
	_ = c.server.Wait()
	c.server = nil
	gone(all)
	return failed
}

// Destroy kills the server and removes its data folder.
func (c *Cluster) Destroy() error { return errors.Join(c.Kill(), os.RemoveAll(c.data)) }

// Close ends the server and removes what New made. A data folder that was given stays.
func (c *Cluster) Close() error {
	err := c.StopImmediate()
	if c.work == "" {
		return err
	}
	return errors.Join(err, os.RemoveAll(c.work))
}

func (c *Cluster) log() string { return filepath.Join(c.work, "log") }

func (c *Cluster) command(ctx context.Context, name string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	output := &bytes.Buffer{}
	cmd := exec.CommandContext(ctx, filepath.Join(c.config.Bin, name), args...)
	cmd.Dir = c.work
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = child.Attributes(c.as)
	if lib := filepath.Join(filepath.Dir(c.config.Bin), "lib"); libraries(lib) {
		cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+lib)
	}
	return cmd, output
}

// libraries reports whether a release brought libraries of its own, which must be found before those of the system.
func libraries(lib string) bool {
	found, _ := filepath.Glob(filepath.Join(lib, "libpq.so*"))
	return len(found) > 0
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

// tail returns the last lines of a log.
func tail(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}
