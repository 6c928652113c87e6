package pgcatalog

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shugo-data/shugo/internal/pgerror"
)

// MissingRoles is what Apply does about roles that the server does not have.
type MissingRoles string

// What Apply does about missing roles.
const (
	RefuseMissing MissingRoles = ""       // nothing is made, and an error says which are missing
	SkipMissing   MissingRoles = "skip"   // statements that give ownership or privileges to them are left out and reported
	CreateMissing MissingRoles = "create" // they are made, without the right to log in, and reported
)

// ErrRoles says that roles which objects name are missing.
var ErrRoles = errors.New("pgcatalog: roles are missing")

// ApplyConfig is how objects are made. The zero value refuses to do anything when roles are missing.
type ApplyConfig struct {
	MissingRoles MissingRoles                  // empty: RefuseMissing
	Done         func(n int, of int, o Object) // is called after each object; may be nil
}

// Applied is what Apply did besides making objects.
type Applied struct {
	Created []string // roles that were missing and were made
	Skipped []string // IDs of objects that statements were left out of, because roles are missing
}

// Executor is a connection, a transaction or a pool of one.
type Executor interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// ApplyError says which object a statement failed for.
type ApplyError struct {
	Object    string // its ID
	Statement int    // which of its statements, from 0
	Err       error  // what was returned, safe to print
}

// Error names the object.
func (e *ApplyError) Error() string { return fmt.Sprintf("pgcatalog: make %s: %v", e.Object, e.Err) }

// Unwrap returns Err.
func (e *ApplyError) Unwrap() error { return e.Err }

// Apply executes the statements of objects, in their order, on a session that Prepare was called on. An error is an *ApplyError, or
// ErrRoles.
func Apply(ctx context.Context, db Executor, objects []Object, config ApplyConfig) (Applied, error) {
	var applied Applied
	missing, err := missingRoles(ctx, db, objects)
	if err != nil {
		return applied, err
	}
	if len(missing) > 0 && config.MissingRoles == RefuseMissing {
		return applied, fmt.Errorf("%w: %q", ErrRoles, missing)
	}
	if config.MissingRoles == CreateMissing {
		for _, role := range missing {
			if _, err := db.Exec(ctx, "CREATE ROLE "+pgx.Identifier{role}.Sanitize()+" NOLOGIN"); err != nil {
				return applied, pgerror.Wrap("pgcatalog: make a role that is missing", err)
			}
		}
		applied.Created, missing = missing, nil
	}
	for n, o := range objects {
		skipped, err := apply(ctx, db, o, missing)
		if err != nil {
			return applied, err
		}
		if skipped {
			applied.Skipped = append(applied.Skipped, o.ID)
		}
		if config.Done != nil {
			config.Done(n+1, len(objects), o)
		}
	}
	return applied, nil
}

// apply executes the statements of one object, and reports whether it left some out.
func apply(ctx context.Context, db Executor, o Object, missing []string) (skipped bool, err error) {
	for n, s := range o.Statements {
		if slices.ContainsFunc(missing, func(role string) bool { return slices.Contains(s.Roles, role) }) {
			skipped = true
			continue
		}
		if _, err := db.Exec(ctx, s.SQL, pgx.QueryExecModeSimpleProtocol); err != nil {
			return skipped, &ApplyError{Object: o.ID, Statement: n, Err: pgerror.Wrap("execute", err)}
		}
	}
	return skipped, nil
}

// missingRoles returns those of the roles that objects name which the server does not have, in order.
func missingRoles(ctx context.Context, db Executor, objects []Object) ([]string, error) {
	var named []string
	for _, o := range objects {
		for _, s := range o.Statements {
			named = append(named, s.Roles...)
		}
	}
	slices.Sort(named)
	named = slices.Compact(named)
	rows, err := db.Query(ctx, `SELECT r FROM pg_catalog.unnest($1::pg_catalog.text[]) AS r
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = r) ORDER BY r COLLATE "C"`, named)
	if err != nil {
		return nil, pgerror.Wrap("pgcatalog: look for roles", err)
	}
	missing, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return missing, pgerror.Wrap("pgcatalog: look for roles", err)
}
