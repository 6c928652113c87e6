package pgsource

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// Binding is how the snapshot of PostgreSQL is bound to a position in the write-ahead log, which becomes the LSN of the cut.
type Binding string

// The bindings.
const (
	// BindAuto is BindSlot where the server has wal_level=logical and the role may replicate, else BindLock; where that is not
	// had within LockWait, it is BindNear.
	BindAuto Binding = ""
	// BindSlot takes both from a temporary logical replication slot. It is exact, and waits for the transactions that are
	// running.
	BindSlot Binding = "slot"
	// BindLock locks all tables against writers, for the milliseconds in which both are read. It is exact for the rows of
	// tables, and waits for the transactions that write; writers that come meanwhile wait too. The role must be allowed to
	// lock: it is the owner, or may update.
	BindLock Binding = "lock"
	// BindNear reads the position just before the snapshot. A transaction that was committing in that moment may be on either
	// side.
	BindNear Binding = "near"
)

// Config is how a database is backed up.
type Config struct {
	Name     string                // of the source; empty: "postgres"
	URL      string                // of the database, direct and not through a pooler, of a role that may read all of it
	Schemas  []string              // only these; empty: all, with what belongs to the database as a whole
	Jobs     int                   // connections that copy at the same time; 0: 3
	Binding  Binding               // empty: BindAuto
	LockWait time.Duration         // for BindSlot, BindLock, and whoever is changing a table; 0: 5 s
	Datasets []governance.Dataset  // whose Subject is indexed, so that a person's rows can be found; Name is a table, or a schema, a dot and a table; those of other stores are passed over
	Progress func(backup.Progress) // may be nil

	// Incomplete backs a database up that holds objects which no restore can make, without them. Otherwise it is refused.
	Incomplete bool
}

// A Source backs a database up. It is safe for concurrent use.
type Source struct {
	config  Config
	connect *pgx.ConnConfig
	buffers buffers
}

var _ backup.Source = (*Source)(nil)

// New returns a source. It does not connect. The error has all that is wrong with the configuration.
func New(config Config) (*Source, error) {
	var problems []error
	if config.Name == "" {
		config.Name = "postgres"
	}
	if config.Jobs == 0 {
		config.Jobs = 3
	}
	if config.LockWait == 0 {
		config.LockWait = 5 * time.Second
	}
	connect, err := parseURL(config.URL)
	if err != nil {
		problems = append(problems, err)
	}
	if config.Jobs < 0 || config.Jobs > 64 {
		problems = append(problems, fmt.Errorf("pgsource: Jobs is %d, expected 1 to 64", config.Jobs))
	}
	if config.LockWait < 0 {
		problems = append(problems, fmt.Errorf("pgsource: LockWait is %s, expected more than nothing", config.LockWait))
	}
	if !slices.Contains([]Binding{BindAuto, BindSlot, BindLock, BindNear}, config.Binding) {
		problems = append(problems, fmt.Errorf("pgsource: Binding is none of slot, lock, near, and not empty"))
	}
	for n, d := range config.Datasets {
		if d.Name == "" {
			problems = append(problems, fmt.Errorf("pgsource: Datasets[%d] has no name", n))
		}
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return &Source{config: config, connect: connect}, nil
}

// Name implements backup.Source.
func (s *Source) Name() string { return s.config.Name }

// parseURL reads an address, of which no error shows anything.
func parseURL(url string) (*pgx.ConnConfig, error) {
	if url == "" {
		return nil, errors.New("pgsource: URL is empty, expected the address of a database")
	}
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("pgsource: URL is no address of a database (%d bytes)", len(url))
	}
	config.RuntimeParams["application_name"] = "shugo backup"
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	return config, nil
}

// dial connects, and makes sure that the server itself answers: behind a pooler that shares connections, a snapshot, a lock
// or a setting is another's.
func dial(ctx context.Context, config *pgx.ConnConfig) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, config.Copy())
	if err != nil {
		if strings.Contains(err.Error(), "unsupported startup parameter") {
			return nil, pgerror.WrapAs("pgsource: connect", errPooler, err)
		}
		return nil, pgerror.Wrap("pgsource: connect", err)
	}
	var pid uint32
	if err := conn.QueryRow(ctx, "SELECT pg_catalog.pg_backend_pid()::pg_catalog.int8").Scan(&pid); err != nil {
		hangUp(conn)
		return nil, pgerror.Wrap("pgsource: connect", err)
	}
	if pid != conn.PgConn().PID() {
		hangUp(conn)
		return nil, fmt.Errorf("pgsource: connect: %w", errPooler)
	}
	return conn, nil
}

var errPooler = errors.New("the address is of a pooler such as PgBouncer, through which no snapshot can be shared: give the address of the server itself")

// hangUp closes a connection, also after its context was cancelled.
func hangUp(conn *pgx.Conn) {
	if conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn.Close(ctx)
}
