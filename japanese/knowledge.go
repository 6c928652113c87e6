package japanese

import "context"

// FactKind is what a fact, or a claim, is about.
type FactKind string

// The kinds.
const (
	ReadingFact      FactKind = "reading"        // how an item is read, in kana
	MeaningFact      FactKind = "meaning"        // what an item means, in a language
	LevelFact        FactKind = "level"          // at which level an item is learned: "N4"
	PartOfSpeechFact FactKind = "part_of_speech" // of an item: "ichidan verb"
	ConjugationFact  FactKind = "conjugation"    // a form of an item: value is the form, Form its name
	ExampleFact      FactKind = "example"        // a text in which an item is used
)

// Fact is what a knowledge base knows of an item.
type Fact struct {
	ID       string   `json:"id"`                 // in the knowledge base
	Item     string   `json:"item"`               // as it is written: 食べる
	Kind     FactKind `json:"kind"`               // what the fact is about
	Value    string   `json:"value"`              // what is known
	Language string   `json:"language,omitempty"` // of a meaning: "en"
	Form     string   `json:"form,omitempty"`     // of a conjugation: "te"
	Complete bool     `json:"complete"`           // the facts of this kind are all there are: what is not among them is wrong
}

// KnowledgeBase knows facts. It is safe for concurrent use.
type KnowledgeBase interface {
	// Facts returns all facts of the kinds that are known of the items, in any order. An item that is not known has none.
	Facts(ctx context.Context, items []string, kinds []FactKind) ([]Fact, error)
}
