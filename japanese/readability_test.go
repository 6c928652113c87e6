package japanese_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/shugo-data/shugo/japanese"
)

// cutter is an analyzer that knows a few words.
type cutter struct{}

func (cutter) Readings(string) []string { return nil }

func (cutter) Analyze(_ context.Context, text string) ([]japanese.Token, error) {
	known := []japanese.Token{
		{Surface: "犬", POS: [4]string{"名詞"}, Origin: "和"}, {Surface: "公園", POS: [4]string{"名詞"}, Origin: "漢"}, {Surface: "が", POS: [4]string{"助詞"}, Origin: "和"},
		{Surface: "で", POS: [4]string{"助詞"}, Origin: "和"}, {Surface: "走る", POS: [4]string{"動詞", "一般"}, Origin: "和"}, {Surface: "いる", POS: [4]string{"動詞", "非自立可能"}, Origin: "和"},
		{Surface: "。", POS: [4]string{"補助記号", "句点"}, Origin: "記号"}, {Surface: "!", POS: [4]string{"補助記号", "句点"}, Origin: "記号"},
	}
	var tokens []japanese.Token
next:
	for at := 0; at < len(text); {
		for _, t := range known {
			if len(text)-at >= len(t.Surface) && text[at:at+len(t.Surface)] == t.Surface {
				t.Span = japanese.Span{Start: at, End: at + len(t.Surface)}
				tokens = append(tokens, t)
				at += len(t.Surface)
				continue next
			}
		}
		if text[at] != ' ' && text[at] != '\n' {
			return nil, errors.New("a word that is not known")
		}
		at++
	}
	return tokens, nil
}

func readabilityOf(t *testing.T, text string, config japanese.ReadabilityConfig, analyzer japanese.Analyzer) japanese.Readability {
	t.Helper()
	d, err := japanese.NewDocument(t.Context(), text, japanese.Config{Analyzer: analyzer})
	if err != nil {
		t.Fatal(err)
	}
	r, err := japanese.MeasureReadability(t.Context(), d, config)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestMeasureReadability(t *testing.T) {
	t.Parallel()
	strict := japanese.ReadabilityConfig{Boundary: japanese.StrictBoundary}
	for _, c := range []struct {
		name, text string
		config     japanese.ReadabilityConfig
		score      float64 // by hand
		sentences  int
	}{
		{"one sentence", "犬が走る。", japanese.ReadabilityConfig{}, 11.724 - .056*4 - .042*75 - .145*25 - .044*25, 1},
		{"two sentences", "犬が走る。公園で走る。", japanese.ReadabilityConfig{}, 11.724 - .056*4 - .126*12.5 - .042*62.5 - .145*25 - .044*25, 2},
		{"an auxiliary verb is no verb", "犬がいる。", japanese.ReadabilityConfig{}, 11.724 - .056*4 - .042*75 - .044*25, 1},
		{"a half-width mark, compatibly", "犬が走る!犬が走る。", japanese.ReadabilityConfig{}, 11.724 - .056*8 - .042*75 - .145*25 - .044*25, 1},
		{"a half-width mark, strictly", "犬が走る!犬が走る。", strict, 11.724 - .056*4 - .042*75 - .145*25 - .044*25, 2},
		{"a sentence that does not end", "犬が走る。犬が", japanese.ReadabilityConfig{}, 11.724 - .056*3 - .042*100*5/6 - .145*100/6 - .044*100/3, 2},
	} {
		r := readabilityOf(t, c.text, c.config, cutter{})
		if math.Abs(r.Score-c.score) > 1e-9 || len(r.Sentences) != c.sentences || r.Formula != japanese.JReadability {
			t.Errorf("%s: score %v by %s of %d sentences, want %v of %d", c.name, r.Score, r.Formula, len(r.Sentences), c.score, c.sentences)
		}
		if (r.Interval == nil) != (c.sentences < 2) {
			t.Errorf("%s: interval %v of %d sentences", c.name, r.Interval, c.sentences)
		}
	}
}

func TestReadabilityWithoutAnalyzer(t *testing.T) {
	t.Parallel()
	r := readabilityOf(t, "今日の天気は、晴れです。", japanese.ReadabilityConfig{}, nil)
	if r.Formula != japanese.TateisiRS || math.Abs(r.Score-84.62) > 1e-9 || r.Tokens != 0 || r.Interval != nil {
		t.Errorf("readability = %+v, want RS' 84.62", r)
	}
	if _, err := r.Level(); !errors.Is(err, japanese.ErrNoBands) {
		t.Errorf("error of the level = %v, want ErrNoBands", err)
	}
	// Ten letters in a sentence, where the program takes the mean of its six runs.
	if strict := readabilityOf(t, "今日の天気は、晴れです。", japanese.ReadabilityConfig{Boundary: japanese.StrictBoundary}, nil); math.Abs(strict.Score-(84.62-.12*(10-10./6))) > 1e-9 {
		t.Errorf("strict score = %v", strict.Score)
	}
	d, err := japanese.NewDocument(t.Context(), " 。", japanese.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := japanese.MeasureReadability(t.Context(), d, japanese.ReadabilityConfig{}); !errors.Is(err, japanese.ErrEmpty) {
		t.Errorf("error = %v, want ErrEmpty", err)
	}
}

func TestBand(t *testing.T) {
	t.Parallel()
	for b := japanese.LowerElementary; b <= japanese.UpperAdvanced; b++ {
		for _, name := range []string{b.String(), b.Japanese()} {
			if got, err := japanese.ParseBand(name); err != nil || got != b {
				t.Errorf("ParseBand(%q) = %v, %v", name, got, err)
			}
		}
		if r := b.Range(); r.High-r.Low != 1 {
			t.Errorf("%v has scores %v", b, r)
		}
	}
	if got := japanese.UpperAdvanced.Range(); got != (japanese.Interval{Low: .5, High: 1.5}) {
		t.Errorf("upper-advanced is %v", got)
	}
	if _, err := japanese.ParseBand("N5"); err == nil {
		t.Error("N5 is a band")
	}
	if got := japanese.Band(7).String() + japanese.Band(7).Japanese(); got != "Band(7)" || japanese.Band(0).Range() != (japanese.Interval{}) {
		t.Errorf("a band that there is not is %s", got)
	}
}

func ExampleMeasureReadability() {
	ctx := context.Background()
	d, err := japanese.NewDocument(ctx, "犬が走る。公園で犬が走る。", japanese.Config{Analyzer: cutter{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := japanese.MeasureReadability(ctx, d, japanese.ReadabilityConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s %.2f of %d words\n", r.Formula, r.Score, r.Tokens)
	for _, s := range r.Sentences {
		fmt.Printf("%s moves the score by %+.2f\n", d.In(s.Span), s.Effect)
	}
	_, err = r.Level()
	fmt.Println(err)
	// Output:
	// jreadability 3.02 of 10 words
	// 犬が走る。 moves the score by +0.42
	// 公園で犬が走る。 moves the score by -0.60
	// japanese: too short for a level: 10 words, at least 50 are needed
}

func ExampleTateisi() {
	scores, err := japanese.Tateisi("今日の天気は、晴れです。")
	fmt.Printf("%.2f %.2f %v\n", scores.RS, scores.RSPrime, err)
	// Output: 78.73 84.62 <nil>
}

func ExampleChrF() {
	fmt.Printf("%.1f %.1f\n", japanese.ChrF("The cat sat on the mat.", "The cat is on the mat."), japanese.ChrFPlusPlus("The cat sat on the mat.", "The cat is on the mat."))
	// Output: 67.2 69.4
}
