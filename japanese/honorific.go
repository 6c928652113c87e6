package japanese

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// respectfulVerb says whether a word is a verb that is respectful by itself (尊敬語の特定形).
func respectfulVerb(t Token) bool {
	return t.POS[0] == "動詞" && slices.Contains([]string{"召し上がる", "いらっしゃる", "仰る", "為さる", "下さる"}, t.Lemma)
}

// humbleVerb says whether a word is a verb that is humble by itself (謙譲語の特定形).
func humbleVerb(t Token) bool {
	return t.POS[0] == "動詞" && slices.Contains([]string{"伺う", "参る", "申し上げる", "申す", "致す", "頂く", "差し上げる", "承る",
		"存じ上げる", "存ずる", "賜る", "仕る"}, t.Lemma)
}

// humbleNoun says whether a word is a noun of an act that is humble by itself: 拝見, 頂戴. 拝観 and 拝礼 are acts of anybody.
func humbleNoun(t Token) bool {
	return t.POS[0] == "名詞" && slices.Contains([]string{"拝見", "拝読", "拝聴", "拝借", "拝受", "拝察", "拝命", "拝謁", "拝領", "拝承",
		"拝誦", "拝呈", "拝顔", "拝眉", "頂戴"}, t.Lemma)
}

// honorificPrefix says whether a word is お or ご before another.
func honorificPrefix(t Token) bool { return t.Lemma == "御" && t.POS[0] == "接頭辞" }

// isRareru says whether a word is れる or られる.
func isRareru(t Token) bool {
	return t.POS[0] == "助動詞" && (t.Lemma == "れる" || t.Lemma == "られる")
}

// isSaseru says whether a word is せる or させる.
func isSaseru(t Token) bool {
	return t.POS[0] == "助動詞" && (t.Lemma == "せる" || t.Lemma == "させる")
}

// conjugatedIn says whether a word is in a form of conjugation, fine or coarse: 連用形 is 連用形-一般 too.
func conjugatedIn(t Token, form string) bool { return strings.HasPrefix(t.ConjugationForm, form) }

// verbLemmaAt says whether the word at a place is the verb of a lemma.
func verbLemmaAt(tokens []Token, at int, lemmas ...string) bool {
	return at >= 0 && at < len(tokens) && tokens[at].POS[0] == "動詞" && slices.Contains(lemmas, tokens[at].Lemma)
}

// surfaceAt says whether the word at a place is written so.
func surfaceAt(tokens []Token, at int, surface string) bool {
	return at >= 0 && at < len(tokens) && tokens[at].Surface == surface
}

// honorificStem returns where お~ or ご~ begins that ends before a place, when ~ is an act: the お読み of お読みになる. お医者さん is no act, so
// お医者さんになられた is no double honorific.
func honorificStem(tokens []Token, end int) (int, bool) {
	if end < 1 || end > len(tokens) {
		return 0, false
	}
	if last := tokens[end-1]; last.Lemma == "御覧" || last.Surface == "おこし" || last.Surface == "および" { // to UniDic the last two are 起こし and 及び
		return end - 1, true
	} else if !actStem(last) {
		return 0, false
	}
	for i := end - 2; i >= max(0, end-4); i-- {
		if honorificPrefix(tokens[i]) {
			return i, true
		}
		if p := tokens[i].POS[0]; p != "名詞" && p != "接頭辞" && p != "接尾辞" && !(p == "動詞" && conjugatedIn(tokens[i], "連用形")) {
			return 0, false
		}
	}
	return 0, false
}

// actStem says whether a word can stand between お and になる: a verb in 連用形, a noun of an act, a noun that is a verb in 連用形. UniDic does
// not mark the last: it is told by how it is written (a kanji, and kana of the rows i and e at the end: 帰り, 考え).
func actStem(t Token) bool {
	switch {
	case t.POS[0] == "動詞":
		return conjugatedIn(t, "連用形")
	case t.POS[0] != "名詞" || t.POS[1] != "普通名詞":
		return false
	case t.Surface == "まち": // to UniDic the まち of おまちになる is 町
		return true
	case strings.HasPrefix(t.POS[2], "サ変"):
		// お世話になられた honours once: お世話になる is no honorific
		return !slices.Contains([]string{"世話", "馳走", "厄介", "邪魔", "一緒", "沙汰", "免", "病気", "成人", "満足", "退屈", "迷惑", "苦労", "難儀",
			"貧乏", "縁組", "関係"}, t.Lemma)
	case slices.Contains([]string{"金持ち", "年寄り", "知り合い", "祭り", "気に入り", "世継ぎ", "跡継ぎ", "後継ぎ", "跡取り", "独り", "身寄り",
		"隣り", "幸せ", "仕合わせ", "仲間入り", "目付け", "使いっ走り", "手伝いさん", "月見", "節句"}, t.Lemma):
		return false
	}
	first, _ := utf8.DecodeRuneInString(t.Lemma)
	last, _ := utf8.DecodeLastRuneInString(t.Lemma)
	return kanjiRune(first) && strings.ContainsRune("いきぎしじちぢにひびみりえけげせぜてでねへべめれ", last)
}

// wordSpan returns the span of some words in the text.
func wordSpan(tokens []Token, from, to int) Span {
	return Span{tokens[from].Span.Start, tokens[to].Span.End}
}

// honorificEvidence is what a finding rests on: some words, and what they are.
func honorificEvidence(tokens []Token, from, to int, note string) []Evidence {
	return []Evidence{{Kind: "token", At: wordSpan(tokens, from, to), Note: note}}
}
