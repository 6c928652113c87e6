package japanese_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// maker makes pairs of sentences that say the same, and pairs of which one thing is said otherwise.
type maker struct{ *rand.Rand }

func (m maker) pick(words ...string) string { return words[m.IntN(len(words))] }

// other returns a number of a range that is not n.
func (m maker) other(n, low, high int) int {
	for {
		if k := low + m.IntN(high-low+1); k != n {
			return k
		}
	}
}

// kanjiOf writes a number up to 9999 as 百二十三.
func kanjiOf(n int) string {
	digits := []rune("〇一二三四五六七八九")
	if n < 10 {
		return string(digits[n])
	}
	var b strings.Builder
	for _, unit := range []struct {
		value int
		name  string
	}{{1000, "千"}, {100, "百"}, {10, "十"}} {
		if k := n / unit.value; k > 0 {
			if k > 1 {
				b.WriteRune(digits[k])
			}
			b.WriteString(unit.name)
		}
		n %= unit.value
	}
	if n > 0 {
		b.WriteRune(digits[n])
	}
	return b.String()
}

// wordsOf writes a number up to 9999 in English words.
func wordsOf(n int) string {
	small := strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
	tens := strings.Fields("- - twenty thirty forty fifty sixty seventy eighty ninety")
	switch {
	case n < 20:
		return small[n]
	case n < 100 && n%10 == 0:
		return tens[n/10]
	case n < 100:
		return tens[n/10] + "-" + small[n%10]
	case n < 1000 && n%100 == 0:
		return small[n/100] + " hundred"
	case n < 1000:
		return small[n/100] + " hundred and " + wordsOf(n%100)
	case n%1000 == 0:
		return small[n/1000] + " thousand"
	}
	return small[n/1000] + " thousand " + wordsOf(n%1000)
}

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7F {
			return r + 0xFEE0
		}
		return r
	}, s)
}

func (m maker) ja(n int) string {
	return m.pick(strconv.Itoa(n), fullWidth(strconv.Itoa(n)), kanjiOf(n))
}

func (m maker) en(n int) string {
	if n >= 1000 {
		return m.pick(grouped(n), wordsOf(n))
	}
	return m.pick(strconv.Itoa(n), wordsOf(n))
}

func grouped(n int) string { return fmt.Sprintf("%d,%03d", n/1000, n%1000) }

func ordinal(n int) string {
	end := "th"
	if n%100 < 11 || n%100 > 13 {
		end = map[int]string{1: "st", 2: "nd", 3: "rd"}[n%10]
		if end == "" {
			end = "th"
		}
	}
	return strconv.Itoa(n) + end
}

// numbers returns a Japanese sentence, its translation, and one that states another number.
func (m maker) numbers() (ja, right, wrong string) {
	months := strings.Fields("January February March April May June July August September October November December")
	both := func(ja, en string, n, other int) (string, string, string) {
		return fmt.Sprintf(ja, m.ja(n)), fmt.Sprintf(en, m.en(n)), fmt.Sprintf(en, m.en(other))
	}
	n := 2 + m.IntN(98)
	k := m.other(n, 2, 99)
	switch m.IntN(16) {
	case 0:
		return both("昨日、%s人の学生が一緒に来ました。", "Yesterday %s students came together.", n+1, k+1)
	case 1:
		return both("この本は%sページあって、一番おもしろいです。", "This book has %s pages and is the most interesting.", n*37, k*37)
	case 2:
		return both("駅まで%s分かかります。", "It takes %s minutes to get to the station.", n, k)
	case 3:
		return both("父は%s歳です。", "My father is %s years old.", n, k)
	case 4:
		return fmt.Sprintf("売り上げは%s億%s千万円でした。", m.ja(n), m.ja(1+n%9)), fmt.Sprintf("Sales were %d million yen.", n*100+(1+n%9)*10), fmt.Sprintf("Sales were %d million yen.", n*10+1+n%9)
	case 5:
		return fmt.Sprintf("%s万人が集まりました。", m.ja(n)), grouped(n*10) + ",000 people gathered.", grouped(n) + ",000 people gathered."
	case 6:
		year, month, day := 2+m.IntN(5), m.IntN(12), 1+m.IntN(28)
		ja := fmt.Sprintf("令和%s年%s月%s日に始まります。", m.ja(year), m.ja(month+1), m.ja(day))
		return ja, fmt.Sprintf("It starts on %s %d, %d.", months[month], day, 2018+year), fmt.Sprintf("It starts on %s %d, %d.", months[month], day, 2018+m.other(year, 1, 7))
	case 7:
		month, day := m.IntN(12), 1+m.IntN(28)
		ja := fmt.Sprintf("誕生日は%s月%s日です。", m.ja(month+1), m.ja(day))
		return ja, fmt.Sprintf("The birthday is %s %s.", months[month], ordinal(day)), fmt.Sprintf("The birthday is %s %s.", months[m.other(month+1, 1, 12)-1], ordinal(day))
	case 8:
		hour, minute := 1+m.IntN(11), 5*(1+m.IntN(11))
		ja := fmt.Sprintf("会議は午後%s時%s分からです。", m.ja(hour), m.ja(minute))
		return ja, fmt.Sprintf("The meeting is from %d:%02d p.m.", hour, minute), fmt.Sprintf("The meeting is from %d:%02d %s", hour, m.other(minute/5, 0, 11)*5, m.pick("p.m.", "a.m."))
	case 9:
		hour := 1 + m.IntN(12)
		return fmt.Sprintf("%s時半に起きます。", m.ja(hour)), m.pick(fmt.Sprintf("I get up at half past %s.", wordsOf(hour)), fmt.Sprintf("I get up at %d:30.", hour)), fmt.Sprintf("I get up at half past %s.", wordsOf(m.other(hour, 1, 12)))
	case 10:
		return fmt.Sprintf("%s%sの人が十分だと答えました。", m.ja(n), m.pick("%", "パーセント", "％")), fmt.Sprintf("%s percent of the people said it was enough.", m.en(n)), fmt.Sprintf("%d%% of the people said it was enough.", k)
	case 11:
		tenth := 1 + m.IntN(9)
		return fmt.Sprintf("%s割%s分の値引きです。", m.ja(tenth), m.ja(5)), fmt.Sprintf("It is a discount of %d%%.", tenth*10+5), fmt.Sprintf("It is a discount of %d%%.", m.other(tenth, 1, 9)*10+5)
	case 12:
		part := 3 + m.IntN(7)
		name := []string{"third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth"}
		return fmt.Sprintf("ケーキの%s分の一を食べました。", m.ja(part)), fmt.Sprintf("I ate %s %s of the cake.", m.pick("a", "one"), name[part-3]), fmt.Sprintf("I ate one %s of the cake.", name[m.other(part, 3, 9)-3])
	case 13:
		years := 1 + m.IntN(9)
		return fmt.Sprintf("日本に%s年半住んでいます。", m.ja(years)), fmt.Sprintf("I have lived in Japan for %s and a half years.", wordsOf(years)), fmt.Sprintf("I have lived in Japan for %s years.", wordsOf(years+1))
	case 14:
		return fmt.Sprintf("%d.%dキロ歩きました。", n, k%10), fmt.Sprintf("I walked %d.%d kilometers.", n, k%10), fmt.Sprintf("I walked %d.%d kilometers.", n, m.other(k%10, 0, 9))
	default:
		low := 2 + m.IntN(8)
		ja := fmt.Sprintf("%s〜%s日かかります。", m.ja(low), m.ja(low+3))
		return ja, fmt.Sprintf("It takes %d%s%d days.", low, m.pick("-", " to ", "–"), low+3), fmt.Sprintf("It takes %d to %d days.", low, m.other(low+3, low+1, low+9))
	}
}

// negation returns a Japanese sentence, its translation, and one that says the opposite.
func (m maker) negation() (ja, right, wrong string) {
	verbs := []struct{ masu, plain, nai, ta, nakatta, en, past string }{
		{"行き", "行く", "行かない", "行った", "行かなかった", "go to the park", "went to the park"},
		{"食べ", "食べる", "食べない", "食べた", "食べなかった", "eat fish", "ate fish"},
		{"読み", "読む", "読まない", "読んだ", "読まなかった", "read the newspaper", "read the newspaper"},
		{"書き", "書く", "書かない", "書いた", "書かなかった", "write letters", "wrote letters"},
		{"待ち", "待つ", "待たない", "待った", "待たなかった", "wait for the bus", "waited for the bus"},
		{"買い", "買う", "買わない", "買った", "買わなかった", "buy the book", "bought the book"},
		{"起き", "起きる", "起きない", "起きた", "起きなかった", "get up early", "got up early"},
		{"運転し", "運転する", "運転しない", "運転した", "運転しなかった", "drive a car", "drove a car"},
	}
	v := verbs[m.IntN(len(verbs))]
	who := m.pick("私は明日", "私たちは毎日", "学生たちは日曜日に", "友達は駅の近くで")
	subject := map[string]string{"私は明日": "I", "私たちは毎日": "We", "学生たちは日曜日に": "The students", "友達は駅の近くで": "My friends"}[who]
	forms := [][4]string{
		{v.masu + "ます", v.masu + "ません", "%s will " + v.en + ".", "%s will not " + v.en + "."},
		{v.plain, v.nai, "%s " + v.en + ".", "%s don't " + v.en + "."},
		{v.ta, v.nakatta, "%s " + v.past + ".", "%s did not " + v.en + "."},
		{v.masu + "ました", v.masu + "ませんでした", "%s " + v.past + ".", "%s didn’t " + v.en + "."},
		{v.masu + "たい", v.masu + "たくない", "%s want to " + v.en + ".", "%s do not want to " + v.en + "."},
		{v.masu + "たいです", v.masu + "たくありません", "%s want to " + v.en + ".", "%s don't want to " + v.en + "."},
		{v.plain + "ことができます", v.plain + "ことができません", "%s can " + v.en + ".", "%s " + m.pick("cannot ", "can't ", "can never ") + v.en + "."},
		{v.plain + "つもりです", v.plain + "つもりはない", "%s intend to " + v.en + ".", "%s have no intention to " + v.en + "."},
		{v.plain + "かもしれません", v.nai + "ことにしました", "%s may " + v.en + ".", "%s decided not to " + v.en + "."},
		{strings.TrimSuffix(v.nai, "い") + "ければなりません", v.nai + "でください", "%s must " + v.en + ".", "%s please do not " + v.en + "."},
	}
	f := forms[m.IntN(len(forms))]
	if m.IntN(2) == 0 {
		return who + f[0] + "。", fmt.Sprintf(f[2], subject), fmt.Sprintf(f[3], subject)
	}
	return who + f[1] + "。", fmt.Sprintf(f[3], subject), fmt.Sprintf(f[2], subject)
}

// names returns a Japanese sentence, its translation, and one with another name.
func (m maker) names() (ja, right, wrong string) {
	all := glossary()
	i := m.IntN(len(all))
	k := m.other(i, 0, len(all)-1)
	sentences := [][2]string{
		{"%sさんは学校の先生です。", "%s is a teacher at the school."},
		{"昨日、%sと映画を見ました。", "I watched a movie with %s yesterday."},
		{"この手紙は%sからです。", "This letter is from %s."},
		{"「%sはどこですか」と聞きました。", "I asked, “Where is %s?”"},
	}
	s := sentences[m.IntN(len(sentences))]
	bad := m.pick(all[k].English[0], "he", "Sanada")
	spelling := all[i].English[m.IntN(len(all[i].English))]
	return fmt.Sprintf(s[0], all[i].Japanese), fmt.Sprintf(s[1], spelling), fmt.Sprintf(s[1], bad)
}
