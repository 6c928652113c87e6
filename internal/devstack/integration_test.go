//go:build linux || darwin

package main

import (
	"net"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestWithoutServers runs what ends before a server starts.
func TestWithoutServers(t *testing.T) {
	t.Parallel()
	bin := build(t)
	const bolt = neo4jURL + "=bolt://127.0.0.1:1"
	given := []string{postgresURL + "=postgres://u:secret@127.0.0.1:1/d", bolt, neo4jUser + "=u", neo4jPassword + "=secret"}
	tests := map[string]struct {
		env  []string
		args []string
		code int
		err  string // pattern of all of standard error
		out  string
	}{
		"no command":    {code: 2, err: `no command: .*`},
		"unknown flag":  {args: []string{"-fast", "ls"}, code: 2, err: `flag provided but not defined: -fast .*`},
		"print and run": {args: []string{"-print", "ls"}, code: 2, err: `-print takes no command.*`},
		"no program":    {args: []string{"no-such-program"}, code: 127, err: `no such command: "no-such-program"`},
		"no file":       {args: []string{"./no/such"}, code: 127, err: `no such command: "./no/such"`},
		"no program's":  {args: []string{"/"}, code: 126, err: `cannot run "/": .*`},
		"bad address": {
			env: []string{postgresURL + "=mysql://u:secret@h"}, args: []string{"ls"}, code: 2, err: `SHUGO_POSTGRES_URL is not .*`,
		},
		"no password": {env: []string{bolt, neo4jUser + "=u"}, args: []string{"ls"}, code: 2, err: `.*SHUGO_NEO4J_PASSWORD is not.*`},
		"given": {
			env: given, args: []string{"sh", "-c", "echo $SHUGO_POSTGRES_URL $SHUGO_NEO4J_PASSWORD; exit 3"}, code: 3,
			err: `PostgreSQL and Neo4j given by the environment in .* s`, out: "postgres://u:secret@127.0.0.1:1/d secret\n",
		},
		"no cache": {
			env: append(given, cacheVariable+"=", "HOME=", "XDG_CACHE_HOME="), args: []string{"ls"}, code: 1, err: `no cache folder: .*`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := start(t, test.env, bin, test.args...)
			if code := c.code(); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if want := regexp.MustCompile(`\Adevstack: ` + test.err + `\n\z`); !want.MatchString(c.stderr.String()) {
				t.Errorf("said %q, want %s", c.stderr.String(), want)
			}
			if got := c.stdout.String(); got != test.out {
				t.Errorf("printed %q, want %q", got, test.out)
			}
			if strings.Contains(c.stderr.String(), "secret") || len(c.left()) != 0 {
				t.Errorf("said a password, or left %v", c.left())
			}
		})
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	c := start(t, nil, build(t), "-h")
	if code := c.code(); code != 0 || c.stdout.String() != usage || c.stderr.String() != "" {
		t.Errorf("exit code %d", code)
	}
}

// A command's exit code, or the signal that it died by, becomes devstack's; its input and output are devstack's.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	needSetup(t, "postgresql-*-v2")
	bin := build(t)
	for script, want := range map[string]int{"cat; exit 7": 7, "cat": 0, "cat; kill -9 $$": 137, "cat; kill -TERM $$": 143} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			c := start(t, nil, bin, "-no-neo4j", "sh", "-c", script)
			if _, err := c.stdin.Write([]byte("through\n")); err != nil {
				t.Fatal(err)
			}
			c.stdin.Close()
			if code := c.code(); code != want {
				t.Errorf("exit code %d, want %d", code, want)
			}
			if got := c.stdout.String(); got != "through\n" || len(c.left()) != 0 {
				t.Errorf("printed %q, left %v", got, c.left())
			}
		})
	}
}

// Two at once have servers of their own, which are what they should be, and -print tells how to reach them.
func TestPrint(t *testing.T) {
	t.Parallel()
	needSetup(t, "postgresql-*-v2")
	bin := build(t)
	seen := map[string]bool{}
	for _, flags := range [][]string{{"-print", "-no-neo4j"}, {"-print", "-pg-only", "-durable"}} {
		c := start(t, nil, bin, flags...)
		address, ok := exported(c.says("'\n"), postgresURL)
		if !ok || strings.Count(c.stdout.String(), "\n") != 1 {
			t.Fatalf("printed %q", c.stdout.String())
		}
		if seen[address] {
			t.Errorf("two servers at %s", address)
		}
		seen[address] = true
		query := func(sql, want string) {
			t.Helper()
			psql := newestPostgres(postgresFolders()).program("psql")
			got, err := exec.Command(psql, address, "-Atqc", sql).CombinedOutput()
			if err != nil || strings.TrimSpace(string(got)) != want {
				t.Errorf("%s: %s, %v, want %s", sql, got, err, want)
			}
		}
		query("SELECT count(*) FROM pg_extension WHERE extname = 'vector'", "1")
		query("CREATE DATABASE more", "")
		query("SELECT '[3,4]'::vector <-> '[0,0]'", "5")
		query("SELECT current_database() || ' ' || current_setting('timezone') || ' ' || current_setting('server_encoding')", "shugo UTC UTF8")
		query("SELECT datcollate FROM pg_database WHERE datname = 'shugo'", "C.UTF-8")
		query("SELECT rolsuper FROM pg_roles WHERE rolname = current_user", "t")
		query("SHOW wal_level", "logical")
		query("SHOW fsync", map[bool]string{true: "on", false: "off"}[len(flags) == 3])
		defer func() {
			c.signal(syscall.SIGINT)
			if code := c.code(); code != 0 || len(c.left()) != 0 || reached(t, address) {
				t.Errorf("exit code %d, left %v, server there: %t", code, c.left(), reached(t, address))
			}
		}()
	}
}

func TestNeo4j(t *testing.T) {
	t.Parallel()
	needSetup(t, "postgresql-*-v2")
	needSetup(t, "neo4j-*-v2")
	c := start(t, nil, build(t), "-print")
	address, ok := exported(c.says(neo4jPassword), neo4jURL)
	if !ok || !reached(t, address) {
		t.Errorf("no Neo4j at %q", address)
	}
	other, ok := exported(c.stdout.String(), postgresURL)
	if !ok || !reached(t, other) {
		t.Errorf("no PostgreSQL at %q", other)
	}
	c.signal(syscall.SIGTERM)
	if code := c.code(); code != 0 || len(c.left()) != 0 || reached(t, address) || reached(t, other) {
		t.Errorf("exit code %d, left %v", code, c.left())
	}
}

// Without Maven the set-up of Neo4j says what to do, PostgreSQL is not waited for, and nothing is left.
func TestMissingTool(t *testing.T) {
	t.Parallel()
	bin, empty := build(t), t.TempDir()
	c := start(t, []string{"PATH=" + filepath.Join(empty, "bin"), cacheVariable + "=" + empty}, bin, "-print")
	code := c.code()
	want := regexp.MustCompile("(?m)^devstack: (?:Neo4j: )?no (?:Maven|Java 17 or newer|PostgreSQL 14 or newer): install it with `.+`.*$")
	if code != 1 || !want.MatchString(c.stderr.String()) || len(c.left()) != 0 {
		t.Errorf("exit code %d, left %v, said %q", code, c.left(), c.stderr.String())
	}
	if found, _ := filepath.Glob(filepath.Join(empty, "*.half")); len(found) != 0 {
		t.Errorf("left %v", found)
	}
}

// exported finds a variable in what -print prints.
func exported(text, name string) (string, bool) {
	_, rest, found := strings.Cut(text, "export "+name+"='")
	value, _, closed := strings.Cut(rest, "'\n")
	return value, found && closed
}

// reached reports whether somebody listens at an address.
func reached(t *testing.T, address string) bool {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal("not an address")
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}
