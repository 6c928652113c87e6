package pgquality

import (
	"fmt"
	"slices"
	"strings"
)

// class is how a column's values are written and compared in SQL.
type class int

const (
	other  class = iota // compared as text
	whole               // smallint, integer, bigint
	double              // real, double precision
	exact               // numeric
	text                // text, varchar
	boolean
	moment // timestamp with time zone
	wall   // timestamp, date: taken as UTC
	document
	octets
	vector
)

// class returns how the column's values are written and compared.
func (c column) class() class {
	switch c.Base {
	case "int2", "int4", "int8":
		return whole
	case "float4", "float8":
		return double
	case "numeric":
		return exact
	case "text", "varchar":
		return text
	case "bool":
		return boolean
	case "timestamptz":
		return moment
	case "timestamp", "date":
		return wall
	case "json", "jsonb":
		return document
	case "bytea":
		return octets
	case "vector", "halfvec":
		return vector
	}
	return other
}

// numeric says whether the column holds numbers.
func (c column) numeric() bool { return slices.Contains([]class{whole, double, exact}, c.class()) }

// plainText returns a column of text as the type text itself, whatever it is declared as: for another type, a function or an operator
// that anybody defined would go before the one of PostgreSQL.
func (c column) plainText() string {
	return c.name() + pick(c.Type == "text", "", "::text")
}

// present returns the condition that the column is not NULL. That of a composite type asks for the value: IS NOT NULL asks for each part.
func (c column) present() string {
	return c.name() + pick(c.Category == "C", " IS DISTINCT FROM NULL", " IS NOT NULL")
}

// absent returns the condition that the column is NULL.
func (c column) absent() string {
	return c.name() + pick(c.Category == "C", " IS NOT DISTINCT FROM NULL", " IS NULL")
}

// name returns the column as SQL writes it.
func (c column) name() string { return quoted(c.Name) }

// text returns the column as a text, or why there is none. Where its collation takes different texts for equal, it is not asked.
func (c column) text() (string, error) {
	bytewise := pick(c.Loose, ` COLLATE "C"`, "")
	switch c.class() {
	case text:
		return c.plainText() + bytewise, nil
	case document, other:
		return c.name() + "::text" + bytewise, nil
	}
	return "", unable("column %s has type %s: expected text", c.name(), c.Type)
}

// dimensions returns the number of dimensions that the type of a vector fixes, or 0.
func (c column) dimensions() int {
	if c.class() != vector || c.Typmod <= 0 {
		return 0
	}
	return int(c.Typmod)
}

// expected returns the reason why a test does not fit a column.
func (c column) expected(what string) error {
	return unable("column %s has type %s: expected %s", c.name(), c.Type, what)
}

// list returns identifiers as SQL writes them, separated by commas.
func list(names []string) string {
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = quoted(n)
	}
	return strings.Join(parts, ", ")
}

// notNull returns the condition that none of the columns is NULL.
func notNull(names []string) string {
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = quoted(n) + " IS NOT NULL"
	}
	return strings.Join(parts, " AND ")
}

// named returns the SQL of a column with the alias of its table.
func named(alias, name string) string { return fmt.Sprintf("%s.%s", alias, quoted(name)) }
