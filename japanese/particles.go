package japanese

import (
	"slices"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// ParticleConfig says which doubled particles are found.
type ParticleConfig struct {
	Strict     bool     // の, を, て and particles of lists too, and commas and brackets do not part
	Interval   int      // how near two of a kind may not be, in particles and marks between; 0: 1, next to each other
	Allow      []string // particles that may be doubled: "でも"
	Separators []string // what ends a sentence beside the usual marks: "♪"
	Commas     []string // what parts a sentence; nil: 、 ， and ,; empty: nothing does
}

// DoubledParticles finds the same particle twice in a sentence with no other particle between: 材料不足で代替素材で作る. Particles that
// follow each other count as one (には); the same form in another function (で of 助動詞, と of 接続助詞) is another one.
func DoubledParticles(config ParticleConfig) Rule {
	if config.Interval == 0 {
		config.Interval = 1
	}
	if config.Commas == nil {
		config.Commas = []string{"、", "，", ","}
	}
	return Rule{
		ID: "doubled_particle", Title: "助詞の重複", Dimension: quality.Validity, Severity: quality.Low, Needs: Words,
		Wrong: "材料不足で代替素材で製品を作った。", Right: "材料不足のため、代替素材で製品を作った。",
		Source: "textlint-rule-no-doubled-joshi; a hint of style",
		Check: func(d *Document) []Finding {
			var found []Finding
			for _, s := range d.Sentences {
				found = append(found, config.check(d, withoutEmphasis(d.TokensOf(s)))...)
			}
			return found
		},
	}
}

// withoutEmphasis drops the marks of emphasis of Markdown, which would part words.
func withoutEmphasis(words []Token) []Token {
	isMark := func(t Token) bool { return t.Surface == "*" || t.Surface == "_" }
	if !slices.ContainsFunc(words, isMark) {
		return words
	}
	return slices.DeleteFunc(slices.Clone(words), isMark)
}

// particleRun is one particle, or several that follow each other.
type particleRun struct {
	key   particleKey
	words []Token
	place int // number among particles and marks
}

// particleKey is what makes particles the same as others; the zero value stands for the end of a sentence.
type particleKey struct{ function, form string }

func (c ParticleConfig) check(d *Document, words []Token) []Finding {
	var found []Finding
	last := map[particleKey]particleRun{}
	for _, run := range c.runs(words) {
		if run.key == (particleKey{}) {
			clear(last)
			continue
		}
		before, seen := last[run.key]
		last[run.key] = run
		if seen && run.place-before.place <= c.Interval {
			found = append(found, remark(d, spanOf(run.words), .36, "the same particle is twice in a sentence, with no other between",
				wordEvidence(before.words[0], "the first one")))
		}
	}
	return found
}

// runs returns the particles of a sentence that count; one without a key ends a sentence.
func (c ParticleConfig) runs(words []Token) []particleRun {
	var runs []particleRun
	place := 0
	for i := 0; i < len(words); i++ {
		t := words[i]
		switch {
		case slices.Contains(c.Separators, t.Surface):
			runs = append(runs, particleRun{})
		case t.POS[0] == "助詞":
			end := endOfCompound(words, i)
			for end < len(words) && words[end].POS[0] == "助詞" && words[end].Span.Start == words[end-1].Span.End {
				end++
			}
			place++
			if c.counts(words, i, end) {
				runs = append(runs, particleRun{key: keyOfParticles(words, i, end), words: words[i:end], place: place})
			}
			i = end - 1
		case c.Strict:
		case slices.Contains(c.Commas, t.Surface), t.POS[1] == "括弧開", t.POS[1] == "括弧閉":
			place++
			for i+1 < len(words) && (words[i+1].POS[1] == "括弧開" || words[i+1].POS[1] == "括弧閉") {
				i++
			}
		}
	}
	return runs
}

// endOfCompound returns the place after a particle: に and と make one with some verbs (によって, について, として, という), as IPADIC has it.
func endOfCompound(words []Token, i int) int {
	verb := Token{}
	if i+1 < len(words) {
		verb = words[i+1]
	}
	bases := []string{"よる", "おく", "おける", "つく", "とる", "わたる", "あたる", "つれる", "対する", "関する", "際する", "於く", "因る"}
	if words[i].Surface == "と" {
		bases = []string{"いう", "する"}
	}
	if words[i].Surface != "に" && words[i].Surface != "と" || verb.POS[0] != "動詞" || !slices.Contains(bases, verb.Base) {
		return i + 1
	}
	linked := i+2 < len(words) && words[i+2].Surface == "て"
	switch {
	case verb.Base == "する" && (verb.Surface != "し" || !linked), verb.Base == "いう" && verb.Surface != "いう":
		return i + 1
	case linked:
		return i + 3
	case verb.Base == "とる", verb.Base == "つく", verb.Base == "おく": // 手に取る, 席に着く
		return i + 1
	}
	return i + 2
}

// keyOfParticles returns the key of particles from i to end.
func keyOfParticles(words []Token, i, end int) particleKey {
	key := particleKey{words[end-1].POS[1], spelled(words[i:end])}
	if isConditionalTo(words, i) {
		key.function = "接続助詞"
	}
	return key
}

// isConditionalTo says whether と at i joins clauses: 入力すると、. UniDic takes it for と of quotation at times.
func isConditionalTo(words []Token, i int) bool {
	return words[i].Surface == "と" && i > 0 && i+1 < len(words) && words[i+1].isComma() &&
		words[i-1].POS[0] == "動詞" && words[i-1].ConjugationForm == "終止形-一般"
}

// counts says whether particles from i to end should not be there twice.
func (c ParticleConfig) counts(words []Token, i, end int) bool {
	if end-i > 1 {
		return !slices.Contains(c.Allow, spelled(words[i:end]))
	}
	t := words[i]
	if slices.Contains(c.Allow, t.Surface) || i == 0 {
		return false
	}
	if c.Strict {
		return true
	}
	switch {
	case t.POS[1] == "終助詞", t.POS[1] == "準体助詞":
		return false
	case t.Surface == "の", t.Surface == "を", t.Surface == "て", t.POS[1] == "接続助詞" && t.Surface == "で":
		return false
	case slices.Contains([]string{"や", "やら", "たり", "だり", "だの", "なり", "とか", "か", "も", "ば", "など", "ながら"}, t.Surface):
		return false
	case t.Surface == "は" && words[i-1].ConjugationType == "助動詞-ダ": // ではない
		return false
	case t.Surface == "と":
		return t.POS[1] != "格助詞" || !listsNouns(words, i)
	}
	return true
}

// listsNouns says whether と at i stands between nouns: AとB.
func listsNouns(words []Token, i int) bool {
	nominal := func(t Token) bool {
		return t.POS[0] == "名詞" || t.POS[0] == "代名詞" || t.POS[0] == "記号" || t.POS[0] == "接尾辞" || t.POS[0] == "接頭辞" || !t.Known
	}
	return i > 0 && i+1 < len(words) && nominal(words[i-1]) && nominal(words[i+1])
}

// spelled puts words together as they are written.
func spelled(words []Token) string {
	if len(words) == 1 {
		return words[0].Surface
	}
	var text strings.Builder
	for _, t := range words {
		text.WriteString(t.Surface)
	}
	return text.String()
}

// chainRules are the rules over small words that are repeated.
func chainRules() []Rule {
	return []Rule{
		{
			ID: "successive_no", Title: "「の」の連続", Dimension: quality.Validity, Severity: quality.Low, Needs: Words,
			Wrong: "東京の会社の部長の机の上にある。", Right: "東京の会社にある部長の机にある。",
			Source: "本多勝一 日本語の作文技術 (1976); textlint-rule-ja-no-successive-word", Check: checkSuccessiveNo,
		}, {
			ID: "doubled_ga", Title: "逆接の「が」の重複", Dimension: quality.Validity, Severity: quality.Low, Needs: Words,
			Wrong: "行きたいが、金がないが、時間はある。", Right: "行きたいが、金がない。しかし、時間はある。",
			Source: "textlint-rule-no-doubled-conjunctive-particle-ga", Check: checkDoubledGa,
		}, {
			ID: "doubled_conjunction", Title: "接続詞の重複", Dimension: quality.Validity, Severity: quality.Low, Needs: Words,
			Wrong: "しかし、雨だ。しかし、行く。", Right: "しかし、雨だ。それでも、行く。",
			Source: "textlint-rule-no-doubled-conjunction", Check: checkDoubledConjunction,
		}, {
			ID: "successive_word", Title: "同じ語の連続", Dimension: quality.Validity, Severity: quality.Medium, Needs: Words,
			Wrong: "本をを読む。", Right: "本を読む。人々が休み休み歩く。",
			Source: "textlint-rule-ja-no-successive-word", Check: checkSuccessiveWord,
		},
	}
}

func checkSuccessiveNo(d *Document) []Finding {
	var found []Finding
	for _, s := range d.Sentences {
		words := d.TokensOf(s)
		count, last := 0, 0
		for i, t := range words {
			switch {
			case t.Surface == "の" && t.POS[1] == "格助詞":
				if count > 0 && i-last > 4 {
					count = 0
				}
				if count++; count == 3 {
					found = append(found, remark(d, t.Span, .75, "three の in a row", wordEvidence(t, "the third")))
				}
				last = i
			case t.POS[0] == "助詞", t.POS[0] == "補助記号", t.POS[0] == "動詞":
				count = 0
			}
		}
	}
	return found
}

func checkDoubledGa(d *Document) []Finding {
	var found []Finding
	for _, s := range d.Sentences {
		seen := false
		for _, t := range d.TokensOf(s) {
			if t.Surface != "が" || t.POS[1] != "接続助詞" {
				continue
			}
			if seen {
				found = append(found, remark(d, t.Span, .8, "が joins clauses twice in a sentence", wordEvidence(t, "接続助詞")))
			}
			seen = true
		}
	}
	return found
}

func checkDoubledConjunction(d *Document) []Finding {
	var found []Finding
	last := ""
	for _, s := range d.Sentences {
		words := d.TokensOf(s)
		if len(words) == 0 {
			continue
		}
		first := words[0]
		if first.POS[0] != "接続詞" {
			last = ""
			continue
		}
		if first.Lemma == last {
			found = append(found, remark(d, first.Span, .67, "two sentences in a row begin with the same conjunction", wordEvidence(first, "接続詞")))
		}
		last = first.Lemma
	}
	return found
}

func checkSuccessiveWord(d *Document) []Finding {
	var found []Finding
	for i := 1; i < len(d.Tokens); i++ {
		a, b := d.Tokens[i-1], d.Tokens[i]
		if a.Surface != b.Surface || a.Span.End != b.Span.Start || b.POS[0] != "助詞" || a.POS[0] != "助詞" || a.POS[1] != b.POS[1] {
			continue
		}
		if !slices.Contains([]string{"を", "が", "に", "で", "は", "へ", "と", "も"}, b.Surface) {
			continue
		}
		found = append(found, remark(d, b.Span, .67, "the same particle follows itself", wordEvidence(b, "once too often")).mending(b.Span, "", false))
	}
	return found
}
