package japanese

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/shugo-data/shugo/quality"
)

// KanjiLimit says which kanji a text may have. The zero value allows the joyo kanji.
type KanjiLimit struct {
	Grade    int    // only those of the school years up to this one, 1 to 6; 0: all joyo kanji
	Jinmeiyo bool   // those for names too
	Extra    string // and these: names, terms
}

// Allows says whether a text may have a character. What is no kanji is allowed.
func (l KanjiLimit) Allows(r rune) bool {
	found := kanjiTraits(r)
	if !isKanji(r) || found&l.allowed() != 0 {
		return true
	}
	return strings.ContainsRune(l.Extra, r) || l.Grade == 0 && strings.ContainsRune(permittedForms, r)
}

// permittedForms are the forms that 常用漢字表 permits beside 𠮟, 塡, 剝 and 頰, which older systems lack.
const permittedForms = "叱填剥頬"

func (l KanjiLimit) allowed() traits {
	allowed := secondary | 63*schoolYear
	if l.Grade > 0 {
		allowed = (1<<min(l.Grade, 6) - 1) * schoolYear
	}
	if l.Jinmeiyo {
		allowed |= nameKanji
	}
	return allowed
}

func isKanji(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r < 0x4DC0 || r >= 0xF900 && r < 0xFB00 || r >= 0x20000 && r < 0x32400
}

// CharacterRules returns the rules on which characters a text has: none of another language, no old forms, no kanji beyond a limit, no
// radicals for kanji, none that only looks like the right one.
func CharacterRules(limit KanjiLimit) []Rule {
	return []Rule{simplifiedRule(), radicalRule(), lookAlikeRule(), oldFormRule(), standardRule(), limitRule(limit)}
}

// standardFix returns the fix that puts a kanji's standard form in its place; nil when there is none.
func standardFix(d *Document, s Span, changes bool) *Fix {
	r, _ := utf8.DecodeRuneInString(d.Text[s.Start:])
	standard := KanjiOf(r).Standard
	if standard == 0 {
		return nil
	}
	return &Fix{At: s, With: string(standard), Changes: changes}
}

func simplifiedRule() Rule {
	return characterRule(Rule{
		ID: "simplified_chinese", Title: "簡体字", Dimension: quality.Validity, Severity: quality.High,
		Wrong: "审问官に会う。", Right: "審問官に会う。国と区は共通。",
		Source: "Unicode Standard Annex #38: kTraditionalVariant of characters that are neither in JIS X 0208 nor in JIS X 0213",
	}, simplifiedKanji, func(d *Document) []Finding {
		var found []Finding
		for _, s := range d.charactersWith(simplifiedKanji) {
			found = append(found, d.characterFinding(s, "a character of simplified Chinese that Japanese does not have", 1, standardFix(d, s, false)))
		}
		return found
	})
}

func radicalRule() Rule {
	return characterRule(Rule{
		ID: "radical_for_kanji", Title: "漢字の代わりの部首", Dimension: quality.Validity, Severity: quality.High,
		Wrong: "\u2F08と\u2F2D", Right: "人と山", Source: "Unicode Standard 15.0, section 18.1; EquivalentUnifiedIdeograph.txt",
	}, radicalKanji, func(d *Document) []Finding {
		var found []Finding
		for _, s := range d.charactersWith(radicalKanji) {
			found = append(found, d.characterFinding(s, "a radical of dictionaries, which no search finds as the kanji", 1, standardFix(d, s, false)))
		}
		return found
	})
}

// lookAlikeConfidence is the share of findings that were right in sentences in which one character was exchanged: TestLookAlikeRates.
const lookAlikeConfidence = .98

func lookAlikeRule() Rule {
	return characterRule(Rule{
		ID: "look_alike", Title: "形の似た文字", Dimension: quality.Accuracy, Severity: quality.Medium,
		Wrong: "卜マ卜とコ一ヒーを東京ヘ送る。", Right: "トマトとコーヒーを東京へ送る。",
		Source: "pairs: ニ二 ロ口 カ力 タ夕 エ工 ト卜 ハ八 ー一 へヘ べベ ぺペ; Unicode Technical Standard #39",
	}, lookAlike, func(d *Document) []Finding {
		likely, stable := likeliest(d.Text)
		var found []Finding
		for i, r := range d.Text {
			with, _ := utf8.DecodeRuneInString(likely[i:])
			if with == r || r == utf8.RuneError {
				continue
			}
			s := Span{i, i + utf8.RuneLen(r)}
			var fix *Fix
			if stable {
				fix = &Fix{At: s, With: string(with), Changes: true}
			}
			found = append(found, d.characterFinding(s, fmt.Sprintf("%U among these characters is likely %U, which looks like it", r, with), lookAlikeConfidence, fix))
		}
		return found
	})
}

func oldFormRule() Rule {
	return characterRule(Rule{
		ID: "old_form", Title: "旧字体・異体字", Dimension: quality.Consistency, Severity: quality.Low,
		Wrong: "國語を學ぶ。", Right: "国語を学ぶ。", Source: "常用漢字表, cabinet notice 2 of 2010: 康熙字典体; 人名用漢字別表",
	}, oldKanji, func(d *Document) []Finding {
		var found []Finding
		for _, s := range d.charactersWith(oldKanji) {
			found = append(found, d.characterFinding(s, "an old form: right in a name or a quotation", 1, standardFix(d, s, true)))
		}
		return found
	})
}

func standardRule() Rule {
	return characterRule(Rule{
		ID: "kanji_outside_jis", Title: "JIS規格外の漢字", Dimension: quality.Validity, Severity: quality.Low,
		Wrong: "㐀という字", Right: "鷗という字", Source: "JIS X 0208:1997, JIS X 0213:2004",
	}, offJIS, func(d *Document) []Finding {
		var found []Finding
		for _, s := range d.charactersWith(offJIS) {
			if d.In(s) != "仝" { // JIS X 0208 has it among the signs
				found = append(found, d.characterFinding(s, "a kanji that no Japanese standard has", 1, nil))
			}
		}
		return found
	})
}

func limitRule(limit KanjiLimit) Rule {
	return characterRule(Rule{
		ID: "kanji_outside_limit", Title: "範囲外の漢字", Dimension: quality.Validity, Severity: quality.Low,
		Wrong: "躊躇する。", Right: "一日で見る。", Source: "常用漢字表, 2010; 人名用漢字別表, 2017; 学年別漢字配当表, 2017",
	}, allKanji&^limit.allowed(), func(d *Document) []Finding {
		var found []Finding
		for _, s := range d.charactersWith(allKanji &^ limit.allowed()) {
			if r, _ := utf8.DecodeRuneInString(d.Text[s.Start:]); !limit.Allows(r) {
				found = append(found, d.characterFinding(s, "a kanji beyond the limit: write it in kana, or add its reading", 1, nil))
			}
		}
		return found
	})
}
