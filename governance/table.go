package governance

import (
	"fmt"
	"slices"
)

// The rules of a manifest are compiled into one table for each category and action. A table has a cell for each purpose
// and role; a cell has an outcome for each state of the two conditions, Own and Consent. A decision is one look-up for
// each role of the caller, whatever the number of rules.

// effect is what rules say about a call. Its zero value is silence, which refuses.
type effect uint8

const (
	silent effect = iota
	allow
	deny
)

// state says which conditions a call meets. It indexes a cell.
type state uint8

const (
	owned     state = 1 << iota // the subject is the caller
	consented                   // the subject consents to the purpose
	states    = 4
)

// outcome is what the rules of one cell say in one state.
type outcome struct {
	effect effect
	no     uint16 // what a caller with this role alone is told: position in table.refusals; 0: allowed, or not worked out
	rule   int32  // the rule that decided
	masks  uint64 // bits of table.masks: the fields that every allowing rule masks
}

// merge returns what two outcomes for the same call say together: deny beats allow, and a caller who is allowed twice
// sees what either rule shows.
func (o outcome) merge(other outcome) outcome {
	switch {
	case o.effect == deny || other.effect == silent:
		return o
	case o.effect == silent || other.effect == deny:
		return other
	case o.masks&^other.masks != 0:
		return outcome{effect: allow, rule: other.rule, masks: o.masks & other.masks}
	}
	return o
}

type cell [states]outcome

// table holds the outcomes of one category and action.
type table struct {
	category Category
	action   Action
	roles    int      // roles in the vocabulary, and one for rules that name none
	cells    []*cell  // by purpose*roles + role, rules for every caller included; equal cells are one
	masks    []string // the name of each mask bit
	denies   bool     // one of its rules does
	refusals []*refusal
}

// maxMasks is how many different fields the rules of one category and action may mask: the bits of outcome.masks.
const maxMasks = 64

// decide returns what the rules say about a caller in a state.
func (t *table) decide(c *resolved, s state) outcome {
	row := t.cells[c.purpose*t.roles:]
	if len(c.roles) == 0 {
		return row[0][s%states]
	}
	out := row[c.roles[0]][s%states]
	for _, role := range c.roles[1:] {
		out = out.merge(row[role][s%states])
	}
	return out
}

// maskNames returns the field names of mask bits.
func (t *table) maskNames(bits uint64) []string {
	var names []string
	for i, name := range t.masks {
		if bits&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// scope is one category and action.
type scope struct{ category, action int }

// scopes returns the rules of each category and action, by their place in the manifest.
func (m Manifest) scopes(v *vocabulary) map[scope][]int {
	rules := map[scope][]int{}
	for i, r := range m.Rules {
		for _, c := range r.Categories {
			for _, a := range r.Actions {
				at := scope{v.categories[c], actionIndex(a)}
				rules[at] = append(rules[at], i)
			}
		}
	}
	return rules
}

// tables compiles the rules of a checked manifest.
func (m Manifest) tables(v *vocabulary) [][actionCount]*table {
	scopes := m.scopes(v)
	tables := make([][actionCount]*table, len(v.categories))
	for category, number := range v.categories {
		for i, action := range Actions() {
			tables[number][i] = m.compile(v, category, action, scopes[scope{number, i}])
		}
	}
	return tables
}

// compile makes the table of one scope from its rules.
func (m Manifest) compile(v *vocabulary, category Category, action Action, rules []int) *table {
	t := &table{category: category, action: action, roles: len(v.roleNames)}
	cells := make([]cell, len(v.purposeSet)*t.roles)
	for _, i := range rules {
		r := &m.Rules[i]
		out := outcome{effect: allow, rule: int32(i)}
		if r.Deny {
			out.effect, t.denies = deny, true
		}
		for _, field := range r.Mask {
			out.masks |= 1 << t.maskBit(field)
		}
		r.eachCell(v, func(at int, s state) { cells[at][s] = cells[at][s].merge(out) })
	}
	for i := range cells {
		if everybody := i - i%t.roles; i != everybody {
			for s := range cells[i] {
				cells[i][s] = cells[everybody][s].merge(cells[i][s])
			}
		}
	}
	t.refuse(cells, m.Rules)
	t.intern(cells)
	return t
}

// maskBit returns the bit of a field, adding it when it is new. The manifest's check bounds their number.
func (t *table) maskBit(field string) int {
	i := slices.Index(t.masks, field)
	if i < 0 {
		i = len(t.masks)
		t.masks = append(t.masks, field)
	}
	return i
}

// eachCell calls f for each purpose, role and state that a rule is for.
func (r *Rule) eachCell(v *vocabulary, f func(at int, s state)) {
	purposes := make([]int, 0, len(v.purposeSet))
	for _, p := range r.Purposes {
		purposes = append(purposes, v.purposes[p])
	}
	for p := 0; len(r.Purposes) == 0 && p < len(v.purposeSet); p++ {
		purposes = append(purposes, p)
	}
	roles := make([]int, 0, max(1, len(r.Roles)))
	for _, name := range r.Roles {
		roles = append(roles, v.roles[name])
	}
	if len(r.Roles) == 0 {
		roles = append(roles, 0)
	}
	for _, p := range purposes {
		for _, role := range roles {
			for s := range state(states) {
				if (!r.Own || s&owned != 0) && (!r.Consent || s&consented != 0) {
					f(p*len(v.roleNames)+role, s)
				}
			}
		}
	}
}

// intern keeps one copy of equal cells: most callers can do nothing with most categories.
func (t *table) intern(cells []cell) {
	seen := map[cell]*cell{}
	t.cells = make([]*cell, len(cells))
	for i, c := range cells {
		if seen[c] == nil {
			seen[c] = &c
		}
		t.cells[i] = seen[c]
	}
}

// checkMasks reports scopes whose rules mask more fields than an outcome can hold, in the order of the rules.
func (m Manifest) checkMasks(f *faults) {
	fields := map[scopeName]map[string]bool{}
	for i, r := range m.Rules {
		for _, c := range r.Categories {
			for _, a := range r.Actions {
				at := scopeName{c, a}
				if fields[at] == nil {
					fields[at] = map[string]bool{}
				}
				before := len(fields[at])
				for _, field := range r.Mask {
					fields[at][field] = true
				}
				if before <= maxMasks && len(fields[at]) > maxMasks {
					f.add(fmt.Sprintf("rules[%d].mask", i), "with this rule, action %q of category %q masks %d fields: at most %d",
						a, c, len(fields[at]), maxMasks)
				}
			}
		}
	}
}

// scopeName is a scope by its names.
type scopeName struct {
	category Category
	action   Action
}
