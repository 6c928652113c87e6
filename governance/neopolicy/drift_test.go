package neopolicy_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/neopolicy"
)

// manifestOf declares two labels and a type.
func (g *graph) manifestOf() governance.Manifest {
	return governance.Manifest{
		Classes: []governance.Class{{Category: "notes", Classification: "PII", Personal: true}, {Category: "secrets", Classification: "PII", Personal: true}},
		Datasets: []governance.Dataset{
			{Store: governance.Neo4j, Name: g.label("Note"), Category: "notes", Subject: "owner",
				Fields: []governance.Field{{Name: "text"}, {Name: "secret", Category: "secrets"}}},
			{Store: governance.Neo4j, Name: g.label("Person"), Category: "notes", Subject: "id"},
			{Store: governance.Neo4j, Name: neopolicy.TypeName(g.label("WROTE")), Category: "notes", Fields: []governance.Field{{Name: "at"}}},
		},
		Rules: []governance.Rule{{Roles: []string{"a"}, Categories: []governance.Category{"notes", "secrets"}, Actions: []governance.Action{governance.Read}}},
	}
}

// held returns the differences that are this test's own: the database is shared with others.
func (g *graph) held(t *testing.T, strict bool, ignore ...string) (neopolicy.Report, []string) {
	t.Helper()
	held, err := neopolicy.New(neopolicy.Config{Driver: g.driver, Manifest: g.manifestOf(), Strict: strict, Ignore: ignore, Standing: g.label("Standing")})
	if err != nil {
		t.Fatal(err)
	}
	r, err := held.Drift(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	own := r
	own.Differences = nil
	for _, d := range r.Differences {
		if strings.Contains(d.Dataset, g.name) {
			own.Differences = append(own.Differences, d)
			kinds = append(kinds, fmt.Sprint(d.Kind, " ", strings.ReplaceAll(d.Dataset, g.name, ""), " ", d.Property))
		}
	}
	return own, kinds
}

// TestDrift plants every kind of difference, and repairs what can be repaired.
func TestDrift(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	g.run(t, fmt.Sprintf(`CREATE (:%s {owner: 'ann', text: 'a', secret: 'b'})<-[:%s {at: 1}]-(:%s {id: 'ann'})`,
		quoted(g.label("Note")), quoted(g.label("WROTE")), quoted(g.label("Person"))), nil)
	r, kinds := g.held(t, true)
	if diff := cmp.Diff([]string{"missing_index Note owner", "missing_index Person id", "missing_index Standing subject"}, kinds); diff != "" {
		t.Fatalf("before the indexes (-want +got):\n%s", diff)
	}
	for _, repair := range r.Repairs() {
		g.run(t, repair, nil)
	}
	t.Cleanup(func() { g.dropIndexes(t) })
	g.run(t, `CALL db.awaitIndexes(60)`, nil)
	if r, kinds := g.held(t, true); len(kinds) != 0 || r.Drifted() {
		t.Errorf("a clean graph differs: %v", kinds)
	}
	if r.Edition != "community" || r.Enforcement != "none" || !strings.HasPrefix(r.Version, "5.") {
		t.Errorf("server %+v", r)
	}
	g.run(t, fmt.Sprintf(`CREATE (:%s:%s {owner: 'ann', hidden: 1})-[:%s {x: 1}]->(:%s) `, quoted(g.label("Note")), quoted(g.label("Stranger `x`")),
		quoted(g.label("TRUSTS")), quoted(g.label("Bare"))), nil)
	r, kinds = g.held(t, true, g.label("Bare"))
	want := []string{"unknown_label Stranger `x` ", "unknown_property Note hidden", "unknown_type [:TRUSTS] "}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("planted (-want +got):\n%s", diff)
	}
	if text, err := json.Marshal(r); err != nil || !strings.Contains(string(text), `"kind":"unknown_label"`) || !strings.Contains(r.String(), "unknown_type") {
		t.Errorf("%s %s (%v)", text, r, err)
	}
	if _, kinds := g.held(t, false, g.label("Bare")); len(kinds) != 2 {
		t.Errorf("not strict: %v", kinds)
	}
	g.run(t, fmt.Sprintf("MATCH (n:%s) DETACH DELETE n", quoted(g.label("Person"))), nil)
	g.run(t, fmt.Sprintf("MATCH (n:%s) REMOVE n.owner", quoted(g.label("Note"))), nil)
	if _, kinds := g.held(t, false, g.label("Bare")); !cmp.Equal(kinds[1:], []string{"unknown_label Stranger `x` ", "unknown_type [:TRUSTS] ",
		"missing_dataset Person ", "missing_dataset [:WROTE] "}) || kinds[0] != "missing_subject Note owner" {
		t.Errorf("emptied: %q", kinds)
	}
}

func (g *graph) dropIndexes(t *testing.T) {
	for _, r := range g.run(t, `SHOW INDEXES YIELD name, labelsOrTypes WHERE any(l IN labelsOrTypes WHERE l STARTS WITH $name) RETURN name`,
		map[string]any{"name": g.name}) {
		name, _ := r.Get("name")
		g.run(t, "DROP INDEX "+quoted(name.(string)), nil)
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	g.run(t, fmt.Sprintf(`CREATE (:%s {owner: 'ann', secret: 'b', hidden: 1})-[:%s]->(:%s)`, quoted(g.label("Note")), quoted(g.label("WROTE")),
		quoted(g.label("Stranger"))), nil)
	held, err := neopolicy.New(neopolicy.Config{Driver: g.driver, Manifest: g.manifestOf(), Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	fields, err := held.Fields(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range fields {
		if strings.Contains(f.Dataset, g.name) {
			got = append(got, fmt.Sprintf("%s.%s %s", strings.ReplaceAll(f.Dataset, g.name, ""), f.Name, f.Category))
		}
	}
	if diff := cmp.Diff([]string{"Note.hidden ", "Note.owner notes", "Note.secret secrets", "Stranger. ", "[:WROTE]. notes"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNewNamesEveryFault(t *testing.T) {
	t.Parallel()
	_, err := neopolicy.New(neopolicy.Config{Ignore: []string{""}})
	for _, want := range []string{"no driver", "manifest", "ignore[0]"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v: want it to say %q", err, want)
		}
	}
}
