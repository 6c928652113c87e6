package data

import (
	"encoding/json"
	"errors"
	"time"
)

// Learner is a person who studies Japanese with the tutor.
type Learner struct {
	// ID names the learner, as in learner-01.
	ID string `json:"id"`
	// Name is the name shown to the learner, in the script that they chose.
	Name string `json:"name"`
	// Email is an address in a domain reserved for examples, example.com or example.jp.
	Email string `json:"email"`
	// NativeLanguage is the English name of the language that the learner grew up with.
	NativeLanguage string `json:"native_language"`
	// Level is the level that the learner works at.
	Level Level `json:"level"`
	// Joined is the day on which the learner signed up.
	Joined Date `json:"joined"`
}

// Date is a day of the calendar, written as 2006-01-02. Its time is midnight UTC; the zero value is no day.
type Date struct {
	// Time is the first instant of the day in UTC.
	time.Time
}

var errDate = errors.New("not a day as in 2006-01-02")

// UnmarshalJSON reads a JSON string as in "2006-01-02" and refuses anything else, null included.
func (d *Date) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return errDate
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return errDate
	}
	d.Time = t
	return nil
}

// MarshalJSON writes the form that UnmarshalJSON reads. It does not fail.
func (d Date) MarshalJSON() ([]byte, error) {
	return []byte(d.Format(`"` + time.DateOnly + `"`)), nil
}

// Conversation is one sitting of a learner with the tutor.
type Conversation struct {
	// ID names the conversation, as in conv-01.
	ID string `json:"id"`
	// Learner is the id of the learner.
	Learner string `json:"learner"`
	// StartedAt is when the learner opened the conversation, not later than its first message.
	StartedAt time.Time `json:"started_at"`
	// Topic is a short title.
	Topic string `json:"topic"`
	// Summary is one sentence in English about what was learnt. It is derived from the messages.
	Summary string `json:"summary"`
	// Messages are what was said; each is sent later than the one before.
	Messages []Message `json:"messages"`
}

// Role says who speaks. The zero value is nobody.
type Role string

// The two who speak in a conversation.
const (
	RoleLearner Role = "learner"
	RoleTutor   Role = "tutor"
)

// Message is one turn in a conversation. No two messages of the set have the same text.
type Message struct {
	// ID names the message in the whole set, as in conv-01-m01.
	ID string `json:"id"`
	// Role says who wrote the message.
	Role Role `json:"role"`
	// SentAt is when the message was sent.
	SentAt time.Time `json:"sent_at"`
	// Text is what was said, in Japanese, English or both. Learners tell of themselves in it.
	Text string `json:"text"`
}
