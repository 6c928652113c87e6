package neodump_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/neodump"
)

func TestSource(t *testing.T) {
	t.Parallel()
	backuptest.TestSource(t, func(t testing.TB) backup.Source { return newSource(t, works, newData(t, true)) })
}

func TestDestination(t *testing.T) {
	t.Parallel()
	backuptest.TestDestination(t, func(t testing.TB) backuptest.Restoring {
		return backuptest.Restoring{Source: newSource(t, works, newData(t, true)), Destination: newStore(t, works, newData(t, false))}
	})
}

// newData makes the folder of a server's data, with a database or without.
func newData(t testing.TB, full bool) string {
	t.Helper()
	data := t.TempDir()
	if !full {
		return data
	}
	random := make([]byte, 1500<<10) // of two chunks, when compressed
	noise := rand.NewChaCha8([32]byte{1})
	noise.Read(random) //nolint:errcheck // it returns none
	for name, content := range map[string][]byte{
		"databases/neo4j/database_lock":                 nil,
		"databases/neo4j/neostore.nodestore.db":         random,
		"databases/neo4j/neostore.counts.db":            []byte("some counts"),
		"databases/neo4j/schema/index/range-1.0/index":  []byte("an index"),
		"transactions/neo4j/checkpoint.0":               bytes.Repeat([]byte{0}, 100),
		"transactions/neo4j/neostore.transaction.db.0":  bytes.Repeat([]byte{7}, 1<<20),
		"databases/system/neostore.nodestore.db":        []byte("of another database"),
		"transactions/system/neostore.transaction.db.0": []byte("of another database"),
	} {
		write(t, filepath.Join(data, name), content)
	}
	return data
}

func write(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func newSource(t testing.TB, mode, data string) *neodump.Source {
	t.Helper()
	admin, environment := fake(t, mode, data)
	s, err := neodump.New(neodump.Config{Name: "graph", Admin: admin, Environment: environment})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newStore(t testing.TB, mode, data string) *neodump.Store {
	t.Helper()
	admin, environment := fake(t, mode, "nowhere")
	s, err := neodump.NewStore(neodump.StoreConfig{Admin: admin, Environment: environment, Data: data})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// snapshot backs a server's data up and opens what was written.
func snapshot(t testing.TB, s *neodump.Source) backup.Reader {
	t.Helper()
	var in backuptest.Repository
	done, err := in.Write(t.Context(), s.Name(), s.Backup)
	if err != nil {
		t.Fatal(err)
	}
	r, err := in.Open(t.Context(), done.ID)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
