//go:build linux || darwin

package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// waiting is a command that says its number, and the server's address, and waits.
const waiting = `echo "pid $$ address $SHUGO_POSTGRES_URL"; exec sleep 1000`

// started waits until the command of waiting runs, and returns what it said.
func (c *child) started() (pid int, address string) {
	c.t.Helper()
	words := strings.Fields(c.says("\n"))
	if len(words) < 4 {
		c.t.Fatalf("printed %q", words)
	}
	pid, err := strconv.Atoi(words[1])
	if err != nil {
		c.t.Fatal(err)
	}
	if !reached(c.t, words[3]) {
		c.t.Errorf("no server at %s", words[3])
	}
	return pid, words[3]
}

// nothingLeft waits until the command, the server and the folder are gone.
func (c *child) nothingLeft(pid int, address string) {
	c.t.Helper()
	c.until("the command has ended", func() bool { return !alive(pid) })
	c.until("the server has stopped", func() bool { return !reached(c.t, address) })
	c.until("the folder is removed", func() bool { return len(c.left()) == 0 })
}

func TestSignals(t *testing.T) {
	t.Parallel()
	needSetup(t, "postgresql-*-v2")
	bin := build(t)
	// A command says that it runs once its traps are set: a signal may come as soon as it has.
	const says = `echo "pid $$ address $SHUGO_POSTGRES_URL"; `
	const waits = "sleep 1000 & wait"
	tests := map[string]struct {
		script string
		sig    syscall.Signal
		twice  bool
		code   int
	}{
		"interrupted": {script: says + waits, sig: syscall.SIGINT, code: 130},
		"terminated":  {script: says + waits, sig: syscall.SIGTERM, code: 143},
		"hung up":     {script: says + waits, sig: syscall.SIGHUP, code: 129},
		"handled":     {script: "trap 'exit 5' INT; " + says + waits, sig: syscall.SIGINT, code: 5},
		"handled by a child": {
			script: `trap : INT; sh -c 'trap "exit 0" INT; echo "pid $PPID address $SHUGO_POSTGRES_URL"; ` + waits + `'; exit 6`,
			sig:    syscall.SIGINT, code: 6,
		},
		"deaf, killed":        {script: "trap '' TERM INT; " + says + waits, sig: syscall.SIGTERM, twice: true, code: 137},
		"deaf, a child too":   {script: "trap '' TERM INT; " + says + "sleep 1000; " + waits, sig: syscall.SIGTERM, twice: true, code: 137},
		"children left alone": {script: "trap '' HUP; sleep 1000 & " + says + waits, sig: syscall.SIGTERM, code: 143},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := start(t, nil, bin, "-no-neo4j", "sh", "-c", test.script)
			pid, address := c.started()
			c.signal(test.sig)
			if test.twice {
				c.signal(syscall.SIGINT) // another one, since a signal that is pending twice arrives once
			}
			if code := c.code(); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if alive(-pid) || reached(t, address) || len(c.left()) != 0 {
				t.Errorf("command there: %t, server there: %t, left %v", alive(-pid), reached(t, address), c.left())
			}
		})
	}
}

// A signal during the start of the servers ends it.
func TestSignalWhileStarting(t *testing.T) {
	t.Parallel()
	needSetup(t, "postgresql-*-v2")
	needSetup(t, "neo4j-*-v2")
	c := start(t, nil, build(t), "echo", "never")
	c.until("a server runs", func() bool { return len(c.left()) > 0 && exists(c.left()[0], "neo4j-*.out") })
	c.signal(syscall.SIGINT)
	if code := c.code(); code != 130 || len(c.left()) != 0 || c.stdout.String() != "" {
		t.Errorf("exit code %d, left %v, printed %q", code, c.left(), c.stdout.String())
	}
}

func TestKilled(t *testing.T) {
	t.Parallel()
	needSetup(t, "postgresql-*-v2")
	c := start(t, nil, build(t), "-no-neo4j", "sh", "-c", waiting)
	pid, address := c.started()
	c.signal(syscall.SIGKILL)
	c.code()
	c.nothingLeft(pid, address)
}

// A parent that is killed, as `go run` may be, tells nobody.
func TestParentKilled(t *testing.T) {
	t.Parallel()
	needSetup(t, "postgresql-*-v2")
	for name, script := range map[string]string{
		"command ends": waiting,
		"deaf command": "trap '' TERM; " + waiting,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := start(t, nil, "sh", "-c", `"$0" -no-neo4j sh -c "$1"; true`, build(t), script)
			pid, address := c.started()
			c.signal(syscall.SIGKILL)
			c.code()
			c.nothingLeft(pid, address)
		})
	}
}

// A server that ends under the command is said with its log.
func TestCrashedServer(t *testing.T) {
	t.Parallel()
	needSetup(t, "postgresql-*-v2")
	const script = `kill -9 $(head -n 1 "$TMPDIR"/shugo-devstack-*/postgresql/data/postmaster.pid); sleep 0.3; exit 4`
	c := start(t, nil, build(t), "-no-neo4j", "sh", "-c", script)
	if code := c.code(); code != 4 || len(c.left()) != 0 {
		t.Errorf("exit code %d, left %v", code, c.left())
	}
	if !strings.Contains(c.stderr.String(), "devstack: PostgreSQL ended by itself") ||
		!strings.Contains(c.stderr.String(), "ready to accept connections") {
		t.Errorf("said %q", c.stderr.String())
	}
}

// An earlier set-up that is not whole is repaired before it is used.
func TestRepair(t *testing.T) {
	t.Parallel()
	whole := needSetup(t, "postgresql-*-v2")
	bin := build(t)
	control := filepath.Join("data", "global", "pg_control")
	for name, damage := range map[string]func(t *testing.T, dir string){
		"half finished": func(t *testing.T, dir string) { remove(t, filepath.Join(dir, marker)) },
		"file missing":  func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "data", "PG_VERSION")) },
		"truncated":     func(t *testing.T, dir string) { truncate(t, filepath.Join(dir, control), 100) },
		"zeros": func(t *testing.T, dir string) {
			info, err := os.Stat(filepath.Join(dir, control))
			if err != nil {
				t.Fatal(err)
			}
			truncate(t, filepath.Join(dir, control), 0)
			truncate(t, filepath.Join(dir, control), info.Size())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cache := t.TempDir()
			dir := filepath.Join(cache, filepath.Base(whole))
			if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			damage(t, dir)
			for round, want := range []bool{true, false} {
				c := start(t, []string{cacheVariable + "=" + cache}, bin, "-no-neo4j", "true")
				if code := c.code(); code != 0 {
					t.Errorf("exit code %d", code)
				}
				if repaired := strings.Contains(c.stderr.String(), "repairing it"); repaired != want {
					t.Errorf("round %d: repaired: %t, want %t", round, repaired, want)
				}
			}
		})
	}
}

func truncate(t *testing.T, path string, size int64) {
	t.Helper()
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}

func exists(dir, pattern string) bool {
	found, _ := filepath.Glob(filepath.Join(dir, pattern)) // the pattern is well formed
	return len(found) > 0
}
