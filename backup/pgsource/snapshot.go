package pgsource

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/pgcatalog"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// moment is a snapshot of PostgreSQL that several connections see, with locks that keep its tables as they are.
type moment struct {
	cut     backup.Cut
	binding Binding // as it came to be
	lead    *pgx.Conn
	workers []*pgx.Conn
}

// close ends all connections and with them the snapshot and the locks.
func (m *moment) close() {
	hangUp(m.lead)
	for _, w := range m.workers {
		hangUp(w)
	}
}

// version is the first thing that is asked, because nothing else may be understood.
func version(ctx context.Context, conn *pgx.Conn) (int, error) {
	var number int
	err := conn.QueryRow(ctx, "SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4").Scan(&number)
	if err != nil {
		return 0, pgerror.Wrap("pgsource: read the version of the server", err)
	}
	if number < 140000 || number >= 190000 {
		return 0, fmt.Errorf("pgsource: PostgreSQL %d, expected 14 to 18: %w", number/10000, backup.ErrVersion)
	}
	return number, nil
}

// open connects and takes a snapshot, which all connections see.
func (s *Source) open(ctx context.Context) (_ *moment, err error) {
	m := &moment{binding: s.config.Binding}
	defer func() {
		if err != nil {
			m.close()
		}
	}()
	if m.lead, err = dial(ctx, s.connect); err != nil {
		return nil, err
	}
	if _, err = version(ctx, m.lead); err != nil {
		return nil, err
	}
	for range s.config.Jobs {
		w, err := dial(ctx, s.connect)
		if err != nil {
			return nil, err
		}
		m.workers = append(m.workers, w)
	}
	for _, conn := range append(slices.Clone(m.workers), m.lead) {
		if err := pgcatalog.Prepare(ctx, conn); err != nil {
			return nil, err
		}
	}
	if err = m.identify(ctx); err != nil {
		return nil, err
	}
	return m, s.bind(ctx, m)
}

// identify reads to which cluster the cut belongs.
func (m *moment) identify(ctx context.Context) error {
	err := m.lead.QueryRow(ctx, `SELECT s.system_identifier::pg_catalog.text, c.timeline_id::pg_catalog.int8
FROM pg_catalog.pg_control_system() AS s, pg_catalog.pg_control_checkpoint() AS c`).Scan(&m.cut.System, &m.cut.Timeline)
	return pgerror.Wrap("pgsource: read the identifier of the cluster", err)
}

// bind takes the snapshot in the way that was asked for, or in the best that there is.
func (s *Source) bind(ctx context.Context, m *moment) error {
	switch m.binding {
	case BindSlot:
		return s.bindSlot(ctx, m)
	case BindLock:
		return s.bindLock(ctx, m)
	case BindNear:
		return s.bindNear(ctx, m)
	}
	var slots bool
	err := m.lead.QueryRow(ctx, `SELECT pg_catalog.current_setting('wal_level') = 'logical' AND (rolsuper OR rolreplication) AND NOT pg_catalog.pg_is_in_recovery()
FROM pg_catalog.pg_roles WHERE rolname = current_user`).Scan(&slots)
	if err != nil {
		return pgerror.Wrap("pgsource: read what the role may do", err)
	}
	ways := []Binding{BindLock, BindNear}
	if slots {
		ways = slices.Insert(ways, 0, BindSlot)
	}
	for _, way := range ways {
		m.binding = way
		if err = s.bind(ctx, m); err == nil || ctx.Err() != nil || errors.Is(err, backup.ErrChanged) {
			return err
		}
		for _, conn := range append([]*pgx.Conn{m.lead}, m.workers...) {
			if _, failed := conn.Exec(ctx, "ROLLBACK"); failed != nil {
				return pgerror.Wrap("pgsource: end a transaction", failed)
			}
		}
	}
	return err
}

// bindSlot creates a slot that ends with its connection. Its snapshot lasts until the connection is used again.
func (s *Source) bindSlot(ctx context.Context, m *moment) error {
	config := s.connect.Config.Copy()
	config.RuntimeParams["replication"] = "database"
	waiting, cancel := context.WithTimeout(ctx, s.config.LockWait)
	defer cancel()
	conn, err := pgconn.ConnectConfig(waiting, config)
	if err != nil {
		return pgerror.Wrap("pgsource: connect for replication", err)
	}
	defer conn.Close(context.WithoutCancel(waiting))
	name := "shugo_" + strings.ToLower(rand.Text())
	results, err := conn.Exec(waiting, "CREATE_REPLICATION_SLOT "+name+" TEMPORARY LOGICAL pgoutput EXPORT_SNAPSHOT").ReadAll()
	if err != nil {
		return pgerror.Wrap("pgsource: create a temporary slot", err)
	}
	if len(results) != 1 || len(results[0].Rows) != 1 || len(results[0].Rows[0]) < 3 {
		return errors.New("pgsource: create a temporary slot: the server answered something else")
	}
	row := results[0].Rows[0]
	if m.cut.LSN, err = backup.ParseLSN(string(row[1])); err != nil {
		return err
	}
	return m.share(ctx, string(row[2]))
}

// bindLock keeps writers away from all tables while it reads the position and takes the snapshot. A transaction gives its locks
// up after its commit can be seen, so that with them all that was written before is seen.
func (s *Source) bindLock(ctx context.Context, m *moment) error {
	guard, err := dial(ctx, s.connect)
	if err != nil {
		return err
	}
	defer hangUp(guard)
	tables, err := s.tables(ctx, guard)
	if err != nil {
		return err
	}
	begin := fmt.Sprintf("BEGIN; SET LOCAL lock_timeout = %d; SET LOCAL statement_timeout = 0", s.config.LockWait.Milliseconds())
	if _, err := guard.Exec(ctx, begin, pgx.QueryExecModeSimpleProtocol); err != nil {
		return pgerror.Wrap("pgsource: lock tables against writers", err)
	}
	if err := lock(ctx, guard, tables, "SHARE MODE"); err != nil {
		return err
	}
	if m.cut.LSN, err = position(ctx, guard); err != nil {
		return err
	}
	if err := s.snapshot(ctx, m); err != nil {
		return err
	}
	seen, err := s.tables(ctx, m.lead)
	if err != nil {
		return err
	}
	if !slices.Equal(seen, tables) {
		return fmt.Errorf("pgsource: a table was created or dropped while they were locked: %w", backup.ErrChanged)
	}
	return nil
}

// bindNear reads the position and then takes the snapshot.
func (s *Source) bindNear(ctx context.Context, m *moment) (err error) {
	if m.cut.LSN, err = position(ctx, m.lead); err != nil {
		return err
	}
	return s.snapshot(ctx, m)
}

// position returns where the next record of the write-ahead log will be; on a standby, what was replayed.
func position(ctx context.Context, conn *pgx.Conn) (backup.LSN, error) {
	var text string
	err := conn.QueryRow(ctx, `SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
ELSE pg_catalog.pg_current_wal_insert_lsn() END::pg_catalog.text`).Scan(&text)
	if err != nil {
		return 0, pgerror.Wrap("pgsource: read the position in the write-ahead log", err)
	}
	return backup.ParseLSN(text)
}

const beginSQL = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

// snapshot takes a snapshot on the lead and shares it.
func (s *Source) snapshot(ctx context.Context, m *moment) error {
	if _, err := m.lead.Exec(ctx, beginSQL); err != nil {
		return pgerror.Wrap("pgsource: begin a snapshot", err)
	}
	var name string
	if err := m.lead.QueryRow(ctx, "SELECT pg_catalog.pg_export_snapshot()").Scan(&name); err != nil {
		return pgerror.Wrap("pgsource: export the snapshot", err)
	}
	return m.importTo(ctx, name, m.workers)
}

// share makes all connections see a snapshot of another.
func (m *moment) share(ctx context.Context, name string) error {
	return m.importTo(ctx, name, append([]*pgx.Conn{m.lead}, m.workers...))
}

func (m *moment) importTo(ctx context.Context, name string, conns []*pgx.Conn) error {
	quoted := "'" + strings.ReplaceAll(name, "'", "''") + "'"
	for _, conn := range conns {
		if _, err := conn.Exec(ctx, beginSQL+"; SET TRANSACTION SNAPSHOT "+quoted, pgx.QueryExecModeSimpleProtocol); err != nil {
			return pgerror.Wrap("pgsource: import the snapshot", err)
		}
	}
	var now time.Time
	if err := m.lead.QueryRow(ctx, "SELECT pg_catalog.clock_timestamp()").Scan(&now); err != nil {
		return pgerror.Wrap("pgsource: read the clock of the server", err)
	}
	m.cut.Time = now.UTC()
	return nil
}

// tablesSQL reads which tables hold rows that are to be backed up. Those of extensions that are not configuration have none.
const tablesSQL = `SELECT n.nspname, c.relname` + tablesFrom + `
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`

const tablesFrom = ` FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
	AND ($1::pg_catalog.text[] IS NULL OR n.nspname = ANY ($1))
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid
		WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e' AND (c.oid = ANY (e.extconfig)) IS NOT TRUE)`

func (s *Source) tables(ctx context.Context, conn *pgx.Conn) ([]pgcatalog.Name, error) {
	rows, err := conn.Query(ctx, tablesSQL, s.config.Schemas)
	if err != nil {
		return nil, pgerror.Wrap("pgsource: read which tables there are", err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowToStructByPos[pgcatalog.Name])
	return tables, pgerror.Wrap("pgsource: read which tables there are", err)
}

// lock locks tables in a mode. An error is backup.ErrChanged where one was dropped.
func lock(ctx context.Context, conn *pgx.Conn, tables []pgcatalog.Name, mode string) error {
	for some := range slices.Chunk(tables, 200) {
		var names []string
		for _, t := range some {
			names = append(names, "ONLY "+pgx.Identifier{t.Schema, t.Name}.Sanitize())
		}
		if _, err := conn.Exec(ctx, "LOCK TABLE "+strings.Join(names, ", ")+" IN "+mode); err != nil {
			return changed("pgsource: lock tables in "+strings.ToLower(mode), err)
		}
	}
	return nil
}

// changed wraps an error, of the class backup.ErrChanged where the server says that what was there is not, or is being changed.
func changed(what string, err error) error {
	switch pgerror.State(err) {
	case "42P01", "42703", "3F000", "42704", "XX000":
		return pgerror.WrapAs(what, backup.ErrChanged, err)
	}
	return pgerror.Wrap(what, err)
}

// shapesSQL identifies what tables are, for comparing the snapshot with the present: a table that was truncated or rewritten
// after the snapshot would seem empty in it.
const shapesSQL = `SELECT c.oid, c.relfilenode::pg_catalog.text || ' ' ||
	COALESCE((SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', a.attnum, a.attname, a.atttypid::pg_catalog.int8, a.atttypmod, a.attisdropped), ',' ORDER BY a.attnum)
		FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0), '')
` + tablesFrom + ` AND ($2::pg_catalog.oid[] IS NULL OR c.oid = ANY ($2)) ORDER BY c.oid`

// hold locks the tables of the snapshot for all connections, and makes sure that they still are what the snapshot shows.
// Nobody waits long for a lock: whoever waits to change a table would be waited for, and waits for us.
func (s *Source) hold(ctx context.Context, m *moment) error {
	tables, err := s.tables(ctx, m.lead)
	if err != nil {
		return err
	}
	for _, conn := range append([]*pgx.Conn{m.lead}, m.workers...) {
		if _, err := conn.Exec(ctx, fmt.Sprintf("SET LOCAL lock_timeout = %d", s.config.LockWait.Milliseconds())); err != nil {
			return pgerror.Wrap("pgsource: lock tables", err)
		}
		err := lock(ctx, conn, tables, "ACCESS SHARE MODE")
		if pgerror.State(err) == "55P03" {
			return pgerror.WrapAs("pgsource: lock tables: somebody is changing one", backup.ErrChanged, err)
		}
		if err != nil {
			return err
		}
	}
	return s.compare(ctx, m)
}

// compare compares the tables of the snapshot with those of now, which are locked.
func (s *Source) compare(ctx context.Context, m *moment) error {
	fresh, err := dial(ctx, s.connect)
	if err != nil {
		return err
	}
	defer hangUp(fresh)
	oids, then, err := s.shapes(ctx, m.lead, nil)
	if err != nil {
		return err
	}
	_, now, err := s.shapes(ctx, fresh, oids)
	if err != nil {
		return err
	}
	if !slices.Equal(then, now) {
		return fmt.Errorf("pgsource: a table was changed, truncated or dropped while the snapshot was taken: %w", backup.ErrChanged)
	}
	return nil
}

func (s *Source) shapes(ctx context.Context, conn *pgx.Conn, only []uint32) (oids []uint32, shapes []string, err error) {
	rows, err := conn.Query(ctx, shapesSQL, s.config.Schemas, only)
	if err != nil {
		return nil, nil, changed("pgsource: compare the tables with those of the snapshot", err)
	}
	oids = []uint32{}
	var oid uint32
	var shape string
	_, err = pgx.ForEachRow(rows, []any{&oid, &shape}, func() error {
		oids, shapes = append(oids, oid), append(shapes, shape)
		return nil
	})
	return oids, shapes, changed("pgsource: compare the tables with those of the snapshot", err)
}
