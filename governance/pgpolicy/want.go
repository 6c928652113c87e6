package pgpolicy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// want computes what the configuration wants of a database with these tables. The error names what makes a dataset
// impossible to govern; the result is complete for all others.
func want(c Config, live inventory) (desired, error) {
	d := desired{
		schema: c.Schema, auditSchema: c.AuditSchema, owner: c.Owner, application: c.Application, standing: c.Standing,
		strict: c.Strict,
	}
	d.functions = append([]wantFunction{c.callerFunction()}, append(c.identityFunctions(), c.standingFunctions()...)...)
	for _, class := range c.Manifest.Classes {
		if slices.ContainsFunc(c.datasets(), func(s dataset) bool { return s.has(class.Category) }) {
			d.functions = append(d.functions, c.mayFunction(class.Category))
		}
	}
	var errs []error
	for _, s := range c.datasets() {
		g, err := c.govern(s, live)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		d.tables = append(d.tables, g.table())
		d.functions = append(d.functions, g.functions()...)
		d.views = append(d.views, g.view())
		if schema := c.table(s)[0]; !slices.Contains(d.tableSchema, schema) {
			d.tableSchema = append(d.tableSchema, schema)
		}
	}
	slices.Sort(d.tableSchema)
	slices.SortFunc(d.tables, func(a, b wantTable) int { return slices.Compare(a.name, b.name) })
	slices.SortFunc(d.functions, func(a, b wantFunction) int { return strings.Compare(a.name, b.name) })
	return d, together(errs...)
}

// govern fits a dataset to its table.
func (c Config) govern(s dataset, live inventory) (*governed, error) {
	table := c.table(s)
	at, found := live[table.Sanitize()]
	if !found {
		return nil, fmt.Errorf("pgpolicy: dataset %q: there is no table %s", s.Name, qualified(table...))
	}
	g := &governed{dataset: s, config: c, live: at}
	var errs []error
	fault := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("pgpolicy: dataset %q: "+format, append([]any{s.Name}, args...)...))
	}
	for _, column := range at.columns {
		if _, covered := s.category(column.name, c.Strict); covered {
			g.columns = append(g.columns, column.name)
		}
	}
	if s.Subject != "" {
		g.identify(fault)
	}
	for _, f := range s.Fields {
		if !slices.Contains(g.columns, f.Name) {
			fault("table %s has no column %q", qualified(table...), f.Name)
		}
	}
	for _, name := range sortedKeys(c.Masks[s.Name]) {
		i := slices.IndexFunc(at.columns, func(l liveColumn) bool { return l.name == name })
		if i < 0 || at.columns[i].kind != "text" && at.columns[i].kind != "character varying" {
			fault("masks: table %s has no column %q of type text or character varying", qualified(table...), name)
		}
	}
	if len(g.columns) == 0 {
		fault("table %s has no column that the manifest covers", qualified(table...))
	}
	g.split()
	return g, together(errs...)
}

func (g *governed) identify(fault func(format string, args ...any)) {
	i := slices.IndexFunc(g.live.columns, func(l liveColumn) bool { return l.name == g.Subject })
	if i < 0 {
		fault("table %s has no column %q for its subject", qualified(g.config.table(g.dataset)...), g.Subject)
		return
	}
	column, ok := g.live.columns[i], false
	if g.owner, ok = identityOf(column.kind); !ok {
		fault("subject column %q is of type %s: want text, character varying, uuid, smallint, integer or bigint",
			g.Subject, column.kind)
	}
	if column.blurred {
		fault("subject column %q has a nondeterministic collation: different persons could be equal", g.Subject)
	}
}

// table is what is wanted of the table itself.
func (g *governed) table() wantTable {
	t := wantTable{
		dataset: g.Name, name: g.config.table(g.dataset), comment: categoryComment(g.Category), subject: g.Subject,
		policies: g.policies(), partitions: g.live.partitions,
	}
	if g.Subject != "" {
		t.index = joined(t.name[1]+"_"+g.Subject, "_shugo")
	}
	if g.possible(scopeDelete) {
		t.privileges = []string{scopeDelete}
	}
	for _, column := range g.live.columns {
		t.columns = append(t.columns, g.column(column))
	}
	return t
}

func (g *governed) column(live liveColumn) wantColumn {
	w := wantColumn{name: live.name}
	category, covered := g.category(live.name, g.config.Strict)
	if !covered {
		return w
	}
	w.category, w.comment = category, categoryComment(category)
	given := live.generated || live.identity
	for _, command := range []string{scopeSelect, scopeInsert, scopeUpdate} {
		if g.possible(command) && (command == scopeSelect || !given) {
			w.grants = append(w.grants, command)
		}
	}
	if slices.Contains(w.grants, scopeInsert) {
		w.sequence = live.sequence
	}
	return w
}

// tables returns the names of the enforced tables.
func (c Config) tables() []pgx.Identifier {
	var list []pgx.Identifier
	for _, d := range c.datasets() {
		list = append(list, c.table(d))
	}
	return list
}
