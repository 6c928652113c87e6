package governance

import (
	"context"
	"iter"
	"maps"
	"slices"
	"time"
)

// Operation says what a repository call does, in terms of the manifest. In is what the call is given, Out what it
// returns; for WrapSeq, Out is one row.
type Operation[In, Out any] struct {
	// Name is the operation on record, such as "messages.append". Unique in a guard.
	Name string
	// Store and Dataset name the dataset of the manifest that the call works on. Store may be left out when only one
	// store has a dataset of this name.
	Store, Dataset string
	// Action is what the call does.
	Action Action
	// Fields are the fields that the call reads or writes. Empty: all of the dataset. A field with a category of its own
	// adds that category: the rules of all categories must allow the call.
	Fields []string
	// Subject returns whom the data is about. Nil: nobody or many, so that no rule with Own or Consent applies.
	Subject func(In) Subject
	// Created returns when the record was created, where the call knows it. A record older than its category is kept is
	// then refused, except to Delete and Erase. Nil: not assessed.
	Created func(In) time.Time
	// Mask has a function for each field that rules may mask, which blanks the field in place. Wrap refuses an operation
	// that may release a field which a rule masks, and has no function for it.
	Mask map[string]func(*Out)
	// Rows returns how many records a successful call released or changed, for the audit trail. Nil: not counted. WrapSeq
	// counts by itself and ignores it.
	Rows func(Out) int
}

// Call is a repository call: the form in which Wrap takes and returns it. Repositories with several arguments use a
// request struct for In.
type Call[In, Out any] func(context.Context, In) (Out, error)

// Seq is a repository call that returns rows one by one. It runs when the sequence is ranged over, and anew each time.
type Seq[In, Row any] func(context.Context, In) iter.Seq2[Row, error]

// Nothing is the Out of calls that return only an error.
type Nothing = struct{}

// Each makes a mask function for a slice from one for its elements.
func Each[Row any](mask func(*Row)) func(*[]Row) {
	return func(rows *[]Row) {
		for i := range *rows {
			mask(&(*rows)[i])
		}
	}
}

// bound is an operation that is wrapped.
type bound[In, Out any] struct {
	guard   *Guard
	number  int
	subject func(In) Subject
	created func(In) time.Time
	masks   []func(*Out) // in the order of wiring.masks
	rows    func(Out) int
	checks  []func(context.Context, In) error
}

// wiring returns the operation without its types. A call whose Out is Nothing releases no field.
func (op Operation[In, Out]) wiring() wiring {
	_, nothing := any((*Out)(nil)).(*Nothing)
	return wiring{
		name: op.Name, store: op.Store, dataset: op.Dataset, action: op.Action, fields: slices.Clone(op.Fields),
		masks: slices.Sorted(maps.Keys(op.Mask)), returns: !nothing,
	}
}

// bind wires an operation to its guard.
//
// panics: an operation that does not fit is a mistake in the program and ends it at its start, as http.ServeMux.Handle
// does, with a *WiringError.
func bind[In, Out any](g *Guard, op Operation[In, Out], next bool,
	checks []func(context.Context, In) error) *bound[In, Out] {
	var faults []string
	if g == nil {
		faults = append(faults, "the guard is nil")
	}
	if !next {
		faults = append(faults, "the call to wrap is nil")
	}
	if slices.ContainsFunc(checks, func(check func(context.Context, In) error) bool { return check == nil }) {
		faults = append(faults, "a check is nil")
	}
	w := op.wiring()
	b := &bound[In, Out]{guard: g, subject: op.Subject, created: op.Created, rows: op.Rows, checks: slices.Clone(checks)}
	for _, name := range w.masks {
		if op.Mask[name] == nil {
			faults = append(faults, "the mask function of field \""+name+"\" is nil")
		}
		b.masks = append(b.masks, op.Mask[name])
	}
	if len(faults) > 0 {
		// panics: see above.
		panic(&WiringError{Operation: op.Name, Faults: faults})
	}
	number, err := g.wire(w)
	if err != nil {
		// panics: see above.
		panic(err)
	}
	b.number = number
	return b
}
