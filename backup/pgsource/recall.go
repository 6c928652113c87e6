package pgsource

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// How indexes of vectors are probed.
const (
	probes    = 10 // vectors that are searched for
	neighbors = 10 // rows that are to be found near each
)

// vectorIndexesSQL reads the indexes of vectors with one column, and how they are searched.
const vectorIndexesSQL = `SELECT n.nspname, t.relname, x.relname, m.amname, pg_catalog.pg_get_indexdef(i.indexrelid, 1, false),
	COALESCE(pg_catalog.pg_get_expr(i.indpred, i.indrelid), 'true'), pg_catalog.format('OPERATOR(%I.%s)', onn.nspname, o.oprname),
	pg_catalog.format_type(a.oid, NULL)
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid AND x.relkind = 'i'
JOIN pg_catalog.pg_am AS m ON m.oid = x.relam AND m.amname IN ('hnsw', 'ivfflat')
JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_opclass AS c ON c.oid = i.indclass[0]
JOIN pg_catalog.pg_type AS a ON a.oid = c.opcintype AND a.typname IN ('vector', 'halfvec', 'sparsevec')
JOIN pg_catalog.pg_amop AS p ON p.amopfamily = c.opcfamily AND p.amoppurpose = 'o'
JOIN pg_catalog.pg_operator AS o ON o.oid = p.amopopr
JOIN pg_catalog.pg_namespace AS onn ON onn.oid = o.oprnamespace
WHERE i.indnatts = 1 AND i.indisvalid ORDER BY 1, 2, 3`

// vectorIndex is an index to be probed.
type vectorIndex struct{ schema, table, name, method, expression, predicate, operator, kind string }

// recalls compares what each index of vectors finds with what exact search finds.
func (d *Database) recalls(ctx context.Context, conn *pgx.Conn) ([]backup.Finding, error) {
	const what = "pgsource: probe the indexes of vectors"
	rows, err := conn.Query(ctx, vectorIndexesSQL)
	if err != nil {
		return nil, pgerror.Wrap(what, err)
	}
	indexes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (x vectorIndex, err error) {
		err = row.Scan(&x.schema, &x.table, &x.name, &x.method, &x.expression, &x.predicate, &x.operator, &x.kind)
		return x, err
	})
	if err != nil {
		return nil, pgerror.Wrap(what, err)
	}
	var findings []backup.Finding
	for _, x := range indexes {
		found, expected, used, err := x.probe(ctx, conn)
		if err != nil {
			return nil, pgerror.Wrap(what, err)
		}
		f := backup.Finding{Check: "index " + pgx.Identifier{x.schema, x.name}.Sanitize() + " finds the nearest rows", Passed: true,
			Detail: "no rows to search for"}
		if expected > 0 {
			recall := float64(found) / float64(expected)
			f.Passed = recall >= d.config.MinRecall && used
			f.Detail = fmt.Sprintf("%.3f of %d found, expected %.3f", recall, expected, d.config.MinRecall)
		}
		if expected > 0 && !used {
			f.Detail = "the server does not use it"
		}
		findings = append(findings, f)
	}
	return findings, nil
}

// from returns the rows that the index is of.
func (x vectorIndex) from() string {
	return "FROM ONLY " + pgx.Identifier{x.schema, x.table}.Sanitize() + " WHERE (" + x.predicate + ") AND " + x.expression + " IS NOT NULL"
}

// probe counts rows that the index finds among the nearest, and those that exact search finds. Rows that are as near as the
// farthest of these count as found. It also reports whether the server planned to use the index.
func (x vectorIndex) probe(ctx context.Context, conn *pgx.Conn) (found, expected int, used bool, err error) {
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return 0, 0, false, err
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	rows, err := tx.Query(ctx, "SELECT ("+x.expression+")::pg_catalog.text "+x.from()+
		" ORDER BY pg_catalog.hashtextextended(ctid::pg_catalog.text, 0) LIMIT "+fmt.Sprint(probes))
	if err != nil {
		return 0, 0, false, err
	}
	vectors, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return 0, 0, false, err
	}
	for _, v := range vectors {
		exact, err := x.search(ctx, tx, v, "SET LOCAL enable_indexscan = off; SET LOCAL enable_seqscan = on; SET LOCAL enable_sort = on")
		if err != nil {
			return 0, 0, false, err
		}
		near, err := x.search(ctx, tx, v, "SET LOCAL enable_indexscan = on; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL hnsw.ef_search = 100; SET LOCAL ivfflat.probes = 20")
		if err != nil {
			return 0, 0, false, err
		}
		if used, err = x.planned(ctx, tx, v); err != nil {
			return 0, 0, false, err
		}
		expected += len(exact)
		for n := 0; n < len(exact) && n < len(near); n++ {
			if near[n] <= exact[len(exact)-1] {
				found++
			}
		}
	}
	return found, expected, used, nil
}

// query returns the query for the distances of the nearest rows to a vector, which is a literal, so that an index on a
// predicate or an expression is chosen as for any query.
func (x vectorIndex) query(vector string) string {
	distance := x.expression + " " + x.operator + " '" + strings.ReplaceAll(vector, "'", "''") + "'::" + x.kind
	return fmt.Sprintf("SELECT %s %s ORDER BY %s LIMIT %d", distance, x.from(), distance, neighbors)
}

// planned reports whether the server would use the index, by the settings of the transaction.
func (x vectorIndex) planned(ctx context.Context, tx pgx.Tx, vector string) (bool, error) {
	rows, err := tx.Query(ctx, "EXPLAIN (COSTS false) "+x.query(vector))
	if err != nil {
		return false, err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	plan := strings.Join(lines, "\n")
	return strings.Contains(plan, "using "+x.name+" ") || strings.Contains(plan, "using "+pgx.Identifier{x.name}.Sanitize()+" "), err
}

// search returns the distances of the nearest rows to a vector.
func (x vectorIndex) search(ctx context.Context, tx pgx.Tx, vector, settings string) ([]float64, error) {
	if _, err := tx.Exec(ctx, settings, pgx.QueryExecModeSimpleProtocol); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, x.query(vector))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[float64])
}
