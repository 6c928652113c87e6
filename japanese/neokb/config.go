package neokb

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shugo-data/shugo/japanese"
)

// Config says what is where in the graph. Labels are required.
type Config struct {
	Labels   []Label           // whose nodes are items
	Scope    map[string]string // properties that all nodes must have, with their values: {"run": "a"}; empty: the whole graph
	Database string            // empty: the server's default

	Timeout time.Duration // of each look-up, kept by the server; 0: the server's own
	Batch   int           // items in one statement; 0: 1000
	Keep    int           // items whose facts are kept in memory; 0: 10,000; negative: none
	Expiry  time.Duration // after which an item is looked up again; 0: five minutes

	Now func() time.Time // nil: time.Now
}

// Label maps the nodes of a label.
type Label struct {
	Name       string     // of the label: "Word"
	Item       string     // property with the item as it is written: "written"; an index on it makes look-ups fast
	ID         string     // property with the node's id; empty: its element id, which the server may give to another node after a deletion
	Properties []Property // that are facts
}

// Property maps a property, which is a text or a list of texts, to facts. What is of another type, or not there, is no fact.
type Property struct {
	Kind     japanese.FactKind // of the facts
	Name     string            // of the property: "reading"
	Over     string            // type of the relationships from the item to the nodes that have the property: "READ_AS"; empty: the item has it
	Language string            // of meanings: "en"
	Form     string            // of conjugations: "te"
	Complete bool              // the graph has all there are: what is not among them is wrong
}

// TutorLabels returns the mapping of the graph of the tutor: kanji, words and points of grammar with their meanings in English. Levels and
// parts of speech are complete, since the graph has one of each; so are the readings of kanji and words, and no meanings, since an explanation
// may put them in other words. Change what is otherwise in your graph.
func TutorLabels() []Label {
	level := Property{Kind: japanese.LevelFact, Name: "level", Complete: true}
	meaning := func(name string) Property { return Property{Kind: japanese.MeaningFact, Name: name, Language: "en"} }
	return []Label{
		{Name: "Kanji", Item: "character", ID: "id", Properties: []Property{
			{Kind: japanese.ReadingFact, Name: "text", Over: "READ_AS", Complete: true}, meaning("meanings"), level,
		}},
		{Name: "Word", Item: "written", ID: "id", Properties: []Property{
			{Kind: japanese.ReadingFact, Name: "reading", Complete: true}, meaning("meaning"),
			{Kind: japanese.PartOfSpeechFact, Name: "part_of_speech", Complete: true}, level,
		}},
		{Name: "GrammarPoint", Item: "pattern", ID: "id", Properties: []Property{meaning("meaning"), level}},
	}
}

// complete fills in what is 0, and returns all faults.
func (c Config) complete() (Config, error) {
	var faults []error
	fault := func(format string, values ...any) {
		faults = append(faults, fmt.Errorf("%w: "+format, append([]any{ErrConfig}, values...)...))
	}
	if len(c.Labels) == 0 {
		fault("there are no labels")
	}
	for i, l := range c.Labels {
		for _, problem := range l.problems() {
			fault("label %d: %s", i+1, problem)
		}
	}
	if _, empty := c.Scope[""]; empty {
		fault("the scope has a property without a name")
	}
	if c.Timeout < 0 || c.Expiry < 0 || c.Batch < 0 {
		fault("Timeout %s, Expiry %s, Batch %d: expected 0 or more", c.Timeout, c.Expiry, c.Batch)
	}
	if c.Batch == 0 {
		c.Batch = 1000
	}
	if c.Keep == 0 {
		c.Keep = 10_000
	}
	if c.Expiry == 0 {
		c.Expiry = 5 * time.Minute
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c, errors.Join(faults...)
}

func (l Label) problems() []string {
	var all []string
	if l.Name == "" || l.Item == "" {
		all = append(all, "it has no Name or no Item")
	}
	if len(l.Properties) == 0 {
		all = append(all, "it has no properties")
	}
	kinds := []japanese.FactKind{japanese.ReadingFact, japanese.MeaningFact, japanese.LevelFact, japanese.PartOfSpeechFact,
		japanese.ConjugationFact, japanese.ExampleFact}
	for i, p := range l.Properties {
		if p.Name == "" {
			all = append(all, fmt.Sprintf("property %d has no Name", i+1))
		}
		if !slices.Contains(kinds, p.Kind) {
			all = append(all, fmt.Sprintf("property %d is of kind %q: expected one of %q", i+1, p.Kind, kinds))
		}
		if p.Kind == japanese.ConjugationFact && p.Form == "" {
			all = append(all, fmt.Sprintf("property %d is a conjugation without a Form", i+1))
		}
	}
	return all
}
