package data

import "time"

// Kanji is one character. Its readings are nodes of their own in the graph, reached by READ_AS.
type Kanji struct {
	// ID is "kanji:" and the character.
	ID string `json:"id"`
	// Character is the character itself, one rune.
	Character string `json:"character"`
	// On holds the readings that came from Chinese, in katakana. It is empty for a few characters.
	On []string `json:"on"`
	// Kun holds the Japanese readings in hiragana, with a dot before the okurigana, as in た.べる. It may be empty.
	Kun []string `json:"kun"`
	// Meanings are English glosses, the most usual first.
	Meanings []string `json:"meanings"`
	// Grade is the school year, 1 to 6, in which children learn the character.
	Grade int `json:"grade"`
	// Strokes is the number of strokes of the pen.
	Strokes int `json:"strokes"`
	// Level is the customary level.
	Level Level `json:"level"`
}

// Word is one word of the vocabulary.
type Word struct {
	// ID is "word:" and the written form.
	ID string `json:"id"`
	// Written is the form in which the word is usually written.
	Written string `json:"written"`
	// Reading is the word in kana.
	Reading string `json:"reading"`
	// Meaning is an English gloss.
	Meaning string `json:"meaning"`
	// PartOfSpeech is the word class in English, with the class of conjugation for verbs.
	PartOfSpeech string `json:"part_of_speech"`
	// Level is the customary level.
	Level Level `json:"level"`
	// Kanji are the ids of the characters that the word is written with (WRITTEN_WITH), in order, each once. A character
	// that is not in the graph is left out; a word in kana has none.
	Kanji []string `json:"kanji"`
}

// GrammarPoint is a pattern with what it means.
type GrammarPoint struct {
	// ID is "grammar:" and a short name in Latin letters.
	ID string `json:"id"`
	// Pattern is the form, with N for a noun and V for a verb.
	Pattern string `json:"pattern"`
	// Meaning says in English what the pattern does.
	Meaning string `json:"meaning"`
	// Level is the customary level.
	Level Level `json:"level"`
	// Example is a sentence that uses the pattern.
	Example Example `json:"example"`
}

// Example is a Japanese sentence with its translation.
type Example struct {
	// JA is the sentence in Japanese.
	JA string `json:"ja"`
	// EN is its English translation.
	EN string `json:"en"`
}

// Lesson is a unit of the course.
type Lesson struct {
	// ID is "lesson:" and a number of two digits.
	ID string `json:"id"`
	// Title says in English what the lesson is about.
	Title string `json:"title"`
	// Level is the level of the lesson.
	Level Level `json:"level"`
	// Requires are the ids of lessons to take before (REQUIRES). All stand earlier in the set.
	Requires []string `json:"requires"`
	// Teaches are the ids of kanji, words and grammar points in the order of teaching (TEACHES), each once.
	Teaches []string `json:"teaches"`
}

// Explanation is a text about an item that a language model wrote.
type Explanation struct {
	// ID is "explanation:" and a number of two digits.
	ID string `json:"id"`
	// Explains is the id of a kanji, a word or a grammar point (EXPLAINS).
	Explains string `json:"explains"`
	// Language is the language of the text, en or ja.
	Language string `json:"language"`
	// Level is the level of the readers whom the text is for.
	Level Level `json:"level"`
	// Model names the model that wrote the text. The models are made up.
	Model string `json:"model"`
	// GeneratedAt is when the model wrote the text.
	GeneratedAt time.Time `json:"generated_at"`
	// Text is the explanation.
	Text string `json:"text"`
}
