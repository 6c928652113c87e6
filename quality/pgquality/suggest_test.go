package pgquality_test

import (
	"context"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/pgquality"
)

const notesSQL = `
CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE authors (id int PRIMARY KEY, created_at timestamptz);
CREATE TABLE notes (id int PRIMARY KEY, author int REFERENCES authors, user_id text, title text, body text NOT NULL, body_hash text,
  score double precision, embedding vector(3), started_at timestamptz, ended_at timestamptz, kind text, secret text);
INSERT INTO authors SELECT i, now() FROM generate_series(1, 20) i;
INSERT INTO notes SELECT i, 1 + i % 20, 'user-' || i % 7, 'a title ' || i, 'body ' || i, encode(sha256(convert_to('body ' || i, 'UTF8')), 'hex'), i / 10.0,
  ('[1,' || i || ',0]')::vector, now(), now() + interval '1 hour', (ARRAY['a','b'])[1 + i % 2], 'canary-' || i FROM generate_series(1, 200) i;
ANALYZE`

// TestSuggest runs every constraint that is suggested, and then expects its check to be proven.
func TestSuggest(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn := connect(t)
	if _, err := conn.Exec(ctx, notesSQL); err != nil {
		t.Fatal(err)
	}
	assessor, err := pgquality.New(pgquality.Config{Database: conn})
	if err != nil {
		t.Fatal(err)
	}
	notes := governance.Dataset{Store: governance.PostgreSQL, Name: "notes", Category: governance.UserData, Subject: "user_id",
		Fields: []governance.Field{{Name: "embedding", DerivedFrom: "body"}}}
	before, err := assessor.Suggest(ctx, notes, "")
	if err != nil {
		t.Fatal(err)
	}
	source, err := before.Code("Notes")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.ParseFile(token.NewFileSet(), "notes.go", "package notes\n"+source, 0); err != nil {
		t.Errorf("%v:\n%s", err, source)
	}
	if strings.Contains(source, "canary") || strings.Contains(before.SQL(), "canary") {
		t.Errorf("a value of a field is suggested:\n%s\n%s", source, before.SQL())
	}
	for _, name := range []string{"not_null(user_id)", "not_null(embedding) when not_null(body)", "unique(id)", "reference(author)", "not_null(title)", "not_empty(title)",
		"vector_dimensions(embedding)", "vector_non_zero(embedding)", "range(score)", "compare(started_at,ended_at)", "digest(body_hash,body)", "unique(secret)"} {
		if !strings.Contains(names(before), "\n"+name+"\n") {
			t.Errorf("%s is not suggested:%s", name, names(before))
		}
	}
	made := 0
	for _, s := range before.List {
		for _, statement := range strings.Split(s.Constraint, "\n") {
			if statement == "" {
				continue
			}
			if _, err := conn.Exec(ctx, statement); err != nil {
				t.Errorf("%s: %v\n%s", s.Name, err, statement)
			}
			made++
		}
	}
	after, err := assessor.Suggest(ctx, notes, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range after.List {
		wasMade := false
		for _, b := range before.List {
			wasMade = wasMade || b.Name == s.Name && b.Constraint != ""
		}
		// A unique index over a column that may hold NULL proves nothing; the NOT NULL beside it is a CHECK.
		if wasMade && s.Proven == "" && s.Check.Test.Kind() != "unique" {
			t.Errorf("%s is not proven by the constraint that was suggested for it: %s", s.Name, s.Constraint)
		}
	}
	t.Logf("%d suggestions, %d statements run\n%s\n%s", len(before.List), made, source, before.SQL())
	report, err := assessor.Assess(ctx, after.Suite())
	if err != nil || report.Verdict == quality.Fail {
		t.Errorf("%v %v", report.Verdict, err)
	}
}

func names(s pgquality.Suggestions) string {
	list := "\n"
	for _, x := range s.List {
		list += x.Name + "\n"
	}
	return list
}
