package japanese

import (
	"slices"

	"github.com/shugo-data/shugo/quality"
)

// TermCategory says what a term is unsuitable about.
type TermCategory string

// The categories of the built-in terms. A host may have others.
const (
	DisabilityTerm TermCategory = "disability" // 障害, illness
	OriginTerm     TermCategory = "origin"     // nation, people, birth
	GenderTerm     TermCategory = "gender"     // roles of women and men
	OccupationTerm TermCategory = "occupation" // work and standing
	AgeTerm        TermCategory = "age"        // the old and the young
	SexualityTerm  TermCategory = "sexuality"  // orientation, identity, sex as an insult
	BodyTerm       TermCategory = "body"       // looks
)

// Term is a word or phrase that a text should not use of people, or not without need.
//
// It is found wherever words of the text, the last in its dictionary form, are written as the term or one of its variants is: inflected
// forms are found, and parts of other words are not. Where a term has a reading, it is found in hiragana and katakana too, when the
// dictionary takes them for that word or knows none: 唖, read オシ, is not found in おしい; and in kanji only when they are read so.
type Term struct {
	Text     string           // in its dictionary form: 片手落ち
	Variants []string         // other spellings, and the lemma of UniDic where it differs
	Reading  string           // in katakana; empty: it is found as written only
	Category TermCategory     // what it is about
	Severity quality.Severity // High: an insult; Medium: replaced in law or by the press; Low: think of another word. Empty: Medium
	Instead  []string         // neutral words, the best first; empty: say it otherwise
	Allowed  []string         // longer expressions that it may be part of: いざり火
	Source   string           // who advises against it
	Off      bool             // do not look for it: takes a built-in term of the same Text away
}

// mostTermWords is how many words of a text a term may have.
const mostTermWords = 8

// WordRules returns a rule for each category of terms: the built-in ones (see [Terms]) and the given ones. A given term takes the place of a
// built-in one with the same Text.
//
// A term that is spoken of is not found: alone in quotation marks, or in a sentence that says that it is a word (という言葉, 差別語, 旧称, 言い換え,
// と呼ばれて). Within a longer quotation the severity is low: whether to quote is for the author to decide.
func WordRules(terms ...Term) []Rule {
	var all []Term
	for _, t := range append(slices.Clone(terms), Terms()...) {
		if !slices.ContainsFunc(all, func(o Term) bool { return o.Text == t.Text }) {
			all = append(all, t)
		}
	}
	var rules []Rule
	for _, t := range all {
		if t.Off || t.Text == "" || slices.ContainsFunc(rules, func(r Rule) bool { return r.ID == termRuleID(t.Category) }) {
			continue
		}
		of := slices.DeleteFunc(slices.Clone(all), func(o Term) bool { return o.Category != t.Category || o.Off || o.Text == "" })
		rules = append(rules, wordRule(t.Category, of))
	}
	return rules
}

// termRuleID returns the id of the rule of a category.
func termRuleID(c TermCategory) string { return "unsuitable_" + string(c) }

// wordRule returns the rule of the terms of a category.
func wordRule(category TermCategory, terms []Term) Rule {
	index := newTermIndex(terms)
	first := terms[0]
	right := "これは別の言葉です。"
	if len(first.Instead) > 0 {
		right = "それは" + first.Instead[0] + "だ。"
	}
	return Rule{
		ID: termRuleID(category), Title: "不適切な表現: " + string(category), Dimension: quality.Validity, Severity: quality.Medium, Needs: Words,
		Wrong: "それは" + first.Text + "だ。", Right: right,
		Source: "each term has its own: laws, ministries, the keigoGuidelines of NHK, 民放連 and 共同通信社",
		Check: func(d *Document) []Finding {
			var found []Finding
			for _, s := range d.Sentences {
				found = append(found, index.find(d, s)...)
			}
			return found
		},
	}
}
