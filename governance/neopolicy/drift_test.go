package neopolicy_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/neopolicy"
)

// school is a manifest of two labels and a relationship type, all of whose names begin with the graph's prefix.
type school struct{ memo, word, about, standing string }

func (g *graph) school() school {
	return school{memo: g.prefix + "Me`mo", word: g.prefix + "Word", about: g.prefix + "AB\\OUT", standing: g.prefix + "Standing"}
}

func (s school) manifest() governance.Manifest {
	return governance.Manifest{
		Classes: []governance.Class{{Category: "talk", Personal: true}, {Category: "lessons"}},
		Datasets: []governance.Dataset{
			{Store: governance.Neo4j, Name: s.memo, Category: "talk", Subject: "owner", Fields: []governance.Field{
				{Name: "id"}, {Name: "te`xt"}, {Name: "level", Category: "lessons"}}},
			{Store: governance.Neo4j, Name: s.word, Category: "lessons", Fields: []governance.Field{{Name: "kana"}}},
			{Store: governance.Neo4j, Name: "[:" + s.about + "]", Category: "talk", Subject: "by", Fields: []governance.Field{{Name: "id"}}},
			{Store: governance.Neo4j, Name: s.standing, Category: "talk", Subject: "subject", Fields: []governance.Field{
				{Name: "purpose"}, {Name: "consented"}}},
			{Store: governance.PostgreSQL, Name: "users", Category: "talk"},
		},
		Rules: []governance.Rule{{Categories: []governance.Category{"talk", "lessons"}, Actions: governance.Actions(),
			Purposes: []governance.Purpose{"study"}, Consent: true}},
	}
}

// fill makes the records that the manifest wants.
func (g *graph) fill(t testing.TB, s school) {
	t.Helper()
	memo, word, about, standing := quote(t, s.memo), quote(t, s.word), quote(t, s.about), quote(t, s.standing)
	g.run(t,
		"CREATE (:"+memo+" {id: 1, owner: 'ann', `te``xt`: 'x', level: 5})-[:"+about+" {id: 1, by: 'ann'}]->(:"+word+" {kana: 'x'})",
		"CREATE (:"+memo+" {id: 2})", "CREATE (:"+standing+" {subject: 'ann', purpose: 'study', consented: true})")
}

// index makes the indexes and constraints that it wants.
func (g *graph) index(t testing.TB, s school) {
	t.Helper()
	memo, about, standing := quote(t, s.memo), quote(t, s.about), quote(t, s.standing)
	g.run(t, "CREATE CONSTRAINT FOR (n:"+memo+") REQUIRE n.id IS UNIQUE", "CREATE INDEX FOR (n:"+memo+") ON (n.owner)",
		"CREATE CONSTRAINT FOR ()-[n:"+about+"]-() REQUIRE n.id IS UNIQUE", "CREATE INDEX FOR ()-[n:"+about+"]-() ON (n.by)",
		"CREATE INDEX FOR (n:"+standing+") ON (n.subject)")
	g.await(t)
}

func (g *graph) policy(t testing.TB, s school) *neopolicy.Policy {
	t.Helper()
	p, err := neopolicy.New(neopolicy.Config{
		Manifest: s.manifest(), Standing: s.standing, Strict: true, Within: []string{g.prefix + "*"}, Ignore: []string{g.prefix + "Tool*"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// summary tells the differences by kind and place.
func (g *graph) summary(r neopolicy.Report) []string {
	var list []string
	for _, d := range r.Differences {
		list = append(list, strings.TrimSpace(strings.Join([]string{string(d.Severity), string(d.Kind),
			strings.ReplaceAll(d.Element.Dataset(), g.prefix, ""), d.Property}, " ")))
	}
	return list
}

// planted is one way to differ. Word and memo, about and standing stand for the quoted names.
type planted struct {
	plant string   // statements, parted by semicolons
	want  []string // the differences
	mend  string   // what a person decides, where neither Repair nor Removal mends all
}

func plants() map[string]planted {
	return map[string]planted{
		"unknown label": {plant: "CREATE (:{prefix}Secret {a: 1}); CREATE (:{memo}:{prefix}Secret); CREATE INDEX FOR (n:{prefix}Secret) ON (n.a)",
			want: []string{"high unknown_label Secret"}},
		"label of an index alone": {plant: "CREATE CONSTRAINT FOR (n:{prefix}Secret) REQUIRE n.a IS UNIQUE",
			want: []string{"high unknown_label Secret"}},
		"ignored label": {plant: "CREATE (:{prefix}Toolbox)"},
		"unknown type": {plant: "MATCH (m:{memo} {id: 1}) CREATE (m)-[:{prefix}KNOWS]->(m)",
			want: []string{"high unknown_relationship_type [:KNOWS]"}},
		"unknown property": {plant: "MATCH (m:{memo} {id: 2}) SET m.`pho``ne` = 'x'", want: []string{"medium unknown_property Me`mo pho`ne"}},
		"unknown property of a type": {plant: "MATCH ()-[r:{about}]->() SET r.since = 1",
			want: []string{"medium unknown_property [:AB\\OUT] since"}},
		"missing property": {plant: "MATCH (m:{memo}) REMOVE m.level", want: []string{"low property_missing Me`mo level"},
			mend: "MATCH (m:{memo} {id: 1}) SET m.level = 1"},
		"missing label": {plant: "MATCH (w:{word}) DETACH DELETE w; CREATE (:{memo})-[:{about} {id: 3}]->(:{memo})",
			want: []string{"low dataset_missing Word"}, mend: "CREATE (:{word} {kana: 'x'})"},
		"number as a subject": {plant: "MATCH (m:{memo} {id: 2}) SET m.owner = 7", want: []string{"high unreadable_subject Me`mo owner"},
			mend: "MATCH (m:{memo} {id: 2}) SET m.owner = '7'"},
		"empty subject of a type": {plant: "MATCH ()-[r:{about}]->() SET r.by = ''", want: []string{"high unreadable_subject [:AB\\OUT] by"},
			mend: "MATCH ()-[r:{about}]->() REMOVE r.by"},
		"missing index":           {plant: "drop {memo} owner", want: []string{"medium index_missing Me`mo owner"}},
		"missing index of a type": {plant: "drop {about} by", want: []string{"medium index_missing [:AB\\OUT] by"}},
		"missing standing index":  {plant: "drop {standing} subject", want: []string{"medium index_missing Standing subject"}},
		"missing constraint":      {plant: "drop {memo} id", want: []string{"medium constraint_missing Me`mo id"}},
		"missing constraint of a type": {plant: "drop {about} id",
			want: []string{"medium constraint_missing [:AB\\OUT] id"}},
		"index in place of a constraint": {plant: "drop {memo} id; CREATE INDEX FOR (m:{memo}) ON (m.id)",
			want: []string{"medium constraint_missing Me`mo id"}},
		"text index in place of a range index": {plant: "drop {memo} owner; CREATE TEXT INDEX FOR (m:{memo}) ON (m.owner)",
			want: []string{"medium index_missing Me`mo owner"}},
		"index on two properties": {plant: "drop {memo} owner; CREATE INDEX FOR (m:{memo}) ON (m.level, m.owner)",
			want: []string{"medium index_missing Me`mo owner"}},
	}
}

// TestDriftFindsWhatIsPlanted plants each difference in a clean graph, finds it and nothing else, and mends it. It does so
// in one graph, one after the other, since a server takes its time to make an index.
func TestDriftFindsWhatIsPlanted(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	s := g.school()
	g.fill(t, s)
	g.index(t, s)
	p := g.policy(t, s)
	if report := g.drift(t, p); !report.Clean() {
		t.Fatalf("false alarm: %s", report)
	}
	all := plants()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		test := all[name]
		g.plant(t, s, test.plant)
		report := g.drift(t, p)
		if diff := cmp.Diff(test.want, g.summary(report)); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", name, diff)
		}
		g.mend(t, s, report, test.mend)
		if report := g.drift(t, p); !report.Clean() {
			t.Fatalf("%s: not mended: %s", name, report)
		}
	}
	g.requireAllAtOnce(t, s, p)
}

// requireAllAtOnce plants everything that does not stand in another's way, and mends it.
func (g *graph) requireAllAtOnce(t *testing.T, s school, p *neopolicy.Policy) {
	t.Helper()
	var want []string
	all, mend := plants(), ""
	for _, name := range []string{"unknown label", "ignored label", "unknown type", "unknown property", "unknown property of a type",
		"missing property", "number as a subject", "missing index", "missing index of a type", "missing standing index",
		"index in place of a constraint", "missing constraint of a type"} {
		g.plant(t, s, all[name].plant)
		want = append(want, all[name].want...)
		if all[name].mend != "" {
			mend += ";" + all[name].mend
		}
	}
	report := g.drift(t, p)
	got := g.summary(report)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	if again := g.drift(t, p); again.String() != report.String() {
		t.Errorf("the same database, another report:\n%s\n%s", report, again)
	}
	g.mend(t, s, report, strings.TrimPrefix(mend, ";"))
	if report := g.drift(t, p); !report.Clean() {
		t.Errorf("not mended: %s", report)
	}
}

// plant runs statements parted by semicolons. "drop label property" drops the index or constraint there.
func (g *graph) plant(t *testing.T, s school, statements string) {
	t.Helper()
	names := strings.NewReplacer("{prefix}", g.prefix, "{memo}", quote(t, s.memo), "{word}", quote(t, s.word),
		"{about}", quote(t, s.about), "{standing}", quote(t, s.standing))
	dropped := map[string]string{"{memo}": s.memo, "{about}": s.about, "{standing}": s.standing}
	for statement := range strings.SplitSeq(statements, ";") {
		if words := strings.Fields(statement); len(words) == 3 && words[0] == "drop" {
			g.drop(t, dropped[words[1]], words[2])
			continue
		}
		if statement != "" {
			g.run(t, names.Replace(statement))
		}
	}
	g.await(t)
}

func (g *graph) drop(t *testing.T, name, property string) {
	t.Helper()
	const find = `SHOW INDEXES YIELD name, type, owningConstraint, labelsOrTypes, properties
		WHERE type = 'RANGE' AND labelsOrTypes = [$name] AND properties = [$property] RETURN name, owningConstraint IS NOT NULL AS constrains`
	found := g.ask(t, t.Context(), find, map[string]any{"name": name, "property": property})
	if len(found) != 1 {
		t.Fatalf("%d indexes on %q %q: want 1", len(found), name, property)
	}
	word := "INDEX "
	if found[0].AsMap()["constrains"] == true {
		word = "CONSTRAINT "
	}
	g.run(t, "DROP "+word+quote(t, found[0].AsMap()["name"].(string)))
}

// mend runs all repairs and removals, and then what a person decides.
func (g *graph) mend(t *testing.T, s school, r neopolicy.Report, decided string) {
	t.Helper()
	g.run(t, r.Repairs()...)
	for _, d := range r.Differences {
		g.run(t, d.Removal...)
	}
	g.plant(t, s, decided)
	g.await(t)
}

// TestDriftKeepsRecords shows that a removed label takes with it the nodes that have no other, and no more.
func TestDriftKeepsRecords(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	s := g.school()
	g.fill(t, s)
	g.plant(t, s, plants()["unknown label"].plant)
	g.mend(t, s, g.drift(t, g.policy(t, s)), "")
	got := g.ask(t, t.Context(), "MATCH (n:"+quote(t, s.memo)+") RETURN count(n)", nil)[0].Values[0]
	if got != int64(3) {
		t.Errorf("%v memos are left: want 3", got)
	}
}

// TestDriftOfAnEmptyDatabase tells what to make, and that a type was declared as a label.
func TestDriftOfAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	s := g.school()
	g.run(t, "CREATE (:"+quote(t, s.word)+" {kana: 'x'})-[:"+quote(t, s.memo)+"]->(:"+quote(t, s.word)+")")
	report := g.drift(t, g.policy(t, s))
	want := []string{
		"high unknown_relationship_type [:Me`mo]",
		"medium constraint_missing Me`mo id", "medium constraint_missing [:AB\\OUT] id",
		"medium index_missing Me`mo owner", "medium index_missing Standing subject",
		"medium index_missing [:AB\\OUT] by",
		"low dataset_missing Me`mo", "low dataset_missing Standing", "low dataset_missing [:AB\\OUT]",
	}
	if diff := cmp.Diff(want, g.summary(report)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if text := report.String(); !strings.Contains(text, "there is a relationship type of this name") {
		t.Errorf("no hint in %s", text)
	}
}

// TestDriftOfASample says that it read a sample, and claims nothing of what it may not have read.
func TestDriftOfASample(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	s := g.school()
	g.fill(t, s)
	p, err := neopolicy.New(neopolicy.Config{Manifest: s.manifest(), Standing: s.standing, Within: []string{g.prefix + "*"}, Sample: 1})
	if err != nil {
		t.Fatal(err)
	}
	g.plant(t, s, "MATCH (m:{memo}) REMOVE m.level; MATCH (m:{memo}) SET m.owner = 7, m.more = 1")
	report := g.drift(t, p)
	if got := g.summary(report); !slices.Contains(got, "high unreadable_subject Me`mo owner") || strings.Contains(strings.Join(got, " "), "property") {
		t.Errorf("%q: want the subject, and nothing about properties", got)
	}
	if text := report.String(); !strings.Contains(text, "sample: at most 1 records") || !strings.Contains(text, "found 1 records") {
		t.Errorf("the report does not say that it is of a sample: %s", text)
	}
}

// TestDriftLooksEverywhere finds nodes without a label and labels of any name when nothing bounds it.
func TestDriftLooksEverywhere(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	s := g.school()
	g.fill(t, s)
	g.run(t, "CREATE ({run: '"+g.prefix+"'}), (:"+g.prefix+"Other)")
	defer g.run(t, "MATCH (n {run: '"+g.prefix+"'}) DELETE n")
	p, err := neopolicy.New(neopolicy.Config{Manifest: s.manifest(), Standing: s.standing})
	if err != nil {
		t.Fatal(err)
	}
	got := g.summary(g.drift(t, p))
	for _, want := range []string{"high unlabelled_nodes", "high unknown_label Other"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
}

// TestEnforcement holds the report to what the server is.
func TestEnforcement(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	s := g.school()
	edition := g.ask(t, t.Context(), "CALL dbms.components() YIELD edition RETURN edition", nil)[0].Values[0]
	report := g.drift(t, g.policy(t, s))
	want := neopolicy.NotAssessed
	if edition == "community" {
		want = neopolicy.NotEnforced
	}
	if report.Enforcement.Server != want || report.Enforcement.Edition != edition || report.Enforcement.Version == "" {
		t.Errorf("%+v on edition %v", report.Enforcement, edition)
	}
	text, err := json.Marshal(report)
	if err != nil || !strings.Contains(string(text), `"server":"`+string(want)+`"`) || !strings.Contains(string(text), `"kind":"dataset_missing"`) {
		t.Errorf("%s, %v", text, err)
	}
}

// TestInventory lists everything with the prefix.
func TestInventory(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	s := g.school()
	g.fill(t, s)
	g.plant(t, s, "CREATE (:{prefix}Secret {a: 1}); CREATE (:{prefix}Tool {a: 1}); MATCH (m:{memo} {id: 2}) SET m.phone = 'x'")
	list, err := g.policy(t, s).Fields(t.Context(), g.driver)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range list {
		got = append(got, strings.Join([]string{p.Store, strings.ReplaceAll(p.Dataset, g.prefix, ""), p.Name, string(p.Category)}, "/"))
	}
	want := []string{
		"neo4j/Me`mo//talk", "neo4j/Me`mo/id/talk", "neo4j/Me`mo/level/lessons", "neo4j/Me`mo/owner/talk", "neo4j/Me`mo/phone/",
		"neo4j/Me`mo/te`xt/talk", "neo4j/Secret//", "neo4j/Secret/a/", "neo4j/Standing//talk", "neo4j/Standing/consented/talk",
		"neo4j/Standing/purpose/talk", "neo4j/Standing/subject/talk", "neo4j/Word//lessons", "neo4j/Word/kana/lessons",
		"neo4j/[:AB\\OUT]//talk", "neo4j/[:AB\\OUT]/by/talk", "neo4j/[:AB\\OUT]/id/talk",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
