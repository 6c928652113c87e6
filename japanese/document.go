package japanese

import (
	"context"
	"errors"
	"fmt"
)

// Document is a text analysed once. It does not change, and is safe for concurrent use.
type Document struct {
	Text      string     // as given
	Sentences []Sentence // in order; together they cover the text but for white space between them
	Tokens    []Token    // in order; nil when no analyzer is wired

	Analyzed bool     // an analyzer is wired, and has cut the text
	Register Register // that the text should be in, as the host says; empty: not said
	Level    string   // of the learner, as the host says: "N4"; empty: not said

	analyzer Analyzer
	index    index
	traits   traits
	spoilt   []Mojibake
}

// Sentence is one sentence.
type Sentence struct {
	Span   Span // in the text, with its end mark, without white space around it
	Tokens Span // indexes into Document.Tokens, half open; empty when the text was not analysed
	Quoted int  // depth of quotation at its beginning: 0 outside of 「」 and 『』
}

// Register is a way of speaking.
type Register string

// The registers.
const (
	Polite Register = "polite" // です・ます
	Plain  Register = "plain"  // だ・である
	Casual Register = "casual" // speech among friends: contractions are normal
)

// Config says how a text is analysed.
type Config struct {
	Analyzer Analyzer // cuts into words; nil: rules that need words are skipped
	Register Register // that the text should be in; empty: not said
	Level    string   // of the learner; empty: not said
	Most     int      // bytes that a text may have; 0: one mebibyte
}

// ErrTooLong is the error of a text that is longer than Config.Most.
var ErrTooLong = errors.New("japanese: text too long")

// NewDocument analyses a text. Any bytes are a text.
func NewDocument(ctx context.Context, text string, config Config) (*Document, error) {
	most := config.Most
	if most == 0 {
		most = 1 << 20
	}
	if len(text) > most {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLong, len(text), most)
	}
	d := &Document{Text: text, Register: config.Register, Level: config.Level, analyzer: config.Analyzer, index: newIndex(text), traits: traitsOfText(text)}
	d.Sentences = split(text)
	if d.traits&suspicious != 0 {
		d.spoilt = DetectMojibake(text)
	}
	if config.Analyzer == nil {
		return d, nil
	}
	tokens, err := config.Analyzer.Analyze(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("japanese: analysing: %w", err)
	}
	if err := checkTokens(text, tokens); err != nil {
		return nil, err
	}
	d.Tokens, d.Analyzed = tokens, true
	d.place()
	return d, nil
}

// checkTokens holds an analyzer to its contract, on which every rule relies: words lie in the text, in order, none within another.
func checkTokens(text string, tokens []Token) error {
	end := 0
	for i, t := range tokens {
		if t.Span.Start < end || t.Span.End < t.Span.Start || t.Span.End > len(text) {
			return fmt.Errorf("japanese: token %d of the analyzer is bytes %d to %d, expected within %d to %d", i, t.Span.Start, t.Span.End, end, len(text))
		}
		end = t.Span.End
	}
	return nil
}

// place says which tokens are of which sentence.
func (d *Document) place() {
	next := 0
	for i := range d.Sentences {
		s := &d.Sentences[i]
		for next < len(d.Tokens) && d.Tokens[next].Span.Start < s.Span.Start {
			next++
		}
		s.Tokens.Start = next
		for next < len(d.Tokens) && d.Tokens[next].Span.Start < s.Span.End {
			next++
		}
		s.Tokens.End = next
	}
}

// Position returns where a span lies, in bytes, runes and UTF-16 units.
func (d *Document) Position(s Span) Position { return d.index.position(s) }

// In returns the text of a span.
func (d *Document) In(s Span) string { return d.Text[s.Start:s.End] }

// TokensOf returns the tokens of a sentence.
func (d *Document) TokensOf(s Sentence) []Token { return d.Tokens[s.Tokens.Start:s.Tokens.End] }

// Readings returns the readings of a written form, or nothing when no analyzer is wired.
func (d *Document) Readings(surface string) []string {
	if d.analyzer == nil {
		return nil
	}
	return d.analyzer.Readings(surface)
}
