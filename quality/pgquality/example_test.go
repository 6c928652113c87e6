package pgquality_test

import (
	"fmt"

	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/pgquality"
)

// The suites of a conversation, where sessions have no counts and no summaries. An Assessor answers them:
//
//	assessor, err := pgquality.New(pgquality.Config{Database: pool})
//	plan, err := assessor.Explain(ctx, suite) // what is proven, by what, and which statements will run
//	report, err := assessor.Assess(ctx, suite)
func ExampleConversation() {
	conversation := pgquality.Conversation{
		MessageOrder: pgquality.None, MessageHash: pgquality.None, MessageModel: pgquality.None,
		SessionCount: pgquality.None, SessionSummary: pgquality.None, SessionEmbedding: pgquality.None,
	}
	for _, suite := range conversation.Suites() {
		fmt.Println(suite.ID())
		for _, check := range suite.Checks {
			if check.Severity == quality.High {
				fmt.Printf("  %s: %s\n", check.ID(), check.Test)
			}
		}
	}

	// Output:
	// conversation: users
	//   unique(id): id is unique
	// conversation: sessions
	//   unique(id): id is unique
	//   sessions belong to a user: user_id refers to an existing id of users
	// conversation: messages
	//   unique(id): id is unique
	//   messages belong to a session: session_id refers to an existing id of conversation_sessions
	//   messages of finished sessions are embedded: content_embedding is not NULL, of rows and the row of conversation_sessions that session_id refers to, where conversation_sessions.ended_at is not NULL
	//   vector_dimensions(content_embedding): content_embedding has 1536 dimensions
}
