package unidic_test

import (
	"slices"
	"testing"

	"github.com/shugo-data/shugo/japanese"
)

// actForms are the forms of a verb that honorifics are made of: 読み, 読ま+れる.
type actForms struct{ stem, respectful string }

// plainVerbs are verbs of all classes of conjugation, none of them honorific.
func plainVerbs() []actForms {
	var verbs []actForms
	for _, v := range [][2]string{
		{"書", "かき"}, {"聞", "かき"}, {"着", "かき"}, {"急", "がぎ"}, {"話", "さし"}, {"探", "さし"}, {"返", "さし"}, {"待", "たち"}, {"持", "たち"},
		{"立", "たち"}, {"選", "ばび"}, {"喜", "ばび"}, {"運", "ばび"}, {"読", "まみ"}, {"飲", "まみ"}, {"休", "まみ"}, {"楽し", "まみ"}, {"帰", "らり"},
		{"乗", "らり"}, {"送", "らり"}, {"取", "らり"}, {"座", "らり"}, {"戻", "らり"}, {"決ま", "らり"}, {"泊ま", "らり"}, {"使", "わい"}, {"会", "わい"},
		{"買", "わい"}, {"歌", "わい"}, {"手伝", "わい"}, {"払", "わい"}, {"立ち寄", "らり"}, {"受け取", "らり"}, {"申し込", "まみ"}, {"引き取", "らり"},
	} {
		row := []rune(v[1])
		verbs = append(verbs, actForms{v[0] + string(row[1]), v[0] + string(row[0])})
	}
	for _, stem := range []string{"食べ", "考え", "答え", "調べ", "受け", "出かけ", "決め", "求め", "教え", "伝え", "続け", "掛け", "届け", "疲れ", "引き受け"} {
		verbs = append(verbs, actForms{stem, stem + "ら"})
	}
	return verbs
}

func actNouns() []string {
	return []string{"利用", "出席", "説明", "案内", "連絡", "確認", "検討", "到着", "出発", "結婚", "注文", "予約", "相談", "参加", "質問", "使用", "購入", "署名",
		"退席", "発言", "活躍", "帰国", "就職", "卒業", "心配"}
}

// crossed returns all beginnings with all endings.
func crossed(beginnings []string, endings ...string) []string {
	var forms []string
	for _, b := range beginnings {
		for _, e := range endings {
			forms = append(forms, b+e)
		}
	}
	return forms
}

func passiveEndings() []string {
	return []string{"れる", "れた", "れます", "れました", "れません", "れて", "れない", "れなかった", "れれば", "れたら", "れますか", "れているようです", "れるでしょう", "れたそうです"}
}

func naruEndings() []string {
	return []string{"なる", "なった", "なります", "なりました", "なりません", "なって", "ならない", "なれば", "なったら", "なっています", "なりたい"}
}

func suruEndings() []string {
	return []string{"する", "した", "します", "しました", "しません", "して", "しない", "いたす", "いたします", "いたしました", "いたしません", "申し上げます", "申し上げました"}
}

func itadakuEndings() []string {
	return []string{"ていただく", "ていただいた", "ていただきます", "ていただきました", "ていただきたい", "ていただければ", "て頂きます", "ていただいております"}
}

func prefixed(prefix string, stems []string, suffix string) []string {
	forms := make([]string, len(stems))
	for i, s := range stems {
		forms[i] = prefix + s + suffix
	}
	return forms
}

// doubleForms returns double honorifics: respectful and humble ones.
func doubleForms() (respectful, humble []string) {
	var stems []string
	for _, v := range plainVerbs() {
		stems = append(stems, v.stem)
		respectful = append(respectful, crossed([]string{"お" + v.respectful + "れに"}, naruEndings()[:4]...)...)
	}
	respectful = append(respectful, crossed(prefixed("お", stems, "になら"), passiveEndings()...)...)
	respectful = append(respectful, crossed(prefixed("ご", actNouns(), "になら"), passiveEndings()...)...)
	respectful = append(respectful, crossed(prefixed("ご", actNouns(), "なさら"), passiveEndings()...)...)
	respectful = append(respectful, crossed([]string{"召し上がら", "いらっしゃら", "おっしゃら", "仰ら", "なさら", "教えてくださら", "ご覧になら", "お見えになら", "おいでになら",
		"お越しになら", "お召し上がりになら", "御覧になら", "お亡くなりになら", "読んでいらっしゃら", "お書きくださら"}, passiveEndings()...)...)
	respectful = append(respectful, crossed([]string{"おいらっしゃいに", "おおっしゃりに", "おなさりに"}, naruEndings()[:6]...)...)
	respectful = append(respectful, crossed([]string{"召し上がり", "お帰りになり", "ご覧になり"}, "なさる", "なさった", "なさいます", "なさって")...)

	humble = append(humble, crossed([]string{"拝見させ", "拝読させ", "拝借させ", "拝聴させ", "頂戴させ", "伺わせ", "お伺いさせ", "参らせ", "申し上げさせ", "差し上げさせ", "承らせ",
		"いただかせ", "存じ上げさせ", "ご説明いたさせ", "ご案内申し上げさせ", "お目にかからせ", "お目にかけさせ"}, itadakuEndings()...)...)
	humble = append(humble, crossed([]string{"お承り", "お差し上げ", "お拝見", "ご拝読", "ご拝借", "ご頂戴", "お頂戴"}, suruEndings()...)...)
	humble = append(humble, crossed([]string{"お目にかかり", "申し上げ", "差し上げ", "承り", "ご案内申し上げ"}, "いたす", "いたします", "いたしました", "いたしません")...)
	return respectful, humble
}

// singleForms returns right honorifics made in the same way, the established double ones of the guidelines among them.
func singleForms() []string {
	var stems, forms []string
	for _, v := range plainVerbs() {
		stems = append(stems, v.stem)
		forms = append(forms, crossed([]string{v.respectful}, passiveEndings()...)...)
	}
	forms = append(forms, crossed(prefixed("お", stems, "に"), naruEndings()...)...)
	forms = append(forms, crossed(prefixed("ご", actNouns(), "に"), naruEndings()...)...)
	forms = append(forms, crossed(prefixed("", actNouns(), "なさ"), "る", "った", "います", "いました", "って", "らない")...)
	forms = append(forms, crossed(prefixed("お", stems, ""), suruEndings()...)...)
	forms = append(forms, crossed(prefixed("ご", actNouns(), ""), suruEndings()...)...)
	forms = append(forms, crossed(prefixed("ご", actNouns(), "させ"), itadakuEndings()...)...)
	forms = append(forms, crossed(prefixed("", actNouns(), "さ"), passiveEndings()...)...)
	forms = append(forms, crossed([]string{"召し上が", "いらっしゃ", "おっしゃ", "なさ"}, "る", "った", "って", "らない")...)
	forms = append(forms, crossed([]string{"いらっしゃ", "おっしゃ", "なさ", "くださ"}, "います", "いました", "いません")...)
	forms = append(forms, crossed([]string{"ご覧に", "おいでに", "お越しに", "お亡くなりに", "お召し上がりに", "お見えに"}, naruEndings()...)...)
	forms = append(forms, crossed([]string{"お伺い", "拝見", "拝読", "頂戴"}, suruEndings()[:11]...)...)
	forms = append(forms, crossed([]string{"お伺い"}, suruEndings()...)...)
	forms = append(forms, crossed([]string{"読ませ", "休ませ", "書かせ", "帰らせ"}, itadakuEndings()...)...)
	return append(forms, crossed(stems, "なさい")...)
}

// framed returns a form in a sentence of its own or in one of several others.
func framed(form string, i int) string {
	return []string{"", "先生が", "部長は先ほど", "お客様は明日、", "それは社長が"}[i%5] + form + []string{"。", "", "と聞きました。"}[i%3]
}

func TestDoubleHonorifics(t *testing.T) {
	t.Parallel()
	a := keigoAnalyzer(t)
	respectful, humble := doubleForms()
	for id, forms := range map[string][]string{"double_respect": respectful, "double_humble": humble} {
		rules, found := only(t, japanese.KeigoRules(), id), 0
		for i, form := range forms {
			if slices.Contains(foundIn(t, a, rules, framed(form, i)), id) {
				found++
			} else {
				t.Logf("%s is not found", framed(form, i))
			}
		}
		t.Logf("%s: %d of %d forms", id, found, len(forms))
		if len(forms) < 200 || float64(found) < 0.99*float64(len(forms)) {
			t.Errorf("%s: %d of %d forms", id, found, len(forms))
		}
	}
	rules := append(only(t, japanese.KeigoRules(), "double_respect"), only(t, japanese.KeigoRules(), "double_humble")...)
	singles := singleForms()
	for i, form := range singles {
		if got := foundIn(t, a, rules, framed(form, i)); len(got) > 0 {
			t.Errorf("%v in %s", got, framed(form, i))
		}
	}
	t.Logf("%d right forms", len(singles))
}

func TestFixesOfKeigo(t *testing.T) {
	t.Parallel()
	a := keigoAnalyzer(t)
	respectful, _ := doubleForms()
	fixed := 0
	for _, r := range japanese.KeigoRules() {
		respectful = append(respectful, r.Wrong)
	}
	for i := 0; i < len(respectful); i += 3 {
		form := respectful[i]
		text := framed(form, i)
		report, err := japanese.Check(t.Context(), analysed(t, a, text), japanese.KeigoRules())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range slices.Backward(report.Findings) {
			if f.Fix != nil {
				text = text[:f.Fix.At.Start] + f.Fix.With + text[f.Fix.At.End:]
			}
		}
		if text == framed(form, i) {
			continue
		}
		fixed++
		if got := foundIn(t, a, japanese.KeigoRules(), text); len(got) > 0 {
			t.Errorf("%v in %s, mended from %s", got, text, framed(form, i))
		}
		if i%291 == 0 {
			t.Logf("%s: %s", framed(form, i), text)
		}
	}
	t.Logf("%d mended", fixed)
	if fixed < 400 {
		t.Errorf("%d mended", fixed)
	}
}
