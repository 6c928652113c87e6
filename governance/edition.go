package governance

import (
	"fmt"
	"slices"
	"strings"
)

// edition is one manifest, compiled, and the plans of the operations that are wrapped. It never changes.
type edition struct {
	version    Version
	manifest   Manifest
	vocabulary *vocabulary
	tables     [][actionCount]*table
	classes    map[Category]*Class
	labels     []string             // of the rules
	scopes     [][actionCount]*plan // for questions about a category alone
	plans      []*plan              // by the number of the operation
}

// newEdition compiles a checked manifest.
func newEdition(m Manifest) *edition {
	m = m.clone()
	v := newVocabulary(m)
	e := &edition{version: m.Version(), manifest: m, vocabulary: v, tables: m.tables(v), classes: map[Category]*Class{}}
	for i := range m.Classes {
		e.classes[m.Classes[i].Category] = &m.Classes[i]
	}
	for i, r := range m.Rules {
		e.labels = append(e.labels, r.label(i))
	}
	e.scopes = make([][actionCount]*plan, len(e.tables))
	for category, tables := range e.tables {
		for action, t := range tables {
			e.scopes[category][action] = e.scope(t)
		}
	}
	return e
}

// scope makes the plan of a category and action alone, which releases every field.
func (e *edition) scope(t *table) *plan {
	p := &plan{wiring: wiring{masks: slices.Sorted(slices.Values(t.masks)), returns: true}}
	p.facts = Facts{Categories: []Category{t.category}, Action: t.action}
	p.add(e.classes[t.category], t, p.wiring)
	return p
}

// wiring is what an operation says about itself, without its types.
type wiring struct {
	name, store, dataset string
	action               Action
	fields               []string // that the call touches; empty: all
	masks                []string // for which there is a function, sorted
	returns              bool     // whether the call releases fields
}

// maskAt returns the number of the mask function of a field, or -1 when the operation does not release the field. It
// reports false when the operation may release the field and has no function that masks it.
func (w *wiring) maskAt(field string) (at int, ok bool) {
	if !w.returns || (len(w.fields) > 0 && !slices.Contains(w.fields, field)) {
		return -1, true
	}
	return slices.BinarySearch(w.masks, field)
}

// maskBits returns the mask functions of some fields as bits, and the fields that have none.
func (w *wiring) maskBits(fields []string) (bits uint64, missing []string) {
	for _, field := range fields {
		at, ok := w.maskAt(field)
		switch {
		case !ok:
			missing = append(missing, field)
		case at >= 0:
			bits |= 1 << at
		}
	}
	return bits, missing
}

// plan is an operation under one edition: all look-ups are made.
type plan struct {
	facts    Facts  // of its events, as far as they are known beforehand
	personal bool   // touches personal data
	keep     Period // the shortest of its categories
	keepPart int    // the category that it is of
	parts    []part // one for each category
	only     *table // that decides alone; nil when there are several categories
	wiring   wiring
}

// part is one category of an operation.
type part struct {
	table  *table
	maskAt []int // mask bit of the table -> mask of the operation; -1: a field that the operation does not touch
}

// plan fits an operation to the edition, or says in a *WiringError all that does not fit.
func (e *edition) plan(w wiring) (*plan, error) {
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if w.name == "" {
		fault("no name")
	}
	action := actionIndex(w.action)
	if action < 0 {
		fault("unknown action %q: want one of %s", w.action, list(Actions()))
	}
	dataset, err := e.manifest.dataset(w.store, w.dataset)
	if err != nil {
		fault("%s", err)
	}
	if len(w.masks) > maxMasks {
		fault("%d mask functions: at most %d", len(w.masks), maxMasks)
	}
	p := &plan{wiring: w}
	if len(faults) == 0 {
		p.facts = Facts{
			Operation: w.name, Store: dataset.Store, Dataset: dataset.Name, Categories: dataset.categories(w.fields),
			Action: w.action, Version: e.version, Rows: NotCounted,
		}
		for _, c := range p.facts.Categories {
			faults = append(faults, p.add(e.classes[c], e.tables[e.vocabulary.categories[c]][action], w)...)
		}
	}
	if len(faults) > 0 {
		return nil, &WiringError{Operation: w.name, Faults: faults}
	}
	return p, nil
}

// add adds a category and returns the fields that its rules mask but the operation cannot.
func (p *plan) add(class *Class, t *table, w wiring) (faults []string) {
	p.personal = p.personal || class.Personal
	if p.keep.Indefinite() || (!class.Keep.Indefinite() && shorter(class.Keep, p.keep)) {
		p.keep, p.keepPart = class.Keep, len(p.parts)
	}
	maskAt := make([]int, len(t.masks))
	for bit, field := range t.masks {
		at, found := w.maskAt(field)
		if !found {
			faults = append(faults, fmt.Sprintf("rules mask field %q of category %q, but there is no function that masks it: "+
				"add one to Mask, or leave the field out of Fields", field, t.category))
		}
		maskAt[bit] = at
	}
	p.parts = append(p.parts, part{table: t, maskAt: maskAt})
	p.only = nil
	if len(p.parts) == 1 {
		p.only = t
	}
	return faults
}

// shorter compares periods by their length in mean days.
func shorter(a, b Period) bool { return a.meanDays() < b.meanDays() }

// meanDays uses the Gregorian calendar's mean year of 365.2425 days; only comparisons rest on it.
func (p Period) meanDays() float64 {
	return 365.2425*float64(p.Years) + 365.2425/12*float64(p.Months) + float64(p.Days)
}

// maskNames returns the field names of an operation's mask bits.
func (p *plan) maskNames(bits uint64) []string {
	var names []string
	for i, name := range p.wiring.masks {
		if bits&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// dataset finds a dataset by its name, and by its store where the name alone is not enough.
func (m Manifest) dataset(store, name string) (Dataset, error) {
	var found []Dataset
	var stores []string
	for _, d := range m.Datasets {
		if d.Name == name && (store == "" || d.Store == store) {
			found = append(found, d)
			stores = append(stores, d.Store)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return Dataset{}, fmt.Errorf("dataset %q is in the stores %s: name one in Store", name, strings.Join(stores, ", "))
	case store != "":
		return Dataset{}, fmt.Errorf("dataset %q in store %q is not in the manifest", name, store)
	}
	return Dataset{}, fmt.Errorf("dataset %q is not in the manifest", name)
}

// categories returns the categories of the named fields, or of all fields when none is named: the dataset's own first.
func (d Dataset) categories(fields []string) []Category {
	special := map[string]Category{}
	for _, f := range d.Fields {
		if f.Category != "" {
			special[f.Name] = f.Category
		}
	}
	var categories []Category
	add := func(c Category) {
		if !slices.Contains(categories, c) {
			categories = append(categories, c)
		}
	}
	if len(fields) == 0 || slices.ContainsFunc(fields, func(f string) bool { return special[f] == "" }) {
		add(d.Category)
	}
	for _, f := range d.Fields {
		if f.Category != "" && (len(fields) == 0 || slices.Contains(fields, f.Name)) {
			add(f.Category)
		}
	}
	return categories
}
