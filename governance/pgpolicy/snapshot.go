package pgpolicy

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed" // for snapshot.sql
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

//go:embed snapshot.sql
var snapshotSQL string

// Querier is what a snapshot is taken with: *pgx.Conn, *pgxpool.Pool and pgx.Tx are.
type Querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Snapshot is what a database has that decides who reaches the governed tables: objects, owners, rights, policies, code
// and roles, but no record of a person. It is kept and carried as JSON, and judged by Compare, here or elsewhere. Its zero
// value is an empty database. It does not change and is safe for concurrent use.
type Snapshot struct {
	text json.RawMessage // as it came
	have catalog
}

// Snapshot reads the catalog in one round trip. It needs no privilege, changes nothing, and locks the governed tables and
// their views as a query does that reads them. Its errors are those of the database.
func (p *Policy) Snapshot(ctx context.Context, db Querier) (Snapshot, error) {
	c := p.config
	var schemas, names []string
	for _, table := range c.tables() {
		schemas, names = append(schemas, table[0]), append(names, table[1])
	}
	var standing []string
	if len(c.Standing) > 0 {
		standing = c.Standing
	}
	var text []byte
	var path string
	// Exec sends the statement and its arguments together; a prepared one would need a round trip before its first use.
	err := db.QueryRow(ctx, snapshotSQL, pgx.QueryExecModeExec, schemas, names, c.Schema, c.AuditSchema, c.Application, c.Owner,
		standing).Scan(&text, &path)
	if err != nil {
		return Snapshot{}, fmt.Errorf("pgpolicy: take a snapshot: %w", err)
	}
	var s Snapshot
	if err := s.UnmarshalJSON(text); err != nil {
		return Snapshot{}, err
	}
	return s, nil
}

// MarshalJSON returns the snapshot as text. Its form may change with the version of this package.
func (s Snapshot) MarshalJSON() ([]byte, error) {
	if s.text == nil {
		return []byte("{}"), nil
	}
	var compact, escaped bytes.Buffer
	if err := json.Compact(&compact, s.text); err != nil {
		return nil, fmt.Errorf("pgpolicy: not a snapshot: %w", err)
	}
	json.HTMLEscape(&escaped, compact.Bytes()) // as json.Marshal does, so that the fingerprint stays
	return escaped.Bytes(), nil
}

// UnmarshalJSON reads what MarshalJSON returned. The error says what is no snapshot.
func (s *Snapshot) UnmarshalJSON(text []byte) error {
	var have catalog
	if err := json.Unmarshal(text, &have); err != nil {
		return fmt.Errorf("pgpolicy: not a snapshot: %w", err)
	}
	if err := have.index(); err != nil {
		return fmt.Errorf("pgpolicy: not a snapshot: %w", err)
	}
	s.text, s.have = bytes.Clone(text), have
	return nil
}

// Fingerprint is "sha256:" and the hash of the snapshot in hexadecimal. Two snapshots with one fingerprint are the same; of an
// unchanged database, those that one role takes have one.
func (s Snapshot) Fingerprint() string {
	text, _ := s.MarshalJSON() // it is JSON, or would not have been read
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// catalog is a snapshot as snapshot.sql returns it.
type catalog struct {
	Version          int
	User, Session    string // who took the snapshot
	LargeObjectsOpen bool
	Database         catalogDatabase
	Schemas          []catalogSchema
	Relations        []catalogRelation
	Functions        []catalogFunction
	Privileged       []catalogPrivileged
	Roles            []catalogRole
	Members          []catalogMember
	Settings         []catalogSetting
	Parameters       []catalogParameter
	Defaults         []catalogDefault
	Publications     []catalogPublished
	Subscriptions    []catalogSubscribed
	EventTriggers    []catalogEventTrigger
	Wrappers         []catalogServer
	Servers          []catalogServer
	Mappings         []catalogMapping
	LargeObjects     []catalogLargeObject

	byName map[string]*catalogRelation // by the Sanitize of schema and name
	role   map[string]*catalogRole
}

type catalogDatabase struct {
	Name, Owner string
	ACL         acl
}

type catalogSchema struct {
	Name, Owner string
	ACL         acl
}

type catalogRelation struct {
	Name                                          pgx.Identifier
	Kind, Owner, Comment, Persistence, Definition string
	ACL                                           acl
	Secured, Forced, Governed, Family, Reader     bool
	Partition, Populated, Extension, Linked       bool
	Options                                       []string
	Columns                                       []catalogColumn
	Policies                                      []statePolicy
	Parents                                       []catalogParent
	Roots                                         []pgx.Identifier
	Indexes                                       []catalogIndex
	Triggers                                      []catalogTrigger
	Rules                                         []string
}

type catalogColumn struct {
	Name, Type, Comment                   string
	ACL                                   acl
	NotNull, Generated, Identity, Blurred bool
	Sequence                              pgx.Identifier
}

type catalogParent struct {
	Name                pgx.Identifier
	Partitioned, Family bool
}

type catalogIndex struct {
	Name          pgx.Identifier
	First         string
	Valid, Usable bool
}

type catalogTrigger struct {
	Name, Enabled, Owner string
	Internal             bool
	Events               int // tgtype
	Function             pgx.Identifier
}

type catalogFunction struct {
	Schema, Name, Arguments, Types, Result, Language, Kind, Body, Volatile, Parallel, Owner, Comment, Extension string
	Trusted, Definer, Leakproof, Strict, Open, Needed                                                           bool
	Config                                                                                                      []string
	ACL                                                                                                         acl
}

type catalogPrivileged struct {
	Kind, Name, Arguments, Column string
	ACL, Initial                  acl
}

type catalogRole struct {
	Name                                                                          string
	Bootstrap, Predefined, Super, Bypass, CreateRole, CreateDatabase, Replication bool
	Login, Inherit                                                                bool
}

type catalogMember struct {
	Role, Member, Grantor string
	Bootstrap, Admin      bool // Bootstrap: the grantor is the first superuser
}

type catalogSetting struct {
	Role     string // empty: every role
	Database bool   // in this database alone
	Setting  string
}

type catalogParameter struct{ Role, Name string }

type catalogDefault struct {
	Role, Schema, Kind string // an empty schema is all of them
	ACL                acl
}

type catalogPublished struct {
	Publication string `json:"pubname"`
	Schema      string `json:"schemaname"`
	Table       string `json:"tablename"`
	Everything  bool
	Explicit    pgx.Identifier // the table, or the one whose partition it is; nil: its schema is published
}

type catalogSubscribed struct {
	Name    string
	Enabled bool
	Table   pgx.Identifier
}

type catalogEventTrigger struct {
	Name, Enabled, Owner string
	Function             pgx.Identifier
}

type catalogServer struct {
	Name, Owner string
	ACL         acl
}

type catalogMapping struct{ Server, User string }

type catalogLargeObject struct {
	ID, Owner string
	ACL       acl
}

// index finds relations and roles by name, and refuses what would be found by none.
func (c *catalog) index() error {
	c.byName, c.role = map[string]*catalogRelation{}, map[string]*catalogRole{}
	for i := range c.Relations {
		r := &c.Relations[i]
		if len(r.Name) != 2 {
			return errors.New("a relation without schema and name")
		}
		c.byName[r.Name.Sanitize()] = r
	}
	for i := range c.Roles {
		c.role[c.Roles[i].Name] = &c.Roles[i]
	}
	return nil
}

// inventory returns what want needs to know of the tables.
func (c *catalog) inventory() inventory {
	live := inventory{}
	for _, r := range c.Relations {
		if !r.Governed || r.Kind != "r" && r.Kind != "p" {
			continue
		}
		var l liveTable
		for _, a := range r.Columns {
			l.columns = append(l.columns, liveColumn{name: a.Name, kind: a.Type, generated: a.Generated, identity: a.Identity,
				blurred: a.Blurred, sequence: a.Sequence})
		}
		if r.Kind == "p" {
			l.partitions = c.partitions(r.Name)
		}
		live[r.Name.Sanitize()] = l
	}
	return live
}

// partitions returns those of a table at any depth, by name.
func (c *catalog) partitions(table pgx.Identifier) []pgx.Identifier {
	var list []pgx.Identifier
	for _, r := range c.Relations {
		for _, root := range r.Roots {
			if r.Partition && root.Sanitize() == table.Sanitize() {
				list = append(list, r.Name)
			}
		}
	}
	return list
}
