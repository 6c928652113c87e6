package peers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"

	"github.com/shugo-data/shugo/governance"
)

// Cedar returns the rules of a manifest as policies of Cedar, with all that the guard refuses besides: callers without an ID
// or with a name that the manifest does not know, and what a person's restriction or a hold forbids. cedarPolicy has the
// rules alone, in the form that is fastest; this one is complete.
//
// The principal is the caller, with the attribute roles. The resource is a record, with the category as its parent and, if
// it is about a person, the attribute owner. The context has purpose, and the owner's consented, restricted and held.
func Cedar(m governance.Manifest) string {
	var text strings.Builder
	for _, r := range m.Rules {
		text.WriteString(cedarRule(r))
	}
	forbid := func(name, when string) {
		fmt.Fprintf(&text, "@id(%s)\nforbid (principal, action, resource) when { %s };\n", cedarString(name), when)
	}
	forbid("nobody", `principal == User::""`)
	forbid("unknown role", "!"+cedarSet(cedarRoles(m))+".containsAll(principal.roles)")
	forbid("unknown purpose", "!"+cedarSet(append(cedarPurposes(m), ""))+".contains(context.purpose)")
	const owned = "(resource has owner && principal == resource.owner)"
	if personal := cedarPersonal(m); personal != "" {
		forbid("restricted", personal+" && resource has owner && context.restricted && !"+owned)
		forbid("held", personal+` && resource has owner && context.held && action in [Action::"delete", Action::"erase"]`)
	}
	return text.String()
}

func cedarRule(r governance.Rule) string {
	effect := "permit"
	if r.Deny {
		effect = "forbid"
	}
	when := []string{"resource in [" + strings.Join(cedarEntities("Category", r.Categories), ", ") + "]"}
	if len(r.Roles) > 0 {
		when = append(when, "principal.roles.containsAny("+cedarSet(r.Roles)+")")
	}
	if len(r.Purposes) > 0 {
		when = append(when, cedarSet(r.Purposes)+".contains(context.purpose)")
	}
	if r.Own {
		when = append(when, "resource has owner && principal == resource.owner")
	}
	if r.Consent {
		when = append(when, "resource has owner && resource.personal && context.consented")
	}
	return fmt.Sprintf("@id(%s)\n%s (principal, action in [%s], resource) when { %s };\n", cedarString(r.Name), effect,
		strings.Join(cedarEntities("Action", r.Actions), ", "), strings.Join(when, " && "))
}

func cedarRoles(m governance.Manifest) []string {
	names := slices.Clone(m.Roles)
	for _, r := range m.Rules {
		if len(m.Roles) == 0 {
			names = append(names, r.Roles...)
		}
	}
	return names
}

func cedarPurposes(m governance.Manifest) []governance.Purpose {
	names := slices.Clone(m.Purposes)
	for _, r := range m.Rules {
		if len(m.Purposes) == 0 {
			names = append(names, r.Purposes...)
		}
	}
	return names
}

// cedarPersonal is the condition that the category is personal; empty: none is.
func cedarPersonal(m governance.Manifest) string {
	if !slices.ContainsFunc(m.Classes, func(c governance.Class) bool { return c.Personal }) {
		return ""
	}
	return "resource.personal"
}

func cedarEntities[S ~string](kind string, names []S) []string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = kind + "::" + cedarString(string(name))
	}
	return texts
}

func cedarSet[S ~string](names []S) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = cedarString(string(name))
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// cedarString escapes what ends a string of Cedar or begins an escape there. Names of a manifest have no control characters.
func cedarString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// cedarRequest is a question to the policies of Cedar.
func cedarRequest(caller governance.Caller, q governance.Question, personal bool, s governance.Standing) (cedar.Request, cedar.EntityMap) {
	roles := make([]cedar.Value, len(caller.Roles))
	for i, r := range caller.Roles {
		roles[i] = cedar.String(r)
	}
	principal := cedar.NewEntityUID("User", cedar.String(string(caller.ID)))
	resource := cedar.NewEntityUID("Record", "asked")
	attributes := cedar.RecordMap{"personal": cedar.Boolean(personal)}
	if q.Subject != "" {
		attributes["owner"] = cedar.NewEntityUID("User", cedar.String(string(q.Subject)))
	}
	request := cedar.Request{
		Principal: principal, Resource: resource, Action: cedar.NewEntityUID("Action", cedar.String(string(q.Action))),
		Context: cedar.NewRecord(cedar.RecordMap{
			"purpose": cedar.String(string(caller.Purpose)), "consented": cedar.Boolean(s.Consented),
			"restricted": cedar.Boolean(s.Restricted), "held": cedar.Boolean(s.Held),
		}),
	}
	return request, cedar.EntityMap{
		principal: {UID: principal, Attributes: cedar.NewRecord(cedar.RecordMap{"roles": cedar.NewSet(roles...)})},
		resource: {
			UID: resource, Attributes: cedar.NewRecord(attributes),
			Parents: cedar.NewEntityUIDSet(cedar.NewEntityUID("Category", cedar.String(string(q.Category)))),
		},
	}
}
