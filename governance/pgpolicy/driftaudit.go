package pgpolicy

import (
	"slices"
)

// standing compares the relation that says who consents, is restricted or held.
func (j *judge) standing() {
	if len(j.config.Standing) != 2 {
		return
	}
	name := j.config.Standing
	r := j.have.byName[name.Sanitize()]
	if r == nil {
		j.add(StandingMissing, table(name), "", "the relation", human("who consents to what, only the host knows"))
		return
	}
	for _, w := range standingColumns() {
		if !slices.ContainsFunc(r.Columns, func(c catalogColumn) bool { return c.Name == w.Name && c.Type == w.Type }) {
			j.add(StandingMissing, inside("column", name, w.Name), "", "a column of type "+w.Type,
				human("who consents to what, only the host knows"))
		}
	}
	switch {
	case r.Forced:
		j.add(StandingShielded, relation(*r), "row security forced", "not forced",
			do(phaseTable, "ALTER TABLE "+qualified(name...)+" NO FORCE ROW LEVEL SECURITY"))
	case r.Secured && r.Owner != j.config.Owner:
		j.add(StandingShielded, relation(*r), "row security, of owner "+ident(r.Owner), "the owner sees all of it",
			human("make it "+ident(j.config.Owner)+"'s, or give that role a policy that hides nothing"))
	}
	if j.reaches(*r, public) {
		j.add(StandingPublic, relation(*r), "rights for PUBLIC", "none", revokeAll(onRelation(*r), []string{public}))
	}
	if r.Owner != j.config.Owner && !r.ACL.has(j.config.Owner, scopeSelect) {
		j.add(StandingUnreadable, relation(*r), "", "SELECT for "+ident(j.config.Owner),
			do(phaseGrant, "GRANT SELECT ON "+qualified(name...)+" TO "+ident(j.config.Owner)))
	}
}

func standingColumns() []stateColumn {
	return []stateColumn{
		{Name: "subject", Type: "text"}, {Name: "purpose", Type: "text"}, {Name: "consented", Type: "boolean"},
		{Name: "restricted", Type: "boolean"}, {Name: "held", Type: "boolean"},
	}
}

// The bits of pg_trigger.tgtype.
const (
	triggerDelete   = 1 << 3
	triggerUpdate   = 1 << 4
	triggerTruncate = 1 << 5
)

// appendOnly are the tables of the audit trail, as package pgsink makes them, to which records are added and which nothing
// else changes, but for openings that an erasure removes.
func appendOnly() []string { return []string{"audit_record", "audit_event"} }

// audit compares the audit trail. Which tables it has is its own business; that nobody tampers with them is ours.
func (j *judge) audit() {
	for _, r := range j.have.Relations {
		if r.Name[0] == j.config.AuditSchema && (r.Kind == "r" || r.Kind == "p") && !r.Governed {
			j.auditTable(r)
		}
	}
}

func (j *judge) auditTable(r catalogRelation) {
	name := qualified(r.Name...)
	if r.Owner == j.config.Application {
		j.add(AuditOwner, relation(r), ident(r.Owner), "another owner", j.take(r.Kind, r.Name))
	}
	if r.Persistence == "u" {
		j.add(AuditUnlogged, relation(r), "unlogged", "logged", do(phaseTable, "ALTER TABLE "+name+" SET LOGGED"))
	}
	j.rewritten(r, AuditRule)
	tampering := []string{"TRUNCATE", "TRIGGER", "REFERENCES", "MAINTAIN"}
	if slices.Contains(appendOnly(), r.Name[1]) {
		tampering = append(tampering, "UPDATE", "DELETE")
		j.guarded(r)
	}
	for _, who := range j.untrusted(r) {
		if who == public {
			j.add(AuditGrantPublic, relation(r), "rights for PUBLIC", "none", revokeAll(onRelation(r), []string{who}))
			continue
		}
		has := r.ACL.of(who)
		for _, c := range r.Columns {
			has = append(has, c.ACL.of(who)...)
		}
		slices.Sort(has)
		has = slices.DeleteFunc(slices.Compact(has), func(p string) bool { return !slices.Contains(tampering, p) })
		if len(has) > 0 {
			j.add(AuditGrantChange, relation(r), listed(has)+" for "+grantee(who), "INSERT and SELECT at most",
				do(phaseRevoke, "REVOKE "+listed(has)+" ON "+name+" FROM "+grantee(who)+" CASCADE"))
		}
	}
	for _, t := range r.Triggers {
		o := inside("trigger", r.Name, t.Name)
		switch {
		case t.Internal:
		case !j.trusted(t.Owner) && (t.Owner != r.Owner || t.Owner == j.config.Application):
			j.add(AuditTriggerCode, o, "function "+qualified(t.Function...)+" of "+ident(t.Owner), "a function of "+ident(r.Owner),
				human("what the function does now, a human must read; then have the audit trail's own Migrate make it anew"))
		case t.Enabled != "A":
			j.add(AuditTriggerDisabled, o, "enabled "+t.Enabled, "enabled A: always",
				do(phaseTable, "ALTER TABLE "+name+" ENABLE ALWAYS TRIGGER "+ident(t.Name)))
		}
	}
}

// guarded finds what no trigger refuses.
func (j *judge) guarded(r catalogRelation) {
	events := 0
	for _, t := range r.Triggers {
		if !t.Internal {
			events |= t.Events
		}
	}
	var open []string
	for _, e := range []struct {
		bit  int
		name string
	}{{triggerUpdate, "UPDATE"}, {triggerDelete, "DELETE"}, {triggerTruncate, "TRUNCATE"}} {
		if events&e.bit == 0 {
			open = append(open, e.name)
		}
	}
	if len(open) > 0 {
		j.add(AuditTriggerMissing, relation(r), "no trigger for "+listed(open), "triggers for UPDATE, DELETE and TRUNCATE",
			human("the audit trail's own Migrate makes its triggers anew, as they were meant"))
	}
}
