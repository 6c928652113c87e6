package unidic

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/japanese"
)

// withWords returns an analyzer with words of a host.
func withWords(t *testing.T, words ...Word) *Analyzer {
	t.Helper()
	return loaded(t, Config{Dir: filepath.Join(os.TempDir(), "shugo-unidic-test"), Words: words})
}

func surfaces(tokens []japanese.Token) string {
	var s []string
	for _, t := range tokens {
		s = append(s, t.Surface)
	}
	return strings.Join(s, "/")
}

func TestHostWords(t *testing.T) {
	t.Parallel()
	a := withWords(t,
		Word{Surface: "ちいかわ", Reading: "チイカワ"},
		Word{Surface: "進撃の巨人", Reading: "シンゲキノキョジン"},
		Word{Surface: "GPT-4o"},
		Word{Surface: "推し活", POS: [4]string{"名詞", "普通名詞", "一般"}, Reading: "オシカツ", Lemma: "推し活動", Origin: "混"},
		Word{Surface: "とう", Reading: "トウ"},
		Word{Surface: "さん", Reading: "サン"},
		Word{Surface: "Red Bull"},
	)
	for text, want := range map[string]string{
		"昨日ちいかわを見た。":       "昨日/ちいかわ/を/見/た/。",
		"進撃の巨人たちが好き":       "進撃の巨人/たち/が/好き",
		"これはGPT-4oだと思う":    "これ/は/GPT-4o/だ/と/思う",
		"毎日推し活をしている":       "毎日/推し活/を/し/て/いる",
		"田中さん、ありがとうございます。": "田中/さん/、/ありがとう/ござい/ます/。",
		"私は Red Bull が好き":  "私/は/Red Bull/が/好き",
	} {
		if got := surfaces(analyze(t, a, text)); got != want {
			t.Errorf("%s is cut into %s, want %s", text, got, want)
		}
	}
	want := []japanese.Token{{
		Span: japanese.Span{Start: 0, End: 9}, Surface: "推し活", POS: [4]string{"名詞", "普通名詞", "一般"}, Lemma: "推し活動", LemmaReading: "オシカツ",
		Base: "推し活", Reading: "オシカツ", Pronunciation: "オシカツ", Origin: "混", Known: true,
	}}
	if diff := cmp.Diff(want, analyze(t, a, "推し活")); diff != "" {
		t.Errorf("token (-want, +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"オシカツ"}, a.Readings("推し活")); diff != "" {
		t.Errorf("readings (-want, +got):\n%s", diff)
	}
}

// TestHostWordsElsewhere shows that words of a host change nothing where they are not.
func TestHostWordsElsewhere(t *testing.T) {
	t.Parallel()
	c, plain, a := readCorpus(t), shared(t), withWords(t, Word{Surface: "ちいかわ"}, Word{Surface: "とう"}, Word{Surface: "山田花子"})
	for _, s := range c.Sentences {
		if diff := cmp.Diff(surfaces(analyze(t, plain, s.Text)), surfaces(analyze(t, a, s.Text))); diff != "" {
			t.Errorf("%s (-without, +with):\n%s", s.ID, diff)
		}
	}
}

func TestWrongWords(t *testing.T) {
	t.Parallel()
	_, err := Load(t.Context(), Config{Dir: filepath.Join(os.TempDir(), "shugo-unidic-test"), Words: []Word{
		{}, {Surface: strings.Repeat("長", 65)}, {Surface: "a\x00"}, {Surface: "\xff"}, {Surface: " a"}, {Surface: "a", Reading: "えい"},
		{Surface: "走る", POS: [4]string{"動詞", "一般"}}, {Surface: "よい", POS: [4]string{"noun"}},
	}})
	want := `unidic: Words[0]: surface of 0 characters, expected 1 to 64
unidic: Words[1]: surface of 65 characters, expected 1 to 64
unidic: Words[2]: surface with a zero byte or invalid UTF-8, expected characters
unidic: Words[3]: surface with a zero byte or invalid UTF-8, expected characters
unidic: Words[4]: surface with white space around it, expected none
unidic: Words[5]: reading with other characters, expected katakana
unidic: Words[6]: not a part of speech that UniDic has for words without conjugation
unidic: Words[7]: not a part of speech that UniDic has for words without conjugation`
	if err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("error (-want, +got):\n%s", diff)
	}
}
