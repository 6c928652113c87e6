package data

import (
	"slices"
	"strings"
)

// checkGraph reports what is wrong with the graph and returns the ids of the items that can be taught.
func checkGraph(r *report, s Set) names {
	items := names{}
	checkKanji(r, s.Kanji, items)
	checkWords(r, s.Words, items)
	checkGrammar(r, s.Grammar, items)
	checkLessons(r, s.Lessons, items)
	checkExplanations(r, s.Explanations, items)
	return items
}

func checkKanji(r *report, kanji []Kanji, items names) {
	atLeast(r, "kanji", len(kanji), minKanji)
	for i, k := range kanji {
		p := at("kanji", i)
		items.add(r, p, prefixKanji, k.ID)
		r.level(p, k.Level)
		if !character(k.Character) {
			r.addf(p+".character", "is not one ideograph")
		}
		if k.ID != prefixKanji+k.Character {
			r.addf(p+".id", "does not name the character")
		}
		if len(k.On)+len(k.Kun) == 0 {
			r.addf(p, "has no reading")
		}
		each(r, p+".on", k.On, katakana, "is not katakana")
		each(r, p+".kun", k.Kun, kun, "is not hiragana with at most one dot inside")
		each(r, p+".meanings", k.Meanings, filled, "is empty")
		if len(k.Meanings) == 0 {
			r.addf(p+".meanings", "is empty")
		}
		if k.Grade < 1 || k.Grade > maxGrade {
			r.addf(p+".grade", "is not a grade from 1 to %d", maxGrade)
		}
		if k.Strokes < 1 || k.Strokes > maxStrokes {
			r.addf(p+".strokes", "is not a number from 1 to %d", maxStrokes)
		}
	}
}

func filled(s string) bool { return strings.TrimSpace(s) != "" }

// each reports the values of a list that are not good or come twice.
func each(r *report, path string, list []string, good func(string) bool, fault string) {
	for i, v := range list {
		if !good(v) {
			r.addf(at(path, i), "%s", fault)
		}
		if slices.Contains(list[:i], v) {
			r.addf(at(path, i), "is there twice")
		}
	}
}

func checkWords(r *report, words []Word, items names) {
	atLeast(r, "words", len(words), minWords)
	for i, w := range words {
		p := at("words", i)
		items.add(r, p, prefixWord, w.ID)
		r.level(p, w.Level)
		r.text(p, "written", w.Written)
		r.text(p, "meaning", w.Meaning)
		r.text(p, "part_of_speech", w.PartOfSpeech)
		if w.ID != prefixWord+w.Written {
			r.addf(p+".id", "does not name the written form")
		}
		if !kana(w.Reading) {
			r.addf(p+".reading", "is not kana")
		}
		if want := writtenWith(w.Written, items); !slices.Equal(w.Kanji, want) {
			r.addf(p+".kanji", "is not the list of the word's kanji in the graph, %q", want)
		}
	}
}

// writtenWith returns the kanji of the graph in a word, in order and each once.
func writtenWith(word string, items names) []string {
	list := []string{}
	for _, c := range word {
		id := prefixKanji + string(c)
		if items[id] && !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}
