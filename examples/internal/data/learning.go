package data

import "time"

// InteractionKind says what a learner did with a message. The zero value is not a kind.
type InteractionKind string

// The kinds of interaction.
const (
	CorrectionAccepted InteractionKind = "correction_accepted"
	HintRequested      InteractionKind = "hint_requested"
	QuizAnswered       InteractionKind = "quiz_answered"
	AudioPlayed        InteractionKind = "audio_played"
	Bookmark           InteractionKind = "bookmark"
)

func (k InteractionKind) known() bool {
	switch k {
	case CorrectionAccepted, HintRequested, QuizAnswered, AudioPlayed, Bookmark:
		return true
	}
	return false
}

// Interaction is something a learner did with a message of the tutor. The learner is that of the conversation.
type Interaction struct {
	// ID names the interaction, as in interaction-001.
	ID string `json:"id"`
	// Kind says what the learner did.
	Kind InteractionKind `json:"kind"`
	// Message is the id of a message of the tutor.
	Message string `json:"message"`
	// At is when it happened, not before the message was sent.
	At time.Time `json:"at"`
	// Detail is a short note, such as the corrected words or the result of a quiz.
	Detail string `json:"detail"`
}

// Progress says how well a learner knows an item of the graph.
type Progress struct {
	// Learner is the id of the learner.
	Learner string `json:"learner"`
	// Item is the id of a kanji, a word or a grammar point.
	Item string `json:"item"`
	// Mastery goes from 0, unknown, to 1, known for good.
	Mastery float64 `json:"mastery"`
	// Reviews is how often the learner was asked about the item, at least once.
	Reviews int `json:"reviews"`
	// LastReviewed is when the learner was asked last, not before the day on which they joined.
	LastReviewed time.Time `json:"last_reviewed"`
}
