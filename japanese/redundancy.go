package japanese

import (
	"slices"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// RedundancyConfig says which redundant expressions are let be.
type RedundancyConfig struct {
	Allow []string // nouns that may be done with を行う; nil: テスト; empty: none
}

// RedundantExpressions finds verbs in a roundabout way: 省略することができる for 省略できる, 実験を行う for 実験する, であると言える. They carry a
// nuance at times: a hint of style. The fix is given where the sentence stays whole without the words.
func RedundantExpressions(config RedundancyConfig) Rule {
	if config.Allow == nil {
		config.Allow = []string{"テスト"}
	}
	return Rule{
		ID: "redundant_expression", Title: "冗長な表現", Dimension: quality.Validity, Severity: quality.Low, Needs: Words,
		Wrong: "これは省略することができる。", Right: "これは省略できる。食べることができる。",
		Source: "textlint-rule-ja-no-redundant-expression",
		Check: func(d *Document) []Finding {
			var found []Finding
			for i := range d.Tokens {
				if f, ok := config.look(d, i); ok {
					found = append(found, f)
				}
			}
			return found
		},
	}
}

// look looks for a redundant expression at a word; most words begin none.
func (c RedundancyConfig) look(d *Document, i int) (Finding, bool) {
	switch t := &d.Tokens[i]; {
	case t.Surface == "する":
		return redundantAbility(d, i)
	case t.POS[2] == "サ変可能":
		return c.redundantDoing(d, i)
	case t.Surface == "で":
		return redundantSaying(d, i)
	}
	return Finding{}, false
}

// wordAt returns a word, or an empty one after the last.
func (d *Document) wordAt(i int) Token {
	if i < 0 || i >= len(d.Tokens) {
		return Token{}
	}
	return d.Tokens[i]
}

// afterComma returns the place of the next word that is no comma.
func (d *Document) afterComma(i int) int {
	if d.wordAt(i).isComma() {
		return i + 1
	}
	return i
}

// redundantAbility looks for する + こと + が + できる, 可能 after a noun.
func redundantAbility(d *Document, i int) (Finding, bool) {
	do, thing, particle := d.wordAt(i), d.wordAt(i+1), d.wordAt(i+2)
	noun := d.wordAt(i - 1)
	if do.Lemma != "為る" || do.Surface != "する" || noun.POS[0] != "名詞" || noun.Span.End != do.Span.Start || thing.Lemma != "事" {
		return Finding{}, false
	}
	if !slices.Contains([]string{"が", "も", "は", "を"}, particle.Surface) {
		return Finding{}, false
	}
	end := d.afterComma(i + 3)
	can := d.wordAt(end)
	if can.Lemma != "出来る" && can.Surface != "可能" && can.Surface != "不可能" && !(can.Surface == "不" && d.wordAt(end+1).Surface == "可能") {
		return Finding{}, false
	}
	f := remark(d, Span{do.Span.Start, can.Span.End}, .94, "a noun of する can be followed by できる, 可能 directly",
		wordEvidence(noun, "サ変 noun"), wordEvidence(can, "ability"))
	with := ""
	if particle.Surface == "も" || particle.Surface == "は" {
		with = particle.Surface
	}
	return f.mending(Span{do.Span.Start, can.Span.Start}, with, true), true
}

// redundantDoing looks for a noun of する + を + 行う.
func (c RedundancyConfig) redundantDoing(d *Document, i int) (Finding, bool) {
	noun, particle := d.wordAt(i), d.wordAt(i+1)
	if noun.POS[2] != "サ変可能" || particle.Surface != "を" || slices.Contains(c.Allow, noun.Surface) {
		return Finding{}, false
	}
	at := d.afterComma(i + 2)
	do := d.wordAt(at)
	if do.Lemma != "行う" || !strings.HasPrefix(do.ConjugationType, "五段") {
		return Finding{}, false
	}
	f := remark(d, Span{noun.Span.Start, do.Span.End}, .94, "a noun of する becomes a verb by する itself", wordEvidence(noun, "サ変 noun"))
	with := formOfDoing(do, d.wordAt(at+1))
	if with == "" || !d.standsAlone(i) {
		return f, true
	}
	return f.mending(Span{noun.Span.End, do.Span.End}, with, true), true
}

// formOfDoing returns the form of する for a form of 行う, or nothing when the two do not go side by side.
func formOfDoing(do, after Token) string {
	switch {
	case do.ConjugationForm == "連用形-促音便" || do.ConjugationForm == "連用形-一般":
		return "し"
	case do.ConjugationForm == "終止形-一般" || do.ConjugationForm == "連体形-一般":
		return "する"
	case do.ConjugationForm == "仮定形-一般":
		return "すれ"
	case do.ConjugationForm == "意志推量形":
		return "しよう"
	case after.ConjugationType == "助動詞-ナイ":
		return "し"
	case after.ConjugationType == "助動詞-レル":
		return "さ"
	}
	return ""
}

// standsAlone says whether nothing before a noun modifies it as a noun: before a verb, データの表示 would lose what it hangs on.
func (d *Document) standsAlone(i int) bool {
	before := d.wordAt(i - 1)
	switch {
	case before.Surface == "", before.POS[1] == "句点", before.isComma(), before.POS[1] == "括弧開":
		return true
	case before.POS[0] == "接続詞", before.POS[0] == "副詞":
		return true
	}
	return before.POS[1] == "係助詞" || before.POS[1] == "格助詞" && before.Surface != "の" && before.Surface != "を"
}

// redundantSaying looks for である + と + 言える, 考えている.
func redundantSaying(d *Document, i int) (Finding, bool) {
	be, is, quote := d.wordAt(i), d.wordAt(i+1), d.wordAt(i+2)
	if be.Surface != "で" || is.Lemma != "有る" || is.Surface != "ある" || quote.Surface != "と" {
		return Finding{}, false
	}
	at := d.afterComma(i + 3)
	say := d.wordAt(at)
	saying := say.Base == "言える" || say.Base == "いえる"
	thinking := say.Lemma == "考える" && d.wordAt(at+1).Surface == "て" && d.wordAt(at+2).Lemma == "居る"
	if !saying && !thinking {
		return Finding{}, false
	}
	return remark(d, Span{be.Span.Start, say.Span.End}, .94, "である, or と言える, can be left out", wordEvidence(be, "copula")), true
}

// hedgeRules are the rules over what says less than it could.
func hedgeRules() []Rule {
	return []Rule{
		{
			ID: "double_negative", Title: "二重否定", Dimension: quality.Validity, Severity: quality.Low, Needs: Words,
			Wrong: "できなくもない。", Right: "できる。できない。",
			Source: "textlint-rule-no-double-negative-ja; a shade of meaning at times: a hint",
			Check:  phraseCheck(newPhraseBook(doubleNegatives()), .89, "two negatives"),
		}, {
			ID: "weak_phrase", Title: "弱い表現", Dimension: quality.Validity, Severity: quality.Low, Needs: Words,
			Wrong: "正しいかもしれない。", Right: "正しい。", Source: "textlint-rule-ja-no-weak-phrase; 木下是雄 理科系の作文技術 (1981)",
			Check: phraseCheck(newPhraseBook([]phrase{
				{"か も 知れる ない|ぬ|ます", "say it, or say how sure it is", ""},
				{"と 思う", "say it, or say how sure it is", ""},
			}), 1, "a hedge"),
		},
	}
}

func doubleNegatives() []phrase {
	const better = "say it positively"
	return []phrase{
		{"ない|無い も|は ない|無い", better, ""},
		{"ない|無い も|は 有る ます ぬ|ず", better, ""},
		{"ない|無い た? こと|事 は|も ない|無い", better, ""},
		{"ない|無い た? こと|事 は|も 有る ます ぬ|ず", better, ""},
		{"ない|無い た? わけ|訳 で|じゃ は|も? ない|無い", better, ""},
		{"ない|無い た? わけ|訳 で は|も 有る ます ぬ|ず", better, ""},
		{"ない|無い で は|も ない|無い", better, ""},
		{"ない|無い もの|物 で は|も ない|無い", better, ""},
		{"ない|無い と は|も 言える|言い切れる|言う|限る|言い切る ない|無い", better, ""},
		{"ない|無い と は|も 言い 切る|切れる ない|無い", better, ""},
		{"ない|無い と は|も 言える|言う|限る ます? ず|ぬ", better, ""},
	}
}
