package neokb_test

import (
	"errors"
	"fmt"

	"github.com/shugo-data/shugo/japanese"
	"github.com/shugo-data/shugo/japanese/neokb"
)

// The graph of the tutor, with a property of its own: the te-form of words.
func ExampleTutorLabels() {
	labels := neokb.TutorLabels()
	labels[1].Properties = append(labels[1].Properties, neokb.Property{Kind: japanese.ConjugationFact, Name: "te_form", Form: "te", Complete: true})
	for _, l := range labels {
		fmt.Printf("%s, by %s:", l.Name, l.Item)
		for _, p := range l.Properties {
			fmt.Printf(" %s", p.Kind)
		}
		fmt.Println()
	}
	// Output:
	// Kanji, by character: reading meaning level
	// Word, by written: reading meaning part_of_speech level conjugation
	// GrammarPoint, by pattern: meaning level
}

func ExampleNew() {
	_, err := neokb.New(nil, neokb.Config{Labels: []neokb.Label{{Name: "Word"}}})
	fmt.Println(errors.Is(err, neokb.ErrConfig))
	fmt.Println(err)
	// Output:
	// true
	// neokb: faulty config: label 1: it has no Name or no Item
	// neokb: faulty config: label 1: it has no properties
	// neokb: faulty config: there is no driver
}
