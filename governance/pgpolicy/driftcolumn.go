package pgpolicy

import (
	"slices"
	"strings"
)

// columns compares the categories of columns and what the application may do with each.
func (j *judge) columns(d dataset, w wantTable, r catalogRelation) {
	for i, c := range r.Columns {
		j.column(d, w, w.columns[i], r, c)
	}
}

func (j *judge) column(d dataset, w wantTable, want wantColumn, r catalogRelation, c catalogColumn) {
	if r.Owner != j.config.Application {
		j.columnExcess(w, want, c)
	}
	if want.category == "" {
		return
	}
	o, app := inside("column", w.name, c.Name), j.config.Application
	comment := func() Repair {
		return do(phaseTable, "COMMENT ON COLUMN "+qualified(append(slices.Clone(w.name), c.Name)...)+" IS "+
			literal(newComment(want.comment, c.Comment)))
	}
	var missing []string
	var grant Repair
	for _, p := range want.grants {
		if r.Owner != app && !held(c.ACL, app, p, r.Owner) {
			missing = append(missing, p)
			grant = grant.then(do(phaseGrant, "GRANT "+p+" ("+ident(c.Name)+") ON "+qualified(w.name...)+" TO "+ident(app)))
		}
	}
	switch {
	case isNew(c, app) && len(want.grants) > 0:
		j.add(ColumnNew, o, "a column that was added later", want.comment, comment().then(grant).then(j.rebuildView(d)))
		return
	case !sameComment(want.comment, c.Comment):
		j.add(ColumnComment, o, literal(c.Comment), literal(want.comment), comment())
	}
	if len(missing) > 0 {
		j.add(ColumnGrantMissing, o, "", listed(missing)+" for "+ident(app), grant)
	}
}

// columnExcess finds the rights of the application on a column that no rule gives it.
func (j *judge) columnExcess(w wantTable, want wantColumn, c catalogColumn) {
	o, app, from := inside("column", w.name, c.Name), j.config.Application, ""
	if len(c.ACL) > 0 {
		from = " (" + ident(c.Name) + ") ON " + qualified(w.name...) + " FROM " + ident(app) + " CASCADE"
	}
	for _, p := range c.ACL.of(app) {
		if slices.Contains(want.grants, p) {
			continue
		}
		kind := ColumnGrantExcess
		if want.category == "" {
			kind = ColumnUncovered
		}
		j.add(kind, o, p, "no "+p, do(phaseRevoke, "REVOKE "+p+from))
	}
	j.handedOn(o, c.ACL, app, from)
}

// isNew reports whether no plan has covered a column yet: then it has no category, and the application no right on it.
func isNew(c catalogColumn, application string) bool {
	return len(c.ACL.of(application)) == 0 && !strings.Contains("\n"+c.Comment, "\n"+categoryPrefix)
}
