package pgseal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/leaf"
	"github.com/shugo-data/shugo/internal/merkle"
)

const selectLogOf = `SELECT ` + columnsOfLog + ` FROM %[1]s."audit_log" WHERE "era" = $1`

// VerifyRange verifies the leaves from <= index < to of one log, without reading the others: their bytes are hashed, and
// the hashes proven under the largest checkpoint that a trusted key has signed, in the database or outside. It reads whole
// tiles of 256 records. What it says of the rest of the trail is nothing: no duplicates, no order of checkpoints, no leaf
// outside of the range.
//
// Errors: ErrNotFound for an era without a log or an empty range, ErrUnsealed for leaves that no checkpoint covers, and those
// of Verify.
func VerifyRange(ctx context.Context, db Querier, c VerifyConfig, era int, from, to uint64) (Report, error) {
	if c.Keys == nil {
		return Report{}, errors.New("pgseal: verify: no keys to trust")
	}
	began := time.Now()
	var r Report
	err := inSnapshot(ctx, db, func(db querier) error {
		v := rangeVerifier{verifier: verifier{VerifyConfig: c, db: db, schema: schemaOf(c.Schema), report: &r}, from: from, to: to}
		return v.verify(ctx, int16(era))
	})
	r.Took = time.Since(began)
	return r, fail("verify range", err)
}

// VerifyRecord proves one record under the last checkpoint, and verifies the proof with the keys of c. Errors: those of Prove
// and of Proof.Verify.
func VerifyRecord(ctx context.Context, db Querier, c VerifyConfig, id governance.EventID, kind governance.Kind) (Proof, error) {
	p, err := Prove(ctx, db, c.Schema, id, kind)
	if err == nil {
		err = p.Verify(c.Keys)
	}
	return p, err
}

// rangeVerifier is the verification of a part of one log.
type rangeVerifier struct {
	verifier
	from, to   uint64
	log        logRow
	checkpoint Checkpoint
	read       merkle.Tiles
}

func (v *rangeVerifier) verify(ctx context.Context, era int16) error {
	err := v.log.scan(v.db.QueryRow(ctx, v.schema.sql(selectLogOf), era))
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fmt.Errorf("%w: no log of era %d", ErrNotFound, era)
	case err != nil:
		return err
	case v.from >= v.to:
		return fmt.Errorf("%w: no leaf from %d to %d", ErrNotFound, v.from, v.to)
	}
	if err := v.choose(ctx); err != nil {
		return err
	}
	v.read = readTiles(ctx, v.db, v.schema, era)
	v.report.Logs = []LogReport{{Era: int(era), Origin: v.log.name(), Size: v.log.size, Signed: v.checkpoint.Size, Root: v.checkpoint.Root[:]}}
	v.report.Checkpoints = 1
	for tile := v.from / merkle.TileWidth; tile <= (v.to-1)/merkle.TileWidth; tile++ {
		if err := v.tile(ctx, tile); err != nil {
			return err
		}
		if v.Progress != nil {
			v.Progress(v.report.Records)
		}
	}
	return nil
}

// choose finds the largest checkpoint that is signed.
func (v *rangeVerifier) choose(ctx context.Context) error {
	known := v.Trusted
	rows, err := v.db.Query(ctx, v.schema.sql(selectLastCheckpoint), v.log.era)
	if err != nil {
		return err
	}
	notes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, text := range notes {
		c, err := OpenCheckpoint(text, v.Keys)
		if err != nil {
			v.finding(Unsigned, c.Number, record{}, err.Error())
			continue
		}
		known = append(known[:len(known):len(known)], c)
	}
	for _, c := range known {
		if c.Origin == v.log.name() && c.Size >= v.checkpoint.Size {
			v.checkpoint = c
		}
	}
	if v.to > v.checkpoint.Size {
		return fmt.Errorf("%w: leaf %d, the largest checkpoint has %d", ErrUnsealed, v.to-1, v.checkpoint.Size)
	}
	return nil
}

func (v *rangeVerifier) finding(kind FindingKind, index int64, at record, detail string) {
	v.report.add(Finding{Kind: kind, Era: int(v.log.era), Index: index, Tx: at.tx, Seq: at.seq, Detail: detail})
}

// selectTileRecords selects the records of a tile, from its first on.
const selectTileRecords = `
SELECT r."leaf", r."actor", r."subject", r."tx"::text, r."seq"
FROM %[1]s."audit_tile" AS t JOIN %[1]s."audit_record" AS r ON r."era" = t."era" AND (r."tx", r."seq") >= (t."tx", t."seq")
WHERE t."era" = $1 AND t."level" = 0 AND t."index" = $2
ORDER BY r."tx", r."seq" LIMIT $3`

// tile hashes the records of one tile. When all of them have the hashes that are stored, and one of those is proven, all are:
// the path of one leaf holds the hashes of the others.
func (v *rangeVerifier) tile(ctx context.Context, tile uint64) error {
	first := tile * merkle.TileWidth
	width := min(uint64(merkle.TileWidth), v.checkpoint.Size-first)
	stored, err := v.read([]merkle.TileID{{Level: 0, Index: tile}})
	if err != nil {
		return err
	}
	hashes := stored[merkle.TileID{Level: 0, Index: tile}]
	rows, err := v.db.Query(ctx, v.schema.sql(selectTileRecords), v.log.era, int64(tile), int64(width))
	if err != nil {
		return err
	}
	index := first
	var e leaf.Entry
	var at record
	_, err = pgx.ForEachRow(rows, []any{&e.Leaf, &e.Actor, &e.Subject, &at.tx, &at.seq}, func() error {
		v.record(e, at, index, hashes)
		index++
		return nil
	})
	if err != nil {
		return err
	}
	if index < first+width {
		v.finding(Missing, int64(index), at, fmt.Sprintf("%d records of a tile of %d", index-first, width))
	}
	return v.prove(first, hashes)
}

// record takes one record of a tile; those outside of the range only for their tile.
func (v *rangeVerifier) record(e leaf.Entry, at record, index uint64, hashes []merkle.Hash) {
	if n := index % merkle.TileWidth; n >= uint64(len(hashes)) || hashes[n] != merkle.LeafHash(e.Leaf) {
		v.finding(Changed, int64(index), at, "the record does not have the hash that was sealed")
	}
	if index < v.from || index >= v.to {
		return
	}
	v.report.Records++
	erased, err := e.Persons()
	switch {
	case err == nil:
		v.report.Erased += erased
	case isOpening(err):
		v.finding(WrongOpening, int64(index), at, err.Error())
	default:
		v.finding(Malformed, int64(index), at, err.Error())
	}
}

// prove proves a tile by its first leaf.
func (v *rangeVerifier) prove(first uint64, hashes []merkle.Hash) error {
	if len(hashes) == 0 {
		v.finding(TileChanged, int64(first), record{}, "the tile is not there")
		return nil
	}
	path, err := compute(v.read, func(read merkle.Tiles) ([]merkle.Hash, error) {
		return merkle.ProveInclusion(first, v.checkpoint.Size, read)
	})
	switch {
	case errors.Is(err, ErrDamaged):
		v.finding(TileChanged, int64(first), record{}, err.Error())
	case err != nil:
		return err
	default:
		if err := merkle.VerifyInclusion(hashes[0], first, v.checkpoint.Size, path, v.checkpoint.Root); err != nil {
			v.finding(TileChanged, int64(first), record{}, "its path does not lead to the root that is signed")
		}
	}
	return nil
}
