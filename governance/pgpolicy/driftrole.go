package pgpolicy

import (
	"slices"

	"github.com/jackc/pgx/v5"
)

// roles compares what roles may do by themselves, and reports whether there is anybody to compare the rest for.
func (j *judge) roles() bool {
	complete := true
	for _, name := range []string{j.config.Owner, j.config.Application} {
		if j.have.role[name] == nil {
			j.add(RoleMissing, role(name), "", "the role", human("who it is and how it logs in is for whoever runs the server to say"))
			complete = false
		}
	}
	if !complete {
		return false
	}
	j.application()
	j.owner()
	for _, r := range j.have.Roles {
		if r.Name != j.config.Application && r.Name != j.config.Owner && !r.Bootstrap && !r.Predefined &&
			!slices.Contains(j.config.Trust.Roles, r.Name) {
			j.other(r)
		}
	}
	return true
}

// attribute adds a difference when a role has an attribute.
func (j *judge) attribute(kind Kind, r catalogRole, has bool, word string) {
	if !has {
		return
	}
	repair := do(phaseRole, "ALTER ROLE "+ident(r.Name)+" NO"+word)
	switch {
	case r.Bootstrap:
		repair = human("the first superuser of a server stays one: want another role")
	case r.Name == j.have.User || r.Name == j.have.Session:
		repair = human("this role took the snapshot: name it in Config.Trust, or have another one take " + word + " from it")
	}
	j.add(kind, role(r.Name), word, "NO"+word, repair)
}

func (j *judge) application() {
	r := *j.have.role[j.config.Application]
	j.attribute(ApplicationSuperuser, r, r.Super, "SUPERUSER")
	j.attribute(ApplicationBypass, r, r.Bypass, "BYPASSRLS")
	j.attribute(ApplicationReplication, r, r.Replication, "REPLICATION")
	j.attribute(ApplicationCreateRole, r, r.CreateRole, "CREATEROLE")
	j.attribute(ApplicationCreateDatabase, r, r.CreateDatabase, "CREATEDB")
	for _, m := range j.have.Members {
		if m.Member != r.Name {
			continue
		}
		found := map[Kind]string{}
		for _, name := range j.reached(m.Role) {
			if kind := j.membershipKind(name); kind != "" && found[kind] == "" {
				found[kind] = name
			}
		}
		for _, kind := range sortedKeys(found) {
			text := "member of " + ident(m.Role)
			if m.Role != found[kind] {
				text += ", and so of " + ident(found[kind])
			}
			j.add(kind, role(r.Name), text, "no member", j.dismiss(m))
		}
	}
}

// membershipKind is what is wrong with the application being a member of a role; empty: nothing.
func (j *judge) membershipKind(name string) Kind {
	switch r := j.have.role[name]; {
	case name == j.config.Owner:
		return ApplicationMemberOfOwner
	case allData(name):
		return ApplicationMemberOfAllData
	case serverFiles(name):
		return ApplicationMemberOfServerFiles
	case r == nil:
		return ""
	case r.Super || r.Bypass || r.Replication || r.CreateRole:
		return ApplicationMemberOfPrivileged
	case r.Predefined:
		return ApplicationMemberOfPredefined
	}
	return ""
}

func allData(name string) bool { return name == "pg_read_all_data" || name == "pg_write_all_data" }

func serverFiles(name string) bool {
	return name == "pg_read_server_files" || name == "pg_write_server_files" || name == "pg_execute_server_program"
}

// reached returns a role and all that it is a member of, at any depth.
func (j *judge) reached(name string) []string {
	list := []string{name}
	for i := 0; i < len(list); i++ {
		for _, m := range j.have.Members {
			if m.Member == list[i] && !slices.Contains(list, m.Role) {
				list = append(list, m.Role)
			}
		}
	}
	return list
}

// dismiss ends a membership. From version 16 on, a membership belongs to whoever granted it.
func (j *judge) dismiss(m catalogMember) Repair {
	sql := "REVOKE " + ident(m.Role) + " FROM " + ident(m.Member)
	if j.have.Version >= 160000 {
		if !m.Bootstrap {
			sql += " GRANTED BY " + ident(m.Grantor)
		}
		sql += " CASCADE"
	}
	return do(phaseRole, sql)
}

func (j *judge) owner() {
	r := *j.have.role[j.config.Owner]
	j.attribute(OwnerSuperuser, r, r.Super, "SUPERUSER")
	j.attribute(OwnerBypass, r, r.Bypass, "BYPASSRLS")
	for _, m := range j.have.Members {
		if m.Role == r.Name && m.Member != j.config.Application && !j.trusted(m.Member) {
			j.add(OwnerMember, role(m.Member), "member of "+ident(m.Role), "no member", j.dismiss(m))
		}
	}
}

// other compares a role that nobody trusts.
func (j *judge) other(r catalogRole) {
	j.attribute(OtherSuperuser, r, r.Super, "SUPERUSER")
	j.attribute(OtherBypass, r, r.Bypass, "BYPASSRLS")
	j.attribute(OtherReplication, r, r.Replication, "REPLICATION")
	for _, m := range j.have.Members {
		if m.Member != r.Name {
			continue
		}
		switch {
		case allData(m.Role):
			j.add(OtherAllData, role(r.Name), "member of "+m.Role, "no member", j.dismiss(m))
		case serverFiles(m.Role):
			j.add(OtherServerFiles, role(r.Name), "member of "+m.Role, "no member", j.dismiss(m))
		}
	}
}

// privileged reports whether who runs with a role's rights reaches governed tables otherwise than the rules say.
func (j *judge) privileged(name string) bool {
	for _, reached := range j.reached(name) {
		if kind := j.membershipKind(reached); kind != "" && kind != ApplicationMemberOfPredefined {
			return true
		}
		for _, r := range j.have.Relations {
			if r.Family && (r.Owner == reached || reached != j.config.Application && j.reaches(r, reached)) {
				return true
			}
		}
	}
	return false
}

// reaches reports whether a role has any right on a relation by name.
func (j *judge) reaches(r catalogRelation, name string) bool {
	return len(r.ACL.of(name)) > 0 || slices.ContainsFunc(r.Columns, func(c catalogColumn) bool { return len(c.ACL.of(name)) > 0 })
}

// untrusted returns who has a right on a relation or a column of it and is neither its owner nor trusted.
func (j *judge) untrusted(r catalogRelation) []string {
	all := r.ACL.grantees()
	for _, c := range r.Columns {
		all = append(all, c.ACL.grantees()...)
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(name string) bool { return name == r.Owner || j.trusted(name) })
}

// revokeAll takes everything on a relation from roles.
func revokeAll(on string, from []string) Repair {
	var r Repair
	for _, name := range from {
		r = r.then(do(phaseRevoke, "REVOKE ALL ON "+on+" FROM "+grantee(name)+" CASCADE"))
	}
	return r
}

// holders names roles in words.
func holders(names []string) string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = grantee(name)
	}
	return listed(list)
}

// relation is the name of a relation for GRANT and REVOKE.
func onRelation(r catalogRelation) string {
	if r.Kind == "S" {
		return "SEQUENCE " + qualified(r.Name...)
	}
	return "TABLE " + qualified(r.Name...)
}

// kindName is what PostgreSQL calls a relation.
func kindName(kind string) string {
	switch kind {
	case "v":
		return "view"
	case "m":
		return "materialized view"
	case "f":
		return "foreign table"
	case "S":
		return "sequence"
	}
	return "table"
}

func relation(r catalogRelation) Object { return Object{Type: kindName(r.Kind), Name: r.Name} }

// take gives a relation to the owner.
func (j *judge) take(kind string, name pgx.Identifier) Repair {
	word := map[string]string{"v": "VIEW", "m": "MATERIALIZED VIEW", "f": "FOREIGN TABLE", "S": "SEQUENCE"}[kind]
	if word == "" {
		word = "TABLE"
	}
	return do(phaseOwner, "ALTER "+word+" "+qualified(name...)+" OWNER TO "+ident(j.config.Owner))
}
