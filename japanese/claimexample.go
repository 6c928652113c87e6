package japanese

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// example judges whether a text has an item in it, in whatever form.
func (j *claimJudge) example(ctx context.Context, r *ClaimResult) error {
	text, item := norm.NFKC.String(r.Claim.Value), norm.NFKC.String(r.Claim.Item)
	if isPattern(item) {
		r.pattern(text, item)
		return nil
	}
	if j.config.Analyzer != nil {
		tokens, err := j.config.Analyzer.Analyze(ctx, text)
		if err != nil {
			return fmt.Errorf("japanese: analysing an example: %w", err)
		}
		if hasLemma(tokens, item) {
			r.decide(VerdictSupported, BasisWords, "a word of the example is the item")
			return nil
		}
	}
	candidates, from, err := j.classes(ctx, r.Claim.Item)
	if err != nil {
		return err
	}
	spellings := j.spellings(r.Claim.Item)
	switch found, near := inExample(text, spellings, candidates); {
	case found && j.config.Analyzer != nil:
		r.decide(VerdictUnknown, BasisNone, "what looks like a form of the item is part of other words")
	case found && utf8.RuneCountInString(item) < 3 && onlyKana(foldKana(item)):
		r.decide(VerdictUnknown, BasisNone, "the item is short, and may be part of another word")
	case found:
		r.decide(VerdictSupported, BasisConjugation, "a form of the item is in the example", from...)
	case near && j.config.Analyzer == nil:
		r.decide(VerdictUnknown, BasisNone, "the beginning of the item is in the example, but not a form that is known")
	case j.config.Analyzer == nil && len(spellings) < 2 && !onlyKana(foldKana(item)):
		r.decide(VerdictUnknown, BasisNone, "the item is not in the example in kanji, and how it is read is not known")
	case len(candidates) == 0 && j.config.Analyzer == nil && len(j.of(r.Claim.Item, PartOfSpeechFact)) == 0:
		r.decide(VerdictUnknown, BasisNone, "the item is not in the example as it is written, and what forms it has is not known")
	case j.config.Analyzer != nil:
		r.decide(VerdictContradicted, BasisWords, "no word of the example is a form of the item", from...)
	default:
		r.decide(VerdictContradicted, BasisConjugation, "no form of the item is in the example", from...)
	}
	return nil
}

// isPattern says whether an item is a point of grammar with places for words: 〜てから, Nは, Vたい.
func isPattern(item string) bool {
	if strings.ContainsAny(item, "〜~") {
		return true
	}
	place := item != "" && strings.Contains("NVA", item[:1])
	return place && len(item) > 1 && item[1] >= utf8.RuneSelf
}

// pattern judges an example of a point of grammar by the parts of its pattern that stand for themselves. It can support, and not contradict.
func (r *ClaimResult) pattern(text, item string) {
	parts := strings.FieldsFunc(item, func(c rune) bool { return strings.ContainsRune("〜~NVA・/()…0123456789 -", c) })
	if len(parts) == 0 {
		r.decide(VerdictUnknown, BasisNone, "the item is a pattern without a part of its own")
		return
	}
	for _, part := range parts {
		i := strings.Index(text, part)
		if i < 0 {
			r.decide(VerdictUnknown, BasisNone, "a part of the pattern is not in the example as it is written")
			return
		}
		text = text[i+len(part):]
	}
	r.decide(VerdictSupported, BasisWords, "the parts of the pattern are in the example")
}

// hasLemma says whether a token, or some in a row, are an item in some form.
func hasLemma(tokens []Token, item string) bool {
	kana := foldKana(item)
	if !onlyKana(kana) {
		kana = ""
	}
	for i := range tokens {
		joined := ""
		for _, t := range tokens[i:min(i+6, len(tokens))] {
			if slices.Contains([]string{joined + t.Surface, joined + t.Base, joined + t.Lemma}, item) || kana != "" && kana == joined+foldKana(t.LemmaReading) {
				return true
			}
			joined += t.Surface
			if !strings.HasPrefix(item, joined) {
				break
			}
		}
	}
	return false
}

// inExample says whether a text has one of the spellings in it in some form of the classes, and if not, whether it has the part that no form
// changes.
func inExample(text string, spellings []string, classes []ConjugationClass) (found, near bool) {
	for _, spelling := range spellings {
		if strings.Contains(text, spelling) {
			return true, true
		}
		for _, class := range classes {
			all, err := Conjugate(spelling, class)
			if err != nil {
				continue
			}
			for _, c := range all {
				// The stem of an ichidan verb or an adjective is short, and in other words too.
				if c.Form != StemForm && strings.Contains(text, norm.NFKC.String(c.Text)) {
					return true, true
				}
				near = near || c.Form == StemForm && strings.Contains(text, c.Text)
			}
		}
		near = near || len(classes) > 0 && utf8.RuneCountInString(spelling) > 1 && strings.Contains(text, strings.TrimSuffix(spelling, lastRune(spelling)))
	}
	return false, near
}
