package governance_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

// TestDecisionsEqualTheOracle compares Decide and wrapped calls with the oracle on random manifests, callers and
// conditions. A generator that allows nearly all or nearly nothing would prove little, so its share is bounded.
func TestDecisionsEqualTheOracle(t *testing.T) {
	t.Parallel()
	want := 20_000
	if os.Getenv("SHUGO_LONG") == "1" {
		want = 100_000
	}
	rng := rand.New(rand.NewPCG(20260301, 7))
	cases, allowed, masked := 0, 0, 0
	for cases < want {
		w := newWorld(t, rng)
		for range 40 {
			for _, got := range w.compare(t, rng) {
				cases++
				if got.Allowed {
					allowed++
				}
				if len(got.Masks) > 0 {
					masked++
				}
			}
		}
	}
	share := float64(allowed) / float64(cases)
	t.Logf("%d cases, %d allowed (%.2f), %d masked", cases, allowed, share, masked)
	if share < 0.05 || share > 0.95 || masked < cases/100 {
		t.Error("the cases are degenerate")
	}
}

// world is a guard of a random manifest, with wrapped operations. The register and the policy answer from conditions in
// the context.
type world struct {
	oracle oracle
	guard  *governance.Guard
	trail  *trail
	calls  []worldCall
}

type worldCall struct {
	op  governance.Operation[situation, shown]
	run governance.Call[situation, shown]
}

// shown is the result of a wrapped call: the fields that are not masked.
type shown map[string]bool

type conditionsKey struct{}

func newWorld(t *testing.T, rng *rand.Rand) *world {
	t.Helper()
	w := &world{trail: &trail{}}
	m := randomManifest(rng)
	for len(m.Rules) == 0 {
		m = randomManifest(rng)
	}
	w.oracle = oracle{m}
	of := func(ctx context.Context) situation { return ctx.Value(conditionsKey{}).(situation) }
	w.guard, _ = guard(t, func(c *governance.Config) {
		c.Manifest, c.Audit = m, w.trail
		c.Register = governance.RegisterFunc(func(ctx context.Context, s governance.Subject, _ governance.Purpose) (
			governance.Standing, error) {
			if s == "" {
				return governance.Standing{}, errors.New("asked about nobody")
			}
			return of(ctx).standing, nil
		})
		c.Policies = []governance.Policy{governance.PolicyFunc(func(ctx context.Context, _ governance.Request) (
			governance.Verdict, error) {
			return of(ctx).policy, nil
		})}
	})
	for i := range 4 {
		w.calls = append(w.calls, w.wrap(rng, i))
	}
	return w
}

func (w *world) wrap(rng *rand.Rand, i int) worldCall {
	op := governance.Operation[situation, shown]{
		Name: fmt.Sprint("call", i), Dataset: "d", Action: pick(rng, worldActions()), Mask: map[string]func(*shown){},
		Subject: func(s situation) governance.Subject { return s.subject },
		Created: func(s situation) time.Time { return created(s.age) },
	}
	if rng.IntN(3) > 0 {
		op.Fields = some(rng, worldFields(), 1)
	}
	for _, f := range worldFields() {
		op.Mask[f] = func(s *shown) { delete(*s, f) }
	}
	next := func(context.Context, situation) (shown, error) {
		all := shown{}
		for _, f := range worldFields() {
			all[f] = true
		}
		return all, nil
	}
	return worldCall{op, governance.Wrap(w.guard, op, next)}
}

// compare makes up a situation, asks the guard both ways, and returns the answers.
func (w *world) compare(t *testing.T, rng *rand.Rand) []answer {
	t.Helper()
	s := randomSituation(rng)
	call := pick(rng, w.calls)
	s.action, s.fields = call.op.Action, call.op.Fields
	s.categories = categoriesOf(w.oracle.m.Datasets[0], s.fields)
	ctx := context.WithValue(governance.WithCaller(t.Context(), s.caller), conditionsKey{}, s)
	want := w.oracle.answer(s)
	got := wrapped(t, ctx, call, s)
	w.require(t, "wrapped call", s, want, got)

	q := s // Decide knows no record, and masks only what rules mask
	q.age, q.fields, q.policy.Mask, q.categories = 0, nil, nil, []governance.Category{pick(rng, s.categories)}
	d := w.guard.Decide(context.WithValue(ctx, conditionsKey{}, q),
		governance.Question{Category: q.categories[0], Action: q.action, Subject: q.subject})
	decided := answer{Allowed: d.Allowed, Reason: d.Reason, Masks: d.Mask}
	w.require(t, "Decide", q, w.oracle.answer(q), decided)
	if d.Allowed != (d.Stage == "") || d.Version != w.guard.Version() {
		t.Fatalf("incomplete decision %+v", d)
	}
	return []answer{got, decided}
}

func wrapped(t *testing.T, ctx context.Context, call worldCall, s situation) answer {
	t.Helper()
	out, err := call.run(ctx, s)
	var denied *governance.DeniedError
	if errors.As(err, &denied) {
		if out != nil {
			t.Fatal("a refusal releases something")
		}
		return answer{Reason: denied.Reason}
	}
	if err != nil {
		t.Fatal(err)
	}
	a := answer{Allowed: true}
	for _, f := range worldFields() {
		if !out[f] {
			a.Masks = append(a.Masks, f)
		}
	}
	return a
}

func (w *world) require(t *testing.T, what string, s situation, want, got answer) {
	t.Helper()
	if want.Reason == "" && !want.Allowed && !got.Allowed { // the reason only helps
		want.Reason = got.Reason
	}
	if len(want.Masks) == 0 {
		want.Masks = nil
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s differs from the oracle (-want +got):\n%s\nid %q subject %q roles %v purpose %q\n%+v\nrules %s",
			what, diff, string(s.caller.ID), string(s.subject), s.caller.Roles, s.caller.Purpose, s, rulesText(w.oracle.m))
	}
}

func rulesText(m governance.Manifest) string {
	var b strings.Builder
	for _, r := range m.Rules {
		fmt.Fprintf(&b, "\n  %+v", r)
	}
	return b.String()
}

func worldActions() []governance.Action {
	return []governance.Action{governance.Read, governance.Update, governance.Erase}
}

func worldFields() []string { return []string{"f0", "f1", "f2", "f3", "f4"} }

// randomManifest returns a manifest that has no fault. Rules that Check reports are removed, and must not be missed.
func randomManifest(rng *rand.Rand) governance.Manifest {
	m := governance.Manifest{Datasets: []governance.Dataset{{
		Store: "postgresql", Name: "d", Category: "c0",
		Fields: []governance.Field{{Name: "f0", Category: "c1"}, {Name: "f1", Sealed: true}, {Name: "f2", Category: "c2"}},
	}}}
	for i := range 3 {
		c := governance.Class{Category: governance.Category(fmt.Sprint("c", i)), Personal: rng.IntN(4) > 0}
		if rng.IntN(2) == 0 {
			c.Keep.Days = 1 + rng.IntN(60)
		}
		m.Classes = append(m.Classes, c)
	}
	for range 1 + rng.IntN(9) {
		m.Rules = append(m.Rules, randomRule(rng))
	}
	if rng.IntN(2) == 0 {
		m.Roles, m.Purposes = worldRoles(), worldPurposes()
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

func worldRoles() []string { return []string{"r0", "r1", "r2", "r3"} }

func worldPurposes() []governance.Purpose { return []governance.Purpose{"p0", "p1"} }

func randomRule(rng *rand.Rand) governance.Rule {
	r := governance.Rule{
		Deny: rng.IntN(5) == 0, Own: rng.IntN(4) == 0, Actions: some(rng, worldActions(), 1),
		Categories: some(rng, []governance.Category{"c0", "c1", "c2"}, 1), Mask: some(rng, worldFields(), 0),
	}
	if rng.IntN(4) > 0 {
		r.Roles = some(rng, worldRoles(), 1)
	}
	if rng.IntN(3) == 0 {
		r.Purposes = some(rng, worldPurposes(), 1)
		r.Consent = !r.Deny && rng.IntN(2) == 0
	}
	if r.Deny {
		r.Mask = nil
	}
	return r
}

func randomSituation(rng *rand.Rand) situation {
	persons := []governance.Subject{"", "ann", "bob"}
	s := situation{
		caller: governance.Caller{
			ID: pick(rng, persons[1:]), Purpose: pick(rng, append(worldPurposes(), "")),
			Roles: some(rng, worldRoles(), 0),
		},
		subject: pick(rng, persons), age: rng.IntN(40),
		standing: governance.Standing{
			Consented: rng.IntN(2) == 0, Restricted: rng.IntN(10) == 0, Held: rng.IntN(10) == 0,
		},
	}
	switch rng.IntN(20) {
	case 0:
		s.caller.ID = ""
	case 1:
		s.caller.Roles = append(s.caller.Roles, "r9")
	case 2:
		s.caller.Purpose = "p9"
	case 3: // more roles than most callers have, and some twice
		s.caller.Roles = append(s.caller.Roles, append(worldRoles(), worldRoles()...)...)
	}
	switch rng.IntN(10) {
	case 0:
		s.policy.Opinion = governance.Deny
	case 1, 2:
		s.policy.Opinion = governance.Allow
	}
	if rng.IntN(4) == 0 {
		s.policy.Mask = some(rng, worldFields(), 0)
	}
	return s
}

func pick[E any](rng *rand.Rand, s []E) E { return s[rng.IntN(len(s))] }

// some returns a random selection of s in random order with at least a few elements.
func some[E any](rng *rand.Rand, s []E, least int) []E {
	s = slices.Clone(s)
	rng.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	s = s[:max(least, rng.IntN(len(s)+1))]
	if len(s) == 0 {
		return nil
	}
	return s
}
