package neopolicy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/neopolicy"
)

// TestPredicateText shows the conditions, and that values are in the parameters alone.
func TestPredicateText(t *testing.T) {
	t.Parallel()
	const mine = "(`n`.`owner` IS NOT NULL AND `n`.`owner` = $shugo_caller)"
	const barred = "EXISTS { MATCH (shugo_standing:`Standing`) WHERE shugo_standing.subject = `n`.`owner` AND shugo_standing.subject <> '' AND "
	caller, both := map[string]any{"shugo_caller": "ann"}, map[string]any{"shugo_caller": "ann", "shugo_purpose": "study"}
	for name, test := range map[string]struct {
		reach  governance.Reach
		want   string
		params map[string]any
	}{
		"nothing":         {governance.Reach{}, "false", nil},
		"everything":      {governance.Reach{Own: governance.Every, Others: governance.Every}, "true", nil},
		"own":             {governance.Reach{Own: governance.Every}, mine, caller},
		"others":          {governance.Reach{Others: governance.Every}, "(`n`.`owner` IS :: STRING AND NOT " + mine + ")", caller},
		"own consenting":  {governance.Reach{Own: governance.Consenting}, "false", nil}, // Reach has asked already
		"not restricted":  {governance.Reach{Own: governance.Every, Others: governance.Every, Standing: true}, "(" + mine + " OR (`n`.`owner` IS :: STRING AND NOT " + barred + "coalesce(shugo_standing.restricted, false) <> false }))", caller},
		"no purpose":      {governance.Reach{Own: governance.Every, Others: governance.Consenting}, mine, caller},
		"an odd extent":   {governance.Reach{Own: 9, Others: 9}, "false", nil},
		"with a purpose":  {governance.Reach{Purpose: "study", Others: governance.Consenting}, "(`n`.`owner` IS :: STRING AND NOT " + mine + " AND " + barred + "shugo_standing.purpose = $shugo_purpose AND shugo_standing.consented = true })", both},
		"held on erasing": {governance.Reach{Target: governance.Target{Action: governance.Erase}, Own: governance.Every, Others: governance.Every, Standing: true}, "(" + mine + " OR (`n`.`owner` IS :: STRING AND NOT " + barred + "(coalesce(shugo_standing.restricted, false) <> false OR coalesce(shugo_standing.held, false) <> false) }))", caller},
	} {
		test.reach.Dataset.Subject, test.reach.Caller = "owner", "ann"
		got, params, err := neopolicy.Predicate(test.reach, neopolicy.Query{Standing: "Standing"})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(test.params, params, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: parameters (-want +got):\n%s", name, diff)
		}
	}
}

// TestPredicateOfNobody has a caller without an ID, who owns nothing.
func TestPredicateOfNobody(t *testing.T) {
	t.Parallel()
	got, params, err := neopolicy.Predicate(governance.Reach{Dataset: governance.Dataset{Subject: "owner"}, Own: governance.Every}, neopolicy.Query{})
	if got != "false" || len(params) != 0 || err != nil {
		t.Errorf("%s, %v, %v", got, params, err)
	}
}

// TestPredicateRefuses has what cannot be asked, or not written.
func TestPredicateRefuses(t *testing.T) {
	t.Parallel()
	own := governance.Reach{Dataset: governance.Dataset{Subject: "owner"}, Caller: "ann", Own: governance.Every}
	consenting, restricted, odd, nameless := own, own, own, own
	consenting.Others = governance.Consenting
	restricted.Others, restricted.Standing = governance.Every, true
	odd.Caller, nameless.Dataset.Subject = "\xff secret", "\xff"
	for name, test := range map[string]struct {
		reach governance.Reach
		query neopolicy.Query
		want  string
	}{
		"consent":              {consenting, neopolicy.Query{}, "no standing label"},
		"restriction":          {restricted, neopolicy.Query{}, "no standing label"},
		"caller":               {odd, neopolicy.Query{}, "the caller is not a text"},
		"subject":              {nameless, neopolicy.Query{}, "subject"},
		"variable":             {own, neopolicy.Query{Variable: "a\x00"}, "variable"},
		"standing":             {own, neopolicy.Query{Standing: "\xff"}, "standing"},
		"prefix":               {own, neopolicy.Query{Prefix: "a-b"}, `prefix "a-b"`},
		"prefix with a digit":  {own, neopolicy.Query{Prefix: "1a"}, `prefix "1a"`},
		"prefix that unquotes": {own, neopolicy.Query{Prefix: "a`"}, "prefix"},
		"variable of its own":  {own, neopolicy.Query{Variable: "shugo_standing"}, `variable "shugo_standing"`},
	} {
		got, _, err := neopolicy.Predicate(test.reach, test.query)
		if err == nil || got != "" || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %q, %v; want an error with %q", name, got, err, test.want)
		}
		if errors.Is(err, neopolicy.ErrStanding) != strings.Contains(test.want, "standing label") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPredicateUsesIndex explains the query for a caller's own records.
func TestPredicateUsesIndex(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	label := quote(t, g.prefix+"Memo")
	g.run(t, "CREATE INDEX FOR (n:"+label+") ON (n.owner)")
	g.await(t)
	reach := governance.Reach{Dataset: governance.Dataset{Subject: "owner"}, Caller: "ann", Own: governance.Every}
	where, params, err := neopolicy.Predicate(reach, neopolicy.Query{})
	if err != nil {
		t.Fatal(err)
	}
	result, err := neo4j.ExecuteQuery(t.Context(), g.driver, "EXPLAIN MATCH (n:"+label+") WHERE "+where+" RETURN n", params,
		neo4j.EagerResultTransformer)
	if err != nil {
		t.Fatal(err)
	}
	if operators := operators(result.Summary.Plan()); !strings.Contains(operators, "NodeIndexSeek") {
		t.Errorf("the plan has no seek: %s", operators)
	}
}

func operators(p neo4j.Plan) string {
	text := p.Operator()
	for _, child := range p.Children() {
		text += " " + operators(child)
	}
	return text
}

// TestNewRefuses reports all faults of a configuration at once.
func TestNewRefuses(t *testing.T) {
	t.Parallel()
	manifest := governance.Tutor()
	manifest.Datasets = append(manifest.Datasets, governance.Dataset{Store: governance.Neo4j, Name: "[:]", Category: governance.UserData})
	_, err := neopolicy.New(neopolicy.Config{
		Manifest: manifest, Within: []string{"["}, Ignore: []string{"a["}, Sample: -1, ID: "\x00", Standing: "\xff",
	})
	for _, want := range []string{`pattern "["`, `pattern "a["`, "sample -1", "id: ", "standing: ", `dataset "[:]"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in: %v", want, err)
		}
	}
	if _, err := neopolicy.New(neopolicy.Config{Manifest: governance.Tutor(), Store: "elsewhere"}); err == nil {
		t.Error("a store without datasets is taken")
	}
	if _, err := neopolicy.New(neopolicy.Config{}); !errors.As(err, new(*governance.ManifestError)) {
		t.Errorf("an empty manifest: %v", err)
	}
	if _, err := neopolicy.New(neopolicy.Config{Manifest: (&graph{}).school().manifest()}); !errors.Is(err, neopolicy.ErrStanding) {
		t.Errorf("consent without a standing label: %v", err)
	}
}
