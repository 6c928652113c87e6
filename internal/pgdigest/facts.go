package pgdigest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/pgcatalog"
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
	return backup.Fact{
		Name:  fmt.Sprintf("table %s.%s", c.Table.Schema, c.Table.Name),
		Value: fmt.Sprintf("%d rows, digest %s", c.Rows, c.Digest),
	}
}

// Definition returns the fact of a definition. Servers of different major versions print the same definition differently, so
// that the version is in its name: only facts of the same version can be compared.
func Definition(c pgcatalog.Catalog) backup.Fact {
	hash := sha256.New()
	objects := 0
	for _, o := range c.Objects {
		if o.Section == pgcatalog.Data {
			continue
		}
		objects++
		// Strings, slices and structs of them are always encoded, and to nothing that could be mistaken for another.
		text, _ := json.Marshal(o)
		hash.Write(append(text, '\n'))
	}
	return backup.Fact{
		Name:  fmt.Sprintf("definition, as PostgreSQL %d prints it", c.Version/10000),
		Value: fmt.Sprintf("%d objects, digest %x", objects, hash.Sum(nil)),
	}
}
