package pgseal

import (
	"context"
	"fmt"
	"hash/maphash"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Where a leaf has the identifier of its event and the text of its kind: see package leaf.
const (
	idAt   = 1
	idEnd  = idAt + 16
	kindAt = idEnd + 16
)

// events are the events of the records that were read, by a hash of 8 bytes under a seed that nobody knows: what is there
// twice is looked up, and may be two events of one hash.
type events struct {
	seed   maphash.Seed
	hashes []uint64
}

// add notes the event of a leaf. A leaf that is too short for one is reported as malformed anyway.
func (e *events) add(leaf []byte) {
	if len(leaf) <= kindAt || len(leaf) <= kindAt+int(leaf[kindAt]) {
		return
	}
	if e.hashes == nil {
		e.seed = maphash.MakeSeed()
	}
	var event [idEnd - idAt + 1 + 255]byte
	n := copy(event[:], leaf[idAt:idEnd])
	n += copy(event[n:], leaf[kindAt:kindAt+1+int(leaf[kindAt])])
	e.hashes = append(e.hashes, maphash.Bytes(e.seed, event[:n]))
}

// doubled reports whether two hashes are the same.
func (e *events) doubled() bool {
	slices.Sort(e.hashes)
	for i := 1; i < len(e.hashes); i++ {
		if e.hashes[i] == e.hashes[i-1] {
			return true
		}
	}
	return false
}

// selectDuplicates takes the identifier and the kind out of the leaves, whose bytes it counts from 1.
const selectDuplicates = `
SELECT "era", "tx"::text, "seq", count(*) OVER () FROM (
	SELECT "era", "tx", "seq", row_number() OVER (
		PARTITION BY substring("leaf" FROM 2 FOR 16), substring("leaf" FROM 34 FOR 1 + get_byte("leaf", 33))
		ORDER BY "era", "tx", "seq"
	) AS "time"
	FROM %[1]s."audit_record" WHERE length("leaf") > 34
) AS r
WHERE "time" > 1 ORDER BY r."era", r."tx", r."seq" LIMIT 100`

// duplicates reports every record of an event that is on record before it.
func (v *verifier) duplicates(ctx context.Context) error {
	if !v.events.doubled() {
		return nil
	}
	rows, err := v.db.Query(ctx, v.schema.sql(selectDuplicates))
	if err != nil {
		return err
	}
	var era, all, listed int
	var at record
	_, err = pgx.ForEachRow(rows, []any{&era, &at.tx, &at.seq, &all}, func() error {
		listed++
		v.report.add(Finding{
			Kind: Duplicate, Era: era, Index: -1, Tx: at.tx, Seq: at.seq,
			Detail: fmt.Sprintf("its event is on record before; %d such records", all),
		})
		return nil
	})
	v.report.Found += all - listed
	return err
}
