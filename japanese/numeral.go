package japanese

import (
	"strings"
	"unicode/utf8"

	"github.com/shugo-data/shugo/quality"
)

// numeralRules are the rules over Arabic and Chinese numerals.
func numeralRules() []Rule {
	const jtf = "日本翻訳連盟 JTF日本語標準スタイルガイド 2.2.2"
	return []Rule{
		{
			ID: "kanji_numeral", Title: "漢数字", Dimension: quality.Consistency, Severity: quality.Low,
			Wrong: "第三章を二十回読む。", Right: "第3章を20回読む。一種の四捨五入。", Source: jtf, Check: checkKanjiNumeral,
		}, {
			ID: "arabic_numeral", Title: "算用数字", Dimension: quality.Consistency, Severity: quality.Low,
			Wrong: "数10年に一度", Right: "数十年に一度", Source: jtf, Check: checkArabicNumeral,
		},
	}
}

// isKanjiNumeral says whether a character is a Chinese numeral below ten thousand.
func isKanjiNumeral(r rune) bool {
	return strings.ContainsRune("一二三四五六七八九十百千〇", r)
}

// arabicCounters are the counters that Arabic numerals go with.
func arabicCounters() []string {
	return []string{"章", "節", "項", "回", "個", "枚", "冊", "件", "名", "台", "歳", "版", "倍", "か月", "ヶ月", "カ月", "時間", "人目", "番目", "度目", "つ目", "つ", "か所", "箇所", "種類", "進法", "次元", "曲"}
}

func checkKanjiNumeral(d *Document) []Finding {
	var found []Finding
	start := -1
	text := withoutMarkup(d.Text, codeMarkup|linkMarkup|imageMarkup)
	for g := range glyphs(text) {
		if !isKanjiNumeral(g.is) {
			continue
		}
		if start < 0 {
			start = g.Start
		}
		if isKanjiNumeral(g.after) {
			continue
		}
		at := Span{start, g.End}
		start = -1
		counter := counterAfter(text[at.End:])
		if counter == "" || isSetNumeral(text[:at.Start], text[at.Start:at.End], counter, text[at.End+len(counter):]) {
			continue
		}
		f := remark(d, at, .9, "a Chinese numeral before a counter")
		if arabic := arabicNumeral(text[at.Start:at.End]); arabic != "" {
			f = f.mending(at, arabic, false)
		}
		found = append(found, f)
	}
	return found
}

// counterAfter returns the counter with which a text begins, or nothing.
func counterAfter(text string) string {
	for _, counter := range arabicCounters() {
		if strings.HasPrefix(text, counter) {
			return counter
		}
	}
	return ""
}

// isSetNumeral says whether a numeral belongs to a word or a set phrase: 数百倍, 二つ返事, ただ一つ.
func isSetNumeral(before, numeral, counter, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	if strings.ContainsRune("数何幾", last) || numeral == "千" || numeral == "百" {
		return true
	}
	if isKanjiRune(last) && !strings.ContainsRune("第約全計各", last) && counter != "つ" || isASCIIDigit(last) {
		return true
	}
	if counter != "つ" {
		text := counter + after[:min(len(after), 30)]
		for _, word := range []string{"回り", "回忌", "件落着", "個人", "名家", "台詞", "倍", "度目", "項対立", "時間目", "枚岩", "枚目", "枚看板"} {
			if strings.HasPrefix(text, word) && (word != "倍" || numeral == "一") {
				return true
			}
		}
		return false
	}
	for _, head := range []string{"ただ", "唯", "穴", "瓜", "たった", "に", "ひとつ", "一つ"} {
		if strings.HasSuffix(before, head) {
			return true
		}
	}
	for _, tail := range []string{"返事", "子", "編", "葉", "橋", "と無", "とな", "ひとつ", "一つ", "に一つ", "巴", "折", "星", "指", "角", "股", "も", "覚え", "星", "違い", "どもえ", "どき", "の指輪"} {
		if strings.HasPrefix(after, tail) {
			return true
		}
	}
	return false
}

// arabicNumeral writes a Chinese numeral below ten thousand in Arabic ones; nothing when it is no number.
func arabicNumeral(text string) string {
	digit := func(r rune) int { return strings.Index("〇一二三四五六七八九", string(r)) / len("一") }
	total, current, positional := 0, -1, !strings.ContainsAny(text, "十百千")
	for _, r := range text {
		switch unit := map[rune]int{'十': 10, '百': 100, '千': 1000}[r]; {
		case unit > 0:
			total += max(current, 1) * unit
			current = -1
		case positional && current >= 0:
			current = current*10 + digit(r)
		default:
			current = digit(r)
		}
		if total > 9999 || current > 99999999 {
			return ""
		}
	}
	return decimal(total + max(current, 0))
}

// decimal writes a number that is not negative.
func decimal(n int) string {
	text := string(rune('0' + n%10))
	for n >= 10 {
		n /= 10
		text = string(rune('0'+n%10)) + text
	}
	return text
}

func checkArabicNumeral(d *Document) []Finding {
	var found []Finding
	text := withoutMarkup(d.Text, codeMarkup|linkMarkup|imageMarkup)
	for g := range glyphs(text) {
		if !isASCIIDigit(g.is) || isASCIIDigit(g.before) || g.before == '.' || g.before == ',' {
			continue
		}
		number := text[g.Start : g.Start+digitsAfter(text[g.Start:])]
		at := Span{g.Start, g.Start + len(number)}
		with := wordNumeral(number, text[at.End:])
		if g.before == '数' {
			with = map[string]string{"10": "十", "100": "百", "1000": "千"}[number]
		}
		if with != "" {
			found = append(found, remark(d, at, .75, "an Arabic numeral within a word").mending(at, with, true))
		}
	}
	return found
}

// wordNumeral returns the Chinese numeral of a word that is written with an Arabic one: 1種の, 1般, 4捨5入.
func wordNumeral(number, after string) string {
	if number != "1" {
		return ""
	}
	for _, tail := range []string{"種の", "種で", "部の", "般", "時的", "括", "旦", "緒", "瞬", "概に", "石二鳥", "生懸命", "方的", "因", "環", "連の", "定の", "律", "躍", "層"} {
		if strings.HasPrefix(after, tail) {
			return "一"
		}
	}
	return ""
}
