package recall

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// target is what the catalog says about the column that is searched.
type target struct {
	base    string // vector or halfvec
	indexes []index
}

// index is an approximate index on the column, of the table or of one of its partitions.
type index struct {
	Name   string `json:"name"`
	Method string `json:"method"` // hnsw or ivfflat
	Class  string `json:"class"`  // of operators
}

// serves says whether an index answers by the distance that searches use.
func (i index) serves(c Config) bool { return strings.HasSuffix(i.Class, c.Distance.class()) }

// The first statement finds the type, and loads the library of pgvector into the session, without which its settings are unknown.
const (
	typeSQL = `SELECT t.typname, '[1]'::vector IS NOT NULL FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = to_regclass($1) AND a.attname = $2 AND NOT a.attisdropped`
	indexesSQL = `SELECT c.relname, m.amname, o.opcname
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam JOIN pg_opclass o ON o.oid = i.indclass[0]
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = $2 AND a.attnum = i.indkey[0]
WHERE m.amname IN ('hnsw', 'ivfflat') AND i.indisvalid AND (i.indrelid = to_regclass($1)
  OR i.indrelid IN (SELECT relid FROM pg_partition_tree(to_regclass($1))))
ORDER BY c.relname`
)

// describe reads the catalog.
func describe(ctx context.Context, tx pgx.Tx, c Config) (target, error) {
	var at target
	var loaded bool
	err := tx.QueryRow(ctx, typeSQL, c.relation(), c.Column).Scan(&at.base, &loaded)
	if errors.Is(err, pgx.ErrNoRows) {
		return at, fmt.Errorf("%w: %s has no column %s", ErrDataset, c.relation(), pgx.Identifier{c.Column}.Sanitize())
	}
	if err != nil {
		return at, err
	}
	if at.base != "vector" && at.base != "halfvec" {
		return at, fmt.Errorf("%w: column %s has type %s: expected vector or halfvec", ErrConfig, pgx.Identifier{c.Column}.Sanitize(), at.base)
	}
	rows, err := tx.Query(ctx, indexesSQL, c.relation(), c.Column)
	if err != nil {
		return at, err
	}
	at.indexes, err = pgx.CollectRows(rows, pgx.RowToStructByPos[index])
	return at, err
}
