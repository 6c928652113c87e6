package pgsink

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// commit sends a batch that ends in a commit, its own or that of the implicit transaction. The outcome is unknown when the
// batch was sent and the session did not live to tell: only an answer that leaves the session alive says that the server
// rolled back.
func commit(ctx context.Context, conn *pgx.Conn, batch *pgx.Batch) error {
	sent := false
	first := batch.QueuedQueries[0]
	answer := first.Fn
	if answer == nil {
		answer = func(results pgx.BatchResults) error {
			_, err := results.Exec()
			return err
		}
	}
	first.Fn = func(results pgx.BatchResults) error {
		sent = true // pgx reads results only of a batch that it has written to its end
		return answer(results)
	}
	err := conn.SendBatch(ctx, batch).Close()
	if err == nil {
		return nil
	}
	if sent && conn.IsClosed() && !refused(err) {
		return &failure{what: "commit", class: ErrOutcomeUnknown, cause: err}
	}
	if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) && strings.Contains(pg.Message, "audit_record") {
		return unrecorded(err) // the server refused to prepare the insert, before any result
	}
	return fail("commit", err)
}

// refused reports whether err is the server's answer to a statement, after which the session lives on.
func refused(err error) bool {
	pg := (*pgconn.PgError)(nil)
	return errors.As(err, &pg) && pg.SeverityUnlocalized == "ERROR"
}
