package japanese

import (
	"context"
	"errors"
	"fmt"
)

// Formula is how the score of readability was computed. Scores of two formulas do not compare.
type Formula string

// The formulas.
const (
	// JReadability is the formula of Lee and Hasebe (2016), for learners: about 0.5 (hard) to 6.5 (easy). It needs words.
	JReadability Formula = "jreadability"
	// TateisiRS is RS' of Tateisi, Ono and Yamada (1988), for native readers: mean 50, higher is easier. It needs characters only.
	TateisiRS Formula = "tateisi_rs_prime"
)

// Boundary is where sentences end. Both formulas count sentences, so two scores compare only under one boundary.
type Boundary string

// The boundaries. The empty one is CompatibleBoundary: the bands of level were fitted with it.
const (
	CompatibleBoundary Boundary = "compatible" // as the published programs count: 。？！． end a sentence, a line break does not
	StrictBoundary     Boundary = "strict"     // Document.Sentences: half-width marks and line breaks end a sentence too
)

// ReadabilityConfig says how readability is measured. The zero value is the published way.
type ReadabilityConfig struct {
	Boundary Boundary // where sentences end; empty: CompatibleBoundary
	Least    int      // words below which no level is given; 0: 50
}

// Readability is how easy a text is to read.
type Readability struct {
	Formula  Formula  `json:"formula"`  // JReadability where words are known, otherwise TateisiRS
	Boundary Boundary `json:"boundary"` // where sentences ended
	Score    float64  `json:"score"`    // higher is easier
	// Interval holds the score of such texts with 95 % confidence: a jackknife over the sentences (Tukey 1958) with Student's t. It
	// is nil of a text of one sentence, and of a formula other than JReadability.
	Interval  *Interval             `json:"interval"`
	Tokens    int                   `json:"tokens"`              // words that were counted, punctuation too; 0 when the formula needs none
	Shares    Shares                `json:"shares"`              // what JReadability is computed from
	Sentences []SentenceReadability `json:"sentences,omitempty"` // in order; nil when the formula needs no words

	least int
}

// Interval is a range of scores, both ends within.
type Interval struct {
	Low  float64 `json:"low"`  // the lowest score
	High float64 `json:"high"` // the highest score
}

// Shares are the measures that JReadability weighs. Percentages are of all words.
type Shares struct {
	Words     float64 `json:"words"`     // per sentence
	Kango     float64 `json:"kango"`     // % of Chinese origin 漢語
	Wago      float64 `json:"wago"`      // % of Japanese origin 和語
	Verbs     float64 `json:"verbs"`     // % verbs, without auxiliary ones 非自立可能
	Particles float64 `json:"particles"` // % particles 助詞
}

// SentenceReadability is what one sentence does to the score.
type SentenceReadability struct {
	Span   Span `json:"span"`   // in the text
	Tokens int  `json:"tokens"` // words of the sentence
	// Points are the sentence's part of the score: the points of all sentences and 11.724 are the score.
	Points float64 `json:"points"`
	// Effect is the score less the score that the text would have without the sentence: negative where it makes the text harder.
	// 0 when there is no other sentence.
	Effect float64 `json:"effect"`
}

// ErrEmpty is the error of a text that has nothing to measure.
var ErrEmpty = errors.New("japanese: nothing to measure")

// ErrNoBands is the error of a level that is asked of a score whose formula has no bands of level.
var ErrNoBands = errors.New("japanese: the formula has no bands of level: it needs an analyzer")

// ErrOffScale is the error of a score outside of the bands, 0.5 to 6.5.
var ErrOffScale = errors.New("japanese: the score is outside of the bands of level")

// TooShortError is the error of a level that is asked of a text so short that its score is noise.
type TooShortError struct {
	Tokens int // words that the text has
	Least  int // words that it must have
}

// Error says how many words are missing.
func (e *TooShortError) Error() string {
	return fmt.Sprintf("japanese: too short for a level: %d words, at least %d are needed", e.Tokens, e.Least)
}

// MeasureReadability measures a document with JReadability, or with TateisiRS when no analyzer is wired: Readability.Formula says which.
// Its errors are ErrEmpty and the context's.
func MeasureReadability(ctx context.Context, d *Document, config ReadabilityConfig) (Readability, error) {
	if err := ctx.Err(); err != nil {
		return Readability{}, err
	}
	if config.Boundary == "" {
		config.Boundary = CompatibleBoundary
	}
	if config.Least == 0 {
		config.Least = 50
	}
	if d.Analyzed {
		return measureWords(d, config)
	}
	scores, err := Tateisi(d.Text)
	if err != nil {
		return Readability{}, err
	}
	r := Readability{Formula: TateisiRS, Boundary: config.Boundary, Score: scores.RSPrime, least: config.Least}
	if config.Boundary == StrictBoundary {
		r.Score = scores.paper(len(d.Sentences))
	}
	return r, nil
}

// Level returns the band that the score is in. Its errors are a *TooShortError, ErrOffScale and ErrNoBands.
func (r Readability) Level() (Band, error) {
	switch {
	case r.Formula != JReadability:
		return 0, ErrNoBands
	case r.Tokens < r.least:
		return 0, &TooShortError{Tokens: r.Tokens, Least: r.least}
	}
	if b := bandOf(r.Score); b != 0 {
		return b, nil
	}
	return 0, fmt.Errorf("%w: %.2f", ErrOffScale, r.Score)
}
