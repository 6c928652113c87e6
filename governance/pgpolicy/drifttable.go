package pgpolicy

import (
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// tables compares what is in the schemas of the governed tables.
func (j *judge) tables() {
	for _, d := range j.config.datasets() {
		j.dataset(d)
	}
	for _, r := range j.have.Relations {
		switch {
		case r.Governed:
		case r.Partition && len(r.Roots) > 0:
			j.partition(r)
		case r.Kind == "S":
			j.sequence(r)
		case r.Reader && r.Name[0] != j.config.Schema:
			j.reader(r)
		case r.Family || slices.Contains(j.want.tableSchema, r.Name[0]):
			j.uncovered(r)
		}
	}
}

// dataset compares a dataset's table. What is impossible to enforce is told apart from what is not enforced.
func (j *judge) dataset(d dataset) {
	name := j.config.table(d)
	r := j.have.byName[name.Sanitize()]
	if r == nil || r.Kind != "r" && r.Kind != "p" {
		found := ""
		if r != nil {
			found = "a " + kindName(r.Kind)
		}
		j.add(TableMissing, table(name), found, "a table", human("where the data of dataset "+d.Name+" has gone, a human knows"))
		return
	}
	j.declared(d, *r)
	j.strangers(*r, TableGrantPublic, TableGrantOther, ColumnGrantPublic, ColumnGrantOther)
	i := slices.IndexFunc(j.want.tables, func(w wantTable) bool { return w.dataset == d.Name })
	if i < 0 {
		j.protection(*r, wantTable{})
		return
	}
	w := j.want.tables[i]
	j.protection(*r, w)
	j.policies(w, *r)
	j.rights(w, *r)
	j.columns(d, w, *r)
	j.subjectIndex(w, *r)
	if !sameComment(w.comment, r.Comment) {
		j.add(TableComment, table(w.name), literal(r.Comment), literal(w.comment), do(phaseTable,
			"COMMENT ON TABLE "+qualified(w.name...)+" IS "+literal(newComment(w.comment, r.Comment))))
	}
}

// declared compares the columns that the manifest names.
func (j *judge) declared(d dataset, r catalogRelation) {
	find := func(name string) *catalogColumn {
		i := slices.IndexFunc(r.Columns, func(c catalogColumn) bool { return c.Name == name })
		if i < 0 {
			j.add(ColumnMissing, inside("column", r.Name, name), "", "the column",
				human("whether it was renamed or its data is lost, a human knows: change the manifest, or restore it"))
			return nil
		}
		return &r.Columns[i]
	}
	for _, f := range d.Fields {
		if f.Name != d.Subject {
			find(f.Name)
		}
	}
	if d.Subject == "" {
		return
	}
	if c := find(d.Subject); c != nil {
		if _, ok := identityOf(c.Type); !ok || c.Blurred {
			found := c.Type
			if c.Blurred {
				found += " with a nondeterministic collation"
			}
			j.add(SubjectIncomparable, inside("column", r.Name, c.Name), found,
				"text, character varying, uuid, smallint, integer or bigint, compared byte by byte",
				human("the type of a column with data is not changed in passing"))
		}
	}
}

// protection compares what protects a table whatever its policies say.
func (j *judge) protection(r catalogRelation, w wantTable) {
	name := qualified(r.Name...)
	j.owned(r, TableOwner, w)
	if !r.Secured {
		j.add(RowSecurityOff, table(r.Name), "row security off", "row security on", enable(name))
	}
	if !r.Forced {
		j.add(RowSecurityUnforced, table(r.Name), "not forced", "forced", force(name))
	}
	for _, p := range r.Parents {
		if p.Family {
			continue
		}
		sql := "ALTER TABLE " + name + " NO INHERIT " + qualified(p.Name...)
		if p.Partitioned {
			sql = "ALTER TABLE " + qualified(p.Name...) + " DETACH PARTITION " + name
		}
		j.add(InheritanceParent, table(r.Name), "part of "+qualified(p.Name...), "part of no other table", do(phaseRevoke, sql))
	}
	j.rewritten(r, TableRule)
	j.fired(r)
}

// owned compares who owns a relation that the owner should. The application's own rights go with its ownership.
func (j *judge) owned(r catalogRelation, kind Kind, w wantTable) {
	if r.Owner == j.config.Owner {
		return
	}
	repair := j.take(r.Kind, r.Name)
	if r.Owner == j.config.Application {
		kind, repair = TableOwnedByApplication, repair.then(w.allGrants(r.Owner))
	}
	j.add(kind, relation(r), ident(r.Owner), ident(j.config.Owner), repair)
}

func enable(name string) Repair {
	return do(phaseTable, "ALTER TABLE "+name+" ENABLE ROW LEVEL SECURITY")
}

func force(name string) Repair {
	return do(phaseTable, "ALTER TABLE "+name+" FORCE ROW LEVEL SECURITY")
}

// rewritten finds rewrite rules.
func (j *judge) rewritten(r catalogRelation, kind Kind) {
	for _, name := range r.Rules {
		j.add(kind, inside("rule", r.Name, name), "a rewrite rule", "none",
			do(phaseDrop, "DROP RULE "+ident(name)+" ON "+qualified(r.Name...)))
	}
}

// fired compares the triggers of a table.
func (j *judge) fired(r catalogRelation) {
	name := qualified(r.Name...)
	var off []string
	var repair Repair
	for _, t := range r.Triggers {
		on := do(phaseTable, "ALTER TABLE "+name+" ENABLE TRIGGER "+ident(t.Name))
		switch disabled := t.Enabled == "D" || t.Enabled == "R"; {
		case t.Internal && disabled:
			off, repair = append(off, t.Name), repair.then(on)
		case t.Internal:
		case !j.trusted(t.Owner):
			j.add(TriggerCode, inside("trigger", r.Name, t.Name), "function "+qualified(t.Function...)+" of "+ident(t.Owner),
				"a function of "+ident(j.config.Owner), do(phaseDrop, "DROP TRIGGER "+ident(t.Name)+" ON "+name))
		case disabled:
			j.add(TriggerDisabled, inside("trigger", r.Name, t.Name), "disabled", "enabled", on)
		}
	}
	if len(off) > 0 {
		j.add(ConstraintDisabled, table(r.Name), "disabled: "+listed(off), "enabled", repair)
	}
}

// strangers finds the rights of everybody and of roles that nobody trusts, on a table and its columns.
func (j *judge) strangers(r catalogRelation, tablePublic, tableOther, columnPublic, columnOther Kind) {
	for _, who := range j.untrusted(r) {
		if who == j.config.Application {
			continue
		}
		onTable, onColumn := tableOther, columnOther
		if who == public {
			onTable, onColumn = tablePublic, columnPublic
		}
		if has := r.ACL.of(who); len(has) > 0 {
			j.add(onTable, relation(r), listed(has)+" for "+grantee(who), "none", revokeAll(onRelation(r), []string{who}))
		}
		for _, c := range r.Columns {
			if has := c.ACL.of(who); len(has) > 0 {
				j.add(onColumn, inside("column", r.Name, c.Name), listed(has)+" for "+grantee(who), "none", do(phaseRevoke,
					"REVOKE ALL ("+ident(c.Name)+") ON "+qualified(r.Name...)+" FROM "+grantee(who)+" CASCADE"))
			}
		}
	}
}

// rights compares what the application may do with a table as a whole. Taking SELECT, INSERT or UPDATE on it takes them on
// its columns too, so that these are given anew.
func (j *judge) rights(w wantTable, r catalogRelation) {
	app := j.config.Application
	on, from := qualified(w.name...), " ON "+qualified(w.name...)+" FROM "+ident(app)+" CASCADE"
	if r.Owner != app {
		for _, p := range r.ACL.of(app) {
			if !slices.Contains(w.privileges, p) {
				j.add(TableGrantExcess, table(w.name), p, "no "+p, do(phaseRevoke, "REVOKE "+p+from).then(w.columnGrants(app)))
			}
		}
		j.handedOn(table(w.name), r.ACL, app, from)
	}
	for _, p := range w.privileges {
		if r.Owner != app && !held(r.ACL, app, p, r.Owner) {
			j.add(TableGrantMissing, table(w.name), "", p, do(phaseGrant, "GRANT "+p+" ON "+on+" TO "+ident(app)))
		}
	}
}

// held reports whether a role has a privilege from the owner: one from somebody else goes when theirs goes.
func held(a acl, who, privilege, owner string) bool {
	return slices.ContainsFunc(a, func(r right) bool {
		return r.grantee == who && r.privilege == privilege && r.grantor == owner
	})
}

// columnGrants gives the application its rights on columns.
func (w wantTable) columnGrants(application string) Repair {
	var rights []string
	for _, command := range []string{scopeSelect, scopeInsert, scopeUpdate} {
		var columns []string
		for _, c := range w.columns {
			if slices.Contains(c.grants, command) {
				columns = append(columns, ident(c.name))
			}
		}
		if len(columns) > 0 {
			rights = append(rights, command+" ("+listed(columns)+")")
		}
	}
	if len(rights) == 0 {
		return Repair{}
	}
	return do(phaseGrant, "GRANT "+listed(rights)+" ON "+qualified(w.name...)+" TO "+ident(application))
}

// allGrants gives the application all its rights on a table.
func (w wantTable) allGrants(application string) Repair {
	r := w.columnGrants(application)
	if len(w.privileges) > 0 {
		r = r.then(do(phaseGrant, "GRANT "+listed(w.privileges)+" ON "+qualified(w.name...)+" TO "+ident(application)))
	}
	for _, c := range w.columns {
		if c.sequence != nil {
			r = r.then(useSequence(c.sequence, application))
		}
	}
	return r
}

func useSequence(name pgx.Identifier, application string) Repair {
	return do(phaseGrant, "GRANT USAGE ON SEQUENCE "+qualified(name...)+" TO "+ident(application))
}

// subjectIndex compares the index by which a caller's own records are found.
func (j *judge) subjectIndex(w wantTable, r catalogRelation) {
	if w.subject == "" {
		return
	}
	var invalid pgx.Identifier
	for _, i := range r.Indexes {
		if i.First != w.subject || !i.Usable {
			continue
		}
		if i.Valid {
			return
		}
		invalid = i.Name
	}
	o := inside("column", w.name, w.subject)
	if invalid != nil {
		j.add(SubjectIndexInvalid, o, "invalid index "+qualified(invalid...), "a valid index",
			do(phaseTable, "REINDEX INDEX "+qualified(invalid...)))
		return
	}
	j.add(SubjectIndexMissing, o, "", "an index that begins with the column",
		do(phaseTable, "CREATE INDEX "+ident(w.index)+" ON "+qualified(w.name...)+" ("+ident(w.subject)+")"))
}

// partition compares a partition, which is reached through its table alone.
func (j *judge) partition(r catalogRelation) {
	name := qualified(r.Name...)
	j.owned(r, PartitionOwner, wantTable{})
	if r.Kind == "f" {
		j.add(PartitionForeign, relation(r), "a foreign table", "a table",
			human("its rows are elsewhere: detach it, or bring them here"))
	} else {
		if !r.Secured {
			j.add(PartitionRowSecurityOff, table(r.Name), "row security off", "row security on", enable(name))
		}
		if !r.Forced {
			j.add(PartitionUnforced, table(r.Name), "not forced", "forced", force(name))
		}
	}
	for _, p := range r.Policies {
		j.add(PartitionPolicy, inside("policy", r.Name, p.Name), p.text(), "none", dropPolicy(p.Name, name))
	}
	for _, who := range j.untrusted(r) {
		j.add(PartitionGrant, relation(r), "rights for "+grantee(who), "none", revokeAll(onRelation(r), []string{who}))
	}
	j.rewritten(r, TableRule)
	j.fired(r)
}

// uncovered finds who reaches a relation without a category.
func (j *judge) uncovered(r catalogRelation) {
	if r.Extension || len(j.config.Standing) == 2 && slices.Equal(j.config.Standing, r.Name) || j.config.Trust.relation(r.Name) {
		return
	}
	if r.Owner == j.config.Application {
		j.add(TableOwnedByApplication, relation(r), ident(r.Owner), "another owner", j.take(r.Kind, r.Name))
	}
	if who := j.untrusted(r); len(who) > 0 && r.Name[0] != j.config.Schema && r.Name[0] != j.config.AuditSchema {
		j.add(TableUncovered, relation(r), "rights for "+holders(who), "a dataset of the manifest, or nobody's right",
			revokeAll(onRelation(r), who))
	}
}

// sequence compares the rights on a sequence of a governed schema.
func (j *judge) sequence(r catalogRelation) {
	if r.Extension || !slices.Contains(j.want.tableSchema, r.Name[0]) {
		return
	}
	app, needed := j.config.Application, false
	for _, w := range j.want.tables {
		for _, c := range w.columns {
			needed = needed || slices.Equal(c.sequence, r.Name)
		}
	}
	if r.Owner == app && !r.Linked { // a column's sequence goes with its table
		j.add(TableOwnedByApplication, relation(r), ident(r.Owner), "another owner", j.take(r.Kind, r.Name))
	}
	for _, who := range j.untrusted(r) {
		has := r.ACL.of(who)
		if who == app && needed {
			has = slices.DeleteFunc(has, func(p string) bool { return p == "USAGE" })
		}
		if len(has) == 0 {
			continue
		}
		j.add(SequenceUncovered, relation(r), strings.Join(has, ", ")+" for "+grantee(who), "none",
			do(phaseRevoke, "REVOKE "+listed(has)+" ON "+onRelation(r)+" FROM "+grantee(who)+" CASCADE"))
	}
	if needed && r.Owner != app && !held(r.ACL, app, "USAGE", r.Owner) {
		j.add(SequenceGrantMissing, relation(r), "", "USAGE for "+ident(app), useSequence(r.Name, app))
	}
}
