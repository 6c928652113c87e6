package jsonschema_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/jsonschema"
)

const profile = `{
	"$schema": "https://json-schema.org/draft/2020-12/schema",
	"type": "object",
	"required": ["level"],
	"additionalProperties": false,
	"properties": {
		"level": {"enum": ["N5", "N4", "N3", "N2", "N1"]},
		"email": {"type": "string", "format": "email"},
		"scores": {"type": "array", "items": {"$ref": "#/$defs/share"}}
	},
	"$defs": {"share": {"type": "number", "minimum": 0, "maximum": 1}}
}`

func Example() {
	matches, err := jsonschema.Compile([]byte(profile))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(matches([]byte(`{"level": "N3", "scores": [0.5, 1]}`)))
	fmt.Println(matches([]byte(`{"level": "N9", "scores": [1.5]}`)))
	check := quality.Check{Test: quality.JSON{Field: "profile", Schema: matches}}
	fmt.Println(check.ID())
	// Output:
	// <nil>
	// jsonschema: the value does not match the schema: it violates #/$defs/share/maximum, #/properties/level/enum
	// json_schema(profile)
}

func TestCompile(t *testing.T) {
	t.Parallel()
	const canary = "田中"
	tests := map[string]struct {
		schema  string
		value   string
		matches bool
	}{
		"everything":            {`true`, `{"a": 1}`, true},
		"nothing":               {`false`, `1`, false},
		"a profile":             {profile, `{"level": "N1", "email": "a@example.com", "scores": []}`, true},
		"format":                {profile, `{"level": "N1", "email": "田中"}`, false},
		"unknown field":         {profile, `{"level": "N1", "田中": 1}`, false},
		"missing field":         {profile, `{}`, false},
		"not JSON":              {profile, `{"level": 田中}`, false},
		"empty":                 {profile, ``, false},
		"two values":            {`true`, `1 2`, false},
		"draft 7":               {`{"$schema": "http://json-schema.org/draft-07/schema#", "if": {"minimum": 5}, "then": false}`, `6`, false},
		"draft 4":               {`{"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 5, "exclusiveMinimum": true}`, `5`, false},
		"format in draft 2019":  {`{"$schema": "https://json-schema.org/draft/2019-09/schema", "format": "date"}`, `"2023-02-29"`, false},
		"own identity":          {`{"$id": "https://example.com/a", "$ref": "#/$defs/b", "$defs": {"b": {"const": 1}}}`, `1`, true},
		"recursive":             {`{"items": {"$ref": "#"}, "maxItems": 1}`, `[[[[]]]]`, true},
		"name of a field":       {`{"propertyNames": {"maxLength": 1}}`, `{"田中": 1}`, false},
		"dependent":             {`{"dependentRequired": {"a": ["b"]}}`, `{"a": "田中"}`, false},
		"pattern":               {`{"pattern": "^\\d{3}-\\d{4}$"}`, `"100-0001"`, true},
		"exact numbers":         {`{"maximum": 9007199254740992}`, `9007199254740993`, false},
		"multiple of a decimal": {`{"multipleOf": 0.1}`, `0.3`, true},
		"huge exponent":         {`{"maximum": 1}`, `1e99999999`, false},
		"great exponent":        {`{"minimum": 1}`, `1e1000`, true},
		"too great":             {`true`, `[{"a": 1E+1001}]`, false},
		"too small":             {`true`, `1e-1001`, false},
		"exponent beyond int":   {`true`, `1e99999999999999999999`, false},
		"many digits":           {`true`, strings.Repeat("9", 1001), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			matches, err := jsonschema.Compile([]byte(test.schema))
			if err != nil {
				t.Fatal(err)
			}
			err = matches([]byte(test.value))
			if (err == nil) != test.matches || err != nil && !errors.Is(err, jsonschema.ErrMismatch) {
				t.Errorf("got %v, want a match: %v", err, test.matches)
			}
			if err != nil && (strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), "1e9")) {
				t.Errorf("the error holds the value: %v", err)
			}
		})
	}
}

func TestCompileFaults(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ schema, says string }{
		"not JSON":           {`{`, "no JSON"},
		"no schema":          {`5`, "schema"},
		"unknown type":       {`{"type": "text"}`, "/type"},
		"network":            {`{"$ref": "https://example.com/other.json"}`, "a reference to https://example.com/other.json: expected"},
		"file":               {`{"$ref": "file:///etc/passwd"}`, "a reference to file:///etc/passwd"},
		"relative":           {`{"$ref": "other.json"}`, "other.json: expected"},
		"unknown metaschema": {`{"$schema": "https://example.com/meta"}`, "a reference to https://example.com/meta"},
		"missing definition": {`{"$ref": "#/$defs/a"}`, "$defs/a"},
		"pattern":            {`{"pattern": "(?<=a)b"}`, "pattern"},
		"huge bound":         {`{"minimum": 1e99999999}`, "1000 digits"},
	}
	for name, test := range tests {
		if matches, err := jsonschema.Compile([]byte(test.schema)); err == nil || !strings.Contains(err.Error(), test.says) || matches != nil {
			t.Errorf("%s: got %v, want an error that says %q", name, err, test.says)
		}
	}
}

func TestConcurrent(t *testing.T) {
	t.Parallel()
	matches, err := jsonschema.Compile([]byte(profile))
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	for i := range 8 {
		running.Go(func() {
			for range 100 {
				value := fmt.Sprintf(`{"level": "N%d"}`, i)
				if err := matches([]byte(value)); (err == nil) != (1 <= i && i <= 5) {
					t.Errorf("%s: %v", value, err)
				}
			}
		})
	}
	running.Wait()
}

// FuzzCompile tries schemas and values: nothing panics, only JSON matches, and a schema that compiles judges the same twice.
func FuzzCompile(f *testing.F) {
	for _, seed := range [][2]string{
		{profile, `{"level": "N1"}`}, {`true`, `1e99999999`}, {`{"$ref": "#"}`, `1`}, {`{"multipleOf": 1e-300}`, `1e300`},
		{`{"$dynamicRef": "#a", "$dynamicAnchor": "a"}`, `[]`}, {`{"uniqueItems": true}`, `[1, 1.0, "a"]`}, {`{"const": 1e400}`, `1e400`},
		{`{"format": "regex"}`, `"("`}, {`{"anyOf": [{"$ref": "#/anyOf/1"}, {"$ref": "#/anyOf/0"}]}`, `0`}, {`{"$id": "#x"}`, `{}`},
		{`{"minimum": 1e99999999}`, `2`}, {`{"$vocabulary": {"a": true}}`, `{}`}, {`{"format":"idn-hostname"}`, `"xn--"`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, schema, value string) {
		matches, err := jsonschema.Compile([]byte(schema))
		if err != nil {
			return
		}
		first, second := matches([]byte(value)), matches([]byte(value))
		if (first == nil) != (second == nil) {
			t.Errorf("%s on %s: %v, then %v", schema, value, first, second)
		}
		if first == nil && !json.Valid([]byte(value)) {
			t.Errorf("%q is no JSON, and matches %s", value, schema)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	matches, err := jsonschema.Compile([]byte(profile))
	if err != nil {
		b.Fatal(err)
	}
	value := []byte(`{"level": "N3", "email": "a@example.com", "scores": [0.5, 1, 0.25]}`)
	b.ReportAllocs()
	for b.Loop() {
		if err := matches(value); err != nil {
			b.Fatal(err)
		}
	}
}
