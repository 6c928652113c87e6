package peers

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/cedar-policy/cedar-go"

	"github.com/shugo-data/shugo/governance"
)

// TestCedarDecidesAlike has cedar-go, which we did not write, decide what random rules say about random callers and persons.
func TestCedarDecidesAlike(t *testing.T) {
	t.Parallel()
	want := 10_000
	if os.Getenv("SHUGO_LONG") == "1" {
		want = 100_000
	}
	rng := rand.New(rand.NewPCG(20261124, 12))
	cases, allowed := 0, 0
	for cases < want {
		m := randomManifest(rng)
		if len(m.Rules) == 0 {
			continue
		}
		text := Cedar(m)
		policies, err := cedar.NewPolicySetFromBytes("manifest.cedar", []byte(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		var standing governance.Standing
		guard := openGuard(t, m, &standing)
		for range 200 {
			caller, q := randomQuestion(rng)
			standing = governance.Standing{Consented: rng.IntN(2) == 0, Restricted: rng.IntN(8) == 0, Held: rng.IntN(8) == 0}
			i := slices.IndexFunc(m.Classes, func(c governance.Class) bool { return c.Category == q.Category })
			request, entities := cedarRequest(caller, q, m.Classes[i].Personal, standing)
			decision, diagnostic := cedar.Authorize(policies, entities, request)
			if len(diagnostic.Errors) > 0 {
				t.Fatal(diagnostic.Errors)
			}
			d := guard.Decide(governance.WithCaller(t.Context(), caller), q)
			if d.Allowed != (decision == cedar.Allow) {
				t.Fatalf("the guard: %t %s, Cedar: %s\ncaller %q roles %q purpose %q, %s %s of %q, %+v\n%s", d.Allowed, d.Reason, decision,
					string(caller.ID), caller.Roles, caller.Purpose, q.Action, q.Category, string(q.Subject), standing, text)
			}
			if cases++; d.Allowed {
				allowed++
			}
		}
	}
	share := float64(allowed) / float64(cases)
	t.Logf("%d cases, %.2f allowed", cases, share)
	if share < 0.05 || share > 0.95 {
		t.Error("the cases are degenerate")
	}
}

func openGuard(t *testing.T, m governance.Manifest, standing *governance.Standing) *governance.Guard {
	t.Helper()
	sink := governance.AuditSinkFunc(func(context.Context, governance.Event) error { return nil })
	guard, err := governance.New(governance.Config{
		Manifest: m, Audit: governance.Vouch(sink, governance.Transactional),
		Register: governance.RegisterFunc(func(context.Context, governance.Subject, governance.Purpose) (governance.Standing, error) {
			return *standing, nil
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return guard
}

func oddRoles() []string { return []string{"r0", `r"1\`, "r,2 {}", "日%_'"} }

func oddPurposes() []governance.Purpose { return []governance.Purpose{"p0", `p'1"\`} }

// randomManifest returns a manifest without faults: rules that Check reports are left out.
func randomManifest(rng *rand.Rand) governance.Manifest {
	m := governance.Manifest{Roles: oddRoles(), Purposes: oddPurposes()}
	for i := range 3 {
		m.Classes = append(m.Classes, governance.Class{Category: governance.Category(fmt.Sprintf(`c"%d`, i)), Personal: rng.IntN(4) > 0})
		m.Datasets = append(m.Datasets,
			governance.Dataset{Store: governance.PostgreSQL, Name: fmt.Sprint("d", i), Category: m.Classes[i].Category, Subject: "owner"})
	}
	for i := range 4 + rng.IntN(16) {
		r := governance.Rule{
			Name: fmt.Sprintf(`rule "%d`, i), Deny: rng.IntN(6) == 0, Own: rng.IntN(4) == 0, Actions: few(rng, governance.Actions()),
		}
		for _, c := range few(rng, m.Classes) {
			r.Categories = append(r.Categories, c.Category)
		}
		if rng.IntN(6) > 0 {
			r.Roles = few(rng, oddRoles())
		}
		if rng.IntN(3) == 0 {
			r.Purposes = few(rng, oddPurposes())
			r.Consent = !r.Deny && rng.IntN(2) == 0
		}
		m.Rules = append(m.Rules, r)
	}
	var faulty *governance.ManifestError
	for len(m.Rules) > 0 && errors.As(m.Check(), &faulty) {
		var i int
		if _, err := fmt.Sscanf(faulty.Faults[0].Path, "rules[%d]", &i); err != nil {
			panic(faulty)
		}
		m.Rules = slices.Delete(m.Rules, i, i+1)
	}
	return m
}

func randomQuestion(rng *rand.Rand) (governance.Caller, governance.Question) {
	persons := []governance.Subject{"", "ann", `b"o\b`, "日本", "%", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}
	some := func(list []governance.Subject) governance.Subject { return list[rng.IntN(len(list))] }
	caller := governance.Caller{
		ID: some(persons), Roles: few(rng, oddRoles()), Purpose: append(oddPurposes(), "")[rng.IntN(3)],
	}
	switch rng.IntN(16) {
	case 0:
		caller.Roles = append(caller.Roles, "r9")
	case 1:
		caller.Purpose = "p9"
	case 2:
		caller.Roles = nil
	}
	q := governance.Question{
		Category: governance.Category(fmt.Sprintf(`c"%d`, rng.IntN(3))), Action: governance.Actions()[rng.IntN(7)], Subject: some(persons),
	}
	if rng.IntN(3) == 0 {
		q.Subject = caller.ID
	}
	return caller, q
}

// few returns a random selection that is not empty.
func few[E any](rng *rand.Rand, list []E) []E {
	list = slices.Clone(list)
	rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list[:1+rng.IntN(len(list))]
}
