package pgpolicy

import (
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Trust names what may go around the rules because a human has decided so. Drift reports none of it, and nothing else asks.
// Its zero value trusts nobody but the owner, and the superuser whom every server has.
type Trust struct {
	// Roles may have any attribute, membership and right: operators, backups, replication, reports.
	Roles []string
	// Publications may publish governed tables.
	Publications []string
	// Relations are views and materialised views, as schema and name, that may read governed tables.
	Relations []pgx.Identifier
	// Functions are those, as schema and name, that the application may execute with the rights of others.
	Functions []pgx.Identifier
}

// check reports what cannot be trusted.
func (t Trust) check(application string) error {
	var errs []error
	if slices.Contains(t.Roles, application) {
		errs = append(errs, fmt.Errorf("pgpolicy: config: trust: roles: %q is the application, which the rules are for", application))
	}
	for what, names := range map[string][]pgx.Identifier{"relations": t.Relations, "functions": t.Functions} {
		for _, name := range names {
			if err := checkTable(name); err != nil {
				errs = append(errs, fmt.Errorf("pgpolicy: config: trust: %s: %w", what, err))
			}
		}
	}
	return together(errs...)
}

func (t Trust) relation(name pgx.Identifier) bool {
	return slices.ContainsFunc(t.Relations, same(name))
}

func (t Trust) function(name pgx.Identifier) bool {
	return slices.ContainsFunc(t.Functions, same(name))
}

func same(a pgx.Identifier) func(pgx.Identifier) bool {
	return func(b pgx.Identifier) bool { return slices.Equal(a, b) }
}
