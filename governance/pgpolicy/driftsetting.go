package pgpolicy

import (
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// settings compares what sessions of the application, or of everybody, begin with.
func (j *judge) settings() {
	open := false
	for _, s := range j.have.Settings {
		if s.Role != "" && s.Role != j.config.Application && s.Role != j.config.Owner {
			continue
		}
		name, value, _ := strings.Cut(s.Setting, "=")
		kind, expected := settingKind(strings.ToLower(name), value)
		if kind == "" {
			continue
		}
		open = open || kind == LargeObjectsOpen
		database := j.have.Database.Name
		j.add(kind, Object{Type: "setting", Name: pgx.Identifier{name}}, literal(value)+" for "+s.holder(database), expected,
			do(phaseRole, "ALTER "+s.place(database)+" RESET "+settingName(name)))
	}
	if j.have.LargeObjectsOpen && !open {
		j.add(LargeObjectsOpen, Object{Type: "setting", Name: pgx.Identifier{"lo_compat_privileges"}}, "on for the server", "off",
			human("it is in the server's configuration, which no transaction changes"))
	}
}

// parameters finds the settings of superusers that the application may set.
func (j *judge) parameters() {
	for _, p := range j.have.Parameters {
		if slices.Contains(j.reached(j.config.Application), p.Role) {
			j.add(SettingGrant, Object{Type: "setting", Name: pgx.Identifier{p.Name}}, "SET or ALTER SYSTEM for "+ident(p.Role), "neither",
				do(phaseRevoke, "REVOKE ALL ON PARAMETER "+settingName(p.Name)+" FROM "+ident(p.Role)+" CASCADE"))
		}
	}
}

// settingKind is what is wrong with a setting; empty: nothing.
func settingKind(name, value string) (kind Kind, expected string) {
	switch name {
	case settingCaller, settingRoles, settingPurpose, settingAction:
		if value != "" {
			return SettingCaller, "no setting: Hand hands over who calls"
		}
	case "session_replication_role":
		if strings.EqualFold(value, "replica") {
			return SettingReplicationRole, "origin"
		}
	case "row_security":
		if !truth(value) {
			return SettingRowSecurity, "on"
		}
	case "lo_compat_privileges":
		if truth(value) {
			return LargeObjectsOpen, "off"
		}
	case "search_path":
		if slices.Index(pathNames(value), "pg_catalog") > 0 {
			return SettingSearchPath, "pg_catalog first, or not named"
		}
	}
	return "", ""
}

// truth reads a boolean setting: PostgreSQL manual, section "Parameter Names and Values".
func truth(value string) bool {
	v := strings.ToLower(value)
	return v != "" && (v == "on" || v == "1" || strings.HasPrefix("true", v) || strings.HasPrefix("yes", v))
}

// pathNames splits a search path.
func pathNames(value string) []string {
	var names []string
	for _, name := range strings.Split(value, ",") {
		names = append(names, strings.Trim(strings.TrimSpace(name), `"`))
	}
	return names
}

// settingName is the name of a setting in SQL: each part of it is an identifier.
func settingName(name string) string { return qualified(strings.Split(name, ".")...) }

// place is whose setting it is, in SQL.
func (s catalogSetting) place(database string) string {
	switch {
	case s.Role == "" && s.Database:
		return "DATABASE " + ident(database)
	case s.Role == "":
		return "ROLE ALL"
	case s.Database:
		return "ROLE " + ident(s.Role) + " IN DATABASE " + ident(database)
	}
	return "ROLE " + ident(s.Role)
}

// holder is whose setting it is, in words.
func (s catalogSetting) holder(database string) string {
	switch {
	case s.Role == "" && s.Database:
		return "database " + ident(database)
	case s.Role == "":
		return "all roles"
	case s.Database:
		return "role " + ident(s.Role) + " in database " + ident(database)
	}
	return "role " + ident(s.Role)
}
