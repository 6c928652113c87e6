package unidic

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/shugo-data/shugo/japanese"
)

func document(t testing.TB, a *Analyzer, text, level string) *japanese.Document {
	t.Helper()
	d, err := japanese.NewDocument(t.Context(), text, japanese.Config{Analyzer: a, Level: level})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func measure(t testing.TB, d *japanese.Document, config japanese.ReadabilityConfig) japanese.Readability {
	t.Helper()
	r, err := japanese.MeasureReadability(t.Context(), d, config)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (c corpus) passage(from, to int) string {
	var b strings.Builder
	for _, s := range c.Sentences[from:to] {
		b.WriteString(s.Text)
	}
	return b.String()
}

func TestReadabilityEqualsJReadability(t *testing.T) {
	t.Parallel()
	c, a := readCorpus(t), shared(t)
	for _, s := range c.Sentences {
		r := measure(t, document(t, a, s.Text, ""), japanese.ReadabilityConfig{})
		if math.Abs(r.Score-s.Score) > 1e-9 || r.Tokens != s.Count {
			t.Errorf("%s: score %v of %d words; jreadability says %v of %d", s.ID, r.Score, r.Tokens, s.Score, s.Count)
		}
	}
	for _, p := range c.Passages {
		r := measure(t, document(t, a, c.passage(p.From, p.To), ""), japanese.ReadabilityConfig{})
		if math.Abs(r.Score-p.Score) > 1e-9 {
			t.Errorf("%s: score %v; jreadability says %v", p.ID, r.Score, p.Score)
		}
	}
}

// The points of the sentences and the base are the score; the effect of a sentence is what measuring without it shows.
func TestReadabilityOfSentences(t *testing.T) {
	t.Parallel()
	c, a := readCorpus(t), shared(t)
	for _, boundary := range []japanese.Boundary{japanese.CompatibleBoundary, japanese.StrictBoundary} {
		config := japanese.ReadabilityConfig{Boundary: boundary}
		for _, p := range c.Passages[:10] {
			text := c.passage(p.From, p.To)
			r := measure(t, document(t, a, text, ""), config)
			sum := 11.724
			for _, s := range r.Sentences {
				sum += s.Points
			}
			if math.Abs(sum-r.Score) > 1e-9 {
				t.Errorf("%s: the points make %v, the score is %v", p.ID, sum, r.Score)
			}
			last := r.Sentences[len(r.Sentences)-1]
			rest := measure(t, document(t, a, text[:last.Span.Start], ""), config)
			if math.Abs(r.Score-rest.Score-last.Effect) > 1e-9 {
				t.Errorf("%s: effect %v; without the sentence the score is %v less", p.ID, last.Effect, r.Score-rest.Score)
			}
			if r.Interval == nil || !(r.Interval.Low < r.Score && r.Score < r.Interval.High) {
				t.Errorf("%s: interval %v of score %v", p.ID, r.Interval, r.Score)
			}
		}
	}
}

func TestBoundaries(t *testing.T) {
	t.Parallel()
	a := shared(t)
	d := document(t, a, "昨日は雨だった!\n今日は晴れた。", "")
	if got := len(measure(t, d, japanese.ReadabilityConfig{}).Sentences); got != 1 {
		t.Errorf("compatible: %d sentences, want 1", got)
	}
	if got := len(measure(t, d, japanese.ReadabilityConfig{Boundary: japanese.StrictBoundary}).Sentences); got != 2 {
		t.Errorf("strict: %d sentences, want 2", got)
	}
}

// Texts of sentences drawn from the corpus have intervals that hold the score of the corpus about as often as they promise.
func TestIntervalHoldsTheScore(t *testing.T) {
	t.Parallel()
	c, a := readCorpus(t), shared(t)
	sentence := func(i int) string { return strings.TrimRight(c.Sentences[i].Text, "。？！．") + "。" }
	var all strings.Builder
	for i := range c.Sentences {
		all.WriteString(sentence(i))
	}
	whole := measure(t, document(t, a, all.String(), ""), japanese.ReadabilityConfig{}).Score
	random := rand.New(rand.NewPCG(1, 2))
	for _, sentences := range []int{5, 10, 30} {
		const texts = 300
		held := 0
		for range texts {
			var b strings.Builder
			for range sentences {
				b.WriteString(sentence(random.IntN(len(c.Sentences))))
			}
			r := measure(t, document(t, a, b.String(), ""), japanese.ReadabilityConfig{})
			if r.Interval.Low <= whole && whole <= r.Interval.High {
				held++
			}
		}
		t.Logf("%d sentences: %d of %d intervals hold the score", sentences, held, texts)
		if share := float64(held) / texts; share < .90 {
			t.Errorf("%d sentences: %.3f of the intervals hold the score, .95 are promised", sentences, share)
		}
	}
}

func TestReadabilityLevel(t *testing.T) {
	t.Parallel()
	a := shared(t)
	easy := strings.Repeat("わたしは犬が好きです。毎日、公園で犬と遊びます。とても楽しいです。", 4)
	r := measure(t, document(t, a, easy, ""), japanese.ReadabilityConfig{})
	if b, err := r.Level(); err != nil || b > japanese.UpperElementary {
		t.Errorf("level %v, %v of score %v; want an elementary one", b, err, r.Score)
	}
	var short *japanese.TooShortError
	if _, err := measure(t, document(t, a, "犬が好きです。", ""), japanese.ReadabilityConfig{}).Level(); !errors.As(err, &short) || short.Tokens != 5 || short.Least != 50 {
		t.Errorf("error = %v, want one of 5 words where 50 are needed", err)
	}
	if b, err := measure(t, document(t, a, "犬が好きです。", ""), japanese.ReadabilityConfig{Least: 5}).Level(); err != nil && !errors.Is(err, japanese.ErrOffScale) {
		t.Errorf("level %v, %v where 5 words are enough", b, err)
	}
}

func TestReadabilityRule(t *testing.T) {
	t.Parallel()
	a := shared(t)
	rule := japanese.ReadabilityRule(japanese.ReadabilityConfig{Least: 20}, japanese.CommonLevels())
	for _, c := range []struct {
		name, text, level string
		findings, at      int
	}{
		{"the wrong example of the rule", rule.Wrong, "N5", 1, 3},
		{"the right example of the rule", rule.Right, "N5", 0, 0},
		{"a hard text at a hard level", rule.Wrong, "N1", 0, 0},
		{"a band by its own name", rule.Wrong, "初級前半", 1, 3},
		{"no level", rule.Wrong, "", 0, 0},
		{"a level that is not known", rule.Right, "A2", 1, 0},
	} {
		d := document(t, a, c.text, c.level)
		report, err := japanese.Check(t.Context(), d, []japanese.Rule{rule})
		if err != nil || len(report.Findings) != c.findings {
			t.Errorf("%s: findings %+v, %v; want %d", c.name, report.Findings, err, c.findings)
			continue
		}
		if c.findings == 1 && len(report.Findings[0].Evidence) != c.at {
			t.Errorf("%s: evidence %+v, want %d sentences", c.name, report.Findings[0].Evidence, c.at)
		}
	}
}

func BenchmarkMeasureReadability(b *testing.B) {
	c := readCorpus(b)
	text := c.passage(0, 100)
	d := document(b, shared(b), text, "")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := japanese.MeasureReadability(b.Context(), d, japanese.ReadabilityConfig{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(d.Tokens)), "ns/token")
	b.ReportMetric(float64(utf8.RuneCountInString(text)), "chars/op")
}
