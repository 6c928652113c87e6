CREATE TABLE users (
	id        text PRIMARY KEY,
	name      text NOT NULL,
	email     text NOT NULL UNIQUE,
	language  text NOT NULL,
	level     text NOT NULL,
	joined    date NOT NULL
);

CREATE TABLE conversation_sessions (
	id                        text PRIMARY KEY,
	user_id                   text NOT NULL REFERENCES users,
	started_at                timestamptz NOT NULL,
	topic                     text NOT NULL,
	session_summary           text NOT NULL,
	session_summary_embedding vector(1536) NOT NULL
);

CREATE TABLE conversation_messages (
	id                text PRIMARY KEY,
	session_id        text NOT NULL REFERENCES conversation_sessions,
	user_id           text NOT NULL REFERENCES users,
	role              text NOT NULL CHECK (role IN ('learner', 'tutor')),
	content           text NOT NULL,
	content_embedding vector(1536) NOT NULL,
	sent_at           timestamptz NOT NULL
);
CREATE INDEX ON conversation_messages (user_id, sent_at);
CREATE INDEX ON conversation_messages USING hnsw (content_embedding vector_cosine_ops);

CREATE TABLE conversation_interactions (
	id         text PRIMARY KEY,
	message_id text NOT NULL REFERENCES conversation_messages,
	user_id    text NOT NULL REFERENCES users,
	kind       text NOT NULL,
	at         timestamptz NOT NULL,
	detail     text NOT NULL
);

CREATE TABLE conversation_analytics (
	user_id       text PRIMARY KEY REFERENCES users,
	conversations int NOT NULL,
	messages      int NOT NULL,
	mean_length   double precision NOT NULL
);

CREATE TABLE user_learning_progress (
	user_id       text NOT NULL REFERENCES users,
	item          text NOT NULL,
	mastery       double precision NOT NULL CHECK (mastery BETWEEN 0 AND 1),
	reviews       int NOT NULL,
	last_reviewed timestamptz NOT NULL,
	PRIMARY KEY (user_id, item)
);
