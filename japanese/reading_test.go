package japanese_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/japanese"
)

// smallDictionary is a source of readings of a few words.
type smallDictionary map[string]string

func (s smallDictionary) Readings(surface string) []string { return strings.Fields(s[surface]) }

func someReadings() smallDictionary {
	return smallDictionary{
		"学校": "ガッコウ", "学": "ガク", "校": "コウ", "人": "ヒト ジン ニン", "一": "イチ イツ ヒト", "三": "サン ミ", "本": "ホン モト",
		"杯": "ハイ", "雨": "アメ ウ", "傘": "カサ サン", "観": "カン", "音": "オン オト ネ", "食べる": "タベル", "鼻血": "ハナヂ", "鼻": "ハナ",
		"血": "チ ケツ", "二": "ニ フタ", "十": "ジュウ トオ", "回": "カイ", "続く": "ツヅク", "大阪": "オオサカ", "縄": "ナワ ジョウ", "旅": "タビ",
	}
}

func TestCheckReading(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		surface, reading string
		want             japanese.ReadingVerdict
	}{
		{"学校", "がっこう", japanese.ReadingAccepted},
		{"学校", "ｶﾞｯｺｳ", japanese.ReadingAccepted},
		{"学校", "ガッコー", japanese.ReadingAccepted},
		{"学校", "がこう", japanese.ReadingRejected},
		{"学校", "gakkō", japanese.ReadingRejected},
		{"学校", "", japanese.ReadingRejected},
		{"人々", "ひとびと", japanese.ReadingAccepted},
		{"人々", "ひとひと", japanese.ReadingAccepted},
		{"人々", "ひとと", japanese.ReadingRejected},
		{"一杯", "いっぱい", japanese.ReadingAccepted},
		{"三本", "さんぼん", japanese.ReadingAccepted},
		{"二本", "にほん", japanese.ReadingAccepted},
		{"二本", "にぼん", japanese.ReadingRejected},
		{"3本", "さんぼん", japanese.ReadingAccepted},
		{"１２回", "じゅうにかい", japanese.ReadingAccepted},
		{"12回", "いちにかい", japanese.ReadingAccepted},
		{"20回", "にじゅっかい", japanese.ReadingAccepted},
		{"20回", "にじっかい", japanese.ReadingAccepted},
		{"20回", "さんじゅっかい", japanese.ReadingRejected},
		{"雨傘", "あまがさ", japanese.ReadingAccepted},
		{"観音", "かんのん", japanese.ReadingAccepted},
		{"食べる", "たべる", japanese.ReadingAccepted},
		{"食べる", "た", japanese.ReadingAccepted},
		{"食べる", "のむ", japanese.ReadingRejected},
		{"鼻血", "はなじ", japanese.ReadingAccepted},
		{"続く", "つずく", japanese.ReadingAccepted},
		{"大阪", "おーさか", japanese.ReadingAccepted},
		{"旅人", "たびびと", japanese.ReadingAccepted}, // ビ is no voiced sound inside of ヒト
		{"龘", "とう", japanese.ReadingUnknown},
		{"!?", "びっくり", japanese.ReadingUnknown},
		{strings.Repeat("学", 40), "がく", japanese.ReadingUnknown},
	} {
		if got := japanese.CheckReading(someReadings(), c.surface, c.reading); got.Verdict != c.want {
			t.Errorf("CheckReading(%q, %q) = %+v, want %s", c.surface, c.reading, got, c.want)
		}
	}
}

func TestParseRuby(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want [][2]string
	}{
		{"私は学校《がっこう》へ行く。", [][2]string{{"学校", "がっこう"}}},
		{"この｜お母さん《おかあさん》と｜Go《ゴー》", [][2]string{{"お母さん", "おかあさん"}, {"Go", "ゴー"}}},
		{"学校(がっこう)と会社（かいしゃ）", [][2]string{{"学校", "がっこう"}, {"会社", "かいしゃ"}}},
		{"私は食べる(たべる)。", [][2]string{{"食べる", "たべる"}}},
		{"会議(オンライン)と東京(Tokyo)と山()", nil},
		{"かな《かな》 《ひと》 a(あ)", nil},
		{"<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>だ", [][2]string{{"漢字", "かんじ"}}},
		{"<RUBY class=a><rb>今</rb><rb>日</rb><rt>き</rt><rt>ょう</rt></RUBY>", [][2]string{{"今日", "きょう"}}},
		{"<ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby>", [][2]string{{"漢字", "かんじ"}}},
		{"<ruby>漢字", nil},
		{"<ruby>漢字<rt>かん", nil},
		{"学校《がっこう", nil},
	} {
		var got [][2]string
		for _, r := range japanese.ParseRuby(c.text) {
			got = append(got, [2]string{r.Base, r.Reading})
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("ParseRuby(%q): %s", c.text, d)
		}
	}
}

func FuzzRuby(f *testing.F) {
	for _, s := range []string{"｜学校《がっこう》", "三本(さんぼん)", "<ruby>漢<rt>かん</rt></ruby>", "<ruby", "<>", "</>", "《》", "々《ゝ》", "\xff《\xff》", "ヶ(か)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, r := range japanese.ParseRuby(text) {
			if r.At.Start < end || r.At.End > len(text) || r.At.Start >= r.At.End || r.Base == "" || r.Reading == "" {
				t.Fatalf("ruby %+v after %d", r, end)
			}
			if r.BaseAt.Start < r.At.Start || r.Given.End > r.At.End || r.BaseAt.End > r.Given.End {
				t.Fatalf("ruby %+v", r)
			}
			end = r.At.End
			japanese.CheckReading(someReadings(), r.Base, r.Reading)
		}
	})
}

func FuzzCheckReading(f *testing.F) {
	f.Add("学校", "がっこう")
	f.Add("1234567890123本々々", "ッッー")
	f.Add("ゝゞヽヾ", "ゝ")
	f.Add("", "ー")
	f.Fuzz(func(t *testing.T, surface, reading string) {
		got := japanese.CheckReading(someReadings(), surface, reading)
		if got.Verdict == japanese.ReadingUnknown && got.Confidence != 0 || got.Confidence < 0 || got.Confidence > 1 || got.Because == "" {
			t.Fatalf("CheckReading(%q, %q) = %+v", surface, reading, got)
		}
	})
}

func ExampleCheckReading() {
	dictionary := smallDictionary{"学": "ガク", "校": "コウ", "人": "ヒト ジン ニン"}
	for _, reading := range []string{"がっこう", "がこう"} {
		got := japanese.CheckReading(dictionary, "学校", reading)
		fmt.Println(got.Verdict, got.Because)
	}
	fmt.Println(japanese.CheckReading(dictionary, "人々", "ひとびと").Verdict)
	// Output:
	// accepted it follows from readings of the parts
	// rejected readings of the parts do not give it
	// accepted
}

func ExampleParseRuby() {
	for _, r := range japanese.ParseRuby("｜お茶《おちゃ》と<ruby>漢字<rt>かんじ</rt></ruby>と本(ほん)") {
		fmt.Println(r.Base, r.Reading, r.Notation)
	}
	// Output:
	// お茶 おちゃ aozora
	// 漢字 かんじ html
	// 本 ほん parentheses
}

func BenchmarkParseRuby(b *testing.B) {
	text := strings.Repeat("私は学校《がっこう》で<ruby>漢字<rt>かんじ</rt></ruby>と本(ほん)を読んだ。それから家に帰って、夕飯を食べた。", 1000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		japanese.ParseRuby(text)
	}
}
