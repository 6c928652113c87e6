package pgpolicy_test

import (
	"testing"

	"github.com/shugo-data/shugo/governance/pgpolicy"
)

func TestTutorIsAppliedOnce(t *testing.T) {
	t.Parallel()
	p := newPlace(t, tutorSQL(t), standingTable)
	c := tutor()
	c.Owner, c.Application = p.owner, p.app
	policy, err := pgpolicy.New(c)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := policy.Plan(t.Context(), p.admin)
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Statements) == 0 {
		t.Fatal("nothing is planned")
	}
	p.apply(t, tutor())
}
