package unidic_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/japanese"
	"github.com/shugo-data/shugo/japanese/unidic"
)

// hostileRules are the rules that hostile texts are checked by: all that the library has.
func hostileRules() []japanese.Rule {
	return slices.Concat(
		japanese.EncodingRules(), japanese.CharacterRules(japanese.KanjiLimit{}), japanese.GrammarRules(), japanese.StyleRules(),
		japanese.RegisterRules(), japanese.KeigoRules(), japanese.WordRules(), japanese.FuriganaRules(),
	)
}

// hostileHost is an analyzer, and the rules, which are made once.
type hostileHost struct {
	*unidic.Analyzer
	rules []japanese.Rule
}

func newHostileHost(tb testing.TB) hostileHost {
	tb.Helper()
	a, err := unidic.Load(context.Background(), unidic.Config{})
	if err != nil {
		tb.Fatal(err)
	}
	return hostileHost{a, hostileRules()}
}

// hostileResult is all that is said of a text.
type hostileResult struct {
	Document *japanese.Document
	Report   japanese.Report
	Score    float64
}

// hostileLook does with a text all that can be done.
func hostileLook(ctx context.Context, a hostileHost, text string) (hostileResult, error) {
	d, err := japanese.NewDocument(ctx, text, japanese.Config{Analyzer: a.Analyzer, Most: math.MaxInt})
	if err != nil {
		return hostileResult{}, err
	}
	report, err := japanese.Check(ctx, d, a.rules)
	if err != nil {
		return hostileResult{}, err
	}
	r, err := japanese.MeasureReadability(ctx, d, japanese.ReadabilityConfig{})
	if err != nil && !errors.Is(err, japanese.ErrEmpty) {
		return hostileResult{}, err
	}
	return hostileResult{d, report, r.Score}, nil
}

// checkHostile holds to account what is said of a text: each byte that is no white space of ASCII is in one word and in one sentence, all
// is in order, every finding lies in the text, and the score is a number.
func checkHostile(tb testing.TB, text string, got hostileResult) {
	tb.Helper()
	var words, sentences []japanese.Span
	for _, token := range got.Document.Tokens {
		if token.Surface != got.Document.In(token.Span) {
			tb.Fatalf("the word at %v does not have its text as its surface", token.Span)
		}
		words = append(words, token.Span)
	}
	for _, s := range got.Document.Sentences {
		sentences = append(sentences, s.Span)
	}
	for name, spans := range map[string][]japanese.Span{"words": words, "sentences": sentences} {
		end := 0
		for _, s := range append(spans, japanese.Span{Start: len(text), End: len(text)}) {
			if s.Start < end || s.End < s.Start || s.End > len(text) {
				tb.Fatalf("%s: %v after %d, in %d bytes", name, s, end, len(text))
			}
			if between := text[end:s.Start]; name == "words" && strings.Trim(between, " \t\n\v\f\r") != "" || strings.TrimSpace(between) != "" {
				tb.Fatalf("%s: %d bytes before %d are in none", name, len(between), s.Start)
			}
			end = s.End
		}
	}
	for _, f := range got.Report.Findings {
		at := f.At.Bytes
		if at.Start < 0 || at.End < at.Start || at.End > len(text) {
			tb.Fatalf("%s: found at %v in %d bytes", f.Rule, at, len(text))
		}
		if want := utf8.RuneCountInString(text[:at.Start]); f.At.Runes.Start != want {
			tb.Fatalf("%s: found at character %d, which is %d", f.Rule, f.At.Runes.Start, want)
		}
	}
	if math.IsNaN(got.Score) || math.IsInf(got.Score, 0) {
		tb.Fatalf("the score is %v", got.Score)
	}
}

// hostileUnits are what hostile texts are made of by repetition.
func hostileUnits() map[string]string {
	return map[string]string{
		"katakana": "ア", "hiragana": "あ", "kanji": "漢", "numeral": "一", "Latin": "a", "digit": "0", "full-width": "Ａ", "long mark": "ー",
		"half-width kana": "ｱ", "emoji": "😀", "joined emoji": "👨\u200d👩\u200d👧", "beyond": "𠮟", "variant": "葛\U000E0100", "mark alone": "\u3099",
		"stop": "。", "comma": "、", "bracket": "「", "brackets": "「」", "closing": "」", "parenthesis": "（", "space": " ", "wide space": "　",
		"line": "\n", "null": "\x00", "invalid": "\xff", "cut": "\xe3\x81", "replacement": "\uFFFD", "surrogate": "\xed\xa0\x80", "right to left": "\u202e",
		"particle": "の", "verb": "られる", "honorific": "お召し上がりになられる", "escape": "\x1b$B", "mojibake": "ã‚", "iteration": "々", "ruby": "漢《かん》",
	}
}

// TestHostile looks at texts that nobody meant to be read.
func TestHostile(t *testing.T) {
	t.Parallel()
	a := newHostileHost(t)
	texts := map[string]string{"empty": "", "one byte": "\x80"}
	for name, unit := range hostileUnits() {
		texts[name] = unit
		texts[name+" again and again"] = strings.Repeat(unit, 14_000/len(unit)) // more than a window
		texts[name+" between words"] = strings.Repeat("私は"+unit+"食べた", 50)
	}
	for _, rule := range hostileRules() {
		texts["wrong by "+rule.ID] = strings.Repeat(rule.Wrong, 1+2000/len(rule.Wrong))
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := hostileLook(context.Background(), a, text)
			if err != nil {
				t.Fatal(err)
			}
			checkHostile(t, text, got)
		})
	}
}

// TestHostileBytes looks at bytes that are no text, and at Japanese with bytes changed.
func TestHostileBytes(t *testing.T) {
	t.Parallel()
	a := newHostileHost(t)
	random := rand.New(rand.NewPCG(1, 2))
	for range servertest.Count(50, 20_000) {
		noise := make([]byte, random.IntN(300))
		for i := range noise {
			noise[i] = byte(random.IntN(256))
		}
		changed := []byte("彼女は「明日、雨が降るらしいよ。」と言われたので、ｶﾊﾞﾝに傘を2本入れました！")
		for range 1 + random.IntN(5) {
			changed[random.IntN(len(changed))] = byte(random.IntN(256))
		}
		for _, text := range []string{string(noise), string(changed)} {
			got, err := hostileLook(context.Background(), a, text)
			if err != nil {
				t.Fatal(err)
			}
			checkHostile(t, text, got)
		}
	}
}

// FuzzHostile looks at any bytes.
func FuzzHostile(f *testing.F) {
	for _, unit := range hostileUnits() {
		f.Add(unit)
	}
	a := newHostileHost(f)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := hostileLook(context.Background(), a, text)
		if err != nil {
			t.Fatal(err)
		}
		checkHostile(t, text, got)
	})
}

// countedContext is a context that counts how often it is asked, and ends with the question of a number, unless that is 0.
type countedContext struct {
	context.Context
	asked *atomic.Int64
	ends  int64
}

func newCountedContext(ends int64) countedContext {
	return countedContext{context.Background(), new(atomic.Int64), ends}
}

// Err implements context.Context.
func (c countedContext) Err() error {
	if n := c.asked.Add(1); c.ends > 0 && n >= c.ends {
		return context.Canceled
	}
	return nil
}

// TestHostileWork counts how often the analyzer asks its context, which it does once for a window of bounded size: in proportion to
// the text, whatever is in it.
func TestHostileWork(t *testing.T) {
	t.Parallel()
	a := newHostileHost(t)
	most := servertest.Count(1<<16, 1<<20)
	for name, unit := range hostileUnits() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, size := range []int{most / 4, most} {
				ctx := newCountedContext(0)
				if _, err := a.Analyze(ctx, strings.Repeat(unit, size/len(unit))); err != nil {
					t.Fatal(err)
				}
				if n := int(ctx.asked.Load()); n < size/(16<<10) || n > size/(4<<10)+1 {
					t.Errorf("%d bytes: the context was asked %d times, want once in 4 to 16 KiB", size, n)
				}
			}
		})
	}
}

// TestHostileCancel ends the context at the first questions, and at every seventh of the others: the analysis ends there, with the context's error and without words.
func TestHostileCancel(t *testing.T) {
	t.Parallel()
	a := newHostileHost(t)
	text := strings.Repeat("彼女は明日、雨が降るらしいと言った。", 300)
	whole := newCountedContext(0)
	if _, err := hostileLook(whole, a, text); err != nil {
		t.Fatal(err)
	}
	for ends := int64(1); ends <= whole.asked.Load(); ends += 1 + 6*min(1, ends/8) {
		ctx := newCountedContext(ends)
		_, err := hostileLook(ctx, a, text)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("ended with question %d: the error is %v", ends, err)
		}
		if n := ctx.asked.Load(); n != ends {
			t.Errorf("ended with question %d, and was asked %d times", ends, n)
		}
	}
	got, err := hostileLook(context.Background(), a, text)
	if err != nil {
		t.Fatal(err)
	}
	checkHostile(t, text, got)
}

// TestHostileCrowd looks at the same texts from 100 goroutines, some of which are cancelled: what is said is what was said to one.
func TestHostileCrowd(t *testing.T) {
	t.Parallel()
	a := newHostileHost(t)
	texts := []string{"", "私は先生です。", "食べれる。", strings.Repeat("漢ア0aー", 1000), "\xff\xfe", "お客様がお召し上がりになられる。"}
	want := make([]hostileResult, len(texts))
	for i, text := range texts {
		var err error
		if want[i], err = hostileLook(context.Background(), a, text); err != nil {
			t.Fatal(err)
		}
	}
	var group sync.WaitGroup
	for n := range 100 {
		group.Go(func() {
			i := n % len(texts)
			if n%7 == 0 {
				_, err := hostileLook(newCountedContext(1), a, texts[i])
				if !errors.Is(err, context.Canceled) {
					t.Errorf("cancelled, the error is %v", err)
				}
				return
			}
			got, err := hostileLook(context.Background(), a, texts[i])
			if err != nil {
				t.Error(err)
				return
			}
			if !slices.Equal(got.Document.Tokens, want[i].Document.Tokens) {
				t.Errorf("text %d: other words than alone", i)
			}
			if diff := cmp.Diff(want[i].Report, got.Report); diff != "" {
				t.Errorf("findings (-alone +at once):\n%s", diff)
			}
			if got.Score != want[i].Score {
				t.Errorf("score %v, alone %v", got.Score, want[i].Score)
			}
		})
	}
	group.Wait()
}

// hostileWrong is a paragraph in which every rule finds something.
func hostileWrong() string {
	var all strings.Builder
	for _, rule := range hostileRules() {
		all.WriteString(strings.ReplaceAll(rule.Wrong, "\n", ""))
	}
	return all.String()
}

// BenchmarkHostile looks at a mebibyte of the same again and again; prose is there to compare. A rule whose time grows faster than the
// text shows here.
func BenchmarkHostile(b *testing.B) {
	a := newHostileHost(b)
	texts := hostileUnits()
	texts["prose"] = "彼女は明日、雨が降るらしいと言われたので、鞄に傘を二本入れて出かけました。"
	texts["wrong"] = hostileWrong()
	for name, unit := range texts {
		text := strings.Repeat(unit, (1<<20)/len(unit))
		b.Run(name+"/words", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := a.Analyze(context.Background(), text); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/all", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := hostileLook(context.Background(), a, text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
