package pgpolicy

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
)

// SubjectType is the type of the column that holds the subject.
type SubjectType uint8

// The types. The zero SubjectType is Text.
const (
	Text    SubjectType = iota // text, character varying
	UUID                       // uuid
	Integer                    // smallint, integer, bigint
)

// Query says where a predicate is put.
type Query struct {
	// Alias is the name that the query gives the table; empty: the dataset's name, as in FROM messages.
	Alias string
	// Subject is the type of the subject column.
	Subject SubjectType
	// First is the number of the predicate's first argument; zero: 1. A query with arguments of its own numbers them before.
	First int
	// Standing is the relation of Config.Standing; empty: none. The role that queries must be able to read it, all of it.
	Standing pgx.Identifier
}

// Predicate returns a condition for WHERE that is true for the records within reach and false for all others, never NULL,
// and its arguments. It goes into the query itself, before ORDER BY and LIMIT, so that a page or the nearest vectors are
// taken from what the caller may see:
//
//	where, args, err := pgpolicy.Predicate(reach, pgpolicy.Query{First: 3})
//	rows, err := pool.Query(ctx, "SELECT id FROM messages WHERE "+where+" ORDER BY content_embedding <=> $1 LIMIT $2",
//		append([]any{vector, k}, args...)...)
//
// When few of the nearest vectors are within reach, an index on vectors runs out of candidates before LIMIT is reached, as
// under any condition: set hnsw.iterative_scan or ivfflat.iterative_scan (pgvector 0.8), which goes on until it is.
//
// Compared is as the guard compares: an id that is not written as the column's type writes it is nobody's. Masks are not
// the predicate's: see Reach.OwnMask.
//
// Errors: ErrStanding when the reach asks for consent, restrictions or holds and Query.Standing is empty; one for a relation
// that is not named by schema and name, and one for an id that PostgreSQL cannot hold.
func Predicate(r governance.Reach, q Query) (sql string, args []any, err error) {
	if len(q.Standing) != 0 {
		if err := checkTable(q.Standing); err != nil {
			return "", nil, fmt.Errorf("pgpolicy: predicate: standing: %w", err)
		}
	}
	if r.Dataset.Subject == "" { // nobody's own, and nobody who could consent or restrict
		return constant(r.Others == governance.Every), nil, nil
	}
	if !storable(string(r.Caller)) || !storable(string(r.Purpose)) {
		return "", nil, fmt.Errorf("pgpolicy: predicate: the caller is not a text that PostgreSQL takes")
	}
	p := predicate{reach: r, query: q}
	if r.Own == r.Others && r.Own == governance.Every && !r.Standing {
		return constant(true), nil, nil
	}
	own := p.own()
	others, err := p.others(own)
	if err != nil {
		return "", nil, err
	}
	switch {
	case r.Own != governance.Every || own == constant(false):
		return others, p.args, nil
	case others == constant(false):
		return own, p.args, nil
	}
	return "(" + own + " OR " + others + ")", p.args, nil
}

// predicate collects the arguments.
type predicate struct {
	reach governance.Reach
	query Query
	args  []any
}

func (p *predicate) argument(value any) string {
	p.args = append(p.args, value)
	return "$" + strconv.Itoa(max(1, p.query.First)+len(p.args)-1)
}

func (p *predicate) column() string {
	table := p.query.Alias
	if table == "" {
		table = p.reach.Dataset.Name
	}
	return pgx.Identifier{table, p.reach.Dataset.Subject}.Sanitize()
}

// own is true for the caller's own records and false for all others, in a form that an index serves.
func (p *predicate) own() string {
	id := string(p.reach.Caller)
	if id == "" || p.reach.Own != governance.Every && p.reach.Others == governance.None {
		return constant(false)
	}
	mine := func(kind string, value any) string {
		return "(" + p.column() + " IS NOT NULL AND " + p.column() + " = " + p.argument(value) + "::" + kind + ")"
	}
	switch p.query.Subject {
	case UUID:
		if !isUUID(id) {
			return constant(false)
		}
		return mine("uuid", id)
	case Integer:
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil || strconv.FormatInt(n, 10) != id {
			return constant(false)
		}
		return mine("bigint", n)
	}
	return mine("text", id)
}

// others is true for the records of others that are reached, and never NULL.
func (p *predicate) others(own string) (string, error) {
	if p.reach.Others != governance.Every && p.reach.Others != governance.Consenting {
		return constant(false), nil
	}
	var all []string
	if own != constant(false) {
		all = append(all, "NOT "+own)
	}
	consenting := p.reach.Others == governance.Consenting
	if (consenting || p.reach.Standing) && len(p.query.Standing) == 0 {
		return "", fmt.Errorf("%w: the reach depends on it", ErrStanding)
	}
	relation, text := p.query.Standing.Sanitize(), p.column()+"::text"
	if consenting {
		all = append(all, fmt.Sprintf("%s <> '' AND EXISTS (SELECT FROM %s shugo_s WHERE shugo_s.subject = %s AND "+
			"shugo_s.purpose = nullif(%s::text, '') AND shugo_s.consented)", text, relation, text,
			p.argument(string(p.reach.Purpose))))
	}
	if p.reach.Standing {
		barred := "shugo_s.restricted"
		if a := p.reach.Target.Action; a == governance.Delete || a == governance.Erase {
			barred = "(shugo_s.restricted OR shugo_s.held)"
		}
		all = append(all, fmt.Sprintf("NOT EXISTS (SELECT FROM %s shugo_s WHERE shugo_s.subject = %s AND "+
			"shugo_s.subject <> '' AND %s)", relation, text, barred))
	}
	if len(all) == 0 {
		return constant(true), nil
	}
	return "((" + strings.Join(all, " AND ") + ") IS TRUE)", nil
}

func constant(is bool) string {
	if is {
		return "TRUE"
	}
	return "FALSE"
}

// isUUID reports whether a text is a uuid as PostgreSQL writes it.
func isUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i := range len(text) {
		c := text[i]
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f'):
			return false
		}
	}
	return true
}
