package pgsink

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/shugo-data/shugo/internal/leaf"
)

// place is where a record is in the log.
type place struct {
	era int16
	tx  string // the number of a transaction, which is no type of pgx's
	seq int64
}

// listing is a batch of the log by columns, as it goes into the index.
type listing struct {
	places    places
	ids       []pgtype.UUID
	kinds     []int16
	decidedAt []time.Time
	operation []string
	action    []string
	category  []string // literals of arrays
	persons   persons

	bad        places // those that cannot be read
	badPersons persons
	last       place
}

type places struct {
	era []int16
	tx  []string
	seq []int64
}

func (p *places) add(x place) {
	p.era, p.tx, p.seq = append(p.era, x.era), append(p.tx, x.tx), append(p.seq, x.seq)
}

type persons struct{ actor, subject []pgtype.UUID }

func (p *persons) add(e leaf.Entry) {
	p.actor, p.subject = append(p.actor, person(e.Actor)), append(p.subject, person(e.Subject))
}

// person returns the pseudonym in an opening.
func person(opening []byte) pgtype.UUID {
	var p pgtype.UUID
	p.Valid = len(opening) >= len(p.Bytes) && copy(p.Bytes[:], opening) > 0
	return p
}

func (l *listing) len() int { return len(l.places.seq) + len(l.bad.seq) }

func (l *listing) add(p place, e leaf.Entry) {
	l.last = p
	r, err := read(e)
	if err != nil {
		l.bad.add(p)
		l.badPersons.add(e)
		return
	}
	l.places.add(p)
	l.persons.add(e)
	l.ids = append(l.ids, pgtype.UUID{Bytes: r.ID, Valid: true})
	l.kinds = append(l.kinds, kindNumber(r.Kind))
	l.decidedAt = append(l.decidedAt, r.Time)
	l.operation = append(l.operation, r.Operation)
	l.action = append(l.action, string(r.Action))
	l.category = append(l.category, array(r.Categories))
}

// errNoWatermark: the one row of audit_indexed is gone.
var errNoWatermark = errors.New("pgsink: audit_indexed is empty")

const insertListed = `
INSERT INTO %[1]s."audit_index" ("era", "tx", "seq", "id", "kind", "decided_at", "operation", "action", "categories",
	"actor", "subject")
SELECT "era", "tx"::xid8, "seq", "id", "kind", "decided_at", "operation", "action", "categories"::text[], "actor", "subject"
FROM unnest($1::smallint[], $2::text[], $3::bigint[], $4::uuid[], $5::smallint[], $6::timestamptz[], $7::text[], $8::text[],
	$9::text[], $10::uuid[], $11::uuid[])
	AS "row" ("era", "tx", "seq", "id", "kind", "decided_at", "operation", "action", "categories", "actor", "subject")
ON CONFLICT ("id", "kind") DO NOTHING`

// insertAgain puts those records aside whose events are in the index in another place.
const insertAgain = `
INSERT INTO %[1]s."audit_aside" ("era", "tx", "seq", "reason", "actor", "subject")
SELECT "row"."era", "row"."tx"::xid8, "row"."seq", 'again', "row"."actor", "row"."subject"
FROM unnest($1::smallint[], $2::text[], $3::bigint[], $4::uuid[], $5::smallint[], $6::uuid[], $7::uuid[])
		AS "row" ("era", "tx", "seq", "id", "kind", "actor", "subject")
	JOIN %[1]s."audit_index" AS "first" USING ("id", "kind")
WHERE ("first"."era", "first"."tx", "first"."seq") <> ("row"."era", "row"."tx"::xid8, "row"."seq")
ON CONFLICT ("era", "tx", "seq") DO NOTHING`

const insertMalformed = `
INSERT INTO %[1]s."audit_aside" ("era", "tx", "seq", "reason", "actor", "subject")
SELECT "era", "tx"::xid8, "seq", 'malformed', "actor", "subject"
FROM unnest($1::smallint[], $2::text[], $3::bigint[], $4::uuid[], $5::uuid[])
	AS "row" ("era", "tx", "seq", "actor", "subject")
ON CONFLICT ("era", "tx", "seq") DO NOTHING`

const moveWatermark = `UPDATE %[1]s."audit_indexed" SET "era" = $1, "tx" = $2::text::xid8, "seq" = $3`

// list writes a batch and moves the watermark behind it.
func (s *Sink) list(ctx context.Context, tx pgx.Tx, l listing) error {
	name := quote(s.schema)
	tag, err := tx.Exec(ctx, fmt.Sprintf(insertListed, name), l.places.era, l.places.tx, l.places.seq, l.ids, l.kinds,
		l.decidedAt, l.operation, l.action, l.category, l.persons.actor, l.persons.subject)
	if err != nil {
		return err
	}
	var b pgx.Batch
	if tag.RowsAffected() < int64(len(l.ids)) {
		b.Queue(fmt.Sprintf(insertAgain, name), l.places.era, l.places.tx, l.places.seq, l.ids, l.kinds,
			l.persons.actor, l.persons.subject)
	}
	if len(l.bad.seq) > 0 {
		b.Queue(fmt.Sprintf(insertMalformed, name), l.bad.era, l.bad.tx, l.bad.seq, l.badPersons.actor, l.badPersons.subject)
	}
	b.Queue(fmt.Sprintf(moveWatermark, name), l.last.era, l.last.tx, l.last.seq).Exec(func(tag pgconn.CommandTag) error {
		if tag.RowsAffected() != 1 {
			return errNoWatermark
		}
		return nil
	})
	return tx.SendBatch(ctx, &b).Close()
}

// array returns names as the literal of a PostgreSQL array of text.
func array[T ~string](names []T) string {
	if len(names) == 0 {
		return "{}"
	}
	var b strings.Builder
	for i, name := range names {
		b.WriteByte("{,"[min(i, 1)])
		b.WriteByte('"')
		for _, c := range []byte(name) {
			if c == '"' || c == '\\' {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		}
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String()
}
