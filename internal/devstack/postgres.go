//go:build unix

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
	"regexp"
	"sort"
	"strconv"
	"syscall"
)

const (
	oldestPostgres = 13
	databaseName   = "shugo" // and the name of the role that owns it
)

// postgres is an installed PostgreSQL.
type postgres struct {
	bin   string // folder of initdb, postgres and pg_config
	major int
}

// program returns the path of one of its programs.
func (p postgres) program(name string) string { return filepath.Join(p.bin, name) }

// findPostgres returns the newest PostgreSQL that is installed, and installs one if there is none and it may.
func findPostgres(ctx context.Context) (postgres, error) {
	if p, ok := installedPostgres(); ok {
		return p, nil
	}
	if err := install(ctx, "PostgreSQL", "postgresql"); err != nil {
		return postgres{}, err
	}
	if p, ok := installedPostgres(); ok {
		return p, nil
	}
	return postgres{}, fmt.Errorf("PostgreSQL is installed, but no initdb of version %d or newer is found: put its folder on PATH", oldestPostgres)
}

// installedPostgres looks where distributions put the programs, and on PATH.
func installedPostgres() (best postgres, ok bool) {
	var bins []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	} {
		found, _ := filepath.Glob(pattern) // the patterns are well formed
		bins = append(bins, found...)
	}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		bins = append(bins, dir)
	}
	sort.Strings(bins)
	for _, bin := range bins {
		if _, err := os.Stat(filepath.Join(bin, "initdb")); err != nil {
			continue
		}
		output, err := exec.Command(filepath.Join(bin, "initdb"), "--version").Output()
		if err != nil {
			continue
		}
		if major, known := majorVersion(string(output)); known && major >= oldestPostgres && major > best.major {
			best, ok = postgres{bin, major}, true
		}
	}
	return best, ok
}

// majorVersion reads the first number of a program's version: "initdb (PostgreSQL) 15.18 (Debian ...)" is 15, and
// `openjdk version "17.0.15"` is 17.
func majorVersion(text string) (int, bool) {
	match := regexp.MustCompile(`(?:^|[\s"])(\d{1,4})(?:[.\s"-]|$)`).FindStringSubmatch(text)
	if match == nil {
		return 0, false
	}
	major, err := strconv.Atoi(match[1])
	return major, err == nil
}

// preparePostgres returns the folder of a cluster that has the extension and the database, and its password.
func preparePostgres(ctx context.Context, root, run string) (p postgres, template, password string, err error) {
	p, err = findPostgres(ctx)
	if err != nil {
		return p, "", "", err
	}
	if err := ensureVector(ctx, root, p); err != nil {
		return p, "", "", err
	}
	as, err := serverAccount()
	if err != nil {
		return p, "", "", err
	}
	template, err = prepared(ctx, root, fmt.Sprintf("postgresql-%d-v1", p.major), func(ctx context.Context, dir string) error {
		defer step("preparing a PostgreSQL %d cluster", p.major)()
		return makeCluster(ctx, p, as, run, dir)
	})
	if err != nil {
		return p, "", "", fmt.Errorf("PostgreSQL: %w", err)
	}
	secret, err := os.ReadFile(filepath.Join(template, "password"))
	return p, template, string(secret), err
}

// clusterSQL is run by the single-user server, one command a line.
const clusterSQL = `CREATE EXTENSION vector
CREATE DATABASE ` + databaseName + `
`

// makeCluster makes the cluster in the run folder, which the server's account reaches, and moves a copy into dir.
func makeCluster(ctx context.Context, p postgres, as *account, run, dir string) error {
	work := filepath.Join(run, "template")
	if err := os.Mkdir(work, 0o700); err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := as.own(work); err != nil {
		return err
	}
	password := rand.Text()
	secret := filepath.Join(work, "password")
	if err := os.WriteFile(secret, []byte(password), 0o600); err != nil {
		return err
	}
	if err := as.own(secret); err != nil {
		return err
	}
	data := filepath.Join(work, "data")
	err := tool(ctx, as, work, "", nil, p.program("initdb"), "-D", data, "-U", databaseName, "--pwfile", secret,
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")
	if err != nil {
		return err
	}
	err = tool(ctx, as, work, clusterSQL, nil, p.program("postgres"), "--single", "-D", data, "-c", "fsync=off", "template1")
	if err != nil {
		return err
	}
	return copyTree(work, dir, nil)
}

// startPostgres starts a copy of the template and returns its address.
func startPostgres(ctx context.Context, r *reaper, root, run string, durable bool) (*server, string, error) {
	p, template, password, err := preparePostgres(ctx, root, run)
	if err != nil {
		return nil, "", err
	}
	as, err := serverAccount()
	if err != nil {
		return nil, "", err
	}
	work := filepath.Join(run, "postgresql")
	if err := copyTree(template, work, as); err != nil {
		return nil, "", fmt.Errorf("copying the PostgreSQL cluster: %w", err)
	}
	if err := os.Chmod(work, 0o700); err != nil {
		return nil, "", err
	}
	s, port, err := onFreePort(func(port int) (*server, error) {
		cmd := exec.Command(p.program("postgres"), append([]string{"-D", filepath.Join(work, "data")}, settings(port, durable)...)...)
		cmd.Dir = work
		s := &server{
			name: "PostgreSQL", out: filepath.Join(run, "postgresql-"+strconv.Itoa(port)+".log"), quit: syscall.SIGQUIT, cmd: cmd,
		}
		return s, s.start(ctx, r, as, "database system is ready to accept connections")
	})
	address := url.URL{
		Scheme: "postgres", User: url.UserPassword(databaseName, password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Path: "/" + databaseName, RawQuery: "sslmode=disable",
	}
	return s, address.String(), err
}

// settings are the server's parameters: TCP on loopback only, room for many tests at once, and for replication.
func settings(port int, durable bool) []string {
	values := []string{
		"port=" + strconv.Itoa(port), "listen_addresses=127.0.0.1", "unix_socket_directories=", "timezone=UTC", "log_timezone=UTC",
		"max_connections=200", "shared_buffers=256MB", "wal_level=logical", "max_wal_senders=10", "max_replication_slots=10",
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
