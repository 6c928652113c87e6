package governance

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Check reports every fault of the manifest as a *ManifestError, or nil. New, Guard.Swap, Diff and ParseManifest make the
// same check. Faults are: empty, duplicate and unknown names, entries that contradict each other, rules that can never
// decide a call because others always do, and rules that nothing can reach.
func (m Manifest) Check() error { return m.check().err() }

func (m Manifest) check() faults {
	var f faults
	if len(m.Classes) == 0 && len(m.Datasets) == 0 && len(m.Rules) == 0 {
		f.add("", "the manifest is empty: want classes, datasets and rules")
		return f
	}
	categories := m.checkClasses(&f)
	m.checkDatasets(&f, categories)
	m.checkNames(&f)
	m.checkRules(&f, categories)
	if len(f) == 0 {
		f = append(f, m.redundant()...)
	}
	return f
}

// checkClasses returns the categories that have a class.
func (m Manifest) checkClasses(f *faults) map[Category]Class {
	if len(m.Classes) == 0 {
		f.add("classes", "none: want a class for each category")
	}
	known := map[Category]Class{}
	for i, c := range m.Classes {
		path := fmt.Sprintf("classes[%d]", i)
		checkName(f, path+".category", string(c.Category))
		if _, twice := known[c.Category]; twice {
			f.add(path+".category", "category %q has a class already", c.Category)
		}
		known[c.Category] = c
		if err := c.Keep.check(); err != nil {
			f.add(path+".keep", "%s", err)
		}
		checkOneOf(f, path+".backup_every", c.BackupEvery, cadences())
		checkOneOf(f, path+".encryption", c.Encryption, encryptions())
		if c.Anonymize && !c.Personal {
			f.add(path+".anonymize", "contradiction: category %q must be anonymised but is not personal", c.Category)
		}
	}
	return known
}

func (m Manifest) checkDatasets(f *faults, categories map[Category]Class) {
	type place struct{ store, name string }
	seen := map[place]bool{}
	for i, d := range m.Datasets {
		path := fmt.Sprintf("datasets[%d]", i)
		checkName(f, path+".store", d.Store)
		checkName(f, path+".name", d.Name)
		if at := (place{d.Store, d.Name}); seen[at] {
			f.add(path, "dataset %q in store %q stands twice", d.Name, d.Store)
		} else {
			seen[at] = true
		}
		checkCategory(f, path+".category", d.Category, categories)
		d.checkFields(f, path, categories)
	}
}

func (d Dataset) checkFields(f *faults, path string, categories map[Category]Class) {
	source := map[string]string{}
	for i, field := range d.Fields {
		at := fmt.Sprintf("%s.fields[%d]", path, i)
		checkName(f, at+".name", field.Name)
		if _, twice := source[field.Name]; twice {
			f.add(at+".name", "field %q stands twice", field.Name)
		}
		source[field.Name] = field.DerivedFrom
		if field.Category != "" {
			checkCategory(f, at+".category", field.Category, categories)
		}
		if field.Sealed && field.Name == d.Subject {
			f.add(at+".sealed", "contradiction: field %q finds the subject and cannot be sealed under the subject's key", field.Name)
		}
	}
	for i, field := range d.Fields {
		if cycle(source, field.Name) {
			f.add(fmt.Sprintf("%s.fields[%d].derived_from", path, i), "field %q is derived from itself", field.Name)
		}
	}
}

// cycle reports whether following the sources of a field leads back to it.
func cycle(source map[string]string, name string) bool {
	at := source[name]
	for range source {
		if at == "" {
			return false
		}
		if at == name {
			return true
		}
		at = source[at]
	}
	return false
}

func (m Manifest) checkNames(f *faults) {
	for i, role := range m.Roles {
		checkName(f, fmt.Sprintf("roles[%d]", i), role)
	}
	for i, purpose := range m.Purposes {
		checkName(f, fmt.Sprintf("purposes[%d]", i), string(purpose))
	}
	checkUnique(f, "roles", m.Roles)
	checkUnique(f, "purposes", m.Purposes)
}

func (m Manifest) checkRules(f *faults, categories map[Category]Class) {
	if len(m.Rules) == 0 {
		f.add("rules", "none: every call would be refused")
	}
	labels := map[string]bool{}
	for i, r := range m.Rules {
		path := fmt.Sprintf("rules[%d]", i)
		if r.Name != "" {
			checkName(f, path+".name", r.Name)
			if labels[r.Name] {
				f.add(path+".name", "rule %q stands twice", r.Name)
			}
			labels[r.Name] = true
		}
		r.checkScope(f, path, categories)
		m.checkRuleNames(f, path, r)
		r.checkConditions(f, path)
	}
}

func (r Rule) checkScope(f *faults, path string, categories map[Category]Class) {
	if len(r.Categories) == 0 {
		f.add(path+".categories", "none: name the categories that the rule is for")
	}
	for j, c := range r.Categories {
		checkCategory(f, fmt.Sprintf("%s.categories[%d]", path, j), c, categories)
	}
	checkUnique(f, path+".categories", r.Categories)
	if len(r.Actions) == 0 {
		f.add(path+".actions", "none: name the actions that the rule is for")
	}
	for j, a := range r.Actions {
		if actionIndex(a) < 0 {
			f.add(fmt.Sprintf("%s.actions[%d]", path, j), "unknown action %q: want one of %s", a, list(Actions()))
		}
	}
	checkUnique(f, path+".actions", r.Actions)
}

func (m Manifest) checkRuleNames(f *faults, path string, r Rule) {
	for j, role := range r.Roles {
		at := fmt.Sprintf("%s.roles[%d]", path, j)
		checkName(f, at, role)
		if len(m.Roles) > 0 && !slices.Contains(m.Roles, role) {
			f.add(at, "unknown role %q: want one of %s", role, list(m.Roles))
		}
	}
	checkUnique(f, path+".roles", r.Roles)
	for j, purpose := range r.Purposes {
		at := fmt.Sprintf("%s.purposes[%d]", path, j)
		checkName(f, at, string(purpose))
		if len(m.Purposes) > 0 && !slices.Contains(m.Purposes, purpose) {
			f.add(at, "unknown purpose %q: want one of %s", purpose, list(m.Purposes))
		}
	}
	checkUnique(f, path+".purposes", r.Purposes)
}

func (r Rule) checkConditions(f *faults, path string) {
	for j, field := range r.Mask {
		checkName(f, fmt.Sprintf("%s.mask[%d]", path, j), field)
	}
	checkUnique(f, path+".mask", r.Mask)
	if r.Deny && len(r.Mask) > 0 {
		f.add(path+".mask", "contradiction: a rule that denies leaves nothing to mask")
	}
	if r.Deny && r.Consent {
		f.add(path+".consent", "contradiction: consent cannot be the reason to deny")
	}
	if r.Consent && len(r.Purposes) == 0 {
		f.add(path+".purposes", "none: consent is given for a purpose, so a rule with consent names one")
	}
}

func checkCategory(f *faults, path string, c Category, categories map[Category]Class) {
	if _, known := categories[c]; !known {
		f.add(path, "unknown category %q: no class declares it", c)
	}
}

// checkName refuses names that are empty or that look like another name: not text, surrounding space and control characters.
func checkName(f *faults, path, name string) {
	switch {
	case name == "":
		f.add(path, "empty name")
	case !utf8.ValidString(name): // JSON, and so the version, could not tell it from another
		f.add(path, "name %q is not valid UTF-8", name)
	case strings.TrimSpace(name) != name:
		f.add(path, "name %q begins or ends with space", name)
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		f.add(path, "name %q has a control character", name)
	}
}

func checkUnique[S ~string](f *faults, path string, names []S) {
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			f.add(fmt.Sprintf("%s[%d]", path, i), "%q stands twice", name)
		}
	}
}

func checkOneOf[S ~string](f *faults, path string, value S, known []S) {
	if value != "" && !slices.Contains(known, value) {
		f.add(path, "unknown value %q: want one of %s", value, list(known))
	}
}

func list[S ~string](names []S) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(name)
	}
	return strings.Join(texts, ", ")
}
