package quality

import (
	"context"
	"math"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/servertest"
)

// createTable makes the table that everyone checks, as an application declares it before it thinks of quality: of what is
// checked, the primary key alone can be proven from the catalog. Autovacuum would be counted as work of whoever runs.
const createTable = `
CREATE TABLE conversation_messages (
	id              bigint NOT NULL,
	conversation_id bigint,
	user_id         bigint,
	sequence        integer,
	role            text,
	content         text,
	content_hash    text,
	language        text,
	jlpt_level      text,
	tokens          integer,
	latency_ms      double precision,
	score           double precision,
	model           text,
	external_id     text,
	created_at      timestamptz,
	updated_at      timestamptz
) WITH (autovacuum_enabled = false)`

// fillTable writes $1 rows, the same each time. In each 10,000 rows it plants the defects that the checks name: row i has
// the defect whose remainder i % 10000 equals, or i % 1000 for the more frequent ones; no external_id occurs again unless $2.
// Some rows are at the very bound of what is expected.
const fillTable = `
INSERT INTO conversation_messages
SELECT i,
	CASE WHEN i % 10000 = 101 THEN NULL ELSE i / 20 END,
	CASE WHEN i % 10000 = 102 THEN NULL ELSE i % 5003 END,
	CASE WHEN i % 10000 IN (103, 104) THEN -1 WHEN i % 10000 = 127 THEN 10000 ELSE i % 20 + 1 END,
	CASE WHEN i % 10000 IN (105, 106, 107) THEN 'moderator' WHEN i % 2 = 0 THEN 'user' ELSE 'assistant' END,
	CASE WHEN i % 1000 = 108 THEN NULL
	     WHEN i % 10000 IN (109, 110) THEN ''
	     WHEN i % 10000 = 111 THEN repeat('長', 201)
	     WHEN i % 10000 = 128 THEN repeat('長', 200)
	     WHEN i % 10000 = 129 THEN repeat('a', 200)
	     ELSE substr(prose, (i * 31 % 97)::integer + 1, (i * 17 % 81)::integer + 10) END,
	CASE WHEN i % 10000 = 112 THEN NULL
	     WHEN i % 10000 = 113 THEN upper(md5('a' || i))
	     WHEN i % 10000 = 114 THEN left(md5(i::text), 31)
	     WHEN i % 10000 = 115 THEN md5(i::text) || chr(10)
	     WHEN i % 10000 = 116 THEN ''
	     ELSE md5(i::text) END,
	CASE WHEN i % 1000 = 117 THEN 'xx' WHEN i % 10 < 8 THEN 'ja' ELSE 'en' END,
	CASE WHEN i % 10 = 3 THEN NULL WHEN i % 10000 = 118 THEN 'N6' ELSE 'N' || (i % 5 + 1) END,
	CASE i % 10000 WHEN 119 THEN 99999 WHEN 130 THEN 0 WHEN 131 THEN 8192 ELSE (i * 37 % 500 + 1)::integer END,
	CASE WHEN i % 20 = 7 THEN NULL ELSE 200 + (i * 7919 % 4001) / 4.0 END,
	CASE WHEN i % 10000 IN (120, 121) THEN 1.5 ELSE (i * 17 % 1001) / 1000.0 END,
	CASE WHEN i % 3 = 0 THEN 'tutor-large' ELSE 'tutor-small' END,
	'msg-' || md5('e' || CASE WHEN $2 AND i % 10000 = 122 THEN i - 1 ELSE i END),
	CASE WHEN i % 10000 = 123 THEN NULL ELSE timestamptz '2026-01-01 00:00:00Z' + i * interval '7 s' END,
	CASE WHEN i % 10000 = 123 THEN NULL
	     WHEN i % 10000 IN (124, 125, 126) THEN timestamptz '2026-01-01 00:00:00Z' + i * interval '7 s' - interval '1 s'
	     ELSE timestamptz '2026-01-01 00:00:00Z' + i * interval '7 s' + (i % 2) * interval '1 day' END
FROM generate_series(1, $1::bigint) AS i,
	(SELECT repeat('私は毎朝コーヒーを飲みながら日本語の新聞を読みます。助詞の「は」と「が」の違いを教えてください。'
		|| 'この文では主題を示すために「は」を使うのが自然です。', 3) AS prose) AS text`

// table is a table as the checks meet it.
type table struct {
	rows     int  // a multiple of 10,000
	repeated bool // some values of external_id occur again
}

// unexpected returns how many rows of the table a check is to find.
func (t table) unexpected(c check) int64 {
	if c.name == externalUnique().name && !t.repeated {
		return 0
	}
	return int64(c.planted * t.rows / 10_000)
}

// load makes a database with the table, in the state of a table at rest: indexed, all its pages visible, statistics fresh and
// nothing left to write.
func (t table) load(tb testing.TB) (url string) {
	tb.Helper()
	url = servertest.Database(tb)
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, createTable); err != nil {
		tb.Fatal(err)
	}
	if _, err := conn.Exec(ctx, fillTable, t.rows, t.repeated); err != nil {
		tb.Fatal(err)
	}
	for _, sql := range []string{
		`ALTER TABLE conversation_messages ADD PRIMARY KEY (id)`,
		`VACUUM (FREEZE, ANALYZE) conversation_messages`,
		`CHECKPOINT`,
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			tb.Fatal(err)
		}
	}
	return url
}

// observed returns the aggregates of the table, from how it is made.
func (t table) observed() map[string]float64 {
	var tokens, latency, square, most, present float64
	for i := 1; i <= t.rows; i++ {
		switch i % 10_000 {
		case 119:
			tokens += 99999
		case 130:
		case 131:
			tokens += 8192
		default:
			tokens += float64(i*37%500 + 1)
		}
		if i%20 == 7 {
			continue
		}
		ms := 200 + float64(i*7919%4001)/4
		present++
		latency += ms
		square += ms * ms
		most = max(most, ms)
	}
	return map[string]float64{
		"rows":                 float64(t.rows),
		"tokens mean":          tokens / float64(t.rows),
		"latency_ms deviation": math.Sqrt((square - latency*latency/present) / (present - 1)),
		"latency_ms maximum":   most,
	}
}
