package unidic_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/shugo-data/shugo/japanese"
	"github.com/shugo-data/shugo/japanese/unidic"
)

func Example_keigo() {
	analyzer, err := unidic.Load(context.Background(), unidic.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := japanese.NewDocument(context.Background(), "部長がおっしゃられました。私がいらっしゃいます。看護婦を学校《がこう》で待つ。", japanese.Config{Analyzer: analyzer})
	if err != nil {
		fmt.Println(err)
		return
	}
	rules := append(japanese.KeigoRules(), japanese.WordRules()...)
	rules = append(rules, japanese.FuriganaRules()...)
	rules = append(rules, japanese.DirectionRule(japanese.Roles{Referents: []japanese.Role{{Names: []string{"部長"}}}}))
	report, err := japanese.Check(context.Background(), d, rules)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range report.Findings {
		fmt.Printf("%s, %s: %s", f.Rule, f.Severity, d.In(f.At.Bytes))
		if f.Fix != nil {
			fmt.Printf(": %s for %s", f.Fix.With, d.In(f.Fix.At))
		}
		fmt.Println()
	}
	// Output:
	// double_respect, high: おっしゃられ: い for られ
	// honorific_direction, high: いらっしゃい
	// unsuitable_occupation, medium: 看護婦: 看護師 for 看護婦
	// furigana, high: がこう
}

// No text makes a rule panic, and what is found lies within the text.
func FuzzKeigoAndWords(f *testing.F) {
	a := keigoAnalyzer(f)
	for _, s := range []string{"お読みになられた", "おになられ", "れる", "られる", "てください", "なさいなさる", "こちらがになります", "ますです", "お客様が参る", "私がお",
		"「めくら」", "女々しく", "《》(か)", "｜々《ゝ》", "<ruby>一<rt>いち", "\xff\xfe", "お目にかかりいたします", "のほうを", "円からお預かり"} {
		f.Add(s)
	}
	rules := append(append(japanese.KeigoRules(), japanese.WordRules()...), japanese.FuriganaRules()...)
	rules = append(rules, japanese.DirectionRule(japanese.Roles{Addressee: japanese.Role{Names: []string{"お客様", "田中"}}}))
	f.Fuzz(func(t *testing.T, text string) {
		report, err := japanese.Check(t.Context(), analysed(t, a, text), rules)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range report.Findings {
			if s := found.At.Bytes; s.Start < 0 || s.Start >= s.End || s.End > len(text) || found.Confidence < 0 || found.Confidence > 1 || found.Text == "" {
				t.Fatalf("%+v", found)
			}
			if fix := found.Fix; fix != nil && (fix.At.Start < 0 || fix.At.Start > fix.At.End || fix.At.End > len(text)) {
				t.Fatalf("%+v", fix)
			}
		}
	})
}

func BenchmarkKeigoAndWords(b *testing.B) {
	a := keigoAnalyzer(b)
	respectful, _ := doubleForms()
	var text strings.Builder
	for i, form := range singleForms() {
		text.WriteString(framed(form, i) + "。その後、会社の同僚と駅前の食堂で昼食を取りながら、来月の予定について話し合った。")
	}
	for i, form := range respectful[:20] {
		text.WriteString(framed(form, i) + "。")
	}
	d := analysed(b, a, text.String())
	runes := utf8.RuneCountInString(d.Text)
	for name, rules := range map[string][]japanese.Rule{
		"keigo": japanese.KeigoRules(), "words": japanese.WordRules(), "furigana": japanese.FuriganaRules(),
		"direction": {japanese.DirectionRule(japanese.Roles{Addressee: japanese.Role{Names: []string{"お客様", "田中"}}})},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := japanese.Check(b.Context(), d, rules); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(runes)*float64(b.N)/b.Elapsed().Seconds(), "chars/s")
		})
	}
	b.Run("analysis", func(b *testing.B) {
		for b.Loop() {
			if _, err := japanese.NewDocument(b.Context(), d.Text, japanese.Config{Analyzer: a}); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(runes)*float64(b.N)/b.Elapsed().Seconds(), "chars/s")
	})
}

// Texts that were made to be slow: the time stays in proportion to the text.
func BenchmarkHostileKeigo(b *testing.B) {
	a := keigoAnalyzer(b)
	for name, text := range map[string]string{
		"kanji":  strings.Repeat(strings.Repeat("生", 80)+"("+strings.Repeat("せい", 40)+"ま)", 100),
		"ruby":   strings.Repeat(strings.Repeat("上日生", 10)+"《"+strings.Repeat("かみび", 20)+"ま》", 100),
		"tags":   strings.Repeat("<ruby><rt", 10000),
		"terms":  strings.Repeat("「ブス", 10000),
		"honour": strings.Repeat("お読みになられ", 5000),
	} {
		d := analysed(b, a, text)
		rules := append(append(japanese.KeigoRules(), japanese.WordRules()...), japanese.FuriganaRules()...)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := japanese.Check(b.Context(), d, rules); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCheckReading(b *testing.B) {
	a := keigoAnalyzer(b)
	for _, c := range [][2]string{{"学校", "がっこう"}, {"株式会社", "かぶしきがいしゃ"}, {"中華人民共和国", "ちゅうかじんみきょうわこく"}, {"2024年12月31日", "にせんにじゅうよねんじゅうにがつさんじゅういちにち"}} {
		b.Run(c[0], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				japanese.CheckReading(a, c[0], c[1])
			}
		})
	}
}
