package pgpolicy_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance/pgpolicy"
)

// TestRepairsOfRoles has snapshots judged that this test's server would not give.
func TestRepairsOfRoles(t *testing.T) {
	t.Parallel()
	c := tutor()
	c.Owner, c.Application = "o", "a"
	policy, err := pgpolicy.New(c)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		snapshot string
		kind     pgpolicy.Kind
		want     pgpolicy.Repair
	}{
		"the first superuser": {
			`{"roles": [{"name": "a"}, {"name": "o", "super": true, "bootstrap": true}]}`, pgpolicy.OwnerSuperuser,
			pgpolicy.Repair{Reason: "the first superuser of a server stays one: want another role"}},
		"who took the snapshot": {
			`{"user": "u", "roles": [{"name": "a"}, {"name": "o"}, {"name": "u", "super": true}]}`, pgpolicy.OtherSuperuser,
			pgpolicy.Repair{Reason: "this role took the snapshot: name it in Config.Trust, or have another one take SUPERUSER from it"}},
		"a membership of version 15": {
			`{"version": 150000, "roles": [{"name": "a"}, {"name": "o"}], "members": [{"role": "o", "member": "a", "grantor": "g"}]}`,
			pgpolicy.ApplicationMemberOfOwner, pgpolicy.Repair{SQL: []string{"REVOKE o FROM a"}}},
		"a membership of version 16": {
			`{"version": 160000, "roles": [{"name": "a"}, {"name": "o"}], "members": [{"role": "o", "member": "a", "grantor": "the g"}]}`,
			pgpolicy.ApplicationMemberOfOwner, pgpolicy.Repair{SQL: []string{`REVOKE o FROM a GRANTED BY "the g" CASCADE`}}},
		"a membership of version 16 by the first superuser": {
			`{"version": 160000, "roles": [{"name": "a"}, {"name": "o"}], "members": [{"role": "o", "member": "a", "bootstrap": true}]}`,
			pgpolicy.ApplicationMemberOfOwner, pgpolicy.Repair{SQL: []string{"REVOKE o FROM a CASCADE"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s pgpolicy.Snapshot
			if err := json.Unmarshal([]byte(c.snapshot), &s); err != nil {
				t.Fatal(err)
			}
			for _, d := range policy.Compare(s).Differences {
				if d.Kind != c.kind {
					continue
				}
				got := pgpolicy.Repair{SQL: d.Repair.SQL, Reason: d.Repair.Reason}
				if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(pgpolicy.Repair{})); diff != "" {
					t.Errorf("repair (-want +got):\n%s", diff)
				}
				return
			}
			t.Errorf("no %s", c.kind)
		})
	}
}

// TestReportWithout has nothing to say.
func TestReportWithout(t *testing.T) {
	t.Parallel()
	var r pgpolicy.Report
	if r.String() != "No drift.\n" || r.Worst() != "" || r.Repairs() != nil {
		t.Errorf("%q, %q, %q", r.String(), r.Worst(), r.Repairs())
	}
	if got := pgpolicy.Kind("made up").Severity(); got != pgpolicy.Critical {
		t.Errorf("an unknown kind is %s", got)
	}
}
