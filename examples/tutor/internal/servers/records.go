// Package servers keeps the tutor's data in PostgreSQL with pgvector and in Neo4j.
package servers

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/examples/tutor/internal/backend"
	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgpolicy"
	"github.com/shugo-data/shugo/governance/pgsink"
)

// Records is the relational side in PostgreSQL, with the rights of the application: row security holds for every
// statement, and what rules mask is only in the masking views. Each statement travels with who calls.
//
//shugo:raw package day governs it
type Records struct {
	pool    *pgxpool.Pool
	schemas schemas
	guard   *governance.Guard // set before the first call
}

var _ backend.Records = (*Records)(nil)

const insertMessage = `
	INSERT INTO {tables}.conversation_messages (id, session_id, user_id, role, content, content_embedding, sent_at)
	VALUES ($1, $2, $3, $4, $5, $6::text::vector, $7)`

// Append adds a message on the batch of the unit of work: caller, message and effect are one round trip.
func (r *Records) Append(ctx context.Context, m backend.Message) error {
	batch, ok := pgsink.BatchFrom(ctx)
	if !ok {
		return errors.New("no unit of work")
	}
	if err := pgpolicy.Hand(ctx, batch, governance.Create); err != nil {
		return err
	}
	batch.Queue(r.schemas.sql(insertMessage), m.ID, m.Conversation, m.Learner, m.Role, m.Content, vector(m.Embedding), m.SentAt)
	return nil
}

// query hands PostgreSQL the caller and sends a statement, in one round trip. The rows are to be read to their end.
func (r *Records) query(ctx context.Context, action governance.Action, sql string, args []any, read func(pgx.Rows) error) error {
	var batch pgx.Batch
	if err := pgpolicy.Hand(ctx, &batch, action); err != nil {
		return err
	}
	batch.Queue(r.schemas.sql(sql), args...).Query(read)
	return r.pool.SendBatch(ctx, &batch).Close()
}

// all reads every row.
func all[T any](found *[]T, row pgx.RowToFunc[T]) func(pgx.Rows) error {
	return func(rows pgx.Rows) (err error) {
		*found, err = pgx.CollectRows(rows, row)
		return err
	}
}

const selectMessages = `
	SELECT id, session_id, user_id, role, content, sent_at FROM {views}.conversation_messages
	WHERE user_id = $1 AND session_id = $2 ORDER BY sent_at`

// Messages returns the messages of a conversation, oldest first.
func (r *Records) Messages(ctx context.Context, t backend.Talk) iter.Seq2[backend.Message, error] {
	return r.stream(ctx, governance.Read, selectMessages, t.Learner, t.Conversation)
}

const sampleMessages = `
	SELECT id, session_id, user_id, role, content, sent_at FROM {views}.conversation_messages ORDER BY sent_at LIMIT $1`

// Sample returns messages of all learners, oldest first.
func (r *Records) Sample(ctx context.Context, limit int) iter.Seq2[backend.Message, error] {
	return r.stream(ctx, governance.Read, sampleMessages, limit)
}

func (r *Records) stream(ctx context.Context, action governance.Action, sql string, args ...any) iter.Seq2[backend.Message, error] {
	return func(yield func(backend.Message, error) bool) {
		left := errors.New("the consumer left")
		err := r.query(ctx, action, sql, args, func(rows pgx.Rows) error {
			for rows.Next() {
				m, err := toMessage(rows)
				if err != nil {
					return err
				}
				if !yield(m, nil) {
					return left
				}
			}
			return rows.Err()
		})
		if err != nil && !errors.Is(err, left) {
			yield(backend.Message{}, err)
		}
	}
}

func toMessage(row pgx.CollectableRow) (m backend.Message, err error) {
	err = row.Scan(&m.ID, &m.Conversation, &m.Learner, &m.Role, &m.Content, &m.SentAt)
	m.SentAt = m.SentAt.UTC()
	return m, err
}

// similarMessages measures every message that the caller may reach: exact, where a few hundred vectors need no index.
const similarMessages = `
	SELECT id, session_id, user_id, role, content, sent_at, 1 - (content_embedding <=> $2::text::vector) AS similarity
	FROM {tables}.conversation_messages AS m WHERE user_id = $1 AND %s
	ORDER BY similarity DESC LIMIT $3`

// Similar returns the learner's messages that are most like a text. The search itself is bounded to what the caller may
// reach: a page that was thinned out afterwards would be short, and tell that there was more.
func (r *Records) Similar(ctx context.Context, s backend.Search) (hits []backend.Hit, err error) {
	reach, err := r.guard.Reach(ctx, governance.Target{Dataset: "conversation_messages", Action: governance.Read})
	if err != nil {
		return nil, err
	}
	where, more, err := pgpolicy.Predicate(reach, pgpolicy.Query{
		Alias: "m", First: 4, Standing: pgx.Identifier{r.schemas.register, "standing"},
	})
	if err != nil {
		return nil, err
	}
	args := append([]any{s.Learner, vector(s.Like), s.Limit}, more...)
	err = r.query(ctx, governance.Read, fmt.Sprintf(similarMessages, where), args, all(&hits,
		func(row pgx.CollectableRow) (h backend.Hit, err error) {
			m := &h.Message
			err = row.Scan(&m.ID, &m.Conversation, &m.Learner, &m.Role, &m.Content, &m.SentAt, &h.Similarity)
			return h, err
		}))
	return hits, err
}

const selectAccount = `SELECT id, name, email, language, level FROM {views}.users WHERE id = $1`

// Account returns a learner's account.
func (r *Records) Account(ctx context.Context, learner string) (backend.Account, error) {
	var found []backend.Account
	err := r.query(ctx, governance.Read, selectAccount, []any{learner}, all(&found, pgx.RowToStructByPos[backend.Account]))
	if err != nil {
		return backend.Account{}, err
	}
	if len(found) == 0 {
		return backend.Account{}, backend.ErrNotFound
	}
	return found[0], nil
}

const selectFigures = `SELECT user_id, conversations, messages, mean_length FROM {views}.conversation_analytics ORDER BY messages DESC, mean_length`

// Figures returns the aggregates of all learners.
func (r *Records) Figures(ctx context.Context, _ struct{}) (figures []backend.Figure, err error) {
	err = r.query(ctx, governance.Read, selectFigures, nil, all(&figures, pgx.RowToStructByPos[backend.Figure]))
	return figures, err
}

const (
	exportMessages = `
	SELECT id, session_id, user_id, role, content, sent_at FROM {tables}.conversation_messages WHERE user_id = $1 ORDER BY sent_at`
	countInteractions = `SELECT count(*) FROM {tables}.conversation_interactions WHERE user_id = $1`
)

// Export returns a learner's conversations.
func (r *Records) Export(ctx context.Context, learner string) (archive backend.Archive, err error) {
	for m, err := range r.stream(ctx, governance.Export, exportMessages, learner) {
		if err != nil {
			return backend.Archive{}, err
		}
		archive.Messages = append(archive.Messages, m)
	}
	var counts []int
	err = r.query(ctx, governance.Export, countInteractions, []any{learner}, all(&counts, pgx.RowTo[int]))
	if err == nil {
		archive.Interactions = counts[0]
	}
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
