package unidic_test

import (
	"testing"

	"github.com/shugo-data/shugo/japanese"
)

// ruleCount is a text, and how many findings a rule has in it.
type ruleCount map[string]int

// TestCounts holds rules to texts of our own of the kinds that house guides name, and to look-alikes.
func TestCounts(t *testing.T) {
	t.Parallel()
	a := grammarAnalyzer(t)
	rules := map[string]japanese.Rule{}
	for _, rule := range everyRule() {
		rules[rule.ID] = rule
	}
	rules["mixed_punctuation"] = japanese.MixedPunctuation(japanese.PunctuationConfig{Comma: "、", Period: "。"})
	for _, counts := range []map[string]ruleCount{wordCounts(), characterCounts()} {
		for id, texts := range counts {
			for text, want := range texts {
				if found := rules[id].Check(grammarDocument(t, a, text)); len(found) != want {
					t.Errorf("%s finds %d in %q, not %d", id, len(found), text, want)
				}
			}
		}
	}
}

func wordCounts() map[string]ruleCount {
	return map[string]ruleCount{
		"doubled_particle": {
			"私は彼が好きだ": 0, "既存のクライアントのコード": 0, "オブジェクトを返す関数を公開した": 0, "私は彼は好きだ": 1, "法案は衆議院で多数で可決され、参議院に送られた。": 1,
			"これは`obj.method`は何かを示す。": 1, "文字列には長さがあります。": 0, "右が赤、左が青です。": 0, "ナイフで切った後、ハンマーで砕いた。": 0, "これはペンです。これは鉛筆です。": 0,
			"太字も強調も同じです。": 0, "次に、「A」と「B」を比べる": 0, "今回は前の場合に限って、次の場合に": 0, "この関数は、引数として与えた値を、結果として返す": 0,
			"彼は本を読んでから寝てから起きた": 0, "Aについて、Bについて書く": 0, "私は学校に友達に会いに行く": 2, "AかBかを選ぶ": 0, "昨日から風邪から回復した": 1,
			"東京へ友達へ送る": 1, "大学では数学では点が高い": 1,
		},
		"mixed_register": {
			"今日は雨だ。\n\n明日は晴れです。": 1, "これは「である」調の文章です。": 0, "これはペンです。それはペンである。これは本です。": 1, "- Aです\n- Bだ\n- C": 1,
			"ですが、雨だった。": 0, "- これは、\n- それは": 0, "雨である。\n雪である。\n晴れです。": 1, "そうだと思います。": 0, "| 雨です | 雪だ |": 0,
			"彼は学生だが、私は学生です。": 0, "Aだった。Bでした。": 1, "実行してください。見るべし。": 0,
		},
		"redundant_expression": {
			"必要であると考えています。": 1, "必要であるといえる。": 1, "動作を確認することができます。": 1, "サポートすることが可能です。": 1, "検証を行いました。": 1, "処理を行う。": 1,
			"検討を行なっています。": 1, "利用することが不可能である。": 1, "見ることができる。": 0, "行うことができる。": 0, "設定することが出来る": 1, "省略することができない": 1,
			"クリックすることで": 0, "テストを行う": 0,
		},
		"formal_noun": {
			"下記の通りです": 1, "通りを歩く": 0, "見た時に": 1, "その時は": 0, "行く事ができる": 1, "出来る": 1, "見て下さい": 1, "お茶を下さい": 0, "致します": 0, "確認致します": 1,
			"食べて見る": 0, "物がある": 0, "する為に": 1, "事件": 0,
		},
	}
}

func characterCounts() map[string]ruleCount {
	return map[string]ruleCount{
		"mixed_punctuation": {"例.txtを開く": 0, "これは例です.次はこれです.": 2, "foo, bar": 0, "あ, い": 1},
		"full_width_digit":  {"１つ": 1, "１２３": 1, "②": 0},
		"digit_grouping":    {"1,000円": 0, "1,000,000": 0, "3,14": 1, "1,2,3": 0, "10,5%": 1},
		"long_vowel": {
			"サーバ": 1, "サーバー": 0, "コンピュータ": 1, "エラー": 0, "ドア": 0, "データ": 0, "ユーザ名": 1, "メータ": 0, "エレベータ": 1, "スーパーコンピュータ": 1, "マスタ": 1,
		},
		"kanji_numeral": {
			"一つ": 1, "一人": 0, "三月": 0, "二次関数": 0, "三角形": 0, "三十分": 0, "四半期": 0, "十進法": 1, "二種類": 1, "一部の人": 0, "十個": 1, "百人": 0, "三日月": 0, "一回目": 1,
		},
		"arabic_numeral":     {"世界1位": 0, "1部の人": 1, "1般的": 1, "数100倍": 1, "1種類": 0, "1時間": 0, "1番": 0, "1度": 0},
		"half_width_bracket": {"(半角)": 2, "（全角）": 0, "foo(bar)": 0, "例(foo)": 0, "関数(引数,": 0},
		"unbalanced_bracket": {
			"「あ」「い": 1, "あ」": 1, "（あ": 1, "(あ": 1, "あ)": 1, "[あ": 1, "{あ}": 0, "<あ": 1, "a > b": 0, "<div>": 0, "->": 0, "（１）と（２": 1, "*「あ*": 1,
			"'あ": 1, "don't": 0, "\"あ\"い\"": 1,
		},
		"space_at_bracket": {"- 「あ」": 0, "あ 「い」": 1, "「 あ 」": 2, "A 「あ」": 1, "「あ」 い": 1, "「あ」\n「い」": 0, "`a` 「あ」": 0},
	}
}
