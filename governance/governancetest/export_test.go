package governancetest

import "context"

// The names of the checks, for the test that each of them rejects something.

func SinkChecks() []string { return names(sinkChecks()) }

func names[H any](checks []check[H]) []string {
	var all []string
	for _, c := range checks {
		all = append(all, c.name)
	}
	return all
}

func PolicyChecks() []string { return names(policyChecks()) }

func RegisterChecks() []string { return names(registerChecks()) }

func MaskStays(ctx context.Context, h PolicyHarness) error { return h.maskStays(ctx) }
