//shugo:ungoverned nothing is in this file // want `//shugo:ungoverned exempts nothing`

package directives

import "github.com/jackc/pgx/v5/pgxpool"

func Close(pool *pgxpool.Pool) { pool.Close() }
