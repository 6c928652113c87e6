package pgpolicy

import (
	"fmt"
	"strings"
)

// The policies of a table.
const (
	policyFloor  = "shugo_floor"
	policySelect = "shugo_select"
	policyInsert = "shugo_insert"
	policyUpdate = "shugo_update"
	policyDelete = "shugo_delete"
	policyView   = "shugo_view"
)

// policies returns the policies of a table by name. What they ask of the caller is in sub-selects without columns, which
// PostgreSQL evaluates once in a statement, and only if a row gets that far.
func (g *governed) policies() []wantPolicy {
	application, owner := []string{g.config.Application}, []string{g.config.Owner}
	known := "(" + g.call("caller", "") + " IS NOT NULL)"
	list := []wantPolicy{}
	add := func(p wantPolicy) { list = append(list, p) }
	if g.possible(scopeDelete) {
		add(wantPolicy{name: policyDelete, permissive: true, command: scopeDelete, roles: application, using: g.row(scopeDelete)})
	}
	add(wantPolicy{name: policyFloor, command: "ALL", roles: []string{"public"}, using: known, check: known})
	if g.possible(scopeInsert) {
		add(wantPolicy{name: policyInsert, permissive: true, command: scopeInsert, roles: application, check: g.row(scopeInsert)})
	}
	if g.possible(scopeSelect) {
		add(wantPolicy{name: policySelect, permissive: true, command: scopeSelect, roles: application, using: g.row(scopeSelect)})
	}
	if g.possible(scopeUpdate) {
		add(wantPolicy{name: policyUpdate, permissive: true, command: scopeUpdate, roles: application,
			using: g.row(scopeUpdate), check: g.row(scopeUpdate)})
	}
	add(wantPolicy{name: policyView, permissive: true, command: scopeSelect, roles: owner, using: g.anyPart("")})
	return list
}

// row is the condition on a row for a command on the table.
func (g *governed) row(scope string) string {
	_, others := g.config.needsConsent(g.categories()...)
	return disjunction(g.condition("", scope, g.personal(), others))
}

// anyPart is the condition on a row to be in the masking view: the fields of one category are reached.
func (g *governed) anyPart(prefix string) string {
	var list []string
	for _, p := range g.parts {
		list = append(list, g.partCondition(prefix, scopeCategory+string(p.category), p)...)
	}
	return disjunction(list)
}

func (g *governed) partCondition(prefix, scope string, p part) []string {
	_, others := g.config.needsConsent(p.category)
	return g.condition(prefix, scope, p.personal, others)
}

// condition is true, in one of its parts, for the rows that the caller reaches in a scope: their own, others', and those of
// consenting persons. The parts are joined once, since PostgreSQL gives back some ORs within ORs as one, and others not.
// NULL and the empty text are nobody's own and are no person's, so that neither consent nor restriction is asked about.
func (g *governed) condition(prefix, scope string, personal, consent bool) []string {
	reach := func(consented string) string {
		return g.call(g.reachName(), deparsed(scope)+"::text, false, "+consented)
	}
	if g.Subject == "" {
		return []string{reach("false")}
	}
	subject := prefix + ident(g.Subject)
	column := strings.ReplaceAll(g.owner.column, "{}", subject)
	text := strings.ReplaceAll(g.owner.text, "{}", subject)
	strangers := []string{"((" + column + " = " + g.call(g.owner.caller, "") + ") IS NOT TRUE)"}
	if personal && len(g.config.Standing) > 0 {
		strangers = append(strangers, "(("+text+" IN "+g.call("barred", "")+") IS NOT TRUE)")
	}
	list := []string{
		"(" + column + " = " + g.call(g.ownName(), deparsed(scope)+"::text") + ")",
		conjunction(append([]string{reach("false")}, strangers...)),
	}
	if personal && consent {
		consents := qualified(g.config.Schema, "consents") + "(" + text + ")"
		list = append(list, conjunction(append([]string{reach("true"), consents}, strangers...)))
	}
	return list
}

// call is a sub-select that calls a function of the schema once.
func (g *governed) call(name, arguments string) string {
	return fmt.Sprintf("( SELECT %s(%s) AS %s)", qualified(g.config.Schema, name), arguments, ident(name))
}

func conjunction(list []string) string { return connect(list, " AND ") }

func disjunction(list []string) string { return connect(list, " OR ") }

func connect(list []string, by string) string {
	if len(list) == 1 {
		return list[0]
	}
	return "(" + strings.Join(list, by) + ")"
}
