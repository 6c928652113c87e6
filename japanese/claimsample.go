package japanese

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Sampler asks the model that wrote an explanation the same question again. It is safe for concurrent use.
type Sampler interface {
	// Sample returns the claims of n further answers, or of fewer.
	Sample(ctx context.Context, n int) ([][]Claim, error)
}

// ErrSampler is the error of a Sampler that fails, or gives more answers than it was asked for.
var ErrSampler = errors.New("japanese: sampler")

// measureAgreement measures how far resampled answers say the same as each claim: what a model knows it says again, what it makes up it says
// otherwise (SelfCheckGPT: Manakul, Liusie and Gales, EMNLP 2023). Verdicts stay as they are.
func measureAgreement(ctx context.Context, results []ClaimResult, config ClaimConfig) error {
	if config.Sampler == nil || len(results) == 0 {
		return nil
	}
	samples, err := config.Sampler.Sample(ctx, config.Samples)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSampler, err)
	}
	if len(samples) > config.Samples {
		return fmt.Errorf("%w: gave %d answers: expected %d at most", ErrSampler, len(samples), config.Samples)
	}
	same := newSynonyms(config.Synonyms)
	for i := range results {
		said, agreed := 0, 0
		for _, sample := range samples {
			speaks, agrees := sayAgain(results[i].Claim, sample, same)
			if speaks {
				said++
			}
			if agrees {
				agreed++
			}
		}
		if said > 0 {
			results[i].Agreement = float64(agreed) / float64(said)
		}
	}
	return nil
}

// sayAgain says whether an answer speaks of what a claim is about, and whether it says the same.
func sayAgain(c Claim, answer []Claim, same synonyms) (speaks, agrees bool) {
	for _, other := range answer {
		if !sameSubject(c, other) {
			continue
		}
		speaks = true
		agrees = agrees || sameValue(c, other, same)
	}
	return speaks, agrees
}

// sameSubject says whether two claims are about the same property of the same item.
func sameSubject(a, b Claim) bool {
	if a.Kind != b.Kind || foldText(a.Item) != foldText(b.Item) || a.Language != b.Language {
		return false
	}
	x, y := readForm(a.Form), readForm(b.Form)
	if len(x) == 0 || len(y) == 0 {
		return a.Form == b.Form
	}
	return slices.ContainsFunc(x, func(form string) bool { return slices.Contains(y, form) })
}

// sameValue says whether two claims of the same kind say the same.
func sameValue(a, b Claim, same synonyms) bool {
	switch a.Kind {
	case ReadingFact:
		return foldKana(a.Value) == foldKana(b.Value)
	case LevelFact:
		x, v := foldLevel(a.Value)
		y, w := foldLevel(b.Value)
		return x == y && v == w
	case PartOfSpeechFact:
		x, y := readSpeech(a.Value), readSpeech(b.Value)
		return x == y && x != (speech{}) || x.wider(y) || y.wider(x) || strings.EqualFold(a.Value, b.Value)
	case MeaningFact:
		return slices.ContainsFunc(glosses(a.Value), func(x string) bool {
			return slices.ContainsFunc(glosses(b.Value), func(y string) bool { return same.equal(x, y) })
		})
	}
	return foldText(a.Value) == foldText(b.Value)
}
