//go:build linux || darwin

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// vectorSuite is the Debian release whose source package of pgvector is built where the machine's own release has none.
const vectorSuite = "trixie"

// ensureVector sees to it that PostgreSQL has pgvector, by the first way that works: it is there; the distribution's
// package; Debian's source package.
func ensureVector(ctx context.Context, at site, p postgres) error {
	unlock, err := lock(ctx, filepath.Join(at.cache, "pgvector.lock"))
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
	vector := piece{
		name: "pgvector for PostgreSQL " + strconv.Itoa(p.major),
		apt:  [][]string{{fmt.Sprintf("postgresql-%d-pgvector", p.major)}},
		brew: "pgvector",
	}
	if os.Geteuid() != 0 {
		vector.advice = ", or run devstack once as root, which builds it from source if there is no such package"
	}
	packageErr := vector.install(ctx)
	if packageErr == nil || os.Geteuid() != 0 || ctx.Err() != nil {
		return packageErr
	}
	say("no package %s here: building it", vector.apt[0][0])
	if err := buildVector(ctx, at, p); err != nil {
		return fmt.Errorf("%s: there is no package %s, and building it failed: %w", vector.name, vector.apt[0][0], err)
	}
	if _, err := os.Stat(control); err != nil {
		return fmt.Errorf("%s was built, but is not where PostgreSQL looks for it: %w", vector.name, err)
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
func buildVector(ctx context.Context, at site, p postgres) (err error) {
	finish := step("building pgvector from its source package")
	defer func() { finish(err) }()
	tmp, err := os.MkdirTemp(at.run, "pgvector-build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	compiler := piece{
		name: "compiler and headers of PostgreSQL",
		apt:  [][]string{{fmt.Sprintf("postgresql-server-dev-%d", p.major), "build-essential"}},
	}
	if err := compiler.install(ctx); err != nil {
		return err
	}
	if err := downloadVector(ctx, at, tmp); err != nil {
		return err
	}
	makefiles, err := filepath.Glob(filepath.Join(tmp, "pgvector-*", "Makefile"))
	if err != nil || len(makefiles) != 1 {
		return errors.Join(err, fmt.Errorf("the source package holds %d folders with a Makefile, want 1", len(makefiles)))
	}
	in := tool{dir: filepath.Dir(makefiles[0]), environment: []string{"TMPDIR=" + tmp}}
	// OPTFLAGS is empty: a build for this very processor would not run on another that shares the disk.
	options := []string{"OPTFLAGS=", "PG_CONFIG=" + p.program("pg_config")}
	if err := in.run(ctx, at.reaper, "make", options...); err != nil {
		return err
	}
	return in.run(ctx, at.reaper, "make", append([]string{"install"}, options...)...)
}

// downloadVector gets the source package from the mirror that the machine uses already.
func downloadVector(ctx context.Context, at site, tmp string) error {
	sources, err := readAptSources("/etc/apt")
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
	for _, dir := range []string{"sources", filepath.Join("lists", "partial")} {
		if err := os.MkdirAll(filepath.Join(tmp, dir), 0o700); err != nil {
			return err
		}
	}
	list := filepath.Join(tmp, "sources", "vector.sources")
	if err := os.WriteFile(list, []byte(archive.stanza(vectorSuite)), 0o600); err != nil {
		return err
	}
	options := []string{
		"-q", "-o", "Dir::Etc::SourceList=/dev/null", "-o", "Dir::Etc::SourceParts=" + filepath.Dir(list),
		"-o", "Dir::State::Lists=" + filepath.Join(tmp, "lists"), "-o", "Dir::Cache=" + tmp, "-o", "APT::Sandbox::User=root",
	}
	in := tool{dir: tmp, environment: []string{"TMPDIR=" + tmp}}
	if err := in.run(ctx, at.reaper, "apt-get", append(options, "update")...); err != nil {
		return err
	}
	return in.run(ctx, at.reaper, "apt-get", append(options, "source", "pgvector")...)
}
