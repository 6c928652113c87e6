package japanese

import "slices"

// japaneseAmounts returns the numbers that a Japanese text states, in order.
func japaneseAmounts(text string) []amount {
	x := newRunesOf(text)
	var amounts []amount
	for i := 0; i < len(x.runes); {
		a, end := x.amount(i)
		if end == i {
			i++
			continue
		}
		if len(a.ways)+len(a.times)+len(a.parts) > 0 {
			amounts = append(amounts, a)
		}
		i = end
	}
	return amounts
}

// amount reads the number at a place, and where it ends; the place itself when there is none. A word such as 万年筆 is read as nothing.
func (x runesOf) amount(i int) (amount, int) {
	if r := x.at(i); isDigit(r) || kanjiDigit(r) >= 0 || kanjiUnit(r) > 0 {
		if n := x.hasAny(i, notNumbers()...); n > 0 {
			return amount{}, i + n
		}
	}
	if a, end := x.eraYear(i); end > i {
		return a, end
	}
	if a, end := x.halfOrKana(i); end > i {
		return a, end
	}
	n, end := x.numeral(i)
	if end == i {
		return amount{}, i
	}
	if to := x.few(i, end, n); to > end {
		low := n.value
		return amount{span: x.span(i, to), ways: []float64{low, low + 1}, weak: true}, to
	}
	if x.vague(i, end) {
		return amount{span: x.span(i, end), ways: []float64{n.value}, weak: true}, end
	}
	if a, to := x.counted(i, end, n); to > end {
		return a, to
	}
	a := amount{span: x.span(i, end), ways: []float64{n.value}}
	a.weak = n.value == 1 || x.inLatin(i, end) || !x.isNumber(i, end, n) || n.value == 2 && x.has(end, "人")
	if n.pair {
		a.parts = []float64{float64(kanjiDigit(x.runes[i])), float64(kanjiDigit(x.runes[i+1]))}
	}
	return a, end
}

// few returns where 2、3 ends, which says "a few", or the end of the first number.
func (x runesOf) few(i, end int, n kanjiNumeral) int {
	if end != i+1 || x.at(end) != '、' && x.at(end) != ',' && x.at(end) != '・' {
		return end
	}
	if m, to := x.numeral(end + 1); to == end+2 && m.value == n.value+1 {
		return to
	}
	return end
}

// vague says whether 数 or 何 before a number, or 数 after it, leaves it open: 数百, 十数人; or whether 十分 says "enough".
func (x runesOf) vague(i, end int) bool {
	return slices.Contains([]rune("数何幾"), x.at(i-1)) && kanjiUnit(x.at(i)) > 0 || slices.Contains([]rune("数余"), x.at(end)) || x.has(i, "十分") && end == i+1
}

// inLatin says whether digits are part of a name such as A4, which is a name's business.
func (x runesOf) inLatin(i, end int) bool {
	return isLatinOrGreek(x.at(i-1)) || isLatinOrGreek(x.at(end)) && !x.unitSign(end)
}

// unitSign says whether a unit of measure in Latin letters stands at a place: 5km.
func (x runesOf) unitSign(i int) bool {
	n := x.hasAny(i, "km", "kg", "cm", "mm", "ml", "mg", "kW", "GB", "MB", "TB", "m", "g", "t", "L", "l")
	return n > 0 && !isLatinOrGreek(x.at(i+n))
}

// isNumber says whether a numeral without a unit of its own is a number, and not part of a word such as 三角.
func (x runesOf) isNumber(i, end int, n kanjiNumeral) bool {
	next := x.at(end)
	switch {
	case n.digits > 0, x.hasAny(end, counters()...) > 0:
		return true
	case scriptOf(x.at(i-1), scriptOther) == scriptKanji && x.at(i-1) != '約' && x.at(i-1) != '第', scriptOf(next, scriptOther) == scriptKanji:
		return false
	case n.kanji >= 2 && (n.units || n.pair || n.value >= 1000):
		return true
	}
	return slices.Contains([]rune("〜~-－、・"), next) && (isDigit(x.at(end+1)) || kanjiDigit(x.at(end+1)) > 0)
}

// eraYear reads a year by its era: 令和6年, 平成元年. Meiji 1 was 1868, Taishō 1 1912, Shōwa 1 1926, Heisei 1 1989, Reiwa 1 2019.
func (x runesOf) eraYear(i int) (amount, int) {
	for _, era := range []struct {
		name   string
		before float64
	}{{"明治", 1867}, {"大正", 1911}, {"昭和", 1925}, {"平成", 1988}, {"令和", 2018}} {
		if !x.has(i, era.name) {
			continue
		}
		n, end := x.numeral(i + 2)
		if x.at(i+2) == '元' {
			n.value, end = 1, i+3
		}
		if end == i+2 || x.at(end) != '年' {
			return amount{}, i
		}
		return amount{span: x.span(i, end+1), ways: []float64{n.value + era.before}}, end + 1
	}
	return amount{}, i
}

// halfOrKana reads 半分 and its like, and numbers in kana.
func (x runesOf) halfOrKana(i int) (amount, int) {
	word := func(n int, weak bool, ways ...float64) (amount, int) {
		return amount{span: x.span(i, i+n), ways: ways, weak: weak}, i + n
	}
	if n := x.hasAny(i, "半分", "半額", "半数"); n > 0 && x.at(i-1) != '過' && x.at(i-1) != '白' && x.at(i-1) != 'び' {
		return word(n, false, .5)
	}
	if n := x.hasAny(i, "半年", "半日", "半月", "半世紀", "半時間", "半ダース"); n > 0 {
		return word(n, true, .5, 6, 30, 50)
	}
	for value, names := range [...][]string{1: {"ひとつ", "ひとり"}, 2: {"ふたつ", "ふたり"}, 3: {"みっつ"}, 4: {"よっつ"}, 5: {"いつつ"}, 6: {"むっつ"},
		7: {"ななつ"}, 8: {"やっつ"}, 9: {"ここのつ"}} {
		if n := x.hasAny(i, names...); n > 0 && scriptOf(x.at(i-1), scriptOther) != scriptHiragana {
			return word(n, value < 3, float64(value))
		}
	}
	if n := x.hasAny(i, "正午"); n > 0 {
		a, end := word(n, true, 12)
		a.times = []int{720}
		return a, end
	}
	return amount{}, i
}

// notNumbers are words that are written with a numeral and count nothing.
func notNumbers() []string {
	return []string{"万年筆", "万一", "万が一", "万歳", "万引", "万能", "百貨店", "百科", "百姓", "八百屋", "八百長", "千葉", "千代", "四国", "九州", "七面鳥",
		"七夕", "五輪", "三日月", "三日坊主", "三味線", "二度と", "2度と", "二度寝", "二の舞", "十中八九", "十中八、九", "四六時中", "四苦八苦", "一石二鳥", "六本木", "三郎", "二郎", "二枚目", "二日酔い", "二の次", "真一文字",
		"一か八か", "五月蝿", "五分五分", "十字", "四つん這い", "二股", "三流", "十八番", "千鳥", "千切", "四つ角", "三脚", "八つ当たり", "瓜二つ", "三つ子"}
}

// counters are what follows a numeral that counts.
func counters() []string {
	return []string{"人", "名", "個", "つ", "本", "枚", "冊", "匹", "頭", "羽", "台", "杯", "回", "度", "倍", "年", "月", "日", "時", "分", "秒", "週", "歳", "才",
		"円", "ドル", "ポンド", "ユーロ", "セント", "元", "キロ", "メートル", "センチ", "ミリ", "グラム", "トン", "リットル", "マイル", "インチ", "フィート", "ヘクタール", "エーカー",
		"階", "番", "号", "位", "点", "件", "社", "校", "軒", "着", "足", "通", "曲", "話", "章", "ページ", "頁", "行", "語", "字", "文字", "か月", "ヶ月", "カ月", "ヵ月",
		"ケ月", "箇月", "か国", "ヶ国", "カ国", "ヵ国", "か所", "ヶ所", "カ所", "ヵ所", "箇所", "世紀", "代", "条", "項", "丁目", "両", "発", "泊", "票", "種類", "組",
		"袋", "箱", "缶", "粒", "束", "セット", "隻", "機", "棟", "室", "席", "問", "歩", "皿", "対", "カップ", "パック", "クラス", "ダース", "キロメートル", "%"}
}
