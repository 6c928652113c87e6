// Package stdlib is the form of the real one, without its doings.
package stdlib

import (
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

type Conn struct{}

func (*Conn) Conn() *pgx.Conn { return nil }

func OpenDBFromPool(pool *pgxpool.Pool) *sql.DB { return nil }
