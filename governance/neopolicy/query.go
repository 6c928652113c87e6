package neopolicy

import (
	"fmt"
	"strings"
)

// The names that are used when a Query names none.
const (
	DefaultVariable = "n"
	DefaultPrefix   = "shugo_"
)

// Query says where a predicate is put.
type Query struct {
	// Variable is the name that the query gives the node or relationship; empty: DefaultVariable.
	Variable string
	// Prefix begins the names of the predicate's parameters and of the variable that it binds inside; empty: DefaultPrefix.
	// The predicates of one statement each have their own. It is made of ASCII letters, digits and underscores, and begins
	// with no digit.
	Prefix string
	// Standing is a label, as Config.Standing; empty: none.
	Standing string
}

// filled returns the query with its defaults.
func (q Query) filled() Query {
	if q.Variable == "" {
		q.Variable = DefaultVariable
	}
	if q.Prefix == "" {
		q.Prefix = DefaultPrefix
	}
	return q
}

// check reports what is wrong with a filled query.
func (q Query) check() error {
	if _, err := Quote(q.Variable); err != nil {
		return fmt.Errorf("neopolicy: predicate: variable: %w", err)
	}
	if q.Standing != "" {
		if _, err := Quote(q.Standing); err != nil {
			return fmt.Errorf("neopolicy: predicate: standing: %w", err)
		}
	}
	letters := strings.Trim(q.Prefix, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
	if letters != "" || q.Prefix[0] >= '0' && q.Prefix[0] <= '9' {
		return fmt.Errorf("neopolicy: predicate: prefix %q: want ASCII letters, digits and underscores, and no digit first", q.Prefix)
	}
	if q.Variable == q.standing() {
		return fmt.Errorf("neopolicy: predicate: variable %q is what the prefix makes the predicate bind: want another", q.Variable)
	}
	return nil
}

// standing is the variable that stands for a standing node.
func (q Query) standing() string { return q.Prefix + "standing" }
