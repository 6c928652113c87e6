package neopolicy_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/neopolicy"
	"github.com/shugo-data/shugo/internal/servertest"
)

// persons are awkward identifiers; the last ones are also those of callers.
func persons() []string {
	return []string{"", " ", "7", "007", "-3", "9223372036854775808", "00000000-0000-0000-0000-000000000000", `back\slash`, "`tick`", `a'b"c`,
		"%_", "日本 太郎", "ann", "bob", "null", "$caller"}
}

// TestPredicateEqualsTheGuard compares, node by node, what the predicate finds with what the guard would decide about a
// call on that node, on random rules, callers, purposes and standings.
func TestPredicateEqualsTheGuard(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	rng := rand.New(rand.NewPCG(20260401, 5))
	subject := "owner `of` \\it"
	for _, numbers := range []bool{false, true} {
		standing := g.label("Standing" + fmt.Sprint(numbers))
		w := world{graph: g, subject: subject, numbers: numbers, label: g.label("Note `quoted` \\u0060" + fmt.Sprint(numbers)), standing: standing}
		w.load(t, rng)
		cases, allowed := 0, 0
		for cases < servertest.Count(1_000, 5_000) {
			n, yes := w.compare(t, rng)
			cases, allowed = cases+n, allowed+yes
		}
		share := float64(allowed) / float64(cases)
		t.Logf("numbers %v: %d cases, %.2f allowed", numbers, cases, share)
		if share < 0.05 || share > 0.95 {
			t.Error("the cases are degenerate")
		}
	}
}

// world is nodes of many persons, and what those have said.
type world struct {
	*graph
	label, subject, standing string
	numbers                  bool // the subject property is an INTEGER
	standings                map[governance.Subject]map[governance.Purpose]governance.Standing
	nodes                    map[int64]governance.Subject // by number; "": nobody's
}

func (w *world) load(t *testing.T, rng *rand.Rand) {
	t.Helper()
	w.nodes = map[int64]governance.Subject{}
	w.standings = map[governance.Subject]map[governance.Purpose]governance.Standing{}
	values := []any{nil, true, 2.5, []string{"ann"}}
	for _, p := range persons() {
		values = append(values, p)
	}
	for i := range 40 {
		values = append(values, int64(i-5))
	}
	create := fmt.Sprintf("CREATE (n:%s:%s {number: $number}) SET n.%s = $subject", quoted(w.label), quoted(w.name+"Other"), quoted(w.subject))
	for i, value := range values {
		w.run(t, create, map[string]any{"number": i, "subject": value})
		w.nodes[int64(i)] = w.whose(value)
	}
	for _, p := range append(persons()[1:], "0", "1", "2") {
		about := governance.Subject(p)
		w.standings[about] = map[governance.Purpose]governance.Standing{}
		restricted, held := rng.IntN(5) == 0, rng.IntN(5) == 0
		for _, purpose := range []governance.Purpose{"", "p0", "p1"} {
			s := governance.Standing{Consented: purpose != "" && rng.IntN(2) == 0, Restricted: restricted, Held: held}
			w.standings[about][purpose] = s
			w.run(t, fmt.Sprintf("CREATE (:%s {subject: $subject, purpose: $purpose, consented: $consented, restricted: $restricted, held: $held})",
				quoted(w.standing)), map[string]any{"subject": p, "purpose": string(purpose), "consented": s.Consented,
				"restricted": restricted && purpose == "p1", "held": held && purpose == ""})
		}
	}
}

// whose returns the subject that a host would name of a node.
func (w *world) whose(value any) governance.Subject {
	switch v := value.(type) {
	case string:
		if !w.numbers {
			return governance.Subject(v)
		}
	case int64:
		if w.numbers {
			return governance.Subject(fmt.Sprint(v))
		}
	}
	return ""
}

// compare asks for all nodes at once, and the guard about each.
func (w *world) compare(t *testing.T, rng *rand.Rand) (cases, allowed int) {
	t.Helper()
	m := w.manifest(rng)
	guard, err := governance.New(governance.Config{
		Manifest: m, Audit: governance.Vouch(governance.AuditSinkFunc(func(context.Context, governance.Event) error { return nil }), governance.Durable),
		Register: governance.RegisterFunc(func(_ context.Context, about governance.Subject, p governance.Purpose) (governance.Standing, error) {
			return w.standings[about][p], nil
		}),
	})
	if err != nil {
		return 0, 0 // rules that can never decide
	}
	for range 6 {
		ids := persons()[1:]
		if w.numbers {
			ids = append(ids, "0", "1", "2", "33")
		}
		c := governance.Caller{ID: governance.Subject(pick(rng, ids)), Roles: some(rng, []string{"r0", "r1"}), Purpose: pick(rng, []governance.Purpose{"", "p0", "p1"})}
		action := pick(rng, governance.Actions())
		ctx := governance.WithCaller(t.Context(), c)
		found := w.find(t, ctx, guard, action)
		for number, about := range w.nodes {
			want := guard.Decide(ctx, governance.Question{Category: "c", Action: action, Subject: about}).Allowed
			cases++
			if want {
				allowed++
			}
			if found[number] != want {
				t.Fatalf("node %d of %q: found %v, the guard says %v; caller %q %v for %q to %s\nrules %+v",
					number, string(about), found[number], want, string(c.ID), c.Roles, c.Purpose, action, m.Rules)
			}
		}
	}
	return cases, allowed
}

func (w *world) find(t *testing.T, ctx context.Context, guard *governance.Guard, action governance.Action) map[int64]bool {
	t.Helper()
	found := map[int64]bool{}
	reach, err := guard.Reach(ctx, governance.Target{Dataset: w.label, Action: action})
	if errors.Is(err, governance.ErrDenied) {
		return found
	}
	if err != nil {
		t.Fatal(err)
	}
	q := neopolicy.Query{Variable: "the note", Prefix: "a b", Standing: w.standing}
	if w.numbers {
		q.Subject = neopolicy.Integer
	}
	where, parameters, err := neopolicy.Predicate(reach, q)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range w.run(t, fmt.Sprintf("MATCH (`the note`:%s) WHERE %s RETURN `the note`.number AS number", quoted(w.label), where), parameters) {
		n, _ := r.Get("number")
		found[n.(int64)] = true
	}
	for _, r := range w.run(t, fmt.Sprintf("MATCH (`the note`:%s) WHERE (%s) IS NULL RETURN count(*) AS n", quoted(w.label), where), parameters) {
		if n, _ := r.Get("n"); n != int64(0) {
			t.Fatalf("the predicate is null for %v nodes: %s", n, where)
		}
	}
	return found
}

func (w *world) manifest(rng *rand.Rand) governance.Manifest {
	m := governance.Manifest{
		Classes:  []governance.Class{{Category: "c", Classification: "PII", Personal: rng.IntN(4) > 0}},
		Datasets: []governance.Dataset{{Store: governance.Neo4j, Name: w.label, Category: "c", Subject: w.subject}},
		Roles:    []string{"r0", "r1"}, Purposes: []governance.Purpose{"p0", "p1"},
	}
	for range 1 + rng.IntN(4) {
		r := governance.Rule{
			Deny: rng.IntN(8) == 0, Own: rng.IntN(3) == 0, Categories: []governance.Category{"c"}, Roles: some(rng, []string{"r0", "r1"}),
			Actions: some(rng, governance.Actions()),
		}
		if len(r.Actions) == 0 {
			r.Actions = governance.Actions()
		}
		if rng.IntN(3) == 0 {
			r.Purposes = []governance.Purpose{pick(rng, []governance.Purpose{"p0", "p1"})}
			r.Consent = !r.Deny && rng.IntN(2) == 0
		}
		m.Rules = append(m.Rules, r)
	}
	return m
}

func pick[E any](rng *rand.Rand, s []E) E { return s[rng.IntN(len(s))] }

func some[E any](rng *rand.Rand, s []E) []E {
	s = slices.Clone(s)
	rng.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	return s[:rng.IntN(len(s)+1)]
}

// TestNamesRoundTrip makes nodes whose label and property have awkward names, and finds them again.
func TestNamesRoundTrip(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	for _, name := range []string{"plain", "with space", "back`tick", "``", `\u0060`, `\\u0060`, `a\`, "日本", "x) DETACH DELETE (n", "'\"", "\n\t"} {
		label := g.label(name)
		g.run(t, fmt.Sprintf("CREATE (n:%s) SET n.%s = 1", quoted(label), quoted(name)), nil)
		records := g.run(t, fmt.Sprintf("MATCH (n:%s) WHERE n.%s = 1 RETURN labels(n)[0] AS label, keys(n)[0] AS key", quoted(label), quoted(name)), nil)
		if len(records) != 1 {
			t.Errorf("%q: %d nodes", name, len(records))
			continue
		}
		if got, _ := records[0].Get("label"); got != label {
			t.Errorf("label %q is %q on the server", label, got)
		}
		if got, _ := records[0].Get("key"); got != name {
			t.Errorf("property %q is %q on the server", name, got)
		}
	}
}

func TestStandingIsNeeded(t *testing.T) {
	t.Parallel()
	for _, r := range []governance.Reach{
		{Dataset: governance.Dataset{Subject: "owner"}, Others: governance.Consenting},
		{Dataset: governance.Dataset{Subject: "owner"}, Others: governance.Every, Standing: true},
	} {
		if _, _, err := neopolicy.Predicate(r, neopolicy.Query{}); !errors.Is(err, neopolicy.ErrStanding) {
			t.Errorf("%+v: %v, want ErrStanding", r, err)
		}
	}
	got, parameters, err := neopolicy.Predicate(governance.Reach{}, neopolicy.Query{})
	if got != "false" || len(parameters) != 0 || err != nil {
		t.Errorf("the zero reach gives %q, %v (%v)", got, parameters, err)
	}
}

func FuzzQuote(f *testing.F) {
	f.Add("a`b")
	f.Add(`\u0060`)
	f.Fuzz(func(t *testing.T, name string) {
		got := []rune(neopolicy.Quote(name))
		if got[0] != '`' || got[len(got)-1] != '`' {
			t.Fatalf("%q is not quoted: %s", name, string(got))
		}
		for i := 1; i < len(got)-1; i++ { // every backquote inside is doubled, and every backslash is its escape
			switch got[i] {
			case '`':
				if i++; i == len(got)-1 || got[i] != '`' {
					t.Fatalf("%q ends early: %s", name, string(got))
				}
			case '\\':
				if i+6 > len(got)-1 || string(got[i:i+6]) != `\u005C` {
					t.Fatalf("%q has a backslash that may mean something: %s", name, string(got))
				}
			}
		}
	})
}

func BenchmarkPredicate(b *testing.B) {
	r := governance.Reach{
		Target: governance.Target{Action: governance.Read}, Dataset: governance.Dataset{Subject: "owner"}, Caller: "ann", Purpose: "p",
		Own: governance.Every, Others: governance.Consenting, Standing: true,
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := neopolicy.Predicate(r, neopolicy.Query{Standing: "Standing"}); err != nil {
			b.Fatal(err)
		}
	}
}
