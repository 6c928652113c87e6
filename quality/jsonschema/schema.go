// Package jsonschema compiles JSON Schemas (drafts 4 to 2020-12) for quality.JSON, with
// github.com/santhosh-tekuri/jsonschema, which passes the official test suite.
//
// Nothing is loaded: a reference to another document, in the network or in a file, is an error that names it. Formats such as
// "date-time" and "email" are asserted, in every draft, since a check of quality that passes any date would be no check. Patterns are in
// the syntax of Go's package regexp, which is linear on every input; a pattern that only ECMA 262 knows is an error.
package jsonschema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// ErrMismatch is the error of a value that does not match its schema. The text names the places in the schema that it violates: it holds
// neither the value nor the names of its fields.
var ErrMismatch = errors.New("jsonschema: the value does not match the schema")

// place is where a schema without an $id is said to be.
const place = "schema:///"

// Compile compiles a schema, a JSON text, into the function that quality.JSON takes: it returns nil for a JSON text that matches the
// schema, and otherwise an error that is [ErrMismatch] and holds no part of the value. The function is safe for concurrent use. Numbers
// of more than 1,000 digits, or with an exponent beyond 1,000, match no schema: to judge them would take the room that they ask for.
func Compile(schema []byte) (func(value []byte) error, error) {
	document, err := decode(schema)
	if err != nil {
		return nil, fmt.Errorf("jsonschema: the schema is no JSON that can be judged: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	compiler.UseLoader(refusal{})
	if err := compiler.AddResource(place, document); err != nil {
		return nil, fmt.Errorf("jsonschema: the schema: %w", err)
	}
	compiled, err := compiler.Compile(place)
	if err != nil {
		return nil, fmt.Errorf("jsonschema: the schema: %w", err)
	}
	return func(value []byte) error { return judge(compiled, value) }, nil
}

// refusal loads nothing.
type refusal struct{}

// Load refuses.
func (refusal) Load(url string) (any, error) {
	return nil, fmt.Errorf("other documents are not loaded, found a reference to %s: expected what it refers to under $defs", url)
}

func judge(schema *jsonschema.Schema, value []byte) error {
	document, err := decode(value)
	if err != nil { // the error of a decoder holds characters of the value
		return fmt.Errorf("%w: it is no JSON that can be judged", ErrMismatch)
	}
	err = schema.Validate(document)
	if err == nil {
		return nil
	}
	var violated *jsonschema.ValidationError
	if !errors.As(err, &violated) {
		return fmt.Errorf("%w: it could not be judged to the end", ErrMismatch)
	}
	places := leaves(violated, nil)
	slices.Sort(places)
	return fmt.Errorf("%w: it violates %s", ErrMismatch, strings.Join(slices.Compact(places), ", "))
}

// leaves appends the places in the schema that a value violates, but not those that only lead there.
func leaves(e *jsonschema.ValidationError, places []string) []string {
	if len(e.Causes) == 0 {
		at := strings.TrimPrefix(e.SchemaURL, place)
		if path := e.ErrorKind.KeywordPath(); len(path) > 0 {
			at += "/" + path[0] // what follows may be the name of a field of the value
		}
		return append(places, at)
	}
	for _, cause := range e.Causes {
		places = leaves(cause, places)
	}
	return places
}

// decode returns the value of a JSON text whose numbers can be judged.
func decode(text []byte) (any, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	return document, bounded(document)
}

const mostDigits = 1000

// bounded returns an error when a number is so long, or has such an exponent, that computing with it takes long or fails.
func bounded(document any) error {
	switch v := document.(type) {
	case json.Number:
		if !numberBounded(v.String()) {
			return fmt.Errorf("a number has more than %d digits", mostDigits)
		}
	case []any:
		for _, element := range v {
			if err := bounded(element); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, element := range v {
			if err := bounded(element); err != nil {
				return err
			}
		}
	}
	return nil
}

func numberBounded(text string) bool {
	if len(text) > mostDigits {
		return false
	}
	at := strings.IndexAny(text, "eE")
	if at < 0 {
		return true
	}
	exponent, err := strconv.Atoi(text[at+1:])
	return err == nil && -mostDigits <= exponent && exponent <= mostDigits
}
