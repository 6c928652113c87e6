package pgseal

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/leaf"
	"github.com/shugo-data/shugo/internal/merkle"
)

// verifier is one verification under way.
type verifier struct {
	VerifyConfig
	db     querier
	schema schemaName
	report *Report
	events events
}

const selectLogs = `SELECT ` + columnsOfLog + ` FROM %[1]s."audit_log" ORDER BY "era"`

func (v *verifier) verify(ctx context.Context) error {
	rows, err := v.db.Query(ctx, v.schema.sql(selectLogs))
	if err != nil {
		return err
	}
	var logs []logRow
	for rows.Next() {
		var l logRow
		if err := l.scan(rows); err != nil {
			rows.Close()
			return err
		}
		logs = append(logs, l)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	v.linked(logs)
	for i := range logs {
		if err := v.log(ctx, &logs[i]); err != nil {
			return err
		}
	}
	if err := v.strays(ctx, logs); err != nil {
		return err
	}
	return v.duplicates(ctx)
}

// linked checks that each log names the one before, and that every trusted checkpoint is of one of them.
func (v *verifier) linked(logs []logRow) {
	names := map[string]bool{}
	for i, l := range logs {
		names[l.name()] = true
		want := ""
		if i > 0 {
			before := logs[i-1]
			want = Checkpoint{Origin: before.name(), Size: before.size, Root: before.root}.link()
		}
		if l.previous != want {
			v.report.add(Finding{Kind: Unlinked, Era: int(l.era), Index: -1, Detail: fmt.Sprintf("it names %q, the log before is %q", l.previous, want)})
		}
	}
	for _, c := range v.Trusted {
		if !names[c.Origin] {
			v.report.add(Finding{Kind: UnknownOrigin, Index: c.Number, Detail: fmt.Sprintf("checkpoint of %q, which is not here", c.Origin)})
		}
	}
}

// logVerifier is the verification of one log.
type logVerifier struct {
	*verifier
	log      *logRow
	found    *LogReport
	builder  merkle.Builder
	computed map[merkle.TileID][]merkle.Hash // since the last comparison
	starts   map[uint64]record               // of the tiles of level 0 among them
	entries  []record                        // of the leaves since the last comparison
	first    uint64                          // the leaf that entries begins with
	last     record                          // the place of the last leaf
	claims   map[uint64][]claim              // what checkpoints say, by size
	sizes    []uint64                        // of the claims, that are still to come
}

// log verifies one log.
func (v *verifier) log(ctx context.Context, l *logRow) error {
	v.report.Logs = append(v.report.Logs, LogReport{Era: int(l.era), Origin: l.name(), Size: l.size})
	lv := &logVerifier{
		verifier: v, log: l, found: &v.report.Logs[len(v.report.Logs)-1], computed: map[merkle.TileID][]merkle.Hash{},
		starts: map[uint64]record{}, claims: map[uint64][]claim{},
	}
	if err := lv.checkpoints(ctx); err != nil {
		return err
	}
	lv.sizes = slices.Sorted(maps.Keys(lv.claims))
	lv.settle()
	for at := (record{"0", math.MinInt64}); ; { // a sealer begins at 0: what stands before that was put there
		n, err := lv.chunk(ctx, &at)
		if err != nil {
			return err
		}
		if v.Progress != nil {
			v.Progress(v.report.Records)
		}
		if n < chunkSize {
			break
		}
	}
	return lv.end(ctx)
}

// chunkSize is how many records are read and compared at once: whole tiles.
const chunkSize = 256 * merkle.TileWidth

const selectRecords = `
SELECT "leaf", "actor", "subject", "tx"::text, "seq" FROM %[1]s."audit_record" AS r
WHERE "era" = $1 AND ("tx", "seq") > ($2::text::xid8, $3) ORDER BY r."tx", r."seq" LIMIT $4`

// chunk reads the next records, and compares the nodes that they give with those that are stored.
func (v *logVerifier) chunk(ctx context.Context, at *record) (n int, err error) {
	v.entries, v.first = v.entries[:0], v.builder.Size()
	rows, err := v.db.Query(ctx, v.schema.sql(selectRecords), v.log.era, at.tx, at.seq, chunkSize)
	if err != nil {
		return 0, err
	}
	var e leaf.Entry
	for rows.Next() {
		err := rows.Scan((*reused)(&e.Leaf), (*opening)(&e.Actor), (*opening)(&e.Subject), &at.tx, &at.seq)
		if err != nil {
			rows.Close()
			return n, err
		}
		n++
		v.record(e, *at)
	}
	if err := rows.Err(); err != nil {
		return n, err
	}
	return n, v.compare(ctx)
}

// record takes one record: as a leaf while it is sealed, and as one that is not beyond.
func (v *logVerifier) record(e leaf.Entry, at record) {
	index := int64(v.builder.Size())
	v.events.add(e.Leaf)
	persons, err := e.Persons()
	switch {
	case err == nil:
		v.report.Erased += persons
	case isOpening(err):
		v.finding(WrongOpening, index, at, err.Error())
	default:
		v.finding(Malformed, index, at, err.Error())
	}
	if v.builder.Size() >= v.log.size {
		v.report.Unsealed++
		return
	}
	if index%merkle.TileWidth == 0 {
		v.starts[uint64(index)/merkle.TileWidth] = at
	}
	v.entries, v.last = append(v.entries, at), at
	v.builder.Append(merkle.LeafHash(e.Leaf))
	v.report.Records++
	v.settle()
}

func (v *logVerifier) finding(kind FindingKind, index int64, at record, detail string) {
	v.report.add(Finding{Kind: kind, Era: int(v.log.era), Index: index, Tx: at.tx, Seq: at.seq, Detail: detail})
}

// opening scans an opening into memory that is used again; nil for NULL.
type opening []byte

// ScanBytes implements pgtype.BytesScanner.
func (o *opening) ScanBytes(b []byte) error {
	if b == nil {
		*o = (*o)[:0]
		return nil
	}
	*o = append((*o)[:0], b...)
	return nil
}

// compare holds the nodes that the chunk gave against those that are stored.
func (v *logVerifier) compare(ctx context.Context) error {
	var ids []merkle.TileID
	err := v.builder.Flush(func(id merkle.TileID, hashes []merkle.Hash) error {
		v.computed[id] = slices.Clone(hashes)
		ids = append(ids, id)
		return nil
	})
	if err != nil {
		return err
	}
	stored, err := readTiles(ctx, v.db, v.schema, v.log.era)(ids)
	if err != nil {
		return err
	}
	starts, err := v.storedStarts(ctx, ids)
	if err != nil {
		return err
	}
	slices.SortFunc(ids, func(a, b merkle.TileID) int { return a.Level - b.Level })
	for _, id := range ids {
		v.compareTile(id, v.computed[id], stored[id], starts)
	}
	clear(v.computed)
	clear(v.starts)
	return nil
}

// compareTile reports the first hash of a tile that differs.
func (v *logVerifier) compareTile(id merkle.TileID, computed, stored []merkle.Hash, starts map[uint64]record) {
	for i, h := range computed {
		if i < len(stored) && stored[i] == h {
			continue
		}
		index := (id.Index*merkle.TileWidth + uint64(i)) << (merkle.TileHeight * id.Level)
		if id.Level == 0 {
			v.finding(Changed, int64(index), v.placeOf(index), "the record does not have the hash that was sealed")
		} else {
			v.finding(TileChanged, int64(index), record{}, fmt.Sprintf("tile %d of level %d, hash %d", id.Index, id.Level, i))
		}
		return
	}
	if start, here := v.starts[id.Index]; id.Level == 0 && here && starts[id.Index] != start {
		v.finding(TileChanged, int64(id.Index*merkle.TileWidth), start, "the tile names another first record")
	}
}

// placeOf returns the place of a leaf of the chunk.
func (v *logVerifier) placeOf(index uint64) record {
	if at := index - v.first; index >= v.first && at < uint64(len(v.entries)) {
		return v.entries[at]
	}
	return record{}
}

const selectStarts = `
SELECT "index", "tx"::text, "seq" FROM %[1]s."audit_tile"
WHERE "era" = $1 AND "level" = 0 AND "index" = ANY($2::bigint[]) AND "tx" IS NOT NULL AND "seq" IS NOT NULL`

func (v *logVerifier) storedStarts(ctx context.Context, ids []merkle.TileID) (map[uint64]record, error) {
	var indexes []int64
	for _, id := range ids {
		if id.Level == 0 {
			indexes = append(indexes, int64(id.Index))
		}
	}
	rows, err := v.db.Query(ctx, v.schema.sql(selectStarts), v.log.era, indexes)
	if err != nil {
		return nil, err
	}
	starts := map[uint64]record{}
	var index int64
	var at record
	_, err = pgx.ForEachRow(rows, []any{&index, &at.tx, &at.seq}, func() error {
		starts[uint64(index)] = at
		return nil
	})
	return starts, err
}

const selectStrayTiles = `
SELECT count(*) FROM %[1]s."audit_tile"
WHERE "era" = $1 AND ("level" < 0 OR "level" > 7 OR "index" < 0 OR "index" >= (($2::bigint >> (8 * "level"::int)) + 255) / 256)`

const selectWidth = `
SELECT coalesce(sum(length("hashes")), 0) FROM %[1]s."audit_tile" WHERE "era" = $1`

// end compares what the records gave with what the log says of itself.
func (v *logVerifier) end(ctx context.Context) error {
	size, root := v.builder.Size(), v.builder.Root()
	v.found.Root = root[:]
	switch {
	case size < v.log.size:
		v.finding(Missing, int64(size), v.last, fmt.Sprintf("%d records, %d were sealed", size, v.log.size))
	case root != v.log.root:
		v.finding(RootChanged, -1, record{}, "the records have another root than the log")
	case size > 0 && v.last != v.log.last:
		v.finding(RootChanged, int64(size)-1, v.last, "the log names another last record")
	}
	var strays, width int
	if err := v.db.QueryRow(ctx, v.schema.sql(selectStrayTiles), v.log.era, v.log.size).Scan(&strays); err != nil {
		return err
	}
	if strays > 0 {
		v.finding(Inserted, -1, record{}, fmt.Sprintf("%d tiles that no record accounts for", strays))
	}
	if err := v.db.QueryRow(ctx, v.schema.sql(selectWidth), v.log.era).Scan(&width); err != nil {
		return err
	}
	want := 0
	for nodes := v.log.size; nodes > 0; nodes >>= merkle.TileHeight {
		want += int(nodes) * merkle.HashSize
	}
	if strays == 0 && width != want {
		v.finding(TileChanged, -1, record{}, fmt.Sprintf("the tiles hold %d bytes, want %d", width, want))
	}
	v.unsettled()
	return nil
}

// selectStrayRecords finds what reading the logs does not: records of no log, and the place that they are read from.
const selectStrayRecords = `
SELECT "era", count(*) FROM %[1]s."audit_record"
WHERE NOT "era" = ANY($1::smallint[]) OR ("tx", "seq") = ('0'::xid8, -9223372036854775808)
GROUP BY "era" ORDER BY "era"`

// strays reports records of eras that have no log. Before the first seal, there is none yet.
func (v *verifier) strays(ctx context.Context, logs []logRow) error {
	eras := []int16{}
	for _, l := range logs {
		eras = append(eras, l.era)
	}
	rows, err := v.db.Query(ctx, v.schema.sql(selectStrayRecords), eras)
	if err != nil {
		return err
	}
	var era, count int
	_, err = pgx.ForEachRow(rows, []any{&era, &count}, func() error {
		if len(logs) == 0 {
			v.report.Unsealed += count
			return nil
		}
		v.report.add(Finding{Kind: Inserted, Era: era, Index: -1, Detail: fmt.Sprintf("%d records that are in no log", count)})
		return nil
	})
	return err
}
