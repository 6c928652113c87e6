package pgquality

import (
	"time"

	"github.com/shugo-data/shugo/quality"
)

// None, as the name of a column of [Conversation], says that there is none: what needs it is not asked.
const None = "-"

// Conversation names the tables and columns of conversations between users and a tutor. The zero value has the names in brackets; each
// can be another name, or [None].
type Conversation struct {
	Schema string // of the tables; empty: where the search path finds them

	Users    string // table [users]
	Sessions string // table [conversation_sessions]
	Messages string // table [conversation_messages]

	UserKey   string // of users [id]
	UserEmail string // of users [email]
	UserName  string // of users [name]
	UserSince string // of users: when the account began [created_at]

	SessionKey       string // of sessions [id]
	SessionUser      string // of sessions: whose it is [user_id]
	SessionStart     string // of sessions [started_at]
	SessionEnd       string // of sessions: NULL while it goes on [ended_at]
	SessionCount     string // of sessions: the number of its messages [message_count]
	SessionSummary   string // of sessions: text [session_summary]
	SessionEmbedding string // of sessions: vector of the summary [session_summary_embedding]

	MessageKey       string // of messages [id]
	MessageSession   string // of messages: its session [session_id]
	MessageUser      string // of messages: whose it is [user_id]
	MessageOrder     string // of messages: its place in the session, from 1 [message_order]
	MessageContent   string // of messages: text [content]
	MessageHash      string // of messages: SHA-256 of the content that was embedded, in hexadecimal [content_hash]
	MessageModel     string // of messages: version of the model that embedded it [embedding_model]
	MessageEmbedding string // of messages: vector of the content [content_embedding]
	MessageTime      string // of messages [created_at]

	Model      string // version of the model that embeddings should be from; empty: not asked
	Dimensions int    // of embeddings; 0: 1536
}

// chosenName returns a name, its default, or nothing.
func chosenName(name, fallback string) string {
	if name == None {
		return ""
	}
	return or(name, fallback)
}

// Suites returns what is asked of users, sessions and messages: embeddings complete in at least 95 % of finished sessions, of one number of
// dimensions, from the current content and model; no orphans, no gaps and repeats in the order of messages, counts that agree, no
// impossible times; users who can be told apart.
func (c Conversation) Suites() []quality.Suite {
	return []quality.Suite{c.users(), c.sessions(), c.messages()}
}

// checks leaves out those that need a column which there is none of.
type checks struct{ list []quality.Check }

// add adds a check, unless one of the names that it needs is empty.
func (l *checks) add(check quality.Check, names ...string) {
	for _, n := range names {
		if n == "" {
			return
		}
	}
	l.list = append(l.list, check)
}

// finishedEmbeddings is the threshold of the requirement: at least 95 % pass.
func finishedEmbeddings() quality.Threshold { return quality.Threshold{Warn: 0.95, Fail: 0.95} }

// everyRow is the threshold of what must hold for every row.
func everyRow() quality.Threshold { return quality.Threshold{Fail: 1} }

func (c Conversation) users() quality.Suite {
	key, email, name, since := chosenName(c.UserKey, "id"), chosenName(c.UserEmail, "email"), chosenName(c.UserName, "name"), chosenName(c.UserSince, "created_at")
	var l checks
	l.add(quality.Check{Test: quality.Unique{Fields: []string{key}}, Severity: quality.High, Threshold: everyRow()}, key)
	l.add(quality.Check{Test: quality.NotNull{Field: email}}, email)
	l.add(quality.Check{Test: quality.Match{Field: email, Pattern: `^[^@\s]+@[^@\s]+\.[^@\s.]+$`}}, email)
	l.add(quality.Check{Test: quality.Unique{Fields: []string{email}}}, email)
	l.add(quality.Check{Test: quality.NotEmpty{Field: name}}, name)
	l.add(quality.Check{Name: "accounts do not begin in the future", Test: quality.Range{Field: since, Max: soon()}, Dimension: quality.Consistency}, since)
	return quality.Suite{Name: "conversation: users", Schema: c.Schema, Dataset: chosenName(c.Users, "users"), Checks: l.list}
}

// soon is the end of times that are not in the future, with some room for clocks that differ.
func soon() quality.Now { return quality.Now(time.Minute) }

func (c Conversation) sessions() quality.Suite {
	key, user, start, end := chosenName(c.SessionKey, "id"), chosenName(c.SessionUser, "user_id"), chosenName(c.SessionStart, "started_at"), chosenName(c.SessionEnd, "ended_at")
	summary, embedding := chosenName(c.SessionSummary, "session_summary"), chosenName(c.SessionEmbedding, "session_summary_embedding")
	count, messageSession := chosenName(c.SessionCount, "message_count"), chosenName(c.MessageSession, "session_id")
	users, userKey := chosenName(c.Users, "users"), chosenName(c.UserKey, "id")
	var finished quality.RowTest
	if end != "" {
		finished = quality.NotNull{Field: end}
	}
	var l checks
	l.add(quality.Check{Test: quality.Unique{Fields: []string{key}}, Severity: quality.High, Threshold: everyRow()}, key)
	l.add(quality.Check{Name: "sessions belong to a user", Severity: quality.High, Threshold: everyRow(),
		Test: quality.Reference{Fields: []string{user}, To: users, ToFields: []string{userKey}}}, user, users, userKey)
	l.add(quality.Check{Name: "sessions end after they start", Test: quality.Compare{A: start, Is: quality.LessEqual, B: end}}, start, end)
	l.add(quality.Check{Name: "sessions do not start in the future", Test: quality.Range{Field: start, Max: soon()}, Dimension: quality.Consistency}, start)
	l.add(quality.Check{Name: "finished sessions have a summary", Test: quality.NotNull{Field: summary}, When: finished}, summary)
	l.add(quality.Check{Name: "finished sessions are embedded", Test: quality.NotNull{Field: embedding}, When: finished,
		Threshold: finishedEmbeddings(), Severity: quality.High, Mend: "embed the summaries of the failing sessions"}, embedding)
	l.list = append(l.list, c.vectors(embedding)...)
	l.add(quality.Check{Name: "the number of messages agrees", Test: quality.CountMatches{Field: count, Key: key,
		Of: chosenName(c.Messages, "conversation_messages"), OfField: messageSession}}, count, key, messageSession)
	return quality.Suite{Name: "conversation: sessions", Schema: c.Schema, Dataset: chosenName(c.Sessions, "conversation_sessions"), Checks: l.list}
}

// vectors are the checks of one column of embeddings.
func (c Conversation) vectors(field string) []quality.Check {
	if field == "" {
		return nil
	}
	return []quality.Check{
		{Test: quality.VectorDimensions{Field: field, N: c.Dimensions}, Severity: quality.High, Threshold: everyRow()},
		{Test: quality.VectorNonZero{Field: field}},
		{Test: quality.VectorNorm{Field: field}},
	}
}

func (c Conversation) messages() quality.Suite {
	key, session, user, order := chosenName(c.MessageKey, "id"), chosenName(c.MessageSession, "session_id"), chosenName(c.MessageUser, "user_id"), chosenName(c.MessageOrder, "message_order")
	content, hash, model, embedding, at := chosenName(c.MessageContent, "content"), chosenName(c.MessageHash, "content_hash"),
		chosenName(c.MessageModel, "embedding_model"), chosenName(c.MessageEmbedding, "content_embedding"), chosenName(c.MessageTime, "created_at")
	sessions, sessionKey, sessionUser := chosenName(c.Sessions, "conversation_sessions"), chosenName(c.SessionKey, "id"), chosenName(c.SessionUser, "user_id")
	start, end := chosenName(c.SessionStart, "started_at"), chosenName(c.SessionEnd, "ended_at")
	joined := func(name string, when, test quality.RowTest) quality.Check {
		return quality.Check{Name: name, Test: quality.Joined{Fields: []string{session}, To: sessions, ToFields: []string{sessionKey}, When: when, Test: test}}
	}
	var l checks
	l.add(quality.Check{Test: quality.Unique{Fields: []string{key}}, Severity: quality.High, Threshold: everyRow()}, key)
	l.add(quality.Check{Name: "messages belong to a session", Severity: quality.High, Threshold: everyRow(),
		Test: quality.Reference{Fields: []string{session}, To: sessions, ToFields: []string{sessionKey}}}, session, sessionKey)
	l.add(quality.Check{Test: quality.NotNull{Field: content}}, content)
	l.add(quality.Check{Test: quality.NotEmpty{Field: content}}, content)
	l.add(quality.Check{Name: "messages are numbered without gap or repeat", Test: quality.Sequence{Field: order, Within: []string{session}, First: 1}}, order, session)
	l.add(quality.Check{Name: "messages are not of the future", Test: quality.Range{Field: at, Max: soon()}, Dimension: quality.Consistency}, at)
	l.add(quality.Check{Name: "the order of messages is that of time", Test: quality.Monotone{Field: at, By: []string{order}, Within: []string{session}}}, at, order, session)
	l.add(joined("messages are of the user of their session", nil, quality.Compare{A: user, Is: quality.Equal, B: sessions + "." + sessionUser}),
		user, session, sessionKey, sessionUser)
	l.add(joined("messages are not older than their session", nil, quality.Compare{A: at, Is: quality.GreaterEqual, B: sessions + "." + start}),
		at, session, sessionKey, start)
	l.add(joined("messages are not newer than their session", nil, quality.Compare{A: at, Is: quality.LessEqual, B: sessions + "." + end}),
		at, session, sessionKey, end)
	embedded := joined("messages of finished sessions are embedded", quality.NotNull{Field: sessions + "." + end}, quality.NotNull{Field: embedding})
	embedded.Threshold, embedded.Severity, embedded.Mend = finishedEmbeddings(), quality.High, "embed the content of the failing messages"
	l.add(embedded, embedding, session, sessionKey, end)
	l.list = append(l.list, c.vectors(embedding)...)
	l.add(quality.Check{Name: "embeddings are of the current content", Test: quality.Digest{Field: hash, Of: content}}, hash, content)
	l.add(quality.Check{Name: "embeddings are of the current model", Test: quality.In{Field: model, Values: []any{c.Model}}, Dimension: quality.Timeliness}, model, c.Model)
	return quality.Suite{Name: "conversation: messages", Schema: c.Schema, Dataset: chosenName(c.Messages, "conversation_messages"), Checks: l.list}
}
