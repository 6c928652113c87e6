package unidic_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/japanese"
)

func TestWordExamples(t *testing.T) {
	t.Parallel()
	a := keigoAnalyzer(t)
	for _, r := range japanese.WordRules() {
		if got := foundIn(t, a, []japanese.Rule{r}, r.Wrong); len(got) == 0 {
			t.Errorf("%s finds nothing in %s", r.ID, r.Wrong)
		}
		if got := foundIn(t, a, []japanese.Rule{r}, r.Right); len(got) > 0 {
			t.Errorf("%s finds something in %s", r.ID, r.Right)
		}
	}
}

// Each term is found in its spellings, and a neutral word is not.
func TestTerms(t *testing.T) {
	t.Parallel()
	a := keigoAnalyzer(t)
	rules, seen := japanese.WordRules(), map[string]bool{}
	for _, term := range japanese.Terms() {
		if seen[term.Text] {
			t.Errorf("%s is there twice", term.Text)
		}
		seen[term.Text] = true
		if term.Source == "" || term.Category == "" {
			t.Errorf("%s has no source or category", term.Text)
		}
		for _, text := range append([]string{term.Text}, term.Variants...) {
			if got := foundIn(t, a, rules, "あれは"+text+"だと言う。"); len(got) == 0 {
				t.Errorf("%s (of %s) is not found", text, term.Text)
			}
		}
		for _, text := range term.Instead {
			if got := foundIn(t, a, rules, "あれは"+text+"だと言う。"); len(got) > 0 {
				t.Errorf("%s, said instead of %s, is found: %v", text, term.Text, got)
			}
		}
		for _, text := range term.Allowed {
			if got := foundIn(t, a, rules, "これは"+text+"。"); len(got) > 0 {
				t.Errorf("%s, allowed for %s, is found: %v", text, term.Text, got)
			}
		}
	}
	t.Logf("%d terms", len(seen))
}

func TestWords(t *testing.T) {
	t.Parallel()
	a := keigoAnalyzer(t)
	host := japanese.Term{Text: "ブラック企業に勤める", Category: "brand", Severity: "high", Instead: []string{"厳しい会社に勤める"}}
	off := japanese.Term{Text: "床屋", Category: japanese.OccupationTerm, Off: true}
	rules := japanese.WordRules(host, off)
	for _, c := range []struct {
		text string
		want []string
	}{
		{"彼はめくらだ。", []string{"high"}},
		{"彼はメクラだった。", []string{"high"}},
		{"女々しくない人。", []string{"medium"}},
		{"それは片手落ちだ。", []string{"low"}},
		{"彼女は看護婦さんです。", []string{"medium"}},
		{"ドカタの仕事。", []string{"medium"}},
		{"ブラック企業に勤めています。", []string{"high"}},
		{"彼は「このめくらが」と叫んだ。", []string{"low"}},
		{"沖にいざり火が見える。", nil},
		{"盲導犬と歩く。片っ端から読む。", nil},
		{"ボタンを押した。推しのアイドル。おしまい。", nil},
		{"土方歳三の墓。", nil},
		{"東シナ海とシナモン。", nil},
		{"アプリの不具合を直す。", nil},
		{"ホモ・サピエンスの化石。", nil},
		{"勉強のかたわら掃除をした。", nil},
		{"「めくら」は使わないほうがよい。", nil},
		{"めくらという言葉は差別語です。", nil},
		{"当時は看護婦と呼ばれていた。", nil},
		{"床屋へ行く。", nil},
		{"それを除くと良い。彼は外人部隊にいた。", nil},
		{"デブリとブスバー。", nil},
	} {
		report, err := japanese.Check(t.Context(), analysed(t, a, c.text), rules)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range report.Findings {
			got = append(got, string(f.Severity))
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.text, d)
		}
	}
}

func TestWordsInHumanText(t *testing.T) {
	t.Parallel()
	a := keigoAnalyzer(t)
	var corpus goldSentences
	keigoCorpus(t, "readability.json", &corpus)
	rules := japanese.WordRules()
	var found []string
	for _, s := range corpus.Sentences {
		d := analysed(t, a, s.Text)
		report, err := japanese.Check(t.Context(), d, rules)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range report.Findings {
			found = append(found, string(f.Severity)+" "+d.In(f.At.Bytes))
		}
	}
	// two sentences have such words indeed
	if d := cmp.Diff([]string{"medium ルンペン", "low 人夫"}, found); d != "" || len(corpus.Sentences) < 500 {
		t.Errorf("in %d sentences: %s", len(corpus.Sentences), d)
	}
}
