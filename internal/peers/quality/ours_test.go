package quality

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// pass decides the row checks in one scan. Each expression counts the same rows as the naive one and costs less:
//
//   - count(column) counts what is present, and rows minus it what is missing;
//   - a regular expression of one class, repeated, is a length and the absence of any other character;
//   - a text of at most n bytes has at most n characters, so most rows need no counting of characters;
//   - sums of squares as float8, about a value near the mean, give the deviation without numeric.
const pass = `
SELECT count(*),
	count(content), count(content_hash), count(conversation_id), count(user_id), count(created_at),
	count(*) FILTER (WHERE octet_length(content) = 0),
	count(*) FILTER (WHERE octet_length(content) > 200 AND length(content) > 200),
	count(*) FILTER (WHERE octet_length(content_hash) <> 32 OR content_hash ~ '[^0-9a-f]'),
	count(*) FILTER (WHERE role NOT IN ('user', 'assistant', 'system')),
	count(*) FILTER (WHERE language NOT IN ('ja', 'en', 'zh', 'ko')),
	count(*) FILTER (WHERE jlpt_level NOT IN ('N1', 'N2', 'N3', 'N4', 'N5')),
	count(*) FILTER (WHERE sequence NOT BETWEEN 1 AND 10000),
	count(*) FILTER (WHERE tokens NOT BETWEEN 0 AND 8192),
	avg(tokens)::float8,
	stddev_samp(latency_ms), max(latency_ms),
	count(*) FILTER (WHERE score NOT BETWEEN 0 AND 1),
	count(*) FILTER (WHERE updated_at < created_at)
FROM conversation_messages`

// duplicates counts the rows of each value that occurs again, by one hash table.
const duplicates = `
SELECT coalesce(sum(n), 0)::bigint FROM (
	SELECT count(*) AS n FROM conversation_messages WHERE external_id IS NOT NULL
	GROUP BY external_id HAVING count(*) > 1) AS again`

// proof tells whether the catalog proves a column of a table unique: a valid unique index, checked at once, on all rows and
// on the column alone.
const proof = `
SELECT EXISTS (
	SELECT FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
	WHERE i.indrelid = $1::regclass AND a.attname = $2 AND i.indnkeyatts = 1 AND i.indexprs IS NULL AND i.indpred IS NULL
		AND i.indisunique AND i.indisvalid AND i.indisready AND i.indimmediate)`

// ours is the library's way: what can be proven is not read, one pass decides the rest, and a key that has no index takes a
// statement of its own. The statements are those that the planner is to find.
type ours struct{}

func (ours) name() string { return "shugo" }

func (ours) run(ctx context.Context, url string) (report, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return report{}, err
	}
	for name, value := range map[string]string{
		"max_parallel_workers_per_gather": "0", "jit": "off", "work_mem": "256MB",
		"default_transaction_isolation": "repeatable read", "default_transaction_read_only": "on",
	} {
		config.RuntimeParams[name] = value
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return report{}, err
	}
	defer conn.Close(ctx)
	tx, err := conn.Begin(ctx)
	if err != nil {
		return report{}, err
	}
	defer tx.Rollback(ctx)
	outcomes := map[string]outcome{}
	if err := onePass(ctx, tx, outcomes); err != nil {
		return report{}, err
	}
	var again int64
	if err := tx.QueryRow(ctx, duplicates).Scan(&again); err != nil {
		return report{}, err
	}
	outcomes[externalUnique().name] = counted(again)
	var unique bool
	if err := tx.QueryRow(ctx, proof, "conversation_messages", "id").Scan(&unique); err != nil {
		return report{}, err
	}
	if unique {
		outcomes[idUnique().name] = counted(0)
	}
	return report{outcomes: outcomes, statements: 3}, nil
}

// onePass adds the outcomes of the row checks.
func onePass(ctx context.Context, tx pgx.Tx, outcomes map[string]outcome) error {
	var rows, content, hash, conversation, user, created int64
	var empty, long, format, role, language, level, sequence, tokens, score, updated int64
	var mean, deviation, maximum float64
	err := tx.QueryRow(ctx, pass).Scan(&rows, &content, &hash, &conversation, &user, &created,
		&empty, &long, &format, &role, &language, &level, &sequence, &tokens, &mean, &deviation, &maximum, &score, &updated)
	if err != nil {
		return err
	}
	for name, unexpected := range map[string]int64{
		"content present": rows - content, "content_hash present": rows - hash, "conversation_id present": rows - conversation,
		"user_id present": rows - user, "created_at present": rows - created,
		"content not empty": empty, "content not long": long, "content_hash format": format, "role known": role,
		"language known": language, "jlpt_level known": level, "sequence range": sequence, "tokens range": tokens,
		"score range": score, "updated after created": updated,
	} {
		outcomes[name] = counted(unexpected)
	}
	outcomes["rows"] = within(float64(rows), 10_000, 100_000_000)
	outcomes["tokens mean"] = within(mean, 100, 500)
	outcomes["latency_ms deviation"] = within(deviation, 1, 1000)
	outcomes["latency_ms maximum"] = within(maximum, 1, 30_000)
	return nil
}

// counted is the outcome of a check of rows.
func counted(unexpected int64) outcome {
	return outcome{Success: unexpected == 0, Unexpected: &unexpected}
}

// within is the outcome of a check of an aggregate.
func within(observed, low, high float64) outcome {
	var unexpected int64
	if observed < low || observed > high {
		unexpected = 1
	}
	return outcome{Success: unexpected == 0, Unexpected: &unexpected, Observed: &observed}
}
