package pgpolicy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestLinterFindsNothing has an independent linter of row security (pgrls, of PyPI) look at the tutor's tables. Without
// FORCE on one of them it must say so, or else it would not have looked.
func TestLinterFindsNothing(t *testing.T) {
	t.Parallel()
	linter := os.Getenv("SHUGO_PGRLS")
	if linter == "" {
		t.Skip("SHUGO_PGRLS is not set: `python3 -m venv DIR && DIR/bin/pip install pgrls==0.57.1`, then SHUGO_PGRLS=DIR/bin/pgrls")
	}
	p := newPlace(t, tutorSQL(t), standingTable)
	p.apply(t, tutor())
	lint := func() (string, error) {
		cmd := exec.CommandContext(t.Context(), linter, "lint", "--schemas", "public,governed", "--fail-on", "info",
			"--config", filepath.Join("testdata", "pgrls.toml"))
		cmd.Env = append(os.Environ(), "DATABASE_URL="+p.address)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := lint(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	p.exec(t, "ALTER TABLE users NO FORCE ROW LEVEL SECURITY")
	if out, err := lint(); err == nil || !strings.Contains(out, "SEC002") {
		t.Errorf("without FORCE: %v\n%s", err, out)
	}
}
