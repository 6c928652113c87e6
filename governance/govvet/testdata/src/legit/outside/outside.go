// Package outside governs a layer over a raw repository.
package outside

import (
	"context"

	"legit/consumer"
	"legit/rawrepo"

	"github.com/shugo-data/shugo/governance"
)

func Wire(g *governance.Guard, r *rawrepo.Repo) governance.Call[int, int] {
	return governance.Wrap(g, governance.Operation[int, int]{}, func(ctx context.Context, id int) (int, error) {
		return consumer.Layer(ctx, r, id) // legitimate: layer in a literal
	})
}
