package japanese

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// corpus is what every side is given.
type corpus struct {
	sentences []sentence // written by people
	other     []string   // texts of another kind, to warm up with
}

// sentence is a sentence of a treebank.
type sentence struct {
	ID     string              `json:"id"`
	Text   string              `json:"text"`
	Tokens [][]json.RawMessage `json:"tokens"`       // short units, by hand
	Score  float64             `json:"jreadability"` // of version 1.1.5
}

// readCorpus reads the corpora, or skips.
func readCorpus(tb testing.TB) corpus {
	tb.Helper()
	folder := os.Getenv("SHUGO_CORPORA")
	if folder == "" {
		tb.Skip("SHUGO_CORPORA is not set: the folder of japanese/readability.json and japanese/rules.json")
	}
	read := func(name string, into any) {
		content, err := os.ReadFile(filepath.Join(folder, "japanese", name))
		if err != nil {
			tb.Fatal(err)
		}
		if err := json.Unmarshal(content, into); err != nil {
			tb.Fatalf("%s: %v", name, err)
		}
	}
	var readability struct{ Sentences []sentence }
	var cases []struct{ Text string }
	read("readability.json", &readability)
	read("rules.json", &cases)
	c := corpus{sentences: readability.Sentences}
	for _, text := range cases {
		if strings.TrimSpace(text.Text) != "" {
			c.other = append(c.other, text.Text)
		}
	}
	return c
}

// apart are the sentences as texts of their own.
func (c corpus) apart() []string {
	texts := make([]string, len(c.sentences))
	for i, s := range c.sentences {
		texts[i] = s.Text
	}
	return texts
}

// document is one text with each sentence in a paragraph of its own.
func (c corpus) document() []string { return []string{strings.Join(c.apart(), "\n\n")} }

// characters counts those of the sentences, without what joins them.
func (c corpus) characters() float64 {
	n := 0
	for _, s := range c.sentences {
		n += utf8.RuneCountInString(s.Text)
	}
	return float64(n)
}

// inputs are texts to measure, several times over, after some to warm up with.
func (c corpus) inputs(texts []string, times, warm int) []input {
	var list []input
	for _, text := range c.other[:warm] {
		list = append(list, input{text, true})
	}
	for _, text := range slices.Repeat(texts, times) {
		list = append(list, input{text, false})
	}
	return list
}
