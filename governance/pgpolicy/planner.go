package pgpolicy

import (
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// planner finds the statements that lead from what there is to what is wanted.
type planner struct {
	config Config
	want   desired
	have   state
	list   []Statement
	advice []string
}

func (d *planner) add(why, sql string, locks ...Lock) {
	d.list = append(d.list, Statement{SQL: sql, Why: why, Locks: locks})
}

func (d *planner) application() string { return ident(d.config.Application) }

// schemas makes the schema of functions and views, and lets the application use it and those of the tables.
func (d *planner) schemas() {
	find := func(name string) (stateSchema, bool) {
		i := slices.IndexFunc(d.have.Schemas, func(s stateSchema) bool { return s.Name == name })
		if i < 0 {
			return stateSchema{}, false
		}
		return d.have.Schemas[i], true
	}
	if have, found := find(d.want.schema); !found {
		d.add("functions and masking views have a schema of their own",
			"CREATE SCHEMA "+ident(d.want.schema)+" AUTHORIZATION "+ident(d.want.owner))
	} else if have.Owner != d.want.owner {
		d.add("what the policies rest on belongs to the owner",
			"ALTER SCHEMA "+ident(d.want.schema)+" OWNER TO "+ident(d.want.owner))
	}
	for _, name := range append([]string{d.want.schema}, d.want.tableSchema...) {
		have, _ := find(name)
		if have.Create {
			d.add("who creates objects beside the tables can stand in their place",
				"REVOKE CREATE ON SCHEMA "+ident(name)+" FROM PUBLIC")
		}
		if !have.Usage {
			d.add("the application finds what is in the schema", "GRANT USAGE ON SCHEMA "+ident(name)+" TO "+d.application())
		}
	}
}

func (d *planner) functions() {
	for _, w := range d.want.functions {
		i := slices.IndexFunc(d.have.Functions, func(h stateFunction) bool {
			return h.Name == w.name && h.Arguments == w.arguments
		})
		var have stateFunction
		if i >= 0 {
			have = d.have.Functions[i]
		}
		d.function(w, have)
	}
}

func (d *planner) function(w wantFunction, have stateFunction) {
	signature := qualified(d.want.schema, w.name) + "(" + w.arguments + ")"
	wanted := stateFunction{
		Name: w.name, Arguments: w.arguments, Result: w.result, Language: w.language, Body: w.body, Definer: w.definer,
		Volatile: w.volatile, Parallel: w.parallel, Config: w.config,
	}
	made := have
	made.Owner, made.Comment, made.Public, made.Application = "", "", false, false
	fresh := have.Name == ""
	if made != wanted {
		d.add(w.comment, w.create(signature))
	}
	if fresh && d.have.User != d.want.owner || !fresh && have.Owner != d.want.owner {
		d.add("what the policies rest on belongs to the owner", "ALTER FUNCTION "+signature+" OWNER TO "+ident(d.want.owner))
	}
	if fresh || have.Public {
		d.add("PostgreSQL lets everybody execute a new function", "REVOKE ALL ON FUNCTION "+signature+" FROM PUBLIC")
	}
	if !have.Application {
		d.add("policies run with the rights of whoever queries", "GRANT EXECUTE ON FUNCTION "+signature+" TO "+d.application())
	}
	if have.Comment != w.comment {
		d.add("the function says what it is", "COMMENT ON FUNCTION "+signature+" IS "+literal(w.comment))
	}
}

func (w wantFunction) create(signature string) string {
	rights := ""
	if w.definer {
		rights = " SECURITY DEFINER"
	}
	return "CREATE OR REPLACE FUNCTION " + signature + " RETURNS " + w.result + "\n    LANGUAGE " + w.language +
		" STABLE" + rights + " PARALLEL SAFE\n    SET search_path = pg_catalog, pg_temp\n    AS " + dollars(w.body)
}

func (d *planner) views() {
	for _, w := range d.want.views {
		i := slices.IndexFunc(d.have.Views, func(h stateView) bool { return h.Name == w.name })
		var have stateView
		if i >= 0 {
			have = d.have.Views[i]
		}
		d.view(w, have)
	}
}

func (d *planner) view(w wantView, have stateView) {
	name := qualified(d.want.schema, w.name)
	if have.Name != "" && (!sameView(w.definition, have.Definition) || !slices.Equal(w.options, have.Options)) {
		d.add("the view is another than is wanted", "DROP VIEW "+name, Lock{"ACCESS EXCLUSIVE", name})
		have = stateView{}
	}
	fresh := have.Name == ""
	if fresh {
		d.add(w.comment, "CREATE VIEW "+name+" WITH ("+strings.Join(w.options, ", ")+") AS\n    "+
			strings.TrimSuffix(w.definition, ";"))
	}
	if fresh && d.have.User != d.want.owner || !fresh && have.Owner != d.want.owner {
		d.add("the view reads with the rights of the owner", "ALTER VIEW "+name+" OWNER TO "+ident(d.want.owner))
	}
	if have.Public {
		d.add("the view is for the application alone", "REVOKE ALL ON "+name+" FROM PUBLIC")
	}
	if extra := slices.ContainsFunc(have.Grants, func(g string) bool { return g != scopeSelect }); extra {
		d.add("the view is for reading", "REVOKE ALL ON "+name+" FROM "+d.application())
		have.Grants = nil
	}
	if len(have.Grants) == 0 {
		d.add("callers whose rules mask something read here", "GRANT SELECT ON "+name+" TO "+d.application())
	}
	if have.Comment != w.comment {
		d.add("the view says what it is", "COMMENT ON VIEW "+name+" IS "+literal(w.comment))
	}
}

// leftovers drops what an earlier manifest wanted.
func (d *planner) leftovers() {
	for _, h := range d.have.Views {
		if !slices.ContainsFunc(d.want.views, func(w wantView) bool { return w.name == h.Name }) {
			name := qualified(d.want.schema, h.Name)
			d.add("no dataset has this view any more", "DROP VIEW "+name, Lock{"ACCESS EXCLUSIVE", name})
		}
	}
	for _, h := range d.have.Functions {
		if !slices.ContainsFunc(d.want.functions, func(w wantFunction) bool {
			return w.name == h.Name && w.arguments == h.Arguments
		}) {
			d.add("no policy asks this function any more",
				"DROP FUNCTION "+qualified(d.want.schema, h.Name)+"("+h.Arguments+")")
		}
	}
}

// exclusive is the lock of most forms of ALTER TABLE.
func exclusive(table pgx.Identifier) Lock { return Lock{"ACCESS EXCLUSIVE", qualified(table...)} }
