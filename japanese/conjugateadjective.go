package japanese

import (
	"slices"
	"strings"
)

// iAdjective adds the forms of 高い.
func (p *paradigm) iAdjective() bool {
	stem, fits := strings.CutSuffix(p.word, "い")
	if !fits {
		stem, fits = strings.CutSuffix(p.word, "イ") // キモイ
	}
	if !fits || stem == "" {
		return false
	}
	appearance := stem + "そう"
	switch {
	case isGood(p.word):
		stem = strings.TrimSuffix(stem, "い") + "よ"
		appearance = stem + "さそう"
	case slices.Contains([]string{"よい", "良い", "ない", "無い"}, p.word):
		appearance = stem + "さそう"
	}
	p.add(DictionaryForm, p.word)
	p.negatives(stem + "く")
	p.add(PastForm, stem+"かった")
	p.add(TeForm, stem+"くて")
	p.add(AdverbialForm, stem+"く")
	p.add(StemForm, stem)
	p.add(BaForm, stem+"ければ")
	p.add(TaraForm, stem+"かったら")
	p.add(TariForm, stem+"かったり")
	p.add(VolitionalForm, stem+"かろう", p.word+"だろう")
	p.add(PoliteVolitionalForm, p.word+"でしょう")
	p.add(PoliteForm, p.word+"です")
	p.add(PoliteNegativeForm, stem+"くないです", stem+"くありません")
	p.add(PolitePastForm, stem+"かったです")
	p.add(PolitePastNegativeForm, stem+"くなかったです", stem+"くありませんでした")
	p.add(NominalForm, stem+"さ")
	p.add(AppearanceForm, appearance)
	p.add(ExcessiveForm, stem+"すぎる", stem+"過ぎる")
	return true
}

// isGood says whether an adjective is いい or made with it, as かっこいい: all its other forms are those of よい.
func isGood(word string) bool {
	return strings.HasSuffix(word, "いい") && !strings.HasSuffix(word, "かわいい") && !strings.HasSuffix(word, "可愛いい")
}

// naAdjective adds the forms of 静か.
func (p *paradigm) naAdjective() bool {
	word := strings.TrimSuffix(p.word, "な")
	if word == "" {
		return false
	}
	p.add(DictionaryForm, word, word+"だ")
	p.add(PlainForm, word+"だ", word+"である")
	p.add(AttributiveForm, word+"な")
	p.add(AdverbialForm, word+"に")
	p.add(StemForm, word)
	p.copulaAfter(word)
	p.add(NominalForm, word+"さ")
	p.add(AppearanceForm, word+"そう")
	p.add(ExcessiveForm, word+"すぎる", word+"過ぎる")
	return true
}

// copula adds the forms of だ.
func (p *paradigm) copula() bool {
	switch p.word {
	case "だ", "です", "である":
	default:
		return false
	}
	p.add(DictionaryForm, "だ", "である")
	p.add(PlainForm, "だ", "である")
	p.add(AttributiveForm, "な", "である")
	p.copulaAfter("")
	return true
}

// copulaAfter adds the forms of a noun or a na-adjective with だ.
func (p *paradigm) copulaAfter(word string) {
	for _, not := range []string{"ではな", "じゃな"} {
		p.add(NegativeForm, word+not+"い")
		p.add(PastNegativeForm, word+not+"かった")
		p.add(NegativeTeForm, word+not+"くて")
		p.add(NegativeBaForm, word+not+"ければ")
		p.add(PoliteNegativeForm, word+not+"いです")
		p.add(PolitePastNegativeForm, word+not+"かったです")
	}
	for _, not := range []string{"では", "じゃ"} {
		p.add(PoliteNegativeForm, word+not+"ありません")
		p.add(PolitePastNegativeForm, word+not+"ありませんでした")
	}
	p.add(PastForm, word+"だった", word+"であった")
	p.add(TeForm, word+"で", word+"であって")
	p.add(BaForm, word+"なら", word+"ならば", word+"であれば")
	p.add(TaraForm, word+"だったら")
	p.add(TariForm, word+"だったり")
	p.add(VolitionalForm, word+"だろう", word+"であろう")
	p.add(PoliteForm, word+"です")
	p.add(PolitePastForm, word+"でした")
	p.add(PoliteVolitionalForm, word+"でしょう")
}
