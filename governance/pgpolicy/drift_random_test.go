package pgpolicy_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance/pgpolicy"
	"github.com/shugo-data/shugo/internal/servertest"
)

// TestBreakagesTogether breaks several things at once, in random order. Each is named, and all are repaired at once. What
// only a human can repair is left out, and so is a breakage that another one leaves no room for.
func TestBreakagesTogether(t *testing.T) {
	t.Parallel()
	s := newScene(t, tutor(), "users", tutorSQL(t), standingTable)
	var list []breakage
	for _, b := range breakages() {
		if len(b.rest) == 0 && len(b.want) > 0 {
			list = append(list, b)
		}
	}
	rng := rand.New(rand.NewPCG(1, uint64(servertest.Count(1, 2))))
	for range servertest.Count(12, 150) {
		s.undone(t, func(tx pgx.Tx) { s.together(t, tx, rng, list) })
	}
}

func (s scene) together(t *testing.T, tx pgx.Tx, rng *rand.Rand, list []breakage) {
	t.Helper()
	var names []string
	var kindsBroken []pgpolicy.Kind
	for _, i := range rng.Perm(len(list))[:2+rng.IntN(9)] {
		point, err := tx.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if s.try(t, point, list[i].sql) != nil {
			if err := point.Rollback(t.Context()); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := point.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		names, kindsBroken = append(names, list[i].name), append(kindsBroken, list[i].want...)
	}
	found := s.drift(t, tx)
	if len(found.Differences) == 0 {
		t.Fatalf("nothing is found after %q", names)
	}
	for _, d := range found.Differences {
		if d.Severity != d.Kind.Severity() || !slices.Contains(pgpolicy.Kinds(), d.Kind) {
			t.Errorf("%s: severity or kind", d)
		}
	}

	for _, k := range kindsBroken {
		if !named(k, kinds(found)) {
			t.Errorf("not named: %s after %q\n%s", k, names, short(found))
		}
	}
	repair(t, tx, found)
	left := s.drift(t, tx)
	left.Differences = slices.DeleteFunc(left.Differences, func(d pgpolicy.Difference) bool {
		return d.Kind == pgpolicy.StandingShielded && d.Repair.Reason != "" // two breakages that together need a human
	})
	if len(left.Differences) > 0 {
		t.Fatalf("left after %q:\n%s\nof\n%s", names, short(left), short(found))
	}
}

// named reports whether a kind is found, or one that may stand in its place: a later breakage may have removed the object
// that an earlier one broke, or have broken it in another way.
func named(k pgpolicy.Kind, found []pgpolicy.Kind) bool {
	family := func(k pgpolicy.Kind) string {
		word, _, _ := strings.Cut(string(k), "_")
		return word
	}
	instead := []string{family(k)}
	if strings.Contains(string(k), "_grant_") || strings.Contains(string(k), "_usage_") {
		instead = append(instead, "grant")
	}
	switch k {
	case pgpolicy.GrantOption:
		instead = append(instead, "table", "column", "schema")
	case pgpolicy.DefaultPrivileges:
		instead = append(instead, "schema")
	case pgpolicy.ViewDefinition: // a new column is told once
		instead = append(instead, "column")
	case pgpolicy.LeakproofFunction:
		instead = append(instead, "function")
	case pgpolicy.ColumnGrantMissing, pgpolicy.ColumnGrantOther, pgpolicy.ColumnGrantExcess, pgpolicy.ColumnGrantPublic:
		instead = append(instead, "table")
	}
	return slices.ContainsFunc(found, func(f pgpolicy.Kind) bool { return slices.Contains(instead, family(f)) })
}

// short is a report without repairs.
func short(r pgpolicy.Report) string {
	var lines []string
	for _, d := range r.Differences {
		lines = append(lines, d.String()[:min(len(d.String()), 200)])
	}
	return strings.Join(lines, "\n")
}
