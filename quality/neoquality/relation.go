package neoquality

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/internal/cypher"
	"github.com/shugo-data/shugo/quality"
)

// extension is a test of this package.
type extension interface {
	quality.Test
	faults() []string // what is wrong with the test itself
}

// rowExtension is a test of this package that judges each record by itself.
type rowExtension interface {
	extension
	good(w *writer) string // a condition that is true or false of n
}

// relation is a pattern of the relationships of node n.
func relation(types []string, d Direction, to string) string {
	quoted := make([]string, len(types))
	for i, name := range types {
		quoted[i] = cypher.Quote(name)
	}
	middle := "-"
	if len(quoted) > 0 {
		middle = "-[:" + strings.Join(quoted, "|") + "]-"
	} else {
		middle += "-"
	}
	switch d {
	case Outgoing:
		middle += ">"
	case Incoming:
		middle = "<" + middle
	}
	return "(n)" + middle + "(" + label(to) + ")"
}

// hasLabel is a condition on the labels of a node.
func hasLabel(node string, labels []string) string {
	if len(labels) == 0 {
		return "true"
	}
	quoted := make([]string, len(labels))
	for i, name := range labels {
		quoted[i] = cypher.Quote(name)
	}
	return node + ":" + strings.Join(quoted, "|")
}

func relationFaults(types []string, to string, d Direction) []string {
	found := nameFaults(types)
	if to != "" {
		found = append(found, nameFaults([]string{to})...)
	}
	if !slices.Contains([]Direction{Both, Outgoing, Incoming}, d) {
		found = append(found, fmt.Sprintf("unknown direction %q", d))
	}
	return found
}

func nameFaults(lists ...[]string) []string {
	var found []string
	for _, list := range lists {
		for _, name := range list {
			if err := nameFault(name); err != nil {
				found = append(found, err.Error())
			}
		}
	}
	return found
}

func senseFaults(s quality.Sense) []string {
	if !slices.Contains([]quality.Sense{"", quality.AffectedRows, quality.ExcessRows, quality.Groups}, s) {
		return []string{fmt.Sprintf("unknown sense %q", s)}
	}
	return nil
}
