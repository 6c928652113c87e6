package japanese

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

func (j *claimJudge) partOfSpeech(r *ClaimResult) {
	facts := j.of(r.Claim.Item, PartOfSpeechFact)
	claimed := readSpeech(r.Claim.Value)
	if claimed == (speech{}) {
		r.decide(VerdictUnknown, BasisNone, "the part of speech has a name that is not known")
		return
	}
	open := false
	for _, f := range facts {
		switch known := readSpeech(f.Value); {
		case known == (speech{}) || known.wider(claimed) || known.alsoNoun() && claimed.category == "noun":
			open = true
		case claimed.wider(known) || claimed == known:
			r.decide(VerdictSupported, BasisFact, "a fact says the same", f)
			return
		}
	}
	r.compare(facts, func(Fact) bool { return false })
	if r.Verdict == VerdictContradicted && open {
		r.decide(VerdictUnknown, BasisNone, "a fact says less than the claim")
	}
}

// speech is a part of speech. What is empty is not said.
type speech struct {
	category string           // noun, verb, adjective, ...
	class    ConjugationClass // of verbs and adjectives
	object   string           // of verbs: transitive or intransitive
}

// irregular is the class of which is known only that it is that of する or くる.
const irregular ConjugationClass = "irregular verb"

// wider says whether s says less than t, and nothing else.
func (s speech) wider(t speech) bool {
	fits := func(a, b string) bool { return a == "" || a == b }
	class := s.class == "" || s.class == t.class || s.class == irregular && (t.class == SuruVerb || t.class == KuruVerb)
	return s != t && fits(s.category, t.category) && class && fits(s.object, t.object)
}

// alsoNoun says whether a word of this kind is called a noun as well: 勉強, 私.
func (s speech) alsoNoun() bool { return s.class == SuruVerb || s.category == "pronoun" }

// readSpeech reads the name of a part of speech in English or Japanese. It is empty when the name is not known.
func readSpeech(text string) speech {
	text = strings.ToLower(norm.NFKC.String(text))
	folded := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -_'’・　", r) {
			return -1
		}
		return r
	}, text)
	s := speech{}
	for _, name := range []struct{ text, object string }{
		{"intransitive", "intransitive"}, {"自動詞", "intransitive"}, {"transitive", "transitive"}, {"他動詞", "transitive"},
	} {
		if strings.Contains(folded, name.text) {
			s.object, s.category = name.object, "verb"
			folded = strings.ReplaceAll(folded, name.text, "")
			break
		}
	}
	if named := speechNamed(folded); named != (speech{}) {
		s.category, s.class = named.category, named.class
		return s
	}
	if strings.Trim(folded, "、,;()動詞verb") == "" { // nothing is left but the word for verb
		return s
	}
	return speech{}
}

// speechNamed returns the part of speech of a name that textbooks, JMdict or UniDic use, in small letters without spaces and hyphens. It is empty
// when the name is none.
func speechNamed(name string) speech {
	switch name {
	case "ichidanverb", "ichidan", "ruverb", "るverb", "る動詞", "一段", "一段動詞", "上一段", "下一段", "上一段活用", "下一段活用",
		"上一段動詞", "下一段動詞", "group2verb", "group2", "groupiiverb", "2グループ", "二グループ", "iiグループ", "第2グループ",
		"vowelstemverb", "v1", "一段活用", "一段活用動詞", "2グループの動詞", "2グループ動詞":
		return speech{category: "verb", class: IchidanVerb}
	case "godanverb", "godan", "uverb", "うverb", "う動詞", "五段", "五段動詞", "五段活用", "五段活用動詞", "group1verb", "group1",
		"groupiverb", "1グループ", "一グループ", "iグループ", "第1グループ", "consonantstemverb", "v5", "1グループの動詞", "1グループ動詞":
		return speech{category: "verb", class: GodanVerb}
	case "suruverb", "suru", "サ変", "サ変動詞", "サ行変格活用", "サ行変格", "する動詞", "vs", "サ変名詞", "verbalnoun":
		return speech{category: "verb", class: SuruVerb}
	case "kuruverb", "kuru", "カ変", "カ変動詞", "カ行変格活用", "カ行変格", "vk":
		return speech{category: "verb", class: KuruVerb}
	case "irregularverb", "irregular", "不規則動詞", "変格動詞", "変格活用", "group3verb", "group3", "3グループ", "三グループ",
		"第3グループ", "groupiiiverb", "iiiグループ", "3グループの動詞":
		return speech{category: "verb", class: irregular}
	case "verb", "動詞", "v":
		return speech{category: "verb"}
	case "iadjective", "iadj", "いadjective", "い形容詞", "イ形容詞", "形容詞", "keiyoushi", "adji":
		return speech{category: "adjective", class: IAdjective}
	case "naadjective", "naadj", "なadjective", "な形容詞", "ナ形容詞", "形容動詞", "形状詞", "adjectivalnoun", "keiyoudoushi",
		"adjna":
		return speech{category: "adjective", class: NaAdjective}
	case "adjective", "adj":
		return speech{category: "adjective"}
	case "noun", "名詞", "普通名詞", "commonnoun", "n", "meishi":
		return speech{category: "noun"}
	case "pronoun", "代名詞":
		return speech{category: "pronoun"}
	case "adverb", "副詞", "adv":
		return speech{category: "adverb"}
	case "particle", "助詞", "prt":
		return speech{category: "particle"}
	case "conjunction", "接続詞", "conj":
		return speech{category: "conjunction"}
	case "interjection", "感動詞", "感嘆詞", "int":
		return speech{category: "interjection"}
	case "adnominal", "連体詞", "prenounadjective", "prenominal", "adjpn":
		return speech{category: "adnominal"}
	case "counter", "助数詞", "ctr":
		return speech{category: "counter"}
	case "auxiliary", "auxiliaryverb", "助動詞", "aux":
		return speech{category: "auxiliary"}
	case "prefix", "接頭辞", "pref":
		return speech{category: "prefix"}
	case "suffix", "接尾辞", "suf":
		return speech{category: "suffix"}
	case "expression", "phrase", "表現", "慣用句", "idiom", "exp":
		return speech{category: "expression"}
	case "copula", "繋辞", "コピュラ":
		return speech{category: "copula", class: Copula}
	}
	return speech{}
}
