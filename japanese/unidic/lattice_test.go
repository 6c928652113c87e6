package unidic

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/japanese"
)

// TestBestPath compares the cost of the path with that of a search through all paths, over random costs and texts.
func TestBestPath(t *testing.T) {
	t.Parallel()
	letters := []rune("あいうえアイー漢字、。　123abc \n😀é")
	for seed := range uint64(servertest.Count(300, 5_000)) {
		random := rand.New(rand.NewPCG(seed, 1))
		d := tiny(func() int16 { return int16(random.IntN(2000) - 500) })
		packed, err := pack(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		l := newLattice(packed, &hostWords{})
		for range 10 {
			var text strings.Builder
			for range random.IntN(12) {
				text.WriteString(strings.Repeat(string(letters[random.IntN(len(letters))]), 1+random.IntN(3)*random.IntN(20)))
			}
			l.cut(text.String(), packed.edge.right, true)
			r := reference{dict: d, text: text.String(), best: map[[2]int]int{}}
			if want := r.cost(0, 0); int(l.cost) != want {
				t.Fatalf("seed %d: %q: cost %d, the best path costs %d", seed, text.String(), l.cost, want)
			}
		}
	}
}

// TestWindows shows that a long text is cut as it would be in one piece.
func TestWindows(t *testing.T) {
	t.Parallel()
	c, a := readCorpus(t), shared(t)
	for _, between := range []string{"", "\n"} {
		var b strings.Builder
		for _, s := range c.Sentences {
			b.WriteString(s.Text + between)
		}
		text := b.String()
		if len(text) < 4*window {
			t.Fatalf("%d bytes", len(text))
		}
		var whole []japanese.Token
		for _, w := range newLattice(a.tables, &hostWords{}).cut(text, a.tables.edge.right, true) {
			whole = append(whole, a.token(text, found{int(w.start), int(w.end), int(w.entry)}))
		}
		if diff := cmp.Diff(whole, analyze(t, a, text)); diff != "" {
			t.Errorf("one piece and windows (-, +):\n%s", diff)
		}
	}
}

// hostile are texts that cost other analyzers time or life.
func hostile() []string {
	texts := []string{"", " ", "\r\n", "\x00", "\xff\xfe", "ア\x80イ", "葛󠄀飾区", "か゚", "ええぞ〜〜〜", "𠮟る", "1 000", "\u2028"}
	for _, one := range []string{"ア", "a", "あ", "漢", "1", "😀", " ", "\n", "。", "ー", "すもも", "\x00", "\x80", "\xe3", "の", "　", "かん"} {
		texts = append(texts, strings.Repeat(one, 30_000/len(one)))
	}
	return texts
}

// whole reports what is wrong with the tokens of a text as an Analyzer must return them, or nothing.
func whole(text string, tokens []japanese.Token) string {
	at := 0
	for _, token := range tokens {
		if token.Span.Start < at || token.Span.End <= token.Span.Start || token.Span.End > len(text) {
			return "a span that is empty or out of order"
		}
		if token.Surface != text[token.Span.Start:token.Span.End] {
			return "a surface that is not the span's"
		}
		if strings.Trim(text[at:token.Span.Start], " \t\n\v\f\r") != "" {
			return "characters in no token"
		}
		if token.POS[0] == "" {
			return "a token without a part of speech"
		}
		at = token.Span.End
	}
	if strings.Trim(text[at:], " \t\n\v\f\r") != "" {
		return "characters in no token"
	}
	return ""
}

func TestHostileTexts(t *testing.T) {
	t.Parallel()
	a := shared(t)
	for _, text := range hostile() {
		if problem := whole(text, analyze(t, a, text)); problem != "" {
			t.Errorf("%.20q: %s", text, problem)
		}
	}
}

func FuzzAnalyze(f *testing.F) {
	for _, text := range hostile() {
		f.Add(text[:min(len(text), 200)])
	}
	f.Add("これに不快感を示す住民はいましたが,現在,GPT-4oやﾊﾝｶｸ。")
	a := shared(f)
	f.Fuzz(func(t *testing.T, text string) {
		if problem := whole(text, analyze(t, a, text)); problem != "" {
			t.Errorf("%q: %s", text, problem)
		}
		a.Readings(text)
	})
}

// TestEnd ends a context each time that it is looked at: once a window, and while tokens are made.
func TestEnd(t *testing.T) {
	t.Parallel()
	a, text := shared(t), strings.Repeat("a", 3*window)
	for asked := 0; ; asked++ {
		_, err := a.Analyze(&countdown{Context: context.Background(), left: asked}, text)
		if err == nil && asked >= 5 {
			return
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v of a context that ended when asked %d times", err, asked)
		}
	}
}

// countdown is a context that ends after it was asked so many times.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestShared cuts the same texts in a hundred goroutines.
func TestShared(t *testing.T) {
	t.Parallel()
	a := shared(t)
	texts := []string{"公園へ行こうと言った。", "すもももももももものうち", strings.Repeat("長い文章です。", 1000), "GPT-4o 2013年"}
	var want [][]japanese.Token
	for _, text := range texts {
		want = append(want, slices.Clone(analyze(t, a, text)))
	}
	var group sync.WaitGroup
	for i := range 100 {
		group.Go(func() {
			for j := range len(texts) {
				n := (i + j) % len(texts)
				got, err := a.Analyze(context.Background(), texts[n])
				if err != nil || !slices.Equal(got, want[n]) {
					t.Errorf("text %d: other tokens, error %v", n, err)
				}
			}
		})
	}
	group.Wait()
}
