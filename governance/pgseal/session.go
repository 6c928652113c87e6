package pgseal

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shugo-data/shugo/internal/merkle"
)

// session is the connection of one who seals, or a transaction on it.
type session struct {
	connection
	schema schemaName
}

// connection is a pgx.Conn or a pgx.Tx.
type connection interface {
	querier
	Begin(ctx context.Context) (pgx.Tx, error)
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

const (
	tryLock = `SELECT pg_try_advisory_lock(hashtextextended('shugo sealer ' || $1::text, 0))`
	unlock  = `SELECT pg_advisory_unlock(hashtextextended('shugo sealer ' || $1::text, 0))`
)

// lock makes this session the only one that seals. The lock keeps sealers from working in vain; that an old one cannot
// write is what the fence is for, since a pooler between may give the lock to nobody.
func (db session) lock(ctx context.Context) error {
	var free bool
	if err := db.QueryRow(ctx, tryLock, string(db.schema)).Scan(&free); err != nil {
		return err
	}
	if !free {
		return ErrBusy
	}
	return nil
}

// unlock gives the lock back, also when ctx has ended; when that fails the connection is closed, which does it too.
func (db session) unlock(ctx context.Context) {
	detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_, err := db.Exec(detached, unlock, string(db.schema))
	if conn, ok := db.connection.(*pgx.Conn); ok && err != nil {
		_ = conn.Close(detached)
	}
}

// logRow is a row of audit_log.
type logRow struct {
	era      int16
	origin   string
	place    identity
	size     uint64
	root     merkle.Hash
	last     record
	fence    int64
	previous string
}

// record is the place of a record in its log.
type record struct {
	tx  string // an xid8, in decimal
	seq int64
}

const columnsOfLog = `"era", "origin", "system", "timeline", "database", "size", "root", "tx"::text, "seq", "fence", "previous"`

// scan reads a row of columnsOfLog. A size or root that no sealer writes becomes none, which fits no tree: whoever seals or
// verifies finds that.
func (l *logRow) scan(row pgx.Row) error {
	var root []byte
	var size int64
	err := row.Scan(&l.era, &l.origin, &l.place.system, &l.place.timeline, &l.place.database, &size, &root, &l.last.tx,
		&l.last.seq, &l.fence, &l.previous)
	if err != nil {
		return err
	}
	l.size, l.root = uint64(max(0, size)), merkle.Hash{}
	if len(root) == merkle.HashSize {
		l.root = merkle.Hash(root)
	}
	return nil
}

// name is the name of the log in its checkpoints.
func (l *logRow) name() string { return logName(l.origin, l.era) }

// identity is the database that a log is written in. A copy has another.
type identity struct {
	system   string
	timeline int32
	database uint32
}

func (i identity) String() string { return fmt.Sprintf("%s/%d/%d", i.system, i.timeline, i.database) }

// selectIdentity takes the timeline from the write-ahead log, since the control file has that of the last checkpoint.
const selectIdentity = `
SELECT (SELECT system_identifier::text FROM pg_control_system()),
	('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int,
	(SELECT oid FROM pg_database WHERE datname = current_database())`

func (db session) identity(ctx context.Context) (i identity, err error) {
	err = db.QueryRow(ctx, selectIdentity).Scan(&i.system, &i.timeline, &i.database)
	return i, err
}

const selectLog = `SELECT ` + columnsOfLog + ` FROM %[1]s."audit_log" ORDER BY "era" DESC LIMIT 1`

const insertLog = `
INSERT INTO %[1]s."audit_log" ("era", "origin", "system", "timeline", "database", "root", "previous")
VALUES ($1, $2, $3, $4, $5, $6, $7)`

const raiseFence = `UPDATE %[1]s."audit_log" SET "fence" = "fence" + 1 WHERE "era" = $1 RETURNING ` + columnsOfLog

// begin finds the log that this database goes on with, or starts the first one, and takes it over from earlier sealers.
func (s *Sealer) begin(ctx context.Context, db session) (log logRow, err error) {
	here, err := db.identity(ctx)
	if err != nil {
		return log, err
	}
	err = log.scan(db.QueryRow(ctx, db.schema.sql(selectLog)))
	if err == pgx.ErrNoRows {
		empty := merkle.EmptyRoot()
		log = logRow{era: 1, origin: s.config.Origin, place: here, root: empty, last: record{"0", 0}}
		_, err = db.Exec(ctx, db.schema.sql(insertLog), log.era, log.origin, here.system, here.timeline, here.database, empty[:], "")
	}
	switch {
	case err != nil:
		return log, err
	case log.place != here:
		return log, fmt.Errorf("%w: it is written in %s, this is %s", ErrForeign, log.place, here)
	case log.origin != s.config.Origin:
		return log, fmt.Errorf("%w: the log is named %q, this sealer %q", ErrForeign, log.origin, s.config.Origin)
	}
	if s.state.era != log.era {
		s.state = state{era: log.era}
	}
	return log, log.scan(db.QueryRow(ctx, db.schema.sql(raiseFence), log.era)) // as it is once an earlier one has let go
}
