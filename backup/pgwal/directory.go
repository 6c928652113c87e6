package pgwal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/meter"
)

// Action is what a restored server does when it has come to the goal.
type Action string

// The actions.
const (
	Promote Action = "promote" // it leaves recovery, begins a timeline of its own and takes writes
	Pause   Action = "pause"   // it stays in recovery and answers questions only, until somebody promotes it
)

// DirectoryConfig says where a cluster is restored to.
type DirectoryConfig struct {
	// Path of the data directory. It is made if it is not there, and must be empty.
	Path string
	// WAL is the folder that receives the log that the server replays at its first start, and may be removed when it has
	// left recovery. It must be empty. Empty: Path followed by ".wal".
	WAL string
	// Tablespaces maps the location of a tablespace on the server that was backed up to the folder that receives it. One that
	// is not named keeps its location. Each must be empty.
	Tablespaces map[string]string
	// Timeline is the one to follow; 0: the newest that descends from the snapshot. To reach a moment on a timeline that a
	// failover left behind, name that one.
	Timeline uint32
	// Action at the goal; empty: Promote.
	Action Action
	// Complete returns until when the log is known to have all that was committed, such as the last sign of life of a server
	// that had nothing more to send. A goal of a time later than this and than the last time that a record of the log bears is
	// refused: the log's own entries do not tell whether it was complete when they were made. Nil: nobody knows.
	Complete func() time.Time
	// Settings are added to postgresql.auto.conf, after those of the restore.
	Settings map[string]string
	// Workers write files at once; 0: one for each processor that this program uses.
	Workers int
	// Sparse leaves holes in files where there are zeros.
	Sparse bool
	// Start starts a server on the data directory, returns its address as a superuser and how to stop it. It may return
	// while the server is still in recovery. Nil: the host starts the server itself, and Examine has nothing to ask.
	Start func(ctx context.Context, dir string) (url string, stop func(), err error)
	// Facts observes what is to be compared with the live server, as that of the Witness does. Nil: the function Facts.
	Facts func(context.Context, pgx.Tx) ([]backup.Fact, error)
	// Progress is told how far the restore is; may be nil.
	Progress func(backup.Progress)
}

// Directory restores a cluster into an empty directory, and carries it on to the goal. It implements backup.Destination.
//
// The log is laid out up to the goal and not a byte further, so that the server's recovery ends there by itself: at the last
// record before a position, behind a restore point, or before the first commit that is later than a time. Whether the goal
// can be reached is therefore known before the server starts, also where nothing was written after it. As with
// recovery_target_time, commits whose times are out of order by microseconds may fall on either side.
//
// What is restored does not archive, follows nobody, waits for no standby, and does not start until all of its files are durable:
// global/pg_control, without which no server starts, is written last.
type Directory struct {
	config DirectoryConfig

	mu      sync.Mutex
	url     string // of the started server
	stop    func()
	reached backup.Cut
}

var _ backup.Destination = (*Directory)(nil)

// NewDirectory returns a destination, or all that is wrong with its configuration.
func NewDirectory(c DirectoryConfig) (*Directory, error) {
	var problems []error
	paths := map[string]string{"Path": c.Path}
	if c.WAL != "" {
		paths["WAL"] = c.WAL
	}
	for from, to := range c.Tablespaces {
		if to == "" {
			problems = append(problems, errors.New("pgwal: DirectoryConfig.Tablespaces maps a location to nothing"))
		}
		paths["Tablespaces["+from+"]"] = to
	}
	if c.Path == "" {
		problems = append(problems, errors.New("pgwal: DirectoryConfig.Path is empty, expected a directory"))
	}
	if c.Action != "" && c.Action != Promote && c.Action != Pause {
		problems = append(problems, fmt.Errorf("pgwal: DirectoryConfig.Action is %q, expected %s or %s", c.Action, Promote, Pause))
	}
	if c.Workers < 0 {
		problems = append(problems, fmt.Errorf("pgwal: DirectoryConfig.Workers is %d, expected 0 or more", c.Workers))
	}
	for name := range c.Settings {
		if !settingName(name) {
			problems = append(problems, fmt.Errorf("pgwal: DirectoryConfig.Settings has a name of %d bytes that is none", len(name)))
		}
	}
	if problems != nil {
		return nil, errors.Join(problems...)
	}
	var err error
	if c.Path, err = filepath.Abs(c.Path); err != nil {
		return nil, err
	}
	if c.WAL == "" {
		c.WAL = c.Path + ".wal"
	}
	if c.WAL, err = filepath.Abs(c.WAL); err != nil {
		return nil, err
	}
	if c.Workers == 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	if c.Action == "" {
		c.Action = Promote
	}
	if c.Facts == nil {
		c.Facts = Facts
	}
	return &Directory{config: c}, nil
}

// Restore implements backup.Destination. Errors: backup.ErrNotEmpty, ErrFull, *GapError, *CorruptError, ErrUnreachable,
// ErrVersion. After an error the directory, the folder of the log and those of tablespaces are empty again.
func (d *Directory) Restore(ctx context.Context, r backup.Reader, to backup.Goal) (err error) {
	base, err := ReadBase(r)
	if err != nil {
		return err
	}
	if err := checkGoal(to); err != nil {
		return err
	}
	t, err := openTree(d.config, base)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close(err != nil)) }()
	if err := t.checkSpace(r); err != nil {
		return err
	}
	done := meter.New("restore "+r.Snapshot().Source, r.Snapshot().Size, d.config.Progress)
	read := func(n int) { done.Add("", int64(n)) }
	reached, err := d.restoreLog(ctx, r, base, to, t, read)
	if err != nil {
		return err
	}
	f := &filler{reader: r, tree: t, workers: d.config.Workers, sparse: d.config.Sparse, read: read}
	if err := f.run(ctx); err != nil {
		return err
	}
	if err := t.writeSettings(d.config.recovery(reached.Timeline), d.config.Action); err != nil {
		return err
	}
	if err := t.finish(); err != nil {
		return err
	}
	done.End()
	if err := d.start(ctx, reached, base.Stop); err != nil {
		return err
	}
	if reached.LSN == 0 {
		reached = r.Snapshot().Cut
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reached = reached
	return nil
}

// Reached returns the moment to which Restore came: the end of the last record, on the timeline that it is of, and the time of
// the last commit before it, or of the snapshot if there is none since.
func (d *Directory) Reached(context.Context) (backup.Cut, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.reached.LSN == 0 {
		return backup.Cut{}, errors.New("pgwal: nothing was restored")
	}
	return d.reached, nil
}

func checkGoal(to backup.Goal) error {
	set := 0
	for _, is := range []bool{!to.Time.IsZero(), to.LSN != 0, to.Point != ""} {
		if is {
			set++
		}
	}
	if set > 1 {
		return fmt.Errorf("pgwal: a goal of %d kinds, expected at most one of Time, LSN and Point", set)
	}
	return nil
}

// restoreLog lays out the log up to the goal, and returns where that is.
func (d *Directory) restoreLog(ctx context.Context, r backup.Reader, base Base, to backup.Goal, t *tree, read func(int)) (backup.Cut, error) {
	all, err := readHistories(ctx, r, base.System)
	if err != nil {
		return backup.Cut{}, err
	}
	legs, err := all.route(base, d.config.Timeline)
	if err != nil {
		return backup.Cut{}, err
	}
	p := &replay{base: base, goal: to, reader: r, read: read,
		to: &segments{root: t.wal, size: base.SegmentSize}}
	if d.config.Complete != nil {
		p.complete = d.config.Complete()
	}
	reached, err := p.run(ctx, legs)
	if err != nil {
		return backup.Cut{}, errors.Join(err, p.to.close())
	}
	for _, l := range legs {
		if text, found := all[l.timeline]; found && l.timeline <= reached.Timeline {
			if err := p.to.history(l.timeline, text); err != nil {
				return backup.Cut{}, err
			}
		}
	}
	return reached, nil
}

// Close stops the server that Restore started, if it did.
func (d *Directory) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stop != nil {
		d.stop()
		d.stop, d.url = nil, ""
	}
	return nil
}

// exists reports whether something is there.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
