package japanese

import (
	"slices"

	"github.com/shugo-data/shugo/quality"
)

// Conflict is two claims that are not both right, or hardly.
type Conflict struct {
	Claim    Claim            `json:"claim"`    // of the new explanation
	Other    Claim            `json:"other"`    // of an existing item, or earlier in the same explanation
	Earlier  bool             `json:"earlier"`  // Other is of an existing item
	Because  string           `json:"because"`  // in words, without texts of the claims
	Severity quality.Severity `json:"severity"` // High: at most one is right; Low: both may be, and a human should look
}

// CheckConsistency compares the claims of a new explanation with each other and with those that are already there, without a knowledge base:
// which one is right it does not say. Claims about the same item and property conflict when they name two levels of a scheme, two parts of
// speech of which neither is the wider, two forms that by the tables of [Conjugate] no class of words has together, or, with Low severity, two readings.
// Meanings are not compared: a word may have several, and other words may say the same. Conflicts are in the order of the new claims.
func CheckConsistency(claims, existing []Claim) []Conflict {
	conflicts := []Conflict{}
	known := map[factKey][]statedClaim{}
	for _, c := range existing {
		known[keyOf(c)] = append(known[keyOf(c)], statedClaim{c, true})
	}
	for _, c := range claims {
		var met []Claim
		for _, other := range known[keyOf(c)] {
			because, severity := claimConflict(other.claim, c)
			if because == "" || slices.ContainsFunc(met, func(m Claim) bool { return sameValue(m, other.claim, nil) }) {
				continue
			}
			met = append(met, other.claim)
			conflicts = append(conflicts, Conflict{Claim: c, Other: other.claim, Earlier: other.existing, Because: because, Severity: severity})
		}
		known[keyOf(c)] = append(known[keyOf(c)], statedClaim{claim: c})
	}
	return conflicts
}

// statedClaim is a claim, and whether it is of an existing item.
type statedClaim struct {
	claim    Claim
	existing bool
}

func keyOf(c Claim) factKey { return factKey{foldText(c.Item), c.Kind} }

// claimConflict says why two claims about an item are not both right; the text is empty when they may well be.
func claimConflict(a, b Claim) (because string, severity quality.Severity) {
	if !sameSubject(a, b) || sameValue(a, b, nil) {
		return "", ""
	}
	switch a.Kind {
	case LevelFact:
		if x, _ := foldLevel(a.Value); x != "" {
			if y, _ := foldLevel(b.Value); x == y {
				return "two levels of one scheme", quality.High
			}
		}
	case PartOfSpeechFact:
		x, y := readSpeech(a.Value), readSpeech(b.Value)
		nouns := x.alsoNoun() && y.category == "noun" || y.alsoNoun() && x.category == "noun"
		if x != (speech{}) && y != (speech{}) && !nouns && !compatibleSpeech(x, y) {
			return "two parts of speech", quality.High
		}
	case ReadingFact:
		if onlyKana(foldKana(a.Value)) && onlyKana(foldKana(b.Value)) {
			return "two readings: an item may have several", quality.Low
		}
	case ConjugationFact:
		x, xKnown := formClasses(a)
		y, yKnown := formClasses(b)
		both := func(class ConjugationClass) bool { return slices.Contains(y, class) }
		if xKnown && yKnown && !slices.ContainsFunc(x, both) {
			return "two forms that no class of words has together", quality.High
		}
	}
	return "", ""
}

// compatibleSpeech says whether two parts of speech can be the same, each with what it does not say.
func compatibleSpeech(a, b speech) bool {
	fits := func(x, y string) bool { return x == "" || y == "" || x == y }
	class := fits(string(a.class), string(b.class)) || a.wider(b) || b.wider(a)
	return fits(a.category, b.category) && class && fits(a.object, b.object)
}

// formClasses returns the classes that an item may have by its ending and in which a form is right, or could be in a spelling that is not known;
// and whether that can be judged.
func formClasses(c Claim) (allowed []ConjugationClass, known bool) {
	for _, class := range classesOfEnding(c.Item) {
		fits, possible, made := formFits([]string{c.Item}, class, readForm(c.Form), foldText(c.Value))
		known = known || made
		if fits || possible {
			allowed = append(allowed, class)
		}
	}
	return allowed, known
}
