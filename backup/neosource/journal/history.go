package journal

import (
	"context"
	"errors"
	"iter"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/graphimage"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// History reads the journal alone, such as that of a restored database, without a graph.
type History struct {
	pool   *pgxpool.Pool
	schema schemaName
}

// NewHistory returns the history in a database; empty schema: DefaultSchema.
func NewHistory(pool *pgxpool.Pool, schema string) (*History, error) {
	if pool == nil {
		return nil, errors.New("journal: no pool")
	}
	return &History{pool: pool, schema: schemaOf(schema)}, nil
}

// Mark is a moment of the journal.
type Mark struct {
	Lineage  string // of the journal: marks of two lineages cannot be compared
	Snapshot string // of transactions, in PostgreSQL's notation: what it shows of the journal is what there was
	Version  int64  // the last that was given; 0: none was
}

// Change is what became of an entity after a mark.
type Change struct {
	Node    bool   // it is a node; otherwise a relationship
	GID     string // its stable id
	Version int64  // its newest
	Gone    bool   // it was deleted
	Image   []byte // its newest; of a relationship that was deleted its type and ends alone

	Before        []byte // its image at the mark; nil: it was not there, or is not known any more
	BeforeVersion int64  // its version at the mark; 0: it was not there
}

// View is the journal at one moment. It holds a transaction until it is closed.
type View struct {
	Mark
	Cut backup.Cut // the moment, in the database's log

	schema schemaName
	tx     pgx.Tx
}

// View returns the journal as it is.
func (h *History) View(ctx context.Context) (*View, error) { return h.view(ctx, nil) }

// Cut returns the journal at a position of the database's log: all images that were committed before it, and no other. It
// waits for the writers that are about to commit, and lets none begin to write images meanwhile, for at most patience.
func (h *History) Cut(ctx context.Context, patience time.Duration) (*View, error) {
	const barrier = `LOCK TABLE {schema}."graph_journal" IN SHARE MODE`
	var v *View
	err := pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		const limit = `SELECT set_config('lock_timeout', $1, true)`
		if _, err := tx.Exec(ctx, limit, strconv.FormatInt(max(1, patience.Milliseconds()), 10)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, h.schema.sql(barrier)); err != nil {
			return err
		}
		var err error
		v, err = h.view(ctx, tx)
		return err
	})
	if err != nil && v != nil {
		v.Close(ctx)
	}
	return v, pgerror.Wrap("journal: cut", err)
}

// view opens a view; a transaction that is given only says that its caller holds the barrier.
func (h *History) view(ctx context.Context, barrier pgx.Tx) (*View, error) {
	const mark = `SELECT s."lineage"::text, pg_current_snapshot()::text, CASE WHEN v."is_called" THEN v."last_value" ELSE 0 END,
		clock_timestamp(), (SELECT "system_identifier"::text FROM pg_control_system())
		FROM {schema}."graph_state" s CROSS JOIN {schema}."graph_version" v`
	const position = `SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END::text,
		CASE WHEN pg_is_in_recovery() THEN (SELECT "timeline_id"::bigint FROM pg_control_checkpoint())
			ELSE ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::bigint END`
	tx, err := h.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, pgerror.Wrap("journal: view", err)
	}
	v := &View{schema: h.schema, tx: tx}
	row := tx.QueryRow(ctx, h.schema.sql(mark)) // takes the snapshot
	if err := row.Scan(&v.Lineage, &v.Snapshot, &v.Version, &v.Cut.Time, &v.Cut.System); err != nil {
		return nil, errors.Join(pgerror.Wrap("journal: view", err), rollback(ctx, tx))
	}
	var lsn string
	if err := tx.QueryRow(ctx, position).Scan(&lsn, &v.Cut.Timeline); err != nil {
		return nil, errors.Join(pgerror.Wrap("journal: view", err), rollback(ctx, tx))
	}
	if v.Cut.LSN, err = backup.ParseLSN(lsn); err != nil {
		return nil, errors.Join(err, rollback(ctx, tx))
	}
	v.Cut.Time = v.Cut.Time.UTC()
	return v, nil
}

// Close ends the view.
func (v *View) Close(ctx context.Context) { _ = rollback(ctx, v.tx) }

// Changes yields what became of each entity that changed since a mark of the same lineage, in no particular order. A mark
// without a Snapshot is the beginning. It stops after an error.
func (v *View) Changes(ctx context.Context, since Mark) iter.Seq2[Change, error] {
	const changes = `SELECT c."kind", c."gid", n."version", n."gone", n."image", b."version", CASE WHEN NOT b."gone" THEN b."image" END
	FROM (SELECT DISTINCT "kind", "gid" FROM {schema}."graph_journal"
		WHERE "tx" >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot("tx", $1::pg_snapshot)) c
	CROSS JOIN LATERAL (SELECT "version", "gone", "image" FROM {schema}."graph_journal" j
		WHERE j."kind" = c."kind" AND j."gid" = c."gid" ORDER BY "version" DESC LIMIT 1) n
	LEFT JOIN LATERAL (SELECT "version", "gone", "image" FROM {schema}."graph_journal" j
		WHERE j."kind" = c."kind" AND j."gid" = c."gid" AND pg_visible_in_snapshot("tx", $1::pg_snapshot) ORDER BY "version" DESC LIMIT 1) b ON true`
	return func(yield func(Change, error) bool) {
		if since.Snapshot == "" {
			since.Snapshot = "1:1:"
		}
		rows, err := v.tx.Query(ctx, v.schema.sql(changes), since.Snapshot)
		if err != nil {
			yield(Change{}, pgerror.Wrap("journal: changes", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var c Change
			var kind graphimage.Kind
			var before *int64
			if err := rows.Scan(&kind, &c.GID, &c.Version, &c.Gone, &c.Image, &before, &c.Before); err != nil {
				yield(Change{}, pgerror.Wrap("journal: changes", err))
				return
			}
			if c.Node = kind == graphimage.Node; before != nil && c.Before != nil {
				c.BeforeVersion = *before
			}
			if !yield(c, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Change{}, pgerror.Wrap("journal: changes", err))
		}
	}
}

// States yields the newest image of each entity at a mark of the same lineage, deleted ones included until they are trimmed,
// in no particular order; nil: at the moment of the view. It stops after an error.
func (v *View) States(ctx context.Context, at *Mark) iter.Seq2[Change, error] {
	const states = `SELECT DISTINCT ON ("kind", "gid") "kind", "gid", "version", "gone", "image" FROM {schema}."graph_journal"
		WHERE $1::pg_snapshot IS NULL OR pg_visible_in_snapshot("tx", $1::pg_snapshot) ORDER BY "kind" DESC, "gid" DESC, "version" DESC`
	return func(yield func(Change, error) bool) {
		var snapshot *string
		if at != nil {
			snapshot = &at.Snapshot
		}
		rows, err := v.tx.Query(ctx, v.schema.sql(states), snapshot)
		if err != nil {
			yield(Change{}, pgerror.Wrap("journal: states", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var c Change
			var kind graphimage.Kind
			if err := rows.Scan(&kind, &c.GID, &c.Version, &c.Gone, &c.Image); err != nil {
				yield(Change{}, pgerror.Wrap("journal: states", err))
				return
			}
			if c.Node = kind == graphimage.Node; !yield(c, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Change{}, pgerror.Wrap("journal: states", err))
		}
	}
}

// Settled settles the graph and returns a mark: all that it shows of the journal is in the graph.
func (j *Journal) Settled(ctx context.Context) (Mark, error) {
	snapshot, _, err := j.settle(ctx)
	if err != nil {
		return Mark{}, err
	}
	m := Mark{Snapshot: snapshot}
	const lineage = `SELECT "lineage"::text FROM {schema}."graph_state"`
	err = j.pool.QueryRow(ctx, j.schema.sql(lineage)).Scan(&m.Lineage)
	return m, pgerror.Wrap("journal: lineage", err)
}

// Trim removes images that no kept snapshot needs: those that were superseded before the oldest mark, which is that of the
// oldest kept snapshot, and those of entities that were deleted before it and are settled. The newest image of every entity
// that there is stays for ever: it is what the graph is compared with. It returns how many images it removed.
func (h *History) Trim(ctx context.Context, oldest Mark) (int64, error) {
	const trim = `DELETE FROM {schema}."graph_journal" j USING {schema}."graph_state" s
	WHERE s."lineage"::text = $1 AND pg_visible_in_snapshot(j."tx", $2::pg_snapshot) AND pg_visible_in_snapshot(j."tx", s."settled")
	AND (EXISTS (SELECT FROM {schema}."graph_journal" n WHERE n."kind" = j."kind" AND n."gid" = j."gid" AND n."version" > j."version"
			AND pg_visible_in_snapshot(n."tx", $2::pg_snapshot) AND pg_visible_in_snapshot(n."tx", s."settled"))
		OR j."gone" AND NOT EXISTS (SELECT FROM {schema}."graph_journal" n
			WHERE n."kind" = j."kind" AND n."gid" = j."gid" AND n."version" > j."version"))`
	if oldest.Snapshot == "" {
		return 0, nil
	}
	tag, err := h.pool.Exec(ctx, h.schema.sql(trim), oldest.Lineage, oldest.Snapshot)
	return tag.RowsAffected(), pgerror.Wrap("journal: trim", err)
}
