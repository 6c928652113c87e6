package neoquality

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/internal/cypher"
	"github.com/shugo-data/shugo/quality"
)

// drift answers the tests of the schema, from what the catalog says.
func (s *sheet) drift(t quality.Test) (quality.Result, bool) {
	r := quality.Result{Judged: 1, Method: quality.ByCatalog}
	var fault string
	switch t := t.(type) {
	case HasConstraint:
		r.Observed, r.Evidence = s.schema.constraint(s.element, t)
		fault = s.createConstraint(t)
	case HasIndex:
		r.Observed, r.Evidence = s.schema.index(s.element, t)
		fault = s.createIndex(t)
	case OnlyDeclared:
		if extra := s.undeclared(); len(extra) > 0 {
			r.Observed = "not declared: " + strings.Join(extra, ", ")
		}
	default:
		return quality.Result{}, false
	}
	if r.Observed == "" {
		r.Observed = "as expected"
		return r, true
	}
	r.Unexpected = 1
	r.Mend = &quality.Remedy{Text: "Bring the database to what is declared, or declare what it has."}
	if fault != "" {
		r.Mend.Language, r.Mend.Statement = "Cypher", fault
	}
	return r, true
}

// constraint says how a constraint differs from what is expected; nothing, when it does not. The evidence is its name.
func (s schema) constraint(e element, t HasConstraint) (difference, evidence string) {
	for _, c := range s.constraints {
		if c.element != e || c.kind != t.kind() || !slices.Equal(c.properties, t.Properties) {
			continue
		}
		switch {
		case t.Of != "" && valueTypeName(c.of) != valueTypeName(t.Of):
			return fmt.Sprintf("type %s, expected %s", c.of, t.Of), c.name
		case c.state != online:
			return "state " + c.state + " of its index, expected " + online, c.name
		}
		return "", c.name
	}
	return "no such constraint", ""
}

// index says how an index differs from what is expected; nothing, when it does not. The evidence is its name.
func (s schema) index(e element, t HasIndex) (difference, evidence string) {
	difference = "no such index"
	for _, i := range s.indexes {
		if !slices.Contains(i.elements, e) || !slices.Equal(i.properties, t.Properties) {
			continue
		}
		if i.kind != t.kind() {
			if evidence == "" {
				difference = fmt.Sprintf("type %s, expected %s", i.kind, t.kind())
			}
			continue
		}
		if difference, evidence = i.differs(t), i.name; difference == "" {
			break
		}
	}
	return difference, evidence
}

// differs says how an index of the right type, on the right properties, differs.
func (i index) differs(t HasIndex) string {
	var found []string
	if i.state != online {
		found = append(found, "state "+i.state+", expected "+online)
	}
	if t.Dimensions != 0 && i.dimensions != int64(t.Dimensions) {
		found = append(found, fmt.Sprintf("%d dimensions, expected %d", i.dimensions, t.Dimensions))
	}
	if t.Similarity != "" && i.similarity != strings.ToLower(t.Similarity) {
		found = append(found, fmt.Sprintf("similarity %s, expected %s", i.similarity, strings.ToLower(t.Similarity)))
	}
	return strings.Join(found, "; ")
}

// undeclared returns the names of constraints and indexes that no check of the suite expects.
func (s *sheet) undeclared() []string {
	var constraints []HasConstraint
	var indexes []HasIndex
	for _, c := range s.suite.Checks {
		switch t := c.Test.(type) {
		case HasConstraint:
			constraints = append(constraints, t)
		case HasIndex:
			indexes = append(indexes, t)
		}
	}
	var extra []string
	for _, c := range s.schema.constraints {
		if c.element == s.element && !slices.ContainsFunc(constraints, func(t HasConstraint) bool {
			return c.kind == t.kind() && slices.Equal(c.properties, t.Properties)
		}) {
			extra = append(extra, "constraint "+c.name)
		}
	}
	for _, i := range s.schema.indexes {
		if !i.owned && slices.Contains(i.elements, s.element) && !slices.ContainsFunc(indexes, func(t HasIndex) bool {
			return i.kind == t.kind() && slices.Equal(i.properties, t.Properties)
		}) {
			extra = append(extra, "index "+i.name)
		}
	}
	return extra
}

// createConstraint returns the statement that makes a constraint.
func (s *sheet) createConstraint(t HasConstraint) string {
	requirement := map[ConstraintType]string{Uniqueness: "IS UNIQUE", Key: "IS KEY", Existence: "IS NOT NULL", PropertyType: "IS :: " + t.Of}
	return "CREATE CONSTRAINT IF NOT EXISTS FOR " + s.element.schema() + " REQUIRE " + tuple(t.Properties) + " " + requirement[t.kind()]
}

// createIndex returns the statement that makes an index.
func (s *sheet) createIndex(t HasIndex) string {
	list := make([]string, len(t.Properties))
	for i, p := range t.Properties {
		list[i] = property(p)
	}
	on := "(" + strings.Join(list, ", ") + ")"
	if t.kind() == FulltextIndex {
		on = "EACH [" + strings.Join(list, ", ") + "]"
	}
	text := "CREATE " + string(t.kind()) + " INDEX " + cypher.Quote(s.indexName(t)) + " IF NOT EXISTS FOR " + s.element.schema() + " ON " + on
	if t.kind() == VectorIndex && t.Dimensions != 0 && t.Similarity != "" {
		text += fmt.Sprintf(" OPTIONS {indexConfig: {`vector.dimensions`: %d, `vector.similarity_function`: '%s'}}", t.Dimensions, strings.ToLower(t.Similarity))
	}
	return text
}

func (s *sheet) indexName(t HasIndex) string {
	return strings.ToLower(s.element.name + "_" + strings.Join(t.Properties, "_") + "_" + string(t.kind()))
}

// tuple is a list of properties as constraints take it.
func tuple(fields []string) string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = property(f)
	}
	if len(list) == 1 {
		return list[0]
	}
	return "(" + strings.Join(list, ", ") + ")"
}
