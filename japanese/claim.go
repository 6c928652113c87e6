package japanese

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Claim is one thing that an explanation says of an item, in the form in which a knowledge base would know it.
type Claim struct {
	Kind     FactKind `json:"kind"`               // what is claimed
	Item     string   `json:"item"`               // as it is written: 食べる
	Value    string   `json:"value"`              // what is said of it
	Language string   `json:"language,omitempty"` // of a meaning: "en"
	Form     string   `json:"form,omitempty"`     // of a conjugation: "te", "て形"
	At       Span     `json:"at"`                 // where in the explanation; empty when it is not from a text
}

// Verdict is what was found out of a claim.
type Verdict string

// The verdicts. Unknown is neither a pass nor a failure: the knowledge base says nothing that decides.
const (
	VerdictSupported    Verdict = "supported"
	VerdictContradicted Verdict = "contradicted"
	VerdictUnknown      Verdict = "unknown"
)

// Basis is what a verdict rests on.
type Basis string

// The bases.
const (
	BasisNone        Basis = ""            // nothing: the verdict is unknown
	BasisFact        Basis = "fact"        // facts of the knowledge base alone
	BasisConjugation Basis = "conjugation" // the tables of Conjugate
	BasisWords       Basis = "words"       // the words of the text, as the analyzer cuts it
	BasisEntailment  Basis = "entailment"  // what the host's Entailer said of a fact
)

// ClaimResult is the verdict on one claim.
type ClaimResult struct {
	Claim       Claim    `json:"claim"`           // that was judged
	Verdict     Verdict  `json:"verdict"`         // on it
	Basis       Basis    `json:"basis,omitempty"` // of the verdict; empty of unknown
	Facts       []string `json:"facts,omitempty"` // ids of the facts that decided, in the order of their ids
	Because     string   `json:"because"`         // in words, without texts of the claim or of a fact
	Probability float64  `json:"probability"`     // that the verdict is right: of an entailment, the Entailer's; else 1; of unknown, 0
	Agreement   float64  `json:"agreement"`       // share of resampled answers that say the same, of those that speak of it; 1 when none does
}

// ClaimReport is what was found out of the claims of one explanation.
type ClaimReport struct {
	Results    []ClaimResult   `json:"results"`    // one for each claim, in order
	Verdict    Verdict         `json:"verdict"`    // contradicted when a claim is; supported when all are, and there is one; else unknown
	Confidence ClaimConfidence `json:"confidence"` // in the whole explanation
	Skipped    []Skip          `json:"skipped"`    // what was not asked, since it is not wired, and would have been
}

// ClaimConfig says what claims are checked with. Its zero value works, with the knowledge base alone.
type ClaimConfig struct {
	Analyzer    Analyzer    // knows the class of a verb, and the words of an example; nil: facts and the shape of a word must do
	Entailer    Entailer    // judges meanings in other words; nil: they are unknown
	Sampler     Sampler     // asks the model again; nil: agreement is not measured
	Samples     int         // answers to ask a Sampler for; 0: 5
	Batch       int         // items in one look-up of the knowledge base; 0: 256
	Synonyms    [][]string  // meanings that count as the same: {"large", "big"}
	Calibration Calibration // turns a score into a probability; its zero value: see DefaultCalibration
}

// ErrClaimConfig is the error of a ClaimConfig with faults.
var ErrClaimConfig = errors.New("japanese: faulty claim config")

func (c ClaimConfig) complete() (ClaimConfig, error) {
	var problems []error
	if c.Samples < 0 {
		problems = append(problems, fmt.Errorf("%w: Samples is %d: expected 0 or more", ErrClaimConfig, c.Samples))
	}
	if c.Batch < 0 {
		problems = append(problems, fmt.Errorf("%w: Batch is %d: expected 0 or more", ErrClaimConfig, c.Batch))
	}
	if err := c.Calibration.validate(); err != nil {
		problems = append(problems, fmt.Errorf("%w: %w", ErrClaimConfig, err))
	}
	if c.Samples == 0 {
		c.Samples = 5
	}
	if c.Batch == 0 {
		c.Batch = 256
	}
	if len(c.Calibration.Points) == 0 {
		c.Calibration = DefaultCalibration()
	}
	return c, errors.Join(problems...)
}

// CheckClaims judges claims by what a knowledge base knows. The items of all claims are looked up together, in batches. It returns an error
// when the config has faults, when the context ends, and when something that is wired fails: then there is no report, rather than half of one.
func CheckClaims(ctx context.Context, claims []Claim, kb KnowledgeBase, config ClaimConfig) (ClaimReport, error) {
	config, err := config.complete()
	if kb == nil {
		err = errors.Join(err, fmt.Errorf("%w: there is no knowledge base", ErrClaimConfig))
	}
	if err != nil {
		return ClaimReport{}, err
	}
	known, err := lookUpFacts(ctx, claims, kb, config.Batch)
	if err != nil {
		return ClaimReport{}, err
	}
	j := claimJudge{config: config, facts: known, same: newSynonyms(config.Synonyms)}
	results := make([]ClaimResult, len(claims))
	for i, claim := range claims {
		if err := ctx.Err(); err != nil {
			return ClaimReport{}, err
		}
		r, err := j.judge(ctx, claim)
		if err != nil {
			return ClaimReport{}, err
		}
		results[i] = r
	}
	if err := j.entail(ctx, results); err != nil {
		return ClaimReport{}, err
	}
	if err := measureAgreement(ctx, results, config); err != nil {
		return ClaimReport{}, err
	}
	return ClaimReport{
		Results: results, Verdict: overallVerdict(results), Confidence: confidenceIn(results, config.Calibration), Skipped: notAsked(results, j.left, config),
	}, nil
}

// notAsked says what would have been asked if it were wired.
func notAsked(results []ClaimResult, left []openMeaning, config ClaimConfig) []Skip {
	skipped := []Skip{}
	if len(left) > 0 && config.Entailer == nil {
		skipped = append(skipped, Skip{Rule: "entailment", Because: "no entailer is wired"})
	}
	if len(results) > 0 && config.Sampler == nil {
		skipped = append(skipped, Skip{Rule: "agreement", Because: "no sampler is wired"})
	}
	return skipped
}

// overallVerdict returns the verdict on all claims together.
func overallVerdict(results []ClaimResult) Verdict {
	all := VerdictSupported
	for _, r := range results {
		switch r.Verdict {
		case VerdictContradicted:
			return VerdictContradicted
		case VerdictUnknown:
			all = VerdictUnknown
		}
	}
	if len(results) == 0 {
		return VerdictUnknown
	}
	return all
}

// factKey is what facts are found by.
type factKey struct {
	item string
	kind FactKind
}

// lookUpFacts asks the knowledge base for all that the claims need. What it returns of other items or kinds is left out.
func lookUpFacts(ctx context.Context, claims []Claim, kb KnowledgeBase, batch int) (map[factKey][]Fact, error) {
	wanted := map[factKey]bool{}
	for _, c := range claims {
		for _, kind := range neededKinds(c.Kind) {
			wanted[factKey{c.Item, kind}] = true
		}
	}
	var items []string
	var kinds []FactKind
	for key := range wanted {
		items, kinds = append(items, key.item), append(kinds, key.kind)
	}
	slices.Sort(items)
	slices.Sort(kinds)
	items, kinds = slices.Compact(items), slices.Compact(kinds)
	known := map[factKey][]Fact{}
	for part := range slices.Chunk(items, batch) {
		facts, err := kb.Facts(ctx, part, kinds)
		if err != nil {
			return nil, fmt.Errorf("japanese: knowledge base: %w", err)
		}
		for _, f := range facts {
			if key := (factKey{f.Item, f.Kind}); wanted[key] && f.Value != "" {
				known[key] = append(known[key], f)
			}
		}
	}
	return known, nil
}

// neededKinds returns the kinds of facts that decide about a kind of claim.
func neededKinds(kind FactKind) []FactKind {
	switch kind {
	case ConjugationFact:
		return []FactKind{ConjugationFact, PartOfSpeechFact, ReadingFact}
	case ExampleFact:
		return []FactKind{ExampleFact, PartOfSpeechFact, ReadingFact}
	}
	return []FactKind{kind}
}
