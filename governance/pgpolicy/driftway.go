package pgpolicy

import (
	"slices"

	"github.com/jackc/pgx/v5"
)

// ways finds the ways by which data leaves a database, or enters it, without any rule.
func (j *judge) ways() {
	j.replication()
	for _, t := range j.have.EventTriggers {
		if t.Enabled != "D" && !j.trusted(t.Owner) {
			j.add(EventTriggerCode, Object{Type: "event trigger", Name: pgx.Identifier{t.Name}},
				"function "+qualified(t.Function...)+" of "+ident(t.Owner), "a function of a trusted role",
				do(phaseDrop, "ALTER EVENT TRIGGER "+ident(t.Name)+" DISABLE"))
		}
	}
	for _, s := range j.have.Servers {
		j.foreign(ForeignServerGrant, "server", "SERVER", s)
	}
	for _, s := range j.have.Wrappers {
		j.foreign(ForeignWrapperGrant, "foreign-data wrapper", "DATA WRAPPER", s)
	}
	for _, m := range j.have.Mappings {
		if m.User == "public" || m.User == j.config.Application {
			user := grantee(m.User)
			if m.User == "public" {
				user = "PUBLIC"
			}
			j.add(UserMapping, Object{Type: "server", Name: pgx.Identifier{m.Server}}, "an account for "+user, "none",
				do(phaseRevoke, "DROP USER MAPPING IF EXISTS FOR "+user+" SERVER "+ident(m.Server)))
		}
	}
	for _, o := range j.have.LargeObjects {
		for _, who := range []string{public, j.config.Application} {
			if has := o.ACL.of(who); len(has) > 0 && who != o.Owner {
				j.add(LargeObjectGrant, Object{Type: "large object", Name: pgx.Identifier{o.ID}}, listed(has)+" for "+grantee(who),
					"none", do(phaseRevoke, "REVOKE ALL ON LARGE OBJECT "+o.ID+" FROM "+grantee(who)+" CASCADE"))
			}
		}
	}
}

// foreign compares who may use a foreign server or wrapper.
func (j *judge) foreign(kind Kind, what, word string, s catalogServer) {
	for _, who := range []string{public, j.config.Application} {
		if s.ACL.has(who, "USAGE") && who != s.Owner {
			j.add(kind, Object{Type: what, Name: pgx.Identifier{s.Name}}, "USAGE for "+grantee(who), "none",
				do(phaseRevoke, "REVOKE USAGE ON FOREIGN "+word+" "+ident(s.Name)+" FROM "+grantee(who)+" CASCADE"))
		}
	}
}

// replication finds publications of governed tables, and subscriptions that write into them.
func (j *judge) replication() {
	for _, p := range j.have.Publications {
		if slices.Contains(j.config.Trust.Publications, p.Publication) {
			continue
		}
		name := pgx.Identifier{p.Schema, p.Table}
		repair := do(phaseDrop, "ALTER PUBLICATION "+ident(p.Publication)+" DROP TABLE ONLY "+qualified(p.Explicit...))
		switch {
		case p.Everything: // there is no way to leave a table out
			repair = do(phaseDrop, "DROP PUBLICATION IF EXISTS "+ident(p.Publication))
		case p.Explicit == nil:
			repair = do(phaseDrop, "ALTER PUBLICATION "+ident(p.Publication)+" DROP TABLES IN SCHEMA "+ident(p.Schema))
		}
		j.add(Publication, table(name), "published by "+ident(p.Publication), "not published", repair)
	}
	for _, s := range j.have.Subscriptions {
		if s.Enabled {
			j.add(Subscription, table(s.Table), "written by subscription "+ident(s.Name), "not written",
				do(phaseDrop, "ALTER SUBSCRIPTION "+ident(s.Name)+" DISABLE"))
		}
	}
}
