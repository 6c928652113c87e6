package pgsink

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Plan returns how the server would execute a search.
func (s *Sink) Plan(ctx context.Context, q Query) (string, error) {
	sql, args := s.statement(q)
	rows, err := s.pool.Query(ctx, "EXPLAIN "+sql, args...)
	if err != nil {
		return "", err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(lines, "\n"), err
}
