package pgsink

import (
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
)

// row is a record in the form in which it travels to PostgreSQL. Identifiers and lists travel as text, so that the same
// statements work in every query mode of pgx, those for connection poolers included.
type row struct {
	id, kind                                      string
	decidedAt                                     time.Time
	operation, store, dataset, categories         string
	action, purpose, version, stage, rule, reason string
	rows                                          *int64 // nil: nobody counted
	masked                                        string
	actor, subject                                *string // nil: nobody
}

// columns are the columns of the table that a row fills, in the order of row.args.
const columns = `"id", "kind", "decided_at", "operation", "store", "dataset", "categories", "action", "purpose",
	"version", "stage", "rule", "reason", "rows", "masked", "actor", "subject"`

// rowOf returns what is stored of an event: persons are pseudonyms from here on.
func (s *Sink) rowOf(e governance.Event) row {
	r := row{
		id: e.ID.String(), kind: clean(e.Kind), decidedAt: e.Time,
		operation: clean(e.Operation), store: clean(e.Store), dataset: clean(e.Dataset), categories: list(e.Categories),
		action: clean(e.Action), purpose: clean(e.Purpose), version: clean(e.Version), stage: clean(e.Stage),
		rule: clean(e.Rule), reason: clean(e.Reason), masked: list(e.Masked),
		actor: s.person(e.Actor), subject: s.person(e.Subject),
	}
	if e.Rows >= 0 {
		rows := e.Rows
		r.rows = &rows
	}
	return r
}

func (s *Sink) person(who governance.Subject) *string {
	p := string(s.pseudonyms.Of(who))
	if p == "" {
		return nil
	}
	return &p
}

func (r *row) args() []any {
	return []any{
		r.id, r.kind, r.decidedAt, r.operation, r.store, r.dataset, r.categories, r.action, r.purpose,
		r.version, r.stage, r.rule, r.reason, r.rows, r.masked, r.actor, r.subject,
	}
}

// clean returns a name as a text that PostgreSQL takes. The purpose of a refused call is whatever the caller claimed, and
// a byte that the database refuses must not keep the refusal off the record.
func clean[T ~string](name T) string {
	text := string(name)
	if utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 {
		return text
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// list returns names as the literal of a PostgreSQL array of text.
func list[T ~string](names []T) string {
	if len(names) == 0 {
		return "{}"
	}
	var b strings.Builder
	for i, name := range names {
		b.WriteByte("{,"[min(i, 1)])
		b.WriteByte('"')
		for _, c := range []byte(clean(name)) {
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

// scan reads a record back from a row of columns.
func scan(rows pgx.Rows) (governance.Record, error) {
	var r governance.Record
	var id [16]byte
	var count *int64
	var kind string
	var actor, subject *[16]byte
	err := rows.Scan(&id, &kind, &r.Time, &r.Operation, &r.Store, &r.Dataset, &r.Categories, &r.Action, &r.Purpose,
		&r.Version, &r.Stage, &r.Rule, &r.Reason, &count, &r.Masked, &actor, &subject)
	if err != nil {
		return governance.Record{}, err
	}
	r.ID, r.Kind, r.Time, r.Rows = governance.EventID(id), governance.Kind(kind), r.Time.UTC(), governance.NotCounted
	if count != nil {
		r.Rows = *count
	}
	if len(r.Categories) == 0 {
		r.Categories = nil
	}
	if len(r.Masked) == 0 {
		r.Masked = nil
	}
	if actor != nil {
		r.Actor = governance.Pseudonym(hex.EncodeToString(actor[:]))
	}
	if subject != nil {
		r.Subject = governance.Pseudonym(hex.EncodeToString(subject[:]))
	}
	return r, nil
}
