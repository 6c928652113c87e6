package pgpolicy

import (
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// schemas compares the database and the schemas of what is governed, of functions and views, and of the audit trail.
func (j *judge) schemas() {
	database := Object{Type: "database", Name: pgx.Identifier{j.have.Database.Name}}
	if j.have.Database.Owner == j.config.Application {
		j.add(DatabaseOwner, database, ident(j.config.Application), "another owner",
			do(phaseOwner, "ALTER DATABASE "+ident(j.have.Database.Name)+" OWNER TO "+ident(j.config.Owner)))
	}
	for _, who := range []string{public, j.config.Application} {
		if j.have.Database.ACL.has(who, "CREATE") && j.have.Database.Owner != who {
			j.add(DatabaseCreate, database, "CREATE for "+grantee(who), "none",
				do(phaseRevoke, "REVOKE CREATE ON DATABASE "+ident(j.have.Database.Name)+" FROM "+grantee(who)+" CASCADE"))
		}
	}
	for _, s := range j.have.Schemas {
		j.schema(s)
	}
	if !slices.ContainsFunc(j.have.Schemas, func(s catalogSchema) bool { return s.Name == j.config.Schema }) {
		j.add(SchemaMissing, schema(j.config.Schema), "", "the schema", do(phaseOwner, "CREATE SCHEMA "+ident(j.config.Schema)+
			" AUTHORIZATION "+ident(j.config.Owner)).then(j.letUse(j.config.Schema)))
	}
}

func schema(name string) Object { return Object{Type: "schema", Name: pgx.Identifier{name}} }

func (j *judge) letUse(schema string) Repair {
	return do(phaseGrant, "GRANT USAGE ON SCHEMA "+ident(schema)+" TO "+ident(j.config.Application))
}

func (j *judge) schema(s catalogSchema) {
	ours, audit := s.Name == j.config.Schema, s.Name == j.config.AuditSchema
	needed := ours || slices.Contains(j.want.tableSchema, s.Name)
	predefined := j.have.role[s.Owner] != nil && j.have.role[s.Owner].Predefined
	if ours && s.Owner != j.config.Owner || s.Owner == j.config.Application || !predefined && !audit && !j.trusted(s.Owner) {
		if s.Owner != "pg_database_owner" || ours {
			repair := do(phaseOwner, "ALTER SCHEMA "+ident(s.Name)+" OWNER TO "+ident(j.config.Owner))
			if s.Owner == j.config.Application && needed { // whose own rights go with it
				repair = repair.then(j.letUse(s.Name))
			}
			j.add(SchemaOwner, schema(s.Name), ident(s.Owner), ident(j.config.Owner), repair)
		}
	}
	for _, who := range s.ACL.grantees() {
		if who == s.Owner || j.trusted(who) {
			continue
		}
		on := " ON SCHEMA " + ident(s.Name) + " FROM " + grantee(who) + " CASCADE"
		if s.ACL.has(who, "CREATE") {
			j.add(SchemaCreate, schema(s.Name), "CREATE for "+grantee(who), "none", do(phaseRevoke, "REVOKE CREATE"+on))
		}
		if ours && who != j.config.Application && s.ACL.has(who, "USAGE") {
			j.add(SchemaUsageExcess, schema(s.Name), "USAGE for "+grantee(who), "none", do(phaseRevoke, "REVOKE USAGE"+on))
		}
		j.handedOn(schema(s.Name), s.ACL, who, on)
	}
	shared := !ours && s.ACL.has(public, "USAGE") // of ours, everybody loses it
	if needed && !shared && !s.ACL.has(j.config.Application, "USAGE") && s.Owner != j.config.Application {
		j.add(SchemaUsageMissing, schema(s.Name), "", "USAGE for "+ident(j.config.Application), j.letUse(s.Name))
	}
}

// handedOn finds rights that somebody may hand on. The rights that were handed on go with them.
func (j *judge) handedOn(o Object, a acl, who, from string) {
	for _, r := range a {
		if r.grantee == who && r.option {
			j.add(GrantOption, o, r.privilege+" WITH GRANT OPTION for "+grantee(who), "no grant option",
				do(phaseRevoke, "REVOKE GRANT OPTION FOR "+r.privilege+from))
		}
	}
}

// defaults compares the rights that objects get when they are made. Everybody may execute a function of which nobody says
// otherwise, so that saying so for all schemas adds nothing.
func (j *judge) defaults() {
	kinds := map[string]string{"r": "TABLES", "S": "SEQUENCES", "f": "FUNCTIONS", "n": "SCHEMAS"}
	for _, d := range j.have.Defaults {
		word, known := kinds[d.Kind]
		if !known || d.Schema == j.config.AuditSchema {
			continue
		}
		for _, who := range d.ACL.grantees() {
			if who == d.Role || j.trusted(who) || d.Kind == "f" && who == public && d.Schema == "" {
				continue
			}
			name, in := pgx.Identifier{d.Role}, ""
			if d.Schema != "" {
				name, in = append(name, d.Schema), " IN SCHEMA "+ident(d.Schema)
			}
			j.add(DefaultPrivileges, Object{Type: "default privileges", Name: name},
				fmt.Sprintf("%s on %s for %s", listed(d.ACL.of(who)), word, grantee(who)), "none",
				do(phaseRevoke, "ALTER DEFAULT PRIVILEGES FOR ROLE "+ident(d.Role)+in+
					" REVOKE ALL ON "+word+" FROM "+grantee(who)+" CASCADE"))
		}
	}
}
