package unidic

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestSpell(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ surface, lemma, pronunciation, want string }{
		{"公園", "コウエン", "コーエン", "コウエン"},
		{"行こう", "イク", "イコー", "イコウ"},
		{"行こう", "イク", "ユコー", "ユコウ"},
		{"行っ", "イク", "イッ", "イッ"},
		{"大通り", "オオドオリ", "オードーリ", "オオドオリ"},
		{"大きい", "オオキイ", "オーキー", "オオキイ"},
		{"大きけれ", "オオキイ", "オーキケレ", "オオキケレ"},
		{"言う", "イウ", "ユー", "イウ"},
		{"は", "ハ", "ワ", "ハ"},
		{"へ", "ヘ", "エ", "ヘ"},
		{"を", "ヲ", "オ", "ヲ"},
		{"続け", "ツヅケル", "ツズケ", "ツヅケ"},
		{"地震", "ジシン", "ジシン", "ジシン"},
		{"鼻血", "ハナヂ", "ハナジ", "ハナヂ"},
		{"私", "ワタシ", "アタシ", "アタシ"},
		{"映画", "エイガ", "エーガ", "エイガ"},
		{"お姉さん", "オネエサン", "オネーサン", "オネエサン"},
		{"珈琲", "コーヒー", "コーヒー", "コーヒー"},
		{"コーヒー", "コーヒー", "コーヒー", "コーヒー"},
		{"ありがとう", "アリガトウ", "アリガトー", "アリガトウ"},
		{"２", "ニ", "ニー", "ニイ"},
		{"ー", "", "*", ""},
		{"。", "*", "*", ""},
		{"", "", "", ""},
		{"x", "", "ー", "ー"},
	} {
		if got := spell(test.surface, test.lemma, test.pronunciation); got != test.want {
			t.Errorf("%s, of lemma %s, said %s, is read %s, want %s", test.surface, test.lemma, test.pronunciation, got, test.want)
		}
	}
}

func TestReadings(t *testing.T) {
	t.Parallel()
	a := shared(t)
	for surface, want := range map[string][]string{
		"私": {"シ", "ワタクシ", "ワタシ", "アタシ"}, "公園": {"コウエン"}, "学校": {"ガッコウ"}, "食べ": {"タベ"}, "は": {"ハ"}, "": nil, "☃☃☃": nil, "。": nil,
	} {
		if diff := cmp.Diff(want, a.Readings(surface)); diff != "" {
			t.Errorf("%s (-want, +got):\n%s", surface, diff)
		}
	}
}

// TestToken shows what each field holds.
func TestToken(t *testing.T) {
	t.Parallel()
	a := shared(t)
	got := analyze(t, a, "行こうJR")
	if len(got) != 2 {
		t.Fatalf("%d tokens", len(got))
	}
	verb, unknown := got[0], got[1]
	if verb.ConjugationType != "五段-カ行" || verb.ConjugationForm != "意志推量形" || verb.Lemma != "行く" || verb.LemmaReading != "イク" || verb.Base != "行く" ||
		verb.Reading != "イコウ" || verb.Pronunciation != "イコー" || verb.Origin != "和" || !verb.Known {
		t.Errorf("verb %+v", verb)
	}
	unknown.Span, unknown.Surface, unknown.POS = verb.Span, verb.Surface, verb.POS
	verb.ConjugationType, verb.ConjugationForm, verb.Lemma, verb.LemmaReading = "", "", "", ""
	verb.Base, verb.Reading, verb.Pronunciation, verb.Origin, verb.Known = "", "", "", "", false
	if diff := cmp.Diff(verb, unknown); diff != "" {
		t.Errorf("an unknown word has more than a surface and a part of speech (-want, +got):\n%s", diff)
	}
}

func FuzzSpell(f *testing.F) {
	f.Add("行こう", "イク", "イコー")
	f.Add("ー", "ー", "ー")
	f.Add("言う\xff", "イウ", "ユー")
	f.Fuzz(func(t *testing.T, surface, lemma, pronunciation string) {
		got := spell(surface, lemma, pronunciation)
		if _, kana := katakana(surface); kana || !utf8.ValidString(pronunciation) || strings.Contains(lemma, "イウ") || pronunciation == "*" {
			return
		}
		if utf8.RuneCountInString(got) != utf8.RuneCountInString(pronunciation) {
			t.Errorf("%q, of lemma %q, said %q, is read %q: another length", surface, lemma, pronunciation, got)
		}
	})
}
