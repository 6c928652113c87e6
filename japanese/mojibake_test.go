package japanese_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	xjapanese "golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"

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
	utf8 := func(raw string) string { return strings.ToValidUTF8(raw, "\uFFFD") }
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
		"shift_jis as utf8":           in(sjis, utf8),
		"euc as utf8":                 in(euc, utf8),
		"euc as shift_jis":            in(euc, as(sjis)),
		"shift_jis as euc":            in(sjis, as(euc)),
		"shift_jis as cp1252":         in(sjis, windows),
		"euc as latin1":               in(euc, latin1),
		"shift_jis as gbk":            in(sjis, as(simplifiedchinese.GBK)),
		"iso-2022-jp raw":             in(jis, utf8),
		"iso-2022-jp without escapes": in(jis, func(s string) string { return strings.ReplaceAll(s, "\x1b", "") }),
	}
}

// TestMojibakeRates measures recall, exact repair and false alarms on the corpora.
func TestMojibakeRates(t *testing.T) {
	t.Parallel()
	treebank, proofreader := corpusSentences(t)
	clean := append(slices.Clone(treebank), proofreader...)
	for _, s := range clean {
		if found := japanese.DetectMojibake(s); len(found) > 0 {
			t.Errorf("clean %q: %+v", s, found)
		}
	}
	snippets := []string{}
	for _, s := range treebank {
		if r := []rune(s); len(r) >= 8 {
			snippets = append(snippets, string(r[:8]))
		}
	}
	for _, s := range snippets {
		if found := japanese.DetectMojibake(s); len(found) > 0 {
			t.Errorf("clean snippet %q: %+v", s, found)
		}
	}
	kinds := misreadings()
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		full, exact, lossless := rates(t, kinds[name], treebank)
		short, shortExact, shortLossless := rates(t, kinds[name], snippets)
		t.Logf("%-28s recall %.4f / %.4f  exact %.4f of %4d / %.4f of %4d", name, full, short, exact, lossless, shortExact, shortLossless)
	}
}

// rates returns the share of texts that are detected when spoilt, the share of those without loss that are repaired, and their number.
func rates(t *testing.T, spoil func(string) string, texts []string) (recall, exact float64, lossless int) {
	t.Helper()
	detected, all, repaired := 0, 0, 0
	for _, s := range texts {
		spoilt := spoil(s)
		if spoilt == "" || spoilt == s {
			continue
		}
		all++
		if len(japanese.DetectMojibake(spoilt)) > 0 {
			detected++
		} else if testing.Verbose() && len(texts) < 1 {
			fmt.Println(s, spoilt)
		}
		if !strings.ContainsRune(spoilt, '\uFFFD') {
			lossless++
			if japanese.RepairMojibake(spoilt) == s {
				repaired++
			}
		}
	}
	return float64(detected) / float64(all), float64(repaired) / float64(max(lossless, 1)), lossless
}
