package pgsource

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/pgcatalog"
	"github.com/shugo-data/shugo/internal/pgdigest"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// ErrUnfinished says that a restore into the database has begun and has not ended.
var ErrUnfinished = errors.New("pgsource: a restore has not ended")

// Examine implements backup.Destination, for a database at rest. The facts are those of Source.Backup, computed again; the
// findings are that indexes are valid, that foreign keys are checked, and that the index of each vector finds the neighbours
// that exact search finds. The error is ErrUnfinished where a restore has not ended.
func (d *Database) Examine(ctx context.Context) (backup.Examination, error) {
	var x backup.Examination
	conn, err := d.open(ctx)
	if err != nil {
		return x, err
	}
	defer hangUp(conn)
	if unfinished, err := marked(ctx, conn); err != nil || unfinished {
		return x, errors.Join(err, ErrUnfinished)
	}
	d.mu.Lock()
	restored := d.restored
	d.mu.Unlock()
	var filter pgcatalog.Filter
	if restored != nil {
		filter.Schemas = restored.Schemas
	}
	catalog, err := readCatalog(ctx, conn, filter)
	if err != nil {
		return x, err
	}
	if x.Facts, err = d.facts(ctx, catalog); err != nil {
		return x, err
	}
	for _, find := range []func(context.Context, *pgx.Conn) ([]backup.Finding, error){validIndexes, d.recalls} {
		found, err := find(ctx, conn)
		if err != nil {
			return x, err
		}
		x.Findings = append(x.Findings, found...)
	}
	if restored != nil {
		x.Findings = append(x.Findings, foreignKeys(restored.Catalog.Tables, catalog.Tables))
	}
	x.Versions, err = versions(ctx, conn)
	return x, err
}

// readCatalog reads the definition in a transaction of its own.
func readCatalog(ctx context.Context, conn *pgx.Conn, filter pgcatalog.Filter) (pgcatalog.Catalog, error) {
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return pgcatalog.Catalog{}, pgerror.Wrap("pgsource: read the definition", err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	return pgcatalog.Read(ctx, tx, filter)
}

// facts computes the facts of a backup, on several connections.
func (d *Database) facts(ctx context.Context, catalog pgcatalog.Catalog) ([]backup.Fact, error) {
	var mu sync.Mutex
	var facts []backup.Fact
	note := func(f backup.Fact) {
		mu.Lock()
		defer mu.Unlock()
		facts = append(facts, f)
	}
	var tasks []task
	for _, t := range catalog.Tables {
		if !t.Rows {
			continue
		}
		tasks = append(tasks, task{do: func(ctx context.Context, conn *pgx.Conn) error {
			content, err := pgdigest.Table(ctx, conn, t)
			if err == nil {
				note(content.Fact())
			}
			return err
		}})
	}
	if len(catalog.LargeOIDs) > 0 {
		tasks = append(tasks, task{do: func(ctx context.Context, conn *pgx.Conn) error {
			tx, err := conn.Begin(ctx) // a large object is open for a transaction
			if err != nil {
				return pgerror.Wrap("pgsource: digest large objects", err)
			}
			defer tx.Rollback(context.WithoutCancel(ctx))
			fact, err := largeFact(ctx, conn, catalog.LargeOIDs)
			note(fact)
			return err
		}})
	}
	var conns []*pgx.Conn
	defer func() {
		for _, c := range conns {
			hangUp(c)
		}
	}()
	for range d.config.Jobs {
		conn, err := d.open(ctx)
		if err != nil {
			return nil, err
		}
		conns = append(conns, conn)
	}
	if err := run(ctx, conns, tasks); err != nil {
		return nil, err
	}
	note(pgdigest.Definition(catalog))
	slices.SortFunc(facts, compareFacts)
	return facts, nil
}

// validIndexesSQL reads whether queries may use each index. Those of partitioned tables have no entries of their own, and may
// be not valid because a partition has none.
const validIndexesSQL = `SELECT n.nspname, c.relname, i.indisvalid AND i.indisready AND i.indislive
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid AND c.relkind = 'i'
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`

func validIndexes(ctx context.Context, conn *pgx.Conn) ([]backup.Finding, error) {
	rows, err := conn.Query(ctx, validIndexesSQL)
	if err != nil {
		return nil, pgerror.Wrap("pgsource: read which indexes are valid", err)
	}
	findings, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (backup.Finding, error) {
		var schema, name string
		var f backup.Finding
		err := row.Scan(&schema, &name, &f.Passed)
		f.Check = "index " + pgx.Identifier{schema, name}.Sanitize() + " is valid"
		return f, err
	})
	return findings, pgerror.Wrap("pgsource: read which indexes are valid", err)
}

// foreignKeys says whether the references that were known to resolve are so again: the server has checked each row.
func foreignKeys(before, after []pgcatalog.Table) backup.Finding {
	valid := map[string]bool{}
	for _, t := range after {
		for _, k := range t.ForeignKeys {
			valid[t.Schema+"\x00"+t.Name+"\x00"+k.Name] = k.Valid
		}
	}
	checked, missing := 0, 0
	for _, t := range before {
		for _, k := range t.ForeignKeys {
			if k.Valid && !valid[t.Schema+"\x00"+t.Name+"\x00"+k.Name] {
				missing++
			} else if k.Valid {
				checked++
			}
		}
	}
	return backup.Finding{Check: "foreign keys resolve", Passed: missing == 0,
		Detail: fmt.Sprintf("%d checked by the server, %d not", checked, missing)}
}

// versions reads what was at work.
func versions(ctx context.Context, conn *pgx.Conn) (map[string]string, error) {
	rows, err := conn.Query(ctx, `SELECT 'postgresql', pg_catalog.current_setting('server_version')
UNION ALL SELECT 'extension ' || extname, extversion FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql'`)
	if err != nil {
		return nil, pgerror.Wrap("pgsource: read versions", err)
	}
	all := map[string]string{}
	var name, number string
	_, err = pgx.ForEachRow(rows, []any{&name, &number}, func() error {
		all[name] = number
		return nil
	})
	return all, pgerror.Wrap("pgsource: read versions", err)
}
