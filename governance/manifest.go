package governance

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Manifest is what a host declares once about its data: the duties of each category, where data of each category is, and
// who may do what with it. What it does not name is refused. It is plain data, written as a Go literal or as JSON
// (see ParseManifest), and copied by every function that keeps it.
type Manifest struct {
	Classes  []Class   `json:"classes"`            // one for each category
	Datasets []Dataset `json:"datasets,omitempty"` // tables and labels
	Rules    []Rule    `json:"rules"`              // who may do what; their order does not matter for a decision

	// Roles and Purposes are optional. When Roles is not empty, it is the complete list of role names: a rule that
	// names another is a fault. When it is empty, the names that rules use are the complete list. A caller with a role
	// outside the list is refused. The same holds for Purposes.
	Roles    []string  `json:"roles,omitempty"`
	Purposes []Purpose `json:"purposes,omitempty"`
}

// Class is the duties of one category.
type Class struct {
	Category       Category   `json:"category"`               // its name, unique in the manifest
	Classification string     `json:"classification"`         // how sensitive, in the host's words: "PII"
	Personal       bool       `json:"personal,omitempty"`     // about identifiable persons
	Keep           Period     `json:"keep"`                   // from a record's creation; zero: indefinite
	BackupEvery    Cadence    `json:"backup_every,omitempty"` // empty: not backed up
	Encryption     Encryption `json:"encryption,omitempty"`   // at rest; empty: none
	Access         string     `json:"access,omitempty"`       // in the host's words: "restricted"; Rules decide
	Store          string     `json:"store,omitempty"`        // where such data belongs; empty: the host's choice
	Anonymize      bool       `json:"anonymize,omitempty"`    // must be anonymised when its use ends; Personal only
}

// Dataset is a table or a label, and what is in it.
type Dataset struct {
	Store    string   `json:"store"`             // "postgresql", "neo4j": the host's name for the place
	Name     string   `json:"name"`              // of the table or label, unique in its store
	Category Category `json:"category"`          // of every field that says nothing else
	Subject  string   `json:"subject,omitempty"` // column or property with the person's id; empty: reached by foreign key
	Fields   []Field  `json:"fields,omitempty"`  // those that differ from the dataset
}

// Field is a column or property that differs from its dataset.
type Field struct {
	Name        string   `json:"name"`                   // of the column or property, unique in its dataset
	Category    Category `json:"category,omitempty"`     // empty: the dataset's
	Sealed      bool     `json:"sealed,omitempty"`       // encrypted under the subject's key before the driver sees it
	DerivedFrom string   `json:"derived_from,omitempty"` // the field that it was made from: both are erased together
}

// Rule says who may do what, or, with Deny, who may not. A rule applies to a call when everything that it names fits:
// one of the caller's roles, the category, the action, the caller's purpose, and its conditions Own and Consent. Deny
// beats allow, and a call to which no rule applies is refused.
type Rule struct {
	Name       string     `json:"name,omitempty"`     // for the record; empty: "rules[i]"; unique when given
	Deny       bool       `json:"deny,omitempty"`     // refuse instead of allow
	Roles      []string   `json:"roles,omitempty"`    // empty: every caller
	Categories []Category `json:"categories"`         // at least one
	Actions    []Action   `json:"actions"`            // at least one
	Purposes   []Purpose  `json:"purposes,omitempty"` // empty: any, and none
	Own        bool       `json:"own,omitempty"`      // only records whose subject is the caller
	Consent    bool       `json:"consent,omitempty"`  // only with the subject's consent for the purpose; needs Purposes
	Mask       []string   `json:"mask,omitempty"`     // fields blanked in the result; only on rules that allow
}

// Version identifies a manifest by its content: "sha256:" and the hash of its canonical form in hexadecimal.
type Version string

// Version returns the version of the manifest. The order of classes, datasets, fields and of names inside a list does not
// change it; the order of rules does, since unnamed rules are on record by their place.
func (m Manifest) Version() Version {
	canonical, err := json.Marshal(m.canonical())
	if err != nil { // strings, booleans and periods always marshal
		return ""
	}
	sum := sha256.Sum256(canonical)
	return Version("sha256:" + hex.EncodeToString(sum[:]))
}

// WithClass returns a copy of the manifest in which the given classes replace those of the same category, or are added.
func (m Manifest) WithClass(classes ...Class) Manifest {
	m = m.clone()
	for _, class := range classes {
		i := slices.IndexFunc(m.Classes, func(c Class) bool { return c.Category == class.Category })
		if i < 0 {
			m.Classes = append(m.Classes, class)
			continue
		}
		m.Classes[i] = class
	}
	return m
}

// clone returns a copy that shares no memory with m.
func (m Manifest) clone() Manifest {
	m.Classes = slices.Clone(m.Classes)
	m.Roles = slices.Clone(m.Roles)
	m.Purposes = slices.Clone(m.Purposes)
	m.Datasets = slices.Clone(m.Datasets)
	for i := range m.Datasets {
		m.Datasets[i].Fields = slices.Clone(m.Datasets[i].Fields)
	}
	m.Rules = slices.Clone(m.Rules)
	for i := range m.Rules {
		r := &m.Rules[i]
		r.Roles = slices.Clone(r.Roles)
		r.Categories = slices.Clone(r.Categories)
		r.Actions = slices.Clone(r.Actions)
		r.Purposes = slices.Clone(r.Purposes)
		r.Mask = slices.Clone(r.Mask)
	}
	return m
}

// canonical returns a copy in which every list whose order means nothing is sorted, and which marshals to the same text
// whether an empty list is nil or not.
func (m Manifest) canonical() Manifest {
	m = m.clone()
	slices.SortFunc(m.Classes, func(a, b Class) int { return strings.Compare(string(a.Category), string(b.Category)) })
	slices.SortFunc(m.Datasets, func(a, b Dataset) int {
		if c := strings.Compare(a.Store, b.Store); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	for _, d := range m.Datasets {
		slices.SortFunc(d.Fields, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	}
	slices.Sort(m.Roles)
	slices.Sort(m.Purposes)
	for _, r := range m.Rules {
		slices.Sort(r.Roles)
		slices.Sort(r.Categories)
		slices.Sort(r.Actions)
		slices.Sort(r.Purposes)
		slices.Sort(r.Mask)
	}
	if m.Classes == nil {
		m.Classes = []Class{}
	}
	if m.Rules == nil {
		m.Rules = []Rule{}
	}
	return m
}

// label returns the name by which the rule at place i is on record.
func (r Rule) label(i int) string {
	if r.Name != "" {
		return r.Name
	}
	return fmt.Sprintf("rules[%d]", i)
}
