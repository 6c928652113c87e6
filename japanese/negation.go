package japanese

import (
	"slices"
	"strings"
)

// negation is how surely a sentence denies.
type negation int

const (
	affirms  negation = iota
	mayDeny           // it denies in form (かもしれない), in part (ほとんど…ない), or in the sense of a word (不可能): the other text may or may not
	mustDeny          // it denies
)

// japaneseNegation returns how surely a Japanese sentence denies.
func japaneseNegation(sentence string) negation {
	found, limited := affirms, -1
	for i := range sentence {
		n := japaneseNegator(sentence[i:])
		if n == 0 {
			continue
		}
		if limited < 0 {
			limited = firstLimit(sentence)
		}
		before, after := sentence[:i], sentence[i+n:]
		switch {
		case affirmsInForm(before, sentence[i:i+n], after):
		case limited > i && !softened(before, sentence[i:i+n], after):
			return mustDeny
		default:
			found = mayDeny
		}
	}
	if found == affirms && containsAny(sentence, deniersInSense()) {
		return mayDeny
	}
	return found
}

// firstLimit returns where the first word ends that makes a negation after it say "only", "hardly" or "not so"; beyond the sentence
// when there is none.
func firstLimit(sentence string) int {
	first := len(sentence) + 1
	for _, w := range [...]string{"しか", "ほとんど", "殆ど", "めったに", "滅多に", "あまり", "だけで", "ばかりで", "のみ", "ほど", "たいした", "たいして", "必ずしも", "まで"} {
		if i := strings.Index(sentence, w); i >= 0 {
			first = min(first, i+len(w))
		}
	}
	return first
}

// japaneseNegator returns the bytes of the negative ending that a text begins with, or 0.
func japaneseNegator(s string) int {
	if !strings.HasPrefix(s, "な") && !strings.HasPrefix(s, "ま") && !strings.HasPrefix(s, "無") {
		return 0
	}
	for _, n := range [...]string{"なかった", "なけれ", "なきゃ", "なくちゃ", "なさそう", "ない", "なく", "ません", "無かった", "無けれ", "無い", "無く"} {
		if strings.HasPrefix(s, n) {
			return len(n)
		}
	}
	return 0
}

// affirmsInForm says whether a negative ending denies nothing: must, maybe, certainly.
func affirmsInForm(before, negator, after string) bool {
	if hasAnySuffix(before, "に違い", "にちがい", "間違い", "かもしれ", "かも知れ", "に相違", "すみ", "すい", "申し訳", "申し訳あり", "申し訳ござい") {
		return true
	}
	if hasAnySuffix(before, "なら", "いけ", "なり") && hasAnySuffix(trimAnySuffix(before, "なら", "いけ", "なり"), "なければ", "なくては", "ないと", "なくちゃ", "なきゃ", "ねば", "なくてわ") {
		return true // must
	}
	return obliges(negator, after)
}

// softened says whether a negative ending denies nothing, or not for sure, from what is around it.
func softened(before, negator, after string) bool {
	switch {
	case hasAnySuffix(before, "つ", "少", "危", "あぶ", "汚", "きた", "つまら", "もったい", "勿体", "とんでも", "くだら", "切", "せつ", "幼", "みっとも", "だらし", "さりげ",
		"何気", "なにげ", "はか", "すく", "行", "おこ", "うし", "損", "そこ", "うら", "まか", "あき", "つぐ", "やし", "ともな", "いざ", "おさ", "かたじけ", "あどけ"):
		return true // part of a word
	case hasAnySuffix(before, "違い", "ちがい", "違いは", "違いあり", "しょうが", "仕方が", "仕方", "しかたが", "しかた", "やむを得", "すま",
		"たまら", "堪ら", "かまわ", "構わ", "かまい", "構い", "さも", "かね", "負け", "過ぎ", "すぎ", "すぎませ", "間も", "まも", "何と", "なんと", "絶え間", "限り", "遠慮", "違いあり",
		"に他なら", "にほかなら", "忘れ", "わけには", "に相違", "やま", "途方も", "いつでも", "いや", "さし支え", "差し支え", "油断なら", "さしつかえ", "申し分", "申し分の", "そっけ", "抜け目の", "抜け目", "惜しみ", "ざるをえ", "ざるを得", "ざるおえ", "どころで", "聞か", "頼り", "いただけ", "もらえ", "くれ", "問題", "まちがい", "しなければと思"):
		return true
	}
	return changes(negator, after) || asks(negator, after)
}

// obliges says whether a negative ending and what follows say "must".
func obliges(negator, after string) bool {
	switch negator {
	case "なけれ", "無けれ":
		return hasAnyPrefix(after, "ばと", "ばなら", "ばなり", "ばいけ", "ば行け", "ばだめ", "ばダメ", "ば。") || after == "ば"
	case "なきゃ", "なくちゃ":
		return true
	case "なく":
		return hasAnyPrefix(after, "てはなら", "てはなり", "てはいけ", "てはだめ")
	case "ない":
		return hasAnyPrefix(after, "といけ", "とだめ", "とね", "とな", "と。") || after == "と"
	}
	return false
}

// changes says whether a negative ending and what follows say "no more", "even if not", "until": the translation may affirm.
func changes(negator, after string) bool {
	switch negator {
	case "なけれ", "無けれ":
		return strings.HasPrefix(after, "ば、")
	case "なく", "無く":
		return hasAnyPrefix(after, "ては", "なる", "なっ", "なり", "なれ", "す", "し", "さ", "ても", "とも", "せ")
	case "ない":
		return hasAnyPrefix(after, "ばかり", "うち", "では", "わけに", "までも", "よう", "と", "ほど", "ところ", "のに", "わけで")
	}
	return false
}

// asks says whether a question follows that expects no denial: 行きませんか, じゃないか.
func asks(negator, after string) bool {
	if negator != "ない" && negator != "ません" && negator != "なかった" {
		return false
	}
	rest := trimAnyPrefix(after, "ん", "の", "でしょう", "だろう", "です")
	return hasAnyPrefix(rest, "か。", "か？", "か?", "かな", "かね", "かしら", "かと", "か、", "かい", "か」", "か！", "？", "?") || rest == "か" || strings.HasPrefix(after, "の。") || strings.HasPrefix(after, "の？")
}

// deniersInSense are pieces of Japanese words that deny by their meaning.
func deniersInSense() []string {
	return []string{"不可", "不能", "不足", "不利", "無", "未", "ずに", "ず、", "せず", "らず", "わず", "れず", "ぬ", "ねえ", "ねぇ", "違", "ちがう", "嫌", "きらい", "だめ", "ダメ", "駄目", "無理", "むり", "いいえ", "いや", "イヤ",
		"禁", "やめ", "止め", "足りな", "欠け", "失", "避け", "防", "苦手", "なし", "無し", "ものか", "もんか", "危な", "るな。", "るなと", "るなって", "るなよ", "るな！", "くな。", "くなと", "くなよ", "うな。", "うなと", "うなよ",
		"ぐな。", "ぐなと", "つな。", "ぶな。", "ならん", "いかん", "必ず", "かならず", "すぐ", "困", "悪い", "疑", "すな。", "すなと", "むな。", "むなと", "なよ", "な！", "間違", "まちが", "知らん", "わからん", "まちまち", "矛盾", "悪け", "抜き", "るまい", "すまい"}
}

// englishNegation returns how surely an English sentence denies.
func englishNegation(sentence string) negation {
	r := englishReader{tokens: englishTokens(sentence)}
	found, limit := affirms, r.lastLimit()
	for ; r.at < len(r.tokens); r.at++ {
		switch w := r.token(0).word; {
		case w == "":
		case isEnglishNegator(w):
			if limit <= r.at && !r.negatorSoftened() {
				return mustDeny
			}
			found = mayDeny
		case deniesInSense(w), (w == "anything" || w == "all") && r.word(1, "but"), w == "out" && r.word(1, "of"):
			found = mayDeny
		}
	}
	return found
}

func isEnglishNegator(w string) bool {
	return strings.HasSuffix(w, "n't") || slices.Contains([]string{"not", "no", "never", "cannot", "none", "nobody", "nothing", "nowhere", "neither", "nor", "without", "t", "dont", "cant", "wont", "didnt"}, w)
}

// negatorSoftened says whether the negator here denies nothing, or may have an affirmative translation: "not only", "isn't it?".
func (r *englishReader) negatorSoftened() bool {
	w := r.token(0).word
	next := r.token(1)
	negated := strings.HasSuffix(w, "n't") || w == "not" || w == "t"
	switch {
	case w == "t":
		return r.token(-1).mark != '\''
	case w == "no" && (next.mark != 0 || r.at+1 == len(r.tokens)), w == "no" && r.word(1, "doubt", "sooner", "matter", "less", "wonder", "problem", "longer", "more", "better", "one", "idea", "way", "end", "choice", "time", "match", "mistake", "fewer", "business", "little", "difficulty", "use"):
		return true
	case w == "not" && (r.word(1, "only", "until", "till", "long", "necessarily", "less", "more", "so", "fewer", "yet") || r.word(-1, "or", "why", "if")):
		return true
	case w == "nothing" && (r.word(1, "but", "like") || r.word(-1, "for")), w == "without", w == "nor", w == "neither":
		return true
	case w == "never" && r.word(1, "fail", "fails", "failed", "mind", "forget"):
		return true
	case negated && r.word(1, "you", "we", "they", "it", "he", "she", "i", "that", "there", "this"): // an inverted question
		return true
	case negated && r.word(1, "mind", "help", "wait", "worry", "matter", "hesitate", "forget", "until", "care", "miss", "fail", "hurry"):
		return true
	}
	return false
}

// lastLimit returns where the last word is that takes a negation before it back: never … without. It is -1 when there is none.
func (r *englishReader) lastLimit() int {
	for i := len(r.tokens) - 1; i >= 0; i-- {
		switch r.tokens[i].word {
		case "without", "unless", "but", "until":
			return i
		}
	}
	return -1
}

// deniesInSense says whether an English word denies by its meaning.
func deniesInSense(w string) bool {
	switch w {
	case "hardly", "scarcely", "barely", "seldom", "rarely", "few", "fewer", "little", "unable", "unless", "lest", "otherwise", "free", "absent", "ignorant", "stranger", "doubt",
		"doubtful", "deny", "denied", "empty", "only", "fail", "fails", "failed", "lack", "lacks", "lacked", "lacking", "refuse", "refused", "refuses", "avoid", "avoided", "prevent",
		"prevented", "prevents", "kept", "missing", "miss", "missed", "beyond", "rather", "instead", "except", "wonder", "too", "last", "mistaken", "wrong", "false", "poor", "hate",
		"dislike", "fear", "quit", "away", "ever", "past", "hanged", "lost", "dead", "far", "idle", "short", "above", "remains", "escaped", "conflict", "opposed", "against", "exempt",
		"fireproof", "waterproof", "rainproof", "foolproof", "afraid", "contrary", "loss":
		return true
	}
	for _, p := range [...]string{"un", "im", "in", "ir", "il", "dis", "non", "mis"} {
		if strings.HasPrefix(w, p) && len(w) > 5 && !hasAnyPrefix(w, "under", "until", "unit", "univers", "uncle", "union", "interest", "import", "improv", "imagin", "immed", "includ", "increas", "indeed", "india", "inform", "inside", "instead", "insist", "invit", "introduc", "intend", "insur", "industr", "influen", "intell", "inter", "impress", "discuss", "distan", "dish", "distric", "distribut") {
			return true
		}
	}
	return len(w) > 6 && strings.HasSuffix(w, "less")
}

func containsAny(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

func hasAnySuffix(s string, suffixes ...string) bool {
	return slices.ContainsFunc(suffixes, func(p string) bool { return strings.HasSuffix(s, p) })
}

func trimAnySuffix(s string, suffixes ...string) string {
	for _, p := range suffixes {
		if rest, ok := strings.CutSuffix(s, p); ok {
			return rest
		}
	}
	return s
}

func trimAnyPrefix(s string, prefixes ...string) string {
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(s, p); ok {
			return rest
		}
	}
	return s
}
