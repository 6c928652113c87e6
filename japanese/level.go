package japanese

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Lexicon knows at which level words are learned. There is no official list for the JLPT since 2010, so a host chooses one. It is safe for
// concurrent use.
type Lexicon interface {
	// Level returns the level of a word in its dictionary form, as it is written and as it is read in katakana, and whether it is listed.
	Level(written, reading string) (level string, listed bool)
}

// LevelVerdict says whether a text fits a learner's level.
type LevelVerdict string

// The verdicts. Unknown is a text of which too many words are not listed, or none is a word that counts.
const (
	LevelFits    LevelVerdict = "fits"
	LevelAbove   LevelVerdict = "above"
	LevelUnknown LevelVerdict = "unknown"
)

// LevelConfig says what is too hard. Its zero value works.
type LevelConfig struct {
	Level string   // of the learner; empty: that of the document
	Scale []string // levels from the easiest to the hardest; nil: N5, N4, N3, N2, N1

	// Most is the share of words above the level with which a text still fits; 0: 0.05. Readers who know 95 % of the running words understand a
	// text with help, those who know 98 % without (Laufer 1989; Hu and Nation 2000; Nation 2006).
	Most float64
}

// LevelReport says how a text fits a level. Words are the running words that carry meaning: particles, auxiliaries, marks, numerals, suffixes and
// names do not count.
type LevelReport struct {
	Level    string       `json:"level"`    // of the learner
	Verdict  LevelVerdict `json:"verdict"`  // by the share of words above: between Above / Words and (Above + Unlisted) / Words
	Words    int          `json:"words"`    // that count
	Next     int          `json:"next"`     // of the level after the learner's: what Krashen (1982) calls i+1
	Above    int          `json:"above"`    // of any level after the learner's
	Unlisted int          `json:"unlisted"` // of which the lexicon says nothing
	Harder   []LevelWord  `json:"harder"`   // the words above the level, in the order of the text
}

// LevelWord is a word that is above a level.
type LevelWord struct {
	At    Position `json:"at"`    // where
	Level string   `json:"level"` // of the word
	Steps int      `json:"steps"` // levels above the learner's: 1 is the next
}

// The errors of CheckLevel: nothing was checked.
var (
	ErrLevel       = errors.New("japanese: unknown level")             // the learner's is not on the scale, or nobody said it
	ErrNotAnalyzed = errors.New("japanese: the text was not analysed") // no Analyzer is wired
)

// CheckLevel returns how a text fits a level.
func CheckLevel(d *Document, lexicon Lexicon, config LevelConfig) (LevelReport, error) {
	scale := config.Scale
	if scale == nil {
		scale = []string{"N5", "N4", "N3", "N2", "N1"}
	}
	r := LevelReport{Level: config.Level, Harder: []LevelWord{}}
	if r.Level == "" {
		r.Level = d.Level
	}
	own := levelOn(scale, r.Level)
	switch {
	case !d.Analyzed:
		return LevelReport{}, ErrNotAnalyzed
	case lexicon == nil:
		return LevelReport{}, errors.New("japanese: no lexicon is wired")
	case own < 0:
		return LevelReport{}, fmt.Errorf("%w: of the learner: expected one of %q", ErrLevel, scale)
	}
	for _, t := range d.Tokens {
		if !carriesMeaning(t) {
			continue
		}
		r.Words++
		level, listed := levelOf(t, lexicon)
		place := levelOn(scale, level)
		switch {
		case !listed || place < 0:
			r.Unlisted++
		case place > own:
			r.Above++
			if place == own+1 {
				r.Next++
			}
			r.Harder = append(r.Harder, LevelWord{At: d.Position(t.Span), Level: scale[place], Steps: place - own})
		}
	}
	r.Verdict = r.judge(config.Most)
	return r, nil
}

// judge says whether the share of words above the level is small, whatever the words are of which nothing is known.
func (r LevelReport) judge(most float64) LevelVerdict {
	if most == 0 {
		most = 0.05
	}
	words := float64(r.Words)
	switch {
	case r.Words == 0:
		return LevelUnknown
	case float64(r.Above) > most*words:
		return LevelAbove
	case float64(r.Above+r.Unlisted) <= most*words:
		return LevelFits
	}
	return LevelUnknown
}

// levelOn returns the place of a level on a scale, or -1.
func levelOn(scale []string, level string) int {
	scheme, folded := foldLevel(level)
	return slices.IndexFunc(scale, func(other string) bool {
		s, f := foldLevel(other)
		return s == scheme && f == folded && f != ""
	})
}

// carriesMeaning says whether a token is a word that has to be learned.
func carriesMeaning(t Token) bool {
	switch t.POS[0] {
	case "助詞", "助動詞", "補助記号", "記号", "空白", "接尾辞", "接頭辞":
		return false
	}
	return t.POS[1] != "固有名詞" && t.POS[1] != "数詞"
}

// levelOf looks a token up as it is written here, and as its dictionary writes it: これ is 此れ in UniDic, 私 is 私-代名詞.
func levelOf(t Token, lexicon Lexicon) (string, bool) {
	lemma, _, _ := strings.Cut(t.Lemma, "-")
	for _, written := range []string{t.Base, lemma, t.Surface} {
		if written == "" {
			continue
		}
		if level, listed := lexicon.Level(written, t.LemmaReading); listed {
			return level, true
		}
	}
	return "", false
}
