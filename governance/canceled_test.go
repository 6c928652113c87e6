package governance_test

import (
	"context"
	"errors"
	"testing"

	"github.com/shugo-data/shugo/governance"
)

// TestContextEndsInHostFunctions lets the caller go away while a policy or the register is asked: that is no fault of
// theirs, and the refusal is on record all the same.
func TestContextEndsInHostFunctions(t *testing.T) {
	t.Parallel()
	for name, wire := range map[string]func(c *governance.Config, cancel func()){
		"policy": func(c *governance.Config, cancel func()) {
			c.Policies = []governance.Policy{governance.PolicyFunc(
				func(ctx context.Context, _ governance.Request) (governance.Verdict, error) {
					cancel()
					return governance.Verdict{}, ctx.Err()
				})}
		},
		"register": func(c *governance.Config, cancel func()) {
			c.Register = governance.RegisterFunc(
				func(ctx context.Context, _ governance.Subject, _ governance.Purpose) (governance.Standing, error) {
					cancel()
					return governance.Standing{}, ctx.Err()
				})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(as("ann", "", "writer"))
			g, sink := guard(t, func(c *governance.Config) { wire(c, cancel) })
			read := governance.Wrap(g, onEntry("op", "read"), func(context.Context, query) (entry, error) { return entry{}, nil })
			_, err := read(ctx, query{Writer: "ann"})
			var denied *governance.DeniedError
			if !errors.As(err, &denied) || denied.Reason != governance.ReasonCanceled || !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want a denial, canceled", err)
			}
			events := sink.all()
			if len(events) != 1 || events[0].Kind != governance.Denial || events[0].Reason != governance.ReasonCanceled {
				t.Errorf("events %v, want one denial, canceled", events)
			}
		})
	}
}
