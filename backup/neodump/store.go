package neodump

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/meter"
)

// StoreConfig is what a Store needs. Admin and Data are required.
type StoreConfig struct {
	Admin       []string // command line of the tool of the server's release, such as {"/usr/bin/neo4j-admin"}
	Environment []string // variables of the tool besides those of this process, such as "NEO4J_CONF=/etc/neo4j"
	Database    string   // which, in any case of letters; "": DefaultDatabase

	Data         string // the folder that the server's setting server.directories.data says
	Transactions string // and that of server.directories.transaction.logs.root; "": "transactions" below Data

	// CheckOptions are options of the tool's check, such as "--max-off-heap-memory=2G" and "--threads=1": without them it takes
	// nine tenths of the memory that is free, and all processors.
	CheckOptions []string

	Progress func(backup.Progress) // nil: nobody is told
}

// Store is a database of a stopped server. It implements backup.Destination. Use one for one restore at a time.
//
// The tool loads into a hidden folder ".shugo-…" of Data, and of Transactions; what it loaded is compared with the facts of the
// snapshot, made durable and renamed into place. Each of the two must be of one file system. A process that is killed
// leaves the hidden folders, which no server looks at: remove them.
type Store struct {
	tool     tool
	folders  folders
	progress func(backup.Progress)
}

var _ backup.Destination = (*Store)(nil)

// NewStore returns a Store, or all that is wrong with its configuration in one error. It runs and touches nothing.
func NewStore(config StoreConfig) (*Store, error) {
	t, wrong := newTool(config.Admin, config.Environment, config.CheckOptions, config.Database)
	f, err := newFolders(config.Data, config.Transactions)
	if err := errors.Join(wrong, err); err != nil {
		return nil, err
	}
	return &Store{tool: t, folders: f, progress: config.Progress}, nil
}

// Restore implements backup.Destination. The goal does not matter: no log carries a dump on. An error is backup.ErrNotEmpty where
// the database exists, be it only its transaction logs, and backup.ErrCorrupt where what the tool loaded is not what was dumped.
func (s *Store) Restore(ctx context.Context, r backup.Reader, _ backup.Goal) (err error) {
	want, err := backup.ReadFacts(ctx, r)
	if err != nil {
		return err
	}
	to := s.folders.place(s.tool.database)
	if err := to.vacant(); err != nil {
		return fmt.Errorf("neodump: database %s: %w", s.tool.database, err)
	}
	stage, err := s.folders.stage()
	defer func() { err = errors.Join(err, stage.remove()) }()
	if err != nil {
		return fmt.Errorf("neodump: folders to load into: %w", err)
	}
	done := meter.New("restore "+s.tool.database, 0, s.progress)
	if err := s.load(ctx, r, stage, done); err != nil {
		return err
	}
	done.Say("comparison of " + s.tool.database)
	loaded := stage.place(s.tool.database)
	if err := s.compare(ctx, loaded, want); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := loaded.move(to); err != nil {
		return fmt.Errorf("neodump: moving what was loaded into place: %w", err)
	}
	done.End()
	return nil
}

// compare makes what was loaded durable, and compares it with the facts of the snapshot.
func (s *Store) compare(ctx context.Context, loaded place, want []backup.Fact) error {
	have, err := loaded.facts(ctx, true)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("neodump: the tool says that it succeeded, but did not load where --additional-config says: %w", err)
	case err != nil:
		return fmt.Errorf("neodump: what was loaded: %w", err)
	case !slices.Equal(have, want):
		return &backup.CorruptError{Object: "database " + s.tool.database,
			Text: fmt.Sprintf("the tool loaded %d files that are not the %d of the dump", len(have), len(want))}
	}
	return nil
}

// Examine implements backup.Destination. It is for before a server is started on the database: the server changes its files.
// The finding is what the tool's check says. An error is ErrNoDatabase where there is none, and ErrRunning where a server has it.
func (s *Store) Examine(ctx context.Context) (backup.Examination, error) {
	done := meter.New("examine "+s.tool.database, 0, s.progress)
	done.Say("files of " + s.tool.database)
	facts, err := s.folders.place(s.tool.database).facts(ctx, false)
	if errors.Is(err, fs.ErrNotExist) || err == nil && facts == nil {
		return backup.Examination{}, fmt.Errorf("neodump: database %s: %w", s.tool.database, ErrNoDatabase)
	}
	if err != nil {
		return backup.Examination{}, fmt.Errorf("neodump: files of a database: %w", err)
	}
	done.Say("check of " + s.tool.database)
	said, err := s.tool.check(ctx, &s.folders)
	finding := backup.Finding{Check: "neo4j-admin database check of " + s.tool.database, Passed: err == nil}
	switch {
	case errors.Is(err, ErrInconsistent), errors.Is(err, ErrUnclean):
		finding.Detail = fmt.Sprintf("%v, %s, expected none", said.cause, said.detail())
	case err != nil:
		return backup.Examination{}, err
	}
	version, err := s.tool.version(ctx)
	if err != nil {
		return backup.Examination{}, err
	}
	done.End()
	return backup.Examination{Facts: facts, Findings: []backup.Finding{finding}, Versions: map[string]string{"neo4j": version}}, nil
}
