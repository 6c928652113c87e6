package japanese

import (
	"math"
	"testing"
)

// TestTextlint holds textlint to what the pinned versions find, so that what the benchmarks compare is the whole preset: it finds the
// same in sentences and in the document of them.
func TestTextlint(t *testing.T) {
	t.Parallel()
	c := readCorpus(t)
	for name, texts := range map[string][]string{"sentences": c.apart(), "document": c.document()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, all := map[string]int{}, 0
			for _, counts := range ask[map[string]int](t, textlint(), c.inputs(texts, 1, 0)).Results {
				for rule, n := range counts {
					found[rule] += n
					all += n
				}
			}
			t.Log(found)
			if all != 174 || found["no-dropping-the-ra"] != 3 {
				t.Errorf("%d findings, of which no-dropping-the-ra %d; want 174 and 3", all, found["no-dropping-the-ra"])
			}
		})
	}
}

// TestSameFindings holds the library to what textlint finds, sentence by sentence, where both have a rule for the same and the findings of
// textlint are known to be right.
func TestSameFindings(t *testing.T) {
	t.Parallel()
	c := readCorpus(t)
	want := ask[map[string]int](t, textlint(), c.inputs(c.apart(), 1, 0)).Results
	got := ask[map[string]int](t, library("check"), c.inputs(c.apart(), 1, 0)).Results
	if len(got) != len(c.sentences) || len(want) != len(c.sentences) {
		t.Fatalf("%d and %d results, want %d", len(got), len(want), len(c.sentences))
	}
	for theirs, own := range map[string]string{
		"no-dropping-the-ra": "ra_nuki", "no-doubled-conjunctive-particle-ga": "doubled_ga", "max-kanji-continuous-len": "kanji_run",
	} {
		for i, s := range c.sentences {
			if got[i][own] != want[i][theirs] {
				t.Errorf("%s: %s %d times, where textlint finds %s %d times", s.ID, own, got[i][own], theirs, want[i][theirs])
			}
		}
	}
}

// TestGinza holds GiNZA to about as many tokens as the treebank has: it analyses all that it is given. Its units are a little longer.
func TestGinza(t *testing.T) {
	t.Parallel()
	c := readCorpus(t)
	c.sentences = c.sentences[:100]
	tokens, gold := 0, 0
	for i, n := range ask[int](t, ginza(), c.inputs(c.apart(), 1, 0)).Results {
		tokens += n
		gold += len(c.sentences[i].Tokens)
	}
	if ratio := float64(tokens) / float64(gold); ratio < 0.9 || ratio > 1.02 {
		t.Errorf("%d tokens, where the treebank has %d", tokens, gold)
	}
}

// TestReadability holds jreadability to the scores in the corpus, and the library to those of jreadability.
func TestReadability(t *testing.T) {
	t.Parallel()
	c := readCorpus(t)
	want := ask[float64](t, jreadability(), c.inputs(c.apart(), 1, 0)).Results
	got := ask[float64](t, library("readability"), c.inputs(c.apart(), 1, 0)).Results
	if len(got) != len(c.sentences) || len(want) != len(c.sentences) {
		t.Fatalf("%d and %d scores, want %d", len(got), len(want), len(c.sentences))
	}
	for i, s := range c.sentences {
		if math.Abs(want[i]-s.Score) > 1e-9 || math.Abs(got[i]-want[i]) > 1e-9 {
			t.Errorf("%s: the library says %v, jreadability %v, the corpus %v", s.ID, got[i], want[i], s.Score)
		}
	}
}
