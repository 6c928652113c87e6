package pgsource

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/meter"
	"github.com/shugo-data/shugo/internal/pgcatalog"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// DatabaseConfig is where and how a snapshot is restored.
type DatabaseConfig struct {
	URL          string                // of an empty database, direct and not through a pooler, of a role that may make everything
	Jobs         int                   // connections that load at the same time; 0: 3
	IndexMemory  int64                 // bytes that the build of one index may use on the server; 0: 1 GiB
	IndexWorkers int                   // processes besides the first that build a vector's index; 0: the server's max_parallel_maintenance_workers
	MissingRoles MissingRoles          // what is done about roles that the server does not have; empty: refused
	MinRecall    float64               // share of the nearest rows that a vector's index is to find; 0: 0.8
	Progress     func(backup.Progress) // may be nil
}

// MissingRoles is what a restore does about roles that objects name and the server does not have.
type MissingRoles string

// ErrRoles says that roles are missing on the server, and which, where MissingRoles is RefuseMissing.
var ErrRoles = errors.New("pgsource: roles are missing")

// What is done about missing roles.
const (
	RefuseMissing MissingRoles = ""       // nothing is made, and an error says which are missing
	SkipMissing   MissingRoles = "skip"   // ownership of theirs and privileges for them are left out
	CreateMissing MissingRoles = "create" // they are made, without the right to log in
)

// A Database is where a snapshot of a Source is restored. It is safe for concurrent use; of several restores into it at once
// all but one are refused.
//
// While it is restored the database carries a comment that says so. A restore that fails takes back what it made; one that is
// killed leaves the comment, by which a later one and Examine refuse the database.
type Database struct {
	config  DatabaseConfig
	connect *pgx.ConnConfig

	mu       sync.Mutex
	restored *definition // by this Database
}

var _ backup.Destination = (*Database)(nil)

// NewDatabase returns a destination. It does not connect. The error has all that is wrong with the configuration.
func NewDatabase(config DatabaseConfig) (*Database, error) {
	var problems []error
	if config.Jobs == 0 {
		config.Jobs = 3
	}
	if config.IndexMemory == 0 {
		config.IndexMemory = 1 << 30
	}
	if config.MinRecall == 0 {
		config.MinRecall = 0.8
	}
	connect, err := parseURL(config.URL)
	if err != nil {
		problems = append(problems, err)
	}
	if config.Jobs < 0 || config.Jobs > 64 {
		problems = append(problems, fmt.Errorf("pgsource: Jobs is %d, expected 1 to 64", config.Jobs))
	}
	if config.IndexMemory < 1<<20 {
		problems = append(problems, fmt.Errorf("pgsource: IndexMemory is %d, expected at least a mebibyte", config.IndexMemory))
	}
	if config.IndexWorkers < 0 || config.IndexWorkers > 64 {
		problems = append(problems, fmt.Errorf("pgsource: IndexWorkers is %d, expected 0 to 64", config.IndexWorkers))
	}
	if !(config.MinRecall > 0 && config.MinRecall <= 1) {
		problems = append(problems, fmt.Errorf("pgsource: MinRecall is %g, expected more than 0 and at most 1", config.MinRecall))
	}
	switch config.MissingRoles {
	case RefuseMissing, SkipMissing, CreateMissing:
	default:
		problems = append(problems, errors.New("pgsource: MissingRoles is none of skip, create, and not empty"))
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return &Database{config: config, connect: connect}, nil
}

// marker is the comment of a database that is being restored.
const marker = "shugo: a restore has begun here and has not ended; nothing in this database is to be relied upon"

// Restore implements backup.Destination. A logical snapshot has no log: the goal is empty, the LSN of the cut, or an instant
// not before it; for any other the error is backup.ErrUnreachable. It is ErrRoles where roles are missing, backup.ErrNotEmpty for a database that holds
// something, and backup.ErrVersion for a server older than that of the snapshot.
//
// When the rows are loaded and committed, Progress is told "serving exactly": queries are answered, those for neighbours by
// exact search, while the indexes are built.
func (d *Database) Restore(ctx context.Context, r backup.Reader, to backup.Goal) error {
	if err := reachable(r.Snapshot().Cut, to); err != nil {
		return err
	}
	def, err := readDefinition(ctx, r)
	if err != nil {
		return err
	}
	conn, err := d.open(ctx)
	if err != nil {
		return err
	}
	defer hangUp(conn)
	if err := d.vacant(ctx, conn, def.Catalog.Version); err != nil {
		return err
	}
	before, err := extensions(ctx, conn)
	if err != nil {
		return err
	}
	if err := mark(ctx, conn); err != nil {
		return err
	}
	l := &restore{database: d, reader: r, definition: def, lead: conn, progress: meter.New("restore "+r.Snapshot().Source, 0, d.config.Progress)}
	if err := l.all(ctx); err != nil {
		return errors.Join(err, d.takeBack(ctx, before))
	}
	d.mu.Lock()
	d.restored = &def
	d.mu.Unlock()
	return nil
}

// reachable says whether a cut is where a goal leads.
func reachable(cut backup.Cut, to backup.Goal) error {
	switch {
	case to.Point != "", to.LSN != 0 && to.LSN != cut.LSN, !to.Time.IsZero() && to.Time.Before(cut.Time):
		return fmt.Errorf("pgsource: a logical snapshot is of its own cut alone, %s: %w", cut.LSN, backup.ErrUnreachable)
	}
	return nil
}

// open connects for work on the database.
func (d *Database) open(ctx context.Context) (*pgx.Conn, error) {
	conn, err := dial(ctx, d.connect)
	if err != nil {
		return nil, err
	}
	if _, err = version(ctx, conn); err == nil {
		err = pgcatalog.Prepare(ctx, conn)
	}
	if err == nil {
		// What is lost with a crash of the server is lost with a restore that had not ended.
		_, err = conn.Exec(ctx, "SET synchronous_commit = off")
		err = pgerror.Wrap("pgsource: prepare the session", err)
	}
	if err != nil {
		hangUp(conn)
		return nil, err
	}
	return conn, nil
}

// vacantSQL counts what a database that was just made does not have. Extensions come with the template of a database.
const vacantSQL = `WITH things (classid, oid, namespace) AS (
	SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, oid, relnamespace FROM pg_catalog.pg_class
	UNION ALL SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, oid, pronamespace FROM pg_catalog.pg_proc
	UNION ALL SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, oid, typnamespace FROM pg_catalog.pg_type WHERE typelem = 0
)
SELECT (SELECT pg_catalog.count(*) FROM things AS t JOIN pg_catalog.pg_namespace AS n ON n.oid = t.namespace
		WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
			AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = t.classid AND d.objid = t.oid AND d.deptype IN ('e', 'i')))
	+ (SELECT pg_catalog.count(*) FROM pg_catalog.pg_namespace AS n WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
		AND n.oid NOT IN (SELECT extnamespace FROM pg_catalog.pg_extension))
	+ (SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata)
	+ (SELECT pg_catalog.count(*) FROM pg_catalog.pg_publication)
	+ (SELECT pg_catalog.count(*) FROM pg_catalog.pg_event_trigger),
	COALESCE(pg_catalog.shobj_description(oid, 'pg_database'), '')
FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()`

// vacant refuses a database in which something is, and takes a lock that another restore would ask for.
func (d *Database) vacant(ctx context.Context, conn *pgx.Conn, from int) error {
	number, err := version(ctx, conn)
	if err != nil {
		return err
	}
	if number/10000 < from/10000 {
		return fmt.Errorf("pgsource: PostgreSQL %d, expected %d or newer, of which the snapshot is: %w", number/10000, from/10000, backup.ErrVersion)
	}
	// A restore that was ended a moment ago may not have left the server yet.
	const wait = "SELECT pg_catalog.set_config('lock_timeout', '5s', false)"
	const lock = "SELECT pg_catalog.pg_advisory_lock(pg_catalog.hashtextextended($1, 0))"
	const noWait = "SELECT pg_catalog.set_config('lock_timeout', '0', false)"
	if _, err := conn.Exec(ctx, wait); err != nil {
		return pgerror.Wrap("pgsource: lock the database against other restores", err)
	}
	if _, err := conn.Exec(ctx, lock, marker); pgerror.State(err) == "55P03" {
		return fmt.Errorf("pgsource: another restore is at work: %w", backup.ErrNotEmpty)
	} else if err != nil {
		return pgerror.Wrap("pgsource: lock the database against other restores", err)
	}
	if _, err := conn.Exec(ctx, noWait); err != nil {
		return pgerror.Wrap("pgsource: lock the database against other restores", err)
	}
	var things int64
	var comment string
	if err := conn.QueryRow(ctx, vacantSQL).Scan(&things, &comment); err != nil {
		return pgerror.Wrap("pgsource: look for what is in the database", err)
	}
	switch {
	case comment == marker:
		return fmt.Errorf("pgsource: a restore has begun there and has not ended: drop the database and make it anew: %w", backup.ErrNotEmpty)
	case things > 0:
		return fmt.Errorf("pgsource: the database holds %d things, expected one that was just made: %w", things, backup.ErrNotEmpty)
	}
	return nil
}

// mark gives the database its comment.
func mark(ctx context.Context, conn *pgx.Conn) error {
	return comment(ctx, conn, "'"+marker+"'")
}

// unmark takes the comment away, unless the snapshot has put its own in its place.
func unmark(ctx context.Context, conn *pgx.Conn) error {
	is, err := marked(ctx, conn)
	if err != nil || !is {
		return err
	}
	return comment(ctx, conn, "NULL")
}

// comment sets the comment of the database to a literal. The statement takes no parameters, and no name is asked for twice.
func comment(ctx context.Context, conn *pgx.Conn, literal string) error {
	var name string
	err := conn.QueryRow(ctx, "SELECT pg_catalog.current_database()").Scan(&name)
	if err == nil {
		_, err = conn.Exec(ctx, "COMMENT ON DATABASE "+pgx.Identifier{name}.Sanitize()+" IS "+literal)
	}
	return pgerror.Wrap("pgsource: mark the database", err)
}

func marked(ctx context.Context, conn *pgx.Conn) (bool, error) {
	var is bool
	err := conn.QueryRow(ctx, `SELECT pg_catalog.shobj_description(oid, 'pg_database') IS NOT DISTINCT FROM $1
FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()`, marker).Scan(&is)
	return is, pgerror.Wrap("pgsource: look for the mark of a restore", err)
}

// extensionsSQL returns statements that make the extensions again that are there.
const extensionsSQL = `SELECT pg_catalog.format('CREATE SCHEMA IF NOT EXISTS %I; CREATE EXTENSION IF NOT EXISTS %I SCHEMA %I VERSION %L',
	n.nspname, x.extname, n.nspname, x.extversion)
FROM pg_catalog.pg_extension AS x JOIN pg_catalog.pg_namespace AS n ON n.oid = x.extnamespace WHERE x.extname <> 'plpgsql' ORDER BY x.oid`

func extensions(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	rows, err := conn.Query(ctx, extensionsSQL)
	if err != nil {
		return nil, pgerror.Wrap("pgsource: read which extensions there are", err)
	}
	statements, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return statements, pgerror.Wrap("pgsource: read which extensions there are", err)
}

// takeBackSQL drops what a restore makes. Extensions go first, since what they own cannot be dropped alone; what cannot be dropped
// is left with the mark.
const takeBackSQL = `DO $$
DECLARE thing pg_catalog.text;
BEGIN
	FOREACH thing IN ARRAY ARRAY(SELECT pg_catalog.format('ALTER SUBSCRIPTION %I SET (slot_name = NONE)', subname) FROM pg_catalog.pg_subscription
			WHERE subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
		UNION ALL SELECT pg_catalog.format('DROP SUBSCRIPTION IF EXISTS %I', subname) FROM pg_catalog.pg_subscription
			WHERE subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
		UNION ALL SELECT pg_catalog.format('DROP EVENT TRIGGER IF EXISTS %I CASCADE', evtname) FROM pg_catalog.pg_event_trigger
		UNION ALL SELECT pg_catalog.format('DROP PUBLICATION IF EXISTS %I', pubname) FROM pg_catalog.pg_publication
		UNION ALL SELECT pg_catalog.format('DROP EXTENSION IF EXISTS %I CASCADE', extname) FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql'
		UNION ALL SELECT pg_catalog.format('DROP SCHEMA IF EXISTS %I CASCADE', nspname) FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
		UNION ALL SELECT pg_catalog.format('DROP FOREIGN DATA WRAPPER IF EXISTS %I CASCADE', fdwname) FROM pg_catalog.pg_foreign_data_wrapper
		UNION ALL SELECT pg_catalog.format('DROP ACCESS METHOD IF EXISTS %I CASCADE', amname) FROM pg_catalog.pg_am WHERE oid >= 16384
		UNION ALL SELECT pg_catalog.format('DROP LANGUAGE IF EXISTS %I CASCADE', lanname) FROM pg_catalog.pg_language WHERE oid >= 16384
		UNION ALL SELECT pg_catalog.format('DROP CAST IF EXISTS (%s AS %s)', pg_catalog.format_type(castsource, NULL), pg_catalog.format_type(casttarget, NULL))
			FROM pg_catalog.pg_cast AS c WHERE oid >= 16384
				AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.pg_cast'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
		UNION ALL SELECT 'CREATE SCHEMA public')
	LOOP
		EXECUTE thing;
	END LOOP;
	PERFORM pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata;
END $$`

// takeBack drops what a restore that failed has made, also when its context was cancelled.
func (d *Database) takeBack(ctx context.Context, before []string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	conn, err := d.open(ctx)
	if err != nil {
		return err
	}
	defer hangUp(conn)
	if _, err := conn.Exec(ctx, takeBackSQL, pgx.QueryExecModeSimpleProtocol); err != nil {
		return pgerror.Wrap("pgsource: take back what the restore has made; the database stays marked", err)
	}
	for _, statement := range before {
		if _, err := conn.Exec(ctx, statement, pgx.QueryExecModeSimpleProtocol); err != nil {
			return pgerror.Wrap("pgsource: make the extensions again that were there; the database stays marked", err)
		}
	}
	return unmark(ctx, conn)
}
