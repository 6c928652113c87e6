package pgpolicy

import (
	"context"
	"slices"

	"github.com/shugo-data/shugo/governance"
)

// Fields lists every table of the governed schemas, each followed by its columns, with their categories: what a test of
// coverage needs. A column has a category when its dataset covers it: all columns of a declared table, or with
// Config.Strict those that the dataset names. A table that no dataset declares is listed without, by its name, with the
// schema before it where that is not Config.TableSchema; so are materialised and foreign tables. Left out are views, which
// keep nothing, partitions, which are their table, and what extensions have made. It is one round trip; its errors are
// those of the database.
func (p *Policy) Fields(ctx context.Context, db Querier) ([]governance.StoredField, error) {
	s, err := p.Snapshot(ctx, db)
	if err != nil {
		return nil, err
	}
	schemas := []string{p.config.TableSchema}
	for _, table := range p.config.tables() {
		schemas = append(schemas, table[0])
	}
	var list []governance.StoredField
	for _, r := range s.have.Relations {
		if r.Extension || r.Kind == "v" || r.Kind == "S" || r.Partition && len(r.Roots) > 0 || !slices.Contains(schemas, r.Name[0]) {
			continue
		}
		list = append(list, p.fields(r)...)
	}
	return list, nil
}

func (p *Policy) fields(r catalogRelation) []governance.StoredField {
	datasets := p.config.datasets()
	i := slices.IndexFunc(datasets, func(d dataset) bool { return slices.Equal(p.config.table(d), r.Name) })
	name := r.Name[1]
	if r.Name[0] != p.config.TableSchema {
		name = qualified(r.Name...)
	}
	var whole governance.Category
	if i >= 0 {
		name, whole = datasets[i].Name, datasets[i].Category
	}
	list := []governance.StoredField{{Store: p.config.Store, Dataset: name, Category: whole}}
	for _, c := range r.Columns {
		f := governance.StoredField{Store: p.config.Store, Dataset: name, Name: c.Name}
		if i >= 0 {
			f.Category, _ = datasets[i].category(c.Name, p.config.Strict)
		}
		list = append(list, f)
	}
	return list
}
