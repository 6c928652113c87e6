// Package library has helpers that forward to Wrap.
package library

import (
	"context"

	"github.com/shugo-data/shugo/governance"
)

// Read forwards. legitimate: helper
func Read[In, Out any](g *governance.Guard, name string, next governance.Call[In, Out]) governance.Call[In, Out] {
	return governance.Wrap(g, governance.Operation[In, Out]{Name: name}, next)
}

// Logged calls it in a literal. legitimate: helper with a literal
func Logged[In, Out any](g *governance.Guard, next governance.Call[In, Out]) governance.Call[In, Out] {
	if next == nil {
		return nil
	}
	return Read(g, "logged", func(ctx context.Context, in In) (Out, error) { return next(ctx, in) })
}

// Registry is a helper with a method. legitimate: method that forwards
type Registry struct{ Guard *governance.Guard }

// Bind forwards.
func (r Registry) Bind(name string, next governance.Call[int, int]) governance.Call[int, int] {
	return Read(r.Guard, name, next)
}

// Spec forwards by a field. legitimate: field that forwards
type Spec struct {
	Name string
	Next governance.Call[int, int]
}

// Bind forwards.
func (s Spec) Bind(g *governance.Guard) governance.Call[int, int] { return Read(g, s.Name, s.Next) }

// Retried calls it more than once. legitimate: helper that calls twice in a literal
func Retried[In, Out any](g *governance.Guard, next governance.Call[In, Out]) governance.Call[In, Out] {
	return Read(g, "retried", func(ctx context.Context, in In) (Out, error) {
		if out, err := next(ctx, in); err == nil {
			return out, nil
		}
		again := func() (Out, error) { return next(ctx, in) }
		return again()
	})
}

// All wraps a list. legitimate: variadic helper
func All(g *governance.Guard, calls ...governance.Call[int, int]) []governance.Call[int, int] {
	governed := make([]governance.Call[int, int], len(calls))
	for i, call := range calls {
		governed[i] = Read(g, "all", call)
	}
	return governed
}
