package servers

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/examples/internal/data"
	"github.com/shugo-data/shugo/examples/internal/ngram"
	"github.com/shugo-data/shugo/governance"
)

// analyse fills conversation_analytics from the messages.
const analyse = `
	INSERT INTO conversation_analytics (user_id, conversations, messages, mean_length)
	SELECT user_id, count(DISTINCT session_id), count(*),
	       coalesce(avg(char_length(content)) FILTER (WHERE role = 'learner'), 0)
	FROM conversation_messages GROUP BY user_id`

// registerSchema is what learners consent to, and whose data is restricted or held: for the guard, and for the rules in
// PostgreSQL.
const registerSchema = `
	CREATE TABLE {register}.standing (
		subject    text    NOT NULL,
		purpose    text    NOT NULL,
		consented  boolean NOT NULL DEFAULT false,
		restricted boolean NOT NULL DEFAULT false,
		held       boolean NOT NULL DEFAULT false,
		PRIMARY KEY (subject, purpose)
	)`

const loadMessage = `INSERT INTO conversation_messages VALUES ($1, $2, $3, $4, $5, $6::text::vector, $7)`

// loadRecords makes the tables and fills them: the set-up of the example, before the rules begin to hold.
func loadRecords(ctx context.Context, conn *pgx.Conn, db *database, set data.Set) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL ROLE "+quote(db.owner)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, data.Tables()+db.schemas.sql(registerSchema)); err != nil {
			return fmt.Errorf("making the tables: %w", err)
		}
		batch := &pgx.Batch{}
		for _, l := range set.Learners {
			batch.Queue(db.schemas.sql(`INSERT INTO {register}.standing (subject, purpose, consented) VALUES ($1, $2, true)`), l.ID, string(governance.PurposeTutoring))
			batch.Queue(`INSERT INTO users VALUES ($1, $2, $3, $4, $5, $6)`,
				l.ID, l.Name, l.Email, l.NativeLanguage, string(l.Level), l.Joined.Time)
		}
		owner := map[string]string{}
		for _, c := range set.Conversations {
			batch.Queue(`INSERT INTO conversation_sessions VALUES ($1, $2, $3, $4, $5, $6::text::vector)`,
				c.ID, c.Learner, c.StartedAt, c.Topic, c.Summary, vector(ngram.Embed(c.Summary)))
			for _, m := range c.Messages {
				owner[m.ID] = c.Learner
				batch.Queue(loadMessage, m.ID, c.ID, c.Learner, string(m.Role), m.Text, vector(ngram.Embed(m.Text)), m.SentAt)
			}
		}
		for _, i := range set.Interactions {
			batch.Queue(`INSERT INTO conversation_interactions VALUES ($1, $2, $3, $4, $5, $6)`,
				i.ID, i.Message, owner[i.Message], string(i.Kind), i.At, i.Detail)
		}
		for _, p := range set.Progress {
			batch.Queue(`INSERT INTO user_learning_progress VALUES ($1, $2, $3, $4, $5)`,
				p.Learner, p.Item, p.Mastery, p.Reviews, p.LastReviewed)
		}
		batch.Queue(analyse)
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return fmt.Errorf("filling the tables: %w", err)
		}
		return nil
	})
}
