package japanese

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/shugo-data/shugo/quality"
)

// Pair is a Japanese text and its translation into English. Either may be the original.
type Pair struct {
	Japanese *Document // with an analyzer or without: the checks read characters
	English  string    // the other text
}

// TranslationConfig says what a translation is checked against. The zero value checks numbers, negation, copied names and length.
type TranslationConfig struct {
	Names []Name // that texts may hold, with their English spellings; empty: the check of names is skipped

	Reference string  // a translation into English that is known to be good; empty: chrF is skipped
	ChrF      float64 // the least chrF2 against the reference, 0 to 100; 0: 30

	Embedder   Embedder // nil: the check of meaning is skipped
	Similarity float64  // the least cosine of the embeddings of the two texts, which depends on the model; needed with an Embedder

	Shortest float64 // the fewest letters of English per character of Japanese; 0: 0.8
	Longest  float64 // the most; 0: 5
}

// Name is a name in Japanese and all its spellings in English.
type Name struct {
	Japanese string   `json:"japanese"` // 田中, トム
	English  []string `json:"english"`  // "Tanaka"; "Tom", "Thomas"
}

// Embedder turns texts into vectors so that texts of like meaning, in Japanese and in English, lie in like directions. It is safe for
// concurrent use.
type Embedder interface {
	// Embed returns one vector for each text, in order, all of one length.
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// Rules of CheckTranslation.
const (
	NumberRule    = "translation_number"    // both texts state the same numbers, dates, times and shares
	NegationRule  = "translation_negation"  // both deny, or neither
	NameRule      = "translation_name"      // names of the host's list are in both
	CopiedRule    = "translation_copied"    // names in Latin letters, which are copied, are in both
	LengthRule    = "translation_length"    // neither text is far too short for the other
	ReferenceRule = "translation_reference" // the translation is like one that is known to be good
	MeaningRule   = "translation_meaning"   // the embeddings of the texts are alike
)

// translationCheck is one of the checks: what it finds, or why it was skipped.
type translationCheck struct {
	id    string
	skip  string
	check func(context.Context) ([]Finding, error)
}

// CheckTranslation says where a Japanese text and its translation disagree. It knows forms, not meanings: findings say that somebody
// should look, and a translation without findings may still be wrong. Findings lie in the Japanese text; where only the English has
// something, the finding spans the whole text and its evidence, of kind "translation", says where in the English. Errors are of the
// configuration (all in one), the embedder's, and the context's.
//
// Numbers are compared as sets over the whole text, so that two numbers which changed places are not found; signs and units are not
// compared. Finding.Confidence was measured for numbers and negation alone. Negation is compared sentence by sentence where both texts have as many, and otherwise for the texts as a whole.
func CheckTranslation(ctx context.Context, pair Pair, config TranslationConfig) (Report, error) {
	if err := config.check(pair); err != nil {
		return Report{}, err
	}
	r := Report{Findings: []Finding{}, Skipped: []Skip{}, Checked: []string{}}
	for _, c := range config.checks(pair) {
		if err := ctx.Err(); err != nil {
			return Report{}, err
		}
		if c.skip != "" {
			r.Skipped = append(r.Skipped, Skip{Rule: c.id, Because: c.skip})
			continue
		}
		r.Checked = append(r.Checked, c.id)
		found, err := c.check(ctx)
		if err != nil {
			return Report{}, fmt.Errorf("japanese: %s: %w", c.id, err)
		}
		for _, f := range found {
			f.Rule, f.Dimension = c.id, quality.Accuracy
			r.Findings = append(r.Findings, f)
		}
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.At.Bytes.Start, b.At.Bytes.Start), cmp.Compare(a.At.Bytes.End, b.At.Bytes.End), cmp.Compare(a.Rule, b.Rule))
	})
	return r, nil
}

// checks returns the checks of a pair in the order of reports.
func (c TranslationConfig) checks(pair Pair) []translationCheck {
	plain := func(check func(Pair) []Finding) func(context.Context) ([]Finding, error) {
		return func(context.Context) ([]Finding, error) { return check(pair), nil }
	}
	without := func(missing bool, because string) string {
		if missing {
			return because
		}
		return ""
	}
	return []translationCheck{
		{id: NumberRule, check: plain(checkNumbers)},
		{id: NegationRule, check: plain(checkNegation)},
		{id: NameRule, skip: without(len(c.Names) == 0, "no names are given"), check: plain(c.checkNames)},
		{id: CopiedRule, check: plain(checkCopied)},
		{id: LengthRule, check: plain(c.checkLength)},
		{id: ReferenceRule, skip: without(c.Reference == "", "no reference is given"), check: plain(c.checkReference)},
		{id: MeaningRule, skip: without(c.Embedder == nil, "no embedder is wired"), check: func(ctx context.Context) ([]Finding, error) { return c.checkMeaning(ctx, pair) }},
	}
}

// check returns all that is wrong with a configuration.
func (c TranslationConfig) check(pair Pair) error {
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("japanese: "+format, args...))
	}
	if pair.Japanese == nil {
		bad("Pair.Japanese is nil: expected a document")
	}
	if c.Embedder != nil && !(c.Similarity > 0 && c.Similarity <= 1) {
		bad("TranslationConfig.Similarity is %v: expected a cosine above 0, at most 1", c.Similarity)
	}
	if !(c.ChrF >= 0 && c.ChrF <= 100) {
		bad("TranslationConfig.ChrF is %v: expected 0 to 100", c.ChrF)
	}
	if !(c.Shortest >= 0) || !(c.Longest >= 0) || c.Longest > 0 && c.Shortest > c.Longest {
		bad("TranslationConfig.Shortest and Longest are %v and %v: expected two ratios in order", c.Shortest, c.Longest)
	}
	for i, n := range c.Names {
		if n.Japanese == "" || len(n.English) == 0 || slices.Contains(n.English, "") {
			bad("TranslationConfig.Names[%d] lacks a name: expected one in Japanese and at least one in English", i)
		}
	}
	return errors.Join(problems...)
}

// whole returns the place of a finding about a text as a whole.
func (p Pair) whole() Position { return p.Japanese.Position(Span{0, len(p.Japanese.Text)}) }

// inEnglish is evidence in the translation.
func inEnglish(span Span, note string) Evidence {
	return Evidence{Kind: "translation", At: span, Note: note}
}
