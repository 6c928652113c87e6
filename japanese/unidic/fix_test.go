package unidic_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/shugo-data/shugo/japanese"
)

// TestRuleExamples holds each rule to its examples, and to what a rule must say of itself.
func TestRuleExamples(t *testing.T) {
	t.Parallel()
	a := grammarAnalyzer(t)
	seen := map[string]bool{}
	extra := japanese.SpacingRules(japanese.SpacingConfig{
		Letters: japanese.OneGap, BeforeCode: japanese.OneGap, AfterCode: japanese.NoGap, BeforeLink: japanese.NoGap, AfterLink: japanese.OneGap,
	})
	for _, rule := range append(everyRule(), extra[3:]...) {
		if seen[rule.ID] && rule.ID != "space_between_widths" {
			t.Errorf("%s is there twice", rule.ID)
		}
		seen[rule.ID] = true
		if rule.Title == "" || rule.Source == "" || rule.Severity == "" || rule.Dimension == "" {
			t.Errorf("%s does not say what it is", rule.ID)
		}
		if found := rule.Check(grammarDocument(t, a, rule.Wrong)); len(found) == 0 {
			t.Errorf("%s finds nothing in its wrong example", rule.ID)
		}
		if found := rule.Check(grammarDocument(t, a, rule.Right)); len(found) > 0 {
			t.Errorf("%s finds %d in its right example", rule.ID, len(found))
		}
	}
}

// TestDefault holds the selection to what is worth an interruption.
func TestDefault(t *testing.T) {
	t.Parallel()
	ids := []string{}
	for _, rule := range japanese.Default() {
		ids = append(ids, rule.ID)
		if rule.Severity == "low" {
			t.Errorf("%s is a matter of style", rule.ID)
		}
	}
	want := []string{
		"ra_nuki", "re_tasu", "sa_ire", "verb_form", "onbin", "adjective_form", "misused_expression", "misused_word", "tautology",
		"successive_word", "unbalanced_bracket", "kana_spelling", "mixed_register",
	}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("(-want +got): %s", diff)
	}
}

// TestFixOfDoing holds the fix of を行う to sentences that stay whole: a noun with what modifies it does not become a verb.
func TestFixOfDoing(t *testing.T) {
	t.Parallel()
	a := grammarAnalyzer(t)
	rule := japanese.RedundantExpressions(japanese.RedundancyConfig{})
	for text, want := range map[string]string{
		"すぐに実験を行います。": "すぐに実験します。", "彼は実験を行った。": "彼は実験した。", "実験を行えば分かる。": "実験すれば分かる。", "実験を行わない。": "実験しない。", "実験が行われる。": "",
		"実験を行おう。": "実験しよう。", "データの表示を行います。": "", "作ったデータの表示を行う。": "", "新しい実験を行う。": "", "省略することができる。": "省略できる。",
		"省略することもできます。": "省略もできます。", "省略することが可能だ。": "省略可能だ。", "食べることができる。": "",
	} {
		got := ""
		for _, f := range rule.Check(grammarDocument(t, a, text)) {
			if f.Fix != nil {
				got = mended(text, f.Fix)
			}
		}
		if got != want {
			t.Errorf("%s becomes %q, not %q", text, got, want)
		}
	}
}

func mended(text string, f *japanese.Fix) string {
	return text[:f.At.Start] + f.With + text[f.At.End:]
}

// contentLemmas are the lemmas that carry meaning, sorted. Words in kana are left out: which of its homonyms かける is depends on what
// follows it.
func contentLemmas(d *japanese.Document) []string {
	var lemmas []string
	for _, t := range d.Tokens {
		switch {
		case !strings.ContainsFunc(t.Surface, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
		case t.POS[0] == "名詞" && t.POS[1] != "数詞" && t.Known, t.POS[0] == "動詞" && t.POS[1] == "一般", t.POS[0] == "形容詞" && t.POS[1] == "一般":
			lemmas = append(lemmas, t.Lemma)
		}
	}
	slices.Sort(lemmas)
	return lemmas
}

// readAloud is a text in katakana, or nothing when a word has no reading.
func readAloud(d *japanese.Document) []string {
	var text strings.Builder
	for _, t := range d.Tokens {
		if t.Reading == "" && t.POS[0] != "補助記号" {
			return nil
		}
		text.WriteString(t.Reading)
	}
	return []string{text.String()}
}

// meaningKept is how what a rule must not change is read off a text: words, or their sound where kanji become kana or kana kanji.
func meaningKept(rule string) func(*japanese.Document) []string {
	switch rule {
	case "formal_noun", "kana_adverb", "shitagatte":
		return readAloud
	}
	return contentLemmas
}

// TestFixes applies every fix on its own: the rule finds one thing less, and finds it no more when asked again; the words stay what
// they are unless the fix says so.
func TestFixes(t *testing.T) {
	t.Parallel()
	a := grammarAnalyzer(t)
	var texts []string
	for _, rule := range everyRule() {
		texts = append(texts, rule.Wrong)
	}
	var human humanCorpus
	var cases []peerCase
	if grammarCorpora() != "" {
		grammarCorpus(t, "readability.json", &human)
		grammarCorpus(t, "rules.json", &cases)
	}
	for _, s := range human.Sentences {
		texts = append(texts, s.Text)
	}
	for _, c := range cases {
		texts = append(texts, c.Text)
	}
	applied := 0
	for _, text := range texts {
		before := grammarDocument(t, a, text)
		for _, rule := range everyRule() {
			found, kept := rule.Check(before), meaningKept(rule.ID)
			for _, f := range found {
				if f.Fix == nil {
					continue
				}
				applied++
				after := grammarDocument(t, a, mended(text, f.Fix))
				if left := rule.Check(after); len(left) >= len(found) {
					t.Errorf("%s finds %d in %q and %d in %q", rule.ID, len(found), text, len(left), after.Text)
				}
				if diff := cmp.Diff(kept(before), kept(after)); diff != "" && !f.Fix.Changes {
					t.Errorf("%s changes words of %q to %q: %s", rule.ID, text, after.Text, strings.Join(strings.Fields(diff), " "))
				}
			}
		}
	}
	t.Logf("%d fixes", applied)
	if applied < 60 {
		t.Errorf("only %d fixes", applied)
	}
}
