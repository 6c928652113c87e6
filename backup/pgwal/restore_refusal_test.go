package pgwal_test

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// altered is a reader that gives back other than what was written.
type altered struct {
	backup.Reader
	chunk   func(item string, number int) error
	entries func(log string, e backup.Entry) (backup.Entry, bool)
}

func (a altered) Chunk(ctx context.Context, item string, number int) ([]byte, error) {
	if a.chunk != nil {
		if err := a.chunk(item, number); err != nil {
			return nil, err
		}
	}
	return a.Reader.Chunk(ctx, item, number)
}

func (a altered) Log(name string) backup.Log { return alteredLog{a.Reader.Log(name), name, a.entries} }

type alteredLog struct {
	backup.Log
	name    string
	entries func(log string, e backup.Entry) (backup.Entry, bool)
}

func (l alteredLog) Entries(ctx context.Context, from uint64) iter.Seq2[backup.Entry, error] {
	return func(yield func(backup.Entry, error) bool) {
		for e, err := range l.Log.Entries(ctx, from) {
			if err == nil && l.entries != nil {
				var keep bool
				if e, keep = l.entries(l.name, e); !keep {
					continue
				}
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// backedUp is a cluster with a snapshot, and a log that carries it on.
type backedUp struct {
	live   *servertest.Cluster
	reader backup.Reader
	marks  []mark
	last   backup.Cut
}

func newBackedUp(t *testing.T, config pgwal.SourceConfig) backedUp {
	t.Helper()
	b := backedUp{live: servertest.NewClusterWith(t, durable())}
	d := connect(t, b.live)
	d.exec(`CREATE TABLE mark (number int)`)
	d.exec(messageTable)
	d.exec(`INSERT INTO message (text) SELECT repeat(md5(n::text), 30) FROM generate_series(1, 5000) n`)
	var repository backuptest.Repository
	receiver, _ := receiving(t, pgwal.ReceiverConfig{Connection: b.live.URL, Repository: &repository})
	early := makeMarks(t, d, 0, 2)
	config.Await = receiver.Await
	b.reader = takeBase(t, &repository, source(t, b.live, config))
	d.exec(`INSERT INTO message (text) SELECT repeat(md5(n::text), 30) FROM generate_series(1, 20000) n`)
	b.marks = append(early, makeMarks(t, d, 2, 3)...)
	b.last = d.cut()
	await(t, receiver, b.last)
	return b
}

// TestRestoreRefuses restores nothing, and leaves nothing behind, where it cannot keep its word.
func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	b := newBackedUp(t, pgwal.SourceConfig{})
	base, err := pgwal.ReadBase(b.reader)
	if err != nil {
		t.Fatal(err)
	}
	wal := pgwal.LogName(base.System, base.Timeline)
	middle := uint64(base.Stop) + uint64(b.last.LSN-base.Stop)/2
	without := func(position uint64) func(string, backup.Entry) (backup.Entry, bool) {
		return func(log string, e backup.Entry) (backup.Entry, bool) {
			return e, log != wal || position < e.Start || position >= e.End
		}
	}
	damaged := func(_ string, e backup.Entry) (backup.Entry, bool) {
		if middle >= e.Start && middle < e.End {
			e.Data[middle-e.Start] ^= 0x10
		}
		return e, true
	}
	later := func(_ string, e backup.Entry) (backup.Entry, bool) { // made when the receiver caught up with an older log
		e.Time = time.Now().Add(2 * time.Hour)
		return e, true
	}
	missing := func(item string, number int) error {
		if strings.HasPrefix(item, "file/") {
			return &backup.CorruptError{Object: item, Text: "missing in all places"}
		}
		return nil
	}
	for name, test := range map[string]struct {
		reader backup.Reader
		to     backup.Goal
		want   error
	}{
		"gap":                     {altered{Reader: b.reader, entries: without(middle)}, backup.Goal{}, backup.ErrGap},
		"gap before the snapshot": {altered{Reader: b.reader, entries: without(uint64(base.Start))}, backup.Goal{}, backup.ErrGap},
		"no log":                  {altered{Reader: b.reader, entries: func(string, backup.Entry) (backup.Entry, bool) { return backup.Entry{}, false }}, backup.Goal{}, backup.ErrGap},
		"damaged log":             {altered{Reader: b.reader, entries: damaged}, backup.Goal{}, backup.ErrCorrupt},
		"missing chunk":           {altered{Reader: b.reader, chunk: missing}, backup.Goal{}, backup.ErrCorrupt},
		"LSN after the end":       {b.reader, backup.Goal{LSN: b.last.LSN + 1<<30}, backup.ErrUnreachable},
		"LSN before the snapshot": {b.reader, backup.Goal{LSN: base.Stop - 8}, backup.ErrUnreachable},
		"time after the end":      {b.reader, backup.Goal{Time: time.Now().Add(time.Hour)}, backup.ErrUnreachable},
		"time of entries alone":   {altered{Reader: b.reader, entries: later}, backup.Goal{Time: time.Now().Add(time.Hour)}, backup.ErrUnreachable},
		"time before":             {b.reader, backup.Goal{Time: b.marks[0].time}, backup.ErrUnreachable},
		"unknown point":           {b.reader, backup.Goal{Point: "nobody made it"}, backup.ErrUnreachable},
		"point before":            {b.reader, backup.Goal{Point: b.marks[0].point}, backup.ErrUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parent := t.TempDir()
			d, err := pgwal.NewDirectory(pgwal.DirectoryConfig{Path: filepath.Join(parent, "data")})
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Restore(context.Background(), test.reader, test.to); !errors.Is(err, test.want) {
				t.Errorf("error %v, expected %v", err, test.want)
			}
			nothingIn(t, parent)
		})
	}
	t.Run("two goals", func(t *testing.T) {
		t.Parallel()
		d, err := pgwal.NewDirectory(pgwal.DirectoryConfig{Path: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Restore(context.Background(), b.reader, backup.Goal{LSN: b.last.LSN, Point: "a"}); err == nil {
			t.Error("no error")
		}
	})
	t.Run("not empty", func(t *testing.T) { t.Parallel(); refusesNotEmpty(t, b.reader) })
	t.Run("disk full", func(t *testing.T) { t.Parallel(); refusesFull(t, b.reader) })
	t.Run("cancelled", func(t *testing.T) { t.Parallel(); cancelledRestore(t, b.reader) })
	t.Run("server that does not start", func(t *testing.T) { t.Parallel(); stoppedStart(t, b) })
	t.Run("other snapshot", func(t *testing.T) { t.Parallel(); refusesOther(t) })
}

// nothingIn reports what is in a folder.
func nothingIn(t testing.TB, folder string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Errorf("%s was left behind", e.Name())
	}
}

func refusesNotEmpty(t *testing.T, r backup.Reader) {
	for _, taken := range []string{"data", "data.wal"} {
		parent := t.TempDir()
		kept := filepath.Join(parent, taken, "kept")
		if err := os.MkdirAll(filepath.Dir(kept), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(kept, []byte("kept"), 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := pgwal.NewDirectory(pgwal.DirectoryConfig{Path: filepath.Join(parent, "data")})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Restore(context.Background(), r, backup.Goal{}); !errors.Is(err, backup.ErrNotEmpty) {
			t.Errorf("%s: error %v", taken, err)
		}
		if text, err := os.ReadFile(kept); string(text) != "kept" {
			t.Errorf("%s: the file that was there: %q, %v", taken, text, err)
		}
		if entries, err := os.ReadDir(parent); len(entries) != 1 {
			t.Errorf("%s: %d entries, %v", taken, len(entries), err)
		}
	}
}

// refusesFull restores to file systems that have no room for the files, and for the files but not for the log.
func refusesFull(t *testing.T, r backup.Reader) {
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("a small file system can be mounted on Linux, by root")
	}
	for name, room := range map[string]int64{"files": r.Snapshot().Size - 4<<20, "log": r.Snapshot().Size + 2<<20} {
		folder := t.TempDir()
		if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size="+strconv.FormatInt(room, 10)); err != nil {
			t.Skipf("a small file system cannot be mounted here: %v", err)
		}
		t.Cleanup(func() { _ = syscall.Unmount(folder, 0) })
		d, err := pgwal.NewDirectory(pgwal.DirectoryConfig{Path: filepath.Join(folder, "data")})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Restore(context.Background(), r, backup.Goal{}); !errors.Is(err, backup.ErrFull) {
			t.Errorf("no room for the %s: error %v", name, err)
		}
		nothingIn(t, folder)
	}
}

// cancelledRestore ends restores at many moments.
func cancelledRestore(t *testing.T, r backup.Reader) {
	chunks := 0
	for _, item := range r.Items() {
		chunks += item.Chunks
	}
	for after := range min(servertest.Count(12, chunks), chunks) {
		parent := t.TempDir()
		d, err := pgwal.NewDirectory(pgwal.DirectoryConfig{Path: filepath.Join(parent, "data"), Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		var count atomic.Int64
		reader := altered{Reader: r, chunk: func(string, int) error {
			if count.Add(1) > int64(after) {
				cancel()
			}
			return nil
		}}
		err = d.Restore(ctx, reader, backup.Goal{})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after %d chunks: error %v", after, err)
		}
		nothingIn(t, parent)
	}
}

// stoppedStart leaves nothing where the server does not start, or is another one.
func stoppedStart(t *testing.T, b backedUp) {
	failure, stopped := errors.New("no room for a server"), 0
	for name, test := range map[string]struct {
		start func(context.Context, string) (string, func(), error)
		want  error
	}{
		"not started": {func(context.Context, string) (string, func(), error) { return "", nil, failure }, failure},
		"another":     {func(context.Context, string) (string, func(), error) { return b.live.URL, func() { stopped++ }, nil }, backup.ErrUnreachable},
	} {
		parent := t.TempDir()
		d, err := pgwal.NewDirectory(pgwal.DirectoryConfig{Path: filepath.Join(parent, "data"), Start: test.start})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Restore(context.Background(), b.reader, backup.Goal{}); !errors.Is(err, test.want) {
			t.Errorf("%s: error %v", name, err)
		}
		if _, err := d.Examine(context.Background()); err == nil {
			t.Errorf("%s: there was something to examine", name)
		}
		nothingIn(t, parent)
	}
	if stopped != 1 {
		t.Errorf("%d servers were stopped, expected 1", stopped)
	}
}

// refusesOther refuses a snapshot that is not one of a cluster.
func refusesOther(t *testing.T) {
	var repository backuptest.Repository
	snapshot, err := repository.Write(context.Background(), "notes", func(ctx context.Context, w backup.Writer) (backup.Cut, error) {
		return backup.Cut{}, backup.WriteFacts(ctx, w, []backup.Fact{{Name: "notes", Value: "1"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := repository.Open(context.Background(), snapshot.ID)
	if err != nil {
		t.Fatal(err)
	}
	d, err := pgwal.NewDirectory(pgwal.DirectoryConfig{Path: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Restore(context.Background(), r, backup.Goal{}); !errors.Is(err, backup.ErrNotFound) {
		t.Errorf("error %v", err)
	}
}
