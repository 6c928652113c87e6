package peers

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/shugo-data/shugo/governance"
)

// opaHead is how a decision is made of the rules: deny by default, and a denial beats what is granted.
const opaHead = `package shugo

default allow := false

default granted := false

default denied := false

allow if {
	granted
	not denied
}
`

// opaPeer is a prepared query over Rego rules, one for each role, category, action and purpose of a rule. All of their
// comparisons are with constants, so that OPA's rule index finds those that apply. Slower when measured: rules with
// lists of categories and actions, rules with a list of roles, and rules as data walked by one Rego rule, with partial
// evaluation and without.
type opaPeer struct{ query rego.PreparedEvalQuery }

func newOPA(tb testing.TB, m governance.Manifest) *opaPeer {
	tb.Helper()
	query, err := rego.New(rego.Query("data.shugo.allow"), rego.Module("scenario.rego", regoText(m))).
		PrepareForEval(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return &opaPeer{query}
}

// regoText writes the rules of a manifest in Rego.
func regoText(m governance.Manifest) string {
	var text strings.Builder
	text.WriteString(opaHead)
	for _, r := range m.Rules {
		for _, role := range orElse(r.Roles, everyone) {
			for _, category := range r.Categories {
				for _, action := range r.Actions {
					for _, purpose := range orElse(r.Purposes, "") {
						text.WriteString(regoRule(r, role, category, action, purpose))
					}
				}
			}
		}
	}
	return text.String()
}

func regoRule(r governance.Rule, role string, c governance.Category, a governance.Action, p governance.Purpose) string {
	head := "granted"
	if r.Deny {
		head = "denied"
	}
	body := []string{fmt.Sprintf("input.category == %q", string(c)), fmt.Sprintf("input.action == %q", string(a))}
	if p != "" {
		body = append(body, fmt.Sprintf("input.purpose == %q", string(p)))
	}
	body = append(body, fmt.Sprintf("input.roles[%q]", role))
	if r.Own {
		body = append(body, "input.id == input.owner")
	}
	return fmt.Sprintf("\n# %s\n%s if {\n\t%s\n}\n", r.Name, head, strings.Join(body, "\n\t"))
}

// prepare parses each input beforehand, as OPA advises where an input is at hand in its own form.
func (e *opaPeer) prepare(tb testing.TB, list []request) func(i int) bool {
	inputs := make([]ast.Value, len(list))
	for i, q := range list {
		roles := map[string]bool{}
		for _, role := range rolesOf(q) {
			roles[role] = true
		}
		input, err := ast.InterfaceToValue(map[string]any{
			"id": q.id, "roles": roles, "purpose": q.purpose, "category": q.category, "action": q.action, "owner": q.owner,
		})
		if err != nil {
			tb.Fatal(err)
		}
		inputs[i] = input
	}
	return func(i int) bool {
		results, err := e.query.Eval(context.Background(), rego.EvalParsedInput(inputs[i]))
		if err != nil {
			tb.Error("opa:", err)
		}
		return results.Allowed()
	}
}

// inUse has the roles ready and hands over the input of each decision as a map, in the form of a host's own data.
func (e *opaPeer) inUse(tb testing.TB, list []request) func(i int) bool {
	roles := make([]map[string]bool, len(list))
	for i, q := range list {
		roles[i] = map[string]bool{}
		for _, role := range rolesOf(q) {
			roles[i][role] = true
		}
	}
	return func(i int) bool {
		q := list[i]
		results, err := e.query.Eval(context.Background(), rego.EvalInput(map[string]any{
			"id": q.id, "roles": roles[i], "purpose": q.purpose, "category": q.category, "action": q.action, "owner": q.owner,
		}))
		if err != nil {
			tb.Error("opa:", err)
		}
		return results.Allowed()
	}
}
