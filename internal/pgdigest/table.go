package pgdigest

import (
	"context"
	"fmt"
	"math/big"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/pgcatalog"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// Content is what identifies the rows of a table.
type Content struct {
	Table  pgcatalog.Name // whose rows, without those of partitions and children
	Rows   int64          // how many
	Digest string         // 32 hexadecimal digits
}

// Table computes the content of one table, in one query, which the server may run with parallel workers. db sees one
// moment: a transaction that is at least REPEATABLE READ, or a database at rest.
func Table(ctx context.Context, db pgcatalog.Executor, t pgcatalog.Table) (Content, error) {
	c := Content{Table: pgcatalog.Name{Schema: t.Schema, Name: t.Name}}
	if err := pgcatalog.Prepare(ctx, db); err != nil {
		return c, err
	}
	what := fmt.Sprintf("pgdigest: digest table %s.%s", t.Schema, t.Name)
	forms, err := formsOf(ctx, db, t)
	if err != nil {
		return c, pgerror.Wrap(what, err)
	}
	if _, err := db.Exec(ctx, parallel, t.Pages*8192+t.ToastBytes >= large); err != nil {
		return c, pgerror.Wrap(what, err)
	}
	rows, err := db.Query(ctx, query(t, forms))
	if err != nil {
		return c, pgerror.Wrap(what, err)
	}
	c, err = pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (Content, error) {
		var sums [2]string
		if err := row.Scan(&c.Rows, &sums[0], &sums[1]); err != nil {
			return c, err
		}
		c.Digest = digest(sums)
		return c, nil
	})
	return c, pgerror.Wrap(what, err)
}

// query returns the query that digests a table. It forms each row twice: in a subquery that forms it once the server would
// not use parallel workers.
func query(t pgcatalog.Table, forms []string) string {
	row := "ROW(" + strings.Join(forms, ", ") + ")"
	const sum = `COALESCE(pg_catalog.sum(pg_catalog.hash_record_extended(%s, %d)), 0)::pg_catalog.text`
	return `SELECT pg_catalog.count(*), ` + fmt.Sprintf(sum, row, 1) + `, ` + fmt.Sprintf(sum, row, 2) + `
FROM ONLY ` + pgx.Identifier{t.Schema, t.Name}.Sanitize() + ` AS t ` + t.Condition
}

// parallel has the server use its workers for a large table, whose size it does not see where the rows are kept out of line.
const parallel = `SELECT pg_catalog.set_config('min_parallel_table_scan_size', CASE WHEN $1 THEN '0' ELSE '8MB' END, false),
	pg_catalog.set_config('parallel_setup_cost', CASE WHEN $1 THEN '0' ELSE '1000' END, false)`

// large is the size from which a table is digested in parallel, in bytes.
const large = 8 << 20

// digest returns sums, which the server printed as whole numbers, modulo 2⁶⁴ each.
func digest(sums [2]string) string {
	var text strings.Builder
	modulus := new(big.Int).Lsh(big.NewInt(1), 64)
	for _, sum := range sums {
		n, _ := new(big.Int).SetString(sum, 10)
		if n == nil {
			n = new(big.Int)
		}
		fmt.Fprintf(&text, "%016x", n.Mod(n, modulus))
	}
	return text.String()
}
