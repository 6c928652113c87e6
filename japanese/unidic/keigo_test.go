package unidic_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/japanese"
	"github.com/shugo-data/shugo/japanese/unidic"
)

// keigoAnalyzer returns an analyzer over the tables that all tests map.
func keigoAnalyzer(t testing.TB) *unidic.Analyzer {
	t.Helper()
	a, err := unidic.Load(context.Background(), unidic.Config{Dir: filepath.Join(os.TempDir(), "shugo-unidic-test")})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// analysed returns a text as a document.
func analysed(t testing.TB, a *unidic.Analyzer, text string) *japanese.Document {
	t.Helper()
	d, err := japanese.NewDocument(t.Context(), text, japanese.Config{Analyzer: a})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// foundIn returns the ids of the rules that find something in a text.
func foundIn(t testing.TB, a *unidic.Analyzer, rules []japanese.Rule, text string) []string {
	t.Helper()
	report, err := japanese.Check(t.Context(), analysed(t, a, text), rules)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, f := range report.Findings {
		if len(ids) == 0 || ids[len(ids)-1] != f.Rule {
			ids = append(ids, f.Rule)
		}
	}
	return ids
}

// only returns one rule.
func only(t testing.TB, rules []japanese.Rule, id string) []japanese.Rule {
	t.Helper()
	for _, r := range rules {
		if r.ID == id {
			return []japanese.Rule{r}
		}
	}
	t.Fatalf("no rule %s", id)
	return nil
}

func TestKeigoExamples(t *testing.T) {
	t.Parallel()
	a := keigoAnalyzer(t)
	for _, r := range append(japanese.KeigoRules(), japanese.FuriganaRules()...) {
		if got := foundIn(t, a, []japanese.Rule{r}, r.Wrong); len(got) == 0 {
			t.Errorf("%s finds nothing in its wrong example", r.ID)
		}
		if got := foundIn(t, a, []japanese.Rule{r}, r.Right); len(got) > 0 {
			t.Errorf("%s finds something in its right example", r.ID)
		}
	}
}

func TestKeigo(t *testing.T) {
	t.Parallel()
	a := keigoAnalyzer(t)
	for _, c := range []struct {
		text string
		want []string
	}{
		{"お医者さんになられた。お一人になられた。お金持ちになられた。ご病気になられた。社長になられました。お世話になられたそうです。", nil},
		{"お召し上がりください。お帰りなさい。お休みなさい。いらっしゃいませ。おっしゃってください。", nil},
		{"拝見いたしました。ご説明させていただきます。お送りいたします。ご案内申し上げます。お墓にお参りいたします。", nil},
		{"お掃除してください。お電話していただけますか。行きませんでした。いただけますでしょうか。", nil},
		{"お読みになっていらっしゃいます。お書きになってくださいました。", nil},
		{"北のほうを見ます。新幹線のほうが速いです。こちらがわかりやすくなります。春になります。先日の店でよろしかったです。", nil},
		{"お寺にお参りさせていただきました。お若くいらっしゃる。お目にかかれて光栄です。お申し込みの方は、受付へ。", nil},
		{"おともだちになられた。お年寄りになられた。お気に召しましたか。", nil},
		{"おこしになられた。おまちになられた。およびになられた。おかえりになられた。", []string{"double_respect"}},
		{"お話になられました。お気づきになられましたか。お元気でいらっしゃられる。", []string{"double_respect"}},
		{"資料をご拝見ください。", []string{"humble_favor"}},
		{"お召し上がりになられました。", []string{"double_respect"}},
		{"部長は何時にいらっしゃられますか。", []string{"double_respect"}},
		{"お客様が申されました。ご利用されますか。", []string{"humble_raised"}},
		{"受付で伺ってください。", []string{"humble_favor"}},
		{"お待ちしてください。", []string{"humble_favor"}},
		{"お会計のほう、失礼します。", []string{"manual_keigo"}},
		{"こちらがメニューになります。", []string{"manual_keigo"}},
		{"1000円からお預かりします。", []string{"manual_keigo"}},
		{"ご予約はよろしかったでしょうか。", []string{"manual_keigo"}},
		{"ございますです。", []string{"double_polite"}},
	} {
		if d := cmp.Diff(c.want, foundIn(t, a, japanese.KeigoRules(), c.text)); d != "" {
			t.Errorf("%s: %s", c.text, d)
		}
	}
}

// corpus reads a file of the test corpora.
func keigoCorpus(t testing.TB, name string, into any) {
	t.Helper()
	dir := os.Getenv("SHUGO_CORPORA")
	if dir == "" {
		t.Skip("SHUGO_CORPORA names no folder of corpora")
	}
	data, err := os.ReadFile(filepath.Join(dir, "japanese", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// goldSentences are sentences that people wrote, with gold tokens: surface, part of speech, pronunciation.
type goldSentences struct {
	Sentences []struct {
		Text   string      `json:"text"`
		Tokens [][3]string `json:"tokens"`
	} `json:"sentences"`
}

func TestKeigoInHumanText(t *testing.T) {
	t.Parallel()
	a := keigoAnalyzer(t)
	var corpus goldSentences
	keigoCorpus(t, "readability.json", &corpus)
	rules := append(japanese.KeigoRules(), japanese.FuriganaRules()...)
	var found []string
	for _, s := range corpus.Sentences {
		d := analysed(t, a, s.Text)
		report, err := japanese.Check(t.Context(), d, rules)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range report.Findings {
			found = append(found, f.Rule+" "+d.In(f.At.Bytes))
		}
	}
	// one sentence has a double honorific indeed
	if d := cmp.Diff([]string{"double_respect お取りになられ"}, found); d != "" || len(corpus.Sentences) < 500 {
		t.Errorf("in %d sentences: %s", len(corpus.Sentences), d)
	}
}

// kanjiGold returns the words with kanji, and how they are said.
func kanjiGold(corpus goldSentences) [][2]string {
	var words [][2]string
	for _, s := range corpus.Sentences {
		for _, w := range s.Tokens {
			if strings.ContainsFunc(w[0], func(r rune) bool { return r >= 0x4E00 && r <= 0x9FFF || r == '々' }) {
				words = append(words, [2]string{w[0], w[2]})
			}
		}
	}
	return words
}

func TestReadingsOfHumanText(t *testing.T) {
	t.Parallel()
	var corpus goldSentences
	keigoCorpus(t, "readability.json", &corpus)
	a, words := keigoAnalyzer(t), kanjiGold(corpus)
	verdicts := map[japanese.ReadingVerdict]int{}
	for _, w := range words {
		got := japanese.CheckReading(a, w[0], w[1])
		verdicts[got.Verdict]++
		if got.Verdict != japanese.ReadingAccepted {
			t.Logf("%s %s: %+v", w[0], w[1], got)
		}
	}
	t.Logf("%d words: %v", len(words), verdicts)
	if share := float64(verdicts[japanese.ReadingAccepted]) / float64(len(words)); share < 0.995 {
		t.Errorf("%.4f of the readings are accepted", share)
	}
	swapped, rejected := 0, 0
	for i, w := range words {
		other := words[(i*7919+13)%len(words)]
		if other[1] == w[1] {
			continue
		}
		swapped++
		if got := japanese.CheckReading(a, w[0], other[1]); got.Verdict == japanese.ReadingRejected {
			rejected++
		} else {
			t.Logf("%s %s: %+v", w[0], other[1], got)
		}
	}
	t.Logf("%d swapped, %d rejected: %.4f", swapped, rejected, float64(rejected)/float64(swapped))
	if float64(rejected) < 0.99*float64(swapped) {
		t.Errorf("%d of %d swapped readings are rejected", rejected, swapped)
	}
}

func TestDirection(t *testing.T) {
	t.Parallel()
	a := keigoAnalyzer(t)
	rules := []japanese.Rule{japanese.DirectionRule(japanese.Roles{
		Addressee: japanese.Role{Names: []string{"お客様", "田中"}},
		Referents: []japanese.Role{{Names: []string{"鈴木"}, Own: true}, {Names: []string{"社長"}}},
	})}
	for _, c := range []struct {
		text  string
		wrong bool
	}{
		{"私がいらっしゃいます。", true},
		{"私がお読みになりました。", true},
		{"わたくしは資料をご覧になりました。", true},
		{"鈴木がおっしゃいました。", true},
		{"鈴木部長は明日こちらにいらっしゃいます。", true},
		{"弊社の鈴木が召し上がります。", true},
		{"お客様が参りました。", true},
		{"お客様が資料を拝見しました。", true},
		{"田中様がご説明しました。", true},
		{"田中様は何と申しましたか。", true},
		{"社長がお客様にお渡しします。", true},
		{"お客様がお茶をいただきました。", true},
		{"私が参ります。", false},
		{"鈴木が申しました。", false},
		{"お客様がいらっしゃいました。", false},
		{"お客様がおっしゃったことを私が伺いました。", false},
		{"私はお客様がいらっしゃると聞きました。", false},
		{"私は先ほどおっしゃったことを覚えています。", false},
		{"お客様は後ほどご案内いたします。", false},
		{"お客様が増えて参りました。", false},
		{"お客様には私がご連絡いたします。", false},
		{"田中様がご利用いただけます。", false},
		{"私が伺いますので、お客様はお待ちになってください。", false},
		{"私は「社長がいらっしゃいました」と言いました。", false},
	} {
		if got := len(foundIn(t, a, rules, c.text)) > 0; got != c.wrong {
			t.Errorf("%s: found is %t", c.text, got)
		}
	}
	report, err := japanese.Check(t.Context(), analysed(t, a, "私がいらっしゃいます。"), []japanese.Rule{japanese.DirectionRule(japanese.Roles{})})
	if err != nil {
		t.Fatal(err)
	}
	if want := []japanese.Skip{{Rule: "honorific_direction", Because: "no roles are given"}}; cmp.Diff(want, report.Skipped) != "" || len(report.Checked) > 0 {
		t.Errorf("without roles: %+v", report)
	}
}
