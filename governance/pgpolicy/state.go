package pgpolicy

import (
	"context"
	_ "embed" // for state.sql
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
)

//go:embed state.sql
var stateSQL string

// state is what a database has, as state.sql returns it.
type state struct {
	User     string
	Roles    []stateRole
	Standing []stateColumn
	Shielded bool // row security could hide some of the standing relation from the owner

	Tables    []stateTable
	Functions []stateFunction
	Views     []stateView
	Schemas   []stateSchema
}

type stateRole struct {
	Name          string
	Super, Bypass bool
}

type stateSchema struct {
	Name, Owner   string
	Create, Usage bool
}

type stateTable struct {
	Schema, Name, Owner, Comment string
	Secured, Forced, Others      bool
	Grants, Indexed              []string
	Columns                      []stateColumn
	Policies                     []statePolicy
	Partitions                   []statePartition
}

type stateColumn struct {
	Name, Type, Comment                            string
	Generated, Identity, Blurred, Others, Nullable bool
	Usage                                          bool // of the sequence
	Sequence                                       pgx.Identifier
	Grants                                         []string
}

type statePolicy struct {
	Name, Command, Using, Check string
	Permissive                  bool
	Roles                       []string
}

type statePartition struct {
	Schema, Name    string
	Secured, Forced bool
}

type stateFunction struct {
	Name, Arguments, Result, Language, Body, Volatile, Parallel, Config, Owner, Comment string
	Definer, Public, Application                                                        bool
}

type stateView struct {
	Name, Definition, Owner, Comment string
	Public                           bool
	Options, Grants                  []string
}

// readState reads the state in one round trip, with only pg_catalog on the search path of that moment, so that every other
// name comes back with its schema.
func readState(ctx context.Context, db Batcher, c Config) (state, error) {
	const (
		keep    = `SELECT set_config('shugo.search_path', current_setting('search_path'), true)`
		narrow  = `SELECT set_config('search_path', 'pg_catalog', true)`
		restore = `SELECT set_config('search_path', current_setting('shugo.search_path'), true)`
	)
	var schemas, names []string
	for _, table := range c.tables() {
		schemas, names = append(schemas, table[0]), append(names, table[1])
	}
	var standing []string
	if len(c.Standing) > 0 {
		standing = c.Standing
	}
	var text []byte
	b := &pgx.Batch{}
	b.Queue(keep)
	b.Queue(narrow)
	b.Queue(stateSQL, schemas, names, c.Schema, c.Application, standing, c.Owner).QueryRow(func(row pgx.Row) error {
		return row.Scan(&text)
	})
	b.Queue(restore)
	if err := db.SendBatch(ctx, b).Close(); err != nil {
		return state{}, fmt.Errorf("pgpolicy: read the catalog: %w", err)
	}
	var s state
	if err := json.Unmarshal(text, &s); err != nil {
		return state{}, fmt.Errorf("pgpolicy: read the catalog: %w", err)
	}
	return s, nil
}

// inventory returns what want needs to know of the tables.
func (s state) inventory() inventory {
	live := inventory{}
	for _, t := range s.Tables {
		var l liveTable
		for _, c := range t.Columns {
			l.columns = append(l.columns, liveColumn{name: c.Name, kind: c.Type, generated: c.Generated, identity: c.Identity,
				blurred: c.Blurred, sequence: c.Sequence})
		}
		for _, p := range t.Partitions {
			l.partitions = append(l.partitions, pgx.Identifier{p.Schema, p.Name})
		}
		live[pgx.Identifier{t.Schema, t.Name}.Sanitize()] = l
	}
	return live
}
