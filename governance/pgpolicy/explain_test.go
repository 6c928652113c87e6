package pgpolicy_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgpolicy"
)

// plan returns how PostgreSQL executes a statement for a caller who reads.
func (p place) plan(ctx context.Context, t *testing.T, sql string, args ...any) string {
	t.Helper()
	lines, err := p.query(ctx, t, governance.Read, "EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) "+sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// TestOwnRecordsAreFoundByIndex looks for "all my rows" under row security, for each type of owner, with the predicate.
func TestOwnRecordsAreFoundByIndex(t *testing.T) {
	t.Parallel()
	var ddl []string
	var m governance.Manifest
	m.Classes = []governance.Class{{Category: "data", Personal: true}}
	m.Rules = []governance.Rule{{Name: "own", Roles: []string{"user"}, Categories: []governance.Category{"data"},
		Actions: []governance.Action{governance.Read}, Own: true}}
	kinds := []string{"text", "varchar(40)", "uuid", "integer", "bigint"}
	for i, kind := range kinds {
		name := fmt.Sprint("t", i)
		ddl = append(ddl, fmt.Sprintf("CREATE TABLE %s (id int PRIMARY KEY, owner %s, note text)", name, kind))
		m.Datasets = append(m.Datasets, governance.Dataset{Store: governance.PostgreSQL, Name: name, Category: "data", Subject: "owner"})
	}
	p := newPlace(t, ddl...)
	for i, kind := range kinds {
		owner := "(i % 1000)"
		if kind == "uuid" {
			owner = "lpad((i % 1000)::text, 32, '0')::uuid"
		}
		p.exec(t, fmt.Sprintf("INSERT INTO t%d SELECT i, %s::%s, 'note' FROM generate_series(1, 10000) i", i, owner, kind))
	}
	p.apply(t, pgpolicy.Config{Manifest: m})
	p.exec(t, "ANALYZE")
	guard := guardOf(t, m)
	for i, kind := range kinds {
		id, q := governance.Subject("7"), pgpolicy.Query{}
		switch kind {
		case "uuid":
			id, q.Subject = "00000000-0000-0000-0000-000000000007", pgpolicy.UUID
		case "integer", "bigint":
			q.Subject = pgpolicy.Integer
		}
		ctx := as(t.Context(), id, "", "user")
		reach, err := guard.Reach(ctx, governance.Target{Dataset: fmt.Sprint("t", i), Action: governance.Read})
		if err != nil {
			t.Fatal(err)
		}
		where, args, err := pgpolicy.Predicate(reach, q)
		if err != nil {
			t.Fatal(err)
		}
		plan := p.plan(ctx, t, fmt.Sprintf("SELECT note FROM t%d WHERE %s", i, where), args...)
		if !strings.Contains(plan, "Index Cond: ") || !strings.Contains(plan, fmt.Sprintf("t%d_owner_shugo", i)) ||
			!strings.Contains(plan, "(actual rows=10 loops=1)") {
			t.Errorf("%s: the index on the owner does not serve:\n%s", kind, plan)
		}
	}
}

func guardOf(t testing.TB, m governance.Manifest) *governance.Guard {
	t.Helper()
	sink := governance.AuditSinkFunc(func(context.Context, governance.Event) error { return nil })
	guard, err := governance.New(governance.Config{
		Manifest: m, Audit: governance.Vouch(sink, governance.Transactional),
		Register: governance.RegisterFunc(func(context.Context, governance.Subject, governance.Purpose) (governance.Standing, error) {
			return governance.Standing{}, nil
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return guard
}

// TestVectorSearch asks for the nearest messages of a caller of whom there are few among many: the answer is complete, of
// the caller alone, and decided once.
func TestVectorSearch(t *testing.T) {
	t.Parallel()
	p := newPlace(t, tutorSQL(t), standingTable)
	p.exec(t,
		`INSERT INTO users SELECT 'u' || i, 'n', 'e' || i, 'ja', 'N5', '2026-01-01' FROM generate_series(0, 19) i`,
		`INSERT INTO conversation_sessions SELECT 's', 'u0', now(), '', '', array_fill(1, '{1536}')::vector`,
		`INSERT INTO conversation_messages SELECT i, 's', 'u' || i % 20, 'learner', i,
			(array_fill(sin(i), '{768}') || array_fill(cos(i), '{768}'))::vector, now() FROM generate_series(1, 300) i`,
		`ANALYZE`)
	p.apply(t, tutor())
	const k = 12
	guard := guardOf(t, governance.Tutor())
	learner := as(t.Context(), "u3", "", governance.RoleLearner)
	reach, err := guard.Reach(learner, governance.Target{Dataset: "conversation_messages", Action: governance.Read})
	if err != nil {
		t.Fatal(err)
	}
	where, args, err := pgpolicy.Predicate(reach, pgpolicy.Query{Alias: "c", First: 2, Standing: pgx.Identifier{"consent", "standing"}})
	if err != nil {
		t.Fatal(err)
	}
	sql := fmt.Sprintf(`SELECT user_id FROM conversation_messages c WHERE %s
		ORDER BY content_embedding <=> (SELECT array_fill($1::float4, '{1536}')::vector) LIMIT %d`, where, k)
	args = append([]any{0.25}, args...)
	got, err := p.query(learner, t, governance.Read, sql, args...)
	if err != nil || len(got) != k {
		t.Fatalf("%d nearest messages, want %d: %v", len(got), k, err)
	}
	for _, owner := range got {
		if owner != "u3" {
			t.Errorf("the nearest messages are %v", got)
		}
	}
	if plan := p.plan(learner, t, sql, args...); strings.Contains(plan, "governed.") {
		t.Errorf("decided for each row:\n%s", plan)
	}
	p.exec(t, "INSERT INTO consent.standing VALUES ('u4', '', false, true, false)") // restricted
	admin := as(t.Context(), "root", governance.PurposeAdministration, governance.RoleAdmin)
	got, err = p.query(admin, t, governance.Read, `SELECT user_id FROM conversation_messages
		ORDER BY content_embedding <=> (SELECT array_fill(0.25, '{1536}')::vector) LIMIT 30`)
	if err != nil || len(got) != 30 || slices.Contains(got, "u4") || !slices.Contains(got, "u5") {
		t.Errorf("an administrator's nearest messages are of %v: %v", got, err)
	}
}

// TestVectorIndex makes PostgreSQL take the index on vectors, where few of the nearest are the caller's: with iterative scans
// (pgvector 0.8) the answer is complete all the same.
func TestVectorIndex(t *testing.T) {
	t.Parallel()
	p := newPlace(t, `CREATE TABLE notes (id int PRIMARY KEY, owner text NOT NULL, place vector(3));
		CREATE INDEX ON notes USING hnsw (place vector_cosine_ops)`)
	p.exec(t, `INSERT INTO notes SELECT i, 'u' || i % 50, ARRAY[sin(i), cos(i), sin(i * 0.1)]::vector FROM generate_series(1, 1000) i`, "ANALYZE")
	p.apply(t, pgpolicy.Config{Manifest: notes()})
	tx, err := p.application.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background()) //nolint:errcheck // nothing is kept
	ctx := as(t.Context(), "u7", "")
	if err := pgpolicy.HandTx(ctx, tx, governance.Read); err != nil {
		t.Fatal(err)
	}
	const settings = `SELECT set_config('hnsw.iterative_scan', 'strict_order', true), set_config('enable_sort', 'off', true),
		set_config('enable_seqscan', 'off', true)`
	if _, err := tx.Exec(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	const sql = "SELECT owner FROM notes ORDER BY place <=> '[1,0,0]' LIMIT 10"
	read := func(sql string) []string {
		t.Helper()
		rows, err := tx.Query(t.Context(), sql)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		return lines
	}
	if plan := strings.Join(read("EXPLAIN "+sql), "\n"); !strings.Contains(plan, "notes_place_idx") {
		t.Fatalf("the index on vectors is not taken:\n%s", plan)
	}
	if got := read(sql); len(got) != 10 || slices.ContainsFunc(got, func(owner string) bool { return owner != "u7" }) {
		t.Errorf("the nearest are of %v, want 10 of u7", got)
	}
}
