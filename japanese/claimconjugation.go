package japanese

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// conjugation judges a claim by facts of the form, and where none decides by the tables.
func (j *claimJudge) conjugation(ctx context.Context, r *ClaimResult) error {
	forms := readForm(r.Claim.Form)
	if len(forms) == 0 {
		r.decide(VerdictUnknown, BasisNone, "the form has a name that is not known")
		return nil
	}
	facts := slices.DeleteFunc(slices.Clone(j.of(r.Claim.Item, ConjugationFact)), func(f Fact) bool {
		// A name that may mean more than the claimed form excludes nothing.
		known := readForm(f.Form)
		return len(known) == 0 || !slices.ContainsFunc(known, func(form string) bool { return slices.Contains(forms, form) })
	})
	value := foldText(r.Claim.Value)
	r.compare(facts, func(f Fact) bool { return foldText(f.Value) == value })
	if r.Verdict == VerdictSupported {
		return nil
	}
	excluded := r.Verdict == VerdictContradicted
	byFact := *r
	candidates, from, err := j.classes(ctx, r.Claim.Item)
	if err != nil {
		return err
	}
	j.byTables(r, candidates, from, forms, value)
	if r.Verdict == VerdictUnknown && excluded {
		*r = byFact
	}
	return nil
}

// byTables judges a form by the tables of the classes that the word may have: right when it is right in all, wrong when it is wrong in all.
func (j *claimJudge) byTables(r *ClaimResult, candidates []ConjugationClass, from []Fact, forms []string, value string) {
	items := j.spellings(r.Claim.Item)
	right, wrong, judged := 0, 0, 0
	for _, class := range candidates {
		switch fits, possible, made := formFits(items, class, forms, value); {
		case !made:
		case fits:
			right, judged = right+1, judged+1
		case !possible:
			wrong, judged = wrong+1, judged+1
		default:
			judged++
		}
	}
	switch {
	case judged == 0:
		r.decide(VerdictUnknown, BasisNone, "how the word conjugates is not known, or it has no such form")
	case right == judged:
		r.decide(VerdictSupported, BasisConjugation, "the word conjugates so", from...)
	case wrong == judged:
		r.decide(VerdictContradicted, BasisConjugation, "the word conjugates otherwise", from...)
	default:
		r.decide(VerdictUnknown, BasisNone, "it depends on the class or the reading of the word, which is not known")
	}
}

// formFits says whether a value is one of the forms that the spellings of an item have in a class; if not, whether it could be one in a
// spelling that is not known; and whether the class has the forms at all.
func formFits(items []string, class ConjugationClass, forms []string, value string) (fits, possible, made bool) {
	kana := false
	for i, item := range items {
		all, err := Conjugate(item, class)
		if err != nil {
			continue
		}
		kana = kana || onlyKana(foldKana(item))
		for _, c := range all {
			if !slices.Contains(forms, c.Form) {
				continue
			}
			made = true
			if foldText(c.Text) == value {
				return true, true, true
			}
			possible = possible || i == 0 && sameTail(c.Text, value)
		}
	}
	// When the value is in kana and so is a spelling, nothing is left open; nor when both are in the same kanji.
	if onlyKana(foldKana(value)) && kana || sameKanji(items[0], value) {
		possible = false
	}
	return false, possible, made
}

// sameTail says whether two texts end alike in kana: then one may be the other in another spelling. Where both have kanji, the kana after the
// last are the same in both.
func sameTail(a, b string) bool {
	x, y := kanaTail(a), kanaTail(b)
	if x != a && y != b {
		return foldKana(x) == foldKana(y)
	}
	return strings.HasSuffix(foldKana(x), foldKana(y)) || strings.HasSuffix(foldKana(y), foldKana(x))
}

// kanaTail returns what is in kana at the end of a text.
func kanaTail(text string) string {
	i := strings.LastIndexFunc(text, func(r rune) bool { return !unicode.In(r, unicode.Hiragana, unicode.Katakana) && r != 'ー' })
	if i < 0 {
		return text
	}
	return text[i+len(firstRune(text[i:])):]
}

// sameKanji says whether two texts have kanji, and the same.
func sameKanji(a, b string) bool {
	kanji := func(text string) string {
		return strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Han, r) {
				return r
			}
			return -1
		}, text)
	}
	return kanji(a) != "" && kanji(a) == kanji(b)
}

// firstRune returns the first character of a text.
func firstRune(text string) string {
	for i := range text {
		if i > 0 {
			return text[:i]
		}
	}
	return text
}

// foldText returns a text in one width, without spaces and the marks around a quoted word.
func foldText(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("「」『』\"“”'。.", r) {
			return -1
		}
		return r
	}, norm.NFKC.String(text))
}

// spellings returns an item as it is written, and in kana as far as its readings are known.
func (j *claimJudge) spellings(item string) []string {
	all := []string{norm.NFKC.String(item)}
	for _, f := range j.of(item, ReadingFact) {
		if kana := foldKana(f.Value); onlyKana(kana) && !slices.Contains(all, kana) {
			all = append(all, kana)
		}
	}
	if j.config.Analyzer != nil {
		for _, reading := range j.config.Analyzer.Readings(item) {
			if kana := foldKana(reading); onlyKana(kana) && !slices.Contains(all, kana) {
				all = append(all, kana)
			}
		}
	}
	return all
}

// classes returns the classes that an item may have: of the facts, else of the analyzer, else of its ending.
func (j *claimJudge) classes(ctx context.Context, item string) ([]ConjugationClass, []Fact, error) {
	var all []ConjugationClass
	var from []Fact
	for _, f := range j.of(item, PartOfSpeechFact) {
		if found := classesOfSpeech(item, readSpeech(f.Value)); len(found) > 0 {
			all, from = append(all, found...), append(from, f)
		}
	}
	if len(all) == 0 && j.config.Analyzer != nil {
		tokens, err := j.config.Analyzer.Analyze(ctx, item)
		if err != nil {
			return nil, nil, fmt.Errorf("japanese: analysing an item: %w", err)
		}
		all = classesOfTokens(item, tokens)
	}
	if len(all) == 0 && len(j.of(item, PartOfSpeechFact)) == 0 {
		all = classesOfEnding(item)
	}
	slices.Sort(all)
	return slices.Compact(all), from, nil
}

// classesOfSpeech returns the classes that a part of speech leaves open.
func classesOfSpeech(item string, s speech) []ConjugationClass {
	switch {
	case s.class == irregular && strings.HasSuffix(item, "する"):
		return []ConjugationClass{SuruVerb}
	case s.class == irregular && (strings.HasSuffix(item, "来る") || strings.HasSuffix(item, "くる")):
		return []ConjugationClass{KuruVerb}
	case s.class == irregular:
		return nil
	case s.class != "":
		return []ConjugationClass{s.class}
	case s.category == "noun" || s.category == "pronoun":
		return []ConjugationClass{NaAdjective}
	case s.category == "verb" || s.category == "adjective":
		return classesOfEnding(item)
	}
	return nil
}

// classesOfEnding returns the classes that a word may have by its last characters. It takes for granted that the word conjugates, since the
// claim says so, and that it is a verb when it ends like one.
func classesOfEnding(item string) []ConjugationClass {
	runes := []rune(foldFormKana(norm.NFKC.String(item)))
	if item == "だ" || item == "です" {
		return []ConjugationClass{Copula}
	}
	if len(runes) < 2 {
		return nil
	}
	last, before := runes[len(runes)-1], string(runes[len(runes)-2])
	switch {
	case strings.HasSuffix(item, "する"):
		return []ConjugationClass{SuruVerb}
	case strings.HasSuffix(item, "来る"):
		return []ConjugationClass{KuruVerb}
	case item == "くる":
		return []ConjugationClass{KuruVerb, GodanVerb}
	case last == 'い':
		return []ConjugationClass{IAdjective, NaAdjective}
	case last != 'る':
		if _, verb := godanRow(last); verb {
			return []ConjugationClass{GodanVerb}
		}
		return nil
	case strings.Contains("あかがさざただなはばぱまやらわうくぐすずつづぬふぶぷむゆるおこごそぞとどのほぼぽもよろゃゅょ", before):
		return []ConjugationClass{GodanVerb}
	}
	return []ConjugationClass{IchidanVerb, GodanVerb}
}

// classesOfTokens returns the classes of an item by the last of its words; none when the analyzer does not know them all.
func classesOfTokens(item string, tokens []Token) []ConjugationClass {
	if len(tokens) == 0 || slices.ContainsFunc(tokens, func(t Token) bool { return !t.Known }) {
		return nil
	}
	last := tokens[len(tokens)-1]
	conjugates := func(types ...string) bool {
		return slices.ContainsFunc(types, func(t string) bool { return strings.Contains(last.ConjugationType, t) })
	}
	switch {
	case conjugates("五段"):
		return []ConjugationClass{GodanVerb}
	case conjugates("上一段", "下一段"):
		return []ConjugationClass{IchidanVerb}
	case conjugates("サ行変格", "サ変") && strings.HasSuffix(item, "する"):
		return []ConjugationClass{SuruVerb}
	case conjugates("カ行変格", "カ変"):
		return []ConjugationClass{KuruVerb}
	case last.POS[0] == "形容詞":
		return []ConjugationClass{IAdjective}
	case last.POS[0] == "形状詞" || last.POS[0] == "名詞" && last.POS[2] == "形状詞可能":
		return []ConjugationClass{NaAdjective}
	case last.POS[0] == "名詞" && strings.HasPrefix(last.POS[2], "サ変"):
		return []ConjugationClass{SuruVerb, NaAdjective}
	case last.POS[0] == "名詞" || last.POS[0] == "代名詞":
		return []ConjugationClass{NaAdjective}
	}
	return nil
}
