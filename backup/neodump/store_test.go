package neodump_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/neodump"
)

// files returns what is in a folder, hidden things included.
func files(t testing.TB, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil || entry.IsDir() {
			all[name+"/"] = ""
			return err
		}
		content, err := os.ReadFile(path)
		all[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestRestoreAnotherName: the files are the same, under the name of the destination's database, and nothing else is there.
func TestRestoreAnotherName(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{works, zips} {
		t.Run("mode "+mode, func(t *testing.T) {
			t.Parallel()
			from, to := newData(t, true), filepath.Join(t.TempDir(), "the data")
			logs := filepath.Join(t.TempDir(), "the logs")
			admin, environment := fake(t, mode, "nowhere")
			s, err := neodump.NewStore(neodump.StoreConfig{Admin: admin, Environment: environment, Database: "Restored", Data: to, Transactions: logs})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Restore(t.Context(), snapshot(t, newSource(t, mode, from)), backup.Goal{}); err != nil {
				t.Fatal(err)
			}
			want := files(t, filepath.Join(from, "databases", "neo4j"))
			delete(want, "database_lock")
			if diff := cmp.Diff(want, files(t, filepath.Join(to, "databases", "restored"))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(files(t, filepath.Join(from, "transactions", "neo4j")), files(t, filepath.Join(logs, "restored"))); diff != "" {
				t.Error(diff)
			}
			if got := len(files(t, to)) + len(files(t, logs)); got != len(want)+2+1+1+2 { // the roots, folders of databases
				t.Errorf("%d paths, which is not what was restored alone", got)
			}
		})
	}
}

// TestRestoreFails: whatever goes wrong, the folders are as before.
func TestRestoreFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mode, with string
		want       error
	}{
		"unknown cause":         {mode: loadFails},
		"another file":          {mode: loadChanges, want: backup.ErrCorrupt},
		"another place":         {mode: loadLoses, want: os.ErrNotExist},
		"database there":        {with: "databases/neo4j/database_lock", want: backup.ErrNotEmpty},
		"transactions there":    {with: "transactions/neo4j/checkpoint.0", want: backup.ErrNotEmpty},
		"a file of that name":   {with: "databases/neo4j", want: backup.ErrNotEmpty},
		"cancelled during load": {mode: loadHangs, want: context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := newData(t, false)
			for _, folder := range []string{"databases", "transactions"} {
				if err := os.Mkdir(filepath.Join(data, folder), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if c.with != "" {
				write(t, filepath.Join(data, c.with), []byte("kept"))
			}
			before := files(t, data)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			reader := &watched{Reader: snapshot(t, newSource(t, works, newData(t, true)))}
			if c.mode == loadHangs {
				reader.read = cancel
			}
			err := newStore(t, c.mode, data).Restore(ctx, reader, backup.Goal{})
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error has what the tool printed: %v", err)
			}
			if diff := cmp.Diff(before, files(t, data)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// watched is a reader that calls read when a part of the dump was read.
type watched struct {
	backup.Reader
	read func()
}

func (w *watched) Chunk(ctx context.Context, item string, number int) ([]byte, error) {
	data, err := w.Reader.Chunk(ctx, item, number)
	if w.read != nil && item == "dump" && number == 1 {
		w.read()
	}
	return data, err
}

func TestRestoreSymbolicLink(t *testing.T) {
	t.Parallel()
	data, elsewhere := newData(t, false), t.TempDir()
	if err := os.Mkdir(filepath.Join(data, "databases"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(data, "databases", "neo4j")); err != nil {
		t.Fatal(err)
	}
	from := snapshot(t, newSource(t, works, newData(t, true)))
	if err := newStore(t, works, data).Restore(t.Context(), from, backup.Goal{}); !errors.Is(err, backup.ErrNotEmpty) {
		t.Errorf("got %v, want ErrNotEmpty", err)
	}
}

func TestRestoreForeignSnapshot(t *testing.T) {
	t.Parallel()
	var in backuptest.Repository
	_, err := in.Write(t.Context(), "files", func(ctx context.Context, w backup.Writer) (backup.Cut, error) {
		return backup.Cut{}, backup.WriteFacts(ctx, w, []backup.Fact{{Name: "file x", Value: "1"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := in.Open(t.Context(), "00000001")
	if err != nil {
		t.Fatal(err)
	}
	data := newData(t, false)
	if err := newStore(t, works, data).Restore(t.Context(), r, backup.Goal{}); !errors.Is(err, backup.ErrCorrupt) {
		t.Errorf("got %v, want ErrCorrupt", err)
	}
}

// TestExamineFinds: a changed, a lost and an added file are facts that differ; a database that is not there is an error.
func TestExamineFinds(t *testing.T) {
	t.Parallel()
	data := newData(t, false)
	s := newStore(t, works, data)
	if _, err := s.Examine(t.Context()); !errors.Is(err, neodump.ErrNoDatabase) {
		t.Errorf("got %v, want ErrNoDatabase", err)
	}
	from := snapshot(t, newSource(t, works, newData(t, true)))
	if err := s.Restore(t.Context(), from, backup.Goal{}); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(data, "databases/neo4j/neostore.counts.db"), []byte("same sizes."))
	write(t, filepath.Join(data, "databases/neo4j/added"), nil)
	if err := os.Remove(filepath.Join(data, "transactions/neo4j/checkpoint.0")); err != nil {
		t.Fatal(err)
	}
	want, err := backup.ReadFacts(t.Context(), from)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Examine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	byName := func(facts []backup.Fact) map[string]string {
		values := map[string]string{}
		for _, fact := range facts {
			values[fact.Name] = fact.Value
		}
		return values
	}
	was, is := byName(want), byName(got.Facts)
	for name, c := range map[string]struct{ before, after bool }{
		"file added": {after: true}, "file checkpoint.0": {before: true}, "file neostore.counts.db": {before: true, after: true},
	} {
		if (was[name] != "") != c.before || (is[name] != "") != c.after || was[name] == is[name] {
			t.Errorf("%s was %q and is %q", name, was[name], is[name])
		}
		delete(was, name)
		delete(is, name)
	}
	if diff := cmp.Diff(was, is); diff != "" || len(was) < 3 {
		t.Errorf("%d other files: %s", len(was), diff)
	}
	if got.Versions["neo4j"] != "5.26.20" || len(got.Findings) != 1 || !got.Findings[0].Passed {
		t.Errorf("got %v and %v", got.Versions, got.Findings)
	}
}

// TestMoveBack: when the second of two folders cannot be moved, the first is where it was.
func TestMoveBack(t *testing.T) {
	t.Parallel()
	at := t.TempDir()
	from, to := filepath.Join(at, "from"), filepath.Join(at, "to")
	write(t, filepath.Join(from, "neostore"), []byte("kept"))
	err := neodump.Move(from, filepath.Join(at, "no transactions"), filepath.Join(to, "databases", "x"), filepath.Join(to, "transactions", "x"))
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want ErrNotExist", err)
	}
	want := map[string]string{"./": "", "from/": "", "from/neostore": "kept", "to/": "", "to/databases/": "", "to/transactions/": ""}
	if diff := cmp.Diff(want, files(t, at)); diff != "" {
		t.Error(diff)
	}
}
