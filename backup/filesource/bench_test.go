package filesource_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/filesource"
)

// sink is a writer that keeps nothing.
type sink struct{}

func (sink) Create(context.Context, string, string) (backup.ItemWriter, error) { return sink{}, nil }

func (sink) Previous() backup.Reader { return nil }

func (sink) Reuse(context.Context, string) error { return nil }

func (sink) Append(_ context.Context, c backup.Chunk) error {
	if c.Release != nil {
		c.Release()
	}
	return nil
}

func (sink) Commit(context.Context, []byte) error { return nil }

// small makes so many files of 1 to 2 KiB, a hundred a folder.
func small(b *testing.B, count int) string {
	root := b.TempDir()
	data := random(1, 2<<10)
	for i := range count {
		write(b, fmt.Sprintf("%s/%03d/%03d/%d.json", root, i/10_000, i/100%100, i), data[:1024+i%1024])
	}
	return root
}

// BenchmarkSmallFiles backs up and restores 100,000 small files. "walk and hash" reads them one after another and does nothing else.
func BenchmarkSmallFiles(b *testing.B) {
	root := small(b, 100_000)
	s := newSource(b, of(root))
	var repository backuptest.Repository
	b.Run("walk and hash", func(b *testing.B) {
		for b.Loop() {
			digest := sha256.New()
			ok(b, filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
				if err != nil || e.IsDir() {
					return err
				}
				data, err := os.ReadFile(p)
				digest.Write(data) //nolint:errcheck // a hash takes all
				return err
			}))
		}
	})
	b.Run("backup", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			must(s.Backup(b.Context(), sink{}))(b)
		}
	})
	<-time.After(2100 * time.Millisecond)
	first := must(repository.Write(b.Context(), "files", s.Backup))(b)
	b.Run("unchanged", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			must(repository.Write(b.Context(), "files", s.Backup))(b)
		}
	})
	b.Run("restore", func(b *testing.B) {
		r := must(repository.Open(b.Context(), first.ID))(b)
		n := 0
		for b.Loop() {
			n++
			d := must(filesource.NewDirectory(filesource.DirectoryConfig{Path: fmt.Sprintf("%s/%d", b.TempDir(), n)}))(b)
			ok(b, d.Restore(b.Context(), r, backup.Goal{}))
		}
	})
}

// BenchmarkLargeFile backs up 512 MiB. "hash" reads and hashes them, and does nothing else.
func BenchmarkLargeFile(b *testing.B) {
	root := b.TempDir()
	const size = 512 << 20
	write(b, root+"/model", random(1, size))
	s := newSource(b, of(root))
	b.Run("hash", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			f := must(os.Open(root + "/model"))(b)
			must(io.CopyBuffer(struct{ io.Writer }{sha256.New()}, f, make([]byte, 1<<20)))(b)
			ok(b, f.Close())
		}
	})
	b.Run("backup", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			must(s.Backup(b.Context(), sink{}))(b)
		}
	})
}
