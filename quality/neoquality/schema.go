package neoquality

import (
	"context"
	"slices"
	"strings"
)

// schema is what the database declares: it has no more of one.
type schema struct {
	constraints []constraint
	indexes     []index
}

type constraint struct {
	name       string
	kind       ConstraintType
	element    element
	properties []string
	of         string // type of a property
	state      string // of the index that it stands on; "ONLINE" when it needs none
}

type index struct {
	name       string
	kind       IndexType
	elements   []element
	properties []string
	state      string
	owned      bool // by a constraint
	dimensions int64
	similarity string
}

const online = "ONLINE"

// schema reads constraints and indexes.
func (s store) schema(ctx context.Context) (schema, error) {
	const indexes = `SHOW INDEXES YIELD name, type, entityType, labelsOrTypes, properties, state, owningConstraint, options
		WHERE type <> 'LOOKUP' RETURN name, type, entityType, labelsOrTypes, properties, state, owningConstraint IS NOT NULL AS owned,
			options.indexConfig AS config ORDER BY name`
	const constraints = `SHOW CONSTRAINTS YIELD name, type, entityType, labelsOrTypes, properties, ownedIndex, propertyType
		RETURN name, type, entityType, labelsOrTypes, properties, ownedIndex, propertyType ORDER BY name`
	var found schema
	err := s.each(ctx, statement{stage: "indexes", cypher: indexes}, func(cells []any) error {
		i := index{name: text(cells[0]), kind: IndexType(text(cells[1])), properties: texts(cells[4]), state: text(cells[5])}
		for _, name := range texts(cells[3]) {
			i.elements = append(i.elements, element{name: name, relationship: cells[2] == "RELATIONSHIP"})
		}
		i.owned, _ = cells[6].(bool)
		config, _ := cells[7].(map[string]any)
		i.dimensions, _ = config["vector.dimensions"].(int64)
		i.similarity = strings.ToLower(text(config["vector.similarity_function"]))
		found.indexes = append(found.indexes, i)
		return nil
	})
	if err != nil {
		return schema{}, err
	}
	err = s.each(ctx, statement{stage: "constraints", cypher: constraints}, func(cells []any) error {
		c := constraint{name: text(cells[0]), kind: constraintType(text(cells[1])), properties: texts(cells[4]), of: text(cells[6])}
		c.state = found.state(text(cells[5]))
		for _, name := range texts(cells[3]) {
			c.element = element{name: name, relationship: cells[2] == "RELATIONSHIP"}
		}
		found.constraints = append(found.constraints, c)
		return nil
	})
	return found, err
}

// constraintType is the type of a constraint that SHOW CONSTRAINTS names otherwise for nodes, for relationships and by version.
func constraintType(name string) ConstraintType {
	switch {
	case strings.HasSuffix(name, "UNIQUENESS"):
		return Uniqueness
	case strings.HasSuffix(name, "_KEY"):
		return Key
	case strings.HasSuffix(name, "PROPERTY_EXISTENCE"):
		return Existence
	case strings.HasSuffix(name, "PROPERTY_TYPE"):
		return PropertyType
	}
	return ConstraintType(strings.ToLower(name))
}

// state returns the state of the index that a constraint stands on.
func (s schema) state(index string) string {
	for _, i := range s.indexes {
		if i.name == index && index != "" {
			return i.state
		}
	}
	return online
}

// guarantee returns the name of a constraint in force that makes every record of the element pass, or nothing.
func (s schema) guarantee(e element, holds func(constraint) bool) string {
	for _, c := range s.constraints {
		if c.element == e && c.state == online && holds(c) {
			return c.name
		}
	}
	return ""
}

// unique says whether a constraint makes the values of the fields, taken together, unique: then it is so for a part of them already.
func (c constraint) unique(fields []string) bool {
	return (c.kind == Uniqueness || c.kind == Key) &&
		!slices.ContainsFunc(c.properties, func(p string) bool { return !slices.Contains(fields, p) })
}

// present says whether a constraint keeps a property from being null.
func (c constraint) present(field string) bool {
	return (c.kind == Existence || c.kind == Key) && slices.Contains(c.properties, field)
}

// typed says whether a constraint gives a property one of the types.
func (c constraint) typed(field string, types []string) bool {
	return c.kind == PropertyType && slices.Equal(c.properties, []string{field}) && slices.Contains(valueTypes(types), valueTypeName(c.of))
}

// key returns the properties of a constraint of uniqueness on the element, by which records can be named.
func (s schema) key(e element) []string {
	for _, c := range s.constraints {
		if c.element == e && (c.kind == Uniqueness || c.kind == Key) {
			return c.properties
		}
	}
	return nil
}

// sought says whether records of the element are found by a property without reading all of them.
func (s schema) sought(e element, field string) bool {
	return slices.ContainsFunc(s.indexes, func(i index) bool {
		return i.kind == RangeIndex && i.state == online && slices.Equal(i.elements, []element{e}) && slices.Equal(i.properties, []string{field})
	})
}

func text(cell any) string {
	s, _ := cell.(string)
	return s
}

func texts(cell any) []string {
	list, _ := cell.([]any)
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = text(v)
	}
	return out
}
