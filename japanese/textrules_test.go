package japanese_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/japanese"
)

// textRules are all rules that need no analyzer and are of this file's concern.
func textRules() []japanese.Rule {
	return append(japanese.EncodingRules(), japanese.CharacterRules(japanese.KanjiLimit{})...)
}

func documentOf(t testing.TB, text string) *japanese.Document {
	t.Helper()
	d, err := japanese.NewDocument(context.Background(), text, japanese.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// mend applies all fixes of a rule, from the end of the text to its beginning.
func mend(t testing.TB, rule japanese.Rule, text string) string {
	t.Helper()
	found := rule.Check(documentOf(t, text))
	before := len(text)
	for _, f := range slices.Backward(found) {
		if f.Fix == nil {
			continue
		}
		if f.Fix.At.Start < 0 || f.Fix.At.End > before {
			t.Fatalf("%s: %q: fix at %+v, after one at %d", rule.ID, text, f.Fix.At, before)
		}
		text = text[:f.Fix.At.Start] + f.Fix.With + text[f.Fix.At.End:]
		before = f.Fix.At.Start
	}
	return text
}

// TestTextRuleExamples holds each rule against its own examples, and its fixes against the right text.
func TestTextRuleExamples(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, rule := range textRules() {
		if rule.Title == "" || rule.Source == "" || rule.Wrong == "" || rule.Right == "" || ids[rule.ID] {
			t.Errorf("%s: %+v", rule.ID, rule)
		}
		ids[rule.ID] = true
		if found := rule.Check(documentOf(t, rule.Right)); len(found) > 0 {
			t.Errorf("%s: right: %+v", rule.ID, found)
		}
		found := rule.Check(documentOf(t, rule.Wrong))
		if len(found) == 0 {
			t.Errorf("%s: finds nothing in %q", rule.ID, rule.Wrong)
		}
		for _, f := range found {
			if f.Text == "" || f.Confidence <= 0 || f.Confidence > 1 || len(f.Evidence) == 0 || f.At.Bytes.End <= f.At.Bytes.Start {
				t.Errorf("%s: %+v", rule.ID, f)
			}
			if f.Fix != nil {
				if left := rule.Check(documentOf(t, mend(t, rule, rule.Wrong))); len(left) > 0 {
					t.Errorf("%s: after the fixes %q is left with %+v", rule.ID, mend(t, rule, rule.Wrong), left)
				}
			}
		}
	}
}

// TestTextRuleFixes shows what the fixes make of texts.
func TestTextRuleFixes(t *testing.T) {
	t.Parallel()
	rules := map[string]japanese.Rule{}
	for _, rule := range textRules() {
		rules[rule.ID] = rule
	}
	for _, test := range []struct{ rule, text, want string }{
		{"half_width_kana", "ﾊﾟｿｺﾝ･ｶﾞｲﾄﾞ｡ﾞ", "パソコン・ガイド。゛"},
		{"decomposed", "か\u3099き\u3099 e\u0301 か\u309A", "がぎ é か\u309A"},
		{"decomposed", "\uFA19\u3099", "\uFA19\u3099"},
		{"separate_sound_mark", "は゜は゛あ゛", "ぱばあ゛"},
		{"width_mixture", "Ｗindowsは１０、iOSは17", "Windowsは１０、iOSは17"},
		{"invisible_character", "\uFEFF東\u00AD京👩\u200D💻क्\u200Dष", "東京👩\u200D💻क्\u200Dष"},
		{"bidi_control", "a\u202Eb\u2066c", "abc"},
		{"stray_selector", "葛\U000E0100葛\uFE00あ\uFE0Fa\U000E0101☀\uFE0F1\uFE0F", "葛\U000E0100葛\uFE00あa☀\uFE0F1\uFE0F"},
		{"control_character", "a\tb\r\nc\x07d\x7F\u0085", "a\tb\r\ncd"},
		{"noncharacter", "a\uFDD0b\U0001FFFEc", "abc"},
		{"invalid_utf8", "\xED\xA1\x82\xED\xBE\xB7る\xED\xA0\x80", "𠮷る\xED\xA0\x80"},
		{"simplified_chinese", "说话和发言、国区", "説話和发言、国区"},
		{"radical_for_kanji", "\u2F00\u2F08\u2ED8い\u2EC5", "一人青い\u2EC5"},
		{"old_form", "澤さんと髙さん、國學院", "沢さんと高さん、国学院"},
		{"compatibility_ideograph", "\uFA19\uFA1B", "神福"},
		{"mojibake", "縺薙ｓ縺ｫ縺｡縺ｯ", "こんにちは"},
		{"mojibake", string([]byte{0x82, 0xB1, 0x82, 0xEA, 0x82, 0xCD}), "これは"},
		{"look_alike", "ニ人で力メラと口ケット", "二人でカメラとロケット"},
	} {
		if got := mend(t, rules[test.rule], test.text); got != test.want {
			t.Errorf("%s: %q: %q, want %q", test.rule, test.text, got, test.want)
		}
	}
}

// TestSimplifiedRule finds each character of the table, and none in the corpora.
func TestSimplifiedRule(t *testing.T) {
	t.Parallel()
	rule := textRule(t, "simplified_chinese")
	table, found := 0, 0
	for r := rune(0x3400); r < 0x32400; r++ {
		if japanese.KanjiOf(r).Simplified {
			table++
			found += len(rule.Check(documentOf(t, "この"+string(r)+"は")))
		}
	}
	if diff := cmp.Diff([]int{5933, 5933}, []int{table, found}); diff != "" {
		t.Error(diff)
	}
	treebank, proofreader := corpusSentences(t)
	for _, s := range append(treebank, proofreader...) {
		if f := rule.Check(documentOf(t, s)); len(f) > 0 {
			t.Errorf("%q: %+v", s, f)
		}
	}
}

func textRule(t testing.TB, id string) japanese.Rule {
	t.Helper()
	for _, rule := range textRules() {
		if rule.ID == id {
			return rule
		}
	}
	t.Fatalf("no rule %s", id)
	return japanese.Rule{}
}

// TestTextRulesCorpus counts what the rules find in human text: nothing is wrong there but what the test names.
func TestTextRulesCorpus(t *testing.T) {
	t.Parallel()
	treebank, proofreader := corpusSentences(t)
	counts := map[string]int{}
	for _, s := range append(treebank, proofreader...) {
		report, err := japanese.Check(context.Background(), documentOf(t, s), textRules())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range report.Findings {
			counts[f.Rule]++
			if f.Rule != "kanji_outside_limit" && f.Rule != "half_width_kana" && f.Rule != "old_form" {
				t.Logf("%s %q", f.Rule, s)
			}
		}
	}
	t.Log(counts)
	for _, id := range []string{"mojibake", "replacement_character", "invalid_utf8", "simplified_chinese", "radical_for_kanji", "look_alike", "noncharacter"} {
		if counts[id] > 0 {
			t.Errorf("%s: %d false alarms", id, counts[id])
		}
	}
}

// TestKanjiLimit holds the limits against the counts of the lists, and the four forms that are permitted besides.
func TestKanjiLimit(t *testing.T) {
	t.Parallel()
	for want, limit := range map[int]japanese.KanjiLimit{
		80: {Grade: 1}, 240: {Grade: 2}, 1026: {Grade: 6}, 2140: {}, 3003: {Jinmeiyo: true}, 943: {Grade: 1, Jinmeiyo: true}, 2142: {Extra: "躊躇"},
	} {
		got := 0
		for r := rune(0x3400); r < 0x32400; r++ {
			if unicode.Is(unicode.Han, r) && r>>8 != 0x16F && limit.Allows(r) {
				got++
			}
		}
		if got != want {
			t.Errorf("%+v allows %d, want %d", limit, got, want)
		}
	}
	if !(japanese.KanjiLimit{Grade: 1}).Allows('あ') || (japanese.KanjiLimit{Grade: 1}).Allows('曜') {
		t.Error("first year")
	}
	if found := japanese.CharacterRules(japanese.KanjiLimit{Grade: 1})[5].Check(documentOf(t, "一日の曜日")); len(found) != 1 {
		t.Errorf("%+v", found)
	}
}

func FuzzTextRules(f *testing.F) {
	for _, rule := range textRules() {
		f.Add(rule.Wrong)
		f.Add(rule.Right)
	}
	f.Add("\xED\xA1\x82\xED\xBE\xB7\xff\u3099゛ﾞﾟ\uFE0F\u200D")
	f.Fuzz(func(t *testing.T, text string) {
		for _, rule := range textRules() {
			once := mend(t, rule, text)
			if twice := mend(t, rule, once); twice != once {
				t.Errorf("%s: %q: %q, then %q", rule.ID, text, once, twice)
			}
		}
	})
}

func ExampleEncodingRules() {
	d, err := japanese.NewDocument(context.Background(), "ﾊﾟｿｺﾝの说明", japanese.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	rules := append(japanese.EncodingRules(), japanese.CharacterRules(japanese.KanjiLimit{})...)
	report, err := japanese.Check(context.Background(), d, rules[:len(rules)-1])
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range report.Findings {
		fmt.Println(f.Rule, f.Severity, f.At.Runes, f.Fix.With)
	}
	fmt.Println(utf8.ValidString(d.Text))
	// Output:
	// half_width_kana medium {0 5} パソコン
	// simplified_chinese high {6 7} 説
	// true
}
