package governancetest

import (
	"context"
	"slices"
	"sync"

	"github.com/shugo-data/shugo/governance"
)

// PolicyCase is a request and the verdict that it gets.
type PolicyCase struct {
	Request governance.Request // what is asked; nil and empty lists are the same
	Want    governance.Verdict // the whole answer; nil and empty masks are the same
}

// Policy is a governance.Policy that knows some requests by heart. Its zero value knows none, and says NoOpinion to all;
// without faults it meets the contract of governance.Policy. It is safe for concurrent use and must not be copied.
type Policy struct {
	// Cases are the requests that the policy knows; the first that is equal to what is asked answers. Everything else gets
	// NoOpinion. They are set before the policy is used.
	Cases []PolicyCase
	// Faults are what the policy does wrong. They are set before the policy is used.
	Faults []Fault

	mu    sync.Mutex
	asked []governance.Request
}

// Evaluate implements governance.Policy. Without a fault, its only error is that of a context that has ended.
func (p *Policy) Evaluate(ctx context.Context, q governance.Request) (governance.Verdict, error) {
	p.mu.Lock()
	p.asked = append(p.asked, copyRequest(q))
	call := len(p.asked)
	p.mu.Unlock()
	f := choose(p.Faults, call, "")
	if err := f.wait(ctx); err != nil {
		return governance.Verdict{}, err
	}
	switch err := ctx.Err(); {
	case err != nil:
		return governance.Verdict{}, err
	case f.Err != nil:
		return governance.Verdict{}, f.Err
	case f.Lie:
		return governance.Verdict{Opinion: governance.Allow}, nil
	}
	for _, c := range p.Cases {
		if equalRequests(c.Request, q) {
			return governance.Verdict{Opinion: c.Want.Opinion, Mask: slices.Clone(c.Want.Mask)}, nil
		}
	}
	return governance.Verdict{}, nil
}

// Asked returns the requests that the policy was asked about, in the order in which they came. The caller owns them.
func (p *Policy) Asked() []governance.Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := make([]governance.Request, len(p.asked))
	for i, q := range p.asked {
		asked[i] = copyRequest(q)
	}
	return asked
}

// copyRequest returns a request that shares no memory with q.
func copyRequest(q governance.Request) governance.Request {
	q.Caller.Roles = slices.Clone(q.Caller.Roles)
	q.Categories = slices.Clone(q.Categories)
	return q
}

func equalRequests(a, b governance.Request) bool {
	return a.Caller.ID == b.Caller.ID && a.Caller.Purpose == b.Caller.Purpose && a.Subject == b.Subject &&
		slices.Equal(a.Caller.Roles, b.Caller.Roles) && slices.Equal(a.Categories, b.Categories) &&
		a.Operation == b.Operation && a.Store == b.Store && a.Dataset == b.Dataset && a.Action == b.Action
}

func equalVerdicts(a, b governance.Verdict) bool {
	return a.Opinion == b.Opinion && slices.Equal(a.Mask, b.Mask)
}
