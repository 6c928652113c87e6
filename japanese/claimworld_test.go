package japanese_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/shugo-data/shugo/japanese"
)

// worldWord is a word of which the truth is known.
type worldWord struct {
	item, reading, level string
	speech               string
	class                japanese.ConjugationClass
	meanings             []string
}

// world returns words whose readings, and the words of whose meanings, all differ.
func world() []worldWord {
	const godan, ichidan, suru, kuru, i, na = japanese.GodanVerb, japanese.IchidanVerb, japanese.SuruVerb, japanese.KuruVerb, japanese.IAdjective, japanese.NaAdjective
	return []worldWord{
		{"食べる", "たべる", "N5", "ichidan verb", ichidan, []string{"to eat"}},
		{"書く", "かく", "N5", "godan verb", godan, []string{"to write", "to draw"}},
		{"行く", "いく", "N5", "godan verb", godan, []string{"to go"}},
		{"泳ぐ", "およぐ", "N5", "godan verb", godan, []string{"to swim"}},
		{"死ぬ", "しぬ", "N4", "godan verb", godan, []string{"to die"}},
		{"遊ぶ", "あそぶ", "N5", "godan verb", godan, []string{"to play"}},
		{"待つ", "まつ", "N5", "godan verb", godan, []string{"to wait"}},
		{"話す", "はなす", "N5", "godan verb", godan, []string{"to speak", "to talk"}},
		{"帰る", "かえる", "N5", "godan verb", godan, []string{"to return home"}},
		{"見る", "みる", "N5", "ichidan verb", ichidan, []string{"to see", "to watch"}},
		{"起きる", "おきる", "N5", "ichidan verb", ichidan, []string{"to get up", "to wake"}},
		{"考える", "かんがえる", "N4", "ichidan verb", ichidan, []string{"to think", "to consider"}},
		{"勉強する", "べんきょうする", "N5", "suru verb", suru, []string{"to study"}},
		{"経験する", "けいけんする", "N3", "suru verb", suru, []string{"to experience"}},
		{"来る", "くる", "N5", "irregular verb", kuru, []string{"to come"}},
		{"高い", "たかい", "N5", "i-adjective", i, []string{"high", "expensive"}},
		{"新しい", "あたらしい", "N5", "i-adjective", i, []string{"new", "fresh"}},
		{"難しい", "むずかしい", "N5", "i-adjective", i, []string{"difficult", "hard"}},
		{"静か", "しずか", "N5", "na-adjective", na, []string{"quiet", "calm"}},
		{"便利", "べんり", "N5", "na-adjective", na, []string{"convenient", "handy"}},
		{"複雑", "ふくざつ", "N3", "na-adjective", na, []string{"complicated", "intricate"}},
		{"図書館", "としょかん", "N5", "noun", "", []string{"library"}},
		{"天気", "てんき", "N5", "noun", "", []string{"weather"}},
		{"経済", "けいざい", "N3", "noun", "", []string{"economy"}},
		{"環境", "かんきょう", "N2", "noun", "", []string{"environment", "surroundings"}},
		{"机", "つくえ", "N5", "noun", "", []string{"desk"}},
		{"約束", "やくそく", "N4", "noun", "", []string{"promise", "appointment"}},
		{"概念", "がいねん", "N1", "noun", "", []string{"concept", "notion"}},
	}
}

// knownOf returns all that a knowledge base can know of a word.
func (w worldWord) knownOf(complete bool) []japanese.Fact {
	f := func(kind japanese.FactKind, value, language string) japanese.Fact {
		return japanese.Fact{ID: w.item + "/" + string(kind) + "/" + value, Item: w.item, Kind: kind, Value: value, Language: language, Complete: complete}
	}
	facts := []japanese.Fact{f(japanese.ReadingFact, w.reading, ""), f(japanese.LevelFact, w.level, ""), f(japanese.PartOfSpeechFact, w.speech, "")}
	for _, m := range w.meanings {
		facts = append(facts, f(japanese.MeaningFact, m, "en"))
	}
	return facts
}

// right returns a claim that is true of a word, as a model might put it.
func (w worldWord) right(kind japanese.FactKind, dice *rand.Rand) japanese.Claim {
	c := japanese.Claim{Kind: kind, Item: w.item}
	switch kind {
	case japanese.ReadingFact:
		c.Value = pickText(dice, w.reading, w.reading, worldKatakana(w.reading))
	case japanese.LevelFact:
		c.Value = pickText(dice, w.level, "JLPT "+w.level, "Ｎ"+w.level[1:]+"レベル")
	case japanese.PartOfSpeechFact:
		c.Value = pickText(dice, w.speech, japaneseSpeech(w.speech))
	case japanese.MeaningFact:
		m := w.meanings[dice.IntN(len(w.meanings))]
		c.Value, c.Language = pickText(dice, m, "To "+m, "the "+m, m+" (something)"), "en"
	case japanese.ConjugationFact:
		all, _ := japanese.Conjugate(w.item, w.class)
		form := all[dice.IntN(len(all))]
		c.Form, c.Value = form.Form, form.Text
	}
	return c
}

// wrong returns a claim that is false of a word: what is true of another, or a form that is made as in another class.
func (w worldWord) wrong(kind japanese.FactKind, dice *rand.Rand) japanese.Claim {
	words := world()
	if kind == japanese.ConjugationFact {
		return w.misconjugated(dice)
	}
	for {
		other := words[dice.IntN(len(words))]
		c := other.right(kind, dice)
		c.Item = w.item
		switch {
		case kind == japanese.LevelFact && other.level == w.level:
		case kind == japanese.PartOfSpeechFact && (other.speech == w.speech || w.class == japanese.SuruVerb && (other.speech == "noun" || other.speech == "irregular verb")):
		case other.item == w.item:
		default:
			return c
		}
	}
}

// misconjugated returns a form that is not one of the word's.
func (w worldWord) misconjugated(dice *rand.Rand) japanese.Claim {
	for {
		c := w.right(japanese.ConjugationFact, dice)
		c.Value = pickText(dice, w.item+"た", w.item+"ない", w.item+"って", w.item[:len(w.item)-3]+"くて", w.item[:len(w.item)-3]+"した")
		all, _ := japanese.Conjugate(w.item, w.class)
		if !slices.ContainsFunc(all, func(f japanese.Conjugation) bool { return f.Text == c.Value }) {
			return c
		}
	}
}

// kinds returns the kinds of claims that there can be of a word.
func (w worldWord) kinds() []japanese.FactKind {
	kinds := []japanese.FactKind{japanese.ReadingFact, japanese.LevelFact, japanese.PartOfSpeechFact, japanese.MeaningFact}
	if w.class != "" {
		kinds = append(kinds, japanese.ConjugationFact)
	}
	return kinds
}

func pickText(dice *rand.Rand, texts ...string) string { return texts[dice.IntN(len(texts))] }

func worldKatakana(hiragana string) string {
	runes := []rune(hiragana)
	for i, r := range runes {
		if r >= 'ぁ' && r <= 'ゖ' {
			runes[i] = r + 'ァ' - 'ぁ'
		}
	}
	return string(runes)
}

func japaneseSpeech(name string) string {
	return map[string]string{
		"ichidan verb": "一段動詞", "godan verb": "五段動詞", "suru verb": "サ変動詞", "irregular verb": "不規則動詞", "i-adjective": "い形容詞",
		"na-adjective": "な形容詞", "noun": "名詞",
	}[name]
}

// labelled is a claim of which the verdict is known.
type labelled struct {
	claim japanese.Claim
	want  japanese.Verdict
}

// structured generates claims, a third of them seeded contradictions, of a knowledge base in which some kinds of some words are missing.
func structured(n int, dice *rand.Rand) (claims []labelled, kb []japanese.Fact) {
	words := world()
	missing := map[string]bool{}
	for _, w := range words {
		for _, kind := range []japanese.FactKind{japanese.ReadingFact, japanese.LevelFact, japanese.PartOfSpeechFact, japanese.MeaningFact} {
			missing[w.item+string(kind)] = dice.IntN(4) == 0
		}
		for _, f := range w.knownOf(true) {
			if !missing[w.item+string(f.Kind)] {
				kb = append(kb, f)
			}
		}
	}
	for range n {
		w := words[dice.IntN(len(words))]
		kind := w.kinds()[dice.IntN(len(w.kinds()))]
		for kind == japanese.ConjugationFact && missing[w.item+string(japanese.PartOfSpeechFact)] { // what the ending says of it is tested elsewhere
			w = words[dice.IntN(len(words))]
			kind = w.kinds()[dice.IntN(len(w.kinds()))]
		}
		l := labelled{w.right(kind, dice), japanese.VerdictSupported}
		if dice.IntN(3) == 0 {
			l = labelled{w.wrong(kind, dice), japanese.VerdictContradicted}
		}
		if missing[w.item+string(kind)] {
			l.want = japanese.VerdictUnknown
		}
		claims = append(claims, l)
	}
	return claims, kb
}

// story is an explanation of which it is known whether a claim of it is wrong.
type story struct {
	claims []japanese.Claim
	kb     []japanese.Fact
	right  bool
}

// tell generates an explanation of one to eight claims. The model that wrote it is one that seldom errs or one that often does; the knowledge
// base knows more or less of what is claimed, and one of its facts in two hundred is wrong.
func tell(dice *rand.Rand) story {
	words := world()
	s := story{right: true}
	errs, knows := 0.01, 0.2+0.8*dice.Float64()
	if dice.IntN(3) == 0 {
		errs = 0.3
	}
	for i := range 1 + dice.IntN(8) {
		w := words[dice.IntN(len(words))]
		kinds := w.kinds()[:4]
		kind := kinds[dice.IntN(len(kinds))]
		c := w.right(kind, dice)
		if dice.Float64() < errs {
			c, s.right = w.wrong(kind, dice), false
		}
		facts := w.knownOf(true)
		if dice.IntN(200) == 0 { // the base takes the word for another
			facts = words[dice.IntN(len(words))].knownOf(true)
		}
		c.Item = fmt.Sprint(w.item, i) // so that each claim has facts of its own
		for _, f := range facts {
			if f.Item = c.Item; f.Kind == kind && dice.Float64() < knows {
				s.kb = append(s.kb, f)
			}
		}
		s.claims = append(s.claims, c)
	}
	return s
}

// oracle is an Entailer that answers as told.
type oracle func([]japanese.EntailmentQuestion) ([]japanese.Entailment, error)

// Entail implements japanese.Entailer.
func (o oracle) Entail(_ context.Context, questions []japanese.EntailmentQuestion) ([]japanese.Entailment, error) {
	return o(questions)
}
