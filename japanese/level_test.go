package japanese_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shugo-data/shugo/japanese"
)

// slashAnalyzer is an Analyzer of texts with a slash after each word: a word that ends in + is a particle, one that ends in ! a name.
type slashAnalyzer struct{}

// Analyze implements japanese.Analyzer.
func (slashAnalyzer) Analyze(_ context.Context, text string) ([]japanese.Token, error) {
	var tokens []japanese.Token
	at := 0
	for part := range strings.SplitAfterSeq(text, "/") {
		word := strings.TrimRight(part, "/+!")
		t := japanese.Token{Span: japanese.Span{Start: at, End: at + len(word)}, Surface: word, Base: word, Lemma: word + "-一般", POS: [4]string{"名詞", "普通名詞"}, Known: true}
		switch {
		case strings.Contains(part, "+"):
			t.POS = [4]string{"助詞", "格助詞"}
		case strings.Contains(part, "!"):
			t.POS = [4]string{"名詞", "固有名詞"}
		}
		at += len(part)
		if word != "" {
			tokens = append(tokens, t)
		}
	}
	return tokens, nil
}

// Readings implements japanese.Analyzer.
func (slashAnalyzer) Readings(string) []string { return nil }

func TestCheckLevel(t *testing.T) {
	t.Parallel()
	words := japanese.WordList{"水": "N5", "飲む": "N5", "経験": "N4", "環境": "N2", "古語": "級外"}
	for name, c := range map[string]struct {
		text   string
		config japanese.LevelConfig
		want   japanese.LevelReport
	}{
		"fits":              {"水/を+/飲む/", japanese.LevelConfig{Level: "N5"}, japanese.LevelReport{Level: "N5", Verdict: "fits", Words: 2}},
		"names":             {"水/東京!/", japanese.LevelConfig{Level: "N5"}, japanese.LevelReport{Level: "N5", Verdict: "fits", Words: 1}},
		"above":             {"水/経験/環境/", japanese.LevelConfig{Level: "N5"}, japanese.LevelReport{Level: "N5", Verdict: "above", Words: 3, Next: 1, Above: 2}},
		"hard enough":       {"水/経験/", japanese.LevelConfig{Level: "JLPT N4"}, japanese.LevelReport{Level: "JLPT N4", Verdict: "fits", Words: 2}},
		"one may be":        {"水/経験/", japanese.LevelConfig{Level: "N5", Most: 0.5}, japanese.LevelReport{Level: "N5", Verdict: "fits", Words: 2, Next: 1, Above: 1}},
		"unlisted":          {"水/未知/", japanese.LevelConfig{Level: "N1"}, japanese.LevelReport{Level: "N1", Verdict: "unknown", Words: 2, Unlisted: 1}},
		"not on the scale":  {"水/古語/", japanese.LevelConfig{Level: "N1"}, japanese.LevelReport{Level: "N1", Verdict: "unknown", Words: 2, Unlisted: 1}},
		"no words":          {"を+/", japanese.LevelConfig{Level: "N1"}, japanese.LevelReport{Level: "N1", Verdict: "unknown"}},
		"level of the text": {"環境/", japanese.LevelConfig{}, japanese.LevelReport{Level: "N3", Verdict: "above", Words: 1, Next: 1, Above: 1}},
		"scale of a host":   {"環境/", japanese.LevelConfig{Level: "N2", Scale: []string{"N5", "N2"}}, japanese.LevelReport{Level: "N2", Verdict: "fits", Words: 1}},
	} {
		d, err := japanese.NewDocument(t.Context(), c.text, japanese.Config{Analyzer: slashAnalyzer{}, Level: "N3"})
		if err != nil {
			t.Fatal(err)
		}
		got, err := japanese.CheckLevel(d, words, c.config)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(japanese.LevelReport{}, "Harder")); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if len(got.Harder) != got.Above {
			t.Errorf("%s: %d words are listed, %d counted", name, len(got.Harder), got.Above)
		}
	}
}

func TestCheckLevelSaysWhere(t *testing.T) {
	t.Parallel()
	d, err := japanese.NewDocument(t.Context(), "水/環境/経験/", japanese.Config{Analyzer: slashAnalyzer{}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := japanese.CheckLevel(d, japanese.WordList{"水": "N5", "経験": "N4", "環境": "N2"}, japanese.LevelConfig{Level: "N5"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range r.Harder {
		got = append(got, d.In(w.At.Bytes)+" "+w.Level+strings.Repeat("+", w.Steps))
	}
	if diff := cmp.Diff([]string{"環境 N2+++", "経験 N4+"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestCheckLevelRefuses(t *testing.T) {
	t.Parallel()
	plain, err := japanese.NewDocument(t.Context(), "水", japanese.Config{Level: "N5"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := japanese.CheckLevel(plain, japanese.BasicWords(), japanese.LevelConfig{}); !errors.Is(err, japanese.ErrNotAnalyzed) {
		t.Errorf("no analyzer: got %v", err)
	}
	d, err := japanese.NewDocument(t.Context(), "水/", japanese.Config{Analyzer: slashAnalyzer{}})
	if err != nil {
		t.Fatal(err)
	}
	for _, level := range []string{"", "N6", "4級"} {
		if _, err := japanese.CheckLevel(d, japanese.BasicWords(), japanese.LevelConfig{Level: level}); !errors.Is(err, japanese.ErrLevel) {
			t.Errorf("level %q: got %v, want ErrLevel", level, err)
		}
	}
	if _, err := japanese.CheckLevel(d, nil, japanese.LevelConfig{Level: "N5"}); err == nil {
		t.Error("no lexicon: got no error")
	}
}

func TestBasicWords(t *testing.T) {
	t.Parallel()
	words := japanese.BasicWords()
	counts := map[string]int{}
	for _, level := range words {
		counts[level]++
	}
	if counts["N5"] < 300 || counts["N4"] < 100 || len(counts) != 2 {
		t.Errorf("got %v", counts)
	}
	if level, listed := words.Level("食べる", "タベル"); level != "N5" || !listed {
		t.Errorf("食べる: got %s, %v", level, listed)
	}
}
