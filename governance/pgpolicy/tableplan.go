package pgpolicy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// table secures a table: what bars comes before what opens.
func (d *planner) table(w wantTable) {
	i := slices.IndexFunc(d.have.Tables, func(h stateTable) bool {
		return h.Schema == w.name[0] && h.Name == w.name[1]
	})
	have := d.have.Tables[i] // it is wanted because it is there
	if have.Owner != d.want.owner {
		d.alter(w.name, "the owner's rights are the ones that the masking views read with", "OWNER TO "+ident(d.want.owner))
	}
	if w.subject != "" && !slices.Contains(have.Indexed, w.subject) {
		d.add("a caller's own records are found without reading all; on a large table, make the index CONCURRENTLY beforehand",
			"CREATE INDEX "+ident(w.index)+" ON "+qualified(w.name...)+" ("+ident(w.subject)+")",
			Lock{"SHARE", qualified(w.name...)})
	}
	if slices.ContainsFunc(have.Columns, func(c stateColumn) bool { return c.Name == w.subject && c.Nullable }) {
		d.advice = append(d.advice, fmt.Sprintf("make column %s of %s NOT NULL: what is in a row without a person is nobody's own, "+
			"and no consent, restriction or hold protects it", ident(w.subject), qualified(w.name...)))
	}
	d.secure(w.name, have.Secured, have.Forced)
	for _, p := range have.Partitions {
		d.secure(pgx.Identifier{p.Schema, p.Name}, p.Secured, p.Forced)
	}
	d.policies(w, have)
	d.grants(w, have)
	d.comments(w, have)
}

func (d *planner) alter(table pgx.Identifier, why, change string) {
	d.add(why, "ALTER TABLE "+qualified(table...)+" "+change, exclusive(table))
}

func (d *planner) secure(table pgx.Identifier, secured, forced bool) {
	if !secured {
		d.alter(table, "rows are reached through policies only", "ENABLE ROW LEVEL SECURITY")
	}
	if !forced {
		d.alter(table, "the owner, and what reads with the owner's rights, are bound too", "FORCE ROW LEVEL SECURITY")
	}
}

func (d *planner) policies(w wantTable, have stateTable) {
	table := qualified(w.name...)
	for _, h := range have.Policies {
		i := slices.IndexFunc(w.policies, func(p wantPolicy) bool { return p.name == h.Name })
		if strings.HasPrefix(h.Name, "shugo_") && (i < 0 || !w.policies[i].is(h)) {
			d.add("the policy is another than is wanted", "DROP POLICY "+ident(h.Name)+" ON "+table, exclusive(w.name))
		}
	}
	for _, p := range w.policies {
		if !slices.ContainsFunc(have.Policies, p.is) {
			d.add(p.why(), p.create(table), exclusive(w.name))
		}
	}
}

func (p wantPolicy) is(h statePolicy) bool {
	return p.name == h.Name && p.permissive == h.Permissive && p.command == h.Command && slices.Equal(p.roles, h.Roles) &&
		p.using == h.Using && p.check == h.Check
}

func (p wantPolicy) why() string {
	switch p.name {
	case policyFloor:
		return "without a caller, or with one whose roles or purpose are unknown, nobody reaches anything"
	case policyView:
		return "the masking view, which reads with the owner's rights, has the records of which some field is reached"
	}
	return p.command + " has the records that the rules of all categories allow for the caller's action"
}

func (p wantPolicy) create(table string) string {
	kind, roles := "RESTRICTIVE", make([]string, len(p.roles))
	if p.permissive {
		kind = "PERMISSIVE"
	}
	for i, r := range p.roles {
		if roles[i] = ident(r); r == "public" {
			roles[i] = "PUBLIC"
		}
	}
	text := "CREATE POLICY " + ident(p.name) + " ON " + table + " AS " + kind + " FOR " + p.command + " TO " +
		strings.Join(roles, ", ")
	if p.using != "" {
		text += "\n    USING (" + p.using + ")"
	}
	if p.check != "" {
		text += "\n    WITH CHECK (" + p.check + ")"
	}
	return text
}

// grants gives the application the covered columns, and takes everything else from it and from everybody.
func (d *planner) grants(w wantTable, have stateTable) {
	table := qualified(w.name...)
	if have.Others || slices.ContainsFunc(have.Columns, func(c stateColumn) bool { return c.Others }) {
		d.add("nobody but the application reaches the table", "REVOKE ALL ON "+table+" FROM PUBLIC")
	}
	held := map[string][]string{}
	excess := slices.ContainsFunc(have.Grants, func(g string) bool { return !slices.Contains(w.privileges, g) })
	for i, c := range have.Columns {
		held[c.Name] = c.Grants
		excess = excess || slices.ContainsFunc(c.Grants, func(g string) bool { return !slices.Contains(w.columns[i].grants, g) })
	}
	if excess {
		d.add("the application has rights that no rule gives it", "REVOKE ALL ON "+table+" FROM "+d.application())
		have.Grants, held = nil, nil
	}
	var rights []string
	for _, command := range []string{scopeSelect, scopeInsert, scopeUpdate} {
		var columns []string
		for _, c := range w.columns {
			if slices.Contains(c.grants, command) && !slices.Contains(held[c.name], command) {
				columns = append(columns, ident(c.name))
			}
		}
		if len(columns) > 0 {
			rights = append(rights, command+" ("+strings.Join(columns, ", ")+")")
		}
	}
	for _, p := range w.privileges {
		if !slices.Contains(have.Grants, p) {
			rights = append(rights, p)
		}
	}
	if len(rights) > 0 {
		d.add("the application has the columns that the manifest covers, for commands that some rule allows",
			"GRANT "+strings.Join(rights, ", ")+" ON "+table+" TO "+d.application())
	}
	d.sequences(w, have)
}

func (d *planner) sequences(w wantTable, have stateTable) {
	for i, c := range w.columns {
		if c.sequence != nil && !have.Columns[i].Usage {
			d.add("an INSERT draws its numbers here", "GRANT USAGE ON SEQUENCE "+qualified(c.sequence...)+" TO "+d.application())
		}
	}
}

func (d *planner) comments(w wantTable, have stateTable) {
	const why = "the catalog says the category"
	shared := Lock{"SHARE UPDATE EXCLUSIVE", qualified(w.name...)}
	if !sameComment(w.comment, have.Comment) {
		d.add(why, "COMMENT ON TABLE "+qualified(w.name...)+" IS "+literal(newComment(w.comment, have.Comment)), shared)
	}
	for i, c := range w.columns {
		if got := have.Columns[i].Comment; c.comment != "" && !sameComment(c.comment, got) {
			d.add(why, "COMMENT ON COLUMN "+qualified(append(slices.Clone(w.name), c.name)...)+" IS "+
				literal(newComment(c.comment, got)), shared)
		}
	}
}
