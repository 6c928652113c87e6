package governance_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

// TestCheckFindsEveryKindOfFault breaks the diary in one way at a time.
func TestCheckFindsEveryKindOfFault(t *testing.T) {
	t.Parallel()
	const actions = "create, read, update, delete, export, erase, restore"
	for name, test := range map[string]struct {
		change func(*governance.Manifest)
		want   []string
	}{
		"empty": {func(m *governance.Manifest) { *m = governance.Manifest{} },
			[]string{"the manifest is empty: want classes, datasets and rules"}},
		"no classes": {func(m *governance.Manifest) {
			m.Classes, m.Datasets, m.Rules = nil, m.Datasets[1:], m.Rules[4:]
		}, []string{
			"classes: none: want a class for each category",
			`datasets[0].category: unknown category "counts": no class declares it`,
			`rules[0].categories[0]: unknown category "counts": no class declares it`}},
		"no rules": {func(m *governance.Manifest) { m.Rules = nil },
			[]string{"rules: none: every call would be refused"}},

		"class without a name": {func(m *governance.Manifest) { m.Classes = append(m.Classes, governance.Class{}) },
			[]string{"classes[2].category: empty name"}},
		"class name with space": {func(m *governance.Manifest) {
			m.Classes = append(m.Classes, governance.Class{Category: "photos "})
		}, []string{`classes[2].category: name "photos " begins or ends with space`}},
		"class name with a line break": {func(m *governance.Manifest) {
			m.Classes = append(m.Classes, governance.Class{Category: "pho\ntos"})
		}, []string{`classes[2].category: name "pho\ntos" has a control character`}},
		"class name that is not text": {func(m *governance.Manifest) {
			m.Classes = append(m.Classes, governance.Class{Category: "pho\xfftos"})
		}, []string{`classes[2].category: name "pho\xfftos" is not valid UTF-8`}},
		"class twice": {func(m *governance.Manifest) {
			m.Classes = append(m.Classes, governance.Class{Category: "counts"})
		}, []string{`classes[2].category: category "counts" has a class already`}},
		"negative period": {func(m *governance.Manifest) { m.Classes[0].Keep = governance.Period{Years: 1, Days: -1} },
			[]string{"classes[0].keep: period of 1 years 0 months -1 days: none may be negative"}},
		"endless period": {func(m *governance.Manifest) { m.Classes[0].Keep = governance.Period{Years: 1001} },
			[]string{`classes[0].keep: period "1001 years": longer than 1000 years`}},
		"cadence": {func(m *governance.Manifest) { m.Classes[0].BackupEvery = "fortnightly" },
			[]string{`classes[0].backup_every: unknown value "fortnightly": want one of continuous, hourly, daily, weekly, monthly`}},
		"cipher": {func(m *governance.Manifest) { m.Classes[0].Encryption = "ROT13" },
			[]string{`classes[0].encryption: unknown value "ROT13": want one of AES-128, AES-256`}},
		"anonymous counts": {func(m *governance.Manifest) { m.Classes[1].Anonymize = true },
			[]string{`classes[1].anonymize: contradiction: category "counts" must be anonymised but is not personal`}},

		"dataset without names": {func(m *governance.Manifest) {
			m.Datasets = append(m.Datasets, governance.Dataset{Category: "counts"})
		}, []string{"datasets[2].store: empty name", "datasets[2].name: empty name"}},
		"dataset twice": {func(m *governance.Manifest) { m.Datasets = append(m.Datasets, m.Datasets[0]) },
			[]string{`datasets[2]: dataset "entries" in store "postgresql" stands twice`}},
		"dataset of no category": {func(m *governance.Manifest) { m.Datasets[1].Category = "" },
			[]string{`datasets[1].category: unknown category "": no class declares it`}},
		"fields": {func(m *governance.Manifest) {
			m.Datasets[0].Fields = []governance.Field{
				{Name: "writer", Sealed: true}, {Name: ""}, {Name: "text", Category: "texts"},
				{Name: "text", Category: "counts"}, {Name: "a", DerivedFrom: "b"}, {Name: "b", DerivedFrom: "a"},
				{Name: "c", DerivedFrom: "text"}, {Name: "d", DerivedFrom: "d"},
			}
		}, []string{
			`datasets[0].fields[0].sealed: contradiction: field "writer" finds the subject and cannot be sealed under the subject's key`,
			"datasets[0].fields[1].name: empty name",
			`datasets[0].fields[2].category: unknown category "texts": no class declares it`,
			`datasets[0].fields[3].name: field "text" stands twice`,
			`datasets[0].fields[4].derived_from: field "a" is derived from itself`,
			`datasets[0].fields[5].derived_from: field "b" is derived from itself`,
			`datasets[0].fields[7].derived_from: field "d" is derived from itself`}},

		"roles": {func(m *governance.Manifest) { m.Roles = []string{"writer", "coach", "writer", "nurse", ""} }, []string{
			"roles[4]: empty name", `roles[2]: "writer" stands twice`,
			`rules[3].roles[0]: unknown role "guest": want one of writer, coach, writer, nurse, `}},
		"purposes": {func(m *governance.Manifest) { m.Purposes = []governance.Purpose{"care", "care", " x"} }, []string{
			`purposes[2]: name " x" begins or ends with space`, `purposes[1]: "care" stands twice`,
			`rules[1].purposes[0]: unknown purpose "coaching": want one of care, care,  x`}},

		"rule name": {func(m *governance.Manifest) { m.Rules[0].Name, m.Rules[1].Name = "a\x00", "all-count" }, []string{
			`rules[0].name: name "a\x00" has a control character`, `rules[4].name: rule "all-count" stands twice`}},
		"rule for nothing": {func(m *governance.Manifest) { m.Rules = append(m.Rules, governance.Rule{}) }, []string{
			"rules[5].categories: none: name the categories that the rule is for",
			"rules[5].actions: none: name the actions that the rule is for"}},
		"unknown words in a rule": {func(m *governance.Manifest) {
			m.Rules[0].Categories = []governance.Category{"entries", "diaries", "entries"}
			m.Rules[0].Actions = []governance.Action{"reed", "read", "", "read"}
		}, []string{
			`rules[0].categories[1]: unknown category "diaries": no class declares it`,
			`rules[0].categories[2]: "entries" stands twice`,
			`rules[0].actions[0]: unknown action "reed": want one of ` + actions,
			`rules[0].actions[2]: unknown action "": want one of ` + actions,
			`rules[0].actions[3]: "read" stands twice`}},
		"names in a rule": {func(m *governance.Manifest) {
			m.Rules[2].Roles = []string{"nurse", "", "nurse"}
			m.Rules[2].Purposes = []governance.Purpose{"care", "\t", "care"}
			m.Rules[2].Mask = []string{"text", "", "text"}
		}, []string{
			"rules[2].roles[1]: empty name", `rules[2].roles[2]: "nurse" stands twice`,
			`rules[2].purposes[1]: name "\t" begins or ends with space`, `rules[2].purposes[2]: "care" stands twice`,
			"rules[2].mask[1]: empty name", `rules[2].mask[2]: "text" stands twice`}},
		"denial with conditions": {func(m *governance.Manifest) {
			m.Rules[3].Mask, m.Rules[3].Consent = []string{"text"}, true
		}, []string{
			"rules[3].mask: contradiction: a rule that denies leaves nothing to mask",
			"rules[3].consent: contradiction: consent cannot be the reason to deny",
			"rules[3].purposes: none: consent is given for a purpose, so a rule with consent names one"}},
		"consent for nothing": {func(m *governance.Manifest) { m.Rules[1].Purposes = nil },
			[]string{"rules[1].purposes: none: consent is given for a purpose, so a rule with consent names one"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := diary()
			test.change(&m)
			if diff := cmp.Diff(test.want, faultsOf(t, m.Check())); diff != "" {
				t.Errorf("faults differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCheckFindsAllFaultsAtOnce breaks every part of one manifest.
func TestCheckFindsAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	m := diary()
	m.Classes[0].Keep.Years = -1
	m.Datasets[0].Name = ""
	m.Roles = []string{"writer", "writer", "coach", "nurse", "guest"}
	m.Rules[4].Actions = nil
	err := m.Check()
	want := []string{
		"classes[0].keep: period of -1 years 0 months 0 days: none may be negative",
		"datasets[0].name: empty name",
		`roles[1]: "writer" stands twice`,
		"rules[4].actions: none: name the actions that the rule is for",
	}
	if diff := cmp.Diff(want, faultsOf(t, err)); diff != "" {
		t.Errorf("faults differ (-want +got):\n%s", diff)
	}
	if got, want := err.Error(), "governance: manifest: "+strings.Join(want, "; "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestCheckBoundsMasks gives several scopes more masks than a table can hold, in an order that must be that of the rules.
func TestCheckBoundsMasks(t *testing.T) {
	t.Parallel()
	m := diary()
	names := func(from, to int) []string {
		var names []string
		for i := from; i < to; i++ {
			names = append(names, fmt.Sprintf("field%02d", i))
		}
		return names
	}
	rule := func(role string, action governance.Action, mask []string) governance.Rule {
		return governance.Rule{Roles: []string{role}, Categories: []governance.Category{"entries"},
			Actions: []governance.Action{action}, Mask: mask}
	}
	m.Rules = append(m.Rules,
		rule("a", governance.Read, names(0, 40)), rule("b", governance.Read, names(40, 64)),
		rule("a", governance.Export, names(0, 65)), rule("a", governance.Update, names(0, 64)))
	want := []string{
		`rules[6].mask: with this rule, action "read" of category "entries" masks 65 fields: at most 64`,
		`rules[7].mask: with this rule, action "export" of category "entries" masks 65 fields: at most 64`,
	}
	for range 20 { // the order must not be that of a map
		if diff := cmp.Diff(want, faultsOf(t, m.Check())); diff != "" {
			t.Fatalf("faults differ (-want +got):\n%s", diff)
		}
	}
}

func TestFaultString(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]governance.Fault{
		"text":                                 {Text: "text"},
		"rules[0]: text":                       {Path: "rules[0]", Text: "text"},
		"line 2, column 3: text":               {Line: 2, Column: 3, Text: "text"},
		"line 2, column 3 rules[0].name: text": {Path: "rules[0].name", Line: 2, Column: 3, Text: "text"},
	} {
		if got := f.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
