// Package data holds the made-up data set of the tutor examples: learners and their talks with the tutor, which belong in
// PostgreSQL, and the knowledge graph of kanji, words, grammar points, lessons and explanations, which belongs in Neo4j.
//
// The two JSON files are part of the program. [Load] decodes them strictly and checks them as a whole, so that the rest of
// the example need not ask whether a reference resolves or a time is in order. Nobody in the data exists.
//
// What Load returns is the caller's own and may be changed; the functions of the package may be called concurrently.
package data

// Set is the whole data set. Its slices keep the order of the files; the zero value is an empty set.
type Set struct {
	// Learners are the people who study, in the order of their ids.
	Learners []Learner
	// Conversations are the learners' talks with the tutor, oldest first.
	Conversations []Conversation
	// Interactions are what learners did with messages of the tutor besides answering them.
	Interactions []Interaction
	// Progress says how well each learner knows an item of the graph, at most once for a learner and an item.
	Progress []Progress
	// Kanji are the characters that the graph knows.
	Kanji []Kanji
	// Words are the words that the graph knows.
	Words []Word
	// Grammar holds the grammar points that the graph knows.
	Grammar []GrammarPoint
	// Lessons come in an order in which they can be taken: a lesson stands after those that it requires.
	Lessons []Lesson
	// Explanations are texts about items that a language model wrote.
	Explanations []Explanation
}

// Level is a level of the Japanese-Language Proficiency Test; for kanji and words it is the customary one, since the test
// publishes no lists. The zero value is not a level.
type Level string

// The levels that the data set uses, from the easiest to the hardest.
const (
	N5 Level = "N5"
	N4 Level = "N4"
	N3 Level = "N3"
	N2 Level = "N2"
)

func (l Level) known() bool {
	switch l {
	case N5, N4, N3, N2:
		return true
	}
	return false
}

// LearnerIDs returns the ids of all learners.
func (s Set) LearnerIDs() []string {
	ids := make([]string, len(s.Learners))
	for i, l := range s.Learners {
		ids[i] = l.ID
	}
	return ids
}
