package pgcatalog

import (
	"context"

	"github.com/shugo-data/shugo/internal/pgerror"
)

// prepare names each setting once; a server does not have those that came or went with other versions.
const prepare = `SELECT pg_catalog.count(pg_catalog.set_config(s.name, s.value, false)) FROM (VALUES
	('search_path', ''),
	('datestyle', 'ISO, YMD'),
	('intervalstyle', 'postgres'),
	('timezone', 'UTC'),
	('extra_float_digits', '1'),
	('bytea_output', 'hex'),
	('xmloption', 'content'),
	('lc_monetary', 'C'),
	('standard_conforming_strings', 'on'),
	('client_encoding', 'UTF8'),
	('client_min_messages', 'warning'),
	('row_security', 'off'),
	('check_function_bodies', 'off'),
	('quote_all_identifiers', 'off'),
	('transform_null_equals', 'off'),
	('default_table_access_method', 'heap'),
	('default_tablespace', ''),
	('synchronize_seqscans', 'off'),
	('jit', 'off'),
	('statement_timeout', '0'),
	('lock_timeout', '0'),
	('transaction_timeout', '0'),
	('idle_in_transaction_session_timeout', '0'),
	('restrict_nonsystem_relation_kind', '')
) AS s (name, value) WHERE EXISTS (SELECT FROM pg_catalog.pg_settings AS k WHERE pg_catalog.lower(k.name) = s.name)`

// Prepare sets a session for reading a definition or rows, and for making them again: values are printed and read alike on
// every server, no name is found by a search path, no policy hides a row in silence, no limit that was made for clients ends
// a backup, and no query about catalogs is compiled, which takes longer than the query. The settings last as long as the session, or are undone with the transaction. Read and the
// functions of pgdigest call it themselves.
func Prepare(ctx context.Context, db Executor) error {
	_, err := db.Exec(ctx, prepare)
	return pgerror.Wrap("pgcatalog: prepare the session", err)
}
