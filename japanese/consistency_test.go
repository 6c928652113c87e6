package japanese_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/japanese"
	"github.com/shugo-data/shugo/japanese/japanesetest"
	"github.com/shugo-data/shugo/quality"
)

func TestCheckConsistency(t *testing.T) {
	t.Parallel()
	const reading, meaning, level, speech, form = japanese.ReadingFact, japanese.MeaningFact, japanese.LevelFact, japanese.PartOfSpeechFact, japanese.ConjugationFact
	for _, c := range []struct {
		kind                     japanese.FactKind
		item, first, second, how string
		want                     quality.Severity
	}{
		{level, "食べる", "N5", "JLPT N5", "", ""}, {level, "食べる", "N5", "N4", "", quality.High}, {level, "食べる", "N5", "A2", "", ""},
		{speech, "食べる", "ichidan verb", "一段動詞", "", ""}, {speech, "食べる", "verb", "一段動詞", "", ""}, {speech, "帰る", "一段動詞", "五段動詞", "", quality.High},
		{speech, "食べる", "他動詞", "ichidan verb", "", ""}, {speech, "食べる", "noun", "verb", "", quality.High}, {speech, "勉強", "noun", "suru verb", "", ""},
		{speech, "食べる", "magic", "verb", "", ""},
		{reading, "開く", "あく", "ひらく", "", quality.Low}, {reading, "開く", "あく", "アク", "", ""}, {reading, "開く", "aku", "あく", "", ""},
		{form, "帰る", "帰って", "帰て", "te", quality.High}, {form, "書く", "書いて", "書きて", "te", quality.High}, {form, "書く", "書けば", "書いたら", "conditional", ""},
		{form, "書く", "書いて", "かいて", "te", ""}, {form, "犬", "犬で", "犬て", "te", ""}, {form, "食べる", "食べたら", "食べれば", "conditional", ""},
		{meaning, "開く", "to open", "to unfold", "", ""},
	} {
		a := japanese.Claim{Kind: c.kind, Item: c.item, Value: c.first, Form: c.how}
		b := japanese.Claim{Kind: c.kind, Item: c.item, Value: c.second, Form: c.how}
		for earlier, got := range map[bool][]japanese.Conflict{
			true:  japanese.CheckConsistency([]japanese.Claim{b}, []japanese.Claim{a, a}),
			false: japanese.CheckConsistency([]japanese.Claim{a, b}, nil),
		} {
			var want []japanese.Conflict
			if c.want != "" {
				want = []japanese.Conflict{{Claim: b, Other: a, Earlier: earlier, Severity: c.want}}
			}
			for i := range got {
				if got[i].Because == "" {
					t.Errorf("%s %s: no reason", c.kind, c.item)
				}
				got[i].Because = ""
			}
			if diff := cmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
				t.Errorf("%s of %s: %s and %s\n%s", c.kind, c.item, c.first, c.second, diff)
			}
		}
	}
}

func TestFindingsOfClaims(t *testing.T) {
	t.Parallel()
	text := "😀 「食べる」はN1の単語です。「食べる」は一段動詞です。"
	d, err := japanese.NewDocument(t.Context(), text, japanese.Config{})
	if err != nil {
		t.Fatal(err)
	}
	r := checked(t, japanese.NewClaimFinder().Find(text), world()[0].knownOf(true), japanese.ClaimConfig{})
	got := r.Findings(d)
	if len(got) != 1 || got[0].Rule != "claim_level" || got[0].At.Runes.Start != 2 || got[0].At.UTF16.Start != 3 || got[0].Severity != quality.High {
		t.Fatalf("got %+v, want one of the level", got)
	}
	if e := got[0].Evidence; len(e) != 1 || e[0].Fact != "食べる/level/N5" || d.In(e[0].At) != "「食べる」はN1の" {
		t.Errorf("got evidence %+v in %q", e, d.In(got[0].At.Bytes))
	}
}

func TestClaimValidator(t *testing.T) {
	t.Parallel()
	kb := &japanesetest.KnowledgeBase{Known: world()[0].knownOf(true)}
	v := japanese.ClaimValidator(kb, japanese.ClaimConfig{}, "explanation", japanese.NewClaimFinder().Find)
	for text, want := range map[string][]string{
		"「食べる」はN1の単語です。": {"claim_level"}, "「食べる」はN5の単語です。": nil, "「食べる」は五段動詞です。「食べる」はN4です。": {"claim_part_of_speech", "claim_level"},
	} {
		issues, err := v.Validate(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, i := range issues {
			got = append(got, i.Code)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s\n%s", text, diff)
		}
	}
	for _, text := range []string{"", "いい天気です。", "「飲む」はN5の単語です。"} {
		var skipped *quality.SkippedError
		if issues, err := v.Validate(t.Context(), text); !errors.As(err, &skipped) || issues != nil {
			t.Errorf("%q: got %v, %v, want a skip", text, issues, err)
		}
	}
}
