package pgseal_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance/pgseal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// tampering is one way to change what is on record. It is done by a superuser with the triggers off, and says whether it
// changed anything.
type tampering struct {
	name string
	do   func(ctx context.Context, b *bench, tx pgx.Tx, rng *rand.Rand) error
}

// tamperedRecords is how many records the trail has that is tampered with.
const tamperedRecords = 600

func tamperings() []tampering {
	run := func(sql string, args func(*rand.Rand) []any) func(context.Context, *bench, pgx.Tx, *rand.Rand) error {
		return func(ctx context.Context, b *bench, tx pgx.Tx, rng *rand.Rand) error {
			tag, err := tx.Exec(ctx, b.sql(sql), args(rng)...)
			if err == nil && tag.RowsAffected() == 0 {
				err = fmt.Errorf("%s changed nothing", sql)
			}
			return err
		}
	}
	const nth = `(SELECT era, tx, seq FROM {s}.audit_record ORDER BY tx, seq OFFSET $1 LIMIT 1)`
	one := func(rng *rand.Rand) []any { return []any{rng.IntN(tamperedRecords)} }
	two := func(rng *rand.Rand) []any {
		a := rng.IntN(tamperedRecords - 1)
		return []any{a, a + 1 + rng.IntN(tamperedRecords-a-1)}
	}
	return []tampering{
		{"a bit of a leaf", run(`UPDATE {s}.audit_record SET leaf = set_bit(leaf, $2 % (8 * length(leaf)),
			1 - get_bit(leaf, $2 % (8 * length(leaf)))) WHERE (era, tx, seq) = `+nth,
			func(rng *rand.Rand) []any { return []any{rng.IntN(tamperedRecords), rng.IntN(1 << 20)} })},
		{"a record deleted", run(`DELETE FROM {s}.audit_record WHERE (era, tx, seq) = `+nth, one)},
		{"a record inserted", run(`INSERT INTO {s}.audit_record (era, tx, seq, leaf) OVERRIDING SYSTEM VALUE
			SELECT era, tx, seq - 100000 - $1, leaf FROM {s}.audit_record ORDER BY tx, seq OFFSET $1 LIMIT 1`, one)},
		{"a record hidden before the first", run(`INSERT INTO {s}.audit_record (era, tx, seq, leaf) OVERRIDING SYSTEM VALUE
			SELECT era, '0', CASE $1::int % 3 WHEN 0 THEN 0 WHEN 1 THEN -9223372036854775808 ELSE -$1 END,
				overlay(leaf PLACING '\x77' FROM 3) FROM {s}.audit_record LIMIT 1`, one)},
		{"two records exchanged", run(`WITH p AS (SELECT tx, seq, leaf, row_number() OVER (ORDER BY tx, seq) - 1 AS n FROM {s}.audit_record)
			UPDATE {s}.audit_record AS r SET leaf = o.leaf FROM p, p AS o
			WHERE (r.tx, r.seq) = (p.tx, p.seq) AND (p.n, o.n) IN (($1::int, $2::int), ($2::int, $1::int))`, two)},
		{"the tail of the records", run(`DELETE FROM {s}.audit_record WHERE (tx, seq) IN
			(SELECT tx, seq FROM {s}.audit_record ORDER BY tx, seq OFFSET $1)`, one)},
		{"a record said twice", run(`INSERT INTO {s}.audit_record (leaf, actor, subject) SELECT leaf, actor, subject FROM {s}.audit_record
			ORDER BY tx, seq OFFSET $1 LIMIT 1`, one)},
		{"another person", run(`UPDATE {s}.audit_record SET actor = set_byte(actor, $2, (get_byte(actor, $2) + 1) % 256) WHERE (era, tx, seq) = `+nth,
			func(rng *rand.Rand) []any { return []any{rng.IntN(tamperedRecords), rng.IntN(32)} })},
		{"a bit of a tile", run(`UPDATE {s}.audit_tile SET hashes = set_bit(hashes, $2 % (8 * length(hashes)), 1 - get_bit(hashes, $2 % (8 * length(hashes))))
			WHERE (level, index) = (SELECT level, index FROM {s}.audit_tile ORDER BY level, index OFFSET $1 LIMIT 1)`,
			func(rng *rand.Rand) []any { return []any{rng.IntN(4), rng.IntN(1 << 20)} })},
		{"a tile cut", run(`UPDATE {s}.audit_tile SET hashes = substring(hashes FOR length(hashes) - 1 - $1::int % 31) WHERE level = $1::int % 2`, one)},
		{"a tile too long", run(`UPDATE {s}.audit_tile SET hashes = hashes || hashes || hashes WHERE level = $1::int % 2`, one)},
		{"a tile far away", run(`INSERT INTO {s}.audit_tile SELECT era, level, 9223372036854775807 - $1, hashes, tx, seq FROM {s}.audit_tile LIMIT 1`, one)},
		{"a size below zero", run(`UPDATE {s}.audit_log SET size = -1 - $1`, one)},
		{"a root that is none", run(`UPDATE {s}.audit_log SET root = substring(root FOR $1::int % 32)`, one)},
		{"a checkpoint's size below zero", run(`UPDATE {s}.audit_checkpoint SET size = -1 - size WHERE number = 1 + $1::int % 3`, one)},
		{"a leaf of nothing", run(`UPDATE {s}.audit_record SET leaf = '' WHERE (era, tx, seq) = `+nth, one)},
		{"a tile deleted", run(`DELETE FROM {s}.audit_tile WHERE (level, index) =
			(SELECT level, index FROM {s}.audit_tile ORDER BY level, index OFFSET $1 LIMIT 1)`,
			func(rng *rand.Rand) []any { return []any{rng.IntN(4)} })},
		{"a tile inserted", run(`INSERT INTO {s}.audit_tile SELECT era, level, index + 5 + $1, hashes, tx, seq FROM {s}.audit_tile LIMIT 1`, one)},
		{"a tile that begins elsewhere", run(`UPDATE {s}.audit_tile SET seq = seq + 1 + $1 WHERE (level, index) = (0, $1::int % 3)`, one)},
		{"a checkpoint deleted", run(`DELETE FROM {s}.audit_checkpoint WHERE number = 1 + $1::int % 3`, one)},
		{"a checkpoint changed", run(`UPDATE {s}.audit_checkpoint SET note = overlay(note PLACING
			chr(97 + (ascii(substr(note, 1 + $1::int % 300, 1)) + 1) % 26) FROM 1 + $1::int % 300 FOR 1) WHERE number = 1 + $1::int % 3`, one)},
		{"two checkpoints exchanged", run(`UPDATE {s}.audit_checkpoint SET note = (SELECT note FROM {s}.audit_checkpoint WHERE number = 2)
			WHERE number = 3 AND $1::int IS NOT NULL`, one)},
		{"the log's size", run(`UPDATE {s}.audit_log SET size = size + 1 - 2 * ($1::int % 2)`, one)},
		{"the log's root", run(`UPDATE {s}.audit_log SET root = sha256(root || $1::text::bytea)`,
			func(rng *rand.Rand) []any { return []any{fmt.Sprint(rng.Int())} })},
		{"the log's last record", run(`UPDATE {s}.audit_log SET seq = seq - 1 - $1`, one)},
		{"the log's database", run(`UPDATE {s}.audit_log SET system = system || $1::text`,
			func(rng *rand.Rand) []any { return []any{fmt.Sprint(rng.IntN(10))} })},
		{"the log deleted", run(`DELETE FROM {s}.audit_log WHERE $1::int IS NOT NULL`, one)},
		{"everything deleted", deleteAll},
		{"the end cut off, and all made to fit", cutOff},
		{"everything written anew, with the key", rewrite},
	}
}

// deleteAll leaves an empty trail that nobody has sealed.
func deleteAll(ctx context.Context, b *bench, tx pgx.Tx, _ *rand.Rand) error {
	_, err := tx.Exec(ctx, b.sql(`TRUNCATE {s}.audit_record, {s}.audit_log, {s}.audit_tile, {s}.audit_checkpoint, {s}.audit_published`))
	return err
}

// cutOff sets everything back to the first checkpoint: what is left is consistent, and was signed.
func cutOff(ctx context.Context, b *bench, tx pgx.Tx, rng *rand.Rand) error {
	return b.reseal(ctx, tx, `DELETE FROM {s}.audit_record WHERE (tx, seq) IN (SELECT tx, seq FROM {s}.audit_record ORDER BY tx, seq OFFSET $1)`,
		tamperedRecords-1-rng.IntN(tamperedRecords-1))
}

// rewrite changes a record and seals everything again, by somebody who has the key.
func rewrite(ctx context.Context, b *bench, tx pgx.Tx, rng *rand.Rand) error {
	return b.reseal(ctx, tx, `UPDATE {s}.audit_record SET leaf = overlay(leaf PLACING 'upsert'::bytea FROM position('append'::bytea IN leaf) FOR 6)
		WHERE (era, tx, seq) = (SELECT era, tx, seq FROM {s}.audit_record ORDER BY tx, seq OFFSET $1 LIMIT 1)`, rng.IntN(tamperedRecords))
}

// reseal changes the records, drops the seals and makes new ones in the same transaction, as the package itself does.
func (b *bench) reseal(ctx context.Context, tx pgx.Tx, change string, arg int) error {
	if _, err := tx.Exec(ctx, b.sql(change), arg); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, b.sql(`TRUNCATE {s}.audit_log, {s}.audit_tile, {s}.audit_checkpoint, {s}.audit_published`)); err != nil {
		return err
	}
	s, err := pgseal.New(pgseal.Config{Pool: b.pool, Schema: b.schema, Origin: "tutor.example/audit", Signers: b.signers()})
	if err != nil {
		return err
	}
	return pgseal.SealIn(ctx, s, tx)
}

// TestTampered changes the trail at random, each time in a transaction that is verified and rolled back. Whoever changes it
// has the database, and in the last way also the key; the checkpoints outside are what they do not have.
func TestTampered(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	folder := pgseal.Folder(t.TempDir())
	for range 3 {
		b.record(t, tamperedRecords/3)
		b.seal(t, b.sealer(t, func(c *pgseal.Config) { c.Publishers = []pgseal.Publisher{folder} }))
	}
	outside, err := folder.Checkpoints(b.keys)
	if err != nil || len(outside) < 3 {
		t.Fatalf("%d checkpoints outside (%v)", len(outside), err)
	}
	b.passes(t, outside...)
	rng := rand.New(rand.NewPCG(2026, 11))
	ways := tamperings()
	found := map[pgseal.FindingKind]int{}
	for i := range servertest.Count(220, 10_000) {
		way := ways[i%len(ways)]
		r := b.tamper(t, way, rng, outside)
		if r.Passed() {
			t.Errorf("not found: %s", way.name)
		}
		for _, f := range r.Findings {
			found[f.Kind]++
		}
	}
	t.Logf("findings: %v", found)
	b.passes(t, outside...)
}

// tamper changes the trail, verifies it as it is then, and undoes the change.
func (b *bench) tamper(t *testing.T, way tampering, rng *rand.Rand, outside []pgseal.Checkpoint) pgseal.Report {
	t.Helper()
	ctx := t.Context()
	tx, err := b.pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	if _, err := tx.Exec(ctx, b.sql(`ALTER TABLE {s}.audit_record DISABLE TRIGGER ALL`)); err != nil {
		t.Fatal(err)
	}
	if err := way.do(ctx, b, tx, rng); err != nil {
		t.Fatalf("%s: %v", way.name, err)
	}
	return b.verifyIn(t, tx, outside...)
}
