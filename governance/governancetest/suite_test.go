package governancetest_test

import (
	"context"
	"testing"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/governancetest"
)

func pseudonyms(t testing.TB) governance.Pseudonyms {
	t.Helper()
	p, err := governance.NewPseudonyms([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestSinkIsASink also shows how a host runs the suite.
func TestSinkIsASink(t *testing.T) {
	t.Parallel()
	governancetest.TestSink(t, func(t *testing.T) governancetest.SinkHarness {
		sink, p := &governancetest.Sink{}, pseudonyms(t)
		return governancetest.SinkHarness{
			Sink: sink, Pseudonyms: p,
			Records: func(context.Context) ([]governance.Record, error) { return sink.Records(p), nil },
			Stall: func() func() {
				until := make(chan struct{})
				sink.Faults = []governancetest.Fault{{Until: until}}
				return func() { close(until) }
			},
		}
	})
}

func TestSinkSuiteAcceptsALedger(t *testing.T) {
	t.Parallel()
	governancetest.TestSink(t, func(t *testing.T) governancetest.SinkHarness {
		l := newLedger(pseudonyms(t))
		return l.harness(l)
	})
}

func TestSinkSuiteRejects(t *testing.T) {
	t.Parallel()
	p := pseudonyms(t)
	rejects(t, governancetest.SinkChecks(), sinkMutants(), func(t *testing.T, open func() func(*ledger) governance.AuditSink) error {
		return governancetest.CheckSink(t.Context(), func() (governancetest.SinkHarness, error) {
			l := newLedger(p)
			return l.harness(open()(l)), nil
		})
	})
}
