package unidic_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/shugo-data/shugo/japanese"
)

func TestCheckReadingWithDictionary(t *testing.T) {
	t.Parallel()
	a := keigoAnalyzer(t)
	for surface, readings := range map[string][2]string{ // right readings, wrong ones
		"学校":      {"がっこう ガッコー ｶﾞｯｺｳ", "がこう がっこ まなびこう がつこう"},
		"一杯":      {"いっぱい", "いちはい いっはい"},
		"三百":      {"さんびゃく", "さんひゃく さんぴゃく"},
		"八百屋":     {"やおや", "はつひゃくや"},
		"3本":      {"さんぼん", "にほん さんぽんう"},
		"10分":     {"じゅっぷん じっぷん", "じゅうぷんに じっふん"},
		"2024年":   {"にせんにじゅうよねん", "にせんよねん"},
		"十二月":     {"じゅうにがつ", "じゅうにつきに"},
		"人々":      {"ひとびと", "ひとと"},
		"時々":      {"ときどき", "とき"},
		"佐々木":     {"ささき", "ささ"},
		"鼻血":      {"はなぢ はなじ", "はなし"},
		"続く":      {"つづく つずく つづ", "つく"},
		"大阪":      {"おおさか おーさか", "おさか"},
		"今日":      {"きょう こんにち", "きのう"},
		"言う":      {"いう ゆう", "ようい"},
		"食べる":     {"たべる た", "のむ たべ"},
		"お母さん":    {"おかあさん おかーさん", "おかさん"},
		"雨傘":      {"あまがさ", "あめさかな"},
		"青空":      {"あおぞら", "あおそう"},
		"株式会社":    {"かぶしきがいしゃ かぶしきかいしゃ", "かぶしかいしゃ"},
		"日本語教育":   {"にほんごきょういく にっぽんごきょういく", "にほんごきょいく"},
		"霞ヶ関":     {"かすみがせき", "かすみせき"},
		"東京都港区":   {"とうきょうとみなとく", "とうきょうみなとく"},
		"反応":      {"はんのう", "はんおん"},
		"私は":      {"わたしわ わたしは", "わたしへ"},
		"縄梯子":     {"なわばしご", "なわはし"},
		"五十三次":    {"ごじゅうさんつぎ", "ごじゅうさん"},
		"こゝろ":     {"こころ", "ここ"},
		"一人ひとり":   {"ひとりひとり", "ひとりふたり"},
		"国際連合":    {"こくさいれんごう", "こくさいれごう"},
		"手伝って":    {"てつだって", "てつたえて"},
		"二十日":     {"はつか にじゅうにち", "にちか"},
		"中華人民共和国": {"ちゅうかじんみんきょうわこく", "ちゅうかじんみきょうわこく"},
	} {
		for i, want := range []japanese.ReadingVerdict{japanese.ReadingAccepted, japanese.ReadingRejected} {
			for _, reading := range strings.Fields(readings[i]) {
				if got := japanese.CheckReading(a, surface, reading); got.Verdict != want {
					t.Errorf("CheckReading(%s, %s) = %+v, want %s", surface, reading, got, want)
				}
			}
		}
	}
}

func TestFuriganaRules(t *testing.T) {
	t.Parallel()
	a := keigoAnalyzer(t)
	for text, wrong := range map[string]int{
		"私《わたし》は学校《がっこう》で食《た》べた。":                                   0,
		"お茶(おちゃ)を飲む(のむ)。東京都港区(みなとく)。":                               0,
		"<ruby>今日<rt>きょう</rt></ruby>は<ruby>美<rt>うつく</rt></ruby>しい。": 0,
		"<ruby>明<rt>あ</rt>日<rt>した</rt></ruby>":                      0,
		"｜佐々木さん《ささきさん》と会議（かいぎ）":                                     0,
		"会議(らいしゅう)を開く。":                                             1,
		"学校《がこう》と病院《びよういん》。":                                        2,
		"食《の》べる。明日《きのう》。":                                           2,
		"<ruby>漢字<rt>かんし</rt></ruby>":                               1,
	} {
		report, err := japanese.Check(t.Context(), analysed(t, a, text), japanese.FuriganaRules())
		if err != nil {
			t.Fatal(err)
		}
		if len(report.Findings) != wrong {
			t.Errorf("%s: %d findings, want %d: %+v", text, len(report.Findings), wrong, report.Findings)
		}
	}
}

// Furigana on the kanji of every word of human text, as it is printed: okurigana stand outside.
func TestFuriganaOfHumanText(t *testing.T) {
	t.Parallel()
	a := keigoAnalyzer(t)
	var corpus goldSentences
	keigoCorpus(t, "readability.json", &corpus)
	random := rand.New(rand.NewPCG(1, 2))
	words, wrong := kanjiGold(corpus), 0
	given, rejected, swapped, found := 0, 0, 0, 0
	for _, s := range corpus.Sentences {
		var right, mixed strings.Builder
		for _, w := range s.Tokens {
			base, reading, okurigana := printed(w[0], w[2])
			right.WriteString(base)
			mixed.WriteString(base)
			if reading != "" {
				given++
				right.WriteString("《" + reading + "》")
				if other := words[random.IntN(len(words))][1]; other != reading && utf8.RuneCountInString(other) > 2 {
					swapped++
					mixed.WriteString("《" + other + "》")
				}
			}
			right.WriteString(okurigana)
			mixed.WriteString(okurigana)
		}
		for _, f := range japanese.FuriganaRules()[0].Check(analysed(t, a, right.String())) {
			rejected++
			t.Logf("%s", right.String()[max(0, f.At.Bytes.Start-18):min(right.Len(), f.At.Bytes.End+9)])
		}
		found += len(japanese.FuriganaRules()[0].Check(analysed(t, a, mixed.String())))
	}
	t.Logf("%d of %d right furigana rejected, %d of %d of another word found", rejected, given, found, swapped)
	if wrong = given - rejected; float64(wrong) < 0.995*float64(given) || float64(found) < 0.98*float64(swapped) || given < 4000 {
		t.Errorf("%d of %d right furigana rejected, %d of %d of another word found", rejected, given, found, swapped)
	}
}

// printed cuts a word into what has furigana, its reading, and the kana after it.
func printed(surface, said string) (base, reading, okurigana string) {
	runes, sounds := []rune(surface), []rune(said)
	n, m := len(runes), len(sounds)
	for n > 0 && m > 1 && runes[n-1] >= 'ぁ' && runes[n-1] <= 'ゖ' && runes[n-1]-'ぁ'+'ァ' == sounds[m-1] {
		n, m = n-1, m-1
	}
	if !strings.ContainsFunc(string(runes[:n]), func(r rune) bool { return r >= 0x4E00 && r <= 0x9FFF }) ||
		strings.ContainsFunc(string(runes[:n]), func(r rune) bool { return r < 0x3400 }) {
		return surface, "", ""
	}
	return string(runes[:n]), string(sounds[:m]), string(runes[n:])
}

func TestReadingsSwappedAtRandom(t *testing.T) {
	t.Parallel()
	var corpus goldSentences
	keigoCorpus(t, "readability.json", &corpus)
	a, words, random := keigoAnalyzer(t), kanjiGold(corpus), rand.New(rand.NewPCG(3, 4))
	swapped, rejected := 0, 0
	for range 2 {
		for _, w := range words {
			other := words[random.IntN(len(words))]
			if other[0] == w[0] || other[1] == w[1] {
				continue
			}
			swapped++
			if japanese.CheckReading(a, w[0], other[1]).Verdict == japanese.ReadingRejected {
				rejected++
			}
		}
	}
	t.Logf("%d of %d rejected: %.4f", rejected, swapped, float64(rejected)/float64(swapped))
	if float64(rejected) < 0.99*float64(swapped) {
		t.Errorf("%d of %d rejected", rejected, swapped)
	}
}

// TestConfidenceOfReadings measures how often a verdict is right, by what it rests on, and holds what CheckReading says of itself against it.
func TestConfidenceOfReadings(t *testing.T) {
	t.Parallel()
	var corpus goldSentences
	keigoCorpus(t, "readability.json", &corpus)
	a, words, random := keigoAnalyzer(t), kanjiGold(corpus), rand.New(rand.NewPCG(1, 1))
	said := map[string]bool{}
	for _, w := range words {
		said[w[0]+"\x00"+w[1]] = true
	}
	type tally struct {
		right, all int
		confidence float64
	}
	verdicts := map[string]*tally{}
	count := func(check japanese.ReadingCheck, want japanese.ReadingVerdict) {
		basis := string(check.Verdict) + ": " + check.Because
		if verdicts[basis] == nil {
			verdicts[basis] = &tally{confidence: check.Confidence}
		}
		verdicts[basis].all++
		if check.Verdict == want {
			verdicts[basis].right++
		}
	}
	for _, w := range words {
		count(japanese.CheckReading(a, w[0], w[1]), japanese.ReadingAccepted)
		if other := words[random.IntN(len(words))][1]; !said[w[0]+"\x00"+other] {
			count(japanese.CheckReading(a, w[0], other), japanese.ReadingRejected)
		}
	}
	for basis, v := range verdicts {
		measured := float64(v.right+1) / float64(v.all+2)
		t.Logf("%s: %d of %d right", basis, v.right, v.all)
		if v.confidence > 0 && (v.confidence > measured+0.03 || v.confidence < measured-0.15) {
			t.Errorf("%s: %d of %d right, but a confidence of %.3f", basis, v.right, v.all, v.confidence)
		}
	}
}
