package governance_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

const oneClass = `"classes": [{"category": "a"}]`

// TestParseManifestIsStrict gives texts and the faults that must be found in them, each with its place.
func TestParseManifestIsStrict(t *testing.T) {
	t.Parallel()
	const manifestKeys = "want one of classes, datasets, rules, roles, purposes"
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"nothing":    {"", []string{"line 1, column 1: not JSON: the text ends too early"}},
		"space only": {" \n ", []string{"line 2, column 2: not JSON: the text ends too early"}},
		"empty":      {"\n  {}", []string{"line 2, column 3: the manifest is empty: want classes, datasets and rules"}},
		"no object":  {"[{}]", []string{"line 1, column 1: found an array, want an object"}},
		"null":       {"null", []string{"line 1, column 1: found null, want an object"}},
		"byte order mark": {"\ufeff{}", []string{
			"line 1, column 1: not JSON: invalid character 'ï' looking for beginning of value"}},
		"text after it":         {`{"rules": []}` + "\n {}", []string{"line 2, column 2: text after the end of the manifest"}},
		"word after it":         {`{"rules": []} x`, []string{"line 1, column 15: text after the end of the manifest"}},
		"truncated":             {"{\"classes\": [\n{\"category\"", []string{"line 2, column 12: not JSON: the text ends too early"}},
		"truncated in a string": {"{\n\"clas", []string{"line 2, column 6: not JSON: the text ends too early"}},
		"truncated in what is skipped": {`{"extra": [[1, {"a":`, []string{
			"line 1, column 2 extra: unknown key: " + manifestKeys,
			"line 1, column 21: not JSON: the text ends too early"}},
		"truncated before what is skipped": {`{"extra"`, []string{
			"line 1, column 2 extra: unknown key: " + manifestKeys,
			"line 1, column 9: not JSON: the text ends too early"}},
		"missing colon": {`{"classes" []}`, []string{
			"line 1, column 12: not JSON: invalid character '[' after object key"}},
		"missing comma": {`{"classes": [{} {}]}`, []string{
			"line 1, column 17: not JSON: invalid character '{' after array element"}},
		"trailing comma": {`{"roles": ["a",]}`, []string{
			"line 1, column 16: not JSON: invalid character ']' looking for beginning of value"}},
		"key without quotes": {`{classes: []}`, []string{
			"line 1, column 2: not JSON: invalid character 'c' looking for beginning of object key string"}},
		"escape": {"{\"roles\": [\"abc\",\n\"de\\q\"]}", []string{
			"line 2, column 5: not JSON: invalid character 'q' in string escape code"}},
		"control character": {"{\"roles\": [\"de\x01f\"]}", []string{
			`line 1, column 15: not JSON: invalid character '\x01' in string literal`}},
		"invalid UTF-8": {"{\"roles\":\n[\"\xff\"]}", []string{"line 2, column 3: the text is not valid UTF-8"}},
		"unknown key": {"{\n  \"classess\": [1, {\"a\": [null]}, 3],\n  \"role\": \"x\"}", []string{
			"line 2, column 3 classess: unknown key: " + manifestKeys,
			"line 3, column 3 role: unknown key: " + manifestKeys}},
		"unknown key inside": {`{"classes": [{"category": "a", "Personal": true}]}`, []string{
			"line 1, column 32 classes[0].Personal: unknown key: want one of category, classification, personal, keep, " +
				"backup_every, encryption, access, store, anonymize"}},
		"unknown key with a line break": {`{"a\nb": 1}`, []string{
			`line 1, column 2 "a\nb": unknown key: ` + manifestKeys}},
		"repeated key": {"{\"roles\": [],\n \"roles\": [\"a\"]}", []string{
			"line 2, column 2 roles: the key stands twice in one object (keys: classes, datasets, rules, roles, purposes)"}},
		"wrong types": {`{"classes": {}, "datasets": "none", "rules": [[], {"deny": "yes", "roles": 3}], "roles": [true]}`, []string{
			"line 1, column 13 classes: found an object, want an array",
			"line 1, column 29 datasets: found a string, want an array",
			"line 1, column 47 rules[0]: found an array, want an object",
			"line 1, column 60 rules[1].deny: found a string, want true or false",
			"line 1, column 76 rules[1].roles: found a number, want an array",
			"line 1, column 91 roles[0]: found true or false, want a string"}},
		"nulls": {`{"classes": [null], "rules": [{"name": null, "deny": null}], "roles": null}`, []string{
			"line 1, column 14 classes[0]: found null, want an object",
			"line 1, column 40 rules[0].name: found null, want a string",
			"line 1, column 54 rules[0].deny: found null, want true or false",
			"line 1, column 71 roles: found null, want an array"}},
		"periods": {"{\"classes\": [{\"keep\": \"7 minutes\"},\n{\"keep\": 7}, {\"keep\": null}, {\"keep\": [\"1 day\"]}]}", []string{
			`line 1, column 23 classes[0].keep: period "7 minutes": unknown unit "minutes": want years, months or days`,
			"line 2, column 10 classes[1].keep: found a number, want a string",
			"line 2, column 23 classes[2].keep: found null, want a string",
			"line 2, column 39 classes[3].keep: found an array, want a string"}},
		"faults of the manifest": {"{" + oneClass + ",\n\"rules\": [{\"categories\": [\"a\", \"b\"],\n\"actions\": [\"reed\"]},\n{}]}", []string{
			`line 2, column 32 rules[0].categories[1]: unknown category "b": no class declares it`,
			`line 3, column 13 rules[0].actions[0]: unknown action "reed": want one of create, read, update, delete, ` +
				"export, erase, restore",
			"line 4, column 1 rules[1].categories: none: name the categories that the rule is for",
			"line 4, column 1 rules[1].actions: none: name the actions that the rule is for"}},
		"all at once, then no more JSON": {"{\"roles\": [1],\n\"extra\": 2,\n\"rules\": nil}", []string{
			"line 1, column 12 roles[0]: found a number, want a string",
			"line 2, column 1 extra: unknown key: " + manifestKeys,
			"line 3, column 11: not JSON: invalid character 'i' in literal null (expecting 'u')"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := governance.ParseManifest([]byte(test.text))
			if diff := cmp.Diff(test.want, faultsOf(t, err)); diff != "" {
				t.Errorf("faults differ (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(governance.Manifest{}, m); diff != "" {
				t.Errorf("with faults there is a manifest: %s", diff)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("the error breaks the line: %q", err)
			}
		})
	}
}

// faultsOf returns the faults of a *ManifestError in their text.
func faultsOf(t *testing.T, err error) []string {
	t.Helper()
	var faulty *governance.ManifestError
	if !errors.As(err, &faulty) {
		t.Fatalf("got %v, want a *ManifestError", err)
	}
	var texts []string
	for _, f := range faulty.Faults {
		texts = append(texts, f.String())
	}
	return texts
}

func TestParseManifestRoundTrip(t *testing.T) {
	t.Parallel()
	alone := governance.Manifest{
		Classes: []governance.Class{{Category: "a", Keep: governance.Period{Years: 1, Months: 2, Days: 3}}},
		Rules: []governance.Rule{{Categories: []governance.Category{"a"}, Actions: governance.Actions(),
			Roles: []string{"学習者"}, Purposes: []governance.Purpose{"p"}}},
		Roles: []string{"学習者"}, Purposes: []governance.Purpose{"p"},
	}
	for name, m := range map[string]governance.Manifest{
		"tutor": governance.Tutor(), "diary": diary(), "without datasets": alone,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireRoundTrip(t, m)
		})
	}
}

// requireRoundTrip marshals a manifest, reads it again, and wants an equal one.
func requireRoundTrip(t *testing.T, m governance.Manifest) {
	t.Helper()
	for _, marshal := range []func(any) ([]byte, error){json.Marshal, indented} {
		text, err := marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		got, err := governance.ParseManifest(text)
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		if diff := cmp.Diff(m, got); diff != "" {
			t.Errorf("manifest differs (-want +got):\n%s", diff)
		}
		if got.Version() != m.Version() {
			t.Error("the version differs after a round trip")
		}
	}
}

func indented(v any) ([]byte, error) { return json.MarshalIndent(v, "", "\t") }

func FuzzParseManifest(f *testing.F) {
	for _, m := range []governance.Manifest{governance.Tutor(), diary()} {
		text, err := json.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"classes": [{"category": "a", "keep": "1 year"}], "rules": [{"categories": ["a"], "actions": ["read"]}]}`))
	f.Add([]byte(`{"classes": [], "classes": null, "x": [{}], "rules": [{"own": 1}]} {`))
	f.Add([]byte("{\"roles\": [\"\xff"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := governance.ParseManifest(text)
		if err == nil {
			if err := m.Check(); err != nil {
				t.Fatalf("what parses does not check: %v", err)
			}
			requireRoundTrip(t, m)
			return
		}
		var faulty *governance.ManifestError
		if !errors.As(err, &faulty) || len(faulty.Faults) == 0 {
			t.Fatalf("got %v, want a *ManifestError", err)
		}
		lines := strings.Count(string(text), "\n") + 1
		for _, fault := range faulty.Faults {
			if fault.Line < 1 || fault.Line > lines || fault.Column < 1 || fault.Column > len(text)+1 || fault.Text == "" {
				t.Fatalf("fault without a place in the text: %+v", fault)
			}
		}
	})
}
