package japanese

import (
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// conjugationRules are the rules over forms that do not go together: what learners write.
func conjugationRules() []Rule {
	const source = "学校文法の活用表; 日本語記述文法研究会 現代日本語文法 (2003-2010)"
	return []Rule{
		{
			ID: "verb_form", Title: "動詞の活用", Dimension: quality.Validity, Severity: quality.Medium, Needs: Words,
			Wrong: "私は肉を食べるない。", Right: "私は肉を食べない。", Source: source, Check: pairwise(verbFormFault),
		}, {
			ID: "onbin", Title: "音便", Dimension: quality.Validity, Severity: quality.Medium, Needs: Words,
			Wrong: "昨日、本を読みた。", Right: "昨日、本を読んだ。話した。", Source: source, Check: pairwise(onbinFault),
		}, {
			ID: "adjective_form", Title: "形容詞の活用", Dimension: quality.Validity, Severity: quality.Medium, Needs: Words,
			Wrong: "昨日は寒いでした。", Right: "昨日は寒かったです。", Source: source, Check: pairwise(adjectiveFormFault),
		},
	}
}

// pairwise makes a rule of a question about two words that follow each other without a gap; the answer is why they cannot, or nothing.
func pairwise(fault func(a, b Token) string) func(*Document) []Finding {
	return func(d *Document) []Finding {
		var found []Finding
		for i := 1; i < len(d.Tokens); i++ {
			a, b := d.Tokens[i-1], d.Tokens[i]
			if a.Span.End != b.Span.Start {
				continue
			}
			if text := fault(a, b); text != "" {
				found = append(found, remark(d, Span{a.Span.Start, b.Span.End}, .75, text,
					wordEvidence(a, a.ConjugationForm), wordEvidence(b, "what does not follow it")))
			}
		}
		return found
	}
}

// verbFormFault tells forms that ます and ない do not follow.
func verbFormFault(a, b Token) string {
	if a.POS[0] != "動詞" || b.POS[0] != "助動詞" {
		return ""
	}
	polite, negative := b.ConjugationType == "助動詞-マス", b.ConjugationType == "助動詞-ナイ"
	dictionary := a.ConjugationForm == "終止形-一般" || a.ConjugationForm == "連体形-一般"
	switch {
	case polite && dictionary && strings.HasPrefix(b.Surface, "ま"):
		return "ます follows the 連用形, not the dictionary form"
	case negative && dictionary && strings.HasPrefix(b.Surface, "な") && b.Surface != "なし":
		return "ない follows the 未然形, not the dictionary form"
	case negative && a.ConjugationForm == "意志推量形" && b.Surface != "なし":
		return "ない follows the 未然形, not the volitional form"
	case b.ConjugationType == "文語助動詞-リ" && b.Surface == "り" && a.isIchidan():
		return "an ichidan verb is conjugated as if it were godan"
	case b.ConjugationType == "助動詞-デス" && dictionary && b.ConjugationForm != "意志推量形":
		return "です follows nouns and adjectives; a verb takes ます"
	}
	return ""
}

// onbinFault tells た and て after a godan verb without its sound change.
func onbinFault(a, b Token) string {
	past := b.ConjugationType == "助動詞-タ" && b.Surface == "た"
	connective := b.POS[0] == "助詞" && b.POS[1] == "接続助詞" && b.Surface == "て"
	if !past && !connective || a.POS[0] != "動詞" || a.ConjugationForm != "連用形-一般" {
		return ""
	}
	if !strings.HasPrefix(a.ConjugationType, "五段") || a.ConjugationType == "五段-サ行" {
		return ""
	}
	return "a godan verb changes its sound before た and て (音便)"
}

// adjectiveFormFault tells だ, でした and the like after an adjective.
func adjectiveFormFault(a, b Token) string {
	if a.POS[0] != "形容詞" || a.ConjugationForm != "終止形-一般" && a.ConjugationForm != "連体形-一般" || !strings.HasSuffix(a.Surface, "い") {
		return ""
	}
	switch {
	case b.ConjugationType == "助動詞-デス" && b.Surface == "でし":
		return "the past of an adjective is かったです"
	case b.ConjugationType == "助動詞-ダ" && (b.Surface == "だ" || b.Surface == "だっ"):
		return "だ does not follow an adjective"
	case b.ConjugationType == "助動詞-ダ" && b.Surface == "で":
		return "an adjective is linked by くて"
	}
	return ""
}
