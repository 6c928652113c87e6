package japanese

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// readForm returns the forms that a name of a form may mean, in English or Japanese; none when the name is not known. "Conditional" may be ば or
// たら, ます形 is what ends in ます or what stands before it.
func readForm(name string) []string {
	folded := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -_'’・", r) {
			return -1
		}
		return r
	}, foldFormKana(strings.ToLower(norm.NFKC.String(name))))
	for _, ending := range []string{"form", "形", "tense", "けい"} {
		if short := strings.TrimSuffix(folded, ending); short != "" {
			folded = short
		}
	}
	return formsNamed(folded)
}

// foldFormKana returns katakana as hiragana: テ形 is て形.
func foldFormKana(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'ァ' && r <= 'ヶ' {
			return r - 'ァ' + 'ぁ'
		}
		return r
	}, text)
}

// formsNamed returns the forms of a name without 形 and "form".
func formsNamed(name string) []string {
	switch name {
	case "dictionary", "辞書", "終止", "基本", "原":
		return []string{DictionaryForm}
	case "plain":
		return []string{DictionaryForm, PlainForm}
	case "negative", "nai", "ない", "否定", "plainnegative", "未然":
		return []string{NegativeForm}
	case "past", "ta", "た", "過去", "plainpast", "perfective":
		return []string{PastForm}
	case "pastnegative", "negativepast", "nakatta", "なかった", "過去否定", "否定過去", "plainpastnegative":
		return []string{PastNegativeForm}
	case "polite", "丁寧", "desu", "です":
		return []string{PoliteForm}
	case "masu", "ます":
		return []string{PoliteForm, StemForm}
	case "stem", "masustem", "語幹", "conjunctive", "infinitive":
		return []string{StemForm}
	case "連用":
		return []string{StemForm, AdverbialForm}
	case "politenegative", "negativepolite", "masen", "ません", "丁寧否定":
		return []string{PoliteNegativeForm}
	case "politepast", "pastpolite", "mashita", "ました", "丁寧過去", "deshita", "でした":
		return []string{PolitePastForm}
	case "politepastnegative", "politenegativepast", "masendeshita", "ませんでした":
		return []string{PolitePastNegativeForm}
	case "politevolitional", "mashou", "mashō", "ましょう", "volitionalpolite", "deshou", "でしょう":
		return []string{PoliteVolitionalForm}
	case "te", "て", "gerund", "gerundive":
		return []string{TeForm}
	case "negativete", "tenegative", "nakute", "なくて", "ないで", "naide":
		return []string{NegativeTeForm}
	case "volitional", "意向", "意志", "you", "よう", "推量":
		return []string{VolitionalForm}
	case "imperative", "命令", "command":
		return []string{ImperativeForm}
	case "prohibitive", "禁止", "negativeimperative", "negativecommand":
		return []string{ProhibitiveForm}
	case "ba", "ば", "仮定", "provisional", "baconditional":
		return []string{BaForm}
	case "conditional", "条件":
		return []string{BaForm, TaraForm}
	case "tara", "たら", "taraconditional":
		return []string{TaraForm}
	case "negativeba", "negativeconditional", "nakereba", "なければ":
		return []string{NegativeBaForm}
	case "tari", "たり":
		return []string{TariForm}
	case "potential", "可能":
		return []string{PotentialForm}
	case "passive", "受身", "受け身", "受動":
		return []string{PassiveForm}
	case "causative", "使役":
		return []string{CausativeForm}
	case "causativepassive", "passivecausative", "使役受身", "使役受け身":
		return []string{CausativePassiveForm}
	case "progressive", "teiru", "ている", "進行", "continuous", "presentprogressive":
		return []string{ProgressiveForm}
	case "desiderative", "tai", "たい", "want", "希望", "wantto":
		return []string{DesiderativeForm}
	case "zu", "ず":
		return []string{ZuForm}
	case "request", "tekudasai", "てください", "依頼":
		return []string{RequestForm}
	case "adverbial", "adverb", "ku", "く", "ni", "に", "副詞":
		return []string{AdverbialForm}
	case "attributive", "na", "な", "連体", "prenominal":
		return []string{AttributiveForm}
	case "da", "だ":
		return []string{PlainForm}
	case "nominal", "noun", "sa", "さ", "名詞":
		return []string{NominalForm}
	case "appearance", "sou", "そう", "様態":
		return []string{AppearanceForm}
	case "excessive", "sugiru", "すぎる":
		return []string{ExcessiveForm}
	}
	return nil
}
