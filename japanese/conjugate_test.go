package japanese_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/japanese"
)

// conjugationsOf returns the ways to make each form.
func conjugationsOf(t *testing.T, word string, class japanese.ConjugationClass) map[string][]string {
	t.Helper()
	all, err := japanese.Conjugate(word, class)
	if err != nil {
		t.Fatal(err)
	}
	forms := map[string][]string{}
	for _, c := range all {
		forms[c.Form] = append(forms[c.Form], c.Text)
	}
	return forms
}

func TestConjugateAllForms(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"dictionary": {"書く"}, "negative": {"書かない"}, "past": {"書いた"}, "past negative": {"書かなかった"}, "polite": {"書きます"},
		"polite negative": {"書きません"}, "polite past": {"書きました"}, "polite past negative": {"書きませんでした"}, "polite volitional": {"書きましょう"},
		"te": {"書いて"}, "negative te": {"書かなくて", "書かないで"}, "stem": {"書き"}, "volitional": {"書こう"}, "imperative": {"書け"},
		"prohibitive": {"書くな"}, "ba": {"書けば"}, "negative ba": {"書かなければ"}, "tara": {"書いたら"}, "tari": {"書いたり"}, "potential": {"書ける"},
		"passive": {"書かれる"}, "causative": {"書かせる", "書かす"}, "causative passive": {"書かせられる", "書かされる"},
		"progressive": {"書いている", "書いてる"}, "desiderative": {"書きたい"}, "zu": {"書かず", "書かずに"}, "request": {"書いてください", "書いて下さい"},
		"appearance": {"書きそう"}, "excessive": {"書きすぎる", "書き過ぎる"},
	}
	if diff := cmp.Diff(want, conjugationsOf(t, "書く", japanese.GodanVerb)); diff != "" {
		t.Error(diff)
	}
}

// conjugation is a form that a grammar gives; wrong is one that learners make.
type conjugation struct {
	word        string
	class       japanese.ConjugationClass
	form, right string
	wrong       string
}

func conjugations() []conjugation {
	const godan, ichidan, suru, kuru = japanese.GodanVerb, japanese.IchidanVerb, japanese.SuruVerb, japanese.KuruVerb
	const i, na, copula = japanese.IAdjective, japanese.NaAdjective, japanese.Copula
	return []conjugation{
		// each row of godan verbs
		{"買う", godan, "negative", "買わない", "買あない"}, {"買う", godan, "te", "買って", "買いて"}, {"泳ぐ", godan, "te", "泳いで", "泳いて"},
		{"話す", godan, "past", "話した", "話った"}, {"待つ", godan, "polite", "待ちます", "待つます"}, {"待つ", godan, "te", "待って", "待ちて"},
		{"死ぬ", godan, "te", "死んで", "死にて"}, {"遊ぶ", godan, "past", "遊んだ", "遊んた"}, {"読む", godan, "ba", "読めば", "読みば"},
		{"帰る", godan, "te", "帰って", "帰て"}, {"帰る", godan, "potential", "帰れる", "帰られる"}, {"話す", godan, "causative passive", "話させられる", "話さされる"},
		{"作る", godan, "volitional", "作ろう", "作よう"},
		// exceptions among them
		{"行く", godan, "te", "行って", "行いて"}, {"いく", godan, "past", "いった", "いいた"}, {"持って行く", godan, "te", "持って行って", "持って行いて"},
		{"連れていく", godan, "tara", "連れていったら", "連れていいたら"}, {"問う", godan, "te", "問うて", "問って"}, {"請う", godan, "past", "請うた", "請った"},
		{"ある", godan, "negative", "ない", "あらない"}, {"ある", godan, "polite", "あります", "あいます"}, {"置いてある", godan, "negative", "置いてない", "置いてあらない"},
		{"くださる", godan, "polite", "くださいます", "くださります"}, {"なさる", godan, "imperative", "なさい", "なされ"},
		{"いらっしゃる", godan, "te", "いらっしゃって", "いらっして"}, {"おっしゃる", godan, "polite", "おっしゃいます", "おっしゃります"},
		{"ござる", godan, "polite negative", "ございません", "ござりません"},
		// ichidan
		{"食べる", ichidan, "te", "食べて", "食べって"}, {"見る", ichidan, "potential", "見られる", "見れる"}, {"起きる", ichidan, "volitional", "起きよう", "起きろう"},
		{"食べる", ichidan, "causative passive", "食べさせられる", "食べされる"}, {"くれる", ichidan, "imperative", "くれ", "くれろ"}, {"寝る", ichidan, "ba", "寝れば", "寝えば"},
		// irregular
		{"する", suru, "negative", "しない", "すない"}, {"する", suru, "potential", "できる", "しれる"}, {"勉強する", suru, "te", "勉強して", "勉強すて"},
		{"勉強", suru, "passive", "勉強される", "勉強しられる"}, {"する", suru, "zu", "せず", "しず"}, {"愛する", suru, "negative", "愛さない", "愛すない"},
		{"来る", kuru, "polite", "来ます", "来ります"}, {"くる", kuru, "negative", "こない", "きない"}, {"くる", kuru, "imperative", "こい", "きろ"},
		{"くる", kuru, "potential", "こられる", "きられる"}, {"持ってくる", kuru, "past", "持ってきた", "持ってくた"}, {"くる", kuru, "ba", "くれば", "これば"},
		// adjectives
		{"高い", i, "past", "高かった", "高いでした"}, {"高い", i, "negative", "高くない", "高いじゃない"}, {"いい", i, "past", "よかった", "いかった"},
		{"いい", i, "appearance", "よさそう", "いそう"}, {"かっこいい", i, "negative", "かっこよくない", "かっこいくない"}, {"かわいい", i, "te", "かわいくて", "かわよくて"},
		{"ない", i, "appearance", "なさそう", "なそう"}, {"おいしい", i, "adverbial", "おいしく", "おいしいく"}, {"高い", i, "polite past", "高かったです", "高いでした"},
		{"静か", na, "attributive", "静かな", "静かの"}, {"静か", na, "past", "静かだった", "静かかった"}, {"きれい", na, "negative", "きれいじゃない", "きれくない"},
		{"静かな", na, "adverbial", "静かに", "静かく"}, {"だ", copula, "past", "だった", "だかった"}, {"だ", copula, "te", "で", "だて"}, {"です", copula, "polite past", "でした", "ですた"},
	}
}

func TestConjugate(t *testing.T) {
	t.Parallel()
	for _, c := range conjugations() {
		got := conjugationsOf(t, c.word, c.class)[c.form]
		if !slices.Contains(got, c.right) || slices.Contains(got, c.wrong) {
			t.Errorf("%s form of %s: got %q, want %s and not %s", c.form, c.word, got, c.right, c.wrong)
		}
	}
}

func TestConjugateRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		word  string
		class japanese.ConjugationClass
	}{
		{"", japanese.IchidanVerb}, {"る", japanese.IchidanVerb}, {"書く", japanese.IchidanVerb}, {"静か", japanese.GodanVerb}, {"く", japanese.GodanVerb},
		{"食べる", japanese.KuruVerb}, {"静か", japanese.IAdjective}, {"", japanese.NaAdjective}, {"", japanese.SuruVerb}, {"ある", japanese.Copula}, {"書く", "nidan verb"},
	} {
		if _, err := japanese.Conjugate(c.word, c.class); !errors.Is(err, japanese.ErrConjugation) {
			t.Errorf("%s as %s: got %v, want ErrConjugation", c.word, c.class, err)
		}
	}
}

func FuzzConjugate(f *testing.F) {
	for _, c := range conjugations() {
		f.Add(c.word, string(c.class))
	}
	f.Fuzz(func(t *testing.T, word, class string) {
		all, err := japanese.Conjugate(word, japanese.ConjugationClass(class))
		if (err == nil) != (len(all) > 0) {
			t.Fatalf("%d forms with error %v", len(all), err)
		}
		for _, c := range all {
			if c.Form == "" || c.Text == "" {
				t.Fatalf("form %q of %q is empty", c.Form, word)
			}
		}
	})
}
