package governancetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/shugo-data/shugo/governance"
)

// Inventory tells what a store has. The policies of package pgpolicy and its like do, for one database each:
//
//	governancetest.InventoryFunc(func(ctx context.Context) ([]governance.StoredField, error) { return policy.Fields(ctx, pool) })
type Inventory interface {
	// Fields returns every table or label, with an empty Name, and every column and property of it.
	Fields(ctx context.Context) ([]governance.StoredField, error)
}

// InventoryFunc is a function as an Inventory.
type InventoryFunc func(ctx context.Context) ([]governance.StoredField, error)

// Fields calls f.
func (f InventoryFunc) Fields(ctx context.Context) ([]governance.StoredField, error) { return f(ctx) }

// CoverConfig is what Cover looks at. Guard is required, and so is an inventory for each store of its manifest.
type CoverConfig struct {
	// Guard is the guard of the program, after the program has bound its calls.
	Guard *governance.Guard
	// Inventories tell what the stores have.
	Inventories []Inventory
	// Repositories are the repositories of the program by the first part of their operations' names. A value is a
	// repository, or a nil pointer to an interface or struct: (*Messages)(nil). Every exported method of it, and every
	// exported field of it that is a function, needs an operation on the guard: of "messages", Append needs
	// "messages.append". Only letters and digits count, and not their case, so that AppendAll fits "messages.append_all".
	Repositories map[string]any
	// Exempt says why something needs no category, inventory or operation. Its keys are the names that Cover reports:
	// "postgresql/schema_migrations", "postgresql/users/shoe_size", "memory" for a store, "messages.Close". What it names and
	// Cover does not miss is reported, too.
	Exempt map[string]string
}

// Cover is a host's test that nothing was forgotten. It fails the test with a line for each
//   - table, label, column or property that a store has and that has no category,
//   - dataset or field of the guard's manifest that its store does not have,
//   - store of the manifest that no inventory tells about,
//   - method of a repository for which no operation is bound to the guard,
//   - exemption without a reason, or of something that is not missing.
func Cover(t testing.TB, c CoverConfig) {
	t.Helper()
	var found Violations
	switch err := CheckCover(t.Context(), c); {
	case errors.As(err, &found):
		for _, v := range found {
			t.Error(v)
		}
	case err != nil:
		t.Error(err)
	}
}

// CheckCover is Cover without package testing: it returns nil, Violations in a fixed order, or the error of an inventory.
func CheckCover(ctx context.Context, c CoverConfig) error {
	if c.Guard == nil {
		return errors.New("governancetest: cover: no guard")
	}
	v := &cover{config: c, manifest: c.Guard.Manifest(), used: map[string]bool{}, stored: map[governance.StoredField]bool{}}
	for i, inventory := range c.Inventories {
		if inventory == nil {
			return fmt.Errorf("governancetest: cover: inventories[%d] is nil", i)
		}
		fields, err := inventory.Fields(ctx)
		if err != nil {
			return fmt.Errorf("governancetest: cover: inventories[%d]: %w", i, err)
		}
		v.fields(fields)
	}
	v.datasets()
	v.repositories()
	v.exemptions()
	if len(v.found) == 0 {
		return nil
	}
	return v.found
}

// cover is one run of CheckCover.
type cover struct {
	config   CoverConfig
	manifest governance.Manifest
	used     map[string]bool // exemptions
	stored   map[governance.StoredField]bool
	stores   []string // that an inventory tells about
	found    Violations
}

// miss reports something, unless it is exempt.
func (v *cover) miss(check, name, format string, args ...any) {
	if _, exempt := v.config.Exempt[name]; exempt {
		v.used[name] = true
		return
	}
	v.found = append(v.found, Violation{check, name + " " + fmt.Sprintf(format, args...)})
}

// path names what a store has: store, dataset, field.
func path(names ...string) string { return strings.Join(names, "/") }

// fields compares what a store has with the manifest. Of a table without category its columns are not told one by one.
func (v *cover) fields(list []governance.StoredField) {
	for _, f := range list {
		if !slices.Contains(v.stores, f.Store) {
			v.stores = append(v.stores, f.Store)
		}
		v.stored[governance.StoredField{Store: f.Store, Dataset: f.Dataset, Name: f.Name}] = true
		declared := slices.ContainsFunc(v.manifest.Datasets, func(d governance.Dataset) bool {
			return d.Store == f.Store && d.Name == f.Dataset
		})
		switch {
		case f.Name == "" && !declared:
			v.miss("Categories", path(f.Store, f.Dataset), "has no category: declare it as a dataset, or drop it")
		case f.Name != "" && declared && f.Category == "":
			v.miss("Categories", path(f.Store, f.Dataset, f.Name), "has no category: name it in its dataset, or drop it")
		}
	}
}

// datasets compares the manifest with what the stores have.
func (v *cover) datasets() {
	silent := map[string]bool{}
	for _, d := range v.manifest.Datasets {
		if !slices.Contains(v.stores, d.Store) {
			if !silent[d.Store] {
				v.miss("Stores", d.Store, "is a store of the manifest, and no inventory tells what it has")
			}
			silent[d.Store] = true
			continue
		}
		if !v.stored[governance.StoredField{Store: d.Store, Dataset: d.Name}] {
			v.miss("Datasets", path(d.Store, d.Name), "is a dataset of the manifest, and its store does not have it")
			continue
		}
		names := []string{}
		if d.Subject != "" {
			names = append(names, d.Subject)
		}
		for _, f := range d.Fields {
			if f.Name != d.Subject {
				names = append(names, f.Name)
			}
		}
		for _, name := range names {
			if !v.stored[governance.StoredField{Store: d.Store, Dataset: d.Name, Name: name}] {
				v.miss("Datasets", path(d.Store, d.Name, name), "is a field of the manifest, and its store does not have it")
			}
		}
	}
}

// repositories compares methods with the operations of the guard.
func (v *cover) repositories() {
	bound := map[string]bool{}
	for _, op := range v.config.Guard.Operations() {
		bound[plain(op.Name)] = true
	}
	for _, name := range slices.Sorted(maps.Keys(v.config.Repositories)) {
		methods := methodsOf(v.config.Repositories[name])
		if len(methods) == 0 {
			v.miss("Operations", name, "has no exported method: want a repository, or a nil pointer to its interface")
		}
		for _, method := range methods {
			if !bound[plain(name+method)] {
				v.miss("Operations", name+"."+method, "is not bound to the guard: wrap it in an operation %q", name+"."+snake(method))
			}
		}
	}
}

// methodsOf returns the exported methods, and fields that are functions, of a value or of what a pointer points to.
func methodsOf(repository any) []string {
	t := reflect.TypeOf(repository)
	if t == nil {
		return nil
	}
	var names []string
	add := func(t reflect.Type) {
		for i := range t.NumMethod() {
			if m := t.Method(i); m.IsExported() {
				names = append(names, m.Name)
			}
		}
	}
	add(t) // of a pointer, the methods of its struct are among them
	if t.Kind() == reflect.Pointer {
		if t = t.Elem(); t.Kind() == reflect.Interface {
			add(t)
		}
	}
	if t.Kind() == reflect.Struct {
		for _, f := range reflect.VisibleFields(t) {
			if f.IsExported() && f.Type.Kind() == reflect.Func {
				names = append(names, f.Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// plain is a name without case and separators.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// snake is the usual form of a method's name in that of its operation.
func snake(method string) string {
	var b strings.Builder
	for i, r := range method {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// exemptions finds those that say nothing.
func (v *cover) exemptions() {
	for _, name := range slices.Sorted(maps.Keys(v.config.Exempt)) {
		switch {
		case strings.TrimSpace(v.config.Exempt[name]) == "":
			v.found = append(v.found, Violation{"Exemptions", name + " is exempt without a reason"})
		case !v.used[name]:
			v.found = append(v.found, Violation{"Exemptions", name + " is exempt, and is not missing"})
		}
	}
}
