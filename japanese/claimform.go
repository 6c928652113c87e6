package japanese

import (
	"slices"
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
	var forms []string
	for _, f := range formNames() {
		if slices.Contains(f.names, folded) {
			forms = append(forms, f.form)
		}
	}
	return forms
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

// formName is a form with its names, without 形 and "form".
type formName struct {
	form  string
	names []string
}

func formNames() []formName {
	return []formName{
		{DictionaryForm, []string{"dictionary", "辞書", "終止", "plain", "基本", "原"}},
		{NegativeForm, []string{"negative", "nai", "ない", "否定", "plainnegative", "未然"}},
		{PastForm, []string{"past", "ta", "た", "過去", "plainpast", "perfective"}},
		{PastNegativeForm, []string{"pastnegative", "negativepast", "nakatta", "なかった", "過去否定", "否定過去", "plainpastnegative"}},
		{PoliteForm, []string{"polite", "masu", "ます", "丁寧", "desu", "です"}},
		{StemForm, []string{"stem", "masu", "ます", "masustem", "連用", "語幹", "conjunctive", "infinitive"}},
		{PoliteNegativeForm, []string{"politenegative", "negativepolite", "masen", "ません", "丁寧否定"}},
		{PolitePastForm, []string{"politepast", "pastpolite", "mashita", "ました", "丁寧過去", "deshita", "でした"}},
		{PolitePastNegativeForm, []string{"politepastnegative", "politenegativepast", "masendeshita", "ませんでした"}},
		{PoliteVolitionalForm, []string{"politevolitional", "mashou", "mashō", "ましょう", "volitionalpolite", "deshou", "でしょう"}},
		{TeForm, []string{"te", "て", "gerund", "gerundive"}},
		{NegativeTeForm, []string{"negativete", "tenegative", "nakute", "なくて", "ないで", "naide"}},
		{VolitionalForm, []string{"volitional", "意向", "意志", "you", "よう", "推量"}},
		{ImperativeForm, []string{"imperative", "命令", "command"}},
		{ProhibitiveForm, []string{"prohibitive", "禁止", "negativeimperative", "negativecommand"}},
		{BaForm, []string{"ba", "ば", "仮定", "conditional", "条件", "provisional", "baconditional"}},
		{TaraForm, []string{"tara", "たら", "conditional", "条件", "taraconditional"}},
		{NegativeBaForm, []string{"negativeba", "negativeconditional", "nakereba", "なければ"}},
		{TariForm, []string{"tari", "たり"}},
		{PotentialForm, []string{"potential", "可能"}},
		{PassiveForm, []string{"passive", "受身", "受け身", "受動"}},
		{CausativeForm, []string{"causative", "使役"}},
		{CausativePassiveForm, []string{"causativepassive", "passivecausative", "使役受身", "使役受け身"}},
		{ProgressiveForm, []string{"progressive", "teiru", "ている", "進行", "continuous", "presentprogressive"}},
		{DesiderativeForm, []string{"desiderative", "tai", "たい", "want", "希望", "wantto"}},
		{ZuForm, []string{"zu", "ず"}},
		{RequestForm, []string{"request", "tekudasai", "てください", "依頼"}},
		{AdverbialForm, []string{"adverbial", "adverb", "ku", "く", "ni", "に", "連用", "副詞"}},
		{AttributiveForm, []string{"attributive", "na", "な", "連体", "prenominal"}},
		{PlainForm, []string{"plain", "da", "だ"}},
		{NominalForm, []string{"nominal", "noun", "sa", "さ", "名詞"}},
		{AppearanceForm, []string{"appearance", "sou", "そう", "様態"}},
		{ExcessiveForm, []string{"excessive", "sugiru", "すぎる"}},
	}
}
