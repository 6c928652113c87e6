package japanese_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	xjapanese "golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	xunicode "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"github.com/shugo-data/shugo/japanese"
)

// latin1 reads each byte as the character of the same number; windows as Windows-1252 where it has one, as browsers do.
func latin1(raw string) string {
	var b strings.Builder
	for i := range len(raw) {
		b.WriteRune(rune(raw[i]))
	}
	return b.String()
}

func windows(raw string) string {
	var b strings.Builder
	for i := range len(raw) {
		if r := charmap.Windows1252.DecodeByte(raw[i]); r != '\uFFFD' {
			b.WriteRune(r)
		} else {
			b.WriteRune(rune(raw[i]))
		}
	}
	return b.String()
}

func as(e encoding.Encoding) func(string) string {
	return func(raw string) string {
		text, _ := e.NewDecoder().String(raw)
		return text
	}
}

func in(e encoding.Encoding, then func(string) string) func(string) string {
	return func(text string) string {
		raw, err := e.NewEncoder().String(text)
		if err != nil {
			return "" // it cannot be written so
		}
		return then(raw)
	}
}

// misreadings are the ways in which a text is spoilt.
func misreadings() map[string]func(string) string {
	valid := func(raw string) string { return strings.ToValidUTF8(raw, "\uFFFD") }
	sjis, euc, jis := xjapanese.ShiftJIS, xjapanese.EUCJP, xjapanese.ISO2022JP
	drop := func(f func(string) string) func(string) string {
		return func(s string) string { return strings.ReplaceAll(f(s), "\uFFFD", "") }
	}
	return map[string]func(string) string{
		"utf8 as latin1":              latin1,
		"utf8 as cp1252":              windows,
		"utf8 as cp1252 replaced":     as(charmap.Windows1252),
		"utf8 as cp1252 dropped":      drop(as(charmap.Windows1252)),
		"utf8 as latin1 twice":        func(s string) string { return latin1(latin1(s)) },
		"utf8 as cp1252 twice":        func(s string) string { return windows(windows(s)) },
		"utf8 as macintosh":           as(charmap.Macintosh),
		"utf8 as shift_jis":           as(sjis),
		"utf8 as shift_jis dropped":   drop(as(sjis)),
		"utf8 as gbk":                 as(simplifiedchinese.GBK),
		"utf8 as gbk dropped":         drop(as(simplifiedchinese.GBK)),
		"utf8 as euc":                 as(euc),
		"shift_jis as utf8":           in(sjis, as(xunicode.UTF8)),
		"euc as utf8":                 in(euc, as(xunicode.UTF8)),
		"shift_jis as utf8 collapsed": in(sjis, valid),
		"euc as utf8 collapsed":       in(euc, valid),
		"shift_jis as bytes":          in(sjis, func(raw string) string { return raw }),
		"euc as bytes":                in(euc, func(raw string) string { return raw }),
		"euc as shift_jis":            in(euc, as(sjis)),
		"shift_jis as euc":            in(sjis, as(euc)),
		"shift_jis as cp1252":         in(sjis, windows),
		"euc as latin1":               in(euc, latin1),
		"shift_jis as gbk":            in(sjis, as(simplifiedchinese.GBK)),
		"iso-2022-jp raw":             in(jis, valid),
		"iso-2022-jp without escapes": in(jis, func(s string) string { return strings.ReplaceAll(s, "\x1b", "") }),
	}
}

// halfWidth writes katakana and punctuation in half width, as old systems do.
func halfWidth(text string) string {
	var b strings.Builder
	for _, r := range text {
		s := string(r)
		if unicode.Is(unicode.Katakana, r) {
			s = norm.NFD.String(s)
		}
		b.WriteString(width.Narrow.String(s))
	}
	return b.String()
}

// TestMojibakeFalseAlarms holds clean texts against the detector: sentences, their beginnings, the same with half-width katakana, and one
// after the other. None may be found, none repaired.
func TestMojibakeFalseAlarms(t *testing.T) {
	t.Parallel()
	treebank, proofreader := corpusSentences(t)
	checked := 0
	for _, s := range append(slices.Clone(treebank), proofreader...) {
		for _, clean := range []string{s, beginning(s), halfWidth(s), halfWidth(beginning(s))} {
			checked++
			if found := japanese.DetectMojibake(clean); len(found) > 0 {
				t.Errorf("clean %q: %+v", clean, found)
			}
			if japanese.RepairMojibake(clean) != clean {
				t.Errorf("clean %q was repaired", clean)
			}
		}
	}
	t.Logf("%d texts", checked)
}

// beginning returns the first eight characters.
func beginning(s string) string {
	r := []rune(s)
	return string(r[:min(8, len(r))])
}

// TestMojibakeRates measures recall on sentences and on their first eight characters, and exact repair of those without loss.
func TestMojibakeRates(t *testing.T) {
	t.Parallel()
	treebank, _ := corpusSentences(t)
	var beginnings []string
	for _, s := range treebank {
		if utf8.RuneCountInString(s) >= 8 {
			beginnings = append(beginnings, beginning(s))
		}
	}
	for name, spoil := range misreadings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			full, short := measure(spoil, treebank), measure(spoil, beginnings)
			t.Logf("sentences: %v; eight characters: %v", full, short)
			least := .98
			if strings.HasSuffix(name, "dropped") { // what would tell is gone
				least = .95
			}
			if full.recall() < .999 || short.recall() < least || full.lossless > 100 && full.exact() < .99 && !strings.HasSuffix(name, "dropped") {
				t.Error("too few")
			}
		})
	}
}

// rates counts texts.
type rates struct{ spoilt, detected, lossless, repaired int }

func (r rates) recall() float64 { return float64(r.detected) / float64(r.spoilt) }
func (r rates) exact() float64  { return float64(r.repaired) / float64(max(r.lossless, 1)) }
func (r rates) String() string {
	return fmt.Sprintf("recall %.4f of %d, exact repair %.4f of %d", r.recall(), r.spoilt, r.exact(), r.lossless)
}

func measure(spoil func(string) string, texts []string) rates {
	var r rates
	for _, s := range texts {
		spoilt := spoil(s)
		if spoilt == "" || spoilt == s {
			continue
		}
		r.spoilt++
		if len(japanese.DetectMojibake(spoilt)) > 0 {
			r.detected++
		}
		if !strings.Contains(spoilt, "\uFFFD") {
			r.lossless++
			if japanese.RepairMojibake(spoilt) == s {
				r.repaired++
			}
		}
	}
	return r
}

// TestRepairMojibake shows mixed texts, signs of other scripts, and clean texts that look spoilt.
func TestRepairMojibake(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ðŸŽ¯ Goal: æ—¥æœ¬èªž": "🎯 Goal: 日本語",
		"すぐにâ€¦å‡ºã‚‹":         "すぐに…出る",
		"CafÃ© Ã  Paris":       "Café Ã  Paris",
		"1行目\n縺薙ｓ縺ｫ縺｡縺ｯ\n3行目":  "1行目\nこんにちは\n3行目",
		"題名: \x1b$B4A;z\x1b(B": "題名: 漢字",
		"été, garçon, naïveté": "été, garçon, naïveté",
		"SÃO PAULO, Ânimo":     "SÃO PAULO, Ânimo",
		"価格は10€〜20€、±5°です。":    "価格は10€〜20€、±5°です。",
		"ﾊﾝｶｸｶﾀｶﾅ ﾃﾞｽ｡":        "ﾊﾝｶｸｶﾀｶﾅ ﾃﾞｽ｡",
		"price=$BASE(B)":       "price=$BASE(B)",
		"这是中文。":                "这是中文。",
		"한국어입니다.":              "한국어입니다.",
		"薔薇と檸檬、憂鬱な躑躅。":         "薔薇と檸檬、憂鬱な躑躅。",
		"":                     "",
	} {
		if got := japanese.RepairMojibake(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestMojibakeOtherLanguages holds clean texts of other languages against the detector, which is made for Japanese.
func TestMojibakeOtherLanguages(t *testing.T) {
	t.Parallel()
	for _, clean := range []string{
		"你們好嗎？我在臺灣學習中文，請問妳要喝什麼飲料呢？", "我们在学习中文，请问您贵姓？", "한국어를 공부하고 있습니다. 만나서 반갑습니다!",
		"Съешь же ещё этих мягких французских булок.", "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.", "Tôi đang học tiếng Việt ở Hà Nội. Ăn cơm chưa?",
		"Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.", "Les naïfs ægithales hâtifs pondant à Noël où il gèle.",
		"«Ça va?» — «Très bien, merci…»", "ÀÉÎÕÜ ÇA ÂGE ÃO ÀÂÃ", "สวัสดีครับ", "नमस्ते दुनिया", "שלום עולם", "مرحبا بالعالم", "😀👍🏽 ♥️ ™ © ® €5 £3 ½",
		"∑ x² ≤ ±√2 × π ÷ 3 → ∞", "│ ├─┤ ═╬═", "① ㈱ ℡ № ㍻ ｢半角｣ ﾃｽﾄ ～ − ‖", "Ⅲ章 髙橋さん 﨑山さん 德川 濵田",
	} {
		if found := japanese.DetectMojibake(clean); len(found) > 0 {
			t.Errorf("%q: %+v", clean, found)
		}
	}
}

func FuzzRepairMojibake(f *testing.F) {
	for _, s := range []string{"", "あ", "ã\u0081\u0082", "縺ゅ＞", "､｢､､､ｦ", "\x1b$B4A;z", "$B4A;z(B", "\xff\xfe", "銇傘亜€", "Ã£Â\u0081Â\u0082"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, m := range japanese.DetectMojibake(text) {
			if m.At.Start < end || m.At.End > len(text) || m.At.Start > m.At.End {
				t.Fatalf("%q: %+v", text, m)
			}
			end = m.At.End
		}
		once := japanese.RepairMojibake(text)
		if twice := japanese.RepairMojibake(once); twice != once {
			t.Errorf("%q: %q, then %q", text, once, twice)
		}
	})
}

func ExampleRepairMojibake() {
	fmt.Println(japanese.RepairMojibake("ã\u0081“ã‚“ã\u0081«ã\u0081¡ã\u0081¯ 2026"))
	fmt.Println(japanese.RepairMojibake("､ｳ､ﾎﾊｸｾﾏ､ﾏﾆﾉ､皃ﾞ､ｹ｡｣"))
	// Output:
	// こんにちは 2026
	// この文章は読めます。
}
