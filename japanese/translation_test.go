package japanese_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/japanese"
)

func glossary() []japanese.Name {
	return []japanese.Name{
		{Japanese: "田中", English: []string{"Tanaka"}}, {Japanese: "佐藤", English: []string{"Sato", "Satō", "Satoh"}}, {Japanese: "トム", English: []string{"Tom", "Thomas"}},
		{Japanese: "メアリー", English: []string{"Mary"}}, {Japanese: "山田太郎", English: []string{"Taro Yamada", "Yamada Taro"}}, {Japanese: "山田", English: []string{"Yamada"}},
		{Japanese: "ジョン・スミス", English: []string{"John Smith"}}, {Japanese: "京都", English: []string{"Kyoto"}}, {Japanese: "鈴木", English: []string{"Suzuki"}},
	}
}

func translated(t testing.TB, ja, en string, config japanese.TranslationConfig) japanese.Report {
	t.Helper()
	d, err := japanese.NewDocument(t.Context(), ja, japanese.Config{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := japanese.CheckTranslation(t.Context(), japanese.Pair{Japanese: d, English: en}, config)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPerturbedTranslations(t *testing.T) {
	t.Parallel()
	m := maker{rand.New(rand.NewPCG(3, 4))}
	config := japanese.TranslationConfig{Names: glossary()}
	pairs := 1000
	if os.Getenv("SHUGO_LONG") != "" {
		pairs = 4000
	}
	for _, c := range []struct {
		rule   string
		make   func() (ja, right, wrong string)
		recall float64
	}{
		{japanese.NumberRule, m.numbers, .99},
		{japanese.NegationRule, m.negation, .95},
		{japanese.NameRule, m.names, .95},
	} {
		found, wrongly := 0, 0
		for range pairs {
			ja, right, wrong := c.make()
			if r := translated(t, ja, right, config); len(r.Findings) > 0 {
				wrongly++
				if wrongly <= 5 {
					t.Logf("%s: %s | %s: %s", c.rule, ja, right, r.Findings[0].Text)
				}
			}
			r := translated(t, ja, wrong, config)
			if slices.ContainsFunc(r.Findings, func(f japanese.Finding) bool { return f.Rule == c.rule }) {
				found++
			} else if pairs-found < 5 {
				t.Logf("%s: not found: %s | %s", c.rule, ja, wrong)
			}
		}
		t.Logf("%s: %d of %d changes found; %d of %d pairs flagged wrongly", c.rule, found, pairs, wrongly, pairs)
		if recall, false1 := float64(found)/float64(pairs), float64(wrongly)/float64(pairs); recall < c.recall || false1 > .01 {
			t.Errorf("%s: recall %.4f, at least %.2f is expected; %.4f flagged wrongly, at most .01 is", c.rule, recall, c.recall, false1)
		}
	}
}

func TestNumbersOfTranslations(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ja, en   string
		findings int
	}{
		{"1億2千万円です。", "It is 120 million yen.", 0},
		{"一億二千万円です。", "It is 120,000,000 yen.", 0},
		{"１．５兆円です。", "It is 1.5 trillion yen.", 0},
		{"百万円です。", "It is a million yen.", 0},
		{"二十日に会う。", "We meet on the twentieth.", 0},
		{"二十日に会う。", "We meet on the 21st.", 1},
		{"平成元年に生まれた。", "I was born in 1989.", 0},
		{"昭和64年1月7日", "January 7, 1989", 0},
		{"一九九五年に", "in nineteen ninety-five", 0},
		{"90年代の音楽", "music of the 1990s", 0},
		{"3割5分2厘", "35.2%", 0},
		{"人口の半分", "half of the population", 0},
		{"人口の半分", "50% of the population", 0},
		{"3分の2", "two-thirds", 0},
		{"3分の2", "2/3", 0},
		{"3分の2", "three-quarters", 1},
		{"午後3時半に", "at 15:30", 0},
		{"午後3時に", "at 3 a.m.", 1},
		{"午後3時に", "at three in the afternoon", 0},
		{"3時10分前", "ten to three", 0},
		{"3時15分前", "a quarter to three", 0},
		{"5時20分です。", "It is twenty past five.", 0},
		{"一時間半待った。", "I waited for an hour and a half.", 0},
		{"一時間半待った。", "I waited for 90 minutes.", 0},
		{"一番好きなのは一緒にいることだ。", "What I like best is being together.", 0},
		{"万年筆を四国で買った。", "I bought a fountain pen in Shikoku.", 0},
		{"2、3日かかる。", "It takes a few days.", 0},
		{"二三日かかる。", "It takes two or three days.", 0},
		{"二人は友達だ。", "Both are friends.", 0},
		{"鉛筆を1ダース買った。", "I bought twelve pencils.", 0},
		{"3人と5人", "three people and four people", 1},
		{"本です。", "There are three books.", 1},
		{"九百九十九兆", "nine hundred ninety-nine trillion", 0},
		{"二千五百人", "two thousand five hundred people", 0},
		{"30万2千人", "three hundred and two thousand people", 0},
		{"第三回大会", "the third convention", 0},
		{"5kmを25分で", "5 km in 25 minutes", 0},
		{"５月３日", "3 May", 0},
		{"6月5日です。", "It is Jun. 5.", 0},
		{"雨が降るかもしれない。", "It may rain.", 0},
		{"5月が好きだ。", "I like May.", 0},
		{"軍は7月に行進した。", "The army will march in July.", 0},
		{"5.1.3", "5.1.3", 0},
	} {
		r := translated(t, c.ja, c.en, japanese.TranslationConfig{})
		r.Findings = slices.DeleteFunc(r.Findings, func(f japanese.Finding) bool { return f.Rule != japanese.NumberRule })
		if len(r.Findings) != c.findings {
			t.Errorf("%s | %s: %d findings, want %d: %+v", c.ja, c.en, len(r.Findings), c.findings, r.Findings)
		}
	}
}

func TestNegationOfTranslations(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ja, en   string
		findings int
	}{
		{"行きません。", "I go.", 1},
		{"行きます。", "I don't go.", 1},
		{"行かなければならない。", "I must go.", 0},
		{"雨が降るかもしれない。", "It may rain.", 0},
		{"一緒に行きませんか。", "Shall we go together?", 0},
		{"水しかない。", "There is only water.", 0},
		{"お金が少ない。", "There is little money.", 0},
		{"危ないです。", "It is dangerous.", 0},
		{"すみません。", "Excuse me.", 0},
		{"間違いない。", "I am sure.", 0},
		{"不可能だ。", "It is not possible.", 0},
		{"パンも買った。", "I bought not only rice but also bread.", 0},
		{"いい天気ですね。", "The weather is nice, isn't it?", 0},
		{"いい天気です。雨は降らないでしょう。", "The weather is nice. It will rain.", 1},
		{"いい天気です。雨は降らないでしょう。", "The weather is nice and it will not rain.", 0},
		{"Smithさんは来ません。", "Mr. Smith will not come.", 0},
	} {
		r := translated(t, c.ja, c.en, japanese.TranslationConfig{})
		r.Findings = slices.DeleteFunc(r.Findings, func(f japanese.Finding) bool { return f.Rule != japanese.NegationRule })
		if len(r.Findings) != c.findings {
			t.Errorf("%s | %s: %d findings, want %d: %+v", c.ja, c.en, len(r.Findings), c.findings, r.Findings)
		}
	}
}

func TestNamesAndLengthOfTranslations(t *testing.T) {
	t.Parallel()
	config := japanese.TranslationConfig{Names: glossary(), Reference: "Tom lives in Kyoto."}
	for _, c := range []struct {
		ja, en string
		rules  []string
	}{
		{"トムは京都に住んでいます。", "Tom lives in Kyoto.", nil},
		{"トムは京都に住んでいます。", "Thomas lives in Kyoto now.", nil},
		{"トムは京都に住んでいます。", "Tom lives in Kyotogata.", []string{japanese.NameRule}},
		{"アトムは京都に住んでいます。", "Tom lives in Kyoto.", []string{japanese.NameRule}},
		{"山田太郎は京都に住んでいます。", "Taro Yamada lives in Kyoto.", nil},
		{"トムは京都のＮＡＳＡに住んでいます。", "Tom lives in NASA, Kyoto.", nil},
		{"トムは京都のNASAに住んでいます。", "Tom lives in Kyoto.", []string{japanese.CopiedRule}},
		{"トムは5GBのパソコンとTVを買って京都に住んでいます。", "Tom bought a 5 GB computer, a television and lives in Kyoto.", nil},
		{"トムは京都に住んでいます。とても大きい家で、庭には木があります。", "Tom, Kyoto.", []string{japanese.LengthRule}},
		{"トムと京都", "", []string{japanese.LengthRule, japanese.ReferenceRule, japanese.NameRule, japanese.NameRule}},
		{"トムは京都に住んでいます。", "Kyoto: Tom has a zoo of quick brown foxes.", []string{japanese.ReferenceRule}},
	} {
		var rules []string
		for _, f := range translated(t, c.ja, c.en, config).Findings {
			rules = append(rules, f.Rule)
		}
		slices.Sort(rules)
		slices.Sort(c.rules)
		if diff := cmp.Diff(c.rules, rules); diff != "" {
			t.Errorf("%s | %s: rules (-want +got):\n%s", c.ja, c.en, diff)
		}
	}
}

// embedder gives the vectors of its texts, or an error.
type embedder struct {
	vectors [][]float32
	err     error
}

func (e embedder) Embed(context.Context, []string) ([][]float32, error) { return e.vectors, e.err }

func TestMeaningOfTranslations(t *testing.T) {
	t.Parallel()
	down := errors.New("the embedder is down")
	for _, c := range []struct {
		name     string
		embedder embedder
		findings int
		err      string
	}{
		{"alike", embedder{vectors: [][]float32{{1, 0}, {.9, .1}}}, 0, ""},
		{"unlike", embedder{vectors: [][]float32{{1, 0}, {0, 1}}}, 1, ""},
		{"down", embedder{err: down}, 0, "the embedder is down"},
		{"one vector", embedder{vectors: [][]float32{{1, 0}}}, 0, "1 vectors for 2 texts"},
		{"two lengths", embedder{vectors: [][]float32{{1, 0}, {1}}}, 0, "lengths 2 and 1"},
		{"zero", embedder{vectors: [][]float32{{1, 0}, {0, 0}}}, 0, "without direction"},
	} {
		d, err := japanese.NewDocument(t.Context(), "犬です。", japanese.Config{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := japanese.CheckTranslation(t.Context(), japanese.Pair{Japanese: d, English: "A dog."}, japanese.TranslationConfig{Embedder: c.embedder, Similarity: .8})
		if len(r.Findings) != c.findings || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: findings %+v, error %v; want %d and %q", c.name, r.Findings, err, c.findings, c.err)
		}
	}
}

func TestSkippedChecksOfTranslations(t *testing.T) {
	t.Parallel()
	r := translated(t, "犬です。", "A dog.", japanese.TranslationConfig{})
	want := []japanese.Skip{{Rule: japanese.NameRule, Because: "no names are given"}, {Rule: japanese.ReferenceRule, Because: "no reference is given"}, {Rule: japanese.MeaningRule, Because: "no embedder is wired"}}
	if diff := cmp.Diff(want, r.Skipped); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
	_, err := japanese.CheckTranslation(t.Context(), japanese.Pair{}, japanese.TranslationConfig{Embedder: embedder{}, ChrF: 101, Shortest: 3, Longest: 2, Names: []japanese.Name{{Japanese: "犬"}}})
	for _, part := range []string{"Pair.Japanese", "Similarity", "ChrF", "Shortest", "Names[0]"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error %v does not name %s", err, part)
		}
	}
}

func FuzzCheckTranslation(f *testing.F) {
	f.Add("令和6年3月5日の午後3時半に、3割5分の人が来ませんでした。", "At 3:30 p.m. on March 5, 2024, 35% didn’t come.")
	f.Add("一億二千三百四十五万六千七百八十九、十百千万億兆、３分の０", "one hundred and two thousand three million, 1/0, 5,000.5.5th, half past, quarter to ten to")
	f.Add("99999999999999999999999999999999\xff半半分", "twenty- twenty-one-two point point five a.m. p. m.")
	f.Fuzz(func(t *testing.T, ja, en string) {
		r := translated(t, ja, en, japanese.TranslationConfig{Names: glossary()})
		for _, finding := range r.Findings {
			if s := finding.At.Bytes; s.Start < 0 || s.End < s.Start || s.End > len(ja) {
				t.Fatalf("finding at %+v of %d bytes", s, len(ja))
			}
			for _, e := range finding.Evidence {
				if e.Kind == "translation" && (e.At.Start < 0 || e.At.End < e.At.Start || e.At.End > len(en)) {
					t.Fatalf("evidence at %+v of %d bytes", e.At, len(en))
				}
			}
		}
	})
}

func BenchmarkCheckTranslation(b *testing.B) {
	d, err := japanese.NewDocument(b.Context(), "令和6年3月5日の午後3時半に、三十五人の学生が来ましたが、先生は来ませんでした。", japanese.Config{})
	if err != nil {
		b.Fatal(err)
	}
	pair := japanese.Pair{Japanese: d, English: "At 3:30 p.m. on March 5, 2024, thirty-five students came, but the teacher didn't come."}
	b.ReportAllocs()
	for b.Loop() {
		if r, err := japanese.CheckTranslation(b.Context(), pair, japanese.TranslationConfig{}); err != nil || len(r.Findings) > 0 {
			b.Fatal(r.Findings, err)
		}
	}
}

func ExampleCheckTranslation() {
	ctx := context.Background()
	d, err := japanese.NewDocument(ctx, "会議は令和6年3月5日の午後3時からです。田中さんは来ません。", japanese.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	pair := japanese.Pair{Japanese: d, English: "The meeting is on March 5, 2024, from 4 p.m. Mr. Tanaka will come."}
	report, err := japanese.CheckTranslation(ctx, pair, japanese.TranslationConfig{Names: []japanese.Name{{Japanese: "田中", English: []string{"Tanaka"}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range report.Findings {
		fmt.Printf("%s: %s: %s\n", f.Rule, d.In(f.At.Bytes), f.Text)
	}
	for _, s := range report.Skipped {
		fmt.Println("skipped:", s.Rule, s.Because)
	}
	// Output:
	// translation_number: 午後3時: the translation states another number
	// translation_negation: 田中さんは来ません。: this denies, and the translation affirms
	// skipped: translation_reference no reference is given
	// skipped: translation_meaning no embedder is wired
}
