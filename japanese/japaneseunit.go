package japanese

// counted reads what follows a numeral where it changes what the number is: a share, a fraction, a time of day, a date, a duration.
// It returns the numeral's end when nothing of the kind follows.
func (x runesOf) counted(i, end int, n kanjiNumeral) (amount, int) {
	is := func(to int, ways ...float64) (amount, int) { return amount{span: x.span(i, to), ways: ways}, to }
	switch {
	case x.has(end, "分の"):
		if m, to := x.numeral(end + 2); to > end+2 && n.value != 0 {
			return is(to, m.value/n.value)
		}
	case x.has(end, "割") && x.hasAny(end+1, "り", "れ", "る", "っ", "ら") == 0:
		value, to := x.tenths(end+1, n.value/10)
		return is(to, value)
	case x.hasAny(end, "%", "パーセント") > 0:
		return is(end+x.hasAny(end, "%", "パーセント"), n.value/100)
	case x.has(end, "時間"), x.has(end, "時限"), x.has(end, "分間"):
		return x.duration(i, end, end+2, n)
	case x.has(end, "時") && x.hasAny(end, "時代", "時期", "時点") == 0 && n.value <= 30:
		return x.clock(i, end, int(n.value))
	case x.has(end, "月") && n.value >= 1 && n.value <= 12:
		a, to := is(end+1, n.value)
		a.month = true
		return a, to
	case x.has(end, "年代"):
		return is(end+2, n.value, n.value+1900)
	case x.has(end, "代") && n.value >= 10 && n.value <= 90:
		a, to := is(end+1, n.value)
		a.weak = true // "in her twenties" has no digit
		return a, to
	case x.has(end, "ダース"):
		return is(end+3, n.value*12, n.value)
	}
	if k := x.hasAny(end, "年", "か月", "ヶ月", "カ月", "ヵ月", "ケ月", "箇月", "日", "週間", "分", "秒", "世紀", "倍", "歳", "キロ", "マイル"); k > 0 {
		return x.duration(i, end, end+k, n)
	}
	return amount{}, end
}

// tenths reads 分 and 厘 after 割.
func (x runesOf) tenths(i int, value float64) (float64, int) {
	for _, unit := range []struct {
		name  string
		share float64
	}{{"分", 100}, {"厘", 1000}} {
		if n, end := x.numeral(i); end > i && x.has(end, unit.name) {
			value, i = value+n.value/unit.share, end+1
		}
	}
	return value, i
}

// duration reads a measure, and 半 after it: 一年半 is 1.5 years or 18 months, 90分 is 1.5 hours.
func (x runesOf) duration(i, end, to int, n kanjiNumeral) (amount, int) {
	a := amount{ways: []float64{n.value}, weak: n.value == 1}
	if n.pair {
		a.parts = []float64{float64(kanjiDigit(x.runes[i])), float64(kanjiDigit(x.runes[i+1]))}
	}
	unit := x.at(end)
	if x.has(to, "半") && x.hasAny(to, "半分", "半額", "半ば") == 0 {
		a.ways, a.parts, a.weak = []float64{n.value + .5}, []float64{n.value, .5}, false
		to++
		switch unit {
		case '年':
			a.ways = append(a.ways, 12*n.value+6)
		case '時':
			a.ways = append(a.ways, 60*n.value+30)
		}
	}
	switch {
	case unit == '年' && n.value >= 30 && n.value < 100:
		a.ways = append(a.ways, n.value+1900)
	case unit == '分' && (n.value == 15 || n.value == 30 || n.value == 45 || n.value == 90):
		a.ways = append(a.ways, n.value/60)
	case unit == '週':
		a.ways = append(a.ways, 7*n.value)
	}
	a.span = x.span(i, to)
	return a, to
}

// clock reads a time of day: 午後3時半, 三時十分前, 15時30分.
func (x runesOf) clock(i, end, hour int) (amount, int) {
	to, minute := end+1, 0
	if n, after := x.numeral(to); after > to && x.has(after, "分") && n.value < 60 {
		to, minute = after+1, int(n.value)
	} else if x.has(to, "半") {
		to, minute = to+1, 30
	}
	half, from := "", i
	switch {
	case x.has(i-2, "午前"):
		half, from = "am", i-2
	case x.has(i-2, "午後"):
		half, from = "pm", i-2
	}
	if hour > 12 {
		half = ""
	}
	if minute > 0 && minute != 30 && x.has(to, "前") {
		a := timeOfDay(x.span(from, to+1), hour, -minute, half)
		a.parts = []float64{float64(hour), float64(minute)}
		return a, to + 1
	}
	return timeOfDay(x.span(from, to), hour, minute, half), to
}
