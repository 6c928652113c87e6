package japanese

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Entailer judges whether what is known of an item entails what is claimed of it, as natural language inference does: a model of the host.
// It is safe for concurrent use.
type Entailer interface {
	// Entail returns one answer for each question, in their order.
	Entail(ctx context.Context, questions []EntailmentQuestion) ([]Entailment, error)
}

// EntailmentQuestion is one question to an Entailer.
type EntailmentQuestion struct {
	Item     string   `json:"item"`     // as it is written
	Known    []string `json:"known"`    // what the knowledge base says that it means, in the order of the facts' ids
	Claimed  string   `json:"claimed"`  // what the explanation says that it means
	Language string   `json:"language"` // of the meanings; empty: not said
}

// Entailment is an answer: probabilities between 0 and 1 whose sum is at most 1. What is left is neither.
type Entailment struct {
	Entails     float64 `json:"entails"`     // what is known entails what is claimed
	Contradicts float64 `json:"contradicts"` // what is known excludes what is claimed
}

// ErrEntailer is the error of an Entailer whose answers are not what it promises.
var ErrEntailer = errors.New("japanese: entailer")

// openMeaning is a claim that the facts alone do not decide.
type openMeaning struct {
	claim int // index of the claim
	facts []Fact
}

func (j *claimJudge) meaning(r *ClaimResult, at int) {
	var facts []Fact
	for _, f := range j.of(r.Claim.Item, MeaningFact) {
		if f.Language == "" || r.Claim.Language == "" || strings.EqualFold(f.Language, r.Claim.Language) {
			facts = append(facts, f)
		}
	}
	slices.SortFunc(facts, func(a, b Fact) int { return strings.Compare(a.ID, b.ID) })
	claimed := glosses(r.Claim.Value)
	var same []Fact
	met := 0
	for _, gloss := range claimed {
		for _, f := range facts {
			if slices.ContainsFunc(glosses(f.Value), func(known string) bool { return j.same.equal(known, gloss) }) {
				same = append(same, f)
				met++
				break
			}
		}
	}
	switch {
	case len(facts) == 0:
		r.decide(VerdictUnknown, BasisNone, "nothing is known of the item's meaning in the language")
		return
	case met > 0 && met == len(claimed):
		r.decide(VerdictSupported, BasisFact, "facts say the same", same...)
		return
	case allComplete(facts) && met == 0 && !glossesOverlap(claimed, facts):
		r.decide(VerdictContradicted, BasisFact, "the facts are all there are, and none has a word of it", facts...)
		if j.config.Entailer == nil {
			return
		}
	default:
		r.decide(VerdictUnknown, BasisNone, "the meaning is in other words than the facts")
	}
	j.left = append(j.left, openMeaning{at, facts})
}

// entail asks the entailer about what is left.
func (j *claimJudge) entail(ctx context.Context, results []ClaimResult) error {
	if j.config.Entailer == nil || len(j.left) == 0 {
		return nil
	}
	questions := make([]EntailmentQuestion, len(j.left))
	for i, open := range j.left {
		c := results[open.claim].Claim
		questions[i] = EntailmentQuestion{Item: c.Item, Claimed: c.Value, Language: c.Language}
		for _, f := range open.facts {
			questions[i].Known = append(questions[i].Known, f.Value)
		}
	}
	answers, err := j.config.Entailer.Entail(ctx, questions)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrEntailer, err)
	}
	if len(answers) != len(questions) {
		return fmt.Errorf("%w: gave %d answers: expected one for each of %d questions", ErrEntailer, len(answers), len(questions))
	}
	for i, a := range answers {
		if err := a.validate(i); err != nil {
			return err
		}
		r := &results[j.left[i].claim]
		switch {
		case a.Entails > 0.5:
			r.decide(VerdictSupported, BasisEntailment, "what is known entails it, as the entailer says", j.left[i].facts...)
			r.Probability = a.Entails
		case a.Contradicts > 0.5:
			r.decide(VerdictContradicted, BasisEntailment, "what is known excludes it, as the entailer says", j.left[i].facts...)
			r.Probability = a.Contradicts
		}
	}
	return nil
}

func (a Entailment) validate(i int) error {
	const slack = 1e-6 // rounding of the host's softmax
	for _, p := range []float64{a.Entails, a.Contradicts, a.Entails + a.Contradicts} {
		if math.IsNaN(p) || p < 0 || p > 1+slack {
			return fmt.Errorf("%w: answer %d has probabilities %v and %v: expected between 0 and 1, and 1 in sum at most", ErrEntailer, i, a.Entails, a.Contradicts)
		}
	}
	return nil
}

// glosses returns the meanings that a text lists, in small letters, without articles, the "to" of verbs and what is in parentheses.
func glosses(text string) []string {
	text = strings.ToLower(norm.NFKC.String(text))
	var b strings.Builder
	depth := 0
	for _, r := range text {
		switch {
		case r == '(' || r == '[':
			depth++
		case (r == ')' || r == ']') && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	text = strings.NewReplacer(" or ", ";", " and/or ", ";").Replace(b.String())
	var all []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;/、・。|", r) }) {
		words := strings.FieldsFunc(part, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) && r != 'ー'
		})
		for len(words) > 1 && slices.Contains([]string{"to", "a", "an", "the", "be"}, words[0]) {
			words = words[1:]
		}
		if len(words) > 0 {
			all = append(all, strings.Join(words, " "))
		}
	}
	return all
}

// synonyms says which glosses count as the same.
type synonyms map[string][]int

func newSynonyms(groups [][]string) synonyms {
	s := synonyms{}
	for i, group := range groups {
		for _, text := range group {
			for _, gloss := range glosses(text) {
				s[gloss] = append(s[gloss], i)
			}
		}
	}
	return s
}

func (s synonyms) equal(a, b string) bool {
	return a == b || slices.ContainsFunc(s[a], func(group int) bool { return slices.Contains(s[b], group) })
}

// glossesOverlap says whether a claimed meaning has a word in common with a known one: then it may be the same in other words.
func glossesOverlap(claimed []string, facts []Fact) bool {
	var known []string
	for _, f := range facts {
		for _, gloss := range glosses(f.Value) {
			known = append(known, contentWords(gloss)...)
		}
	}
	for _, gloss := range claimed {
		for _, a := range contentWords(gloss) {
			if slices.ContainsFunc(known, func(b string) bool { return akinWords(a, b) }) {
				return true
			}
		}
	}
	return false
}

// akinWords says whether two words have the same stem, more or less: eat and eating, consume and consumption. Words of a script without spaces are
// akin when they share a character.
func akinWords(a, b string) bool {
	if a[0] >= 0x80 || b[0] >= 0x80 {
		return strings.ContainsAny(a, b)
	}
	n := min(len(a), len(b), 5)
	return a[:n] == b[:n] && (n >= 3 || len(a) == len(b))
}

// contentWords returns the words of a gloss that say something.
func contentWords(gloss string) []string {
	empty := []string{"to", "a", "an", "the", "of", "in", "on", "at", "for", "with", "be", "is", "not", "do", "one", "s", "something", "someone", "somebody"}
	words := strings.Fields(gloss)
	said := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return slices.Contains(empty, w) })
	if len(said) == 0 { // a gloss such as "one" or "in" is all that there is
		return words
	}
	return said
}
