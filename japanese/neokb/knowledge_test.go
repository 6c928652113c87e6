package neokb_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/config"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/japanese"
	"github.com/shugo-data/shugo/japanese/japanesetest"
	"github.com/shugo-data/shugo/japanese/neokb"
)

func TestContract(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	for name, keep := range map[string]int{"all kept": 0, "two kept": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			japanesetest.TestKnowledgeBase(t, func(t *testing.T) japanesetest.KnowledgeHarness {
				kb := g.base(t, g.driver, func(c *neokb.Config) { c.Keep = keep })
				return japanesetest.KnowledgeHarness{KnowledgeBase: kb, Facts: facts(), Kinds: allKinds()}
			})
		})
	}
	t.Run("none kept, behind a gate", func(t *testing.T) {
		t.Parallel()
		japanesetest.TestKnowledgeBase(t, func(t *testing.T) japanesetest.KnowledgeHarness {
			between := newGate(t)
			kb := g.base(t, connect(t, between.address()), func(c *neokb.Config) { c.Keep = -1 })
			return japanesetest.KnowledgeHarness{KnowledgeBase: kb, Facts: facts(), Kinds: allKinds(), Stall: between.shut}
		})
	})
}

func TestFacts(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	for _, batch := range []int{0, 1, 2} {
		kb := g.base(t, g.driver, func(c *neokb.Config) { c.Batch = batch })
		got, err := kb.Facts(t.Context(), []string{"食べる", "生", "無", "〜てから"}, allKinds())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(facts(), got); diff != "" {
			t.Errorf("batches of %d:\n%s", batch, diff)
		}
	}
}

func TestFactsOfWholeGraph(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	kb := g.base(t, g.driver, func(c *neokb.Config) { c.Scope = nil })
	got, err := kb.Facts(t.Context(), []string{"食べる"}, []japanese.FactKind{japanese.ReadingFact})
	if err != nil || len(got) != 2 {
		t.Errorf("got %d readings and %v, want those of both runs", len(got), err)
	}
}

// TestCheckClaims is the whole way from a sentence to the graph.
func TestCheckClaims(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	claims := japanese.NewClaimFinder().Find("「食べる」は五段動詞です。「生」は「いきる」と読みます。「食べる」のて形は「食べて」です。「食べる」は「to dine」という意味です。")
	r, err := japanese.CheckClaims(t.Context(), claims, g.base(t, g.driver, nil), japanese.ClaimConfig{})
	if err != nil {
		t.Fatal(err)
	}
	var got []japanese.Verdict
	for _, one := range r.Results {
		got = append(got, one.Verdict)
	}
	want := []japanese.Verdict{japanese.VerdictContradicted, japanese.VerdictSupported, japanese.VerdictSupported, japanese.VerdictUnknown}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"word:1#part_of_speech::ichidan verb"}, r.Results[0].Facts); diff != "" {
		t.Error(diff)
	}
}

func TestFactsAreKept(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	now := time.Unix(0, 0)
	kb := g.base(t, g.driver, func(c *neokb.Config) {
		c.Expiry, c.Keep, c.Now = time.Minute, 2, func() time.Time { return now }
	})
	level := func(item string) int {
		t.Helper()
		got, err := kb.Facts(t.Context(), []string{item}, []japanese.FactKind{japanese.LevelFact})
		if err != nil {
			t.Fatal(err)
		}
		return len(got)
	}
	if level("食べる") != 1 || level("無い") != 0 {
		t.Fatal("the graph is not as it was made")
	}
	g.run(t, t.Context(), `MATCH (n:% {written: '食べる'}) REMOVE n.level`, g.labels[1].Name)
	g.run(t, t.Context(), `CREATE (:% {id: 'word:9', written: '無い', level: 'N4', run: 'a'})`, g.labels[1].Name)
	if level("食べる") != 1 || level("無い") != 0 {
		t.Error("what was found, or that nothing was, is not kept")
	}
	now = now.Add(time.Minute)
	if level("食べる") != 0 || level("無い") != 1 {
		t.Error("what is kept does not expire")
	}
	g.run(t, t.Context(), `MATCH (n:% {written: '無い'}) REMOVE n.level`, g.labels[1].Name)
	level("食べる")
	level("生")
	if level("無い") != 0 {
		t.Error("what was not asked for the longest is kept beyond the bound")
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	_, err := neokb.New(nil, neokb.Config{
		Labels:  []neokb.Label{{}, {Name: "Word", Item: "written", Properties: []neokb.Property{{Kind: "colour"}, {Kind: japanese.ConjugationFact, Name: "te"}}}},
		Timeout: -1, Scope: map[string]string{"": "a"},
	})
	if !errors.Is(err, neokb.ErrConfig) {
		t.Fatalf("got %v, want ErrConfig", err)
	}
	for _, want := range []string{
		"label 1: it has no Name or no Item", "label 1: it has no properties", "label 2: property 1 has no Name", `label 2: property 1 is of kind "colour"`,
		"label 2: property 2 is a conjugation without a Form", "Timeout -1ns", "a property without a name",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	address, user, _ := servertest.Neo4j(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	stranger, err := neo4j.NewDriverWithContext(address, neo4j.BasicAuth(user, "not the password", ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stranger.Close(context.Background()) })
	away, err := neo4j.NewDriverWithContext("bolt://"+closed.Addr().String(), neo4j.NoAuth(), func(c *config.Config) {
		c.MaxTransactionRetryTime = time.Millisecond
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { away.Close(context.Background()) })
	for name, c := range map[string]struct {
		kb   *neokb.KnowledgeBase
		want error
	}{
		"credentials": {g.base(t, stranger, nil), neokb.ErrCredentials},
		"unreachable": {g.base(t, away, nil), neokb.ErrUnreachable},
		"database":    {g.base(t, g.driver, func(c *neokb.Config) { c.Database = "nowhere" }), neokb.ErrDatabase},
	} {
		got, err := c.kb.Facts(t.Context(), []string{"ひみつ"}, allKinds())
		var failed *neokb.LookUpError
		if !errors.Is(err, c.want) || !errors.As(err, &failed) || got != nil {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "ひみつ") {
			t.Errorf("%s: the error has an item in it", name)
		}
	}
}

func BenchmarkFacts(b *testing.B) {
	g := newGraph(b)
	items := []string{"食べる", "生", "〜てから"}
	for name, keep := range map[string]int{"kept": 0, "asked": -1} {
		kb := g.base(b, g.driver, func(c *neokb.Config) { c.Keep = keep })
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := kb.Facts(b.Context(), items, allKinds()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
