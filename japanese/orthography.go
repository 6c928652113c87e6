package japanese

import (
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// orthographyRules are the rules over how words are written.
func orthographyRules() []Rule {
	const official = "内閣訓令 公用文における漢字使用等について (2010); 文化審議会 公用文作成の考え方 (2022)"
	return []Rule{
		{
			ID: "formal_noun", Title: "形式名詞・補助動詞のかな書き", Dimension: quality.Consistency, Severity: quality.Low, Needs: Words,
			Wrong: "問題は以下の通り。", Right: "問題は以下のとおり。通りを歩く。", Source: official, Check: checkFormalWords,
		}, {
			ID: "kana_adverb", Title: "副詞・接続詞のかな書き", Dimension: quality.Consistency, Severity: quality.Low, Needs: Words,
			Wrong: "殆ど読んだ。", Right: "ほとんど読んだ。", Source: "日本翻訳連盟 JTF日本語標準スタイルガイド 2.2.1; official documents keep 及び and 又は", Check: checkKanaWords,
		}, {
			ID: "shitagatte", Title: "「従って」と「したがって」", Dimension: quality.Consistency, Severity: quality.Low,
			Wrong: "従って、正しい。", Right: "したがって、正しい。規則に従って行う。", Source: official, Check: checkShitagatte,
		}, {
			ID: "long_vowel", Title: "語尾の長音符号", Dimension: quality.Consistency, Severity: quality.Low,
			Wrong: "フィルタをかける", Right: "フィルターをかける", Source: "内閣告示第二号 外来語の表記 (1991)", Check: katakanaWords(longVowels(), true, .91),
		}, {
			ID: "katakana_spelling", Title: "外来語の表記", Dimension: quality.Consistency, Severity: quality.Low,
			Wrong: "アジヤ", Right: "アジア", Source: "内閣告示第二号 外来語の表記 (1991)", Check: katakanaWords(oldSpellings(), false, .67),
		}, {
			ID: "kana_spelling", Title: "現代仮名遣い", Dimension: quality.Validity, Severity: quality.Medium,
			Wrong: "こんにちわ。", Right: "こんにちは。", Source: "内閣告示第一号 現代仮名遣い (1986)", Check: checkKanaSpelling,
		},
	}
}

// checkFormalWords looks for nouns and verbs that only serve another word, and are written in kana then.
func checkFormalWords(d *Document) []Finding {
	var found []Finding
	for i, t := range d.Tokens {
		with := formalWord(d.wordAt(i-1), t, d.wordAt(i+1))
		if with != "" && with != t.Surface {
			f := remark(d, t.Span, .95, "a word that serves another is written in kana", wordEvidence(t, "formal"))
			found = append(found, f.mending(t.Span, with, false))
		}
	}
	return found
}

// formalWord returns how a word is written after a verb, an adjective or の, or nothing when it stands for itself.
func formalWord(before, t, after Token) string {
	modified := before.POS[0] == "動詞" || before.POS[0] == "助動詞" || before.POS[0] == "形容詞" || before.POS[0] == "連体詞"
	served := before.POS[1] == "接続助詞" && (before.Surface == "て" || before.Surface == "で")
	switch t.Surface {
	case "通り":
		if (modified || before.Surface == "の") && after.Surface != "を" {
			return "とおり"
		}
	case "時":
		if modified && before.POS[0] != "連体詞" && (after.Surface == "は" || after.Surface == "に" || after.isComma()) {
			return "とき"
		}
	case "事":
		if modified && after.POS[0] == "助詞" && (before.POS[0] == "動詞" || before.POS[0] == "助動詞") {
			return "こと"
		}
	case "為":
		if modified || before.Surface == "の" {
			return "ため"
		}
	case "様":
		if (modified || before.Surface == "の") && (after.Surface == "な" || after.Surface == "に") {
			return "よう"
		}
	case "下さい":
		if served || before.POS[0] == "動詞" {
			return "ください"
		}
	}
	if rest, ok := strings.CutPrefix(t.Surface, "出来"); ok && t.Lemma == "出来る" {
		return "でき" + rest
	}
	if rest, ok := strings.CutPrefix(t.Surface, "致"); ok && t.POS[0] == "動詞" && before.POS[2] == "サ変可能" {
		return "いた" + rest
	}
	if served && t.POS[0] == "動詞" {
		return servingVerb(t.Surface)
	}
	return ""
}

// servingVerb writes a verb after て in kana: 見て頂く, やって見る keeps its own.
func servingVerb(surface string) string {
	for kanji, kana := range map[string]string{"頂": "いただ", "下さ": "くださ", "居": "い", "置い": "おい", "仕舞": "しま", "欲し": "ほし"} {
		if rest, ok := strings.CutPrefix(surface, kanji); ok {
			return kana + rest
		}
	}
	return ""
}

// checkKanaWords looks for adverbs and conjunctions that are written in kana.
func checkKanaWords(d *Document) []Finding {
	words := map[string]string{
		"殆ど": "ほとんど", "予め": "あらかじめ", "因みに": "ちなみに", "但し": "ただし", "且つ": "かつ", "何故": "なぜ", "概ね": "おおむね", "敢えて": "あえて",
		"勿論": "もちろん", "流石": "さすが", "丁度": "ちょうど", "是非": "ぜひ", "沢山": "たくさん", "未だ": "いまだ", "若しくは": "もしくは", "或いは": "あるいは",
		"即ち": "すなわち", "尚": "なお", "所謂": "いわゆる", "何卒": "なにとぞ", "暫く": "しばらく", "一旦": "いったん", "中々": "なかなか", "色々": "いろいろ",
		"有難う": "ありがとう", "御座います": "ございます", "宜しく": "よろしく", "凡そ": "およそ", "僅か": "わずか", "更に": "さらに", "全て": "すべて", "既に": "すでに", "例えば": "たとえば", "様々": "さまざま", "何時": "いつ", "何処": "どこ", "及び": "および", "又": "また", "又は": "または", "尤も": "もっとも",
	}
	var found []Finding
	for _, t := range d.Tokens {
		noun := t.POS[0] == "名詞" && t.POS[2] != "副詞可能"
		if noun || t.POS[0] == "動詞" {
			continue
		}
		if with := words[t.Surface]; with != "" {
			found = append(found, remark(d, t.Span, .93, "an adverb or conjunction that is written in kana", wordEvidence(t, t.POS[0])).mending(t.Span, with, false))
		}
	}
	return found
}

// checkShitagatte tells the conjunction, which is written in kana, from the verb, which is not.
func checkShitagatte(d *Document) []Finding {
	const kanji, kana = "従って", "したがって"
	var found []Finding
	for _, s := range d.Sentences {
		text := d.In(s.Span)
		if strings.HasPrefix(text, kanji) {
			at := Span{s.Span.Start, s.Span.Start + len(kanji)}
			found = append(found, remark(d, at, .75, "the conjunction is written in kana").mending(at, kana, false))
		}
		for from := 0; ; {
			next := strings.Index(text[from:], "に"+kana)
			if next < 0 {
				break
			}
			start := s.Span.Start + from + next + len("に")
			at := Span{start, start + len(kana)}
			found = append(found, remark(d, at, .75, "the verb is written in kanji").mending(at, kanji, false))
			from += next + len("に"+kana)
		}
	}
	return found
}

// katakanaWords makes a check that finds runs of katakana that are, or end in, a word.
func katakanaWords(words map[string]string, ends bool, confidence float64) func(*Document) []Finding {
	return func(d *Document) []Finding {
		var found []Finding
		start := -1
		for g := range glyphs(withoutMarkup(d.Text, codeMarkup|linkMarkup|imageMarkup)) {
			if !isKatakana(g.is) {
				continue
			}
			if start < 0 {
				start = g.Start
			}
			if isKatakana(g.after) {
				continue
			}
			run := Span{start, g.End}
			start = -1
			if at, with := katakanaWord(d.In(run), words, ends); with != "" {
				at := Span{run.Start + at, run.End}
				found = append(found, remark(d, at, confidence, "another spelling is usual").mending(at, with, false))
			}
		}
		return found
	}
}

// katakanaWord returns where in a run the word begins, and how it is spelled. Only long words are found at the end of longer ones.
func katakanaWord(run string, words map[string]string, ends bool) (at int, with string) {
	if with := words[run]; with != "" || !ends {
		return 0, with
	}
	start := max(0, len(run)-12*len("ア"))
	for i := start; i < len(run); i += len("ア") { // katakana are as long as each other
		if len(run)-i < 4*len("ア") {
			return 0, ""
		}
		if with := words[run[i:]]; with != "" {
			return i, with
		}
	}
	return 0, ""
}

func longVowels() map[string]string {
	words := map[string]string{}
	for _, word := range []string{
		"フィルタ", "サーバ", "ユーザ", "プリンタ", "コンピュータ", "ブラウザ", "プロバイダ", "モニタ", "ヘッダ", "フッタ", "フォルダ", "スキャナ", "コネクタ",
		"アダプタ", "エディタ", "カウンタ", "ルータ", "センサ", "ドライバ", "パラメータ", "レジスタ", "プロセッサ", "コントローラ", "コンパイラ", "デバッガ", "マネージャ",
		"エレベータ", "バッファ", "レイヤ", "メンバ", "インストーラ", "スケジューラ", "ハンドラ", "ジェネレータ", "オペレータ", "アクセラレータ", "シミュレータ",
		"エミュレータ", "インタプリタ", "カテゴリ", "メモリ", "ポインタ", "タイマ", "トリガ", "リーダ", "ライタ", "ローダ", "リンカ", "パーサ", "クローラ",
		"デザイナ", "ベンダ", "ファクタ", "クラスタ", "マスタ", "フォーマッタ", "プロッタ", "インジケータ", "コンデンサ", "モータ", "ミキサ", "テスタ", "アンカ",
		"プライバシ", "エネルギ", "アナライザ", "オーガナイザ", "トランシーバ", "レシーバ", "スピーカ",
	} {
		words[word] = word + "ー"
	}
	return words
}

func oldSpellings() map[string]string {
	return map[string]string{
		"アジヤ": "アジア", "イタリヤ": "イタリア", "ギリシヤ": "ギリシャ", "ピヤノ": "ピアノ", "グラビヤ": "グラビア", "ペルシヤ": "ペルシャ", "ロシヤ": "ロシア",
		"オーストラリヤ": "オーストラリア", "インドネシヤ": "インドネシア", "マレーシヤ": "マレーシア", "バクテリヤ": "バクテリア", "フヰルム": "フィルム", "ウヰスキー": "ウイスキー",
		"デイスク": "ディスク", "フアイル": "ファイル",
	}
}

// checkKanaSpelling looks for spellings by ear of words that are spelled by their origin.
func checkKanaSpelling(d *Document) []Finding {
	var found []Finding
	for _, pair := range [][2]string{
		{"こんにちわ", "こんにちは"}, {"こんばんわ", "こんばんは"}, {"そのとうり", "そのとおり"}, {"言うとうり", "言うとおり"}, {"思いどうり", "思いどおり"},
		{"予定どうり", "予定どおり"}, {"ひとつづつ", "ひとつずつ"}, {"一つづつ", "一つずつ"}, {"少しづつ", "少しずつ"}, {"すこしづつ", "すこしずつ"},
		{"ひとりづつ", "ひとりずつ"}, {"一人づつ", "一人ずつ"}, {"しずらい", "しづらい"}, {"言いずらい", "言いづらい"}, {"見ずらい", "見づらい"}, {"わかりずらい", "わかりづらい"},
		{"分かりずらい", "分かりづらい"}, {"使いずらい", "使いづらい"}, {"読みずらい", "読みづらい"}, {"やむおえない", "やむをえない"}, {"やむ終えない", "やむを得ない"}, {"せざる負えない", "せざるを得ない"},
		{"ちじむ", "ちぢむ"}, {"つずく", "つづく"}, {"かたずけ", "かたづけ"}, {"おうきい", "おおきい"}, {"おねいさん", "おねえさん"}, {"ほうずき", "ほおずき"},
	} {
		wrong, right := pair[0], pair[1]
		for from := 0; ; {
			next := strings.Index(d.Text[from:], wrong)
			if next < 0 {
				break
			}
			at := Span{from + next, from + next + len(wrong)}
			found = append(found, remark(d, at, .83, "spelled by ear").mending(at, right, false))
			from = at.End
		}
	}
	return found
}
