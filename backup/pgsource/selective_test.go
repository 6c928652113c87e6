package pgsource_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgsource"
	"github.com/shugo-data/shugo/governance"
)

const tutorSQL = `
CREATE TYPE tone AS (kind text, n int);
CREATE TABLE students (id uuid PRIMARY KEY, name text, tone tone, twice int GENERATED ALWAYS AS (2) STORED);
CREATE TABLE chats (id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, student uuid REFERENCES students);
CREATE TABLE messages (id int PRIMARY KEY, chat int8 REFERENCES chats, body text, embedding vector(8));
ALTER TABLE messages ALTER body SET STORAGE EXTERNAL;
CREATE TABLE events (at date, student uuid, PRIMARY KEY (at, student)) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_2 PARTITION OF events DEFAULT;
INSERT INTO students SELECT md5(g::text)::uuid, '生徒 ' || g, ROW('k', g)::tone FROM generate_series(1, 1000) AS g;
INSERT INTO chats (student) SELECT md5(g::text)::uuid FROM generate_series(1, 1000) AS g, generate_series(1, 2);
INSERT INTO messages SELECT row_number() OVER (), c.id, repeat('本文', 900), array_fill(c.id::real, '{8}')::vector FROM chats AS c, generate_series(1, 5) ORDER BY c.id;
INSERT INTO messages SELECT 100000, id, repeat(md5('x'), 600000), NULL FROM chats WHERE student = md5('7')::uuid LIMIT 1;
INSERT INTO events SELECT '2024-12-30'::date + g, md5('7')::uuid FROM generate_series(1, 4) AS g;
INSERT INTO events SELECT '2024-12-30', md5('8')::uuid;`

func TestSelectiveRestore(t *testing.T) {
	t.Parallel()
	address := made(t, tutorSQL)
	datasets := []governance.Dataset{{Name: "students", Subject: "id"}, {Name: "public.chats", Subject: "student"}, {Name: "messages"}, {Name: "events", Subject: "student"},
		{Store: governance.Neo4j, Name: "Kanji"}}
	counted := &countingReader{}
	var repository backuptest.Repository
	counted.Reader = backedUp(t, &repository, pgsource.Config{URL: address, Datasets: datasets})
	execute(t, address, "UPDATE messages SET body = 'changed'; DELETE FROM events")
	d, err := pgsource.NewDatabase(pgsource.DatabaseConfig{URL: address})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()

	person := governance.Subject(query[string](t, address, "SELECT md5('7')::uuid::text"))
	got, err := d.RestorePerson(ctx, counted, person, "side 1")
	want := []pgsource.Restored{
		{Schema: "public", Name: "chats", Table: "chats", Rows: 2},
		{Schema: "public", Name: "events_1", Table: "events_1", Rows: 1},
		{Schema: "public", Name: "events_2", Table: "events_2", Rows: 3},
		{Schema: "public", Name: "messages", Table: "messages", Rows: 11},
		{Schema: "public", Name: "students", Table: "students", Rows: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Fatalf("%v\n%s", err, diff)
	}
	if got := query[int64](t, address, `SELECT count(*) FROM "side 1".messages AS m JOIN "side 1".chats AS c ON c.id = m.chat
		WHERE c.student = md5('7')::uuid AND length(m.body) IN (1800, 19200000) AND (m.embedding IS NULL OR m.embedding = array_fill(c.id::real, '{8}')::vector)`); got != 11 {
		t.Errorf("%d messages are as they were, expected 11", got)
	}
	if got := query[bool](t, address, `SELECT s.tone = o.tone FROM "side 1".students AS s JOIN students AS o USING (id)`); !got {
		t.Error("a composite differs")
	}
	if counted.rows >= counted.chunks()/2 {
		t.Errorf("%d chunks of %d were read", counted.rows, counted.chunks())
	}

	table, err := d.RestoreTable(ctx, counted, "public", "events", "side 2")
	if want := (pgsource.Restored{Schema: "public", Name: "events", Table: "events", Rows: 5}); table != want || err != nil {
		t.Errorf("%+v, expected %+v: %v", table, want, err)
	}
	all, err := d.RestoreSchema(ctx, counted, "public", "side 3")
	if len(all) != 5 || err != nil {
		t.Errorf("%+v: %v", all, err)
	}
	if got := query[int64](t, address, `SELECT count(*) FROM "side 3".messages WHERE body <> 'changed'`); got != 10_001 {
		t.Errorf("%d messages, expected 10001", got)
	}
	if _, err := d.RestorePerson(ctx, counted, "nobody", "side 4"); !errors.Is(err, backup.ErrNotFound) {
		t.Error(err)
	}
	if _, err := d.RestoreTable(ctx, counted, "public", "none", "side 4"); !errors.Is(err, backup.ErrNotFound) {
		t.Error(err)
	}
	if _, err := d.RestoreSchema(ctx, counted, "none", "side 4"); !errors.Is(err, backup.ErrNotFound) {
		t.Error(err)
	}
	if _, err := d.RestoreTable(ctx, counted, "public", "events", "side 2"); !errors.Is(err, backup.ErrNotEmpty) {
		t.Error(err)
	}
	if got := query[int64](t, address, `SELECT count(*) FROM pg_namespace WHERE nspname = 'side 4'`); got != 0 {
		t.Error("a restore that failed left its schema")
	}
}

// countingReader counts the chunks of rows that are read.
type countingReader struct {
	backup.Reader
	rows int
}

func (r *countingReader) Chunk(ctx context.Context, item string, number int) ([]byte, error) {
	if strings.HasPrefix(item, "rows ") {
		r.rows++
	}
	return r.Reader.Chunk(ctx, item, number)
}

func (r *countingReader) chunks() (n int) {
	for _, item := range r.Items() {
		if item.Kind == "rows" {
			n += item.Chunks
		}
	}
	return n
}
