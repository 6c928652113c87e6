package quality

import (
	"encoding/json"
	"fmt"
	"time"
)

// Valid: a function of the host says that the value is good. In a database it costs a transfer of the column: the values are read from
// there and judged here. NULL is not judged.
type Valid struct {
	Field string               // any
	Name  string               // of what is judged, such as "japanese_text"; part of the kind
	Of    Dimension            // empty: Validity
	Good  func(value any) bool // says whether a value is good; safe for concurrent use
}

// Kind returns the name.
func (t Valid) Kind() Kind { return Kind(t.Name) }

// Columns returns the field.
func (t Valid) Columns() []string { return []string{t.Field} }

// Dimension returns what Of says.
func (t Valid) Dimension() Dimension {
	if t.Of == "" {
		return Validity
	}
	return t.Of
}

// Judge judges rows whose field is not NULL.
func (t Valid) Judge(row Row) Truth {
	value := row.Value(t.Field)
	if value == nil {
		return Unknown
	}
	return truth(t.Good(value))
}

func (t Valid) problems() []string {
	found := one(t.Field)
	if t.Name == "" || t.Good == nil {
		found = append(found, "expected a name and a function")
	}
	return found
}

// JSON: the text is a JSON value (RFC 8259). With Schema, the value must also be good in the eyes of that function, such as one that
// quality/jsonschema compiles from a JSON Schema. NULL is not judged.
type JSON struct {
	Field  string                   // of text or JSON
	Schema func(value []byte) error // nil: any JSON; safe for concurrent use; the error is not reported, since it may hold values
}

// Kind returns "json", or "json_schema" with a schema.
func (t JSON) Kind() Kind {
	if t.Schema != nil {
		return "json_schema"
	}
	return "json"
}

// Columns returns the field.
func (t JSON) Columns() []string { return []string{t.Field} }

// Dimension returns Validity.
func (JSON) Dimension() Dimension { return Validity }

// Judge judges rows whose field is not NULL.
func (t JSON) Judge(row Row) Truth {
	var text []byte
	switch value := row.Value(t.Field).(type) {
	case nil:
		return Unknown
	case string:
		text = []byte(value)
	case []byte:
		text = value
	default:
		return Bad
	}
	return truth(json.Valid(text) && (t.Schema == nil || t.Schema(text) == nil))
}

func (t JSON) problems() []string { return one(t.Field) }

// Layout: the text is a date or time in one of the layouts of package time, such as time.RFC3339 or "02/01/2006"; a day or month that
// does not exist is bad. NULL is not judged.
type Layout struct {
	Field   string   // of text
	Layouts []string // at least one
}

// Kind returns "layout".
func (Layout) Kind() Kind { return "layout" }

// Columns returns the field.
func (t Layout) Columns() []string { return []string{t.Field} }

// Dimension returns Validity.
func (Layout) Dimension() Dimension { return Validity }

// Judge judges rows whose field is not NULL.
func (t Layout) Judge(row Row) Truth {
	value := row.Value(t.Field)
	if value == nil {
		return Unknown
	}
	text, ok := value.(string)
	if !ok {
		return Bad
	}
	for _, layout := range t.Layouts {
		if _, err := time.Parse(layout, text); err == nil {
			return Good
		}
	}
	return Bad
}

func (t Layout) problems() []string {
	found := one(t.Field)
	if len(t.Layouts) == 0 {
		found = append(found, "expected at least one layout")
	}
	return found
}

// Digest: a field holds the digest of another, in hexadecimal: a hash of the content that an embedding was made from, kept beside the
// embedding, says whether it is stale. Bytes count: the same words in another normalisation form of Unicode have another digest, so
// writers normalise before they hash (in PostgreSQL, [SQL] can ask for the digest of normalize(content, NFC)). The row is not judged
// when either is NULL.
type Digest struct {
	Field string // of text: the digest in lower-case hexadecimal
	Of    string // of text: what it is the digest of, in UTF-8
	Hash  Hash   // empty: SHA256
}

// Hash is a digest's algorithm.
type Hash string

// The algorithms.
const (
	SHA256 Hash = "sha256"
	MD5    Hash = "md5" // for detecting change, not for security
)

// Kind returns "digest".
func (Digest) Kind() Kind { return "digest" }

// Columns returns both fields.
func (t Digest) Columns() []string { return []string{t.Field, t.Of} }

// Dimension returns Timeliness.
func (Digest) Dimension() Dimension { return Timeliness }

// Judge judges rows in which neither field is NULL.
func (t Digest) Judge(row Row) Truth {
	have, of := row.Value(t.Field), row.Value(t.Of)
	if have == nil || of == nil {
		return Unknown
	}
	digest, ok := have.(string)
	text, isText := of.(string)
	return truth(ok && isText && t.Hash.of(digest, text))
}

func (t Digest) problems() []string {
	found := many(t.Columns(), 2)
	if t.Hash != "" && t.Hash != SHA256 && t.Hash != MD5 {
		found = append(found, fmt.Sprintf("unknown hash %q", t.Hash))
	}
	return found
}

// SQL: an expression of PostgreSQL that is true for good rows, false for bad ones and NULL for those not to be judged. It is part of the
// program, as any other statement in it: never build it from input. A stream does not assess it.
type SQL struct {
	Name   string    // of what is judged; part of the kind
	Good   string    // a boolean expression over the columns of the row; no subquery, no volatile function
	Fields []string  // the columns that it reads
	Of     Dimension // empty: Consistency
}

// Kind returns the name.
func (t SQL) Kind() Kind { return Kind(t.Name) }

// Columns returns the fields.
func (t SQL) Columns() []string { return t.Fields }

// Dimension returns what Of says.
func (t SQL) Dimension() Dimension {
	if t.Of == "" {
		return Consistency
	}
	return t.Of
}

func (t SQL) problems() []string {
	if t.Name == "" || t.Good == "" {
		return []string{"expected a name and an expression"}
	}
	return nil
}
