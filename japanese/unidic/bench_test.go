package unidic

import (
	"testing"
	"unicode/utf8"
)

// BenchmarkAnalyze cuts the corpus, sentence by sentence.
func BenchmarkAnalyze(b *testing.B) {
	c, a := readCorpus(b), shared(b)
	characters := 0
	for _, s := range c.Sentences {
		characters += utf8.RuneCountInString(s.Text)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range c.Sentences {
			if _, err := a.Analyze(b.Context(), s.Text); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(characters*b.N)/b.Elapsed().Seconds(), "chars/s")
	b.ReportMetric(float64(len(c.Sentences)*b.N)/b.Elapsed().Seconds(), "sentences/s")
}
