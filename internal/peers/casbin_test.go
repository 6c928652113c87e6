package peers

import (
	"slices"
	"strings"
	"testing"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"github.com/shugo-data/shugo/governance"
)

// casbinModel is an ABAC model whose effect lets deny override. Its matcher runs for every policy row until one denies, so
// there are few rows (categories that a rule names together are a group), and the comparisons that are cheap and fail
// most often stand first. Attributes are tokens of the request and not fields of a struct, which Casbin would read by
// reflection. Slower when measured: a row for each category and no group, and groups of actions as well.
const casbinModel = `
[request_definition]
r = id, roles, purpose, cat, act, owner

[policy_definition]
p = role, cat, act, purpose, own, eft

[role_definition]
g = _, _

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = r.act == p.act && p.role in (r.roles) && (r.cat == p.cat || g(r.cat, p.cat)) && (p.purpose == "*" || p.purpose == r.purpose) && (p.own == "*" || r.owner == r.id)
`

// casbinPeer is a Casbin enforcer with one policy row for each role, action and purpose of a rule.
type casbinPeer struct {
	enforcer interface {
		Enforce(values ...any) (bool, error)
	}
}

func newCasbin(tb testing.TB, m governance.Manifest) *casbinPeer {
	tb.Helper()
	parsed, err := model.NewModelFromString(casbinModel)
	if err != nil {
		tb.Fatal(err)
	}
	enforcer, err := casbin.NewEnforcer(parsed)
	if err != nil {
		tb.Fatal(err)
	}
	newCasbinPolicy(m).load(tb, enforcer)
	return &casbinPeer{enforcer}
}

// casbinPolicy is the rules of a manifest in the form of Casbin.
type casbinPolicy struct {
	rows       [][]string
	categories [][]string // category and the group that it is in
}

func newCasbinPolicy(m governance.Manifest) casbinPolicy {
	var p casbinPolicy
	for _, r := range m.Rules {
		effect, own := "allow", "*"
		if r.Deny {
			effect = "deny"
		}
		if r.Own {
			own = "own"
		}
		category := p.group(r.Categories)
		for _, role := range orElse(r.Roles, everyone) {
			for _, action := range r.Actions {
				for _, purpose := range orElse(r.Purposes, "*") {
					p.rows = append(p.rows, []string{role, category, string(action), string(purpose), own, effect})
				}
			}
		}
	}
	return p
}

// group returns a name for categories that stand together, and lists them once.
func (p *casbinPolicy) group(categories []governance.Category) string {
	texts := strs(categories...)
	if len(texts) == 1 {
		return texts[0]
	}
	slices.Sort(texts)
	name := strings.Join(texts, "+")
	for _, text := range texts {
		member := []string{text, name}
		if !slices.ContainsFunc(p.categories, func(known []string) bool { return slices.Equal(known, member) }) {
			p.categories = append(p.categories, member)
		}
	}
	return name
}

func (p casbinPolicy) load(tb testing.TB, e *casbin.Enforcer) {
	tb.Helper()
	if err := e.BuildRoleLinks(); err != nil {
		tb.Fatal(err)
	}
	if _, err := e.AddNamedGroupingPolicies("g", p.categories); err != nil {
		tb.Fatal(err)
	}
	if ok, err := e.AddPolicies(p.rows); !ok || err != nil {
		tb.Fatal("casbin: the policy rows were not taken", err)
	}
}

func orElse[S ~string](names []S, none S) []S {
	if len(names) == 0 {
		return []S{none}
	}
	return names
}

func (e *casbinPeer) prepare(tb testing.TB, list []request) func(i int) bool {
	values := make([][]any, len(list))
	for i, q := range list {
		roles := []any{}
		for _, role := range rolesOf(q) {
			roles = append(roles, role)
		}
		values[i] = []any{q.id, roles, q.purpose, q.category, q.action, q.owner}
	}
	return func(i int) bool {
		allowed, err := e.enforcer.Enforce(values[i]...)
		if err != nil {
			tb.Error("casbin:", err)
		}
		return allowed
	}
}

// inUse has the roles ready and hands over the values of each decision.
func (e *casbinPeer) inUse(tb testing.TB, list []request) func(i int) bool {
	roles := make([][]any, len(list))
	for i, q := range list {
		for _, role := range rolesOf(q) {
			roles[i] = append(roles[i], role)
		}
	}
	return func(i int) bool {
		q := list[i]
		allowed, err := e.enforcer.Enforce(q.id, roles[i], q.purpose, q.category, q.action, q.owner)
		if err != nil {
			tb.Error("casbin:", err)
		}
		return allowed
	}
}
