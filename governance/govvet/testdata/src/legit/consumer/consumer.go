// Package consumer governs what other packages have.
package consumer

import (
	"context"

	"legit/library"
	"legit/rawrepo"

	"github.com/shugo-data/shugo/governance"
)

type Calls struct{ A, B, C, D, E, F, G, H, I, J governance.Call[int, int] }

type getter interface {
	Get(ctx context.Context, id int) (int, error)
}

func Wire(g *governance.Guard, r *rawrepo.Repo, i getter) Calls {
	return Calls{
		A: governance.Wrap(g, governance.Operation[int, int]{}, r.Get), // legitimate: raw method of another package
		B: library.Read(g, "b", r.Get),                                 // legitimate: helper of another package
		C: library.Logged(g, r.Get),                                    // legitimate: helper with a literal
		D: library.Registry{Guard: g}.Bind("d", r.Get),                 // legitimate: method of another package
		E: library.Spec{Name: "e", Next: r.Get}.Bind(g),                // legitimate: field of another package
		F: governance.Wrap(g, governance.Operation[int, int]{}, i.Get), // legitimate: interface
		G: library.Read(g, "g", rawrepo.Find),                          // legitimate: raw function
		H: library.Retried(g, r.Get),                                   // legitimate: helper that calls twice
		I: library.All(g, r.Get, rawrepo.Find)[0],                      // legitimate: variadic helper
		J: library.Retried(g, twice(r.Get)),                            // legitimate: middleware under Wrap
	}
}

func Start(g *governance.Guard, r *rawrepo.Repo) Calls { return Wire(g, r, r) } // legitimate: raw as an interface

func Use(ctx context.Context, c Calls) (int, error) { return c.A(ctx, 1) } // legitimate: governed call

func (c Calls) Both(ctx context.Context, id int) (int, error) { // legitimate: method over governed calls
	if _, err := c.A(ctx, id); err != nil {
		return 0, err
	}
	return c.B(ctx, id)
}

//shugo:raw package outside governs it
func Layer(ctx context.Context, r *rawrepo.Repo, id int) (int, error) { return r.Get(ctx, id) } // legitimate: raw layer

// twice is middleware under the guard. legitimate: middleware
func twice(next governance.Call[int, int]) governance.Call[int, int] {
	return func(ctx context.Context, id int) (int, error) {
		if _, err := next(ctx, id); err != nil {
			return 0, err
		}
		return next(ctx, id)
	}
}
