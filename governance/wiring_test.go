package governance_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

// wiringFaults returns the faults of the *WiringError that wrapping an operation panics with.
func wiringFaults(t *testing.T, wrap func()) (faults []string) {
	t.Helper()
	defer func() {
		err, ok := recover().(error)
		if !ok || !errors.Is(err, governance.ErrWiring) {
			t.Fatalf("recovered %v, want a *WiringError", err)
		}
		for _, err := range each(err) {
			var wiring *governance.WiringError
			requireAs(t, err, &wiring)
			faults = append(faults, wiring.Faults...)
		}
	}()
	wrap()
	t.Fatal("the operation fits")
	return nil
}

// each returns the errors that an error joins, or the error itself.
func each(err error) []error {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		return several.Unwrap()
	}
	return []error{err}
}

// TestWrapPanicsOnOperationsThatDoNotFit gives operations that a program must not start with.
func TestWrapPanicsOnOperationsThatDoNotFit(t *testing.T) {
	t.Parallel()
	const noMask = `rules mask field "text" of category "entries", but there is no function that masks it: ` +
		"add one to Mask, or leave the field out of Fields"
	for name, test := range map[string]struct {
		change func(*governance.Operation[query, entry])
		want   []string
	}{
		"no name":      {func(op *governance.Operation[query, entry]) { op.Name = "" }, []string{"no name"}},
		"masked field": {func(op *governance.Operation[query, entry]) { op.Mask = nil }, []string{noMask}},
		"masked field among the fields": {func(op *governance.Operation[query, entry]) {
			op.Mask, op.Fields = nil, []string{"mood", "text"}
		}, []string{noMask}},
		"unknown dataset": {func(op *governance.Operation[query, entry]) { op.Dataset = "letters" },
			[]string{`dataset "letters" is not in the manifest`}},
		"unknown store": {func(op *governance.Operation[query, entry]) { op.Store = "mysql" },
			[]string{`dataset "entries" in store "mysql" is not in the manifest`}},
		"two stores": {func(op *governance.Operation[query, entry]) { op.Dataset = "twins" },
			[]string{`dataset "twins" is in the stores postgresql, neo4j: name one in Store`}},
		"nil mask": {func(op *governance.Operation[query, entry]) { op.Mask["text"] = nil },
			[]string{`the mask function of field "text" is nil`}},
		"name taken": {func(op *governance.Operation[query, entry]) { op.Name = "taken" },
			[]string{"an operation of this name is wrapped already"}},
		"many masks": {func(op *governance.Operation[query, entry]) {
			for i := range 64 {
				op.Mask[fmt.Sprint("field", i)] = func(*entry) {}
			}
		}, []string{"65 mask functions: at most 64"}},
		"all at once": {func(op *governance.Operation[query, entry]) {
			*op = governance.Operation[query, entry]{Name: "taken", Dataset: "letters", Action: "reed"}
		}, []string{`unknown action "reed": want one of create, read, update, delete, export, erase, restore`,
			`dataset "letters" is not in the manifest`, "an operation of this name is wrapped already"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, _ := guard(t, func(c *governance.Config) {
				for _, store := range []string{"postgresql", "neo4j"} {
					c.Manifest.Datasets = append(c.Manifest.Datasets,
						governance.Dataset{Store: store, Name: "twins", Category: "entries"})
				}
			})
			taken := onEntry("taken", governance.Delete)
			governance.Wrap(g, taken, found)
			op := readEntry()
			test.change(&op)
			got := wiringFaults(t, func() { governance.Wrap(g, op, found) })
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("faults differ (-want +got):\n%s", diff)
			}
			governance.Wrap(g, readEntry(), found) // what did not fit has not taken the name
		})
	}
}

func TestWrapPanicsOnNil(t *testing.T) {
	t.Parallel()
	g, _ := guard(t)
	want := []string{"the guard is nil", "the call to wrap is nil", "a check is nil"}
	wraps := map[string]func(){
		"Wrap": func() { governance.Wrap(nil, readEntry(), nil, nil) },
		"WrapErr": func() {
			governance.WrapErr(nil, governance.Operation[query, governance.Nothing]{}, nil, nil)
		},
		"WrapSeq": func() { governance.WrapSeq(nil, readEntry(), nil, nil) },
	}
	for name, wrap := range wraps {
		if diff := cmp.Diff(want, wiringFaults(t, wrap)); diff != "" {
			t.Errorf("%s: faults differ (-want +got):\n%s", name, diff)
		}
	}
	noCheck := func() {
		governance.Wrap(g, readEntry(), found, func(context.Context, query) error { return nil }, nil)
	}
	if diff := cmp.Diff([]string{"a check is nil"}, wiringFaults(t, noCheck)); diff != "" {
		t.Errorf("faults differ (-want +got):\n%s", diff)
	}
}

func TestWiringErrorText(t *testing.T) {
	t.Parallel()
	err := &governance.WiringError{Operation: "entries.read", Faults: []string{"one", "two"}}
	if got, want := err.Error(), `governance: operation "entries.read": one; two`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestOperationInOneOfTwoStores names the store where the name of the dataset alone is not enough.
func TestOperationInOneOfTwoStores(t *testing.T) {
	t.Parallel()
	m := diary()
	m.Datasets = append(m.Datasets, governance.Dataset{Store: "neo4j", Name: "entries", Category: "counts"})
	g, sink := guard(t, func(c *governance.Config) { c.Manifest = m })
	op := readEntry()
	op.Store = "neo4j"
	if _, err := governance.Wrap(g, op, found)(as("eve", ""), query{Writer: "ann"}); err != nil {
		t.Fatal(err)
	}
	if e := lastEvent(t, sink); e.Store != "neo4j" || e.Rule != "all-count" {
		t.Errorf("got %s by %s on record", e.Store, e.Rule)
	}
}
