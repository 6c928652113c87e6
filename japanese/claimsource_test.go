package japanese_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shugo-data/shugo/japanese"
)

func TestParseClaims(t *testing.T) {
	t.Parallel()
	got, err := japanese.ParseClaims([]byte(`{"claims": [
		{"kind": "meaning", "item": "食べる", "value": "to eat", "language": "en"},
		{"kind": "conjugation", "item": "食べる", "value": "食べて", "form": "te"}
	]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []japanese.Claim{
		{Kind: japanese.MeaningFact, Item: "食べる", Value: "to eat", Language: "en"},
		{Kind: japanese.ConjugationFact, Item: "食べる", Value: "食べて", Form: "te"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got, err := japanese.ParseClaims([]byte(`{"claims": []}`)); err != nil || len(got) != 0 {
		t.Errorf("no claims: got %v, %v", got, err)
	}
}

func TestParseClaimsRefuses(t *testing.T) {
	t.Parallel()
	const secret = "ひみつ"
	for _, c := range []struct{ data, want string }{
		{``, "found the end"}, {`{"claims": [`, "found the end"}, {`[]`, "expected another type"}, {`{"claims": 3}`, `member "claims"`}, {`{}`, "no member claims"},
		{`null`, "no member claims"}, {`{"claims": []} {}`, "found more after the object"}, {`{"claims": [}`, "byte 13: found what is not JSON"},
		{`{"claims": [], "extra": "ひみつ"}`, "another name"}, {`{"claims": [{"kind": "reading", "item": "水", "value": "ひみつ", "sure": true}]}`, "another name"},
		{`{"claims": [{"kind": "ひみつ", "item": "水", "value": "ひみつ"}]}`, "claims[0].kind"},
		{`{"claims": [{"kind": "level", "item": "水", "value": "N5"}, {"kind": "level", "item": "ひみつ"}]}`, "claims[1].value: found no text"},
		{`{"claims": [{"kind": "level", "item": " ", "value": "ひみつ"}]}`, "claims[0].item: found no text"},
		{`{"claims": [{"kind": "level", "item": "水", "value": "ひみつ", "form": "te"}]}`, "claims[0].form"},
		{`{"claims": [{"kind": "level", "item": "水", "value": "ひみつ", "language": "en"}]}`, "claims[0].language"},
		{`{"claims": [{"kind": "conjugation", "item": "食べる", "value": "ひみつ"}]}`, "claims[0].form: found no text"},
		{"{\"claims\": [{\"kind\": \"level\", \"item\": \"水\", \"value\": \"ひみつ\xff\"}]}", "claims[0].value: found broken characters"},
		{`{"claims": [{"kind": "level", "item": 5, "value": "ひみつ"}]}`, "expected another type"},
	} {
		got, err := japanese.ParseClaims([]byte(c.data))
		if !errors.Is(err, japanese.ErrClaims) || !strings.Contains(err.Error(), c.want) || len(got) > 0 {
			t.Errorf("%s: got %v, %v, want an error with %q", c.data, got, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error quotes a value: %v", c.data, err)
		}
	}
	_, err := japanese.ParseClaims([]byte(`{"claims": [{"kind": "x"}, {"kind": "level"}]}`))
	if n := strings.Count(err.Error(), "\n") + 1; n != 5 {
		t.Errorf("got %d problems, want all five: %v", n, err)
	}
}

func FuzzParseClaims(f *testing.F) {
	f.Add([]byte(`{"claims": [{"kind": "conjugation", "item": "食べる", "value": "食べて", "form": "te"}]}`))
	f.Add([]byte(`{"claims": null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		claims, err := japanese.ParseClaims(data)
		if err != nil {
			if !errors.Is(err, japanese.ErrClaims) {
				t.Fatalf("got %v, want ErrClaims", err)
			}
			return
		}
		type bare struct {
			Kind     japanese.FactKind `json:"kind"`
			Item     string            `json:"item"`
			Value    string            `json:"value"`
			Language string            `json:"language,omitempty"`
			Form     string            `json:"form,omitempty"`
		}
		again := struct {
			Claims []bare `json:"claims"`
		}{[]bare{}}
		for _, c := range claims {
			again.Claims = append(again.Claims, bare{c.Kind, c.Item, c.Value, c.Language, c.Form})
		}
		encoded, err := json.Marshal(again)
		if err != nil {
			t.Fatal(err)
		}
		back, err := japanese.ParseClaims(encoded)
		if diff := cmp.Diff(claims, back, cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Fatalf("written and read again: %v\n%s", err, diff)
		}
	})
}

func sentencesWithClaims() map[string][]japanese.Claim {
	const reading, meaning, level, speech = japanese.ReadingFact, japanese.MeaningFact, japanese.LevelFact, japanese.PartOfSpeechFact
	const form, example = japanese.ConjugationFact, japanese.ExampleFact
	return map[string][]japanese.Claim{
		"「食べる」は「to eat」という意味です。":                  {{Kind: meaning, Item: "食べる", Value: "to eat", Language: "en"}},
		"「図書館」とは、「本を借りる所」という意味です。":                {{Kind: meaning, Item: "図書館", Value: "本を借りる所", Language: "ja"}},
		"『経済』の意味は「economy」です。":                    {{Kind: meaning, Item: "経済", Value: "economy", Language: "en"}},
		`食べる means "to eat".`:                     {{Kind: meaning, Item: "食べる", Value: "to eat", Language: "en"}},
		"The word 食べる (たべる) means to eat.":        {{Kind: meaning, Item: "食べる", Value: "to eat", Language: "en"}, {Kind: reading, Item: "食べる", Value: "たべる"}},
		`The meaning of 水 is "water".`:            {{Kind: meaning, Item: "水", Value: "water", Language: "en"}},
		"「開く」の読み方は「ひらく」です。":                       {{Kind: reading, Item: "開く", Value: "ひらく"}},
		"「今日」は「きょう」と読みます。":                        {{Kind: reading, Item: "今日", Value: "きょう"}},
		"今日 is read きょう as a whole.":              {{Kind: reading, Item: "今日", Value: "きょう"}},
		"The reading of 水 is みず.":                 {{Kind: reading, Item: "水", Value: "みず"}},
		"「経済」はN3の単語です。":                           {{Kind: level, Item: "経済", Value: "N3"}},
		"食べる is a JLPT N5 word.":                  {{Kind: level, Item: "食べる", Value: "N5"}},
		"「帰る」は五段動詞です。":                            {{Kind: speech, Item: "帰る", Value: "五段動詞"}},
		"帰る is a godan verb.":                     {{Kind: speech, Item: "帰る", Value: "godan verb"}},
		"「書く」のて形は「書いて」です。":                        {{Kind: form, Item: "書く", Value: "書いて", Form: "て形"}},
		"The te-form of 書く is 書いて.":               {{Kind: form, Item: "書く", Value: "書いて", Form: "te"}},
		"食べる's past form is 食べた.":                 {{Kind: form, Item: "食べる", Value: "食べた", Form: "past"}},
		"「食べる」の例文：「朝ご飯を食べます。」":                    {{Kind: example, Item: "食べる", Value: "朝ご飯を食べます。"}},
		"Example of 食べる: 朝ご飯を食べます。":               {{Kind: example, Item: "食べる", Value: "朝ご飯を食べます。"}},
		"「生」は「セイ」と読みます。「生」はN5の漢字です。":              {{Kind: reading, Item: "生", Value: "セイ"}, {Kind: level, Item: "生", Value: "N5"}},
		"「食べる」は「to drink」という意味ではありません。":           nil,
		"「食べる」は「to eat」という意味ですか。":                 nil,
		"食べる does not mean to drink.":             nil,
		"今日 is not read いまひ.":                     nil,
		"This is a text about learning Japanese.": nil,
		"水 (water) is important.":                 nil,
	}
}

func TestClaimFinder(t *testing.T) {
	t.Parallel()
	finder := japanese.NewClaimFinder()
	for text, want := range sentencesWithClaims() {
		got := finder.Find(text)
		for i := range got {
			if at := got[i].At; !strings.Contains(text[at.Start:at.End], got[i].Value) || !strings.Contains(text[at.Start:at.End], got[i].Item) {
				t.Errorf("%s: claim %d is at %q", text, i, text[at.Start:at.End])
			}
		}
		byKind := cmpopts.SortSlices(func(a, b japanese.Claim) bool { return a.Kind < b.Kind })
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(japanese.Claim{}, "At"), byKind, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s\n%s", text, diff)
		}
	}
}

func FuzzClaimFinder(f *testing.F) {
	for text := range sentencesWithClaims() {
		f.Add(text)
	}
	finder := japanese.NewClaimFinder()
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for _, c := range finder.Find(text) {
			if c.At.Start < last || c.At.End > len(text) || c.At.Start >= c.At.End || c.Item == "" || c.Value == "" {
				t.Fatalf("claim %+v is not one, or not in its place", c)
			}
			last = c.At.Start
		}
	})
}

func BenchmarkClaimFinder(b *testing.B) {
	finder := japanese.NewClaimFinder()
	text := strings.Repeat("「開く」の読み方は「ひらく」です。ドアが開く前に、ゆっくりと本を読みました。The te-form of 書く is 書いて. ", 100)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if len(finder.Find(text)) != 200 {
			b.Fatal("claims are missing")
		}
	}
}

// FuzzCheckClaims has claims and facts of any texts: each is judged, and what is known of nothing is unknown.
func FuzzCheckClaims(f *testing.F) {
	for _, c := range [][5]string{
		{"reading", "生", "う.まれる", "umareru", ""}, {"meaning", "食べる", "to eat (food)", "eating", ""}, {"level", "水", "N5", "JLPT N5", ""},
		{"part_of_speech", "食べる", "transitive ichidan verb", "一段動詞", ""}, {"conjugation", "来る", "くる", "こない", "ない形"},
		{"example", "〜てから", "", "食べてから寝る", ""}, {"example", "食べる", "たべる", "たべた", ""}, {"reading", "社長", "しゃっちょう", "shacchou", ""},
	} {
		f.Add(c[0], c[1], c[2], c[3], c[4])
	}
	f.Fuzz(func(t *testing.T, kind, item, known, claimed, form string) {
		claim := japanese.Claim{Kind: japanese.FactKind(kind), Item: item, Value: claimed, Form: form}
		facts := []japanese.Fact{
			{ID: "1", Item: item, Kind: claim.Kind, Value: known, Form: form, Complete: true}, {ID: "2", Item: item, Kind: japanese.ReadingFact, Value: known, Complete: true},
			{ID: "3", Item: item, Kind: japanese.PartOfSpeechFact, Value: known, Complete: true},
		}
		r := checked(t, []japanese.Claim{claim, claim}, facts, japanese.ClaimConfig{})
		p := r.Confidence.Probability
		if len(r.Results) != 2 || r.Results[0].Verdict != r.Results[1].Verdict || !(p >= 0 && p <= 1) || r.Results[0].Because == "" {
			t.Fatalf("got %+v", r)
		}
		if r.Verdict != japanese.VerdictUnknown && len(r.Results[0].Facts) == 0 && kind != string(japanese.ConjugationFact) && kind != string(japanese.ExampleFact) {
			t.Fatalf("a verdict %s without a fact", r.Verdict)
		}
		japanese.CheckConsistency([]japanese.Claim{claim, {Kind: claim.Kind, Item: item, Value: known, Form: form}}, nil)
	})
}
