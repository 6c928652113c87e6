package neodump_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/neodump"
)

// TestBackupRefused: each cause is told, in no words of the tool, and nothing is a snapshot.
func TestBackupRefused(t *testing.T) {
	t.Parallel()
	unknown := errors.New("any")
	for name, c := range map[string]struct {
		mode    string
		without string // a path that is removed
		with    string // a path that is written
		want    error
	}{
		"running":       {mode: running, want: neodump.ErrRunning},
		"unclean":       {mode: unclean, want: neodump.ErrUnclean},
		"no database":   {without: "databases/neo4j", want: neodump.ErrNoDatabase},
		"inconsistent":  {with: "databases/neo4j/damaged", want: neodump.ErrInconsistent},
		"unknown cause": {mode: chatters, want: unknown},
		"late failure":  {mode: fails, want: unknown},
		"truncated":     {mode: truncates, want: unknown},
		"other format":  {mode: foreign, want: backup.ErrVersion},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := newData(t, true)
			if c.without != "" {
				if err := os.RemoveAll(filepath.Join(data, c.without)); err != nil {
					t.Fatal(err)
				}
			}
			if c.with != "" {
				write(t, filepath.Join(data, c.with), nil)
			}
			var in backuptest.Repository
			_, err := in.Write(t.Context(), "graph", newSource(t, c.mode, data).Backup)
			if err == nil || c.want != unknown && !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error has what the tool printed: %v", err)
			}
			if all, err := in.Snapshots(t.Context()); err != nil || len(all) > 0 {
				t.Errorf("%d snapshots, %v", len(all), err)
			}
		})
	}
}

// TestBackupCommitsNothing: an item of a dump that failed is not committed, though its writer were to go on.
func TestBackupCommitsNothing(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{fails, truncates} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			w := &counter{}
			if _, err := newSource(t, mode, newData(t, true)).Backup(t.Context(), w); err == nil {
				t.Fatal("no error")
			}
			if w.appended == 0 || w.committed != 0 {
				t.Errorf("%d chunks, %d commits, want some and none", w.appended, w.committed)
			}
		})
	}
}

func TestInconsistentSaysHowMuch(t *testing.T) {
	t.Parallel()
	data := newData(t, true)
	write(t, filepath.Join(data, "databases/neo4j/damaged"), nil)
	_, err := newSource(t, works, data).Backup(t.Context(), &counter{})
	if err == nil || !strings.Contains(err.Error(), "3 errors and 1 warnings") {
		t.Errorf("got %v", err)
	}
	admin, environment := fake(t, works, data)
	unchecked, err := neodump.New(neodump.Config{Name: "graph", Admin: admin, Environment: environment, SkipCheck: true})
	if err != nil {
		t.Fatal(err)
	}
	examined := newStore(t, works, newData(t, false))
	if err := examined.Restore(t.Context(), snapshot(t, unchecked), backup.Goal{}); err != nil {
		t.Fatal(err)
	}
	got, err := examined.Examine(t.Context())
	if err != nil || len(got.Findings) != 1 || got.Findings[0].Passed || !strings.Contains(got.Findings[0].Detail, "3 errors and 1 warnings") {
		t.Errorf("the damage that was not looked for is not found after the restore: %+v, %v", got.Findings, err)
	}
}

// TestBackupCancelled ends a tool that has printed a part, and what it started: that holds the pipe for ten minutes.
func TestBackupCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	w := &counter{then: cancel}
	if _, err := newSource(t, hangs, newData(t, true)).Backup(ctx, w); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if w.appended == 0 || w.committed != 0 {
		t.Errorf("%d chunks, %d commits, want some and none", w.appended, w.committed)
	}
}

func TestNoTool(t *testing.T) {
	t.Parallel()
	s, err := neodump.New(neodump.Config{Name: "graph", Admin: []string{"no-such-neo4j-admin"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Backup(t.Context(), &counter{}); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("got %v, want exec.ErrNotFound", err)
	}
}

// TestProgress: works and bytes are told.
func TestProgress(t *testing.T) {
	t.Parallel()
	var last backup.Progress
	admin, environment := fake(t, works, newData(t, true))
	s, err := neodump.New(neodump.Config{Name: "graph", Admin: admin, Environment: environment, Database: "Neo4j",
		Progress: func(p backup.Progress) { last = p }})
	if err != nil {
		t.Fatal(err)
	}
	w := &counter{}
	if _, err := s.Backup(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if last.Work != "backup graph" || last.Done != w.dumped || last.Total != last.Done || w.dumped < 1<<20 {
		t.Errorf("the last figure is %+v, of %d bytes", last, w.dumped)
	}
}

// counter is a writer that keeps nothing.
type counter struct {
	appended, committed int
	dumped              int64
	then                func() // called by the first Append
}

func (c *counter) Create(_ context.Context, name, _ string) (backup.ItemWriter, error) {
	return counted{c, name}, nil
}
func (*counter) Previous() backup.Reader             { return nil }
func (*counter) Reuse(context.Context, string) error { return errors.New("nothing to reuse") }

type counted struct {
	*counter
	name string
}

func (c counted) Append(_ context.Context, chunk backup.Chunk) error {
	if c.appended++; c.name == "dump" {
		c.dumped += int64(len(chunk.Data))
	}
	if chunk.Release != nil {
		chunk.Release()
	}
	if c.then != nil && c.appended == 1 {
		c.then()
	}
	return nil
}

func (c counted) Commit(context.Context, []byte) error {
	c.committed++
	return nil
}
