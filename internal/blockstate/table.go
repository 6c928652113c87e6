package blockstate

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Reason says why a table was read whole.
type Reason string

// The reasons.
const (
	NoState       Reason = "no earlier state"
	DamagedState  Reason = "the earlier state is damaged or of another version"
	OtherServer   Reason = "the server has been started again since, or is another, or another database"
	OtherTable    Reason = "the table is another, or its file was rewritten since"
	OtherColumns  Reason = "the columns are no longer the same"
	OtherRequest  Reason = "the aggregates, their arguments or the settings of the session are others"
	NotHeap       Reason = "not an ordinary table of the heap access method"
	NotLogged     Reason = "an unlogged or temporary table: its pages have no position in the log"
	Inherited     Reason = "the table has, or had, tables that inherit from it"
	Catalog       Reason = "a table of the system's catalog, which is changed in place"
	Virtual       Reason = "the table has virtual generated columns"
	RowSecurity   Reason = "row security is in force"
	Recovery      Reason = "a server in recovery"
	Serializable  Reason = "a SERIALIZABLE transaction, which must be seen to read what it relies on"
	OldSnapshots  Reason = "old_snapshot_threshold is set"
	OtherVersion  Reason = "a version of PostgreSQL whose rules were not examined"
	Redefined     Reason = "the table's definition may have been changed since the snapshot"
	Unobservable  Reason = "the visibility map cannot be read"
	UnknownLayout Reason = "pages of a layout that is not known"
	OtherRanges   Reason = "the table has outgrown the division into ranges"
	UnknownArg    Reason = "an argument of a type that cannot be compared with the earlier one"
)

// ErrIsolation is what Refresh wraps when the transaction is not of one snapshot.
var ErrIsolation = errors.New("blockstate: the transaction is not REPEATABLE READ")

// facts are what the catalog says of a table.
type facts struct {
	OID              uint32
	Ordinary, Logged bool
	Inherited        bool
	Catalog, Virtual bool
	RowSecurity      bool
	Redefined        bool
	Filenode         uint32
	Columns          string
	Isolation        string
	Recovery         bool
	Version          int
	OldSnapshots     string
	Settings         string
	OldestRunning    uint64 // the least transaction that had not ended at the snapshot
}

// The catalog is read as of the transaction's snapshot, but functions that name a table's file or privileges, and the
// statements to come, see it as it is. Redefined finds where the two may differ: a row of the table's definition which the
// snapshot sees and a transaction that had not ended then has replaced. An age says whether it had: xids wrap around.
const factsSQL = `
WITH oldest AS (SELECT age(pg_snapshot_xmin(pg_current_snapshot())::xid) AS age)
SELECT c.oid, c.relkind IN ('r', 'm') AND coalesce(m.amname = 'heap', false), c.relpersistence = 'p', c.relhassubclass,
	c.oid < 16384 OR c.relisshared, coalesce(a.virtual, false), row_security_active(c.oid),
	coalesce(pg_relation_filenode(c.oid), 0) <> c.relfilenode OR coalesce(a.redefined, false)
		OR (c.xmax <> '0'::xid AND age(c.xmax) <= oldest.age),
	c.relfilenode, coalesce(a.columns, ''), current_setting('transaction_isolation'), pg_is_in_recovery(),
	current_setting('server_version_num')::int, coalesce(current_setting('old_snapshot_threshold', true), '-1'),
	concat_ws(E'\n', current_setting('search_path'), current_setting('TimeZone'), current_setting('DateStyle'),
		current_setting('IntervalStyle'), current_setting('extra_float_digits'), current_setting('bytea_output'),
		current_setting('default_text_search_config'), current_setting('xmlbinary')), pg_snapshot_xmin(pg_current_snapshot())::text::int8
FROM oldest, pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam
CROSS JOIN LATERAL (
	SELECT string_agg(concat_ws(' ', attnum, quote_ident(attname), atttypid, atttypmod, attlen, attcollation, attisdropped, attgenerated,
			atthasmissing, md5(attmissingval::text), labels), E'\n' ORDER BY attnum) AS columns,
		bool_or(attgenerated = 'v') AS virtual,
		bool_or(a.xmax <> '0'::xid AND age(a.xmax) <= oldest.age) AS redefined
	FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid CROSS JOIN LATERAL (
		SELECT md5(string_agg(oid || enumlabel, ' ' ORDER BY enumsortorder)) AS labels FROM pg_catalog.pg_enum
		WHERE enumtypid IN (t.oid, t.typelem, t.typbasetype)) e
	WHERE attrelid = c.oid AND attnum > 0) a
WHERE c.oid = to_regclass($1)`

func readFacts(ctx context.Context, tx pgx.Tx, table pgx.Identifier) (facts, error) {
	rows, err := tx.Query(ctx, factsSQL, table.Sanitize())
	if err != nil {
		return facts{}, fmt.Errorf("blockstate: the catalog: %w", err)
	}
	f, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[facts])
	if errors.Is(err, pgx.ErrNoRows) { // made since the snapshot, or it would not have been prepared
		return facts{Redefined: true, Isolation: "repeatable read"}, nil
	}
	if err != nil {
		return facts{}, fmt.Errorf("blockstate: the catalog: %w", err)
	}
	if f.Isolation != "repeatable read" && f.Isolation != "serializable" {
		return facts{}, fmt.Errorf("%w: it is %s", ErrIsolation, f.Isolation)
	}
	return f, nil
}

// unfit says why nothing can be kept of a table, or is empty.
func (f facts) unfit() Reason {
	for _, c := range []struct {
		holds bool
		why   Reason
	}{
		{f.Redefined && f.OID == 0, Redefined},
		{f.Version < 140000 || f.Version >= 190000, OtherVersion},
		{f.Recovery, Recovery},
		{f.Isolation == "serializable", Serializable},
		{f.OldSnapshots != "-1", OldSnapshots},
		{!f.Ordinary, NotHeap},
		{f.Catalog, Catalog},
		{!f.Logged, NotLogged},
		{f.Inherited, Inherited},
		{f.Virtual, Virtual},
		{f.RowSecurity, RowSecurity},
		{f.Redefined, Redefined},
	} {
		if c.holds {
			return c.why
		}
	}
	return ""
}
