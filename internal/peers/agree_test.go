package peers

import (
	"fmt"
	"testing"

	"github.com/shugo-data/shugo/governance"
)

// peer is an engine with the name that figures are given under.
type peer struct {
	name string
	engine
}

func others(tb testing.TB, m governance.Manifest) []peer {
	tb.Helper()
	return []peer{{"Casbin", newCasbin(tb, m)}, {"Cedar", newCedar(tb, m)}, {"OPA", newOPA(tb, m)}}
}

// TestAgree asks all engines the same questions. A share of allowed requests near 0 or 1 would make agreement worthless.
func TestAgree(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		scenario scenario
		requests int
	}{
		{"tutor", tutor(), 20_000},
		{"10 rules", large(10), 10_000},
		{"1000 rules", large(1000), 1_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			list := c.scenario.requests(20260101, c.requests)
			ours := newShugo(t, c.scenario.manifest)
			decide := ours.prepare(t, list)
			rivals := append(others(t, c.scenario.manifest), peer{"fresh caller", shugoAfresh{ours}})
			if len(c.scenario.manifest.Datasets) > 0 {
				rivals = append(rivals, peer{"wrapped call", shugoWrapped{ours}})
			}
			allowed := 0
			want := make([]bool, len(list))
			for i := range list {
				if want[i] = decide(i); want[i] {
					allowed++
				}
			}
			for _, p := range rivals {
				differences(t, p, list, want)
			}
			share := 100 * float64(allowed) / float64(len(list))
			t.Logf("%d requests, %.1f %% allowed, %d rules", len(list), share, len(c.scenario.manifest.Rules))
			if share < 5 || share > 95 {
				t.Errorf("%.1f %% of the requests are allowed, want between 5 and 95", share)
			}
		})
	}
}

func differences(t *testing.T, p peer, list []request, want []bool) {
	t.Helper()
	decide := p.prepare(t, list)
	found := 0
	for i, q := range list {
		got := decide(i)
		if got == want[i] {
			continue
		}
		if found++; found <= 3 {
			t.Errorf("%s: allowed = %t, want %t for %+v", p.name, got, want[i], q)
		}
	}
	if found > 0 {
		t.Errorf("%s: %d of %d decisions differ", p.name, found, len(list))
	}
}

// TestMix checks that the requests have the cases in which engines like to differ.
func TestMix(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for _, q := range tutor().requests(20260101, 20_000) {
		seen[fmt.Sprintf("%d roles", len(q.roles))]++
		switch {
		case q.id == "" && q.owner == "":
			seen["anonymous and nobody's"]++
		case q.id == "":
			seen["anonymous"]++
		case q.owner == "":
			seen["nobody's"]++
		case q.owner == q.id:
			seen["own"]++
		default:
			seen["another's"]++
		}
		if q.purpose == "" {
			seen["no purpose"]++
		}
	}
	for _, c := range []string{"0 roles", "1 roles", "2 roles", "3 roles", "anonymous and nobody's", "anonymous", "nobody's",
		"own", "another's", "no purpose"} {
		if seen[c] < 100 {
			t.Errorf("%d requests of kind %q, want at least 100", seen[c], c)
		}
	}
	t.Log(seen)
}

// TestUnknownNames shows the one difference that is meant, which the mix leaves out: a caller with a role or purpose that
// the manifest does not know is refused by the library, so that a misspelt name cannot escape a rule that denies. The
// other engines take it for a name that fits no rule. All refuse an unknown category.
func TestUnknownNames(t *testing.T) {
	t.Parallel()
	s := tutor()
	export := request{id: "u1", roles: []string{governance.RoleLearner, "analist"}, purpose: "analytics",
		category: string(governance.UserData), action: string(governance.Export), owner: "u1"}
	purpose := request{id: "u1", roles: []string{governance.RoleLearner}, purpose: "tutorink",
		category: string(governance.UserData), action: string(governance.Export), owner: "u1"}
	category := request{id: "u1", roles: []string{governance.RoleAdmin}, purpose: "administration",
		category: "unheard_of", action: string(governance.Read), owner: "u1"}
	list := []request{export, purpose, category}
	ours := newShugo(t, s.manifest).prepare(t, list)
	for i, q := range list {
		if ours(i) {
			t.Errorf("Shugo: allowed %+v", q)
		}
	}
	for _, p := range others(t, s.manifest) {
		decide := p.prepare(t, list)
		for i, want := range []bool{true, true, false} {
			if got := decide(i); got != want {
				t.Errorf("%s: allowed = %t, want %t for %+v", p.name, got, want, list[i])
			}
		}
	}
}

// TestInUseAgrees asks each engine the same in both of its forms.
func TestInUseAgrees(t *testing.T) {
	t.Parallel()
	s := tutor()
	list := s.requests(20260102, 2_000)
	engines := append(others(t, s.manifest), peer{"Shugo", newShugo(t, s.manifest)})
	for _, e := range engines {
		ready, inUse := e.prepare(t, list), e.inUse(t, list)
		for i := range list {
			if ready(i) != inUse(i) {
				t.Fatalf("%s decides request %d differently when it is made at the call", e.name, i)
			}
		}
	}
}
