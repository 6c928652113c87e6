package pgdigest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/pgcatalog"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// Facts returns one fact for each table that has rows, in the order of tables.
func Facts(ctx context.Context, db pgcatalog.Executor, tables []pgcatalog.Table) ([]backup.Fact, error) {
	var facts []backup.Fact
	for _, t := range tables {
		if !t.Rows {
			continue
		}
		c, err := Table(ctx, db, t)
		if err != nil {
			return nil, err
		}
		facts = append(facts, c.Fact())
	}
	return facts, nil
}

// Fact returns the content as a fact.
func (c Content) Fact() backup.Fact {
	name := c.Table.Schema + "." + c.Table.Name
	if strings.ContainsAny(c.Table.Schema+c.Table.Name, `."`) { // two tables must not have one name
		name = pgx.Identifier{c.Table.Schema, c.Table.Name}.Sanitize()
	}
	return backup.Fact{Name: "table " + name, Value: fmt.Sprintf("%d rows, digest %s", c.Rows, c.Digest)}
}

// LargeObjects returns the fact of all large objects and their content, each of which is read into memory by the server.
func LargeObjects(ctx context.Context, db pgcatalog.Executor) (backup.Fact, error) {
	const what = "pgdigest: digest large objects"
	if err := pgcatalog.Prepare(ctx, db); err != nil {
		return backup.Fact{}, err
	}
	rows, err := db.Query(ctx, `SELECT count(*), COALESCE(sum(hash_record_extended(o.row, 1)), 0)::text, COALESCE(sum(hash_record_extended(o.row, 2)), 0)::text
FROM (SELECT ROW(oid, lo_get(oid)) AS row FROM pg_largeobject_metadata OFFSET 0) AS o`)
	if err != nil {
		return backup.Fact{}, pgerror.Wrap(what, err)
	}
	fact, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (backup.Fact, error) {
		var n int64
		var sums [2]string
		err := row.Scan(&n, &sums[0], &sums[1])
		return backup.Fact{Name: "large objects", Value: fmt.Sprintf("%d objects, digest %s", n, digest(sums))}, err
	})
	return fact, pgerror.Wrap(what, err)
}

// Definition returns the fact of a definition: of the statements, not of the order or the dependencies, which servers note
// differently for what was made in one step or in two. Servers of different major versions print the same definition
// differently, so that the version is in the name: only facts of the same version can be compared.
func Definition(c pgcatalog.Catalog) backup.Fact {
	var objects []string
	for _, o := range c.Objects {
		if o.Section == pgcatalog.Data {
			continue
		}
		o.DependsOn = nil
		text, _ := json.Marshal(o) // strings, slices and structs of them are always encoded
		objects = append(objects, string(text))
	}
	slices.Sort(objects)
	hash := sha256.New()
	for _, text := range objects {
		hash.Write([]byte(text + "\n")) // which JSON has none of
	}
	return backup.Fact{
		Name:  fmt.Sprintf("definition, as PostgreSQL %d prints it", c.Version/10000),
		Value: fmt.Sprintf("%d objects, digest %x", len(objects), hash.Sum(nil)),
	}
}
