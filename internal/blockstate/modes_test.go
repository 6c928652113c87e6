package blockstate

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// TestExecutionModes refreshes by connections of every way to execute statements, as a pooler between asks for some.
func TestExecutionModes(t *testing.T) {
	t.Parallel()
	database := newDatabase(t, itemsSQL+"SELECT fill(1, 3000)")
	run(t, database, "VACUUM items")
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec,
		pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()
			config := database.Config()
			config.ConnConfig.DefaultQueryExecMode = mode
			pool, err := pgxpool.NewWithConfig(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(pool.Close)
			state, _ := refreshed(t, pool, itemsRequest(), nil)
			if _, account := refreshed(t, pool, itemsRequest(), state); !account.Incremental || account.RangesRead > 0 {
				t.Errorf("%+v", account)
			}
		})
	}
}
