package pgseal

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/merkle"
)

// exportFormat names the format of an export and its version.
const exportFormat = "shugo-audit-export/1"

// line is a line of an export. Which fields it has depends on its type; bytes are base64 (RFC 4648, section 4).
//
//	header       format
//	log          era, origin, size, root, previous     once for each log, before what follows of it
//	checkpoint   era, note                             in the order of their numbers
//	consistency  era, from, to, hashes                 between checkpoints of different sizes (RFC 9162, section 2.1.4)
//	leaf         era, index, leaf, actor, subject, proof
//	             each sealed record in the order of the log; actor and subject open its commitments, and are missing for
//	             nobody and for persons who are erased; proof is the audit path to the last checkpoint's tree (RFC 9162,
//	             section 2.1.3), where it was asked for
//	end          leaves                                how many there were
type line struct {
	Type     string   `json:"type"`
	Format   string   `json:"format,omitempty"`
	Era      int      `json:"era,omitempty"`
	Origin   string   `json:"origin,omitempty"`
	Size     uint64   `json:"size,omitempty"`
	Root     []byte   `json:"root,omitempty"`
	Previous string   `json:"previous,omitempty"`
	Note     string   `json:"note,omitempty"`
	From     uint64   `json:"from,omitempty"`
	To       uint64   `json:"to,omitempty"`
	Hashes   [][]byte `json:"hashes,omitempty"`
	Index    *uint64  `json:"index,omitempty"`
	Leaf     []byte   `json:"leaf,omitempty"`
	Actor    []byte   `json:"actor,omitempty"`
	Subject  []byte   `json:"subject,omitempty"`
	Proof    [][]byte `json:"proof,omitempty"`
	Leaves   *uint64  `json:"leaves,omitempty"`
}

// ExportConfig says what to export.
type ExportConfig struct {
	// Schema is the schema of the trail; empty: DefaultSchema.
	Schema string
	// Proofs adds the audit path to every leaf, so that each line can be verified without the others. It makes the export
	// several times as long.
	Proofs bool
	// Progress, when it is set, is called now and then with the number of leaves that have been written.
	Progress func(leaves int)
}

// Export writes the sealed part of the trail as JSON lines: logs, checkpoints, consistency proofs and leaves, from one
// snapshot. See the package comment for the format. What it writes can be verified without the database and without this
// package: with SHA-256 and Ed25519. Errors: ErrDamaged, ErrNotMigrated, what w returns, or what the driver returns, wrapped.
func Export(ctx context.Context, db Querier, w io.Writer, c ExportConfig) error {
	buffered := bufio.NewWriterSize(w, 1<<16)
	x := exporter{ExportConfig: c, schema: schemaOf(c.Schema), to: json.NewEncoder(buffered)}
	x.to.SetEscapeHTML(false)
	err := inSnapshot(ctx, db, func(db querier) error {
		x.db = db
		return x.export(ctx)
	})
	if err == nil {
		err = buffered.Flush()
	}
	return fail("export", err)
}

type exporter struct {
	ExportConfig
	db     querier
	schema schemaName
	to     *json.Encoder
	leaves uint64
}

// keptTiles is how many tiles cachedTiles keeps, of at most 8 KiB each.
const keptTiles = 1024

// cachedTiles keeps tiles that were read, since the audit paths of neighbours share all but one or two.
func cachedTiles(read merkle.Tiles) merkle.Tiles {
	kept := map[merkle.TileID][]merkle.Hash{}
	return func(ids []merkle.TileID) (map[merkle.TileID][]merkle.Hash, error) {
		if len(kept) > keptTiles {
			clear(kept)
		}
		var missing []merkle.TileID
		for _, id := range ids {
			if kept[id] == nil {
				missing = append(missing, id)
			}
		}
		found, err := read(missing)
		for id, hashes := range found {
			kept[id] = hashes
		}
		return kept, err
	}
}

func (x *exporter) export(ctx context.Context) error {
	if err := x.to.Encode(line{Type: "header", Format: exportFormat}); err != nil {
		return err
	}
	rows, err := x.db.Query(ctx, x.schema.sql(selectLogs))
	if err != nil {
		return err
	}
	logs, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (l logRow, err error) { return l, l.scan(row) })
	if err != nil {
		return err
	}
	for i := range logs {
		if err := x.log(ctx, &logs[i]); err != nil {
			return err
		}
	}
	return x.to.Encode(line{Type: "end", Leaves: &x.leaves})
}

func (x *exporter) log(ctx context.Context, l *logRow) error {
	err := x.to.Encode(line{Type: "log", Era: int(l.era), Origin: l.name(), Size: l.size, Root: l.root[:], Previous: l.previous})
	if err != nil {
		return err
	}
	last, err := x.checkpoints(ctx, l)
	if err != nil {
		return err
	}
	at, read := record{"0", 0}, cachedTiles(readTiles(ctx, x.db, x.schema, l.era))
	for index := uint64(0); index < l.size; {
		n, err := x.chunk(ctx, l, &at, index, last, read)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("%w: era %d has %d leaves, %d are sealed", ErrDamaged, l.era, index, l.size)
		}
		index += n
		if x.Progress != nil {
			x.Progress(int(x.leaves))
		}
	}
	return nil
}

// checkpoints writes the checkpoints, and the proof that each continues the one before. It returns the size of the last.
func (x *exporter) checkpoints(ctx context.Context, l *logRow) (last uint64, err error) {
	rows, err := x.db.Query(ctx, x.schema.sql(selectCheckpoints), l.era)
	if err != nil {
		return 0, err
	}
	var number int64
	var size uint64
	var text string
	var sizes []uint64
	_, err = pgx.ForEachRow(rows, []any{&number, &size, &text}, func() error {
		sizes = append(sizes, size)
		return x.to.Encode(line{Type: "checkpoint", Era: int(l.era), Note: text})
	})
	if err != nil {
		return 0, err
	}
	for _, size := range sizes {
		if size > last && last > 0 {
			hashes, err := compute(readTiles(ctx, x.db, x.schema, l.era), func(read merkle.Tiles) ([]merkle.Hash, error) {
				return merkle.ProveConsistency(last, size, read)
			})
			if err != nil {
				return 0, err
			}
			if err := x.to.Encode(line{Type: "consistency", Era: int(l.era), From: last, To: size, Hashes: list(hashes)}); err != nil {
				return 0, err
			}
		}
		last = max(last, size)
	}
	return last, nil
}

// chunk writes the next leaves.
func (x *exporter) chunk(ctx context.Context, l *logRow, at *record, index, last uint64, read merkle.Tiles) (n uint64, err error) {
	most := min(uint64(chunkSize), l.size-index)
	rows, err := x.db.Query(ctx, x.schema.sql(selectRecords), l.era, at.tx, at.seq, most)
	if err != nil {
		return 0, err
	}
	lines := make([]line, 0, most)
	var leaf, actor, subject []byte
	_, err = pgx.ForEachRow(rows, []any{&leaf, &actor, &subject, &at.tx, &at.seq}, func() error {
		i := index + uint64(len(lines))
		lines = append(lines, line{Type: "leaf", Era: int(l.era), Index: &i, Leaf: leaf, Actor: actor, Subject: subject})
		return nil
	})
	if err != nil {
		return 0, err
	}
	for i := range lines {
		if x.Proofs && *lines[i].Index < last {
			hashes, err := compute(read, func(read merkle.Tiles) ([]merkle.Hash, error) {
				return merkle.ProveInclusion(*lines[i].Index, last, read)
			})
			if err != nil {
				return n, err
			}
			lines[i].Proof = list(hashes)
		}
		if err := x.to.Encode(lines[i]); err != nil {
			return n, err
		}
		n++
	}
	x.leaves += n
	return n, nil
}

func list(hashes []merkle.Hash) [][]byte {
	all := make([][]byte, len(hashes))
	for i := range hashes {
		all[i] = hashes[i][:]
	}
	return all
}
