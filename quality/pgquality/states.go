package pgquality

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/internal/blockstate"
)

// DefaultSchema is where [Migrate] keeps states when no other schema is named.
const DefaultSchema = "shugo_quality"

// statesSQL makes the table of states. {schema} is the quoted name of a schema.
const statesSQL = `CREATE SCHEMA IF NOT EXISTS {schema};
CREATE TABLE IF NOT EXISTS {schema}.assessment_state (
  name  text PRIMARY KEY,
  state bytea NOT NULL,
  saved timestamptz NOT NULL DEFAULT now()
);
`

// Schema returns the statements that make the table of states. An empty schema is [DefaultSchema].
func Schema(schema string) string {
	return strings.ReplaceAll(statesSQL, "{schema}", quoted(or(schema, DefaultSchema)))
}

// Observer returns what an administrator runs once in a database, so that roles which are no superusers can assess incrementally: two
// functions that tell the length, the visibility map and the log positions of a table's pages to those who may read the whole table.
func Observer(roles ...string) string { return blockstate.Schema(roles...) }

// Migrate applies [Schema] in one transaction; replicas that do so at the same time wait for each other.
func Migrate(ctx context.Context, pool *pgxpool.Pool, schema string) error {
	if pool == nil {
		return errors.New("pgquality: migrate: no pool")
	}
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		const lock = `SELECT pg_advisory_xact_lock(hashtextextended('shugo quality states ' || $1::text, 0))`
		if _, err := tx.Exec(ctx, lock, or(schema, DefaultSchema)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, Schema(schema))
		return err
	})
	return stripped(ctx, "migrate", err)
}

// TableStates keeps states in the table of [Schema]. It is safe for concurrent use.
type TableStates struct {
	Pool   *pgxpool.Pool // of the database that has the table
	Schema string        // empty: DefaultSchema
}

const loadStateSQL = `SELECT state FROM %s.assessment_state WHERE name = $1`

// Load returns the last state that was saved under a name, or nil.
func (s TableStates) Load(ctx context.Context, name string) ([]byte, error) {
	var state []byte
	err := s.Pool.QueryRow(ctx, fmt.Sprintf(loadStateSQL, quoted(or(s.Schema, DefaultSchema))), name).Scan(&state)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return state, stripped(ctx, "loading a state", err)
}

const saveStateSQL = `INSERT INTO %s.assessment_state (name, state) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET state = excluded.state, saved = now()`

// Save keeps a state under a name.
func (s TableStates) Save(ctx context.Context, name string, state []byte) error {
	_, err := s.Pool.Exec(ctx, fmt.Sprintf(saveStateSQL, quoted(or(s.Schema, DefaultSchema))), name, state)
	return stripped(ctx, "saving a state", err)
}

// MemoryStates keeps states as long as the process lives. The zero value is ready; it is safe for concurrent use.
type MemoryStates struct {
	mutex  sync.Mutex
	states map[string][]byte
}

// Load returns the last state that was saved under a name, or nil.
func (s *MemoryStates) Load(_ context.Context, name string) ([]byte, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return bytes.Clone(s.states[name]), nil
}

// Save keeps a state under a name.
func (s *MemoryStates) Save(_ context.Context, name string, state []byte) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.states == nil {
		s.states = map[string][]byte{}
	}
	s.states[name] = bytes.Clone(state)
	return nil
}
