package governancetest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/governancetest"
)

// TestHarnessFaults shows that a suite says what is wrong with a harness, and never passes by finding nothing to do.
func TestHarnessFaults(t *testing.T) {
	t.Parallel()
	sink := func(change func(*governancetest.SinkHarness)) func() error {
		p := pseudonyms(t)
		return func() error {
			return governancetest.CheckSink(t.Context(), func() (governancetest.SinkHarness, error) {
				l := newLedger(p)
				h := l.harness(l)
				change(&h)
				return h, nil
			})
		}
	}
	register := func(change func(*governancetest.RegisterHarness)) func() error {
		return func() error {
			return governancetest.CheckRegister(t.Context(), func() (governancetest.RegisterHarness, error) {
				h := newCards().harness()
				change(&h)
				return h, nil
			})
		}
	}
	unreadable := func(context.Context) ([]governance.Record, error) { return nil, errFull }
	cases := []struct {
		name  string
		check func() error
		want  string // in the first violation; empty: none
	}{
		{"cannot open", func() error {
			return governancetest.CheckPolicy(t.Context(), func() (governancetest.PolicyHarness, error) {
				return governancetest.PolicyHarness{}, errFull
			})
		}, "Cases: open: the disk is full"},
		{"no cases", func() error {
			return governancetest.CheckPolicy(t.Context(), func() (governancetest.PolicyHarness, error) {
				return governancetest.PolicyHarness{Policy: newBooklet()}, nil
			})
		}, "Cases: the harness has no cases"},
		{"nothing", sink(func(h *governancetest.SinkHarness) { *h = governancetest.SinkHarness{} }), "Found: a new sink: the harness has no pseudonyms"},
		{"unreadable", sink(func(h *governancetest.SinkHarness) { h.Records = unreadable }), "Found: a new sink: read back: the disk is full"},
		{"no dump and no stall", sink(func(h *governancetest.SinkHarness) { h.Dump, h.Stall = nil, nil }), ""},
		{"consent alone", register(func(h *governancetest.RegisterHarness) { h.Restrict, h.Hold, h.Stall = nil, nil, nil }), ""},
		{"cannot grant", register(func(h *governancetest.RegisterHarness) {
			h.Grant = func(context.Context, governance.Subject, governance.Purpose) error { return errFull }
		}), `UnknownPerson: grant "tutoring" by "learner-8": the disk is full`},
	}
	for _, c := range cases {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			err := c.check()
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var found governancetest.Violations
			if !errors.As(err, &found) || found[0].String() != c.want {
				t.Fatalf("got %v, want first of all %q", err, c.want)
			}
			if !slices.Contains(strings.Split(err.Error(), "\n"), "governancetest: "+c.want) {
				t.Errorf("the error does not show its first violation: %v", err)
			}
		})
	}
}
