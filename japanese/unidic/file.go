package unidic

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"time"
)

// errDamaged is the error of a file that is not what was written.
var errDamaged = errors.New("damaged")

// sections returns the memory of the tables.
func (t *tables) sections() [9][]byte {
	return [9][]byte{
		viewBytes(t.trie), viewBytes(t.groups), viewBytes(t.entries), viewBytes(t.words), viewBytes(t.matrix), t.text, t.classes,
		viewBytes(t.kinds), viewBytes(t.grammar),
	}
}

// storeTables writes a file whole or not at all: under another name, which becomes its own when it is complete.
func storeTables(t *tables, file string, version [32]byte) (err error) {
	dir := filepath.Dir(file)
	removeLeft(dir)
	f, err := os.CreateTemp(dir, "unidic-*.part")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	if err := writeTables(f, t, version); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil { // who deploys may be somebody else than who runs
		return err
	}
	if err := f.Close(); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), file); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// removeLeft removes what processes that died while writing left behind.
func removeLeft(dir string) {
	names, _ := filepath.Glob(filepath.Join(dir, "unidic-*.part"))
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > time.Hour {
			os.Remove(name)
		}
	}
}

// writeTables writes header and sections. The sums that it writes are checked whenever the file is opened, so it need not be synced.
func writeTables(w io.WriterAt, t *tables, version [32]byte) error {
	h := header{Version: version, Rights: uint32(t.rights), Edge: [2]uint32{uint32(t.edge.left), uint32(t.edge.right)}}
	copy(h.Magic[:], magic)
	at := int64(binary.Size(h))
	for i, b := range t.sections() {
		at = (at + alignment - 1) / alignment * alignment
		h.Sections[i] = section{Offset: at, Length: int64(len(b)), Sum: crc32.Checksum(b, castagnoli())}
		if _, err := w.WriteAt(b, at); err != nil {
			return err
		}
		at += int64(len(b))
	}
	b, err := h.encode()
	if err != nil {
		return err
	}
	_, err = w.WriteAt(b, 0)
	return err
}

// openTables checks a file, all of it, and maps it. It checks through a buffer, so that only the pages in use become resident.
func openTables(ctx context.Context, file string, version [32]byte) (*tables, error) {
	if file == "" {
		return nil, os.ErrNotExist
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := readTables(ctx, f, version)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	return t, nil
}

// readTables is openTables for an open file.
func readTables(ctx context.Context, f *os.File, version [32]byte) (*tables, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	b := make([]byte, binary.Size(header{}))
	if _, err := f.ReadAt(b, 0); err != nil {
		return nil, fmt.Errorf("%w: header: %w", errDamaged, err)
	}
	h, err := decodeHeader(b, version)
	if err != nil {
		return nil, err
	}
	end, buffer := int64(0), make([]byte, 1<<18)
	for i, s := range h.Sections {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		sum := crc32.New(castagnoli())
		n, err := io.CopyBuffer(sum, io.NewSectionReader(f, s.Offset, s.Length), buffer)
		if err != nil {
			return nil, err
		}
		if n != s.Length || sum.Sum32() != s.Sum {
			return nil, fmt.Errorf("%w: %d of %d bytes of section %d, with sum %x instead of %x", errDamaged, n, s.Length, i, sum.Sum32(), s.Sum)
		}
		end = max(end, s.Offset+s.Length)
	}
	if end > info.Size() {
		return nil, fmt.Errorf("%w: %d bytes, of %d", errDamaged, info.Size(), end)
	}
	whole, err := mapFile(f, end)
	if err != nil {
		return nil, err
	}
	return viewTables(whole, h)
}

// viewTables makes tables of the bytes of a file.
func viewTables(b []byte, h header) (*tables, error) {
	at := func(i int) []byte { return b[h.Sections[i].Offset:][:h.Sections[i].Length] }
	t := &tables{text: at(5), classes: at(6), rights: int(h.Rights)}
	t.edge = entry{left: uint16(h.Edge[0]), right: uint16(h.Edge[1])}
	var ok [7]bool
	t.trie, ok[0] = view[trieNode](at(0))
	t.groups, ok[1] = view[group](at(1))
	t.entries, ok[2] = view[entry](at(2))
	t.words, ok[3] = view[word](at(3))
	t.matrix, ok[4] = view[int16](at(4))
	t.kinds, ok[5] = view[kind](at(7))
	t.grammar, ok[6] = view[grammar](at(8))
	for i, fits := range ok {
		if !fits {
			return nil, fmt.Errorf("%w: table %d is cut off or not aligned", errDamaged, i)
		}
	}
	if t.rights == 0 || len(t.matrix)%t.rights != 0 || len(t.kinds) == 0 || len(t.groups) < len(t.kinds) || len(t.entries) < len(t.words) ||
		len(t.trie) == 0 {
		return nil, fmt.Errorf("%w: the sizes of tables do not fit", errDamaged)
	}
	return t, nil
}
