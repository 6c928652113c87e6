package japanese

import (
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// verbRules are the rules over what follows the stem of a verb.
func verbRules() []Rule {
	return []Rule{
		{
			ID: "ra_nuki", Title: "ら抜き言葉", Dimension: quality.Validity, Severity: quality.High, Needs: Words,
			Wrong: "朝早く起きれない。", Right: "朝早く起きられない。走れる。帰れる。",
			Source: "文化審議会国語分科会 国語審議会第20期 新しい時代に応じた国語施策について (1995)",
			Check:  checkRaNuki,
		}, {
			ID: "re_tasu", Title: "れ足す言葉", Dimension: quality.Validity, Severity: quality.High, Needs: Words,
			Wrong: "漢字が書けれない。", Right: "漢字が書けない。",
			Source: "文化庁 国語に関する世論調査, which asks about 足す言葉", Check: checkReTasu,
		}, {
			ID: "sa_ire", Title: "さ入れ言葉", Dimension: quality.Validity, Severity: quality.High, Needs: Words,
			Wrong: "先に行かさせてください。", Right: "先に行かせてください。食べさせてください。",
			Source: "文化庁 国語に関する世論調査, which asks about 休まさせて", Check: checkSaIre,
		}, {
			ID: "i_nuki", Title: "い抜き言葉", Dimension: quality.Validity, Severity: quality.Low, Needs: Words,
			Wrong: "今、本を読んでます。", Right: "今、本を読んでいます。",
			Source: "textlint-rule-no-dropping-i; normal in speech: Medium where the host says polite or plain, none where it says casual",
			Check:  checkINuki,
		},
	}
}

func checkRaNuki(d *Document) []Finding {
	var found []Finding
	for i := range d.Tokens {
		t := &d.Tokens[i]
		switch {
		case t.isBareRa():
			f := remark(d, t.Span, .95, "ら抜き: an ichidan verb takes られる", wordEvidence(*t, "its lemma is conjugated 一段 or カ変"))
			if at := strings.LastIndex(t.Surface, "れ"); at >= 0 {
				f = f.mending(Span{t.Span.Start + at, t.Span.Start + at}, "ら", false)
			}
			found = append(found, f)
		case i > 0 && t.isPassiveRe() && d.Tokens[i-1].takesRareru() && d.Tokens[i-1].Span.End == t.Span.Start:
			stem := d.Tokens[i-1]
			f := remark(d, Span{stem.Span.Start, t.Span.End}, .95, "ら抜き: an ichidan verb takes られる",
				wordEvidence(stem, "一段 stem"), wordEvidence(*t, "れる where られる is due"))
			found = append(found, f.mending(Span{t.Span.Start, t.Span.Start}, "ら", false))
		}
	}
	return found
}

// isBareRa says whether a word is a potential form of one word of UniDic without ら: 見れる, whose lemma is 見る.
func (t *Token) isBareRa() bool {
	if t.POS[0] != "動詞" || !strings.HasPrefix(t.ConjugationType, "下一段-ラ行") || !strings.HasSuffix(t.Base, "れる") ||
		!strings.HasSuffix(t.Lemma, "る") || strings.HasSuffix(t.Lemma, "れる") {
		return false
	}
	if t.Lemma == "来る" {
		return true
	}
	reading := []rune(t.LemmaReading)
	return len(reading) >= 2 && isFrontKana(reading[len(reading)-2]) && !isGodanInRu(t.Lemma)
}

// isFrontKana says whether a katakana ends in i or e, as the stems of ichidan verbs do.
func isFrontKana(r rune) bool {
	return strings.ContainsRune("イキシチニヒミリギジヂビピエケセテネヘメレゲゼデベペ", r)
}

// isGodanInRu says whether a lemma that ends in -iru or -eru is godan all the same; a closed class, of which these are the ends.
func isGodanInRu(lemma string) bool {
	for _, end := range []string{
		"切る", "返る", "帰る", "走る", "入る", "参る", "喋る", "握る", "捻る", "滑る", "限る", "遮る", "蹴る", "練る", "競る", "捩る", "弄る",
		"契る", "侍る", "混じる", "牛耳る", "躙る", "詰る", "次る", "拉致る", "弁る", "知る", "散る", "減る", "照る", "茂る", "焦る", "覆る",
		"蘇る", "翻る", "罵る", "嘲る", "齧る", "毟る", "千切る", "ちぎる", "謗る", "陥る", "しくじる", "ほじる", "もじる", "なじる",
	} {
		if strings.HasSuffix(lemma, end) {
			return true
		}
	}
	return false
}

// isPassiveRe says whether a word is the auxiliary れる without ら.
func (t *Token) isPassiveRe() bool {
	return t.ConjugationType == "助動詞-レル" && strings.HasPrefix(t.Surface, "れ")
}

// isIchidan says whether a word is conjugated 一段.
func (t *Token) isIchidan() bool {
	return t.POS[0] == "動詞" && (strings.HasPrefix(t.ConjugationType, "上一段") || strings.HasPrefix(t.ConjugationType, "下一段"))
}

// isStem says whether a verb stands in the form that auxiliaries follow.
func (t *Token) isStem() bool {
	return strings.HasPrefix(t.ConjugationForm, "未然形") || strings.HasPrefix(t.ConjugationForm, "連用形")
}

// takesRareru says whether a word is a stem after which られる is due.
func (t *Token) takesRareru() bool {
	if !t.isStem() {
		return false
	}
	if t.isIchidan() {
		return !t.isPotential()
	}
	return t.ConjugationType == "サ行変格" && strings.HasSuffix(t.Lemma, "ずる") && strings.HasSuffix(t.Surface, "じ")
}

// isPotential says whether a verb is the potential of a godan verb: 書ける, whose lemma is 書く.
func (t *Token) isPotential() bool {
	if !strings.HasPrefix(t.ConjugationType, "下一段") || t.Lemma == "" {
		return false
	}
	if !strings.HasSuffix(t.Lemma, "る") {
		return true
	}
	return strings.HasSuffix(t.Base, "れる") && !strings.HasSuffix(t.Lemma, "れる") && !t.isBareRa()
}

func checkReTasu(d *Document) []Finding {
	var found []Finding
	for i := 1; i < len(d.Tokens); i++ {
		stem, t := d.Tokens[i-1], d.Tokens[i]
		if !t.isPassiveRe() || stem.POS[0] != "動詞" || stem.Span.End != t.Span.Start {
			continue
		}
		potential := stem.isPotential() && stem.isStem()
		command := strings.HasPrefix(stem.ConjugationType, "五段") && stem.ConjugationForm == "命令形"
		if !potential && !command {
			continue
		}
		f := remark(d, Span{stem.Span.Start, t.Span.End}, .8, "れ足す: the verb is potential without れ",
			wordEvidence(stem, "potential stem"), wordEvidence(t, "れ that is too much"))
		found = append(found, f.mending(Span{t.Span.Start, t.Span.Start + len("れ")}, "", false))
	}
	return found
}

func checkSaIre(d *Document) []Finding {
	var found []Finding
	for i := 1; i < len(d.Tokens); i++ {
		stem, t := d.Tokens[i-1], d.Tokens[i]
		if stem.Span.End != t.Span.Start || !strings.HasPrefix(stem.ConjugationForm, "未然形") {
			continue
		}
		at := -1
		switch {
		case t.Lemma == "させる" && strings.HasPrefix(stem.ConjugationType, "五段") && strings.HasPrefix(t.Surface, "さ"):
			at = t.Span.Start
		case t.Lemma == "せる" && stem.ConjugationType == "五段-サ行" && strings.HasSuffix(stem.Surface, "さ") && isShortCausative(stem.Base):
			at = stem.Span.End - len("さ")
		default:
			continue
		}
		f := remark(d, Span{stem.Span.Start, t.Span.End}, .86, "さ入れ: a godan verb takes せる",
			wordEvidence(stem, "五段 stem"), wordEvidence(t, "causative"))
		found = append(found, f.mending(Span{at, at + len("さ")}, "", false))
	}
	return found
}

// isShortCausative says whether a verb in す is the causative of a godan verb and nothing else: 書かす, but not 動かす.
func isShortCausative(base string) bool {
	for _, end := range []string{
		"書かす", "読ます", "休ます", "行かす", "飲ます", "使わす", "歌わす", "言わす", "待たす", "帰らす", "作らす", "座らす", "取らす", "送らす",
		"手伝わす", "やらす", "持たす", "払わす", "立たす", "死なす", "呼ばす", "遊ばす", "話さす", "習わす", "洗わす", "買わす",
		"入らす", "撮らす", "学ばす", "歩かす", "置かす", "弾かす", "頑張らす", "語らす", "伺わす",
	} {
		if strings.HasSuffix(base, end) {
			return true
		}
	}
	return false
}

func checkINuki(d *Document) []Finding {
	if d.Register == Casual {
		return nil
	}
	severity := quality.Low
	if d.Register != "" {
		severity = quality.Medium
	}
	var found []Finding
	for i := range d.Tokens {
		t := &d.Tokens[i]
		if t.Lemma != "てる" || t.POS[0] != "助動詞" || !strings.HasPrefix(t.Surface, "て") && !strings.HasPrefix(t.Surface, "で") {
			continue
		}
		f := remark(d, t.Span, .92, "い抜き: ている in writing", wordEvidence(*t, "てる, short for ている"))
		f.Severity = severity
		at := t.Span.Start + len("て")
		found = append(found, f.mending(Span{at, at}, "い", false))
	}
	return found
}
