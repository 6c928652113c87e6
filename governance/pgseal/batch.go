package pgseal

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/merkle"
)

// waitForDisk makes the transaction durable when it is committed, since its checkpoint goes outside after that: a server
// that forgot it in a crash would sign another one of the same number.
const waitForDisk = `
SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'`

const lockLog = `SELECT "fence", "size" FROM %[1]s."audit_log" WHERE "era" = $1 FOR UPDATE`

// selectUnsealed selects the next records of a log in its order. No record comes later that would stand before them. The
// order is by the columns of the table: "tx" alone would be the text that is selected.
const selectUnsealed = `
SELECT "leaf", "tx"::text, "seq" FROM %[1]s."audit_record" AS r
WHERE "era" = $1 AND ("tx", "seq") > ($2::text::xid8, $3) AND "tx" < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY r."tx", r."seq" LIMIT $4`

const storeTiles = `
INSERT INTO %[1]s."audit_tile" ("era", "level", "index", "hashes", "tx", "seq")
SELECT $1, "level", "index", "hashes", "tx"::xid8, "seq"
FROM unnest($2::smallint[], $3::bigint[], $4::bytea[], $5::text[], $6::bigint[]) AS tile ("level", "index", "hashes", "tx", "seq")
ON CONFLICT ("era", "level", "index") DO UPDATE SET "hashes" = EXCLUDED."hashes"`

const moveLog = `UPDATE %[1]s."audit_log" SET "size" = $2, "root" = $3, "tx" = $4::text::xid8, "seq" = $5 WHERE "era" = $1`

// batch seals some records and signs what is sealed then, in one transaction: no sealed record is ever without a
// checkpoint. It signs without new records when a heartbeat is due. It returns how many records it sealed.
func (s *Sealer) batch(ctx context.Context, db session, log *logRow) (n int, made *Checkpoint, err error) {
	next := *log
	err = pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		last, err := s.enter(ctx, tx, log)
		if err != nil {
			return err
		}
		t := tiles{builder: s.state.builder, starts: map[uint64]record{}}
		if n, err = t.read(ctx, tx, db.schema.sql(selectUnsealed), &next, s.config.Batch); err != nil {
			return err
		}
		now := s.config.Clock().UTC()
		if n == 0 && last != nil && now.Sub(last.Time) < s.config.Heartbeat {
			return nil
		}
		next.size, next.root = t.builder.Size(), t.builder.Root()
		if n > 0 {
			if err := t.store(ctx, tx, db.schema.sql(storeTiles), log.era); err != nil {
				return err
			}
			if err := next.move(ctx, tx, db.schema); err != nil {
				return err
			}
		}
		made, err = s.sign(ctx, tx, next, last, now)
		return err
	})
	if err != nil {
		s.state.builder = nil // it may be ahead of what is stored
		return 0, nil, err
	}
	if made != nil {
		s.state.last = made
	}
	*log = next
	return n, made, nil
}

// enter takes the log for one transaction, and returns its last checkpoint; nil: there is none. It refuses when another
// sealer has begun meanwhile, and when the log is not what was signed before.
func (s *Sealer) enter(ctx context.Context, tx pgx.Tx, log *logRow) (last *Checkpoint, err error) {
	if _, err := tx.Exec(ctx, waitForDisk); err != nil {
		return nil, err
	}
	var fence int64
	var size uint64
	if err := tx.QueryRow(ctx, s.schema.sql(lockLog), log.era).Scan(&fence, &size); err != nil {
		return nil, err
	}
	if fence != log.fence || size != log.size {
		return nil, ErrFenced
	}
	if err := s.load(ctx, tx, log); err != nil {
		return nil, err
	}
	if last, err = s.lastStored(ctx, tx, log); err != nil {
		return nil, err
	}
	return last, s.continues(ctx, tx, log, last)
}

// move stores how far the log is sealed.
func (l *logRow) move(ctx context.Context, tx pgx.Tx, schema schemaName) error {
	_, err := tx.Exec(ctx, schema.sql(moveLog), l.era, l.size, l.root[:], l.last.tx, l.last.seq)
	return err
}

// load makes the builder of what is stored, unless there is one that is just as far.
func (s *Sealer) load(ctx context.Context, tx pgx.Tx, log *logRow) error {
	if b := s.state.builder; b != nil && b.Size() == log.size {
		return nil
	}
	edge, err := readTiles(ctx, tx, s.schema, log.era)(merkle.Edge(log.size))
	if err != nil {
		return err
	}
	b, err := merkle.NewBuilder(log.size, edge)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if b.Root() != log.root {
		return fmt.Errorf("%w: the tiles of era %d have another root than the log", ErrDamaged, log.era)
	}
	s.state.builder = b
	return nil
}

// tiles are what a batch adds to the tree.
type tiles struct {
	builder *merkle.Builder
	starts  map[uint64]record // of tiles of level 0 that begin in the batch
}

// read appends the next records, and notes the place of the last.
func (t *tiles) read(ctx context.Context, tx pgx.Tx, sql string, log *logRow, most int) (n int, err error) {
	rows, err := tx.Query(ctx, sql, log.era, log.last.tx, log.last.seq, most)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var leaf []byte
	for rows.Next() {
		if err := rows.Scan((*reused)(&leaf), &log.last.tx, &log.last.seq); err != nil {
			return n, err
		}
		if size := t.builder.Size(); size%merkle.TileWidth == 0 {
			t.starts[size/merkle.TileWidth] = log.last
		}
		t.builder.Append(merkle.LeafHash(leaf))
		n++
	}
	return n, rows.Err()
}

// store writes the tiles that changed.
func (t *tiles) store(ctx context.Context, tx pgx.Tx, sql string, era int16) error {
	var levels []int16
	var indexes []int64
	var hashes [][]byte
	var txs []*string
	var places []*int64
	err := t.builder.Flush(func(id merkle.TileID, tile []merkle.Hash) error {
		levels, indexes, hashes = append(levels, int16(id.Level)), append(indexes, int64(id.Index)), append(hashes, join(tile))
		start, starts := t.starts[id.Index]
		if id.Level > 0 || !starts {
			txs, places = append(txs, nil), append(places, nil)
			return nil
		}
		txs, places = append(txs, &start.tx), append(places, &start.seq)
		return nil
	})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sql, era, levels, indexes, hashes, txs, places)
	return err
}

// reused scans bytes into memory that is used again for the next row.
type reused []byte

// ScanBytes implements pgtype.BytesScanner.
func (r *reused) ScanBytes(b []byte) error {
	*r = append((*r)[:0], b...)
	return nil
}

// join returns hashes as one piece.
func join(hashes []merkle.Hash) []byte {
	b := make([]byte, 0, len(hashes)*merkle.HashSize)
	for _, h := range hashes {
		b = append(b, h[:]...)
	}
	return b
}

// split returns the hashes of a piece; none when it is no tile.
func split(b []byte) []merkle.Hash {
	if len(b)%merkle.HashSize != 0 || len(b) > merkle.TileWidth*merkle.HashSize {
		return nil
	}
	hashes := make([]merkle.Hash, len(b)/merkle.HashSize)
	for i := range hashes {
		hashes[i] = merkle.Hash(b[i*merkle.HashSize:])
	}
	return hashes
}

// querier is what seals are read through: a pool, a connection or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

const selectTiles = `
SELECT "level", "index", "hashes" FROM %[1]s."audit_tile"
WHERE "era" = $1 AND ("level", "index") IN (SELECT * FROM unnest($2::smallint[], $3::bigint[]))`

// readTiles reads the stored tiles of a log. What is no tile is as if it were not there.
func readTiles(ctx context.Context, db querier, schema schemaName, era int16) merkle.Tiles {
	return func(ids []merkle.TileID) (map[merkle.TileID][]merkle.Hash, error) {
		found := make(map[merkle.TileID][]merkle.Hash, len(ids))
		if len(ids) == 0 {
			return found, nil
		}
		levels, indexes := make([]int16, len(ids)), make([]int64, len(ids))
		for i, id := range ids {
			levels[i], indexes[i] = int16(id.Level), int64(id.Index)
		}
		rows, err := db.Query(ctx, schema.sql(selectTiles), era, levels, indexes)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var level int16
			var index int64
			var b []byte
			if err := rows.Scan(&level, &index, &b); err != nil {
				return nil, err
			}
			found[merkle.TileID{Level: int(level), Index: uint64(index)}] = split(b)
		}
		return found, rows.Err()
	}
}

// compute computes something of stored tiles. An error that is not one of reading them says that they are damaged.
func compute[T any](read merkle.Tiles, do func(merkle.Tiles) (T, error)) (T, error) {
	var failed error
	result, err := do(func(ids []merkle.TileID) (tiles map[merkle.TileID][]merkle.Hash, err error) {
		tiles, failed = read(ids)
		return tiles, failed
	})
	if err != nil && failed == nil {
		err = damaged(err)
	}
	return result, err
}
