package quality

import "strings"

// NotNull: the field is not NULL.
type NotNull struct {
	Field string // column or property
}

// Kind returns "not_null".
func (NotNull) Kind() Kind { return "not_null" }

// Columns returns the field.
func (t NotNull) Columns() []string { return []string{t.Field} }

// Dimension returns Completeness.
func (NotNull) Dimension() Dimension { return Completeness }

// Judge judges every row.
func (t NotNull) Judge(row Row) Truth { return truth(row.Value(t.Field) != nil) }

func (t NotNull) problems() []string { return one(t.Field) }

// IsNull: the field is NULL, such as the end of a session that goes on.
type IsNull struct {
	Field string // column or property
}

// Kind returns "null".
func (IsNull) Kind() Kind { return "null" }

// Columns returns the field.
func (t IsNull) Columns() []string { return []string{t.Field} }

// Dimension returns Consistency.
func (IsNull) Dimension() Dimension { return Consistency }

// Judge judges every row.
func (t IsNull) Judge(row Row) Truth { return truth(row.Value(t.Field) == nil) }

func (t IsNull) problems() []string { return one(t.Field) }

// NotEmpty: the text has a character that is not white space. White space is what Unicode calls so, the ideographic space U+3000
// included. NULL is not judged: see [NotNull].
type NotEmpty struct {
	Field string // of text
}

// Kind returns "not_empty".
func (NotEmpty) Kind() Kind { return "not_empty" }

// Columns returns the field.
func (t NotEmpty) Columns() []string { return []string{t.Field} }

// Dimension returns Completeness.
func (NotEmpty) Dimension() Dimension { return Completeness }

// Judge judges rows whose field is not NULL.
func (t NotEmpty) Judge(row Row) Truth {
	value := row.Value(t.Field)
	if value == nil {
		return Unknown
	}
	text, ok := value.(string)
	return truth(ok && strings.TrimSpace(text) != "")
}

func (t NotEmpty) problems() []string { return one(t.Field) }
