package unidic_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shugo-data/shugo/japanese"
)

// findingsOf returns the pieces of a text that a rule finds.
func findingsOf(t *testing.T, d *japanese.Document, id string) []string {
	t.Helper()
	for _, rule := range everyRule() {
		if rule.ID != id {
			continue
		}
		found := []string{}
		for _, f := range rule.Check(d) {
			found = append(found, d.In(f.At.Bytes))
		}
		return found
	}
	t.Fatalf("no rule %s", id)
	return nil
}

// TestVerbForms holds the rules over verbs to forms that are wrong, and to right ones that look like them.
func TestVerbForms(t *testing.T) {
	t.Parallel()
	a := grammarAnalyzer(t)
	for rule, texts := range map[string]map[string]string{
		"ra_nuki": {
			"ここからは山が見れる。": "見れる", "もう寝れない。": "寝れ", "明日は来れますか。": "来れ", "朝早く起きれた。": "起きれ", "全部覚えれない。": "覚えれ", "服が着れなくなった。": "着れ",
			"早く決めれない。": "決めれ", "彼を信じれない。": "信じれ", "本を借りれる。": "借りれる", "考えれない。": "考えれ", "辞めれません。": "辞めれ", "教えれる人": "教えれる",
			"帰れる。": "", "走れる。": "", "切れる。": "", "しゃべれる。": "", "滑れる。": "", "握れない。": "", "知れない。": "", "蹴れる。": "", "練れる。": "", "入れる。": "",
			"参れます。": "", "考えれば分かる。": "", "食べられる。": "", "見られる。": "", "来られる。": "", "作れる。": "", "取れる。": "", "疲れる。": "", "流れる。": "", "忘れる。": "",
			"売れる。": "", "離れる。": "", "かもしれない。": "", "照れる。": "", "限れば": "", "減れば": "", "見れば分かる。": "", "出れば会える。": "", "信じられない。": "", "される。": "",
		},
		"re_tasu": {
			"漢字が書けれない。": "書けれ", "酒が飲めれる。": "飲めれる", "すぐ行けれる。": "行けれる", "漢字が書けない。": "", "飲める。": "", "書ければよい。": "", "走れる。": "", "呼ばれる。": "",
		},
		"sa_ire": {
			"先に行かさせていただく。": "行かさせ", "歌を歌わさせてください。": "歌わさせ", "読まさせていただきます。": "読まさせ", "休まさせてください。": "休まさせ",
			"書かさせていただきます。": "書かさせ", "食べさせる。": "", "行かせてください。": "", "休ませてください。": "", "動かさせる。": "", "話させてください。": "", "来させる。": "", "させていただきます。": "",
		},
		"i_nuki": {"本を読んでます。": "で", "何してるの。": "てる", "本を読んでいます。": "", "建てる。": "", "育てる。": ""},
		"verb_form": {
			"肉を食べるない。": "食べるない", "毎日走るます。": "走るます", "肉を食べりました。": "食べり", "明日行くです。": "行くです", "食べない。": "", "走ります。": "", "行くでしょう。": "",
			"行くのです。": "", "見るな。": "", "申し訳ない。": "", "言いようがない。": "",
		},
		"onbin": {
			"本を読みた。": "読みた", "学校へ行きた。": "行きた", "友達と話した。": "", "本が読みたい。": "", "肉を食べた。": "", "生きて帰る。": "", "書いた。": "", "飛び立った。": "",
		},
		"adjective_form": {
			"昨日は寒いでした。": "寒いでし", "これは高いだ。": "高いだ", "寒かったです。": "", "高いです。": "", "寒いでしょう。": "", "高いだろう。": "", "嫌いだ。": "", "きれいだ。": "", "みたいだ。": "",
		},
	} {
		for text, want := range texts {
			wanted := []string{}
			if want != "" {
				wanted = append(wanted, want)
			}
			if diff := cmp.Diff(wanted, findingsOf(t, grammarDocument(t, a, text), rule)); diff != "" {
				t.Errorf("%s in %s (-want +got): %s", rule, text, strings.Join(strings.Fields(diff), " "))
			}
		}
	}
}

// TestUsage holds the lists of expressions to conjugated forms, and to right uses of the same words.
func TestUsage(t *testing.T) {
	t.Parallel()
	a := grammarAnalyzer(t)
	for rule, texts := range map[string]map[string]bool{
		"misused_expression": {
			"的を得た意見だ。": true, "汚名を挽回したい。": true, "汚名挽回のチャンス": true, "足元をすくわれた。": true, "怒り心頭に達した。": true, "取り付く暇もない。": true,
			"采配を振るう。": true, "愛想を振りまく。": true, "眉をしかめる。": true, "白羽の矢が当たった。": true, "火蓋が切って落とされた。": true, "二の舞を踏む。": true,
			"公算が強い。": true, "体調を壊した。": true, "雪辱を晴らす。": true, "明るみになった。": true, "溜飲を晴らす。": true, "脚光を集めた。": true, "上や下への大騒ぎ": true,
			"照準を当てる。": true, "青田刈り": true, "熱にうなされる。": true, "口先三寸": true, "的を射た意見だ。": false, "汚名を返上する。": false, "名誉を挽回する。": false,
			"足をすくわれた。": false, "采配を振る。": false, "得るものが多い。": false, "腕を振るう。": false, "愛嬌を振りまく。": false, "体を壊した。": false, "雪辱を果たす。": false,
		},
		"misused_word": {
			"シュミレーションする。": true, "値を適応する。": true, "例外を補足する。": true, "興味深々だ。": true, "危機一発だった。": true, "絶対絶命だ。": true, "環境に適応する。": false,
			"説明を補足する。": false, "可変だ。": false, "シミュレーション": false, "興味津々だ。": false,
		},
		"tautology": {
			"頭痛が痛い。": true, "後で後悔する。": true, "元旦の朝": true, "あらかじめ予約する。": true, "日本に来日した。": true, "必ず必要です。": true, "内定が決まる。": true,
			"頭が痛い。": false, "後で話す。": false, "日本に来た。": false, "予約する。": false, "必要です。": false, "最も高い。": false,
		},
		"double_negative": {
			"できなくはない。": true, "行かないこともない。": true, "知らないわけではない。": true, "ないとは言えない。": true, "分からなくもありません。": true, "食べない。": false, "高くない。": false, "行くことはない。": false,
		},
		"kana_spelling": {"こんにちわ。": true, "少しづつ進む。": true, "言いずらい。": true, "こんにちは。": false, "少しずつ進む。": false, "言いづらい。": false, "ずらす。": false},
		"unbalanced_bracket": {
			"１）最初": false, "a) 最初": false, "（注": true, "注）": true, "x < 3": false, "it's": false, "'引用": true, "{あ": true, "「『あ』」": false, "5\" の画面": false, "(^_^)": false, ":)": false,
		},
		"kanji_numeral": {
			"二十回": true, "三つの箱": true, "第百二十章": true, "一回り": false, "三回忌": false, "十分": false, "一般": false, "数十回": false, "ただ一つ": false, "一枚岩": false,
		},
	} {
		for text, want := range texts {
			if got := findingsOf(t, grammarDocument(t, a, text), rule); len(got) > 0 != want {
				t.Errorf("%s finds %q in %s", rule, got, text)
			}
		}
	}
}

// TestRegisters holds the rule over registers to the parts of a text that have their own.
func TestRegisters(t *testing.T) {
	t.Parallel()
	a := grammarAnalyzer(t)
	for _, c := range []struct {
		text string
		in   japanese.Register
		want []string
	}{
		{text: "雨です。行きます。寒い。", want: []string{"寒い"}},
		{text: "雨だ。行く。寒いです。", want: []string{"です"}},
		{text: "雨が降ると思うので行きません。寒いから帰ります。", want: []string{}},
		{text: "父は「雨だ。行くな。今日は寒い。」と言いました。母は黙っていました。", want: []string{}},
		{text: "母は「雨です。寒い。」と言いました。", want: []string{"寒い"}},
		{text: "田中：雨です。\n鈴木：雨だ。\n田中：行きますか。\n鈴木：行く。", want: []string{}},
		{text: "田中：雨です。\n鈴木：雨だ。\n田中：行く。\n鈴木：行く。", want: []string{"行く"}},
		{text: "# 雨だ\n\n雨です。\n\n- 寒い。\n- 行く。", want: []string{}},
		{text: "雨。晴れ。早く食べて。行って。", want: []string{}},
		{text: "雨だ。寒い。", in: japanese.Polite, want: []string{"だ", "寒い"}},
		{text: "雨です。寒い。", in: japanese.Casual, want: []string{}},
		{text: "雨ですよね。行きましょうか。食べませんでした。高かったです。", in: japanese.Plain, want: []string{"です", "ましょう", "ませんでした", "です"}},
		{text: "行くだろうか。行かない。", in: japanese.Polite, want: []string{"だろう", "ない"}},
	} {
		d, err := japanese.NewDocument(context.Background(), c.text, japanese.Config{Analyzer: a, Register: c.in})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, findingsOf(t, d, "mixed_register")); diff != "" {
			t.Errorf("%s (-want +got): %s", c.text, strings.Join(strings.Fields(diff), " "))
		}
	}
}

// TestContractions holds い抜き to how formal the text should be.
func TestContractions(t *testing.T) {
	t.Parallel()
	a := grammarAnalyzer(t)
	for register, want := range map[japanese.Register][]string{
		"": {"low"}, japanese.Polite: {"medium"}, japanese.Plain: {"medium"}, japanese.Casual: {},
	} {
		d, err := japanese.NewDocument(context.Background(), "本を読んでます。", japanese.Config{Analyzer: a, Register: register})
		if err != nil {
			t.Fatal(err)
		}
		r, err := japanese.Check(t.Context(), d, japanese.GrammarRules())
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, f := range r.Findings {
			got = append(got, string(f.Severity))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got): %s", register, diff)
		}
	}
}
