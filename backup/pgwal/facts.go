package pgwal

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/pgcatalog"
	"github.com/shugo-data/shugo/internal/pgdigest"
)

// Facts observes one database: the digest of its definition, and number of rows and digest of each table, computed by the
// server. It leaves out what a physical restore does not bring back as it was: unlogged tables come back empty, and sequences
// may be some numbers ahead. tx is of level REPEATABLE READ.
func Facts(ctx context.Context, tx pgx.Tx) ([]backup.Fact, error) {
	catalog, err := pgcatalog.Read(ctx, tx, pgcatalog.Filter{})
	if err != nil {
		return nil, err
	}
	tables := slices.DeleteFunc(catalog.Tables, func(t pgcatalog.Table) bool { return t.Unlogged })
	facts, err := pgdigest.Facts(ctx, tx, tables)
	if err != nil {
		return nil, err
	}
	return append([]backup.Fact{pgdigest.Definition(catalog)}, facts...), nil
}
