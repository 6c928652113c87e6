package data

import "strings"

// The least that a set holds, so that the example has enough to show.
const (
	minLearners        = 8
	minConversations   = 20
	minMessages        = 200
	minInteractions    = 60
	minProgressEach    = 6
	minKanji           = 160
	minWords           = 120
	minGrammar         = 30
	minLessons         = 15
	minExplanations    = 20
	maxStrokes         = 30
	maxGrade           = 6
	firstMonth         = 9
	lastMonth          = 11
	conversationsYear  = 2026
	prefixKanji        = "kanji:"
	prefixWord         = "word:"
	prefixGrammar      = "grammar:"
	prefixLesson       = "lesson:"
	prefixExplanation  = "explanation:"
	prefixLearner      = "learner-"
	prefixConversation = "conv-"
	prefixInteraction  = "interaction-"
)

// names are the ids of one kind that were met so far, or other values that may not come twice.
type names map[string]bool

// add reports an id that has no such prefix or was met before.
func (n names) add(r *report, path, prefix, id string) {
	if !strings.HasPrefix(id, prefix) || id == prefix {
		r.addf(path+".id", "does not start with %q and go on", prefix)
	}
	if n[id] {
		r.addf(path+".id", "%q is there twice", id)
	}
	n[id] = true
}

// has reports a reference that leads nowhere.
func (n names) has(r *report, path, id string) {
	if !n[id] {
		r.addf(path, "%q does not exist", id)
	}
}

func atLeast(r *report, section string, have, want int) {
	if have < want {
		r.addf(section, "has %d entries and needs %d", have, want)
	}
}

func (r *report) level(path string, l Level) {
	if !l.known() {
		r.addf(path+".level", "is not a level from N5 to N2")
	}
}
