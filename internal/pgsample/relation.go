package pgsample

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// UnsuitableError says that a relation cannot be sampled by pages: read all of it instead.
type UnsuitableError struct {
	Table pgx.Identifier // as in the request
	Is    string         // what it is: "a view", "a partitioned table"
}

// Error names the relation and what it is.
func (e *UnsuitableError) Error() string {
	return fmt.Sprintf("pgsample: %s is %s: want a table with pages of its own", e.Table.Sanitize(), e.Is)
}

// relationSQL describes the relation $1, and the server.
const relationSQL = `
SELECT c.relkind::text, coalesce(m.amname, ''), EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid),
       current_setting('server_version_num')::int / 10000, current_setting('enable_tidscan'), current_setting('jit')
FROM pg_class c LEFT JOIN pg_am m ON m.oid = c.relam
WHERE c.oid = to_regclass($1)`

// settings are those of the session that a sample changes while it is drawn.
type settings struct{ tidScan, jit string }

// suitable returns why a relation cannot be sampled, or the session's settings.
func suitable(ctx context.Context, tx pgx.Tx, table pgx.Identifier) (settings, error) {
	var kind, method string
	var parent bool
	var server int
	var now settings
	err := tx.QueryRow(ctx, relationSQL, table.Sanitize()).Scan(&kind, &method, &parent, &server, &now.tidScan, &now.jit)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return settings{}, fmt.Errorf("pgsample: there is no relation %s", table.Sanitize())
	case err != nil:
		return settings{}, fmt.Errorf("pgsample: looking at %s: %w", table.Sanitize(), err)
	case server < 14:
		return settings{}, fmt.Errorf("pgsample: the server is PostgreSQL %d: want 14 or later, which scan ranges of TIDs", server)
	}
	if is := unsuitable(kind, method, parent); is != "" {
		return settings{}, &UnsuitableError{Table: table, Is: is}
	}
	return now, nil
}

// unsuitable says what a relation is that cannot be sampled, else nothing.
func unsuitable(kind, method string, parent bool) string {
	switch kind {
	case "r", "m":
		switch {
		case parent:
			return "a parent of other tables"
		case method != "heap":
			return "a table with the access method " + method
		}
		return ""
	case "p":
		return "a partitioned table"
	case "v":
		return "a view"
	case "f":
		return "a foreign table"
	}
	return fmt.Sprintf("a relation of the kind %q", kind)
}
