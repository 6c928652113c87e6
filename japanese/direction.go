package japanese

import (
	"slices"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// Roles says who the persons of a text are, so that it can be checked who is honoured: the acts of one's own side (ウチ) are told in humble
// words, those of others (ソト) in respectful ones.
type Roles struct {
	Speaker   Role   // always of the speaker's side; 私, わたくし, 弊社 and the like need not be named
	Addressee Role   // who is spoken to; 御社, 貴社 and the like need not be named
	Referents []Role // who is spoken of
}

// Role is a person, or persons.
type Role struct {
	Names []string // as the text calls them, with or without さん, 様 or a title after it: 田中, 部長, お客様
	Own   bool     // of the speaker's side: the speaker's colleagues before a customer, the speaker's family before others
}

// given says whether any role is given.
func (r Roles) given() bool {
	return len(r.Speaker.Names)+len(r.Addressee.Names)+len(r.Referents) > 0
}

// DirectionRule finds humble words for acts of those who are to be honoured, and respectful words for acts of the speaker's own side. It looks
// at what follows a name with が, は or も in the same clause: subjects that are not said are not guessed. Without roles the rule is skipped.
//
// After は, which may mark what an act is done to, only verbs count that leave no doubt (参る, 申す, 伺う, 拝見する for others), and findings
// are of medium severity.
func DirectionRule(roles Roles) Rule {
	rule := Rule{
		ID: "honorific_direction", Title: "敬語の向き", Dimension: quality.Validity, Severity: quality.High, Needs: Persons,
		Source: keigoGuidelines + ", 第二章: 尊敬語, 謙譲語I, 謙譲語II; ウチとソト",
		Wrong:  "私がいらっしゃいます。", Right: "私が参ります。",
		Check: func(*Document) []Finding { return nil },
	}
	if !roles.given() {
		return rule
	}
	names := roles.names()
	rule.Needs = Words
	rule.Check = func(d *Document) []Finding {
		return d.eachSentence(func(d *Document, tokens []Token) []Finding { return misdirected(d, tokens, names) })
	}
	return rule
}

// roleName is a name, and on whose side it is.
type roleName struct {
	name string
	own  bool
}

// names returns all names, the longest first.
func (r Roles) names() []roleName {
	var names []roleName
	add := func(own bool, list ...string) {
		for _, n := range list {
			if n != "" {
				names = append(names, roleName{n, own})
			}
		}
	}
	add(true, r.Speaker.Names...)
	add(true, "私", "わたし", "わたくし", "僕", "俺", "弊社", "当社", "小社", "弊行", "当方")
	add(r.Addressee.Own, r.Addressee.Names...)
	add(false, "御社", "貴社", "貴殿", "貴校", "貴方様")
	for _, p := range r.Referents {
		add(p.Own, p.Names...)
	}
	slices.SortStableFunc(names, func(a, b roleName) int { return len(b.name) - len(a.name) })
	return names
}

// misdirected is the check of DirectionRule for the words of a sentence.
func misdirected(d *Document, tokens []Token, names []roleName) []Finding {
	var found []Finding
	for i := range tokens {
		name, end := namedAt(tokens, i, names)
		if end == 0 || !subjectMark(tokens[end]) {
			continue
		}
		from, to, why := wrongAct(tokens, end, name.own)
		if why == "" {
			continue
		}
		f := Finding{At: d.Position(wordSpan(tokens, from, to)), Text: why, Evidence: honorificEvidence(tokens, i, end-1, "who acts")}
		if tokens[end].Surface != "が" {
			f.Severity = quality.Medium
		}
		f.Evidence = append(f.Evidence, honorificEvidence(tokens, from, to, "what is done")...)
		found = append(found, f)
	}
	return found
}

// namedAt returns the name that begins at a word, and the place of the word after it and its titles; 0 when there is none, or nothing after it.
func namedAt(tokens []Token, i int, names []roleName) (roleName, int) {
	if i > 0 && honorificPrefix(tokens[i-1]) && !strings.HasPrefix(tokens[i].Surface, "お") {
		i-- // お客様 is two or three words
	}
	for _, n := range names {
		rest, at := n.name, i
		for at < len(tokens) && rest != "" && strings.HasPrefix(rest, tokens[at].Surface) {
			rest = rest[len(tokens[at].Surface):]
			at++
		}
		if rest != "" {
			continue
		}
		for at < len(tokens) && titleAfterName(tokens[at]) {
			at++
		}
		if at < len(tokens) {
			return n, at
		}
	}
	return roleName{}, 0
}

// titleAfterName says whether a word after a name is a title of it.
func titleAfterName(t Token) bool {
	return t.POS[0] == "接尾辞" || slices.Contains([]string{"先生", "部長", "課長", "社長", "係長", "会長", "専務", "常務", "教授", "店長", "達", "方", "共"}, t.Lemma)
}

// subjectMark says whether a word is が, は or も after the one who acts.
func subjectMark(t Token) bool {
	return t.POS[0] == "助詞" && (t.Surface == "が" && t.POS[1] == "格助詞" || t.Surface == "は" || t.Surface == "も")
}

// wrongAct returns the first act after the mark of a subject that is told in words of the wrong direction.
func wrongAct(tokens []Token, mark int, own bool) (from, to int, why string) {
	sure := tokens[mark].Surface == "が"
	for i := mark + 1; i < len(tokens); i++ {
		if subjectMark(tokens[i]) && tokens[i].Surface != "も" || clauseEnd(tokens[i]) {
			return 0, 0, ""
		}
		if tokens[i].POS[0] != "動詞" {
			continue
		}
		if begin, ok := respectfulAct(tokens, i); own && ok && !describesNoun(tokens, i) {
			return begin, i, "respectful words for what the speaker's own side does"
		}
		if begin, ok := lowersActor(tokens, i, sure); !own && ok && !describesNoun(tokens, i) {
			return begin, i, "humble words for what somebody does who is to be honoured"
		}
	}
	return 0, 0, ""
}

// clauseEnd says whether a word ends the clause of a subject: a quotation, a conjunction other than て and ながら.
func clauseEnd(t Token) bool {
	return t.Surface == "「" || t.Surface == "『" || t.POS[0] == "助詞" && t.POS[1] == "接続助詞" && t.Lemma != "て" && t.Lemma != "ながら"
}

// describesNoun says whether the act of a verb describes a noun, which makes it the act of somebody else: おっしゃったことを.
func describesNoun(tokens []Token, i int) bool {
	for i++; i < len(tokens) && (tokens[i].POS[0] == "助動詞" || tokens[i].Surface == "て" || tokens[i].POS[0] == "動詞"); i++ {
	}
	return i < len(tokens) && (tokens[i].POS[0] == "名詞" || tokens[i].POS[0] == "代名詞" || tokens[i].POS[1] == "準体助詞")
}

// respectfulAct returns where a respectful act begins whose verb is at a place.
func respectfulAct(tokens []Token, i int) (int, bool) {
	t := tokens[i]
	if respectfulVerb(t) && t.Lemma != "下さる" && !isNasai(tokens, i) && !conjugatedIn(t, "命令形") {
		return i, true
	}
	if t.Lemma == "成る" && surfaceAt(tokens, i-1, "に") {
		return honorificStem(tokens, i-1)
	}
	return 0, false
}

// lowersActor returns where a humble act begins whose verb is at a place. Auxiliaries (増えて参りました) and requests lower nobody; お~する is
// the act of the one before が, but not always of the one before は.
func lowersActor(tokens []Token, i int, sure bool) (int, bool) {
	t, after := tokens[i], i > 0 && tokens[i-1].POS[0] == "助詞" && tokens[i-1].Surface == "て"
	switch {
	case after:
		return 0, false
	case surfaceAt(tokens, i+1, "て") && verbLemmaAt(tokens, i+2, "下さる", "頂く"), i+1 < len(tokens) && (isSaseru(tokens[i+1]) || isRareru(tokens[i+1])):
		return 0, false
	case verbLemmaAt(tokens, i, "参る", "申す", "伺う", "存ずる", "存じ上げる", "承る", "申し上げる") && actStem(tokens[i-1]) && i >= 2 && honorificPrefix(tokens[i-2]):
		return i - 2, sure // ご案内申し上げる
	case verbLemmaAt(tokens, i, "参る", "申す", "伺う", "存ずる", "存じ上げる", "承る"), verbLemmaAt(tokens, i, "申し上げる", "差し上げる") && sure:
		return i, true
	case t.Lemma == "頂く":
		return i, surfaceAt(tokens, i-1, "を") && sure
	case t.Lemma == "為る" || t.Lemma == "致す":
		if humbleNoun(tokens[i-1]) {
			return i - 1, true
		}
		if from, ok := honorificStem(tokens, i); ok && !beautified(tokens[i-1]) {
			return from, sure
		}
		return i, sure && t.Lemma == "致す"
	}
	return 0, false
}
