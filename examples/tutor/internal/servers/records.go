// Package servers keeps the tutor's data in PostgreSQL with pgvector and in Neo4j.
package servers

import (
	"context"
	"errors"
	"iter"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/examples/tutor/internal/backend"
	"github.com/shugo-data/shugo/governance/pgsink"
)

// Records is the relational side in PostgreSQL. Its tables are found by the search path of the pool's connections.
//
//shugo:raw package day governs it
type Records struct{ pool *pgxpool.Pool }

var _ backend.Records = (*Records)(nil)

const insertMessage = `
	INSERT INTO conversation_messages (id, session_id, user_id, role, content, content_embedding, sent_at)
	VALUES ($1, $2, $3, $4, $5, $6::text::vector, $7)`

// Append adds a message by the transaction of the unit of work.
func (r *Records) Append(ctx context.Context, m backend.Message) error {
	tx, ok := pgsink.TxFrom(ctx)
	if !ok {
		return errors.New("no unit of work")
	}
	_, err := tx.Exec(ctx, insertMessage, m.ID, m.Conversation, m.Learner, m.Role, m.Content, vector(m.Embedding), m.SentAt)
	return err
}

const selectMessages = `
	SELECT id, session_id, user_id, role, content, sent_at FROM conversation_messages
	WHERE user_id = $1 AND session_id = $2 ORDER BY sent_at`

// Messages returns the messages of a conversation, oldest first.
func (r *Records) Messages(ctx context.Context, t backend.Talk) iter.Seq2[backend.Message, error] {
	return r.stream(ctx, selectMessages, t.Learner, t.Conversation)
}

const sampleMessages = `
	SELECT id, session_id, user_id, role, content, sent_at FROM conversation_messages ORDER BY sent_at LIMIT $1`

// Sample returns messages of all learners, oldest first.
func (r *Records) Sample(ctx context.Context, limit int) iter.Seq2[backend.Message, error] {
	return r.stream(ctx, sampleMessages, limit)
}

func (r *Records) stream(ctx context.Context, sql string, args ...any) iter.Seq2[backend.Message, error] {
	return func(yield func(backend.Message, error) bool) {
		rows, err := r.pool.Query(ctx, sql, args...)
		if err != nil {
			yield(backend.Message{}, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var m backend.Message
			err := rows.Scan(&m.ID, &m.Conversation, &m.Learner, &m.Role, &m.Content, &m.SentAt)
			m.SentAt = m.SentAt.UTC()
			if !yield(m, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(backend.Message{}, err)
		}
	}
}

// similarMessages measures every message of the learner: exact, where a few hundred vectors need no index.
const similarMessages = `
	SELECT id, session_id, user_id, role, content, sent_at, 1 - (content_embedding <=> $2::text::vector) AS similarity
	FROM conversation_messages WHERE user_id = $1
	ORDER BY similarity DESC LIMIT $3`

// Similar returns the learner's messages that are most like a text.
func (r *Records) Similar(ctx context.Context, s backend.Search) ([]backend.Hit, error) {
	rows, err := r.pool.Query(ctx, similarMessages, s.Learner, vector(s.Like), s.Limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (h backend.Hit, err error) {
		m := &h.Message
		err = row.Scan(&m.ID, &m.Conversation, &m.Learner, &m.Role, &m.Content, &m.SentAt, &h.Similarity)
		return h, err
	})
}

const selectAccount = `SELECT id, name, email, language, level FROM users WHERE id = $1`

// Account returns a learner's account.
func (r *Records) Account(ctx context.Context, learner string) (backend.Account, error) {
	rows, err := r.pool.Query(ctx, selectAccount, learner)
	if err != nil {
		return backend.Account{}, err
	}
	a, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[backend.Account])
	if errors.Is(err, pgx.ErrNoRows) {
		err = backend.ErrNotFound
	}
	return a, err
}

const selectFigures = `SELECT user_id, conversations, messages, mean_length FROM conversation_analytics ORDER BY user_id`

// Figures returns the aggregates of all learners.
func (r *Records) Figures(ctx context.Context, _ struct{}) ([]backend.Figure, error) {
	rows, err := r.pool.Query(ctx, selectFigures)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[backend.Figure])
}

const (
	exportMessages = `
	SELECT id, session_id, user_id, role, content, sent_at FROM conversation_messages WHERE user_id = $1 ORDER BY sent_at`
	countInteractions = `SELECT count(*) FROM conversation_interactions WHERE user_id = $1`
)

// Export returns a learner's conversations.
func (r *Records) Export(ctx context.Context, learner string) (backend.Archive, error) {
	var archive backend.Archive
	for m, err := range r.stream(ctx, exportMessages, learner) {
		if err != nil {
			return backend.Archive{}, err
		}
		archive.Messages = append(archive.Messages, m)
	}
	err := r.pool.QueryRow(ctx, countInteractions, learner).Scan(&archive.Interactions)
	return archive, err
}

// vector returns the text form of a pgvector value.
func vector(v []float32) string {
	var b strings.Builder
	for i, x := range v {
		b.WriteByte("[,"[min(i, 1)])
		b.WriteString(strconv.FormatFloat(float64(x), 'g', -1, 32))
	}
	b.WriteByte(']')
	return b.String()
}
