package japanese

import (
	"strings"
	"unicode/utf8"

	"github.com/shugo-data/shugo/quality"
)

// LengthConfig says how long what may be; a field that is 0 has the value in brackets.
type LengthConfig struct {
	Sentence int // characters of a sentence (100)
	Commas   int // 、 in a sentence (3)
	Kanji    int // kanji in a row (6)
}

// LengthRules find sentences that are long, have many commas, or many kanji in a row.
func LengthRules(config LengthConfig) []Rule {
	most := func(n, otherwise int) int {
		if n > 0 {
			return n
		}
		return otherwise
	}
	sentence, commas, kanji := most(config.Sentence, 100), most(config.Commas, 3), most(config.Kanji, 6)
	return []Rule{
		{
			ID: "long_sentence", Title: "長い文", Dimension: quality.Validity, Severity: quality.Low,
			Wrong: strings.Repeat("とても", 40) + "長い。", Right: "短い。",
			Source: "textlint-rule-sentence-length (100 characters)", Check: func(d *Document) []Finding { return longSentences(d, sentence) },
		}, {
			ID: "many_commas", Title: "読点の多い文", Dimension: quality.Validity, Severity: quality.Low,
			Wrong: "朝、駅で、友達と、二人で、話した。", Right: "朝、駅で友達と二人で話した。",
			Source: "textlint-rule-max-ten (3)", Check: func(d *Document) []Finding { return manyCommas(d, commas) },
		}, {
			ID: "kanji_run", Title: "漢字の連続", Dimension: quality.Validity, Severity: quality.Low,
			Wrong: "全国大学入試問題集を買う。", Right: "全国の大学の入試問題集を買う。",
			Source: "textlint-rule-max-kanji-continuous-len (6)", Check: func(d *Document) []Finding { return kanjiRuns(d, kanji) },
		},
	}
}

func longSentences(d *Document, most int) []Finding {
	var found []Finding
	for _, s := range d.Sentences {
		if utf8.RuneCountInString(d.In(s.Span)) > most {
			found = append(found, remark(d, s.Span, 1, "the sentence is long"))
		}
	}
	return found
}

func manyCommas(d *Document, most int) []Finding {
	var found []Finding
	for _, s := range d.Sentences {
		count := 0
		for g := range glyphs(d.In(s.Span)) {
			if g.is != '、' && g.is != '，' || isNominalComma(g) {
				continue
			}
			if count++; count == most+1 {
				at := Span{s.Span.Start + g.Start, s.Span.Start + g.End}
				found = append(found, remark(d, at, 1, "the sentence has many commas"))
			}
		}
	}
	return found
}

// isNominalComma says whether a comma stands between quotations: 「あ」、「い」 lists them.
func isNominalComma(g glyph) bool { return g.before == '」' && g.after == '「' }

func kanjiRuns(d *Document, most int) []Finding {
	var found []Finding
	start, count := 0, 0
	for g := range glyphs(d.Text) {
		if isKanjiRune(g.is) {
			if count == 0 {
				start = g.Start
			}
			count++
			if isKanjiRune(g.after) {
				continue
			}
		}
		if count > most {
			found = append(found, remark(d, Span{start, g.End}, 1, "many kanji in a row"))
		}
		count = 0
	}
	return found
}

// rhythmRules are the rules over how sentences end.
func rhythmRules() []Rule {
	return []Rule{
		{
			ID: "same_ending", Title: "同じ文末の連続", Dimension: quality.Validity, Severity: quality.Low, Needs: Words,
			Wrong: "雨が降りました。家に帰りました。本を読みました。", Right: "雨が降りました。家に帰って、本を読みました。",
			Source: "本多勝一 日本語の作文技術 (1976)", Check: checkSameEnding,
		}, {
			ID: "exclamation", Title: "感嘆符", Dimension: quality.Validity, Severity: quality.Low,
			Wrong: "始めます！", Right: "始めます。", Source: "textlint-rule-no-exclamation-question-mark; none where the host says casual",
			Check: checkExclamation,
		}, {
			ID: "missing_wo", Title: "「を」の省略", Dimension: quality.Validity, Severity: quality.Low, Needs: Words,
			Wrong: "私は手紙書きます。", Right: "私は手紙を書きます。", Source: "normal in speech: none where the host says casual", Check: checkMissingWo,
		},
	}
}

func checkSameEnding(d *Document) []Finding {
	var found []Finding
	last, count := "", 0
	for _, s := range d.Sentences {
		words := trimmedEnd(d.TokensOf(s))
		if len(words) < 2 || s.Quoted > 0 {
			continue
		}
		ending := spelled(words[len(words)-2:])
		if ending != last {
			last, count = ending, 0
		}
		if count++; count == 3 {
			end := words[len(words)-2:]
			found = append(found, remark(d, spanOf(end), 1, "three sentences in a row end in the same words", wordEvidence(end[0], "the third")))
		}
	}
	return found
}

// trimmedEnd returns the words of a sentence without the marks at its end.
func trimmedEnd(words []Token) []Token {
	for len(words) > 0 && (words[len(words)-1].POS[0] == "補助記号" || words[len(words)-1].POS[0] == "空白") {
		words = words[:len(words)-1]
	}
	return words
}

func checkExclamation(d *Document) []Finding {
	if d.Register == Casual {
		return nil
	}
	var found []Finding
	for g := range glyphs(withoutMarkup(d.Text, codeMarkup|linkMarkup|imageMarkup)) {
		if g.is == '！' || g.is == '!' && (isJapanese(g.before) || g.before == '」') {
			found = append(found, remark(d, g.Span, 1, "an exclamation mark in formal text"))
		}
	}
	return found
}

func checkMissingWo(d *Document) []Finding {
	if d.Register == Casual {
		return nil
	}
	var found []Finding
	objects := map[string][]string{
		"食べる": {"御飯", "朝御飯", "昼御飯", "晩御飯", "飯", "パン", "肉", "魚", "昼食", "朝食", "夕食", "野菜", "果物"}, "飲む": {"水", "茶", "御茶", "酒", "御酒", "コーヒー", "ビール", "薬", "牛乳"},
		"読む": {"本", "新聞", "雑誌", "漫画"}, "書く": {"手紙", "漢字", "日記", "作文"}, "聞く": {"音楽", "ラジオ"}, "聴く": {"音楽", "ラジオ"}, "見る": {"映画", "テレビ"},
	}
	for i := 1; i < len(d.Tokens); i++ {
		noun, verb := d.Tokens[i-1], d.Tokens[i]
		if verb.POS[0] != "動詞" || noun.POS[0] != "名詞" || noun.Span.End != verb.Span.Start {
			continue
		}
		name, _, _ := strings.Cut(noun.Lemma, "-")
		for _, object := range objects[verb.Lemma] {
			if name == object {
				at := Span{verb.Span.Start, verb.Span.Start}
				f := remark(d, Span{noun.Span.Start, verb.Span.End}, .67, "を is left out", wordEvidence(noun, "object"), wordEvidence(verb, "transitive verb"))
				found = append(found, f.mending(at, "を", false))
			}
		}
	}
	return found
}
