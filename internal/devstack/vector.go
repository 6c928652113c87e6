//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// vectorSuite is the Debian release whose source package of pgvector is built where the machine's own release has none.
const vectorSuite = "trixie"

// ensureVector sees to it that PostgreSQL has pgvector, by the first way that works: it is there; the distribution's
// package; Debian's source package.
func ensureVector(ctx context.Context, root string, p postgres) error {
	unlock, err := lock(ctx, filepath.Join(root, "pgvector.lock"))
	if err != nil {
		return err
	}
	defer unlock()
	control, err := p.vectorControl()
	if err != nil {
		return err
	}
	if _, err := os.Stat(control); err == nil {
		return nil
	}
	name := fmt.Sprintf("postgresql-%d-pgvector", p.major)
	packageErr := install(ctx, "pgvector", name)
	if packageErr == nil || os.Geteuid() != 0 {
		return packageErr
	}
	if err := buildVector(ctx, p); err != nil {
		return fmt.Errorf("no pgvector for PostgreSQL %d: there is no package %s, and building it failed: %w", p.major, name, err)
	}
	if _, err := os.Stat(control); err != nil {
		return fmt.Errorf("pgvector was built, but is not where PostgreSQL %d looks for it: %w", p.major, err)
	}
	return nil
}

// vectorControl returns the path of the extension's control file.
func (p postgres) vectorControl() (string, error) {
	output, err := exec.Command(p.program("pg_config"), "--sharedir").Output()
	if err != nil {
		return "", fmt.Errorf("PostgreSQL %d: pg_config --sharedir: %w", p.major, err)
	}
	return filepath.Join(strings.TrimSpace(string(output)), "extension", "vector.control"), nil
}

// buildVector builds Debian's source package. The lists of the other release are kept apart, so that the machine's own
// sources stay as they are.
func buildVector(ctx context.Context, p postgres) error {
	defer step("building pgvector from its source package")()
	tmp, err := os.MkdirTemp("", "shugo-pgvector-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if err := install(ctx, "a compiler and PostgreSQL's headers", fmt.Sprintf("postgresql-server-dev-%d", p.major), "build-essential"); err != nil {
		return err
	}
	if err := downloadVector(ctx, tmp); err != nil {
		return err
	}
	dirs, err := filepath.Glob(filepath.Join(tmp, "pgvector-*", "Makefile"))
	if err != nil || len(dirs) != 1 {
		return errors.Join(err, fmt.Errorf("the source package holds %d folders with a Makefile, want 1", len(dirs)))
	}
	// OPTFLAGS is empty: a build for this very processor would not run on another that shares the cache.
	options := []string{"OPTFLAGS=", "PG_CONFIG=" + p.program("pg_config")}
	if err := tool(ctx, nil, filepath.Dir(dirs[0]), "", nil, "make", options...); err != nil {
		return err
	}
	return tool(ctx, nil, filepath.Dir(dirs[0]), "", nil, "make", append([]string{"install"}, options...)...)
}

// downloadVector gets the source package from the mirror that the machine uses already.
func downloadVector(ctx context.Context, tmp string) error {
	sources, err := readAptSources()
	if err != nil {
		return err
	}
	release, err := os.ReadFile("/etc/os-release")
	if err != nil {
		return err
	}
	archive, ok := archiveOf(sources, codename(string(release)))
	if !ok {
		return errors.New("the machine's package sources name no Debian archive")
	}
	list := filepath.Join(tmp, "sources.list")
	if err := os.WriteFile(list, []byte(archive.line(vectorSuite)), 0o644); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(tmp, "lists", "partial"), 0o755); err != nil {
		return err
	}
	options := []string{
		"-q", "-o", "Dir::Etc::SourceList=" + list, "-o", "Dir::Etc::SourceParts=-", "-o", "Dir::State::Lists=" + filepath.Join(tmp, "lists"),
		"-o", "Dir::Cache=" + tmp, "-o", "APT::Sandbox::User=root",
	}
	if err := tool(ctx, nil, tmp, "", nil, "apt-get", append(options, "update")...); err != nil {
		return err
	}
	return tool(ctx, nil, tmp, "", nil, "apt-get", append(options, "source", "pgvector")...)
}

// codename reads the release's name from os-release(5).
func codename(text string) string {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "VERSION_CODENAME="); ok {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}
