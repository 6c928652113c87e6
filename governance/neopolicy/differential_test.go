package neopolicy_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/neopolicy"
	"github.com/shugo-data/shugo/internal/servertest"
)

// tally counts cases, so that agreement about nothing is noticed. reaches counts the kinds of reach.
type tally struct {
	cases, allowed, both, bothAllowed, queries int
	reaches                                    map[string]int
}

// TestPredicateAgrees asks the guard and the predicate about every record of random graphs, for random rules, callers and
// persons' standing. A case is one record, caller and action.
func TestPredicateAgrees(t *testing.T) {
	t.Parallel()
	want := servertest.Count(5_000, 100_000)
	seed := uint64(20261124)
	rng := rand.New(rand.NewPCG(seed, 5))
	g := newGraph(t)
	n := tally{reaches: map[string]int{}}
	for n.cases < want {
		w := randomWorld(rng, g)
		w.open(t)
		w.fill(t, rng)
		for range 8 {
			w.compare(t, governance.WithCaller(t.Context(), randomCaller(rng)), some(rng, governance.Actions(), 2)[:2], &n)
		}
		g.clear(t, t.Context())
	}
	t.Logf("%+v", n)
	for _, reach := range []string{"every none", "every consenting", "every every", "none consenting", "none every"} {
		if n.reaches[reach+" true"] == 0 {
			t.Errorf("no caller reaches own and others' records like this, with a standing that counts: %s", reach)
		}
	}
	for what, share := range map[string]float64{
		"records": float64(n.allowed) / float64(n.cases), "records of two labels": float64(n.bothAllowed) / float64(n.both),
	} {
		if !(share >= 0.05 && share <= 0.95) {
			t.Errorf("%.3f of the %s are allowed: want between 0.05 and 0.95", share, what)
		}
	}
}

// compare asks about all records, on behalf of one caller.
func (w *world) compare(t *testing.T, ctx context.Context, actions []governance.Action, n *tally) {
	t.Helper()
	for _, action := range actions {
		for _, d := range w.manifest.Datasets {
			var want []int64
			for _, r := range w.records[d.Name] {
				if w.allows(ctx, d, action, r.owner) {
					want = append(want, r.id)
				}
			}
			n.cases, n.allowed = n.cases+len(w.records[d.Name]), n.allowed+len(want)
			w.requireReached(t, ctx, d, action, want, n)
		}
		w.compareBoth(t, ctx, action, n)
	}
}

// allows asks the guard about one record. One whose subject is no text could be anybody's, and must be allowed whoever it is.
func (w *world) allows(ctx context.Context, d governance.Dataset, action governance.Action, owner any) bool {
	decide := func(s governance.Subject) bool {
		return w.guard.Decide(ctx, governance.Question{Category: d.Category, Action: action, Subject: s}).Allowed
	}
	switch owner := owner.(type) {
	case nil:
		return decide("")
	case string:
		return decide(governance.Subject(owner))
	}
	caller, _ := governance.CallerFrom(ctx)
	w.standing[standingKey{"restricted stranger", ""}] = governance.Standing{Restricted: true, Held: true}
	return decide("") && decide(caller.ID) && decide("stranger") && decide("restricted stranger")
}

// reach returns how far the caller reaches; nowhere when the guard does not know the caller.
func (w *world) reach(t *testing.T, ctx context.Context, d governance.Dataset, action governance.Action) governance.Reach {
	t.Helper()
	reach, err := w.guard.Reach(ctx, governance.Target{Dataset: d.Name, Action: action})
	var denied *governance.DeniedError
	if err != nil && !errors.As(err, &denied) {
		t.Fatal(err)
	}
	return reach
}

func (w *world) requireReached(t *testing.T, ctx context.Context, d governance.Dataset, action governance.Action, want []int64, n *tally) {
	t.Helper()
	reach := w.reach(t, ctx, d, action)
	n.reaches[fmt.Sprintf("%s %s %t", reach.Own, reach.Others, reach.Standing)]++
	where, params, err := neopolicy.Predicate(reach, neopolicy.Query{Variable: "x`", Standing: w.label})
	if err != nil {
		t.Fatal(err)
	}
	element, err := neopolicy.ParseElement(d.Name)
	if err != nil {
		t.Fatal(err)
	}
	match := "MATCH (`x```:" + quote(t, element.Name) + ")"
	if element.Relationship {
		match = "MATCH ()-[`x```:" + quote(t, element.Name) + "]->()"
	}
	condition := where
	if n.queries++; n.queries%2 == 0 { // NULL would be found
		condition = "coalesce(" + where + ", true)"
	}
	got := w.ids(t, match+" WHERE "+condition+" AND `x```.id IS NOT NULL RETURN `x```.id AS id", params)
	slices.Sort(want)
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s %q differs from the guard (-want +got):\n%s\n%s\n%s", action, d.Name, diff, condition, w.text(ctx))
	}
}

// compareBoth asks about nodes with two labels that are datasets: whoever is to reach them reaches both.
func (w *world) compareBoth(t *testing.T, ctx context.Context, action governance.Action, n *tally) {
	t.Helper()
	first, second := w.manifest.Datasets[0], w.manifest.Datasets[1]
	var want []int64
	for i, a := range w.records[first.Name] {
		b := w.records[second.Name][i]
		if n.both++; w.allows(ctx, first, action, a.owner) && w.allows(ctx, second, action, b.owner) {
			n.bothAllowed++
			want = append(want, int64(i))
		}
	}
	where, params, err := neopolicy.Predicate(w.reach(t, ctx, first, action), neopolicy.Query{Prefix: "a_", Standing: w.label})
	if err != nil {
		t.Fatal(err)
	}
	other, more, err := neopolicy.Predicate(w.reach(t, ctx, second, action), neopolicy.Query{Prefix: "b_", Standing: w.label})
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(params, more)
	match := "MATCH (n:" + quote(t, first.Name) + "&" + quote(t, second.Name) + ") WHERE "
	got := w.ids(t, match+where+" AND "+other+" RETURN n.both AS id", params)
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s of two labels differs from the guard (-want +got):\n%s\n%s\n%s", action, diff, where+" AND "+other, w.text(ctx))
	}
}

func (w *world) ids(t *testing.T, cypher string, params map[string]any) []int64 {
	t.Helper()
	var list []int64
	for _, r := range w.ask(t, t.Context(), cypher, params) {
		list = append(list, r.Values[0].(int64))
	}
	slices.Sort(list)
	return list
}

// text tells what a failure needs to be understood.
func (w *world) text(ctx context.Context) string {
	caller, _ := governance.CallerFrom(ctx)
	text := fmt.Sprintf("caller %q roles %q purpose %q\n%+v\n", string(caller.ID), caller.Roles, caller.Purpose, w.manifest.Classes)
	for _, r := range w.manifest.Rules {
		text += fmt.Sprintf("  %+v\n", r)
	}
	for key, s := range w.standing {
		text += fmt.Sprintf("  %q %q %+v\n", string(key.subject), key.purpose, s)
	}
	return text
}
