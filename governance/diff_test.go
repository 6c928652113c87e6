package governance_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

// point is one combination that Diff compares.
type point struct {
	role         string
	category     governance.Category
	action       governance.Action
	purpose      governance.Purpose
	own, consent bool
}

// decide returns what the rules alone say at a point: refused, or allowed with masks.
func (o oracle) decide(p point) (allowed bool, masks []string) {
	s := situation{caller: governance.Caller{Purpose: p.purpose}, action: p.action}
	if p.role != "" {
		s.caller.Roles = []string{p.role}
	}
	if (p.role != "" && !o.knowsRole(p.role)) || (p.purpose != "" && !o.knowsPurpose(p.purpose)) {
		return false, nil
	}
	masks, allowed, denied := o.rules(s, p.category, p.own, p.consent)
	if denied || !allowed {
		return false, nil
	}
	slices.Sort(masks)
	return true, masks
}

// eachPoint calls f for every combination of the names that manifests may use.
func eachPoint(roles []string, f func(point)) {
	for _, role := range roles {
		for _, category := range []governance.Category{"c0", "c1", "c2"} {
			for _, action := range governance.Actions() {
				for _, purpose := range []governance.Purpose{"", "p0", "p1"} {
					for _, own := range []bool{false, true} {
						for _, consent := range []bool{false, true} {
							f(point{role, category, action, purpose, own, consent})
						}
					}
				}
			}
		}
	}
}

// TestDiffEqualsTheOracle enumerates the combinations of two random manifests and wants exactly those that differ.
func TestDiffEqualsTheOracle(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 1))
	changes := 0
	for range 300 {
		before, after := randomManifest(rng), randomManifest(rng)
		if len(before.Rules) == 0 || len(after.Rules) == 0 {
			continue
		}
		got, err := governance.Diff(before, after)
		if err != nil {
			t.Fatal(err)
		}
		changes += len(got)
		requireChanges(t, before, after, got)
	}
	if changes < 1000 {
		t.Errorf("only %d changes: the manifests are degenerate", changes)
	}
}

func requireChanges(t *testing.T, before, after governance.Manifest, got []governance.Change) {
	t.Helper()
	found := map[point]governance.Change{}
	for _, c := range got {
		p := point{c.Role, c.Category, c.Action, c.Purpose, c.Own, c.Consent}
		if _, twice := found[p]; twice {
			t.Fatalf("%+v stands twice", p)
		}
		found[p] = c
	}
	eachPoint(append(worldRoles(), ""), func(p point) {
		was, wasMasks := oracle{before}.decide(p)
		is, isMasks := oracle{after}.decide(p)
		c, changed := found[p]
		delete(found, p)
		if want := was != is || !slices.Equal(wasMasks, isMasks); want != changed {
			t.Fatalf("%+v: %t before and %t after, in the difference: %t", p, was, is, changed)
		}
		if !changed {
			return
		}
		if c.Before != was || c.Allowed != is {
			t.Fatalf("%+v: %t before and %t after, got %+v", p, was, is, c)
		}
		var masked, unmasked []string
		if was && is {
			masked, unmasked = without(isMasks, wasMasks), without(wasMasks, isMasks)
		}
		if diff := cmp.Diff([][]string{masked, unmasked}, [][]string{c.Masked, c.Unmasked}); diff != "" {
			t.Fatalf("%+v: masks differ (-want +got):\n%s", p, diff)
		}
	})
	if len(found) > 0 {
		t.Fatalf("changes beyond the domain: %v", found)
	}
}

func without(a, b []string) []string {
	var names []string
	for _, name := range a {
		if !slices.Contains(b, name) {
			names = append(names, name)
		}
	}
	return names
}

// TestRedundantRulesEqualTheOracle removes rules one by one: one that Check reports changes no decision of any caller,
// also of one with two roles; one that it does not report changes at least one.
func TestRedundantRulesEqualTheOracle(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 8))
	reported, kept := 0, 0
	for range 250 {
		m := governance.Manifest{Classes: randomManifest(rng).Classes}
		for range 2 + rng.IntN(6) {
			m.Rules = append(m.Rules, randomRule(rng))
		}
		var faulty *governance.ManifestError
		if errors.As(m.Check(), &faulty) { // each is redundant given the others that stay; the last of them beside all
			i := ruleOf(t, faulty.Faults[len(faulty.Faults)-1])
			reported++
			if changes(m, i) {
				t.Fatalf("%s, but without it decisions change:%s", faulty.Faults[len(faulty.Faults)-1], rulesText(m))
			}
			continue
		}
		for i := range m.Rules {
			kept++
			if !changes(m, i) {
				t.Fatalf("without rules[%d] no decision changes, but it is not reported:%s", i, rulesText(m))
			}
		}
	}
	if reported < 20 || kept < 20 {
		t.Errorf("%d rules reported and %d kept: the manifests are degenerate", reported, kept)
	}
}

func ruleOf(t *testing.T, f governance.Fault) (i int) {
	t.Helper()
	if _, err := fmt.Sscanf(f.Path, "rules[%d]", &i); err != nil {
		t.Fatalf("%s: %v", f, err)
	}
	return i
}

// changes reports whether a decision of a caller with up to two roles changes without a rule.
func changes(m governance.Manifest, i int) (changed bool) {
	fewer := m
	fewer.Rules = slices.Delete(slices.Clone(m.Rules), i, i+1)
	for _, second := range append(worldRoles(), "") {
		eachPoint(append(worldRoles(), ""), func(p point) {
			if changed {
				return
			}
			s := situation{caller: governance.Caller{Purpose: p.purpose, Roles: []string{p.role, second}}, action: p.action}
			masks, allow, deny := oracle{m}.rules(s, p.category, p.own, p.consent)
			otherMasks, otherAllow, otherDeny := oracle{fewer}.rules(s, p.category, p.own, p.consent)
			slices.Sort(masks)
			slices.Sort(otherMasks)
			changed = deny != otherDeny ||
				!deny && (allow != otherAllow || !slices.Equal(masks, otherMasks))
		})
	}
	return changed
}

func TestDiffOfFaultyManifests(t *testing.T) {
	t.Parallel()
	faulty := diary()
	faulty.Rules[0].Actions = nil
	for name, pair := range map[string][2]governance.Manifest{
		"before": {faulty, diary()}, "after": {diary(), faulty}, "both": {faulty, faulty},
	} {
		changes, err := governance.Diff(pair[0], pair[1])
		if want := []string{"rules[0].actions: none: name the actions that the rule is for"}; changes != nil ||
			!slices.Equal(faultsOf(t, err), want) {
			t.Errorf("%s: got %v, %v", name, changes, err)
		}
	}
}

// TestDiffTells wants the text of every kind of change.
func TestDiffTells(t *testing.T) {
	t.Parallel()
	after := diary()
	after.Rules[0].Actions = after.Rules[0].Actions[1:]                      // writers may not create
	after.Rules[2].Mask = []string{"mood"}                                   // nurses see the text, and no mood
	after.Rules[1].Consent = false                                           // coaches need no consent
	after.Rules = append(after.Rules, governance.Rule{Deny: true, Own: true, // what was silent is refused as before
		Categories: []governance.Category{"entries"}, Actions: []governance.Action{governance.Restore}})
	changes, err := governance.Diff(diary(), after)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		got = append(got, c.String())
	}
	want := []string{
		"- writer may not create entries, their own, for no purpose",
		"- writer may not create entries, their own, with consent, for no purpose",
		"- writer may not create entries, their own, for coaching",
		"- writer may not create entries, their own, with consent, for coaching",
		"- writer may not create entries, their own, for care",
		"- writer may not create entries, their own, with consent, for care",
		"+ coach may read entries, for coaching (coaches-with-consent)",
		"+ coach may read entries, their own, for coaching (coaches-with-consent)",
		"~ nurse may read entries, for care (nurses-see-no-text), now masked: mood, no longer masked: text",
		"~ nurse may read entries, their own, for care (nurses-see-no-text), now masked: mood, no longer masked: text",
		"~ nurse may read entries, with consent, for care (nurses-see-no-text), now masked: mood, no longer masked: text",
		"~ nurse may read entries, their own, with consent, for care (nurses-see-no-text), now masked: mood, no longer masked: text",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes differ (-want +got):\n%s", diff)
	}
	if changes, err := governance.Diff(diary(), diary()); err != nil || changes != nil {
		t.Errorf("equal manifests differ: %v, %v", changes, err)
	}
	anyone := governance.Change{Category: "entries", Action: governance.Read, Allowed: true}
	if got, want := anyone.String(), "+ a caller without roles may read entries, for no purpose"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
