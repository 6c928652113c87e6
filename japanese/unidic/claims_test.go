package unidic_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/japanese"
	"github.com/shugo-data/shugo/japanese/japanesetest"
	"github.com/shugo-data/shugo/japanese/unidic"
)

// words loads the dictionary into the folder that other tests use too.
func words(t *testing.T) japanese.Analyzer {
	t.Helper()
	analyzer, err := unidic.Load(t.Context(), unidic.Config{Dir: filepath.Join(os.TempDir(), "shugo-unidic-test")})
	if err != nil {
		t.Fatal(err)
	}
	return analyzer
}

// TestClaimsWithDictionary has claims of which the knowledge base knows nothing: the class of a word is that of the dictionary.
func TestClaimsWithDictionary(t *testing.T) {
	t.Parallel()
	const yes, no, unknown = japanese.VerdictSupported, japanese.VerdictContradicted, japanese.VerdictUnknown
	const form, example = japanese.ConjugationFact, japanese.ExampleFact
	config := japanese.ClaimConfig{Analyzer: words(t)}
	for _, c := range []struct {
		kind              japanese.FactKind
		item, value, form string
		want              japanese.Verdict
	}{
		{form, "帰る", "帰って", "te", yes}, {form, "帰る", "帰て", "te", no}, {form, "変える", "変えて", "te", yes}, {form, "変える", "変えって", "te", no},
		{form, "蹴る", "蹴らない", "negative", yes}, {form, "見る", "みます", "polite", yes}, {form, "切る", "きって", "te", yes}, {form, "切る", "きて", "te", no},
		{form, "有名", "有名な", "連体形", yes}, {form, "きれい", "きれかった", "past", no}, {form, "勉強する", "勉強しった", "past", no},
		{form, "勉強する", "勉強した", "past", yes}, {form, "来る", "こない", "negative", yes}, {form, "来る", "きない", "negative", no},
		{form, "ググる", "ググって", "te", yes}, {form, "ググる", "ググて", "te", no},
		{example, "食べる", "朝ごはんを食べなかった。", "", yes}, {example, "食べる", "たべられました。", "", yes}, {example, "いる", "姉がいます。", "", yes},
		{example, "いる", "家にはいります。", "", no}, {example, "食べる", "水を飲んだ。", "", no}, {example, "勉強する", "昨日は勉強しませんでした。", "", yes},
		{example, "本", "日本へ行く。", "", unknown}, {example, "みる", "空を見ていた。", "", yes},
	} {
		r, err := japanese.CheckClaims(t.Context(), []japanese.Claim{{Kind: c.kind, Item: c.item, Value: c.value, Form: c.form}},
			&japanesetest.KnowledgeBase{}, config)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Results[0]; got.Verdict != c.want {
			t.Errorf("%s %s of %s is %s: got %s (%s), want %s", c.form, c.kind, c.item, c.value, got.Verdict, got.Because, c.want)
		}
	}
}

// newsSentences reads the sentences of the corpus.
func newsSentences(t *testing.T) []string {
	t.Helper()
	folder := os.Getenv("SHUGO_CORPORA")
	if folder == "" {
		t.Skip("SHUGO_CORPORA names no folder with corpora")
	}
	data, err := os.ReadFile(filepath.Join(folder, "japanese", "readability.json"))
	if err != nil {
		t.Fatal(err)
	}
	var corpus struct {
		Sentences []struct {
			Text string `json:"text"`
		} `json:"sentences"`
	}
	if err := json.Unmarshal(data, &corpus); err != nil {
		t.Fatal(err)
	}
	texts := make([]string, len(corpus.Sentences))
	for i, s := range corpus.Sentences {
		texts[i] = s.Text
	}
	return texts
}

// classOf returns the class of a token of news, which is in modern Japanese.
func classOf(token japanese.Token) japanese.ConjugationClass {
	kind, base := token.ConjugationType, token.Base
	switch {
	case token.POS[0] == "形容詞":
		return japanese.IAdjective
	case token.POS[0] != "動詞":
		return ""
	case strings.HasPrefix(kind, "五段"):
		return japanese.GodanVerb
	case strings.HasPrefix(kind, "上一段"), strings.HasPrefix(kind, "下一段"):
		return japanese.IchidanVerb
	case strings.HasPrefix(kind, "サ行変格") && strings.HasSuffix(base, "する"):
		return japanese.SuruVerb
	case strings.HasPrefix(kind, "カ行変格"):
		return japanese.KuruVerb
	}
	return ""
}

// TestConjugateKnowsNews holds the tables against what people wrote: each inflected word is the beginning of a form of its dictionary form.
func TestConjugateKnowsNews(t *testing.T) {
	t.Parallel()
	texts := newsSentences(t)
	analyzer := words(t)
	seen, unknown := 0, 0
	for _, text := range texts {
		tokens, err := analyzer.Analyze(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		for _, token := range tokens {
			class := classOf(token)
			// 可能性 and other classical forms (べき, 形容詞 in き) are not of the modern language.
			if class == "" || strings.HasPrefix(token.ConjugationForm, "語幹") || strings.Contains(token.ConjugationType, "文語") {
				continue
			}
			forms, err := japanese.Conjugate(token.Base, class)
			if err != nil {
				t.Errorf("%s (%s): %v", token.Base, token.ConjugationType, err)
				continue
			}
			seen++
			if !slices.ContainsFunc(forms, func(c japanese.Conjugation) bool { return strings.HasPrefix(c.Text, token.Surface) }) {
				unknown++
				t.Logf("%s of %s (%s, %s)", token.Surface, token.Base, token.ConjugationType, token.ConjugationForm)
			}
		}
	}
	t.Logf("%d of %d inflected words are the beginning of no form", unknown, seen)
	if seen < 1000 || unknown*100 > seen {
		t.Errorf("%d of %d inflected words are the beginning of no form: want one in a hundred at most, of a thousand", unknown, seen)
	}
}

func TestCheckLevelOfSentence(t *testing.T) {
	t.Parallel()
	analyzer := words(t)
	for text, want := range map[string]japanese.LevelVerdict{
		"私は毎日学校へ行きます。": japanese.LevelFits, "これは水ですか。": japanese.LevelFits, "経験が必要です。": japanese.LevelAbove,
		"彼は概念を抽象化した。": japanese.LevelUnknown, "。": japanese.LevelUnknown,
	} {
		d, err := japanese.NewDocument(t.Context(), text, japanese.Config{Analyzer: analyzer, Level: "N5"})
		if err != nil {
			t.Fatal(err)
		}
		r, err := japanese.CheckLevel(d, japanese.BasicWords(), japanese.LevelConfig{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != want {
			t.Errorf("%s: got %+v, want %s", text, r, want)
		}
	}
}
