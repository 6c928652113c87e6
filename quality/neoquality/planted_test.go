package neoquality_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/neoquality"
)

// finding is what a report says of a check.
type finding struct {
	Judged, Unexpected int64
	Method             quality.Method
	Verdict            quality.Verdict
	Examples           []string
}

func findings(r quality.Report) []finding {
	list := make([]finding, len(r.Results))
	for i, x := range r.Results {
		list[i] = finding{x.Judged, x.Unexpected, x.Method, x.Verdict, x.Examples}
	}
	return list
}

// Each defect is planted in one node of a hundred, or two; each is found, named by its key, and the remedies are statements that the
// server takes.
func TestPlantedDefects(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	g.run(t, "CREATE CONSTRAINT FOR (n:#Teacher) REQUIRE n.id IS UNIQUE", "CREATE CONSTRAINT FOR (n:#Course) REQUIRE n.id IS UNIQUE",
		"UNWIND range(0, 99) AS i CREATE (:#Teacher {id: 't' + i, name: 'name ' + i, born: date('1980-01-01'), age: i, mail: i + '@x.jp', course: 'c' + i})",
		"UNWIND range(0, 99) AS i CREATE (:#Course {id: 'c' + i})",
		"MATCH (t:#Teacher), (c:#Course) WHERE c.id = t.course CREATE (t)-[:#TEACHES {since: 2020}]->(c)",
		"MATCH (t:#Teacher {id: 't1'}) REMOVE t.name", "MATCH (t:#Teacher {id: 't2'}) SET t.name = '\u3000\u3000'",
		"MATCH (t:#Teacher {id: 't3'}) SET t.age = '3'", "MATCH (t:#Teacher {id: 't4'}) SET t.age = -1",
		"MATCH (t:#Teacher {id: 't5'})-[r]->() DELETE r", "MATCH (t:#Teacher {id: 't6'}), (c:#Course {id: 'c6'}) CREATE (t)-[:#TEACHES {since: 2020}]->(c)",
		"MATCH (t:#Teacher {id: 't7'}) CREATE (t)-[:#TEACHES]->(t)", "MATCH (t:#Teacher {id: 't8'}) SET t.mail = '7@x.jp'",
		"MATCH (t:#Teacher {id: 't9'}) SET t.course = 'gone'", "MATCH (t:#Teacher {id: 't10'}) SET t.mail = 'nobody'")
	teachers := quality.Suite{Dataset: "#Teacher", Checks: checks(
		quality.NotNull{Field: "name"}, quality.NotEmpty{Field: "name"}, quality.ColumnType{Field: "age", Types: []string{"INTEGER"}},
		quality.Range{Field: "age", Min: 0}, neoquality.Connected{Types: []string{g.named("#TEACHES")}, Direction: neoquality.Outgoing},
		neoquality.Degree{Types: []string{g.named("#TEACHES")}, Direction: neoquality.Outgoing, Max: 1}, quality.Unique{Fields: []string{"mail"}},
		quality.Reference{Fields: []string{"course"}, To: g.named("#Course"), ToFields: []string{"id"}}, quality.Match{Field: "mail", Pattern: "@"},
		quality.Unique{Fields: []string{"id", "name"}}, quality.RowCount{Min: 101}, quality.HasColumns{Names: []string{"id", "gone"}},
		quality.Statistic{Of: quality.Maximum, Field: "born", Max: time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)}, quality.Statistic{Of: quality.Mean, Field: "age", Max: 1},
		quality.Fresh{Field: "born", Age: time.Hour}, quality.Sequence{Field: "age"})}
	teaches := quality.Suite{Dataset: "[:#TEACHES]", Checks: checks(neoquality.NoLoop{}, neoquality.NoParallel{},
		neoquality.Endpoints{From: []string{g.named("#Teacher")}, To: []string{g.named("#Course")}}, quality.NotNull{Field: "since"})}
	reports := g.assess(t, teachers, teaches)
	full, fail, pass := quality.ByFull, quality.Fail, quality.Pass
	want := []finding{
		{100, 1, full, pass, []string{"t1"}}, {99, 1, full, pass, []string{"t2"}}, {100, 1, full, pass, []string{"t3"}},
		{100, 2, full, quality.Warn, []string{"t3", "t4"}}, {100, 1, full, pass, []string{"t5"}}, {100, 2, full, pass, []string{"t6", "t7"}},
		{100, 2, full, fail, []string{"t7", "t8"}}, {100, 1, full, pass, []string{"t9"}}, {100, 1, full, pass, []string{"t10"}},
		{100, 0, quality.ByProof, pass, nil}, {1, 1, quality.ByCatalog, fail, nil}, {1, 1, full, fail, nil}, {1, 1, full, fail, nil},
		{0, 0, quality.ByCatalog, quality.NotAssessed, nil}, {1, 1, full, fail, nil}, {0, 0, quality.ByCatalog, quality.NotAssessed, nil},
	}
	got := findings(reports[0])
	for i := range got {
		slices.Sort(got[i].Examples)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("nodes (-want +got):\n%s", diff)
	}
	var found []int64
	for _, r := range reports[1].Results {
		found = append(found, r.Judged, r.Unexpected)
	}
	if diff := cmp.Diff([]int64{101, 1, 101, 2, 101, 1, 101, 1}, found); diff != "" {
		t.Errorf("relationships (-want +got):\n%s", diff)
	}
	g.mend(t, reports)
}

// mend has the server plan, but not run, the remedies that Community knows.
func (g *graph) mend(t testing.TB, reports []quality.Report) {
	t.Helper()
	for _, report := range reports {
		for _, r := range report.Results {
			if (r.Unexpected > 0 && r.Verdict != quality.NotAssessed) != (r.Mend != nil) {
				t.Errorf("%s: %d unexpected, remedy %v", r.Kind, r.Unexpected, r.Mend)
			}
			if r.Mend == nil {
				continue
			}
			for _, text := range []string{r.Mend.Statement, r.Mend.Prevent} {
				if text != "" && !strings.Contains(text, "Enterprise") {
					g.ask(t, t.Context(), "EXPLAIN "+text, map[string]any{"ids": []string{}})
				}
			}
		}
	}
}

// No value of a property gets into a report, a plan, progress or an error; keys only as hashes, where that is wished.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	const canary = "CANARY"
	g.run(t, "UNWIND range(1, 50) AS i CREATE (:#Secret {id: 'CANARY-ID' + i, a: 'CANARY-A' + (i % 3), b: ['CANARY-B'], c: i, at: datetime('1999-01-01')})"+
		"-[:#KNOWS {what: 'CANARY-R'}]->(:#Other {id: 'CANARY-O' + i})")
	suite := quality.Suite{Dataset: "#Secret", Key: []string{"id"}, Hashed: true, Checks: checks(
		quality.Length{Field: "a", Max: 1}, quality.Unique{Fields: []string{"a"}}, quality.Match{Field: "a", Pattern: "^x$"}, quality.ColumnType{Field: "b", Types: []string{"STRING"}},
		quality.Statistic{Of: quality.Maximum, Field: "a", Max: "A"}, quality.Statistic{Of: quality.Mean, Field: "a", Max: 1}, quality.Total{Fields: []string{"a", "c"}, Max: 1},
		quality.Reference{Fields: []string{"a"}, To: g.named("#Other"), ToFields: []string{"id"}}, quality.Fresh{Field: "at", Age: time.Hour},
		neoquality.Mirror{Field: "id", IDs: stream([]string{"CANARY-X"})}, neoquality.Mirror{Field: "a", IDs: stream([]string{"CANARY-X"})}, quality.VectorNorm{Field: "b"})}
	var said bytes.Buffer
	a := newAssessor(t, neoquality.Config{Suites: g.placed([]quality.Suite{suite}), Progress: func(p quality.Progress) { fmt.Fprintf(&said, "%+v\n", p) }})
	reports, err := a.Assess(t.Context(), g.driver)
	if err != nil {
		t.Fatal(err)
	}
	plans, err := a.Explain(t.Context(), g.driver)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewEncoder(&said).Encode([]any{reports, plans}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said.String(), "sha256:") || !strings.Contains(said.String(), "statements") {
		t.Errorf("no hashed example, or no progress, in %s", said.String())
	}
	disordered := suite
	disordered.Checks = checks(neoquality.Mirror{Field: "id", IDs: stream([]string{"CANARY-B", "CANARY-A"})})
	_, err = newAssessor(t, neoquality.Config{Suites: g.placed([]quality.Suite{disordered})}).Assess(t.Context(), g.driver)
	if !errors.Is(err, neoquality.ErrOrder) {
		t.Errorf("found %v", err)
	}
	fmt.Fprint(&said, err)
	if strings.Contains(said.String(), canary) {
		t.Errorf("a value in\n%s", said.String())
	}
}

// Without a key records are named by the key of a constraint; without one, by element id.
func TestExamples(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	g.run(t, "CREATE CONSTRAINT FOR (n:#Keyed) REQUIRE (n.a, n.b) IS UNIQUE", "UNWIND range(1, 1200) AS i CREATE (:#Keyed {a: i, b: date('2026-01-02')}), (:#Plain {a: i})")
	few := checks(quality.NotNull{Field: "x"})
	reports := g.assess(t, quality.Suite{Dataset: "#Keyed", Checks: few, Example: 3}, quality.Suite{Dataset: "#Plain", Checks: few},
		quality.Suite{Name: "none", Dataset: "#Plain", Checks: few, Example: -1}, quality.Suite{Name: "null", Dataset: "#Plain", Key: []string{"y"}, Checks: few})
	if got := reports[0].Results[0].Examples; len(got) != 3 || !strings.HasSuffix(got[0], ", 2026-01-02") {
		t.Errorf("by the constraint: %q", got)
	}
	for _, i := range []int{1, 3} {
		if got := reports[i].Results[0].Examples; len(got) != 5 || !strings.HasPrefix(got[0], "elementId 4:") {
			t.Errorf("%s: %q", reports[i].Suite, got)
		}
	}
	if got := reports[2].Results[0].Examples; got != nil {
		t.Errorf("none wished: %q", got)
	}
}

// Ids that are no text are in no other store, repeated ones are one in a merge, and what would take too long without an index is not begun.
func TestComparisons(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	g.run(t, "UNWIND [1, true, 'b', 'b', 'c'] AS id CREATE (:#I {id: id})", "UNWIND range(1, 4000) AS i CREATE (:#Many {id: toString(i)})")
	ids := stream([]string{"a", "b", "b", "d"})
	many := quality.Suite{Dataset: "#Many", Checks: checks(neoquality.Mirror{Field: "id", IDs: ids, Of: neoquality.Theirs},
		quality.Reference{Fields: []string{"id"}, To: g.named("#Many")})}
	reports := g.assess(t, quality.Suite{Dataset: "#I", Key: []string{"id"}, Checks: checks(neoquality.Mirror{Field: "id", IDs: ids})}, many)
	r := reports[0].Results[0]
	slices.Sort(r.Examples)
	want := []string{"1", "c", "only in the other store: a", "only in the other store: d", "true"}
	if diff := cmp.Diff(want, r.Examples); diff != "" || r.Judged != 7 || r.Unexpected != 5 {
		t.Errorf("judged %d, unexpected %d (-want +got):\n%s", r.Judged, r.Unexpected, diff)
	}
	for _, r := range reports[1].Results {
		if r.Verdict != quality.NotAssessed || !strings.Contains(r.Reason, "range index") {
			t.Errorf("without an index: %+v", r)
		}
	}
	g.run(t, "CREATE RANGE INDEX FOR (n:#Many) ON (n.id)")
	g.await(t)
	for i, r := range g.assess(t, many)[0].Results {
		if want := []figures{{4, 4}, {4000, 0}}[i]; r.Judged != want.Judged || r.Unexpected != want.Unexpected {
			t.Errorf("with an index: judged %d with %d unexpected, want %+v", r.Judged, r.Unexpected, want)
		}
	}
}
