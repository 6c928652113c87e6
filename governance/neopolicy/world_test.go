package neopolicy_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/neopolicy"
)

// world is a random manifest in a graph, with records and persons' standing, and a guard that is told the same.
type world struct {
	*graph
	manifest governance.Manifest
	guard    *governance.Guard
	standing map[standingKey]governance.Standing // purpose "": of every purpose
	label    string                              // of standing nodes
	records  map[string][]record                 // by dataset
}

type standingKey struct {
	subject governance.Subject
	purpose governance.Purpose
}

// record is a node or relationship with the value of its subject property, nil: none.
type record struct {
	id    int64
	owner any
}

func owners() []any {
	return []any{nil, "", "ann", "O'Neil", `back\slash`, `\u0060`, "back`tick", "per%cent_", "日本 語", `"quoted"`, "7", "Ann", " ann", "😀",
		int64(7), 7.0, true, []string{"ann"}, neo4j.DateOf(time.Unix(0, 0))}
}

func callerIDs() []string {
	return []string{"", "ann", "O'Neil", `back\slash`, `\u0060`, "back`tick", "per%cent_", "日本 語", `"quoted"`, "7", "7.0", "Ann", " ann",
		"😀", "%", "true", "ann,"}
}

func worldRoles() []string { return []string{"r0", "r1", "r2"} }

func worldPurposes() []governance.Purpose { return []governance.Purpose{"p0", "p`1'\"\\u0060"} }

// datasetNames are a label that needs care, a plain one, one without a subject and a relationship type.
func (w *world) datasetNames() [4]string {
	return [4]string{w.prefix + "`\\u0060 'd' \"0\"", w.prefix + "日本", w.prefix + "Open", "[:" + w.prefix + "\\`R]"}
}

func randomWorld(rng *rand.Rand, g *graph) *world {
	w := &world{graph: g, label: g.prefix + "Stand`ing"}
	names := w.datasetNames()
	w.manifest.Datasets = []governance.Dataset{
		{Name: names[0], Category: "c0", Subject: "Owner`s \\u0060\\"}, {Name: names[1], Category: "c1", Subject: "owner"},
		{Name: names[2], Category: "c2"}, {Name: names[3], Category: "c2", Subject: "by"},
	}
	for i := range w.manifest.Datasets {
		w.manifest.Datasets[i].Store = governance.Neo4j
	}
	for i := range 3 {
		w.manifest.Classes = append(w.manifest.Classes,
			governance.Class{Category: governance.Category(fmt.Sprint("c", i)), Personal: rng.IntN(4) > 0})
	}
	w.manifest.Roles, w.manifest.Purposes = worldRoles(), worldPurposes()
	for range 6 + rng.IntN(20) {
		w.manifest.Rules = append(w.manifest.Rules, randomRule(rng))
	}
	w.dropFaults()
	w.standing = map[standingKey]governance.Standing{}
	return w
}

// dropFaults drops rules until none has a fault.
func (w *world) dropFaults() {
	var faulty *governance.ManifestError
	for errors.As(w.manifest.Check(), &faulty) {
		var i int
		if _, err := fmt.Sscanf(faulty.Faults[0].Path, "rules[%d]", &i); err != nil || len(w.manifest.Rules) == 0 {
			panic(faulty)
		}
		w.manifest.Rules = slices.Delete(w.manifest.Rules, i, i+1)
	}
}

func randomRule(rng *rand.Rand) governance.Rule {
	r := governance.Rule{
		Deny: rng.IntN(8) == 0, Own: rng.IntN(4) == 0, Actions: some(rng, governance.Actions(), 1),
		Categories: some(rng, []governance.Category{"c0", "c1", "c2"}, 1),
	}
	if rng.IntN(6) > 0 {
		r.Roles = some(rng, worldRoles(), 1)
	}
	if rng.IntN(3) > 0 {
		r.Purposes = some(rng, worldPurposes(), 1)
		r.Consent = !r.Deny && rng.IntN(4) > 0
	}
	if r.Deny {
		r.Roles = some(rng, worldRoles(), 1)[:1]
	}
	return r
}

// open makes the guard.
func (w *world) open(t *testing.T) {
	t.Helper()
	sink := governance.AuditSinkFunc(func(context.Context, governance.Event) error { return nil })
	var err error
	w.guard, err = governance.New(governance.Config{
		Manifest: w.manifest, Audit: governance.Vouch(sink, governance.Transactional),
		Register: governance.RegisterFunc(func(_ context.Context, s governance.Subject, p governance.Purpose) (governance.Standing, error) {
			general := w.standing[standingKey{s, ""}]
			general.Consented = p != "" && w.standing[standingKey{s, p}].Consented
			return general, nil
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fill makes the records and the standing nodes.
func (w *world) fill(t *testing.T, rng *rand.Rand) {
	t.Helper()
	var nodes []any
	stand := func(properties map[string]any) { nodes = append(nodes, properties) }
	for _, id := range callerIDs()[1:] {
		s := governance.Standing{Restricted: rng.IntN(6) == 0, Held: rng.IntN(6) == 0}
		w.standing[standingKey{governance.Subject(id), ""}] = s
		stand(map[string]any{"subject": id, "restricted": yes(rng, s.Restricted), "held": yes(rng, s.Held), "consented": true})
		for _, purpose := range worldPurposes() {
			s := governance.Standing{Consented: rng.IntN(3) > 0}
			w.standing[standingKey{governance.Subject(id), purpose}] = s
			stand(map[string]any{"subject": id, "purpose": string(purpose), "consented": consents(rng, s.Consented)})
		}
	}
	for _, nobody := range []any{"", nil, int64(7), true} { // who has no standing
		stand(map[string]any{"subject": nobody, "purpose": "p0", "consented": true, "restricted": true, "held": true})
	}
	w.ask(t, t.Context(), "UNWIND $nodes AS node CREATE (s:"+quote(t, w.label)+") SET s = node", map[string]any{"nodes": nodes})
	w.records = map[string][]record{}
	for _, d := range w.manifest.Datasets {
		w.write(t, rng, d)
	}
	w.writeBoth(t)
}

// yes returns a value that bars when it is to: true, or what is no boolean.
func yes(rng *rand.Rand, bars bool) any {
	if bars {
		return pick(rng, []any{true, "false", int64(0)})
	}
	return pick(rng, []any{false, nil})
}

// consents returns a value that consents when it is to: true alone.
func consents(rng *rand.Rand, is bool) any {
	if is {
		return true
	}
	return pick(rng, []any{false, nil, "true", int64(1)})
}

// write writes two records of each owner.
func (w *world) write(t *testing.T, rng *rand.Rand, d governance.Dataset) {
	t.Helper()
	element, err := neopolicy.ParseElement(d.Name)
	if err != nil {
		t.Fatal(err)
	}
	cypher := "UNWIND $rows AS row CREATE (n:" + quote(t, element.Name) + ") SET n = row"
	if element.Relationship {
		ends := quote(t, w.prefix+"End")
		cypher = "UNWIND $rows AS row CREATE (:" + ends + ")-[n:" + quote(t, element.Name) + "]->(:" + ends + ") SET n = row"
	}
	var rows []any
	list := owners()
	for id, at := range rng.Perm(2 * len(list)) {
		r := record{id: int64(id), owner: list[at%len(list)]}
		row := map[string]any{"id": r.id}
		if d.Subject == "" {
			r.owner = nil
		} else {
			row[d.Subject] = r.owner
		}
		w.records[d.Name] = append(w.records[d.Name], r)
		rows = append(rows, row)
	}
	w.ask(t, t.Context(), cypher, map[string]any{"rows": rows})
}

// writeBoth writes nodes with the first two labels. The node at place i has the owners of the two records there.
func (w *world) writeBoth(t *testing.T) {
	t.Helper()
	first, second := w.manifest.Datasets[0], w.manifest.Datasets[1]
	var rows []any
	for i, r := range w.records[first.Name] {
		rows = append(rows, map[string]any{"both": int64(i), first.Subject: r.owner, second.Subject: w.records[second.Name][i].owner})
	}
	w.ask(t, t.Context(), "UNWIND $rows AS row CREATE (n:"+quote(t, first.Name)+":"+quote(t, second.Name)+") SET n = row",
		map[string]any{"rows": rows})
}

func randomCaller(rng *rand.Rand) governance.Caller {
	c := governance.Caller{
		ID: governance.Subject(pick(rng, callerIDs())), Purpose: pick(rng, append(worldPurposes(), "")), Roles: some(rng, worldRoles(), 1),
	}
	switch rng.IntN(12) {
	case 0:
		c.Roles = append(c.Roles, "r9")
	case 1:
		c.Roles = nil
	}
	return c
}

func pick[E any](rng *rand.Rand, s []E) E { return s[rng.IntN(len(s))] }

// some returns a random selection of s in random order with at least a few elements.
func some[E any](rng *rand.Rand, s []E, least int) []E {
	s = slices.Clone(s)
	rng.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	return s[:max(least, rng.IntN(len(s)+1))]
}
