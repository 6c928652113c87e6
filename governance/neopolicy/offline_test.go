package neopolicy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOfflineIndex has indexes that are there and not in use. It does without a server, where one that has failed would make
// other tests wait for it.
func TestOfflineIndex(t *testing.T) {
	t.Parallel()
	memo := Element{Name: "Memo"}
	for name, test := range map[string]struct {
		index  index
		want   func(*comparison)
		repair []string
	}{
		"filling": {index{name: "i", state: "POPULATING", element: memo, property: "owner"},
			func(c *comparison) { c.wantIndex(memo, "owner") }, nil},
		"failed": {index{name: "i`", state: failed, element: memo, property: "owner"},
			func(c *comparison) { c.wantIndex(memo, "owner") },
			[]string{"DROP INDEX `i``` IF EXISTS", "CREATE RANGE INDEX IF NOT EXISTS FOR (n:`Memo`) ON (n.`owner`)"}},
		"failed constraint": {index{name: "i", constraint: "c", state: failed, element: memo, property: "id"},
			func(c *comparison) { c.wantConstraint(memo, "id") },
			[]string{"DROP CONSTRAINT `c` IF EXISTS", "CREATE CONSTRAINT IF NOT EXISTS FOR (n:`Memo`) REQUIRE n.`id` IS UNIQUE"}},
	} {
		c := comparison{indexes: []index{test.index}}
		test.want(&c)
		want := []Difference{{Kind: IndexOffline, Severity: Medium, Element: memo, Property: test.index.property,
			Found: "index \"" + test.index.name + "\", state " + test.index.state, Expected: "state ONLINE", Repair: test.repair}}
		if diff := cmp.Diff(want, c.report.Differences); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
