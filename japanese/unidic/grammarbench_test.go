package unidic_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/shugo-data/shugo/japanese"
)

// BenchmarkRules asks all rules of one analysed document; BenchmarkRulesAnalysis is what the analysis before costs.
func BenchmarkRules(b *testing.B) {
	d := grammarDocument(b, grammarAnalyzer(b), humanText(b))
	rules := everyRule()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := japanese.Check(b.Context(), d, rules); err != nil {
			b.Fatal(err)
		}
	}
	reportCharacters(b, d.Text)
	if testing.Verbose() {
		for _, rule := range rules {
			start := time.Now()
			for range 10 {
				rule.Check(d)
			}
			b.Logf("%s: %v", rule.ID, time.Since(start)/10)
		}
	}
}

func BenchmarkRulesAnalysis(b *testing.B) {
	a, text := grammarAnalyzer(b), humanText(b)
	b.ReportAllocs()
	for b.Loop() {
		grammarDocument(b, a, text)
	}
	reportCharacters(b, text)
}

func humanText(b *testing.B) string {
	var c humanCorpus
	grammarCorpus(b, "readability.json", &c)
	var text strings.Builder
	for _, s := range c.Sentences {
		text.WriteString(s.Text + "\n")
	}
	return text.String()
}

func reportCharacters(b *testing.B, text string) {
	b.ReportMetric(float64(utf8.RuneCountInString(text)*b.N)/b.Elapsed().Seconds(), "chars/s")
}
