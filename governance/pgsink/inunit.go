package pgsink

import "context"

// InUnit reports whether a governed write that is called with ctx is in a unit of work, and so commits only together with
// its effect. It is what walsink.Config.Unit asks.
func InUnit(ctx context.Context) bool {
	work := carried(ctx)
	return work.tx != nil || work.batch != nil
}
