package pgpolicy

import (
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// views compares the masking views, and finds what else is in their schema.
func (j *judge) views() {
	for _, w := range j.want.views {
		name := pgx.Identifier{j.config.Schema, w.name}
		r := j.have.byName[name.Sanitize()]
		if r == nil || r.Kind != "v" {
			found, repair := "", j.makeView(w)
			if r != nil {
				found, repair = "a "+kindName(r.Kind), human("it may keep data: move it out of the way")
			}
			j.add(ViewMissing, Object{Type: "view", Name: name}, found, "the view", repair)
			continue
		}
		j.view(w, *r)
	}
	for _, r := range j.have.Relations {
		if r.Name[0] == j.config.Schema && !r.Extension && !r.Governed &&
			!slices.ContainsFunc(j.want.views, func(w wantView) bool { return w.name == r.Name[1] && r.Kind == "v" }) {
			j.unknown(r)
		}
	}
}

// unknown finds what no dataset asks for in the schema. A view has no data; anything else is closed.
func (j *judge) unknown(r catalogRelation) {
	who := j.untrusted(r)
	switch {
	case slices.ContainsFunc(j.config.datasets(), func(d dataset) bool { return d.Name == r.Name[1] && j.broken(d) }):
		// It stays for the time when the dataset has a usable table again.
	case r.Kind == "v":
		j.add(ViewUnknown, relation(r), "a view of "+ident(r.Owner), "none",
			do(phaseDrop, "DROP VIEW IF EXISTS "+qualified(r.Name...)))
	case len(who) > 0:
		j.add(ViewUnknown, relation(r), "rights for "+holders(who), "none", revokeAll(onRelation(r), who))
	}
}

// makeView is a whole view.
func (j *judge) makeView(w wantView) Repair {
	name := qualified(j.config.Schema, w.name)
	return do(phaseView, "CREATE VIEW "+name+" WITH ("+listed(w.options)+") AS\n    "+strings.TrimSuffix(w.definition, ";")).
		then(do(phaseView, "ALTER VIEW "+name+" OWNER TO "+ident(j.config.Owner))).
		then(do(phaseView, "REVOKE ALL ON "+name+" FROM PUBLIC")).
		then(do(phaseView, "GRANT SELECT ON "+name+" TO "+ident(j.config.Application))).
		then(do(phaseView, "COMMENT ON VIEW "+name+" IS "+literal(w.comment)))
}

// rebuild makes a view anew.
func (j *judge) rebuild(w wantView) Repair {
	return do(phaseDrop, "DROP VIEW IF EXISTS "+qualified(j.config.Schema, w.name)).then(j.makeView(w))
}

// rebuildView makes the view of a dataset anew, unless it is as wanted.
func (j *judge) rebuildView(d dataset) Repair {
	r := j.have.byName[pgx.Identifier{j.config.Schema, d.Name}.Sanitize()]
	for _, w := range j.want.views {
		if w.name == d.Name && r != nil && !sameView(w.definition, r.Definition) {
			return j.rebuild(w)
		}
	}
	return Repair{}
}

func (j *judge) view(w wantView, r catalogRelation) {
	o, name := relation(r), qualified(r.Name...)
	anew := !sameView(w.definition, r.Definition)
	if anew && !j.onlyNew(w, r) {
		j.add(ViewDefinition, o, strings.Join(strings.Fields(r.Definition), " "), w.definition, j.rebuild(w))
	}
	if !slices.Equal(w.options, r.Options) {
		j.add(ViewOptions, o, "options "+listed(r.Options), "options "+listed(w.options), j.rebuild(w))
	}
	if r.Owner != j.config.Owner {
		repair := j.take(r.Kind, r.Name)
		if r.Owner == j.config.Application { // whose own rights go with it
			repair = repair.then(do(phaseView, "GRANT SELECT ON "+name+" TO "+ident(r.Owner)))
		}
		j.add(ViewOwner, o, ident(r.Owner), ident(j.config.Owner), repair)
	}
	j.strangers(r, ViewGrantPublic, ViewGrantOther, ViewGrantPublic, ViewGrantOther)
	app := j.config.Application
	from := " ON " + name + " FROM " + ident(app) + " CASCADE"
	give := do(phaseView, "GRANT SELECT ON "+name+" TO "+ident(app))
	if r.Owner != app {
		excess := slices.DeleteFunc(r.ACL.of(app), func(p string) bool { return p == scopeSelect })
		for _, c := range r.Columns {
			for _, p := range c.ACL.of(app) {
				if !slices.Contains(excess, p) {
					excess = append(excess, p)
				}
			}
		}
		if len(excess) > 0 {
			j.add(ViewGrantExcess, o, listed(excess)+" for "+ident(app), "SELECT on the whole view alone",
				do(phaseRevoke, "REVOKE ALL"+from).then(give))
		}
		j.handedOn(o, r.ACL, app, from)
	}
	if r.Owner != app && !held(r.ACL, app, scopeSelect, r.Owner) {
		j.add(ViewGrantMissing, o, "", "SELECT for "+ident(app), give)
	}
	if r.Comment != w.comment {
		j.add(ViewComment, o, literal(r.Comment), literal(w.comment),
			do(phaseView, "COMMENT ON VIEW "+name+" IS "+literal(w.comment)))
	}
}

// onlyNew reports whether a view is the one that was wanted before its table got columns: those differences have been found
// already.
func (j *judge) onlyNew(w wantView, r catalogRelation) bool {
	for _, d := range j.config.datasets() {
		if d.Name != w.name {
			continue
		}
		table := j.config.table(d).Sanitize()
		live := j.have.inventory()[table]
		have := j.have.byName[table]
		live.columns = slices.DeleteFunc(live.columns, func(l liveColumn) bool {
			return slices.ContainsFunc(have.Columns, func(c catalogColumn) bool {
				return c.Name == l.name && isNew(c, j.config.Application)
			})
		})
		before, err := j.config.govern(d, inventory{table: live})
		return err == nil && sameView(before.view().definition, r.Definition)
	}
	return false
}

// reader compares a view, or materialised view, that reads governed tables and is not a masking view. A view that reads with
// the rights of whoever queries it opens nothing.
func (j *judge) reader(r catalogRelation) {
	if j.config.Trust.relation(r.Name) {
		return
	}
	who := j.untrusted(r)
	if r.Owner == j.config.Application && !r.invoker() {
		j.add(TableOwnedByApplication, relation(r), ident(r.Owner), "another owner", j.take(r.Kind, r.Name))
	}
	switch {
	case r.Kind == "m":
		if len(who) > 0 {
			j.add(MaterializedViewExposes, relation(r), "rights for "+holders(who), "nobody's right",
				revokeAll(onRelation(r), who))
		}
		if r.Populated {
			j.add(MaterializedViewCopy, relation(r), "governed rows", "no rows, or its name in Config.Trust",
				do(phaseView, "REFRESH MATERIALIZED VIEW "+qualified(r.Name...)+" WITH NO DATA"))
		}
	case len(who) > 0 && !r.invoker():
		j.add(ViewExposes, relation(r), "rights for "+holders(who), "security_invoker, or nobody's right",
			revokeAll(onRelation(r), who))
	}
}

// invoker reports whether a view reads with the rights of whoever queries it.
func (r catalogRelation) invoker() bool {
	return slices.ContainsFunc(r.Options, func(o string) bool {
		value, found := strings.CutPrefix(o, "security_invoker=")
		return found && truth(value)
	})
}
