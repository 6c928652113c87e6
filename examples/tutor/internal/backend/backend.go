// Package backend is the tutor's own code: what it stores and the calls that do it. It knows nothing of rules; package day
// binds its calls to a guard.
package backend

import (
	"context"
	"iter"
	"time"
)

// Message is a row of conversation_messages.
type Message struct {
	ID           string    // of the message, unique
	Conversation string    // that it belongs to
	Learner      string    // whose conversation it is: user_id
	Role         string    // "learner" or "tutor"
	Content      string    // what was said
	Embedding    []float32 // of the content: content_embedding
	SentAt       time.Time // when it was said
}

// Talk names a conversation of a learner.
type Talk struct{ Learner, Conversation string }

// Search asks for messages of a learner that are like a text.
type Search struct {
	Learner string
	Like    []float32 // embedding of the text
	Limit   int
}

// Hit is a message that a search found.
type Hit struct {
	Message    Message
	Similarity float64 // cosine, at most 1
}

// Account is a row of users.
type Account struct{ ID, Name, Email, Language, Level string }

// Figure is an aggregate over one learner's conversations: a row of conversation_analytics.
type Figure struct {
	Learner       string // user_id
	Conversations int
	Messages      int
	MeanLength    float64 // of the learner's messages, in characters
}

// Archive is a learner's conversations, as they are handed out.
type Archive struct {
	Messages     []Message
	Interactions int // with them
}

// Kanji is a node of the graph with what it is related to.
type Kanji struct {
	Character string
	Meanings  []string
	Readings  []string // READ_AS
	Words     []string // that are WRITTEN_WITH it
}

// Explanation is a node that a model generated about an item of the graph.
type Explanation struct{ ID, Item, Language, Text, Model string }

// Records is the relational side: PostgreSQL with pgvector.
type Records interface {
	// Append adds a message.
	Append(ctx context.Context, m Message) error
	// Messages returns the messages of a conversation, oldest first.
	Messages(ctx context.Context, t Talk) iter.Seq2[Message, error]
	// Similar returns the learner's messages that are most like a text, the most similar first.
	Similar(ctx context.Context, s Search) ([]Hit, error)
	// Sample returns messages of all learners, oldest first.
	Sample(ctx context.Context, limit int) iter.Seq2[Message, error]
	// Account returns a learner's account.
	Account(ctx context.Context, learner string) (Account, error)
	// Figures returns the aggregates of all learners, the most talkative first: whoever they are may be masked.
	Figures(ctx context.Context, _ struct{}) ([]Figure, error)
	// Export returns a learner's conversations.
	Export(ctx context.Context, learner string) (Archive, error)
}

// Graph is the knowledge graph: Neo4j.
type Graph interface {
	// Kanji returns a character.
	Kanji(ctx context.Context, character string) (Kanji, error)
	// Explain adds an explanation of an item that is there.
	Explain(ctx context.Context, e Explanation) error
}
