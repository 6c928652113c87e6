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
	o, app := inside("column", w.name, c.Name), j.config.Application
	name := "(" + ident(c.Name) + ") ON " + qualified(w.name...)
	from := " " + name + " FROM " + ident(app) + " CASCADE"
	if r.Owner != app {
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
	if want.category == "" {
		return
	}
	comment := do(phaseTable, "COMMENT ON COLUMN "+qualified(append(slices.Clone(w.name), c.Name)...)+" IS "+
		literal(newComment(want.comment, c.Comment)))
	var missing []string
	for _, p := range want.grants {
		if r.Owner != app && !held(c.ACL, app, p, r.Owner) {
			missing = append(missing, p)
		}
	}
	var grant Repair
	for _, p := range missing {
		grant = grant.then(do(phaseGrant, "GRANT "+p+" "+name+" TO "+ident(app)))
	}
	said := sameComment(want.comment, c.Comment)
	switch {
	case isNew(c, app) && len(want.grants) > 0:
		j.add(ColumnNew, o, "a column that was added later", want.comment, comment.then(grant).then(j.rebuildView(d)))
		return
	case !said:
		j.add(ColumnComment, o, literal(c.Comment), literal(want.comment), comment)
	}
	if len(missing) > 0 {
		j.add(ColumnGrantMissing, o, "", listed(missing)+" for "+ident(app), grant)
	}
}

// isNew reports whether no plan has covered a column yet: then it has no category, and the application no right on it.
func isNew(c catalogColumn, application string) bool {
	return len(c.ACL.of(application)) == 0 && !strings.Contains("\n"+c.Comment, "\n"+categoryPrefix)
}
