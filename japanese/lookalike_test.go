package japanese_test

import (
	"testing"
	"unicode/utf8"
)

// exchanged returns the sentences that have one character replaced by the one that looks like it, with the place of it.
// The pairs are said here once more, so that the rule is not held against itself.
func exchanged(sentence string) map[int]string {
	kana, kanji := []rune("ニロカタエトハーヘベペ"), []rune("二口力夕工卜八一へべぺ")
	spoilt := map[int]string{}
	for i, r := range sentence {
		for n := range kana {
			switch r {
			case kana[n]:
				spoilt[i] = sentence[:i] + string(kanji[n]) + sentence[i+utf8.RuneLen(r):]
			case kanji[n]:
				spoilt[i] = sentence[:i] + string(kana[n]) + sentence[i+utf8.RuneLen(r):]
			}
		}
	}
	return spoilt
}

// TestLookAlikeRates measures recall on sentences of which one character was exchanged, the share of findings that are right there, and
// false alarms. The rule was written with these sentences in view: on others, expect less.
func TestLookAlikeRates(t *testing.T) {
	t.Parallel()
	rule := textRule(t, "look_alike")
	treebank, proofreader := corpusSentences(t)
	all, found, right, alarms := 0, 0, 0, 0
	for _, s := range append(treebank, proofreader...) {
		alarms += len(rule.Check(documentOf(t, s)))
	}
	for _, s := range treebank {
		for at, spoilt := range exchanged(s) {
			all++
			for _, f := range rule.Check(documentOf(t, spoilt)) {
				found++
				if f.At.Bytes.Start == at {
					right++
				}
			}
		}
	}
	recall, precision := float64(right)/float64(all), float64(right)/float64(found)
	t.Logf("recall %.4f of %d, right %.4f of %d, %d false alarms in %d sentences", recall, all, precision, found, alarms, len(treebank)+len(proofreader))
	if all < 500 || recall < .98 || precision < .98 || alarms*1000 > len(treebank)+len(proofreader) {
		t.Error("too few, or too many")
	}
}

// TestLookAlikes shows the traps: what looks exchanged and is right.
func TestLookAlikes(t *testing.T) {
	t.Parallel()
	rule := textRule(t, "look_alike")
	for _, right := range []string{
		"ハ長調の曲とト短調の曲。", "三カ月と五カ所をまわる。", "口コミで広がる。", "チーム力を高める。", "ビール一ケースを二キロ運ぶ。",
		"コの字とロの字に並べる。", "日ロ関係とロ軍の動き。", "学校へバスで行く。", "アメリカへ送る。", "食べログで調べる。", "あー疲れた。",
		"ガラス工房とネット口座。", "本法ハ公布ノ日ヨリ之ヲ施行ス", "ロンドン―パリ間を走る。", "パソコン一台。", "世界一の選手。", "今夕フジテレビで放送。",
		"メーカー人気。", "ト書きを読む。", "第二回、十八日。",
	} {
		if found := rule.Check(documentOf(t, right)); len(found) > 0 {
			t.Errorf("%q: %+v", right, found)
		}
	}
	for wrong, want := range map[string]string{
		"口シア語を学ぶ。": "ロシア語を学ぶ。", "コンピュー夕を使う。": "コンピュータを使う。", "八ワイで泳ぐ。": "ハワイで泳ぐ。", "努カする人は強い。": "努力する人は強い。",
		"統ーした見解です。": "統一した見解です。", "ーつだけ選ぶ。": "一つだけ選ぶ。", "エ場で働く。": "工場で働く。", "タ方に帰る。": "夕方に帰る。",
		"食ベる前に手を洗う。": "食べる前に手を洗う。", "コ―ヒ―ではなくコ―ンを食べる。": "コ―ヒ―ではなくコーンを食べる。",
	} {
		if got := mend(t, rule, wrong); got != want {
			t.Errorf("%q: %q, want %q", wrong, got, want)
		}
	}
}

func FuzzLookAlikes(f *testing.F) {
	f.Add("卜卜ヂ")
	f.Add("ニ人でコ一ヒーをー杯")
	f.Add("―ン\xffーつ")
	f.Fuzz(func(t *testing.T, text string) {
		rule := textRule(t, "look_alike")
		for _, f := range rule.Check(documentOf(t, text)) {
			if f.Fix != nil && len(f.Fix.With) != f.Fix.At.End-f.Fix.At.Start {
				t.Errorf("%q: %+v", text, f)
			}
		}
		once := mend(t, rule, text)
		if len(rule.Check(documentOf(t, once))) > 0 && once != text {
			t.Errorf("%q: %q is not clean", text, once)
		}
	})
}
