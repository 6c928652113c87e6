package pgpolicy_test

import (
	"encoding/json"
	"testing"

	"github.com/shugo-data/shugo/governance/pgpolicy"
)

func TestSnapshotX(t *testing.T) {
	p := newPlace(t, tutorSQL(t), standingTable)
	policy := p.apply(t, tutor())
	s, err := policy.Snapshot(t.Context(), p.admin)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := json.MarshalIndent(s, "", " ")
	t.Log(len(b), string(b[:min(len(b), 9000)]))
	var _ pgpolicy.Querier = p.admin
}
