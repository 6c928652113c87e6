package quality

// check is one check of the table, in the words of each side.
type check struct {
	name string
	// expectation and arguments are what Great Expectations is asked.
	expectation string
	arguments   arguments
	// naive is SQL as one writes it who thinks of this check alone: one row, of the count of unexpected rows and the
	// observed value, which is NULL where the check has none. A check of an aggregate has one unexpected row if it fails.
	naive string
	// planted is the number of unexpected rows in each 10,000 that fillTable writes.
	planted int
}

// arguments are the keyword arguments of an expectation.
type arguments map[string]any

// rowChecks are the 19 checks that can be decided from one pass over the table. None can be proven from the catalog.
func rowChecks() []check {
	return append(presence(), values()...)
}

// presence are the checks of what must be there.
func presence() []check {
	return []check{
		{"content present", "ExpectColumnValuesToNotBeNull", arguments{"column": "content"},
			`SELECT count(*), NULL::float8 FROM conversation_messages WHERE content IS NULL`, 10},
		{"content not empty", "ExpectColumnValueLengthsToBeBetween", arguments{"column": "content", "min_value": 1},
			`SELECT count(*), NULL::float8 FROM conversation_messages WHERE length(content) < 1`, 2},
		{"content not long", "ExpectColumnValueLengthsToBeBetween", arguments{"column": "content", "max_value": 200},
			`SELECT count(*), NULL::float8 FROM conversation_messages WHERE length(content) > 200`, 1},
		{"content_hash present", "ExpectColumnValuesToNotBeNull", arguments{"column": "content_hash"},
			`SELECT count(*), NULL::float8 FROM conversation_messages WHERE content_hash IS NULL`, 1},
		{"conversation_id present", "ExpectColumnValuesToNotBeNull", arguments{"column": "conversation_id"},
			`SELECT count(*), NULL::float8 FROM conversation_messages WHERE conversation_id IS NULL`, 1},
		{"user_id present", "ExpectColumnValuesToNotBeNull", arguments{"column": "user_id"},
			`SELECT count(*), NULL::float8 FROM conversation_messages WHERE user_id IS NULL`, 1},
		{"created_at present", "ExpectColumnValuesToNotBeNull", arguments{"column": "created_at"},
			`SELECT count(*), NULL::float8 FROM conversation_messages WHERE created_at IS NULL`, 1},
		{"rows", "ExpectTableRowCountToBeBetween", arguments{"min_value": 10_000, "max_value": 100_000_000},
			`SELECT (count(*) NOT BETWEEN 10000 AND 100000000)::int::bigint, count(*)::float8 FROM conversation_messages`, 0},
	}
}

// values are the checks of what a value must be like.
func values() []check {
	return []check{
		{"content_hash format", "ExpectColumnValuesToMatchRegex", arguments{"column": "content_hash", "regex": `^[0-9a-f]{32}$`},
			`SELECT count(*), NULL::float8 FROM conversation_messages WHERE content_hash !~ '^[0-9a-f]{32}$'`, 4},
		{"role known", "ExpectColumnValuesToBeInSet", arguments{"column": "role", "value_set": []string{"user", "assistant", "system"}},
			`SELECT count(*), NULL::float8 FROM conversation_messages WHERE role NOT IN ('user', 'assistant', 'system')`, 3},
		{"language known", "ExpectColumnValuesToBeInSet", arguments{"column": "language", "value_set": []string{"ja", "en", "zh", "ko"}},
			`SELECT count(*), NULL::float8 FROM conversation_messages WHERE language NOT IN ('ja', 'en', 'zh', 'ko')`, 10},
		{"jlpt_level known", "ExpectColumnValuesToBeInSet", arguments{"column": "jlpt_level", "value_set": []string{"N1", "N2", "N3", "N4", "N5"}},
			`SELECT count(*), NULL::float8 FROM conversation_messages WHERE jlpt_level NOT IN ('N1', 'N2', 'N3', 'N4', 'N5')`, 1},
		{"sequence range", "ExpectColumnValuesToBeBetween", arguments{"column": "sequence", "min_value": 1, "max_value": 10_000},
			`SELECT count(*), NULL::float8 FROM conversation_messages WHERE sequence NOT BETWEEN 1 AND 10000`, 2},
		{"tokens range", "ExpectColumnValuesToBeBetween", arguments{"column": "tokens", "min_value": 0, "max_value": 8192},
			`SELECT count(*), NULL::float8 FROM conversation_messages WHERE tokens NOT BETWEEN 0 AND 8192`, 1},
		{"tokens mean", "ExpectColumnMeanToBeBetween", arguments{"column": "tokens", "min_value": 100, "max_value": 500},
			`SELECT (avg(tokens) NOT BETWEEN 100 AND 500)::int::bigint, avg(tokens)::float8 FROM conversation_messages`, 0},
		{"latency_ms deviation", "ExpectColumnStdevToBeBetween", arguments{"column": "latency_ms", "min_value": 1, "max_value": 1000},
			`SELECT (stddev_samp(latency_ms) NOT BETWEEN 1 AND 1000)::int::bigint, stddev_samp(latency_ms) FROM conversation_messages`, 0},
		{"latency_ms maximum", "ExpectColumnMaxToBeBetween", arguments{"column": "latency_ms", "min_value": 1, "max_value": 30_000},
			`SELECT (max(latency_ms) NOT BETWEEN 1 AND 30000)::int::bigint, max(latency_ms) FROM conversation_messages`, 0},
		{"score range", "ExpectColumnValuesToBeBetween", arguments{"column": "score", "min_value": 0, "max_value": 1},
			`SELECT count(*), NULL::float8 FROM conversation_messages WHERE score NOT BETWEEN 0 AND 1`, 2},
		{"updated after created", "ExpectColumnPairValuesAToBeGreaterThanB",
			arguments{"column_A": "updated_at", "column_B": "created_at", "or_equal": true},
			`SELECT count(*), NULL::float8 FROM conversation_messages WHERE updated_at < created_at`, 3},
	}
}

// externalUnique cannot be proven: no index is on the column. All rows of a value that occurs again are unexpected.
func externalUnique() check {
	return check{"external_id unique", "ExpectColumnValuesToBeUnique", arguments{"column": "external_id"},
		`SELECT coalesce(sum(n), 0)::bigint, NULL::float8 FROM (
			SELECT count(*) AS n FROM conversation_messages WHERE external_id IS NOT NULL
			GROUP BY external_id HAVING count(*) > 1) AS again`, 2}
}

// idUnique is proven by the primary key.
func idUnique() check {
	return check{"id unique", "ExpectColumnValuesToBeUnique", arguments{"column": "id"},
		`SELECT coalesce(sum(n), 0)::bigint, NULL::float8 FROM (
			SELECT count(*) AS n FROM conversation_messages WHERE id IS NOT NULL
			GROUP BY id HAVING count(*) > 1) AS again`, 0}
}

// allChecks are the 21 checks.
func allChecks() []check {
	return append(rowChecks(), externalUnique(), idUnique())
}
