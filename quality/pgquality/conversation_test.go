package pgquality_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/pgquality"
)

const talkSQL = `
CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE users (id int PRIMARY KEY, email text, name text, created_at timestamptz);
CREATE TABLE conversation_sessions (id int PRIMARY KEY, user_id int, started_at timestamptz, ended_at timestamptz, message_count int,
  session_summary text, session_summary_embedding vector(3));
CREATE TABLE conversation_messages (id int PRIMARY KEY, session_id int, user_id int, message_order int, content text, content_hash text,
  embedding_model text, content_embedding vector, created_at timestamptz);
INSERT INTO users SELECT i, 'u' || i || '@example.org', 'name ' || i, now() - interval '1 year' FROM generate_series(1, 50) i;
INSERT INTO conversation_sessions SELECT i, 1 + i % 50, now() - interval '2 days', CASE WHEN i % 5 > 0 THEN now() - interval '1 day' END, 10, 'summary', '[1,0,0]'
  FROM generate_series(1, 100) i;
INSERT INTO conversation_messages SELECT i * 100 + j, i, 1 + i % 50, j, 'こんにちは' || j, encode(sha256(convert_to('こんにちは' || j, 'UTF8')), 'hex'), 'v2', '[0.6,0.8,0]',
  now() - interval '2 days' + j * interval '1 minute' FROM generate_series(1, 100) i, generate_series(1, 10) j`

// TestConversation plants one defect after the other, and expects the check for it, and it alone, to find it.
func TestConversation(t *testing.T) {
	t.Parallel()
	conversation := pgquality.Conversation{Dimensions: 3, Model: "v2"}
	tests := []struct {
		name, defect string
		want         map[string]int64
	}{
		{"none", `SELECT`, map[string]int64{}},
		{"e-mail", `UPDATE users SET email = 'nobody' WHERE id = 3`, map[string]int64{"match(email)": 1}},
		{"same e-mail", `UPDATE users SET email = 'u4@example.org' WHERE id = 3`, map[string]int64{"unique(email)": 2}},
		{"no name", `UPDATE users SET name = '　' WHERE id = 3`, map[string]int64{"not_empty(name)": 1}},
		{"born tomorrow", `UPDATE users SET created_at = now() + interval '1 day' WHERE id = 3`, map[string]int64{"accounts do not begin in the future": 1}},
		{"orphan session", `DELETE FROM users WHERE id = 50`, map[string]int64{"sessions belong to a user": 2}},
		{"ends before it starts", `UPDATE conversation_sessions SET ended_at = started_at - interval '1 s' WHERE id = 1`,
			map[string]int64{"sessions end after they start": 1, "messages are not newer than their session": 10}},
		{"summary", `UPDATE conversation_sessions SET session_summary = NULL WHERE id IN (1, 5)`, map[string]int64{"finished sessions have a summary": 1}},
		{"not embedded", `UPDATE conversation_sessions SET session_summary_embedding = NULL WHERE id IN (1, 5)`, map[string]int64{"finished sessions are embedded": 1}},
		{"zero", `UPDATE conversation_sessions SET session_summary_embedding = '[0,0,0]' WHERE id = 1`,
			map[string]int64{"vector_non_zero(session_summary_embedding)": 1, "vector_norm(session_summary_embedding)": 1}},
		{"count", `UPDATE conversation_sessions SET message_count = 11 WHERE id = 7`, map[string]int64{"the number of messages agrees": 1}},
		{"orphan messages", `DELETE FROM conversation_sessions WHERE id = 7`, map[string]int64{"messages belong to a session": 10}},
		{"empty message", `UPDATE conversation_messages SET content = '', content_hash = encode(sha256(''), 'hex') WHERE id = 101`, map[string]int64{"not_empty(content)": 1}},
		{"gap", `UPDATE conversation_messages SET message_order = 11 WHERE id = 110`, map[string]int64{"messages are numbered without gap or repeat": 1}},
		{"repeat", `UPDATE conversation_messages SET message_order = 9, created_at = created_at - interval '1 minute' WHERE id = 110`,
			map[string]int64{"messages are numbered without gap or repeat": 1}},
		{"order of time", `UPDATE conversation_messages SET created_at = created_at - interval '90 s' WHERE id = 110`, map[string]int64{"the order of messages is that of time": 1}},
		{"other user", `UPDATE conversation_messages SET user_id = 49 WHERE id = 110`, map[string]int64{"messages are of the user of their session": 1}},
		{"older than the session", `UPDATE conversation_messages SET created_at = created_at - interval '1 day' WHERE id = 101`,
			map[string]int64{"messages are not older than their session": 1}},
		{"message not embedded", `UPDATE conversation_messages SET content_embedding = NULL WHERE id IN (101, 501)`, map[string]int64{"messages of finished sessions are embedded": 1}},
		{"dimensions", `UPDATE conversation_messages SET content_embedding = '[1,0]' WHERE id = 101`, map[string]int64{"vector_dimensions(content_embedding)": 1}},
		{"stale content", `UPDATE conversation_messages SET content = 'さようなら' WHERE id = 101`, map[string]int64{"embeddings are of the current content": 1}},
		{"stale model", `UPDATE conversation_messages SET embedding_model = 'v1' WHERE id = 101`, map[string]int64{"embeddings are of the current model": 1}},
	}
	conn := connect(t)
	ctx := context.Background()
	if _, err := conn.Exec(ctx, talkSQL); err != nil {
		t.Fatal(err)
	}
	assessor, err := pgquality.New(pgquality.Config{Database: conn})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests { // on one connection, so not in parallel
		if _, err := conn.Exec(ctx, test.defect); err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		got := map[string]int64{}
		for _, suite := range conversation.Suites() {
			report, err := assessor.Assess(ctx, suite)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range report.Results {
				if r.Verdict == quality.NotAssessed {
					t.Errorf("%s: %s was not assessed: %s", test.name, r.Check, r.Reason)
				}
				if r.Unexpected > 0 {
					got[r.Check] = r.Unexpected
					if want := min(r.Unexpected, 5); int64(len(r.Examples)) != want {
						t.Errorf("%s: %s names %d failing rows, expected %d", test.name, r.Check, len(r.Examples), want)
					}
				}
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: unexpected rows by check (-want +got):\n%s", test.name, diff)
		}
		if _, err := conn.Exec(ctx, `DROP TABLE users, conversation_sessions, conversation_messages;`+talkSQL); err != nil {
			t.Fatal(err)
		}
	}
}
