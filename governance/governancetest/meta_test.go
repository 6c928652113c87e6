package governancetest_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/shugo-data/shugo/governance/governancetest"
)

// mutant is a broken implementation and the check that rejects it.
type mutant[I any] struct {
	name   string
	killer string
	open   func() I
}

// rejects runs a suite over mutants. Each must be rejected by the check that is named for it, and each check of the suite
// must be named by a mutant, so that none is there in vain.
func rejects[I any](t *testing.T, checks []string, mutants []mutant[I], suite func(t *testing.T, open func() I) error) {
	t.Helper()
	idle := map[string]bool{}
	for _, name := range checks {
		idle[name] = true
	}
	for _, m := range mutants {
		delete(idle, m.killer)
		t.Run(strings.ReplaceAll(m.name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			// The bubble's clock makes the checks that wait for a deaf call end at once.
			synctest.Test(t, func(t *testing.T) {
				var found governancetest.Violations
				if !errors.As(suite(t, m.open), &found) {
					t.Fatal("the suite accepts it")
				}
				var names []string
				for _, v := range found {
					names = append(names, v.Check)
					if v.Check == m.killer {
						t.Log(strings.SplitN(v.String(), "\n", 2)[0])
						return
					}
				}
				t.Errorf("rejected by %s, want %s", strings.Join(names, ", "), m.killer)
			})
		})
	}
	for name := range idle {
		t.Errorf("no mutant is rejected by the check %s", name)
	}
}
