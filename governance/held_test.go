package governance_test

import (
	"context"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

// TestHeld shows which events are held: attempts and effects of calls that release nothing before their effect was taken.
func TestHeld(t *testing.T) {
	t.Parallel()
	ctx := as("ann", "", "writer")
	for name, test := range map[string]struct {
		call func(*governance.Guard)
		want map[governance.Kind]bool
	}{
		"call": {func(g *governance.Guard) {
			governance.Wrap(g, onEntry("op", "read"), func(context.Context, query) (entry, error) { return entry{}, nil })(ctx, query{Writer: "ann"})
		}, map[governance.Kind]bool{governance.Attempt: true, governance.Effect: true}},
		"call that fails": {func(g *governance.Guard) {
			governance.Wrap(g, onEntry("op", "read"), func(context.Context, query) (entry, error) {
				return entry{}, context.Canceled
			})(ctx, query{Writer: "ann"})
		}, map[governance.Kind]bool{governance.Attempt: true, governance.Failure: false}},
		"refused call": {func(g *governance.Guard) {
			governance.Wrap(g, onEntry("op", "read"), func(context.Context, query) (entry, error) { return entry{}, nil })(
				context.Background(), query{Writer: "ann"})
		}, map[governance.Kind]bool{governance.Denial: false}},
		"rows": {func(g *governance.Guard) {
			rows := governance.WrapSeq(g, onEntry("op", "read"), func(context.Context, query) iter.Seq2[entry, error] {
				return func(yield func(entry, error) bool) { yield(entry{}, nil) }
			})
			for range rows(ctx, query{Writer: "ann"}) {
			}
		}, map[governance.Kind]bool{governance.Attempt: false, governance.Effect: false}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, sink := guard(t)
			test.call(g)
			got := map[governance.Kind]bool{}
			for _, e := range sink.all() {
				got[e.Kind] = e.Held
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
