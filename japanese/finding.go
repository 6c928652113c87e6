package japanese

import (
	"github.com/shugo-data/shugo/quality"
)

// Finding is something in a text that somebody should look at.
type Finding struct {
	Rule       string            `json:"rule"`                 // id of the rule
	Dimension  quality.Dimension `json:"dimension"`            // of quality
	Severity   quality.Severity  `json:"severity"`             // High: wrong; Medium: probably wrong; Low: style
	At         Position          `json:"at"`                   // where
	Text       string            `json:"text"`                 // why, in words, without text of the document
	Confidence float64           `json:"confidence,omitempty"` // share of such findings that were right where it was measured, or 1 where a finding states what is there; 0: not measured
	Evidence   []Evidence        `json:"evidence,omitempty"`   // what it rests on
	Fix        *Fix              `json:"fix,omitempty"`        // what would mend it; nil: a human must decide
}

// Evidence is one thing that a finding rests on.
type Evidence struct {
	Kind string `json:"kind"`           // "token", "character", "reading", "fact"
	At   Span   `json:"at"`             // where in the text
	Note string `json:"note"`           // what was seen, in words: "助詞-格助詞 is there twice"
	Fact string `json:"fact,omitempty"` // id of a fact of the knowledge base
}

// Fix is a change that mends a finding. Applying it twice is applying it once, and the rule finds nothing there afterwards.
type Fix struct {
	At      Span   `json:"at"`      // what is replaced
	With    string `json:"with"`    // what takes its place; empty: it is deleted
	Changes bool   `json:"changes"` // it changes which words are used: a human should agree
}

// Rule is one thing to look for. Rules are plain values, without state, and safe for concurrent use.
type Rule struct {
	ID        string            // stable: "ra_nuki"
	Title     string            // in a few words: "ら抜き言葉"
	Dimension quality.Dimension // of quality
	Severity  quality.Severity  // of a finding, unless the finding says otherwise
	Needs     Need              // what it cannot do without
	Wrong     string            // a text in which it finds something
	Right     string            // a text like it in which it finds nothing
	Source    string            // where the rule comes from

	// Check returns the findings in a document, in the order of the text. Rule, Dimension and Severity are filled in when empty.
	Check func(*Document) []Finding
}

// Need is what a rule cannot do without.
type Need string

// The needs.
const (
	Characters Need = ""         // nothing but the text
	Words      Need = "analyzer" // Config.Analyzer
	Persons    Need = "roles"    // Roles, given to DirectionRule; and the analyzer
)
