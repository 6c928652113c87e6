package pgpolicy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/governance"
)

// A scope is what is touched: all of a row by a command on the table, the fields of one category by the masking view, or
// one field there. It is the argument of a dataset's functions.
const (
	scopeSelect   = "SELECT"
	scopeInsert   = "INSERT"
	scopeUpdate   = "UPDATE"
	scopeDelete   = "DELETE"
	scopeCategory = "category:"
	scopeField    = "field:"
)

// commandActions are the actions that a command may be part of. A row must be visible to be returned, found or locked, so
// that SELECT may be part of all.
func commandActions(command string) []governance.Action {
	switch command {
	case scopeSelect:
		return governance.Actions()
	case scopeInsert:
		return []governance.Action{governance.Create, governance.Restore}
	case scopeUpdate:
		return []governance.Action{governance.Update, governance.Erase, governance.Restore}
	case scopeDelete:
		return []governance.Action{governance.Delete, governance.Erase}
	}
	return nil
}

// governed is a dataset with the table that it is.
type governed struct {
	dataset
	config  Config
	live    liveTable
	columns []string // that the manifest covers
	parts   []part   // of the columns, by category
	owner   identity // of the subject column; zero: there is none
}

// part is the columns of one category, in groups that are masked together.
type part struct {
	category governance.Category
	personal bool
	plain    []string   // that no rule masks
	masked   [][]string // that the same rules mask
}

// part returns the part that a column is in, and the column that stands for its group; empty: no rule masks it.
func (g *governed) part(column string) (p part, group string) {
	for _, p := range g.parts {
		if slices.Contains(p.plain, column) {
			return p, ""
		}
		for _, columns := range p.masked {
			if slices.Contains(columns, column) {
				return p, columns[0]
			}
		}
	}
	return part{}, ""
}

// split sorts the covered columns into parts.
func (g *governed) split() {
	for _, category := range g.categories() {
		p := part{category: category, personal: g.config.personal(category)}
		groups := map[string]int{}
		for _, column := range g.columns {
			if own, _ := g.category(column, g.config.Strict); own != category {
				continue
			}
			rules := g.config.maskers(category, column)
			if rules == "" {
				p.plain = append(p.plain, column)
				continue
			}
			at, known := groups[rules]
			if !known {
				at = len(p.masked)
				groups[rules] = at
				p.masked = append(p.masked, nil)
			}
			p.masked[at] = append(p.masked[at], column)
		}
		if len(p.plain)+len(p.masked) > 0 {
			g.parts = append(g.parts, p)
		}
	}
}

// maskers says which rules mask a field of a category.
func (c Config) maskers(category governance.Category, field string) string {
	var rules []string
	for i, r := range c.Manifest.Rules {
		if slices.Contains(r.Categories, category) && slices.Contains(r.Mask, field) {
			rules = append(rules, fmt.Sprint(i))
		}
	}
	return strings.Join(rules, ",")
}

func (c Config) personal(category governance.Category) bool {
	return slices.ContainsFunc(c.Manifest.Classes, func(k governance.Class) bool {
		return k.Category == category && k.Personal
	})
}

// personal reports whether any category of the dataset is. The guard asks about all of them, whatever columns there are.
func (g *governed) personal() bool { return slices.ContainsFunc(g.categories(), g.config.personal) }

// possible reports whether any rule can allow a command.
func (g *governed) possible(command string) bool {
	for _, action := range commandActions(command) {
		if !slices.ContainsFunc(g.categories(), func(c governance.Category) bool { return !g.config.allows(c, action) }) {
			return true
		}
	}
	return false
}

func (c Config) allows(category governance.Category, action governance.Action) bool {
	return slices.ContainsFunc(c.Manifest.Rules, func(r governance.Rule) bool {
		return !r.Deny && slices.Contains(r.Categories, category) && slices.Contains(r.Actions, action)
	})
}

// needsConsent reports whether a rule for some of the categories needs consent, and one for records of others does.
func (c Config) needsConsent(categories ...governance.Category) (own, others bool) {
	for _, r := range c.Manifest.Rules {
		if r.Consent && slices.ContainsFunc(r.Categories, func(k governance.Category) bool {
			return slices.Contains(categories, k)
		}) {
			own, others = true, others || !r.Own
		}
	}
	return own, others
}
