package neodump

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/shugo-data/shugo/backup"
)

// mostWindow is the largest history that a decoder keeps, in bytes. Neo4j's is 2 MiB.
const mostWindow = 128 << 20

// errArchive is what a dump is that cannot be loaded.
var errArchive = errors.New("neodump: the dump is no whole archive")

// readArchive reads a dump to its end, and returns a fact for each file. The layout is that of Neo4j 5: "DZV1" before a Zstandard
// stream of a header and a tar archive, or "DGV1" before a gzip stream of a tar archive alone.
func readArchive(r io.Reader) ([]backup.Fact, error) {
	magic := make([]byte, 4)
	if _, err := io.ReadFull(r, magic); err != nil {
		return nil, fmt.Errorf("%w: it has no beginning: %w", errArchive, err)
	}
	switch string(magic) {
	case "DZV1":
		plain, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(mostWindow))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errArchive, err)
		}
		defer plain.Close()
		want, err := readHeader(plain)
		if err != nil {
			return nil, err
		}
		return readFiles(plain, &want)
	case "DGV1":
		plain, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errArchive, err)
		}
		return readFiles(plain, nil)
	}
	return nil, fmt.Errorf("neodump: a dump that begins with %q, expected DZV1 or DGV1: %w", magic, backup.ErrVersion)
}

// header says what follows it.
type header struct{ Files, Bytes int64 }

// readHeader reads "zstd", the version 1 in 32 bits, and a header, big-endian.
func readHeader(r io.Reader) (h header, err error) {
	var lead struct {
		Word    [4]byte
		Version int32
	}
	if err := errors.Join(binary.Read(r, binary.BigEndian, &lead), binary.Read(r, binary.BigEndian, &h)); err != nil {
		return h, fmt.Errorf("%w: its header: %w", errArchive, err)
	}
	if string(lead.Word[:]) != "zstd" || lead.Version != 1 {
		return h, fmt.Errorf("neodump: a dump with the header %q, version %d, expected zstd, version 1: %w", lead.Word[:], lead.Version, backup.ErrVersion)
	}
	return h, nil
}

// readFiles reads a tar archive, and what is after it, so that checksums are compared. Where want is not nil there must be as much.
func readFiles(r io.Reader, want *header) ([]backup.Fact, error) {
	var facts []backup.Fact
	var have header
	for files := tar.NewReader(r); ; {
		entry, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: after %d files: %w", errArchive, have.Files, err)
		}
		if entry.Typeflag == tar.TypeDir {
			continue
		}
		if entry.Typeflag != tar.TypeReg {
			return nil, fmt.Errorf("%w: it has an entry of type %q", errArchive, entry.Typeflag)
		}
		fact, err := factOf(entry.Name, files)
		if err != nil {
			return nil, fmt.Errorf("%w: after %d files: %w", errArchive, have.Files, err)
		}
		facts = append(facts, fact)
		have.Files, have.Bytes = have.Files+1, have.Bytes+entry.Size
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		return nil, fmt.Errorf("%w: its end: %w", errArchive, err)
	}
	if want != nil && have != *want {
		return nil, fmt.Errorf("%w: it has %d files of %d bytes, and its header says %d of %d", errArchive, have.Files, have.Bytes, want.Files, want.Bytes)
	}
	if have.Files == 0 {
		return nil, fmt.Errorf("%w: it has no files", errArchive)
	}
	return sorted(facts)
}

// sorted orders facts by name, of which each is to be there once.
func sorted(facts []backup.Fact) ([]backup.Fact, error) {
	slices.SortFunc(facts, func(a, b backup.Fact) int { return strings.Compare(a.Name, b.Name) })
	for i := range facts[1:] {
		if facts[i].Name == facts[i+1].Name {
			return nil, fmt.Errorf("%w: two files have one name", errArchive)
		}
	}
	return facts, nil
}

// factOf is what is compared of a file. Transaction logs are named as if they were in the database's folder, as archives have them.
func factOf(name string, content io.Reader) (backup.Fact, error) {
	digest := sha256.New()
	size, err := io.Copy(digest, content)
	return backup.Fact{Name: "file " + path.Clean(name), Value: fmt.Sprintf("%d bytes, SHA-256 %x", size, digest.Sum(nil))}, err
}
