package pgcatalog

// Section is a stage of a restore. Objects are ordered by section, in the order of the constants.
type Section string

// The sections, in the order of a restore.
const (
	BeforeData   Section = "before data"   // schemas, types, functions, tables, attached partitions, views
	Data         Section = "data"          // rows are loaded here; the objects are the positions of sequences
	AfterData    Section = "after data"    // what the rows are not to be checked against: constraints that are not valid, statistics
	Indexes      Section = "indexes"       // indexes, and the constraints that are indexes; within a table independent of one another
	AfterIndexes Section = "after indexes" // foreign keys, triggers, rules, policies, privileges, views of materialized data
)

// Catalog is the definition of a database. Two databases with equal definitions, on servers of the same major version, have
// Objects with equal statements, whatever the order in which things were made.
type Catalog struct {
	Version     int      `json:"version"`               // of the server, such as 150020
	Database    string   `json:"database"`              // its name
	Encoding    string   `json:"encoding"`              // of the database, such as UTF8
	Objects     []Object `json:"objects"`               // in the order of a restore
	Tables      []Table  `json:"tables"`                // relations that hold or route rows, ordered by schema and name
	Sequences   []Value  `json:"sequences"`             // positions of sequences, ordered by schema and name
	LargeOIDs   []uint32 `json:"large_oids,omitempty"`  // large objects, whose content is data
	Roles       []string `json:"roles"`                 // that objects name, in order
	Unsupported []string `json:"unsupported,omitempty"` // what the database holds and Objects cannot make again, in order
	Invalid     []string `json:"invalid,omitempty"`     // indexes that a failed CREATE INDEX CONCURRENTLY left: they are not in Objects
}

// Object is something that statements make.
type Object struct {
	ID         string      `json:"id"`                   // unique within the catalog, such as "table public.messages"
	Section    Section     `json:"section"`              // when it is made
	Kind       string      `json:"kind"`                 // such as "table", "index", "foreign key"
	Schema     string      `json:"schema,omitempty"`     // unquoted; empty where it has none
	Name       string      `json:"name"`                 // unquoted
	Table      string      `json:"table,omitempty"`      // unquoted name of the relation in Schema that it belongs to
	Statements []Statement `json:"statements"`           // to be executed one by one, in order
	DependsOn  []string    `json:"depends_on,omitempty"` // IDs, in order
}

// Statement is a command of SQL.
type Statement struct {
	SQL   string   `json:"sql"`             // without a semicolon at its end
	Roles []string `json:"roles,omitempty"` // that it names and that may be missing elsewhere
}

// Table is a relation that holds rows or routes them to its partitions.
type Table struct {
	Schema      string       `json:"schema"`                 // unquoted
	Name        string       `json:"name"`                   // unquoted
	OID         uint32       `json:"-"`                      // in the database that was read
	Partitioned bool         `json:"partitioned,omitempty"`  // its rows are those of its partitions: it has none of its own
	Foreign     bool         `json:"foreign,omitempty"`      // its rows are elsewhere and are not copied
	Unlogged    bool         `json:"unlogged,omitempty"`     // not logged: a crash or a physical restore empties it
	Rows        bool         `json:"rows"`                   // it has rows of its own that belong to a backup
	Extension   string       `json:"extension,omitempty"`    // that it is a configuration table of
	Condition   string       `json:"condition,omitempty"`    // WHERE clause, with its WHERE, of the rows that are to be copied of a configuration table
	Parents     []Name       `json:"parents,omitempty"`      // that it inherits from or is a partition of
	Partition   bool         `json:"partition,omitempty"`    // it is a partition of its only parent
	Columns     []Column     `json:"columns"`                // in their order, without those that were dropped
	Key         []string     `json:"key,omitempty"`          // columns of the primary key
	ForeignKeys []ForeignKey `json:"foreign_keys,omitempty"` // ordered by name
	RowSecurity bool         `json:"row_security,omitempty"` // policies apply
	Forced      bool         `json:"forced,omitempty"`       // to the owner too
	RowEstimate int64        `json:"row_estimate"`           // rows, by the server's statistics; -1: never counted
	Pages       int64        `json:"pages"`                  // of 8 KiB, of the main heap, now
	ToastBytes  int64        `json:"toast_bytes"`            // bytes of values kept out of line, now
}

// Name is a qualified name.
type Name struct {
	Schema string `json:"schema"` // unquoted
	Name   string `json:"name"`   // unquoted
}

// Column is a column of a table.
type Column struct {
	Name      string `json:"name"`                // unquoted
	Type      string `json:"type"`                // as SQL, qualified, with its modifier, such as "public.vector(1536)"
	TypeOID   uint32 `json:"-"`                   // in the database that was read
	Typmod    int32  `json:"typmod"`              // modifier of the type; -1: none
	NotNull   bool   `json:"not_null,omitempty"`  //
	Generated bool   `json:"generated,omitempty"` // computed by the server, stored or virtual: not to be copied
	Identity  string `json:"identity,omitempty"`  // "always" or "by default"
}

// ForeignKey is a reference of a table.
type ForeignKey struct {
	Name    string   `json:"name"`            // of the constraint, unquoted
	Columns []string `json:"columns"`         // of the table
	Target  Name     `json:"target"`          // table referred to
	Keys    []string `json:"keys"`            // columns of Target, one for each of Columns
	Valid   bool     `json:"valid,omitempty"` // every row is known to conform
}

// Value is the position of a sequence. It is not part of a snapshot: what is read may be ahead of the rows, never behind.
type Value struct {
	Name         // of the sequence
	Last   int64 `json:"last"`   // last value, or the first if it was never called
	Called bool  `json:"called"` // it was
}

// Filter chooses what is read. The zero Filter chooses everything.
type Filter struct {
	Schemas []string // only what is in these schemas, without what belongs to the database as a whole; empty: all
}
