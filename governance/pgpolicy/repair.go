package pgpolicy

import "slices"

// Repair is how a difference is removed. Either SQL or Reason is there.
type Repair struct {
	// SQL are the statements, in their order, without semicolons. Where the right answer is to declare something in the
	// manifest or in Config.Trust, they take access away instead.
	SQL []string `json:"sql,omitempty"`
	// Reason says why a human must decide, when there is no SQL.
	Reason string `json:"reason,omitempty"`

	phases []phase // of each statement
}

// phase is when a statement runs among the repairs of several differences: what bars comes before what opens, and what is
// needed before what needs it.
type phase int

const (
	phaseRole  phase = iota // attributes, memberships and settings
	phaseOwner              // schemas, and who owns what
	phaseRevoke
	phaseDrop         // policies, triggers, rules and views
	phaseDropFunction // which these may have needed
	phaseFunction
	phaseTable // row security, comments and indexes
	phaseGrant
	phasePolicy
	phaseView
	phases int = iota
)

// do is a repair of one statement.
func do(at phase, sql string) Repair { return Repair{SQL: []string{sql}, phases: []phase{at}} }

// human is a repair that no statement is.
func human(reason string) Repair { return Repair{Reason: reason} }

// then adds a repair.
func (r Repair) then(next Repair) Repair {
	return Repair{
		SQL: slices.Concat(r.SQL, next.SQL), phases: slices.Concat(r.phases, next.phases), Reason: r.Reason + next.Reason,
	}
}

// Repairs returns the statements that remove all differences that have any, in an order that works in one transaction. They
// need a superuser, or the owner where no role, owner or setting differs. Review them: they revoke and drop.
// A report that has been read from JSON has lost the order, and returns them in that of the differences.
func (r Report) Repairs() []string {
	byPhase := make([][]string, phases)
	for _, d := range r.Differences {
		for i, sql := range d.Repair.SQL {
			at := phaseRole
			if i < len(d.Repair.phases) {
				at = d.Repair.phases[i]
			}
			byPhase[at] = append(byPhase[at], sql)
		}
	}
	var list []string
	for _, statements := range byPhase {
		for i, sql := range statements {
			// The last of several stays: a right on an object that is made anew comes after it is made.
			if !slices.Contains(statements[i+1:], sql) {
				list = append(list, sql)
			}
		}
	}
	if len(list) == 0 {
		return nil
	}
	const settings = `SELECT set_config('check_function_bodies', 'off', true),
    set_config('standard_conforming_strings', 'on', true)`
	return append([]string{settings}, list...)
}
