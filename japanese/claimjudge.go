package japanese

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// claimJudge judges the claims of one call.
type claimJudge struct {
	config ClaimConfig
	facts  map[factKey][]Fact
	same   synonyms
	left   []openMeaning // meanings that only an entailer can judge
	judged int           // claims so far
}

// of returns the facts of a kind that are known of an item.
func (j *claimJudge) of(item string, kind FactKind) []Fact { return j.facts[factKey{item, kind}] }

// judge returns the verdict on a claim; on a meaning in other words it is unknown until the entailer is asked.
func (j *claimJudge) judge(ctx context.Context, c Claim) (ClaimResult, error) {
	r := ClaimResult{Claim: c, Verdict: VerdictUnknown, Agreement: 1}
	at := j.judged
	j.judged++
	switch {
	case strings.TrimSpace(c.Item) == "" || strings.TrimSpace(c.Value) == "":
		r.Because = "the claim has no item or no value"
		return r, nil
	case c.Kind == ReadingFact:
		j.reading(&r)
	case c.Kind == LevelFact:
		j.level(&r)
	case c.Kind == PartOfSpeechFact:
		j.partOfSpeech(&r)
	case c.Kind == MeaningFact:
		j.meaning(&r, at)
	case c.Kind == ConjugationFact:
		return r, j.conjugation(ctx, &r)
	case c.Kind == ExampleFact:
		return r, j.example(ctx, &r)
	default:
		r.Because = "the kind of the claim is not one that can be judged"
	}
	return r, nil
}

// decide sets a verdict.
func (r *ClaimResult) decide(v Verdict, basis Basis, because string, facts ...Fact) {
	r.Verdict, r.Basis, r.Because = v, basis, because
	r.Facts, r.Probability = nil, 0
	if v == VerdictUnknown {
		r.Basis = BasisNone
		return
	}
	r.Probability = 1
	for _, f := range facts {
		r.Facts = append(r.Facts, f.ID)
	}
	slices.Sort(r.Facts)
	r.Facts = slices.Compact(r.Facts)
}

// allComplete says whether facts are all there are. One that is not complete opens the list.
func allComplete(facts []Fact) bool {
	return len(facts) > 0 && !slices.ContainsFunc(facts, func(f Fact) bool { return !f.Complete })
}

// compare decides by facts that are equal to the claim or not.
func (r *ClaimResult) compare(facts []Fact, equal func(Fact) bool) {
	for _, f := range facts {
		if equal(f) {
			r.decide(VerdictSupported, BasisFact, "a fact says the same", f)
			return
		}
	}
	switch {
	case len(facts) == 0:
		r.decide(VerdictUnknown, BasisNone, "nothing is known of the item")
	case allComplete(facts):
		r.decide(VerdictContradicted, BasisFact, "the facts are all there are, and none says so", facts...)
	default:
		r.decide(VerdictUnknown, BasisNone, "no fact says so, but there may be others")
	}
}

func (j *claimJudge) reading(r *ClaimResult) {
	facts := j.of(r.Claim.Item, ReadingFact)
	value := foldKana(r.Claim.Value)
	if !onlyKana(value) {
		romaji := foldRomaji(r.Claim.Value)
		r.compare(facts, func(f Fact) bool { return romaji != "" && slices.Contains(romajiOf(foldKana(f.Value)), romaji) })
		if r.Verdict == VerdictContradicted {
			r.decide(VerdictUnknown, BasisNone, "the reading is not in kana, and not a romanisation of a known one")
		}
		return
	}
	r.compare(facts, func(f Fact) bool {
		stem, _, dotted := strings.Cut(norm.NFKC.String(f.Value), ".")
		return foldKana(f.Value) == value || dotted && foldKana(stem) == value
	})
}

// foldKana returns kana as hiragana in full width, without what dictionaries put between parts of a reading: う.まれる, -ホン, き・く.
func foldKana(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'ァ' && r <= 'ヶ':
			return r - 'ァ' + 'ぁ'
		case strings.ContainsRune(".-·・‐‑–~〜～", r) || unicode.IsSpace(r):
			return -1
		}
		return r
	}, norm.NFKC.String(text))
}

// onlyKana says whether a folded text is in hiragana.
func onlyKana(folded string) bool {
	return folded != "" && !strings.ContainsFunc(folded, func(r rune) bool { return (r < 'ぁ' || r > 'ゖ') && r != 'ー' && r != 'ゝ' && r != 'ゞ' })
}

func (j *claimJudge) level(r *ClaimResult) {
	facts := j.of(r.Claim.Item, LevelFact)
	scheme, value := foldLevel(r.Claim.Value)
	// Facts of another scheme say nothing of this one.
	facts = slices.DeleteFunc(slices.Clone(facts), func(f Fact) bool {
		other, _ := foldLevel(f.Value)
		return other != scheme
	})
	r.compare(facts, func(f Fact) bool {
		_, known := foldLevel(f.Value)
		return known == value
	})
}

// foldLevel returns a level without what is written around it, and the scheme that it belongs to: "JLPT Ｎ４" is N4 of N, A2 is of CEFR. The
// four levels 級 that the test had before 2010 are a scheme of their own: 3級 is not N3.
func foldLevel(text string) (scheme, level string) {
	text = strings.ToUpper(norm.NFKC.String(text))
	for _, around := range []string{"JLPT", "CEFR", "日本語能力試験", "LEVEL", "レベル"} {
		text = strings.ReplaceAll(text, around, "")
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == ':' {
			return -1
		}
		return r
	}, text)
	switch {
	case len(text) == 2 && text[0] == 'N' && text[1] >= '1' && text[1] <= '5':
		return "N", text
	case len(text) == 2 && text[0] >= 'A' && text[0] <= 'C' && (text[1] == '1' || text[1] == '2'):
		return "CEFR", text
	case strings.HasSuffix(text, "級"):
		return "級", text
	}
	return "", text
}
