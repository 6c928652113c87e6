package walsink

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/leaf"
)

// Config is what a Sink is made of. Dir and Pseudonyms are required.
type Config struct {
	// Dir is the directory of the files. New makes it, readable by its owner alone. It must be on a disk that outlives the
	// process, and is used by one process at a time.
	Dir string
	// Pseudonyms replace persons before anything is written.
	Pseudonyms governance.Pseudonyms
	// Writes takes the effects of calls that write (Create, Update, Delete, Erase, Restore): a sink that puts them into the
	// transaction of the write, as package pgsink does. Nil: they go to the files like everything else.
	Writes governance.AuditSink
	// Unit reports whether a call that writes, made with ctx, commits only after its effect was handed to Writes: whether it
	// is in a unit of work. The sync of its attempt then overlaps with its statements, and is awaited before its effect is
	// handed on. Nil: never; the attempt is on record before the call runs.
	Unit func(ctx context.Context) bool
	// Ship delivers entries, in the order of their positions in the origin: first is the position of entries[0], counted
	// from 0. It returns nil when they are where they belong, for good. After an error, a restart or a crash it is given the
	// same entries again, so it skips positions that it has. It is not called concurrently, and keeps neither the slice nor
	// its elements. Nil: files are kept and never removed.
	Ship func(ctx context.Context, origin string, first int64, entries [][]byte) error
	// Progress is called after each batch that was shipped, and each that was not, on the goroutine that ships. May be nil.
	Progress func(Status)
	// MaxBytes is how much may wait to be shipped. When it is reached, attempts and denials are refused with ErrFull; an
	// eighth more is kept for the effects and failures of calls that run already. Zero: 1 GiB, and without Ship no bound.
	MaxBytes int64
	// SegmentBytes is the size that a file has before the next one is begun, in bytes; zero: 16 MiB. The last group of a
	// file may exceed it.
	SegmentBytes int64
	// BatchEntries is the most entries that Ship is given at once; zero: 4096.
	BatchEntries int
	// Interval is how long an entry waits for others to be shipped with; zero: 200 ms.
	Interval time.Duration
	// MaxBackoff bounds the pause before Ship is tried again, which doubles from Interval on and is drawn evenly between
	// nothing and that; zero: 30 s.
	MaxBackoff time.Duration
	// Recent is how many events are remembered, so that one that is handed over again is recorded once; zero: 131,072.
	Recent int
}

const defaultRecent = 1 << 17

// Sink is the write-ahead file, a governance.AuditSink. It is safe for concurrent use and starts no goroutine: Run ships.
type Sink struct {
	config   Config
	origin   origin
	seed     uint32
	open     disk
	lock     *os.File
	wake     chan struct{} // an entry waits to be shipped
	shipping chan struct{} // has its one place taken by the goroutine that ships
	closing  chan struct{} // closed by Shutdown

	mu      sync.Mutex // guards what follows
	recent  recent
	lost    recent // attempts that were let through and then not written
	pending *group // takes entries
	flying  *group // is being written and synced, or nil
	leading bool   // somebody writes, or has been told to
	buffer  []byte // the frames of pending
	spare   []byte
	next    uint64 // position of the next entry
	durable uint64 // position after the last entry on the disk
	waiting int64  // bytes from shipped to next
	shipped uint64 // position of the first entry that is not shipped
	cursor  cursor // where that entry is
	closed  bool
	broken  error
	segment []segment // the last one is written to
	cut     int64
	failure error // of the last try to ship; nil when it succeeded
	failed  time.Time

	active file  // written by the leader alone
	size   int64 // the end of its last frame; the leader's, as what follows
	zeroed int64 // how far it is filled, with frames or zeros

	mark     mark // the newest; of the goroutine that ships, as what follows
	markFile file
	batch    batch
}

var _ governance.AuditSink = (*Sink)(nil)

// New opens a directory, and takes up what a sink before has left. It returns every fault of the configuration in one
// error, ErrLocked, ErrDamaged, ErrVersion, or an error of the file system.
func New(c Config) (*Sink, error) { return newSink(c, openFile) }

func newSink(c Config, open disk) (*Sink, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	c.setDefaults()
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, inDir(err)
	}
	locked, err := lock(filepath.Join(c.Dir, lockName))
	if err != nil {
		return nil, inDir(fmt.Errorf("%s: %w", c.Dir, err))
	}
	s := &Sink{
		config: c, open: open, lock: locked, pending: newGroup(), recent: newRecent(c.Recent), lost: newRecent(defaultRecent),
		wake: make(chan struct{}, 1), shipping: make(chan struct{}, 1), closing: make(chan struct{}),
	}
	if err := s.recover(); err != nil {
		unlock(locked)
		return nil, inDir(err)
	}
	return s, nil
}

// check returns every fault of a configuration in one error.
func (c *Config) check() error {
	var faults []string
	if c.Dir == "" {
		faults = append(faults, "no directory")
	}
	if c.Pseudonyms.IsZero() {
		faults = append(faults, "no pseudonyms: make them with governance.NewPseudonyms")
	}
	if c.Writes != nil && c.Writes.Guarantee() == governance.BestEffort {
		faults = append(faults, "a sink of writes that promises best effort: want one that is durable or transactional")
	}
	if c.Unit != nil && c.Writes == nil {
		faults = append(faults, "units of work without a sink of writes")
	}
	for _, n := range []struct {
		name         string
		value, least int64
	}{
		{"max bytes", c.MaxBytes, 2 * maxPayload}, {"segment bytes", c.SegmentBytes, 4096}, {"recent", int64(c.Recent), 1},
		{"batch entries", int64(c.BatchEntries), 1}, {"interval", int64(c.Interval), 1}, {"max backoff", int64(c.MaxBackoff), 1},
	} {
		if n.value != 0 && n.value < n.least {
			faults = append(faults, fmt.Sprintf("%s of %d: want at least %d, or 0 for the default", n.name, n.value, n.least))
		}
	}
	if len(faults) > 0 {
		return errors.New("walsink: config: " + strings.Join(faults, "; "))
	}
	return nil
}

func (c *Config) setDefaults() {
	if c.MaxBytes == 0 {
		c.MaxBytes = 1 << 30
		if c.Ship == nil {
			c.MaxBytes = 1 << 62
		}
	}
	if c.SegmentBytes == 0 {
		c.SegmentBytes = 16 << 20
	}
	if c.BatchEntries == 0 {
		c.BatchEntries = 4096
	}
	if c.Interval == 0 {
		c.Interval = 200 * time.Millisecond
	}
	if c.MaxBackoff == 0 {
		c.MaxBackoff = 30 * time.Second
	}
	if c.Recent == 0 {
		c.Recent = defaultRecent
	}
}

// Guarantee implements governance.AuditSink: Transactional when Config.Writes is, and otherwise Durable.
func (s *Sink) Guarantee() governance.Guarantee {
	if s.config.Writes != nil {
		return s.config.Writes.Guarantee()
	}
	return governance.Durable
}

// Record puts an event on record: when it returns nil, the event is on the disk, or the effect of a write is with
// Config.Writes. There are exceptions for calls that a guard holds (governance.Event.Held). The attempt of a read, and that
// of a write in a unit of work (Config.Unit), are queued, and are on the disk before the effect of the call is taken; if
// they cannot be written, that is refused. And the effect of a read is queued when its attempt is on the disk: it follows
// with the next sync, which comes with the next event that somebody waits for, at the latest when Run has waited for
// Config.Interval.
//
// Concurrent events share a sync. One of their goroutines works for all of them, and it returns when the disk answers;
// all others return at once when their context ends, with its error, whether or not the event will be on record: handed
// over again it makes no second record.
//
// Errors: ErrFull, ErrBroken, ErrClosed, the context's, or those of Config.Writes.
func (s *Sink) Record(ctx context.Context, e governance.Event) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if e.Kind == governance.Effect && s.config.Writes != nil && isWrite(e.Action) {
		if err := s.settle(ctx, e.ID); err != nil {
			return err
		}
		return s.config.Writes.Record(ctx, e)
	}
	k, entry := key{e.ID, e.Kind}, leaf.New(e.Record(s.config.Pseudonyms))
	if e.Kind == governance.Effect && e.Held && e.Action == governance.Read {
		return s.putAfter(ctx, k, entry)
	}
	return s.put(ctx, k, entry, s.follows(ctx, e))
}

// follows reports whether an attempt need not be on the disk before its call runs.
func (s *Sink) follows(ctx context.Context, e governance.Event) bool {
	if e.Kind != governance.Attempt || !e.Held {
		return false
	}
	return e.Action == governance.Read || isWrite(e.Action) && s.config.Unit != nil && s.config.Unit(ctx)
}

// isWrite reports whether the effect of an action is one in the host's database. An export releases data, as a read does.
func isWrite(a governance.Action) bool { return a != governance.Read && a != governance.Export }
