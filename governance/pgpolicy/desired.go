package pgpolicy

import (
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
)

// desired is everything that this package wants in a database. It is computed from the configuration and the columns that
// the tables have, by want; all lists are sorted by name. Texts of expressions are those that PostgreSQL gives back while
// search_path is pg_catalog alone: every name outside of pg_catalog has its schema.
type desired struct {
	schema      string         // of functions and views; owned by owner, application has USAGE and nobody else
	tableSchema []string       // where governed tables are: application has USAGE, and nobody but the owner CREATE
	auditSchema string         // for drift alone
	owner       string         // owns all of it
	application string         // the role of the host's connections
	standing    pgx.Identifier // nil: none; owner reads it. The application needs nothing here, but Predicate does
	strict      bool           // Config.Strict

	tables    []wantTable
	functions []wantFunction
	views     []wantView
	// Default privileges: none that grants anything to application or PUBLIC on tables, sequences or functions in schema or
	// tableSchema. Functions here have their EXECUTE revoked from PUBLIC one by one.
}

// wantTable is a governed table. Row security is enabled and forced.
type wantTable struct {
	dataset    string
	name       pgx.Identifier   // schema and table
	comment    string           // "category: user_data", which is the last line of the comment: see sameComment
	subject    string           // column with the person's id; empty: none. A valid btree index begins with it (indexed)
	index      string           // name of the index that a plan makes when none begins with subject, in the table's schema
	privileges []string         // of application on the table as a whole: DELETE or none; the others are by column
	columns    []wantColumn     // all that the table has, in its order
	policies   []wantPolicy     // all and no others
	partitions []pgx.Identifier // of the table, at any depth: row security enabled and forced, no policy, no grant
}

// wantColumn is a column of a governed table. The application has exactly these privileges on it, by column, and PUBLIC has
// none. A command that no rule can allow is not granted.
type wantColumn struct {
	name     string
	category governance.Category // empty: not covered (strict); then no grant
	comment  string              // "category: user_data"; empty: not covered
	grants   []string            // of SELECT, INSERT, UPDATE in this order; a generated column has SELECT alone
	sequence pgx.Identifier      // that its default draws from (serial): application has USAGE if it may INSERT; nil: none
}

// wantPolicy is a policy in the words of pg_policy.
type wantPolicy struct {
	name       string
	permissive bool
	command    string   // ALL SELECT INSERT UPDATE DELETE
	roles      []string // "public" alone is PUBLIC
	using      string   // pg_get_expr(polqual, polrelid) with search_path pg_catalog; empty: none
	check      string   // pg_get_expr(polwithcheck, polrelid)
}

// wantFunction is a function in schema. The owner owns it, application may execute it, PUBLIC may not.
type wantFunction struct {
	name      string
	arguments string // pg_get_function_identity_arguments; "scope text" or ""
	result    string // pg_get_function_result: "boolean", "SETOF text"
	language  string // plpgsql or sql
	body      string // prosrc, byte by byte
	definer   bool   // SECURITY DEFINER
	parallel  string // proparallel: "s" safe
	volatile  string // provolatile: "s" stable, "i" immutable
	config    string // the one element of proconfig: "search_path=pg_catalog, pg_temp"
	comment   string
}

// wantView is a masking view in schema, owned by owner; application has SELECT on it and nobody else anything.
type wantView struct {
	name    string   // the dataset's
	options []string // reloptions: "security_barrier=true"; security_invoker is not wanted: see the package comment
	// definition is pg_get_viewdef(oid) with search_path pg_catalog, as sameView compares it.
	definition string
	comment    string
}

// inventory is what the database has of the governed tables, by the Sanitize of schema and name. A table that is missing
// there is missing in desired, and so is one whose subject column is missing or of a type that cannot be compared exactly.
type inventory map[string]liveTable

type liveTable struct {
	columns    []liveColumn
	partitions []pgx.Identifier // at any depth, sorted
}

type liveColumn struct {
	name      string         // in the order of attnum, dropped ones left out
	kind      string         // format_type(atttypid, NULL) with search_path pg_catalog: "text", "public.vector"
	generated bool           // attgenerated <> ''
	identity  bool           // attidentity = 'a': GENERATED ALWAYS
	blurred   bool           // its collation is nondeterministic
	sequence  pgx.Identifier // of a serial column (pg_depend.deptype = 'a'); nil: none
}

// want computes what the configuration wants of a database with these tables. The error names what makes a dataset
// impossible to govern; the result is complete for all others.
//
//	func want(c Config, live inventory) (desired, error)
//
// sameView reports whether a definition from pg_get_viewdef is the wanted one: servers differ in white space, and from
// version 16 on in whether columns of the only table are qualified.
//
//	func sameView(want, got string) bool
