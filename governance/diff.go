package governance

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Change is one combination that two manifests decide differently.
type Change struct {
	Role     string   `json:"role"`               // of the caller; empty: a caller without roles
	Category Category `json:"category"`           // of the data
	Action   Action   `json:"action"`             // done with it
	Purpose  Purpose  `json:"purpose"`            // of the caller; empty: none
	Own      bool     `json:"own"`                // the subject is the caller
	Consent  bool     `json:"consent"`            // the subject consents to the purpose
	Allowed  bool     `json:"allowed"`            // under the new manifest
	Before   bool     `json:"before"`             // under the old manifest
	Rule     string   `json:"rule,omitempty"`     // that decides under the new manifest, if one does
	Masked   []string `json:"masked,omitempty"`   // masked under the new manifest and not under the old, where both allow
	Unmasked []string `json:"unmasked,omitempty"` // masked under the old manifest and not under the new, where both allow
}

// String returns the change in one line, such as "+ support may read user_data for support: support-reads".
func (c Change) String() string {
	var b strings.Builder
	switch {
	case c.Allowed && c.Before:
		b.WriteString("~ ")
	case c.Allowed:
		b.WriteString("+ ")
	default:
		b.WriteString("- ")
	}
	b.WriteString(cmp.Or(c.Role, "a caller without roles"))
	verb := " may "
	if !c.Allowed {
		verb = " may not "
	}
	fmt.Fprintf(&b, "%s%s %s", verb, c.Action, c.Category)
	if c.Own {
		b.WriteString(", their own")
	}
	if c.Consent {
		b.WriteString(", with consent")
	}
	fmt.Fprintf(&b, ", for %s", cmp.Or(string(c.Purpose), "no purpose"))
	if c.Rule != "" {
		fmt.Fprintf(&b, " (%s)", c.Rule)
	}
	if len(c.Masked) > 0 {
		fmt.Fprintf(&b, ", now masked: %s", strings.Join(c.Masked, ", "))
	}
	if len(c.Unmasked) > 0 {
		fmt.Fprintf(&b, ", no longer masked: %s", strings.Join(c.Unmasked, ", "))
	}
	return b.String()
}

// Diff returns every combination of role, category, action, purpose, Own and Consent that becomes allowed or denied, or
// whose masks change, when after replaces before, in a stable order. Names that only one of them knows count as refused
// by the other. It enumerates callers with one role and with none; what a caller with several may do follows: all that
// one of the roles is allowed and none is denied. The error is a *ManifestError of the manifest that has faults.
func Diff(before, after Manifest) ([]Change, error) {
	for _, m := range []Manifest{before, after} {
		if err := m.Check(); err != nil {
			return nil, err
		}
	}
	v := newVocabulary(before, after)
	d := diff{vocabulary: v, old: before.side(v), new: after.side(v)}
	for _, category := range slices.Sorted(maps.Keys(v.categories)) {
		for action := range Actions() {
			d.compare(v.categories[category], action)
		}
	}
	return d.changes, nil
}

// diff compares two manifests in the numbers of a vocabulary that has the names of both.
type diff struct {
	vocabulary *vocabulary
	old, new   side
	changes    []Change
}

// side is one of the two manifests.
type side struct {
	manifest Manifest
	own      *vocabulary // the names that it knows itself
	tables   [][actionCount]*table
}

func (m Manifest) side(v *vocabulary) side {
	return side{manifest: m, own: newVocabulary(m), tables: m.tables(v)}
}

// compare adds the changes of one category and action.
func (d *diff) compare(category, action int) {
	for purpose, purposeName := range d.vocabulary.purposeSet {
		for role, roleName := range d.vocabulary.roleNames {
			c := resolved{vocabulary: d.vocabulary, purpose: purpose}
			if role > 0 {
				c.roles = []uint32{uint32(role)}
			}
			for s := range state(states) {
				was := d.old.decide(category, action, &c, s, roleName, purposeName)
				is := d.new.decide(category, action, &c, s, roleName, purposeName)
				change := Change{
					Role: roleName, Category: d.new.tables[category][action].category, Action: Actions()[action],
					Purpose: purposeName, Own: s&owned != 0, Consent: s&consented != 0,
					Allowed: is.effect == allow, Before: was.effect == allow,
				}
				d.complete(&change, d.old.tables[category][action], d.new.tables[category][action], was, is)
			}
		}
	}
}

// complete adds a change if it is one.
func (d *diff) complete(c *Change, old, new *table, was, is outcome) {
	if is.effect != silent {
		c.Rule = d.new.manifest.Rules[is.rule].label(int(is.rule))
	}
	if c.Allowed && c.Before {
		wasMasked, isMasked := old.maskNames(was.masks), new.maskNames(is.masks)
		c.Masked, c.Unmasked = without(isMasked, wasMasked), without(wasMasked, isMasked)
	}
	if c.Allowed != c.Before || len(c.Masked)+len(c.Unmasked) > 0 {
		d.changes = append(d.changes, *c)
	}
}

// decide returns what the manifest says; about a caller whose role or purpose it does not know, nothing.
func (s *side) decide(category, action int, c *resolved, at state, role string, purpose Purpose) outcome {
	_, knowsRole := s.own.roles[role]
	_, knowsPurpose := s.own.purposes[purpose]
	if (role != "" && !knowsRole) || (purpose != "" && !knowsPurpose) {
		return outcome{}
	}
	return s.tables[category][action].decide(c, at)
}

// without returns the names of a that are not in b, sorted.
func without(a, b []string) []string {
	var names []string
	for _, name := range a {
		if !slices.Contains(b, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
