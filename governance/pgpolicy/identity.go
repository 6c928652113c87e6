package pgpolicy

import "slices"

// identity is how a subject column is compared with the caller: exactly as their texts compare, and by an index.
type identity struct {
	kind   string // of the caller's id
	caller string // function that returns it
	column string // the column as PostgreSQL writes it in the comparison, for a column {}
	text   string // the column as text
}

// identityOf returns how a column of a type is compared, and whether it can be. Other types equal where texts differ:
// char(n) pads, citext folds, numeric has 1 and 1.0.
func identityOf(kind string) (identity, bool) {
	switch {
	case kind == "text":
		return identity{kind: "text", caller: "caller", column: "{}", text: "{}"}, true
	case kind == "character varying":
		return identity{kind: "text", caller: "caller", column: "({})::text", text: "({})::text"}, true
	case kind == "uuid":
		return identity{kind: "uuid", caller: "caller_uuid", column: "{}", text: "({})::text"}, true
	case slices.Contains([]string{"smallint", "integer", "bigint"}, kind):
		return identity{kind: "bigint", caller: "caller_bigint", column: "{}", text: "({})::text"}, true
	}
	return identity{}, false
}
