package blockstate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// attempt runs f, and undoes what it did to the transaction: settings, and its failure.
func (r *refresher) attempt(ctx context.Context, f func() error) error {
	if _, err := r.tx.Exec(ctx, "SAVEPOINT shugo_blockstate"); err != nil {
		return err
	}
	failed := f()
	for _, sql := range []string{"ROLLBACK TO SAVEPOINT shugo_blockstate", "RELEASE SAVEPOINT shugo_blockstate"} {
		if _, err := r.tx.Exec(ctx, sql); err != nil && failed == nil {
			failed = err
		}
	}
	return failed
}

// examine divides the doubtful ranges by the positions of their pages in the log: one beyond the position noted before
// the earlier state was taken has changed, and so may have the page. It returns the ranges of which nothing was logged. If
// the server refuses to tell, all of them are read.
func (r *refresher) examine(ctx context.Context, p *plan, e extent, before *state) (unchanged []int, err error) {
	asked := slices.Concat(p.doubtful, p.settling)
	if len(asked) == 0 {
		return nil, nil
	}
	r.account.PagesExamined = e.pages(asked)
	changed, err := r.changed(ctx, asked, e, before.lsn)
	if err != nil && !refused(ctx, err) {
		return nil, fmt.Errorf("blockstate: the positions of the pages of %s: %w", r.req.Table.Sanitize(), err)
	}
	for k, i := range asked {
		same := err == nil && !changed[k] || !r.conditions.sameHeap
		if same {
			unchanged = append(unchanged, i)
		}
		switch doubtful := k < len(p.doubtful); {
		case doubtful && same:
			p.keep = append(p.keep, i)
		case doubtful:
			p.read = append(p.read, i)
		}
	}
	slices.Sort(p.read)
	return unchanged, nil
}

// changed says of each range whether the log has a record beyond a position about a page of it.
func (r *refresher) changed(ctx context.Context, ranges []int, e extent, since uint64) ([]bool, error) {
	first, after := e.spans(ranges)
	var changed []bool
	err := r.attempt(ctx, func() error {
		rows, err := r.tx.Query(ctx, `SELECT headers FROM shugo_blockstate.positions($1, $2, $3)`, r.facts.OID, first, after)
		if err != nil {
			return err
		}
		var headers []byte
		_, err = pgx.ForEachRow(rows, []any{&headers}, func() error {
			n := len(changed)
			if n >= len(ranges) || int64(len(headers)) != headerPart*(after[n]-first[n]) {
				return fmt.Errorf("%d bytes of headers in row %d of %d", len(headers), n, len(ranges))
			}
			changed = append(changed, false)
			for header := range slices.Chunk(headers, headerPart) {
				changed[n] = changed[n] || pageLSN(header) > since || checkLayout(header) != nil
			}
			return nil
		})
		return err
	})
	if err == nil && len(changed) != len(ranges) {
		err = fmt.Errorf("%d rows for %d ranges", len(changed), len(ranges))
	}
	return changed, err
}

// refused reports whether an error is the server's answer to a statement, after which the connection is of use.
func refused(ctx context.Context, err error) bool {
	var answer *pgconn.PgError
	return errors.As(err, &answer) && ctx.Err() == nil
}

// The settings under which a range is read by its blocks, and no plan costs more than the reading: the server
// estimates the rows of a range badly, and would compile code for each.
const settingsSQL = `SELECT set_config(name, value, true) FROM (VALUES ('jit', 'off'), ('max_parallel_workers_per_gather', '0'),
	('enable_tidscan', 'on'), ('enable_seqscan', 'off'), ('enable_indexscan', 'off'), ('enable_indexonlyscan', 'off'),
	('enable_bitmapscan', 'off')) AS s(name, value)`

// rangesSQL reads ranges of blocks, each by a scan of its own within one execution: a row for each, its place first.
func (r *refresher) rangesSQL() string {
	n := len(r.req.Args)
	return fmt.Sprintf(`SELECT shugo_range.place, shugo_values.*
FROM ROWS FROM (pg_catalog.unnest($%d::pg_catalog.int8[]), pg_catalog.unnest($%d::pg_catalog.int8[]))
	WITH ORDINALITY AS shugo_range(first, after, place)
CROSS JOIN LATERAL (SELECT %s FROM ONLY %s
	WHERE ctid >= pg_catalog.format('(%%s,0)', shugo_range.first)::pg_catalog.tid
	AND ctid < pg_catalog.format('(%%s,0)', shugo_range.after)::pg_catalog.tid) AS shugo_values`,
		n+1, n+2, r.selected, r.req.Table.Sanitize())
}

// read fills in the values of ranges.
func (r *refresher) read(ctx context.Context, ranges []int, e extent, into []column) error {
	if len(ranges) == 0 {
		return nil
	}
	first, after := e.spans(ranges)
	args := append(append(binaryResults(len(into)+1), r.req.Args...), first, after)
	err := r.attempt(ctx, func() error {
		if _, err := r.tx.Exec(ctx, settingsSQL); err != nil {
			return err
		}
		rows, err := r.tx.Query(ctx, r.rangesSQL(), args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		done := make([]bool, len(ranges))
		for rows.Next() {
			raw := rows.RawValues()
			place := newColumn(Count, 1)
			if err := place.put(0, raw[0]); err != nil {
				return err
			}
			at := int(place.bits[0]) - 1
			done[at] = true
			if err := put(into, ranges[at], raw[1:]); err != nil {
				return err
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if i := slices.Index(done, false); i >= 0 {
			return fmt.Errorf("no row of range %d", ranges[i])
		}
		return nil
	})
	if err != nil {
		return &readError{r.req.Table.Sanitize(), err}
	}
	return nil
}

// readWhole reads the table as any statement would, partitions, policies and all.
func (r *refresher) readWhole(ctx context.Context) (Totals, error) {
	values := make([]column, len(r.types))
	for i, a := range r.req.Aggregates {
		values[i] = newColumn(a.Kind, 1)
	}
	rows, err := r.tx.Query(ctx, "SELECT "+r.selected+" FROM "+r.req.Table.Sanitize(),
		append(binaryResults(len(values)), r.req.Args...)...)
	if err == nil {
		defer rows.Close()
		for rows.Next() {
			if err := put(values, 0, rows.RawValues()); err != nil {
				return nil, err
			}
		}
		err = rows.Err()
	}
	if err != nil {
		return nil, &readError{r.req.Table.Sanitize(), err}
	}
	return r.totals(values)
}

func put(into []column, i int, raw [][]byte) error {
	for k := range into {
		if err := into[k].put(i, raw[k]); err != nil {
			return fmt.Errorf("aggregate %d: %w", k, err)
		}
	}
	return nil
}

// binaryResults returns the options of a statement whose columns are read in binary: the connection's own way of executing statements
// may give text.
func binaryResults(n int) []any {
	return []any{pgx.QueryExecModeDescribeExec, pgx.QueryResultFormats(slices.Repeat([]int16{pgx.BinaryFormatCode}, n))}
}

// readError is an error of reading rows, which the server may have described with a value of one: it is not repeated.
type readError struct {
	table string
	err   error
}

// Error names the table, and the server's code for what went wrong.
func (e *readError) Error() string {
	text := e.err.Error()
	if answer := (*pgconn.PgError)(nil); errors.As(e.err, &answer) {
		text = "the server answers with SQLSTATE " + answer.Code
	}
	return "blockstate: reading " + e.table + ": " + text
}

// Unwrap returns the error with all that the server says.
func (e *readError) Unwrap() error { return e.err }
