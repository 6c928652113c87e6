package japanese_test

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/shugo-data/shugo/japanese"
)

// cleanText is prose of the usual mixture of kana, kanji and katakana words.
func cleanText() string {
	return strings.Repeat("先週の日曜日、友達と二人で東京へ行きました。駅のレストランでコーヒーを一杯飲んでから、古い本屋を見て回りました。"+
		"店員さんはとても親切で、カタカナの読み方まで教えてくれたので、日本語の勉強がもっと楽しくなりました！\n", 40)
}

// TestCleanTextAllocations holds all rules on characters to no allocation on a text in which they find nothing.
func TestCleanTextAllocations(t *testing.T) {
	d := documentOf(t, cleanText())
	rules := textRules()
	if n := testing.AllocsPerRun(20, func() {
		for i := range rules {
			if found := rules[i].Check(d); len(found) > 0 {
				t.Errorf("%s: %+v", rules[i].ID, found)
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if n := testing.AllocsPerRun(20, func() { japanese.DetectMojibake(d.Text) }); n != 0 {
		t.Errorf("DetectMojibake: %v allocations", n)
	}
}

// BenchmarkTextRules is all that the rules on encoding and characters cost a clean text: the pass over it, which DetectMojibake makes too
// and ends with, and the rules, which return at once.
func BenchmarkTextRules(b *testing.B) {
	d := documentOf(b, cleanText())
	rules := textRules()
	b.ReportAllocs()
	for b.Loop() {
		japanese.DetectMojibake(d.Text)
		for i := range rules {
			rules[i].Check(d)
		}
	}
	perSecond(b, d.Text)
}

// BenchmarkNewDocument is the whole without an analyzer: positions, sentences and the pass.
func BenchmarkNewDocument(b *testing.B) {
	text := cleanText()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := japanese.NewDocument(context.Background(), text, japanese.Config{}); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b, text)
}

func perSecond(b *testing.B, text string) {
	b.ReportMetric(float64(utf8.RuneCountInString(text))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mchars/s")
}
