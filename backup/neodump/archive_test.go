package neodump_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/zstd"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/neodump"
)

// newArchive returns an archive of two small files.
func newArchive(t testing.TB, gzipped bool) []byte {
	t.Helper()
	folder := t.TempDir()
	write(t, filepath.Join(folder, "neostore"), []byte("abc"))
	write(t, filepath.Join(folder, "schema", "index"), nil)
	archive, err := archiveOf(gzipped, folder)
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

func TestReadArchive(t *testing.T) {
	t.Parallel()
	for _, gzipped := range []bool{false, true} {
		got, err := neodump.ReadArchive(bytes.NewReader(newArchive(t, gzipped)))
		if err != nil {
			t.Fatal(err)
		}
		want := []backup.Fact{ // the digests are those of FIPS 180-2, for "abc" and for nothing
			{Name: "file neostore", Value: "3 bytes, SHA-256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
			{Name: "file schema/index", Value: "0 bytes, SHA-256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("gzipped %v: %s", gzipped, diff)
		}
	}
}

// TestReadArchiveDamaged: no part of an archive, and no archive with a changed byte, passes for one with other content.
func TestReadArchiveDamaged(t *testing.T) {
	t.Parallel()
	for _, gzipped := range []bool{false, true} {
		archive := newArchive(t, gzipped)
		want, err := neodump.ReadArchive(bytes.NewReader(archive))
		if err != nil {
			t.Fatal(err)
		}
		for n := range archive {
			if _, err := neodump.ReadArchive(bytes.NewReader(archive[:n])); err == nil {
				t.Errorf("gzipped %v: %d of %d bytes pass", gzipped, n, len(archive))
			}
			damaged := bytes.Clone(archive)
			damaged[n] ^= 0x41
			if got, err := neodump.ReadArchive(bytes.NewReader(damaged)); err == nil && !cmp.Equal(want, got) {
				t.Errorf("gzipped %v: a changed byte %d passes: %v", gzipped, n, got)
			}
		}
		if _, err := neodump.ReadArchive(bytes.NewReader(append(bytes.Clone(archive), "more"...))); err == nil {
			t.Errorf("gzipped %v: bytes after the end pass", gzipped)
		}
	}
}

// TestReadArchiveHeader: an archive that is whole but for what its header says.
func TestReadArchiveHeader(t *testing.T) {
	t.Parallel()
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	plain, err := decoder.DecodeAll(newArchive(t, false)[4:], nil)
	if err != nil {
		t.Fatal(err)
	}
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer encoder.Close()
	for name, c := range map[string]struct {
		at      int // of the byte that becomes another
		version bool
	}{"word": {0, true}, "version": {7, true}, "files": {15, false}, "bytes": {23, false}} {
		changed := bytes.Clone(plain)
		changed[c.at] += 5
		_, err := neodump.ReadArchive(bytes.NewReader(encoder.EncodeAll(changed, []byte("DZV1"))))
		if err == nil || errors.Is(err, backup.ErrVersion) != c.version {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// BenchmarkReadArchive reads 64 MiB, of which half are noise. "decode" decompresses them and does nothing else.
func BenchmarkReadArchive(b *testing.B) {
	const size = 64 << 20
	folder := b.TempDir()
	content := make([]byte, size)
	rand.NewChaCha8([32]byte{}).Read(content[:size/2]) //nolint:errcheck // it returns none
	write(b, filepath.Join(folder, "neostore"), content)
	archive, err := archiveOf(false, folder)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			plain, err := zstd.NewReader(bytes.NewReader(archive[4:]), zstd.WithDecoderConcurrency(1))
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, plain); err != nil {
				b.Fatal(err)
			}
			plain.Close()
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := neodump.ReadArchive(bytes.NewReader(archive)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func FuzzReadArchive(f *testing.F) {
	f.Add(newArchive(f, false))
	f.Add(newArchive(f, true))
	f.Add([]byte("DZV1"))
	f.Fuzz(func(t *testing.T, archive []byte) {
		facts, err := neodump.ReadArchive(bytes.NewReader(archive))
		if err == nil && len(facts) == 0 {
			t.Error("an archive without files passes")
		}
	})
}

// TestNotes has what Neo4j 5.26 printed.
func TestNotes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]neodump.Notes{
		"": {Detail: "0 lines of output"},
		"\nFiles: 1/37, data:  0.0%\nDone: 37 files, 258.4MiB processed in 0.734 seconds.\n":                             {Lines: 3, Detail: "3 lines of output"},
		"The database is in use. Stop database 'neo4j' and try again.\nRun with '--verbose'":                             {Lines: 1, Cause: neodump.ErrRunning, Detail: "1 lines of output"},
		"Failed to execute command as the database 'neo4j' is in use. Please stop it and try again.\n":                   {Lines: 1, Cause: neodump.ErrRunning, Detail: "1 lines of output"},
		"2026-11-25 ERROR [o.n.c.d.DumpCommand] Failed to dump database 'neo4j': Database does not exist: neo4j\n":       {Lines: 1, Cause: neodump.ErrNoDatabase, Detail: "1 lines of output"},
		"Failed to load database 'neo4j': Database already exists: neo4j\n":                                              {Lines: 1, Cause: backup.ErrNotEmpty, Detail: "1 lines of output"},
		"Failed to load database 'foo': Not a valid Neo4j archive: reading from stdin\n":                                 {Lines: 1, Cause: backup.ErrCorrupt, Detail: "1 lines of output"},
		"Active logical log detected, this might be a source of inconsistencies.\n":                                      {Lines: 1, Cause: neodump.ErrUnclean, Detail: "1 lines of output"},
		"\tNumber of errors: 5655\n\tNumber of warnings: 1879\n\tNumber of errors: 太郎\nInconsistencies found. See 'x'\n": {Lines: 4, Cause: neodump.ErrInconsistent, Detail: "5655 errors and 1879 warnings"},
		strings.Repeat("x", 1<<20) + "Inconsistencies found\n":                                                           {Lines: 1, Detail: "1 lines of output"},
	} {
		whole := neodump.Take([]byte(text))
		if diff := cmp.Diff(want, whole, cmpopts.EquateErrors()); diff != "" {
			t.Errorf("%.60q: %s", text, diff)
		}
	}
}

func FuzzNotes(f *testing.F) {
	f.Add([]byte("The database is in use. Stop\n\tNumber of errors: 5\n"), 7)
	f.Fuzz(func(t *testing.T, text []byte, at int) {
		at = max(0, min(at, len(text)))
		whole, parts := neodump.Take(text), neodump.Take(text[:at], text[at:])
		if diff := cmp.Diff(whole, parts, cmpopts.EquateErrors()); diff != "" {
			t.Errorf("it matters how output is cut: %s", diff)
		}
	})
}
