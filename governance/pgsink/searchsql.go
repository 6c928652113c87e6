package pgsink

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/leaf"
)

// selectPage selects a page of what is indexed, and all of the log that is not.
const selectPage = `
WITH "mark" AS MATERIALIZED (SELECT "era", "tx", "seq" FROM %[1]s."audit_indexed")
(
	SELECT true, r."leaf", r."actor", r."subject"
	FROM (
		SELECT "era", "tx", "seq" FROM %[1]s."audit_index" AS i%[2]s
		ORDER BY "decided_at" %[3]s, "id" %[3]s, "kind" %[3]s
		LIMIT $%[4]d
	) AS i
	CROSS JOIN LATERAL (
		SELECT "leaf", "actor", "subject" FROM %[1]s."audit_record"
		WHERE ("era", "tx", "seq") = (i."era", i."tx", i."seq") OFFSET 0
	) AS r
)
UNION ALL
SELECT false, "leaf", "actor", "subject" FROM %[1]s."audit_record"
WHERE ("era", "tx", "seq") > ((SELECT "era" FROM "mark"), (SELECT "tx" FROM "mark"), (SELECT "seq" FROM "mark"))`

// searchSQL returns the statement of one page. It has only the conditions that q asks for, each a constant with one
// parameter: with all of them in one text and "$1 IS NULL OR", PostgreSQL may settle on a plan that reads every row.
func (s *Sink) searchSQL(q Query, size int) (sql string, args []any) {
	var where strings.Builder
	add := func(condition string, values ...any) {
		marks := make([]any, len(values))
		for i, value := range values {
			args = append(args, value)
			marks[i] = len(args)
		}
		where.WriteString("\n\t" + []string{"WHERE ", "AND "}[min(where.Len(), 1)])
		fmt.Fprintf(&where, condition, marks...)
	}
	if q.Subject != "" {
		add(`i."subject" = $%d::text::uuid`, string(s.pseudonyms.Of(q.Subject)))
	}
	if q.Actor != "" {
		add(`i."actor" = $%d::text::uuid`, string(s.pseudonyms.Of(q.Actor)))
	}
	if q.ID != (governance.EventID{}) {
		add(`i."id" = $%d::text::uuid`, q.ID.String())
	}
	if q.Kind != "" {
		add(`i."kind" = $%d`, int16(codeOf(q.Kind)))
	}
	if q.Operation != "" {
		add(`i."operation" = $%d`, leaf.Clean(q.Operation))
	}
	if q.Action != "" {
		add(`i."action" = $%d`, leaf.Clean(string(q.Action)))
	}
	if q.Category != "" {
		add(`i."categories" @> ARRAY[$%d::text]`, leaf.Clean(string(q.Category)))
	}
	if !q.From.IsZero() {
		add(`i."decided_at" >= $%d`, ceil(q.From))
	}
	if !q.To.IsZero() {
		add(`i."decided_at" < $%d`, ceil(q.To))
	}
	order, beyond := "DESC", "<"
	if q.OldestFirst {
		order, beyond = "ASC", ">"
	}
	if q.After.Kind != "" {
		add(`(i."decided_at", i."id", i."kind") `+beyond+` ($%d, $%d::text::uuid, $%d)`,
			q.After.Time, q.After.ID.String(), int16(codeOf(q.After.Kind)))
	}
	args = append(args, size)
	return fmt.Sprintf(selectPage, quote(s.schema), where.String(), order, len(args)), args
}

// ceil returns t at the precision of the trail; of two bounds between the same two microseconds neither may cut one off.
func ceil(t time.Time) time.Time {
	if whole := t.Truncate(time.Microsecond); !whole.Equal(t) {
		return whole.Add(time.Microsecond)
	}
	return t
}

// uuidOf returns the pseudonym of an opening as a uuid in text; nil for nobody.
func uuidOf(opening []byte) *string {
	if len(opening) != leaf.OpeningSize {
		return nil
	}
	text := hex.EncodeToString(opening[:pseudonymSize])
	return &text
}

// pseudonymSize is how many bytes of an opening are the pseudonym.
const pseudonymSize = 16
