package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// write has a learner send messages until the server is gone or ctx ends, and returns what ended it. What was acknowledged is
// remembered.
//
//shugo:ungoverned asks who writes
func (t *tutor) write(ctx context.Context) error {
	const first = `SELECT id, user_id FROM conversation_sessions ORDER BY id LIMIT 1`
	if err := t.live.pool.QueryRow(ctx, first).Scan(&t.session, &t.learner); err != nil {
		return err
	}
	for n := 0; ; n++ {
		m := t.message(n)
		if err := t.live.say(ctx, m); err != nil {
			return err
		}
		t.mu.Lock()
		t.acknowledged[m.id] = time.Now()
		t.mu.Unlock()
	}
}

// message is what the learner writes: each shows another word to be known.
func (t *tutor) message(n int) message {
	return message{id: fmt.Sprintf("live-%06d", n), session: t.session, learner: t.learner,
		text: fmt.Sprintf("きのう本を%d冊読みました。", n), item: fmt.Sprintf("word:%d冊", n)}
}

// since returns how many messages were acknowledged after a moment.
func (t *tutor) since(moment time.Time) (n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, at := range t.acknowledged {
		if at.After(moment) {
			n++
		}
	}
	return n
}

// lost returns how many of the messages that were acknowledged after a moment are not in a database, and how long before the end the
// oldest of them was.
//
//shugo:ungoverned compares what was restored
func (t *tutor) lost(ctx context.Context, in *pair, after, end time.Time) (lost int, age time.Duration, err error) {
	rows, err := in.pool.Query(ctx, `SELECT id FROM conversation_messages`)
	if err != nil {
		return 0, 0, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return 0, 0, err
	}
	there := map[string]bool{}
	for _, id := range ids {
		there[id] = true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for id, at := range t.acknowledged {
		if at.After(after) && !there[id] {
			lost++
			age = max(age, end.Sub(at))
		}
	}
	return lost, age, nil
}

// found returns how many messages a database has, and whether the search by vector finds one by its own text.
//
//shugo:ungoverned asks what was restored
func found(ctx context.Context, in *pair) (messages int, finds bool, err error) {
	const nearest = `
SELECT (SELECT count(*) FROM conversation_messages),
       (SELECT content FROM conversation_messages ORDER BY content_embedding <=> $1::text::vector LIMIT 1)`
	text := "きのう本を3冊読みました。"
	var content string
	err = in.pool.QueryRow(ctx, nearest, vector(text)).Scan(&messages, &content)
	return messages, content == text, err
}
