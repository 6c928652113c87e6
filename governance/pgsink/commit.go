package pgsink

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// commit sends a batch that ends in a commit, its own or that of the implicit transaction. The outcome is unknown when the
// batch was sent and the session did not live to tell: only an answer that leaves the session alive says that the server
// rolled back.
func (s *Sink) commit(ctx context.Context, conn *pgx.Conn, batch *pgx.Batch) error {
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
	if unprepared := (pgx.ErrPreprocessingBatch{}); errors.As(err, &unprepared) && s.statements.have(unprepared.SQL()) {
		return unrecorded(err)
	}
	return fail("commit", err)
}

// refused reports whether err is the server's answer to a statement, after which the session lives on.
func refused(err error) bool {
	pg := (*pgconn.PgError)(nil)
	return errors.As(err, &pg) && pg.SeverityUnlocalized == "ERROR"
}
