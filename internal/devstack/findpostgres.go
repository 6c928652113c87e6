//go:build linux || darwin

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const oldestPostgres = 14

// postgres is an installed PostgreSQL.
type postgres struct {
	bin   string // folder of initdb, postgres and pg_config
	major int
}

// program returns the path of one of its programs.
func (p postgres) program(name string) string { return filepath.Join(p.bin, name) }

// findPostgres returns the newest PostgreSQL that is installed, and installs one if there is none and it may.
func findPostgres(ctx context.Context) (postgres, error) {
	p := newestPostgres(postgresFolders())
	if p.major >= oldestPostgres {
		return p, nil
	}
	needed := piece{
		name: fmt.Sprintf("PostgreSQL %d or newer", oldestPostgres), apt: [][]string{{"postgresql"}}, brew: "postgresql@17 pgvector",
	}
	if err := needed.install(ctx); err != nil {
		return postgres{}, fmt.Errorf("%w%s", err, tooOld(p))
	}
	if p = newestPostgres(postgresFolders()); p.major >= oldestPostgres {
		return p, nil
	}
	return postgres{}, fmt.Errorf("no %s: it is not in the package just installed%s", needed.name, tooOld(p))
}

func tooOld(p postgres) string {
	if p.major == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s is version %d)", p.bin, p.major)
}

// postgresFolders returns where distributions put the programs, those on PATH, and the one that pg_config names.
func postgresFolders() []string {
	var bins []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql@*/bin", "/Applications/Postgres.app/Contents/Versions/*/bin",
	} {
		found, _ := filepath.Glob(pattern) // the patterns are well formed
		bins = append(bins, found...)
	}
	bins = append(bins, filepath.SplitList(os.Getenv("PATH"))...)
	if output, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		bins = append(bins, strings.TrimSpace(string(output)))
	}
	return bins
}

// newestPostgres returns the newest version that the folders hold, or none.
func newestPostgres(bins []string) postgres {
	var best postgres
	for _, bin := range bins {
		initdb := filepath.Join(bin, "initdb")
		if _, err := os.Stat(initdb); err != nil || !filepath.IsAbs(bin) {
			continue
		}
		output, err := exec.Command(initdb, "--version").Output()
		if err != nil {
			continue
		}
		if major, known := majorVersion(string(output)); known && major > best.major {
			best = postgres{bin, major}
		}
	}
	return best
}
