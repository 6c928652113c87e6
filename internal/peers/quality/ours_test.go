package quality

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// pass decides the row checks in one scan, and whether a key without an index is unique. Each expression counts the same
// rows as the naive one and costs less:
//
//   - count(column) counts what is present, and rows minus it what is missing;
//   - a regular expression of one class, repeated, is a length and the absence of any other character;
//   - a text of at most n bytes has at most n characters, so most rows need no counting of characters; and where it must be,
//     LIKE stops at the first character too many;
//   - a set of values is a chain of equalities, which ends at the first that holds, and under a deterministic collation
//     equality is that of bytes, which COLLATE "C" says without a look at the locale;
//   - values whose hashes are all distinct are distinct: 8 bytes to sort instead of the text. Only if two hashes are equal,
//     be it by duplicates or by chance, the values must be grouped.
const pass = `
SELECT count(*),
	count(content), count(content_hash), count(conversation_id), count(user_id), count(created_at),
	count(*) FILTER (WHERE content COLLATE "C" = ''),
	count(*) FILTER (WHERE octet_length(content) > 200 AND content LIKE repeat('_', 201) || '%'),
	count(*) FILTER (WHERE octet_length(content_hash) <> 32 OR content_hash ~ '[^0-9a-f]'),
	count(*) FILTER (WHERE NOT (role COLLATE "C" = 'user' OR role COLLATE "C" = 'assistant' OR role COLLATE "C" = 'system')),
	count(*) FILTER (WHERE NOT (language COLLATE "C" = 'ja' OR language COLLATE "C" = 'en' OR language COLLATE "C" = 'zh'
		OR language COLLATE "C" = 'ko')),
	count(*) FILTER (WHERE NOT (jlpt_level COLLATE "C" = 'N1' OR jlpt_level COLLATE "C" = 'N2' OR jlpt_level COLLATE "C" = 'N3'
		OR jlpt_level COLLATE "C" = 'N4' OR jlpt_level COLLATE "C" = 'N5')),
	count(*) FILTER (WHERE sequence NOT BETWEEN 1 AND 10000),
	count(*) FILTER (WHERE tokens NOT BETWEEN 0 AND 8192),
	avg(tokens)::float8,
	stddev_samp(latency_ms), max(latency_ms),
	count(*) FILTER (WHERE score NOT BETWEEN 0 AND 1),
	count(*) FILTER (WHERE updated_at < created_at)`

// distinct is what a key without an index adds to the pass.
const distinct = `,
	count(external_id), count(DISTINCT hashtextextended(external_id, 0))`

// from ends the pass.
const from = `
FROM conversation_messages`

// duplicates counts the rows of each value that occurs again, by a hash table. With little memory it is cut into parts that
// fit the cache of the processor, and on a quiet machine takes a quarter less time than in memory as a whole.
const duplicates = `
SELECT coalesce(sum(n), 0)::bigint FROM (
	SELECT count(*) AS n FROM conversation_messages WHERE external_id IS NOT NULL
	GROUP BY external_id COLLATE "C" HAVING count(*) > 1) AS again`

// proof tells whether the catalog proves a column of a table unique: a valid unique index, checked at once, on all rows and
// on the column alone.
const proof = `
SELECT EXISTS (
	SELECT FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
	WHERE i.indrelid = $1::regclass AND a.attname = $2 AND i.indnkeyatts = 1 AND i.indexprs IS NULL AND i.indpred IS NULL
		AND i.indisunique AND i.indisvalid AND i.indisready AND i.indimmediate)`

// ours is the library's way: what can be proven is not read, one pass decides the rest, and a key that has no index takes a
// statement of its own if the pass could not show it to be unique. The statements are those that the planner is to find.
type ours struct {
	rowsOnly bool // the row checks alone: what the pass costs without the two unique keys
}

func (o ours) name() string {
	if o.rowsOnly {
		return "shugo-pass"
	}
	return "shugo"
}

func (o ours) run(ctx context.Context, url string) (report, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return report{}, err
	}
	for name, value := range map[string]string{
		"max_parallel_workers_per_gather": "0", "jit": "off", "work_mem": "64MB",
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
	r := report{outcomes: map[string]outcome{}}
	if err := o.onePass(ctx, tx, &r); err != nil || o.rowsOnly {
		return r, err
	}
	var unique bool
	if err := tx.QueryRow(ctx, proof, "conversation_messages", "id").Scan(&unique); err != nil {
		return report{}, err
	}
	r.statements++
	if unique {
		r.outcomes[idUnique().name] = counted(0)
	}
	return r, nil
}

// onePass adds the outcomes of the row checks, and of the key that has no index.
func (o ours) onePass(ctx context.Context, tx pgx.Tx, r *report) error {
	var rows, content, hash, conversation, user, created int64
	var empty, long, format, role, language, level, sequence, tokens, score, updated int64
	var mean, deviation, maximum float64
	var keys, hashes int64
	sql, into := pass+from, []any{&rows, &content, &hash, &conversation, &user, &created,
		&empty, &long, &format, &role, &language, &level, &sequence, &tokens, &mean, &deviation, &maximum, &score, &updated}
	if !o.rowsOnly {
		sql, into = pass+distinct+from, append(into, &keys, &hashes)
	}
	if err := tx.QueryRow(ctx, sql).Scan(into...); err != nil {
		return err
	}
	r.statements++
	for name, unexpected := range map[string]int64{
		"content present": rows - content, "content_hash present": rows - hash, "conversation_id present": rows - conversation,
		"user_id present": rows - user, "created_at present": rows - created,
		"content not empty": empty, "content not long": long, "content_hash format": format, "role known": role,
		"language known": language, "jlpt_level known": level, "sequence range": sequence, "tokens range": tokens,
		"score range": score, "updated after created": updated,
	} {
		r.outcomes[name] = counted(unexpected)
	}
	r.outcomes["rows"] = within(float64(rows), 10_000, 100_000_000)
	r.outcomes["tokens mean"] = within(mean, 100, 500)
	r.outcomes["latency_ms deviation"] = within(deviation, 1, 1000)
	r.outcomes["latency_ms maximum"] = within(maximum, 1, 30_000)
	if o.rowsOnly {
		return nil
	}
	return unique(ctx, tx, keys, hashes, r)
}

// unique adds the outcome of the key that has no index, from the number of its values and of their distinct hashes.
func unique(ctx context.Context, tx pgx.Tx, keys, hashes int64, r *report) error {
	var again int64
	if hashes < keys {
		if _, err := tx.Exec(ctx, `SET LOCAL work_mem = '3MB'`); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, duplicates).Scan(&again); err != nil {
			return err
		}
		r.statements += 2
	}
	r.outcomes[externalUnique().name] = counted(again)
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
