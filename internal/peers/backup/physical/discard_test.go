package physical

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// discard receives a base backup and looks at nothing.
func discard(b *testing.B, url string) {
	b.Helper()
	ctx := context.Background()
	config, err := pgconn.ParseConfig(url)
	if err != nil {
		b.Fatal(err)
	}
	config.RuntimeParams["replication"] = "true"
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(ctx)
	conn.Frontend().SendQuery(&pgproto3.Query{String: "BASE_BACKUP (CHECKPOINT 'fast', WAL false, MANIFEST 'yes')"})
	if err := conn.Frontend().Flush(); err != nil {
		b.Fatal(err)
	}
	for {
		m, err := conn.Frontend().Receive()
		if err != nil {
			b.Fatal(err)
		}
		switch m := m.(type) {
		case *pgproto3.ErrorResponse:
			b.Fatal(pgconn.ErrorResponseToPgError(m))
		case *pgproto3.ReadyForQuery:
			return
		}
	}
}
