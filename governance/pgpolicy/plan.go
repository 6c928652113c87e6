package pgpolicy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Batcher is what a plan is made with: *pgx.Conn, *pgxpool.Pool and pgx.Tx are.
type Batcher interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// Beginner is what a plan is applied with: *pgx.Conn, *pgxpool.Pool and pgx.Tx are.
type Beginner interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}

// Policy is a configuration that has no fault. It is safe for concurrent use.
type Policy struct{ config Config }

// New returns a policy, or every fault of the configuration in one error: errors.As finds a *governance.ManifestError in
// it when the manifest has faults, and errors.Is finds ErrStanding when rules need consent and no relation tells it.
func New(c Config) (*Policy, error) {
	c = c.filled()
	if err := c.check(); err != nil {
		return nil, err
	}
	return &Policy{c}, nil
}

// Plan is what is missing in a database, in an order that works in one transaction. Its zero value is nothing.
type Plan struct {
	Statements []Statement // in their order
	Advice     []string    // what the host might change, and the plan does not
}

// Statement is a statement of a plan.
type Statement struct {
	SQL   string // without a semicolon at its end
	Why   string // what it is for
	Locks []Lock // that it takes, until the transaction ends, on objects that others may be using
}

// Lock is a lock on a table, in the words of PostgreSQL's manual, section "Explicit Locking".
type Lock struct {
	Mode  string // "ACCESS EXCLUSIVE": nobody reads; "SHARE": nobody writes; "SHARE ROW EXCLUSIVE": nobody writes
	Table string // as SQL writes it
}

// String returns the plan as an SQL script, with what each statement is for and locks in comments.
func (p Plan) String() string {
	var b strings.Builder
	for _, advice := range p.Advice {
		fmt.Fprintf(&b, "-- Advice: %s\n", advice)
	}
	if len(p.Statements) == 0 {
		return b.String() + "-- Nothing to do.\n"
	}
	b.WriteString("BEGIN;\n")
	for _, s := range p.Statements {
		fmt.Fprintf(&b, "\n-- %s\n", s.Why)
		for _, l := range s.Locks {
			fmt.Fprintf(&b, "-- locks %s in mode %s\n", strings.ReplaceAll(l.Table, "\n", " "), l.Mode)
		}
		b.WriteString(s.SQL + ";\n")
	}
	b.WriteString("\nCOMMIT;\n")
	return b.String()
}

// SQL returns the statements alone, each with a semicolon and a line of its own, for a host's own migrations. Outside of a
// transaction they leave tables without protection for a moment, or for good if one fails.
func (p Plan) SQL() string {
	var b strings.Builder
	for _, s := range p.Statements {
		b.WriteString(s.SQL + ";\n")
	}
	return b.String()
}

// Plan returns what is missing in a database for the manifest to be enforced there. It reads the catalog in one round trip
// and changes nothing; what exists as wanted is left out. It needs no privileges beyond reading the catalog.
//
// Errors name everything that cannot be enforced: tables, columns and roles that are missing, an application that owns
// a table or that row security does not bind, subject columns that cannot be compared exactly.
func (p *Policy) Plan(ctx context.Context, db Batcher) (Plan, error) {
	have, err := readState(ctx, db, p.config)
	if err != nil {
		return Plan{}, err
	}
	wanted, err := want(p.config, have.inventory())
	if err := together(err, p.config.checkState(have)); err != nil {
		return Plan{}, err
	}
	d := planner{config: p.config, want: wanted, have: have}
	d.schemas()
	d.functions()
	for _, t := range wanted.tables {
		d.table(t)
	}
	d.views()
	d.leftovers()
	return Plan{Statements: d.list, Advice: d.advice}, nil
}

// Apply makes a plan and carries it out in one transaction: all of it, or nothing. Replicas of a host may do so at the
// same time: one after the other does. It waits Config.LockTimeout for each lock, and fails with PostgreSQL's
// lock_not_available (55P03) then. It returns what it did. The role that applies must own the tables or be a superuser.
func (p *Policy) Apply(ctx context.Context, db Beginner) (Plan, error) {
	var plan Plan
	err := pgx.BeginFunc(ctx, db, func(tx pgx.Tx) (err error) {
		const begin = `SELECT current_setting('lock_timeout'), set_config('lock_timeout', $1, true),
			set_config('standard_conforming_strings', 'on', true),
			pg_advisory_xact_lock(hashtextextended('shugo policy ' || $2::text, 0))::text`
		timeout, before, ignored := fmt.Sprintf("%dms", max(1, p.config.LockTimeout.Milliseconds())), "", ""
		if err := tx.QueryRow(ctx, begin, timeout, p.config.Schema).Scan(&before, &ignored, &ignored, &ignored); err != nil {
			return fmt.Errorf("pgpolicy: apply: %w", err)
		}
		if plan, err = p.Plan(ctx, tx); err != nil {
			return err
		}
		for i, s := range plan.Statements {
			if _, err := tx.Exec(ctx, s.SQL, pgx.QueryExecModeSimpleProtocol); err != nil {
				return fmt.Errorf("pgpolicy: apply: statement %d (%s): %w", i+1, s.Why, err)
			}
		}
		_, err = tx.Exec(ctx, `SELECT set_config('lock_timeout', $1, true)`, before) // the transaction may be the host's
		return err
	})
	if err != nil {
		return Plan{}, err
	}
	return plan, nil
}

// checkState reports what makes every plan void.
func (c Config) checkState(s state) error {
	var errs []error
	fault := func(format string, args ...any) { errs = append(errs, fmt.Errorf("pgpolicy: "+format, args...)) }
	for _, name := range []string{c.Owner, c.Application} {
		i := slices.IndexFunc(s.Roles, func(r stateRole) bool { return r.Name == name })
		switch {
		case i < 0:
			fault("there is no role %q", name)
		case name == c.Application && (s.Roles[i].Super || s.Roles[i].Bypass):
			fault("row security does not bind the application's role %q: it is a superuser or has BYPASSRLS", name)
		}
	}
	for _, t := range s.Tables {
		if t.Owner == c.Application {
			fault("table %s belongs to the application's role: want owner %q", qualified(t.Schema, t.Name), c.Owner)
		}
	}
	if len(c.Standing) > 0 {
		c.checkStanding(s, fault)
	}
	return together(errs...)
}

func (c Config) checkStanding(s state, fault func(format string, args ...any)) {
	relation := qualified(c.Standing...)
	if len(s.Standing) == 0 {
		fault("there is no standing relation %s", relation)
		return
	}
	if s.Shielded {
		fault("row security could hide persons in %s from %q, who would then be neither restricted nor held", relation, c.Owner)
	}
	for _, w := range []stateColumn{
		{Name: "subject", Type: "text"}, {Name: "purpose", Type: "text"}, {Name: "consented", Type: "boolean"},
		{Name: "restricted", Type: "boolean"}, {Name: "held", Type: "boolean"},
	} {
		if !slices.ContainsFunc(s.Standing, func(h stateColumn) bool { return h.Name == w.Name && h.Type == w.Type }) {
			fault("standing relation %s has no column %q of type %s", relation, w.Name, w.Type)
		}
	}
}
