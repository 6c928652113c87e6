package pgwal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/shugo-data/shugo/backup"
)

// spanChunks is how many chunks of a large file one worker writes.
const spanChunks = 64

// filler writes the files of a snapshot into a tree.
type filler struct {
	reader  backup.Reader
	tree    *tree
	workers int
	sparse  bool
	read    func(int)

	disk *syncer
}

// work is a part of the restore that one worker does.
type work func(context.Context) error

// run writes all members. Folders and links come first.
func (f *filler) run(ctx context.Context) error {
	items := f.reader.Items()
	control := false
	for _, item := range items {
		all, err := members(item)
		if err != nil {
			return err
		}
		for _, m := range all {
			control = control || m.Path == controlFile
			switch m.Kind {
			case kindDir:
				err = f.tree.folder(m.member)
			case kindLink:
				err = f.tree.link(m.member)
			}
			if err != nil {
				return err
			}
		}
	}
	if !control {
		return &backup.CorruptError{Object: controlFile, Text: "the snapshot does not have it"}
	}
	f.disk = newSyncer()
	err := parallel(ctx, f.workers, func(give func(work) bool) error {
		for _, item := range items {
			all, err := members(item)
			if err != nil {
				return err
			}
			if !f.give(item, all, give) {
				return nil
			}
		}
		return nil
	})
	return errors.Join(err, f.disk.close())
}

// give hands out the work on an item.
func (f *filler) give(item backup.Item, all []packed, give func(work) bool) bool {
	switch {
	case item.Kind == itemKindFile && len(all) == 1:
		file := &largeFile{member: all[0].member}
		for from := 0; from < item.Chunks; from += spanChunks {
			to := min(from+spanChunks, item.Chunks)
			if !give(func(ctx context.Context) error { return f.span(ctx, item.Name, file, from, to) }) {
				return false
			}
		}
	case item.Kind == itemKindPack:
		return give(func(ctx context.Context) error { return f.pack(ctx, item, all) })
	case item.Name == manifestItem:
		return give(func(ctx context.Context) error { return f.manifest(ctx, item) })
	}
	return true
}

// largeFile is a file that several workers write.
type largeFile struct {
	member
	once sync.Once
	err  error
}

// create makes the file once.
func (f *filler) create(file *largeFile) error {
	file.once.Do(func() {
		var made *os.File
		if made, file.err = f.tree.create(file.member); file.err == nil {
			file.err = made.Close()
		}
	})
	return file.err
}

// span writes some chunks of a large file.
func (f *filler) span(ctx context.Context, item string, file *largeFile, from, to int) error {
	if err := f.create(file); err != nil {
		return err
	}
	root, name := f.tree.at(file.Path)
	out, err := root.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return writeError("open a file", err)
	}
	defer f.disk.give(out)
	for n := from; n < to; n++ {
		data, err := f.reader.Chunk(ctx, item, n)
		if err != nil {
			return err
		}
		offset := int64(n) * chunkSize
		if want := min(chunkSize, file.Size-offset); int64(len(data)) != want {
			return &backup.CorruptError{Object: file.Path, Text: fmt.Sprintf("chunk %d has %d bytes, expected %d", n, len(data), want)}
		}
		if err := f.put(out, data, offset); err != nil {
			return err
		}
	}
	return nil
}

// put writes a piece, and leaves out zeros where holes are wanted.
func (f *filler) put(out *os.File, data []byte, offset int64) error {
	f.read(len(data))
	const block = 64 << 10
	for f.sparse && len(data) > 0 {
		n := min(block, len(data))
		if !zero(data[:n]) {
			if _, err := out.WriteAt(data[:n], offset); err != nil {
				return writeError("write a file", err)
			}
		}
		data, offset = data[n:], offset+int64(n)
	}
	if len(data) == 0 {
		return nil
	}
	_, err := out.WriteAt(data, offset)
	return writeError("write a file", err)
}

// pack writes small files.
func (f *filler) pack(ctx context.Context, item backup.Item, all []packed) error {
	at, chunk := -1, []byte(nil)
	for _, m := range all {
		if m.Kind != kindFile {
			continue
		}
		if m.Size > 0 && m.Chunk != at {
			var err error
			if chunk, err = f.reader.Chunk(ctx, item.Name, m.Chunk); err != nil {
				return err
			}
			at = m.Chunk
		}
		if m.Size > int64(len(chunk)-m.Offset) && m.Size > 0 {
			return &backup.CorruptError{Object: m.Path, Text: fmt.Sprintf("%d bytes at %d of a chunk of %d bytes", m.Size, m.Offset, len(chunk))}
		}
		var data []byte
		if m.Size > 0 {
			data = chunk[m.Offset : m.Offset+int(m.Size)]
		}
		if m.Path == controlFile {
			m.Path += hidden
		}
		if err := f.small(m.member, data); err != nil {
			return err
		}
	}
	return nil
}

// small writes a file whole.
func (f *filler) small(m member, data []byte) error {
	out, err := f.tree.create(m)
	if err != nil {
		return err
	}
	defer f.disk.give(out)
	return f.put(out, data, 0)
}

// manifest writes the server's manifest, by which pg_verifybackup knows the files.
func (f *filler) manifest(ctx context.Context, item backup.Item) error {
	var text []byte
	for n := range item.Chunks {
		data, err := f.reader.Chunk(ctx, item.Name, n)
		if err != nil {
			return err
		}
		text = append(text, data...)
	}
	return f.small(member{Path: manifestItem, Mode: 0o600, Size: int64(len(text))}, text)
}

// parallel has workers do what a function gives out. The first error ends all.
func parallel(ctx context.Context, workers int, feed func(give func(work) bool) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan work)
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for w := range queue {
				if ctx.Err() != nil {
					continue
				}
				if err := w(ctx); err != nil {
					cancel(err)
				}
			}
		})
	}
	err := feed(func(w work) bool {
		select {
		case queue <- w:
			return true
		case <-ctx.Done():
			return false
		}
	})
	close(queue)
	wait.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return errors.Join(err)
}
