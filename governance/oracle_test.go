package governance_test

import (
	"slices"
	"time"

	"github.com/shugo-data/shugo/governance"
)

// oracle decides as the documentation of Rule says, word by word: it loops over rules and knows no tables.
type oracle struct{ m governance.Manifest }

// situation is everything that a decision rests on.
type situation struct {
	caller     governance.Caller
	subject    governance.Subject
	action     governance.Action
	categories []governance.Category // that the call touches
	fields     []string              // that it touches; nil: all
	standing   governance.Standing   // of the subject, for the caller's purpose
	policy     governance.Verdict
	age        int // of the record in days
}

// answer is what the oracle and the guard must agree on. A refusal has a reason where the documentation leaves only one.
type answer struct {
	Allowed bool
	Reason  governance.Reason
	Masks   []string
}

func refusal(r governance.Reason) answer { return answer{Reason: r} }

func (o oracle) answer(s situation) answer {
	if s.caller.ID == "" {
		return refusal(governance.ReasonNoCaller)
	}
	if s.caller.Purpose != "" && !o.knowsPurpose(s.caller.Purpose) {
		return refusal(governance.ReasonUnknownPurpose)
	}
	for _, role := range s.caller.Roles {
		if !o.knowsRole(role) {
			return refusal(governance.ReasonUnknownRole)
		}
	}
	own := s.subject != "" && s.subject == s.caller.ID
	asked := s.subject != "" && o.personal(s.categories)
	silent, masks := false, slices.Clone(s.policy.Mask)
	for _, c := range s.categories {
		shown, allowed, denied := o.rules(s, c, own, asked && s.standing.Consented)
		if denied {
			return refusal(governance.ReasonDenied)
		}
		silent = silent || !allowed
		masks = append(masks, shown...)
	}
	if s.policy.Opinion == governance.Deny {
		return refusal(governance.ReasonPolicy)
	}
	if silent && s.policy.Opinion != governance.Allow {
		return answer{} // for one of several reasons
	}
	erases := s.action == governance.Delete || s.action == governance.Erase
	switch {
	case asked && s.standing.Held && erases:
		return refusal(governance.ReasonHeld)
	case asked && s.standing.Restricted && !own:
		return refusal(governance.ReasonRestricted)
	case !erases && o.expired(s):
		return refusal(governance.ReasonExpired)
	}
	masks = slices.DeleteFunc(masks, func(f string) bool { return s.fields != nil && !slices.Contains(s.fields, f) })
	slices.Sort(masks)
	return answer{Allowed: true, Masks: slices.Compact(masks)}
}

// rules returns what the rules of one category say: the fields that every rule masks which allows the call, whether one
// allows it, and whether one denies it.
func (o oracle) rules(s situation, c governance.Category, own, consent bool) (masks []string, allowed, denied bool) {
	for _, r := range o.m.Rules {
		applies := slices.Contains(r.Categories, c) && slices.Contains(r.Actions, s.action) &&
			(len(r.Roles) == 0 || slices.ContainsFunc(r.Roles, func(role string) bool {
				return slices.Contains(s.caller.Roles, role)
			})) &&
			(len(r.Purposes) == 0 || slices.Contains(r.Purposes, s.caller.Purpose)) &&
			(!r.Own || own) && (!r.Consent || consent)
		switch {
		case !applies:
		case r.Deny:
			denied = true
		case !allowed:
			allowed, masks = true, slices.Clone(r.Mask)
		default:
			masks = slices.DeleteFunc(masks, func(f string) bool { return !slices.Contains(r.Mask, f) })
		}
	}
	return masks, allowed, denied
}

func (o oracle) knowsRole(role string) bool {
	if len(o.m.Roles) > 0 {
		return slices.Contains(o.m.Roles, role)
	}
	return slices.ContainsFunc(o.m.Rules, func(r governance.Rule) bool { return slices.Contains(r.Roles, role) })
}

func (o oracle) knowsPurpose(p governance.Purpose) bool {
	if len(o.m.Purposes) > 0 {
		return slices.Contains(o.m.Purposes, p)
	}
	return slices.ContainsFunc(o.m.Rules, func(r governance.Rule) bool { return slices.Contains(r.Purposes, p) })
}

func (o oracle) personal(categories []governance.Category) bool {
	return slices.ContainsFunc(o.m.Classes, func(c governance.Class) bool {
		return c.Personal && slices.Contains(categories, c.Category)
	})
}

// expired compares with the shortest period of the categories, which are all counted in days.
func (o oracle) expired(s situation) bool {
	for _, c := range o.m.Classes {
		if slices.Contains(s.categories, c.Category) && c.Keep.Days > 0 && s.age > c.Keep.Days {
			return true
		}
	}
	return false
}

// categoriesOf returns the categories of the fields that a call touches.
func categoriesOf(d governance.Dataset, fields []string) []governance.Category {
	own := map[string]governance.Category{}
	for _, f := range d.Fields {
		if f.Category != "" {
			own[f.Name] = f.Category
		}
	}
	touched := map[governance.Category]bool{}
	if fields == nil {
		touched[d.Category] = true
		for _, c := range own {
			touched[c] = true
		}
	}
	for _, f := range fields {
		if c, special := own[f]; special {
			touched[c] = true
		} else {
			touched[d.Category] = true
		}
	}
	var categories []governance.Category
	for c := range touched {
		categories = append(categories, c)
	}
	return categories
}

// created returns when a record of an age in days was made.
func created(age int) time.Time { return now().AddDate(0, 0, -age) }
