package peers

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go"

	"github.com/shugo-data/shugo/governance"
)

// cedarPeer is a set of Cedar policies, one for each rule and role. Roles are groups of the principal and categories
// groups of the resource, so that the scope of a policy, which is compared first, says most of a rule.
type cedarPeer struct{ policies *cedar.PolicySet }

func newCedar(tb testing.TB, m governance.Manifest) *cedarPeer {
	tb.Helper()
	policies, err := cedar.NewPolicySetFromBytes("scenario.cedar", []byte(cedarText(m)))
	if err != nil {
		tb.Fatal(err)
	}
	return &cedarPeer{policies}
}

// cedarText writes the rules of a manifest in the language of Cedar.
func cedarText(m governance.Manifest) string {
	var text strings.Builder
	for _, r := range m.Rules {
		for _, role := range orElse(r.Roles, everyone) {
			text.WriteString(cedarPolicy(r, role))
		}
	}
	return text.String()
}

func cedarPolicy(r governance.Rule, role string) string {
	effect, resource := "permit", "resource"
	if r.Deny {
		effect = "forbid"
	}
	var conditions []string
	if categories := cedarNames("Category", r.Categories); len(categories) == 1 {
		resource += " in " + categories[0]
	} else {
		conditions = append(conditions, "resource in ["+strings.Join(categories, ", ")+"]")
	}
	if len(r.Purposes) > 0 {
		var purposes []string
		for _, p := range r.Purposes {
			purposes = append(purposes, fmt.Sprintf("context.purpose == %q", p))
		}
		conditions = append(conditions, "("+strings.Join(purposes, " || ")+")")
	}
	if r.Own {
		conditions = append(conditions, "resource has owner && principal == resource.owner")
	}
	when := ""
	if len(conditions) > 0 {
		when = " when { " + strings.Join(conditions, " && ") + " }"
	}
	actions := "action in [" + strings.Join(cedarNames("Action", r.Actions), ", ") + "]"
	if len(r.Actions) == 1 {
		actions = "action == " + cedarNames("Action", r.Actions)[0]
	}
	return fmt.Sprintf("@id(%q)\n%s (principal in Role::%q, %s, %s)%s;\n", r.Name, effect, role, actions, resource, when)
}

func cedarNames[S ~string](kind string, names []S) []string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = fmt.Sprintf("%s::%q", kind, string(name))
	}
	return texts
}

// prepare builds the entities of each request beforehand, and only the two that it needs.
func (e *cedarPeer) prepare(tb testing.TB, list []request) func(i int) bool {
	questions := make([]cedar.Request, len(list))
	entities := make([]cedar.EntityMap, len(list))
	for i, q := range list {
		questions[i], entities[i] = cedarQuestion(i, q)
	}
	return func(i int) bool {
		decision, diagnostic := cedar.Authorize(e.policies, entities[i], questions[i])
		if len(diagnostic.Errors) > 0 {
			tb.Error("cedar:", diagnostic.Errors)
		}
		return decision == cedar.Allow
	}
}

func cedarQuestion(i int, q request) (cedar.Request, cedar.EntityMap) {
	var roles []cedar.EntityUID
	for _, role := range rolesOf(q) {
		roles = append(roles, cedar.NewEntityUID("Role", cedar.String(role)))
	}
	attributes := cedar.RecordMap{}
	if q.owner != "" {
		attributes["owner"] = cedar.NewEntityUID("User", cedar.String(q.owner))
	}
	principal := cedar.NewEntityUID("User", cedar.String(q.id))
	resource := cedar.NewEntityUID("Record", cedar.String(fmt.Sprint(i)))
	category := cedar.NewEntityUID("Category", cedar.String(q.category))
	question := cedar.Request{
		Principal: principal, Action: cedar.NewEntityUID("Action", cedar.String(q.action)), Resource: resource,
		Context: cedar.NewRecord(cedar.RecordMap{"purpose": cedar.String(q.purpose)}),
	}
	return question, cedar.EntityMap{
		principal: {UID: principal, Parents: cedar.NewEntityUIDSet(roles...)},
		resource: {UID: resource, Parents: cedar.NewEntityUIDSet(category),
			Attributes: cedar.NewRecord(attributes)},
	}
}

// inUse has the principal ready, with its roles, and makes the record's entity for each decision.
func (e *cedarPeer) inUse(tb testing.TB, list []request) func(i int) bool {
	principals := make([]cedar.Entity, len(list))
	for i, q := range list {
		question, entities := cedarQuestion(i, q)
		principals[i] = entities[question.Principal]
	}
	return func(i int) bool {
		q := list[i]
		attributes := cedar.RecordMap{}
		if q.owner != "" {
			attributes["owner"] = cedar.NewEntityUID("User", cedar.String(q.owner))
		}
		resource := cedar.Entity{
			UID:     cedar.NewEntityUID("Record", "asked"),
			Parents: cedar.NewEntityUIDSet(cedar.NewEntityUID("Category", cedar.String(q.category))), Attributes: cedar.NewRecord(attributes),
		}
		decision, diagnostic := cedar.Authorize(e.policies,
			cedar.EntityMap{principals[i].UID: principals[i], resource.UID: resource}, cedar.Request{
				Principal: principals[i].UID, Action: cedar.NewEntityUID("Action", cedar.String(q.action)), Resource: resource.UID,
				Context: cedar.NewRecord(cedar.RecordMap{"purpose": cedar.String(q.purpose)}),
			})
		if len(diagnostic.Errors) > 0 {
			tb.Error("cedar:", diagnostic.Errors)
		}
		return decision == cedar.Allow
	}
}
