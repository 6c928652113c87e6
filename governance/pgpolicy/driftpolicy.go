package pgpolicy

import (
	"slices"
	"strings"
)

// policies compares the policies of a table.
func (j *judge) policies(w wantTable, r catalogRelation) {
	on := qualified(w.name...)
	for _, h := range r.Policies {
		i := slices.IndexFunc(w.policies, func(p wantPolicy) bool { return p.name == h.Name })
		if i >= 0 {
			j.policy(w, w.policies[i], h)
			continue
		}
		kind := PolicyUnknownRestrictive
		if h.Permissive {
			kind = PolicyUnknownPermissive
		}
		j.add(kind, inside("policy", w.name, h.Name), h.text(), "none", dropPolicy(h.Name, on))
	}
	for _, p := range w.policies {
		if slices.ContainsFunc(r.Policies, func(h statePolicy) bool { return h.Name == p.name }) {
			continue
		}
		kind := PolicyMissing
		if p.name == policyFloor {
			kind = PolicyFloorMissing
		}
		j.add(kind, inside("policy", w.name, p.name), "", p.have().text(), do(phasePolicy, p.create(on)))
	}
}

// policy compares a policy with the one of its name.
func (j *judge) policy(w wantTable, p wantPolicy, h statePolicy) {
	if p.is(h) {
		return
	}
	on, o := qualified(w.name...), inside("policy", w.name, p.name)
	repair := dropPolicy(p.name, on).then(do(phasePolicy, p.create(on)))
	mode := map[bool]string{true: "permissive", false: "restrictive"}
	for _, c := range []struct {
		kind            Kind
		found, expected string
	}{
		{PolicyMode, mode[h.Permissive], mode[p.permissive]},
		{PolicyCommand, h.Command, p.command},
		{PolicyRoles, "for " + listed(h.Roles), "for " + listed(p.roles)},
		{PolicyUsing, "USING " + h.Using, "USING " + p.using},
		{PolicyCheck, "WITH CHECK " + h.Check, "WITH CHECK " + p.check},
	} {
		if c.found != c.expected {
			j.add(c.kind, o, c.found, c.expected, repair)
		}
	}
}

// have is a policy in the words of the catalog.
func (p wantPolicy) have() statePolicy {
	return statePolicy{Name: p.name, Command: p.command, Using: p.using, Check: p.check, Permissive: p.permissive, Roles: p.roles}
}

// text is a policy in short words.
func (h statePolicy) text() string {
	text := "a restrictive policy"
	if h.Permissive {
		text = "a permissive policy"
	}
	text += " for " + h.Command + " to " + listed(h.Roles)
	if h.Using != "" {
		text += " using " + h.Using
	}
	if h.Check != "" {
		text += " with check " + h.Check
	}
	return strings.ReplaceAll(text, "\n", " ")
}

func dropPolicy(name, on string) Repair {
	return do(phaseDrop, "DROP POLICY IF EXISTS "+ident(name)+" ON "+on)
}
