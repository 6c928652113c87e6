package pgwal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/meter"
	"github.com/shugo-data/shugo/internal/replication"
)

// SourceConfig says what is backed up and how.
type SourceConfig struct {
	// Name of the source; empty: "cluster".
	Name string
	// Connection is the connection string of the server, of a role with the attribute REPLICATION. A standby may do the work for
	// its primary.
	Connection string
	// Label is what backup_label and the server's log say; empty: "shugo".
	Label string
	// Spread has the checkpoint at the beginning spread over the usual time; false: it is taken at once.
	Spread bool
	// MaxRate bounds what the server sends, in bytes per second, from 32 KiB to 1 GiB; 0: no bound.
	MaxRate int64
	// Checksums is how files are verified on their way; empty: CRC32C.
	Checksums Algorithm
	// SkipPages has the server send pages without looking at their own checksums. The zero value has it verify them, where
	// the cluster has checksums, and the backup fail with backup.ErrCorrupt where one is wrong.
	SkipPages bool
	// IncludeWAL puts into the snapshot the WAL that it needs to be restored alone, without a log. It makes each
	// snapshot larger by the WAL that was written meanwhile, which the server keeps that long in a temporary replication slot, if
	// one is free.
	IncludeWAL bool
	// Await returns when the log of the cut's timeline is durable up to the cut. Backup begins only when there is a log of the
	// timeline at all, and commits only when it has the cut, so that there is never a snapshot that cannot be restored. Nil: nobody
	// waits, and a snapshot without its WAL in the log, nor within itself, is useless until the log has arrived there.
	Await func(context.Context, backup.Cut) error
	// Progress is told how far the backup is; may be nil.
	Progress func(backup.Progress)
}

// Source backs up a PostgreSQL cluster, all of its databases and tablespaces, byte by byte, through BASE_BACKUP of the
// replication protocol: no file of the server is read but by the server itself, and no other program is run. Version 14 and
// later. It implements backup.Source.
//
// The cut of its snapshots is the position at which the backup ended: from there on the log carries the snapshot
// onward. What a snapshot needs of the log is more: see Needs.
type Source struct {
	config SourceConfig
}

var _ backup.Source = (*Source)(nil)

// NewSource returns a source, or all that is wrong with its configuration.
func NewSource(c SourceConfig) (*Source, error) {
	var problems []error
	if c.Connection == "" {
		problems = append(problems, errors.New("pgwal: SourceConfig.Connection is empty, expected a connection string"))
	} else if _, err := pgconn.ParseConfig(c.Connection); err != nil {
		problems = append(problems, errors.New("pgwal: SourceConfig.Connection is not a connection string"))
	}
	if c.Name == "" {
		c.Name = "cluster"
	}
	if c.Label == "" {
		c.Label = "shugo"
	}
	if len(c.Label) > 1024 || strings.ContainsAny(c.Label, "\r\n\x00") {
		problems = append(problems, errors.New("pgwal: SourceConfig.Label has several lines or more than 1024 bytes"))
	}
	if c.MaxRate != 0 && (c.MaxRate < 32<<10 || c.MaxRate > 1<<30) {
		problems = append(problems, fmt.Errorf("pgwal: SourceConfig.MaxRate is %d, expected 0 or 32 KiB to 1 GiB per second", c.MaxRate))
	}
	if c.Checksums == "" {
		c.Checksums = CRC32C
	}
	if _, err := newDigest(c.Checksums); err != nil {
		problems = append(problems, fmt.Errorf("pgwal: SourceConfig.Checksums is %q: %w", c.Checksums, err))
	}
	if problems != nil {
		return nil, errors.Join(problems...)
	}
	return &Source{c}, nil
}

// Name implements backup.Source.
func (s *Source) Name() string { return s.config.Name }

// Backup implements backup.Source. An error is a *backup.ClusterError where the previous snapshot is of another cluster, or of
// a later moment of this one's history; backup.ErrVersion; and ErrCorrupt, where a file did not arrive as the server read it,
// or a page of it was wrong on the server.
func (s *Source) Backup(ctx context.Context, w backup.Writer) (backup.Cut, error) {
	if s.config.Await == nil {
		return s.copy(ctx, w)
	}
	if err := s.begun(ctx); err != nil {
		return backup.Cut{}, err
	}
	cut, err := s.copy(ctx, w)
	if err != nil {
		return cut, err
	}
	if err := s.config.Await(ctx, cut); err != nil {
		return backup.Cut{}, fmt.Errorf("pgwal: wait for the log up to %s: %w", cut.LSN, err)
	}
	return cut, nil
}

// begun waits until there is a log: a base needs it from its own beginning on.
func (s *Source) begun(ctx context.Context) error {
	conn, err := dial(ctx, s.config.Connection)
	if err != nil {
		return err
	}
	about, err := identify(ctx, conn)
	hangUp(conn) // nothing is held while it is waited
	if err != nil {
		return err
	}
	if err := s.config.Await(ctx, backup.Cut{System: about.ID, Timeline: about.Timeline, LSN: 1}); err != nil {
		return fmt.Errorf("pgwal: wait for the log to begin: %w", err)
	}
	return nil
}

// copy takes the backup over a connection of its own.
func (s *Source) copy(ctx context.Context, w backup.Writer) (backup.Cut, error) {
	conn, err := dial(ctx, s.config.Connection)
	if err != nil {
		return backup.Cut{}, err
	}
	defer hangUp(conn)
	about, err := identify(ctx, conn)
	if err != nil {
		return backup.Cut{}, err
	}
	if err := checkPrevious(w.Previous(), about); err != nil {
		return backup.Cut{}, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.PgConn().Conn().SetDeadline(time.Unix(1, 0)) })
	defer stop()
	cut, err := s.run(ctx, w, conn, about)
	if ctx.Err() != nil {
		return backup.Cut{}, context.Cause(ctx)
	}
	return cut, err
}

// checkPrevious refuses to continue the history of another cluster, or of an earlier moment of this one.
func checkPrevious(previous backup.Reader, about origin) error {
	if previous == nil {
		return nil
	}
	cut := previous.Snapshot().Cut
	if cut.System != about.ID {
		return &backup.ClusterError{Found: about.ID, Expected: cut.System}
	}
	if cut.Timeline > about.Timeline {
		return &backup.ClusterError{
			Found:    fmt.Sprintf("%s on timeline %d", about.ID, about.Timeline),
			Expected: fmt.Sprintf("%s on timeline %d or later", cut.System, cut.Timeline),
		}
	}
	return nil
}

// command returns the BASE_BACKUP command for a version of the server.
func (s *Source) command(version int) string {
	label := "'" + strings.ReplaceAll(s.config.Label, "'", "''") + "'"
	if version < 150000 {
		words := []string{"BASE_BACKUP LABEL", label, "PROGRESS"}
		for _, option := range []struct {
			word   string
			wanted bool
		}{{"FAST", !s.config.Spread}, {"WAL", s.config.IncludeWAL}, {"NOVERIFY_CHECKSUMS", s.config.SkipPages}} {
			if option.wanted {
				words = append(words, option.word)
			}
		}
		if s.config.MaxRate > 0 {
			words = append(words, fmt.Sprintf("MAX_RATE %d", s.config.MaxRate>>10))
		}
		return strings.Join(append(words, "NOWAIT", "MANIFEST 'yes' MANIFEST_CHECKSUMS '"+string(s.config.Checksums)+"'"), " ")
	}
	checkpoint := "fast"
	if s.config.Spread {
		checkpoint = "spread"
	}
	rate := ""
	if s.config.MaxRate > 0 {
		rate = fmt.Sprintf(", MAX_RATE %d", s.config.MaxRate>>10)
	}
	return fmt.Sprintf("BASE_BACKUP (LABEL %s, PROGRESS, CHECKPOINT '%s', WAL %t, WAIT false, MANIFEST 'yes', MANIFEST_CHECKSUMS '%s', VERIFY_CHECKSUMS %t%s)",
		label, checkpoint, s.config.IncludeWAL, s.config.Checksums, !s.config.SkipPages, rate)
}

// run takes the backup.
func (s *Source) run(ctx context.Context, w backup.Writer, conn *replication.Conn, about origin) (backup.Cut, error) {
	if s.config.IncludeWAL {
		if err := hold(ctx, conn); err != nil {
			return backup.Cut{}, err
		}
	}
	stream, err := startBase(conn.PgConn(), s.command(about.version), about.version >= 150000)
	if err != nil {
		return backup.Cut{}, err
	}
	digest, err := newDigest(s.config.Checksums)
	if err != nil {
		return backup.Cut{}, err
	}
	done := meter.New("backup "+s.config.Name, stream.size, s.config.Progress)
	p := &packer{to: w, buffers: newBuffers(), digest: digest, sums: newSums(), read: func(n int) { done.Add("", int64(n)) }}
	base := Base{
		Format: formatVersion, System: about.ID, Timeline: stream.start.timeline, Start: stream.start.lsn, Version: about.version, Server: about.text,
		SegmentSize: about.segmentSize, PageChecksums: about.checksums, Mode: about.mode, IncludesWAL: s.config.IncludeWAL,
		Label: s.config.Label, Tablespaces: stream.tablespaces, Started: time.Now().UTC(),
	}
	manifest, err := w.Create(ctx, manifestItem, "manifest")
	if err != nil {
		return backup.Cut{}, err
	}
	if err := s.archives(ctx, stream, p, manifest); err != nil {
		return backup.Cut{}, err
	}
	base.Stop, base.StopTimeline = stream.stop.lsn, stream.stop.timeline
	cut := backup.Cut{System: about.ID, Timeline: stream.stop.timeline, LSN: stream.stop.lsn}
	if cut.Time, err = clock(ctx, conn); err != nil {
		return backup.Cut{}, err
	}
	base.Size = done.Done()
	meta, err := json.Marshal(base)
	if err != nil {
		return backup.Cut{}, err
	}
	if err := manifest.Commit(ctx, meta); err != nil {
		return backup.Cut{}, err
	}
	done.End()
	return cut, nil
}

// archives takes all archives, the manifest last, and compares it with what came before.
func (s *Source) archives(ctx context.Context, stream *baseStream, p *packer, manifest backup.ItemWriter) error {
	var ranges []walRange
	for {
		a, err := stream.next()
		verified := ranges != nil
		switch {
		case err == io.EOF && verified:
			return checkRanges(ranges, stream.stop)
		case err == io.EOF:
			return corruptBase("the server sent no manifest", nil)
		case err != nil:
			return err
		case verified:
			return corruptBase("the server sent an archive after the manifest", nil)
		case a.manifest:
			if err := p.close(ctx); err != nil {
				return err
			}
			if ranges, err = s.manifest(ctx, stream, p.sums, manifest); err != nil {
				return err
			}
		default:
			if err := s.members(ctx, stream, a, p); err != nil {
				return err
			}
		}
	}
}

// manifest keeps the manifest, and compares it with the sums of what came.
func (s *Source) manifest(ctx context.Context, stream *baseStream, came *sums, to backup.ItemWriter) ([]walRange, error) {
	keep := &itemTee{ctx: ctx, item: to}
	ranges, err := readManifest(io.TeeReader(stream, keep), func(f manifestFile) error {
		return came.take(f, string(s.config.Checksums))
	})
	switch {
	case err != nil:
		return nil, err
	case len(came.files) > 0:
		return nil, corruptBase(fmt.Sprintf("%d files are not in the manifest", len(came.files)), nil)
	case len(ranges) == 0:
		return nil, corruptBase("the manifest names no part of the log", nil)
	}
	return ranges, keep.flush()
}

// checkRanges compares where the manifest says that the backup ended with what the server said.
func checkRanges(ranges []walRange, stop position) error {
	for _, r := range ranges {
		if r.Timeline == stop.timeline && r.End == stop.lsn {
			return nil
		}
	}
	return corruptBase("the manifest is of a backup that ended elsewhere", nil)
}

// members takes one tar archive.
func (s *Source) members(ctx context.Context, stream *baseStream, a archive, p *packer) error {
	in := newTarReader(stream, a.tablespace)
	for {
		m, err := in.next()
		if err == io.EOF {
			_, err := io.Copy(io.Discard, stream) // what follows the last member
			return err
		}
		if err != nil {
			return err
		}
		if err := p.add(ctx, m, in.in); err != nil {
			return err
		}
	}
}

// itemTee appends what passes by to an item.
type itemTee struct {
	ctx  context.Context
	item backup.ItemWriter
	part []byte
}

func (t *itemTee) Write(p []byte) (int, error) {
	t.part = append(t.part, p...)
	if len(t.part) < chunkSize {
		return len(p), nil
	}
	return len(p), t.flush()
}

func (t *itemTee) flush() error {
	if len(t.part) == 0 {
		return nil
	}
	part := t.part
	t.part = nil
	return t.item.Append(t.ctx, backup.Chunk{Data: part})
}
