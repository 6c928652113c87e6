package governance

import (
	"fmt"
	"slices"
	"strings"
)

// redundant reports the rules that change no decision: an allowing rule whose every call is denied (unreachable), and a
// rule whose every call other rules decide in the same way (shadowed). Of rules that cover each other, the later is
// reported. The search enumerates the finite domain of category, action, purpose, role, Own and Consent.
func (m Manifest) redundant() faults {
	var f, masks faults
	m.checkMasks(&masks)
	v := newVocabulary(m)
	cover := m.coverage(v)
	for i := len(m.Rules) - 1; i >= 0; i-- {
		path := fmt.Sprintf("rules[%d]", i)
		if others, denied := cover.denied(i); denied {
			f.add(path, "unreachable: every call that %s allows is denied by %s", m.Rules[i].label(i), m.labels(others))
			cover.remove(i)
		} else if others, shadowed := cover.shadowed(i); shadowed {
			f.add(path, "shadowed: %s changes no decision, since %s decides every call that it is for",
				m.Rules[i].label(i), m.labels(others))
			cover.remove(i)
		}
	}
	slices.Reverse(f)
	return append(masks, f...)
}

// coverage says which rules are for which point of the domain, a point being a scope, a role, a purpose and a state.
type coverage struct {
	manifest Manifest
	byRule   [][]int // rule -> points
	byPoint  [][]int // point -> rules
}

func (m Manifest) coverage(v *vocabulary) *coverage {
	c := &coverage{manifest: m, byRule: make([][]int, len(m.Rules))}
	cells := len(v.purposeSet) * len(v.roleNames)
	for _, rules := range m.scopes(v) {
		base := len(c.byPoint)
		c.byPoint = append(c.byPoint, make([][]int, cells*states)...)
		for _, i := range rules {
			m.Rules[i].eachCell(v, func(at int, s state) {
				if role := at % len(v.roleNames); role == 0 {
					for other := range v.roleNames { // a rule for every caller is for each role
						c.add(i, base+(at+other)*states+int(s))
					}
					return
				}
				c.add(i, base+at*states+int(s))
			})
		}
	}
	return c
}

func (c *coverage) add(rule, point int) {
	c.byRule[rule] = append(c.byRule[rule], point)
	c.byPoint[point] = append(c.byPoint[point], rule)
}

func (c *coverage) remove(rule int) {
	for _, point := range c.byRule[rule] {
		c.byPoint[point] = slices.DeleteFunc(c.byPoint[point], func(other int) bool { return other == rule })
	}
}

// denied returns the rules that deny everything that an allowing rule is for.
func (c *coverage) denied(rule int) (others []int, all bool) {
	if c.manifest.Rules[rule].Deny {
		return nil, false
	}
	for _, point := range c.byRule[rule] {
		at := slices.IndexFunc(c.byPoint[point], func(other int) bool { return c.manifest.Rules[other].Deny })
		if at < 0 {
			return nil, false
		}
		others = include(others, c.byPoint[point][at])
	}
	return others, true
}

// shadowed returns the rules that decide everything that a rule is for as if it were not there.
func (c *coverage) shadowed(rule int) (others []int, all bool) {
	for _, point := range c.byRule[rule] {
		with, masks, _ := c.decide(point, -1)
		without, remaining, other := c.decide(point, rule)
		if with != without || len(masks) != len(remaining) {
			return nil, false
		}
		others = include(others, other)
	}
	return others, true
}

// decide returns what the rules at a point say when one of them is left out, what they mask, and a rule that says it.
func (c *coverage) decide(point, except int) (out effect, masks []string, by int) {
	for _, i := range c.byPoint[point] {
		r := &c.manifest.Rules[i]
		switch {
		case i == except:
		case r.Deny:
			return deny, nil, i
		case out == silent:
			out, masks, by = allow, slices.Clone(r.Mask), i
		default:
			masks = slices.DeleteFunc(masks, func(f string) bool { return !slices.Contains(r.Mask, f) })
		}
	}
	return out, masks, by
}

func include(set []int, i int) []int {
	if slices.Contains(set, i) {
		return set
	}
	return append(set, i)
}

func (m Manifest) labels(rules []int) string {
	slices.Sort(rules) // they were found in the order of a map
	names := make([]string, len(rules))
	for i, rule := range rules {
		names[i] = m.Rules[rule].label(rule)
	}
	return strings.Join(names, " and ")
}
