package pgseal

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/note"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/leaf"
	"github.com/shugo-data/shugo/internal/merkle"
)

// Proof shows that one record is in a log, to whoever trusts the key of its checkpoint and has nothing else.
type Proof struct {
	Era        int        // of the log
	Index      uint64     // of the leaf
	Leaf       []byte     // the record in canonical bytes: see package leaf of this module, and Record
	Actor      []byte     // what opens the commitment to who called: pseudonym and salt; nil: nobody, or erased
	Subject    []byte     // likewise, to whom the data was about
	Hashes     [][32]byte // the audit path (RFC 9162, section 2.1.3)
	Checkpoint Checkpoint // the tree that it leads to
}

// Record returns the record that is proven. Persons whose opening is erased are nobody in it.
func (p Proof) Record() (governance.Record, error) {
	e := leaf.Entry{Leaf: p.Leaf, Actor: p.Actor, Subject: p.Subject}
	if err := e.Check(); err != nil {
		return governance.Record{}, damaged(err)
	}
	return e.Record()
}

// Verify checks the proof with keys that are trusted, and nothing else. Errors wrap ErrCheckpoint or ErrDamaged.
func (p Proof) Verify(keys note.Verifiers) error {
	c, err := OpenCheckpoint(p.Checkpoint.Note, keys)
	if err != nil {
		return err
	}
	hashes := make([]merkle.Hash, len(p.Hashes))
	for i, h := range p.Hashes {
		hashes[i] = h
	}
	if err := merkle.VerifyInclusion(merkle.LeafHash(p.Leaf), p.Index, c.Size, hashes, c.Root); err != nil {
		return damaged(err)
	}
	_, err = p.Record()
	return err
}

// selectByEvent finds a record by the index of package pgsink, or in what that has not indexed.
const selectByEvent = `
WITH "place" AS (
	SELECT "era", "tx", "seq" FROM %[1]s."audit_index" WHERE "id" = $1::text::uuid AND "kind" = $2
	UNION ALL
	SELECT "era", "tx", "seq" FROM %[1]s."audit_record"
	WHERE ("era", "tx", "seq") > (SELECT "era", "tx", "seq" FROM %[1]s."audit_indexed")
		AND substring("leaf" FROM 2 FOR 16) = $3::bytea AND substring("leaf" FROM 34 FOR 1 + length($4::bytea)) = $5::bytea || $4::bytea
	LIMIT 1
)
SELECT r."era", r."tx"::text, r."seq", r."leaf", r."actor", r."subject"
FROM "place" AS p JOIN %[1]s."audit_record" AS r USING ("era", "tx", "seq")`

// selectIndex counts from the first record of the tile.
const selectIndex = `
WITH "tile" AS (
	SELECT "index", "tx", "seq" FROM %[1]s."audit_tile"
	WHERE "era" = $1 AND "level" = 0 AND ("tx", "seq") <= ($2::text::xid8, $3)
	ORDER BY "tx" DESC, "seq" DESC LIMIT 1
)
SELECT t."index" * 256 + (
	SELECT count(*) FROM %[1]s."audit_record" AS r
	WHERE r."era" = $1 AND (r."tx", r."seq") >= (t."tx", t."seq") AND (r."tx", r."seq") < ($2::text::xid8, $3)
)
FROM "tile" AS t`

const selectLastCheckpoint = `
SELECT "note" FROM %[1]s."audit_checkpoint" WHERE "era" = $1 ORDER BY "number" DESC LIMIT 1`

// Prove returns the proof of one record under the last checkpoint. It trusts what is stored: whoever is given the proof
// verifies it. Errors: ErrNotFound, ErrUnsealed, ErrDamaged, ErrNotMigrated, or what the driver returns, wrapped.
func Prove(ctx context.Context, db Querier, schema string, id governance.EventID, kind governance.Kind) (Proof, error) {
	var p Proof
	err := inSnapshot(ctx, db, func(db querier) (err error) {
		p, err = prove(ctx, db, schemaOf(schema), id, kind)
		return err
	})
	return p, fail("prove", err)
}

func prove(ctx context.Context, db querier, s schemaName, id governance.EventID, kind governance.Kind) (p Proof, err error) {
	var era int16
	var at record
	err = db.QueryRow(ctx, s.sql(selectByEvent), id.String(), int16(leaf.KindNumber(kind)), id[:], []byte(kind), []byte{byte(len(kind))}).
		Scan(&era, &at.tx, &at.seq, &p.Leaf, &p.Actor, &p.Subject)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, ErrNotFound
	}
	if err != nil {
		return p, err
	}
	p.Era = int(era)
	err = db.QueryRow(ctx, s.sql(selectIndex), era, at.tx, at.seq).Scan(&p.Index)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, ErrUnsealed
	}
	if err != nil {
		return p, err
	}
	var text string
	err = db.QueryRow(ctx, s.sql(selectLastCheckpoint), era).Scan(&text)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, ErrUnsealed
	}
	if err != nil {
		return p, err
	}
	if p.Checkpoint, err = parseCheckpoint(signedText(text)); err != nil {
		return p, damaged(err)
	}
	p.Checkpoint.Note = text
	if p.Index >= p.Checkpoint.Size {
		return p, ErrUnsealed
	}
	hashes, err := compute(readTiles(ctx, db, s, era), func(read merkle.Tiles) ([]merkle.Hash, error) {
		return merkle.ProveInclusion(p.Index, p.Checkpoint.Size, read)
	})
	for _, h := range hashes {
		p.Hashes = append(p.Hashes, h)
	}
	return p, err
}

// ProveConsistency returns the proof that the tree of newSize leaves of a log begins with the tree of oldSize (RFC 9162,
// section 2.1.4). VerifyConsistency checks it. Errors: ErrDamaged, ErrNotMigrated, or what the driver returns, wrapped.
func ProveConsistency(ctx context.Context, db Querier, schema string, era int, oldSize, newSize uint64) ([][32]byte, error) {
	var proof [][32]byte
	err := inSnapshot(ctx, db, func(db querier) error {
		hashes, err := compute(readTiles(ctx, db, schemaOf(schema), int16(era)), func(read merkle.Tiles) ([]merkle.Hash, error) {
			return merkle.ProveConsistency(oldSize, newSize, read)
		})
		for _, h := range hashes {
			proof = append(proof, h)
		}
		return err
	})
	return proof, fail("prove", err)
}

// VerifyConsistency checks that the newer of two checkpoints of one log continues the older one. Both are trusted by
// whoever calls. Errors wrap ErrRolledBack.
func VerifyConsistency(older, newer Checkpoint, proof [][32]byte) error {
	if older.Origin != newer.Origin {
		return fmt.Errorf("%w: checkpoints of two logs", ErrRolledBack)
	}
	hashes := make([]merkle.Hash, len(proof))
	for i, h := range proof {
		hashes[i] = h
	}
	if err := merkle.VerifyConsistency(older.Size, newer.Size, hashes, older.Root, newer.Root); err != nil {
		return fmt.Errorf("%w: %w", ErrRolledBack, err)
	}
	return nil
}
