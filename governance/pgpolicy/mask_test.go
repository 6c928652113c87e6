package pgpolicy_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgpolicy"
)

// tutorPlace has two learners, ann and bob, with a message and a figure each.
func tutorPlace(t testing.TB) place {
	t.Helper()
	p := newPlace(t, tutorSQL(t), standingTable)
	p.exec(t,
		`INSERT INTO users SELECT i, i, i || '@example.org', 'ja', 'N5', '2026-01-01' FROM unnest('{ann,bob}'::text[]) i`,
		`INSERT INTO conversation_sessions SELECT 's ' || i, i, now(), 'travel', 'sum', array_fill(0.5, '{1536}')::vector
			FROM unnest('{ann,bob}'::text[]) i`,
		`INSERT INTO conversation_messages SELECT 'm ' || i, 's ' || i, i, 'learner', 'hello', array_fill(0.5, '{1536}')::vector, now()
			FROM unnest('{ann,bob}'::text[]) i`,
		`INSERT INTO user_learning_progress SELECT i, '食べる', 0.5, 1, now() FROM unnest('{ann,bob}'::text[]) i`)
	return p
}

func as(ctx context.Context, id governance.Subject, purpose governance.Purpose, roles ...string) context.Context {
	return governance.WithCaller(ctx, governance.Caller{ID: id, Roles: roles, Purpose: purpose})
}

// query runs a statement as the application for a caller, in a transaction that is rolled back, and returns a text of each row.
func (p place) query(ctx context.Context, t testing.TB, action governance.Action, sql string, args ...any) ([]string, error) {
	t.Helper()
	tx, err := p.application.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background()) //nolint:errcheck // nothing is kept
	if err := pgpolicy.HandTx(ctx, tx, action); err != nil {
		return nil, err
	}
	rows, err := tx.Query(t.Context(), sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func TestTutorsCallers(t *testing.T) {
	t.Parallel()
	p := tutorPlace(t)
	c := tutor()
	c.Masks = map[string]map[string]string{"users": {"email": `it's "hidden" \ `}}
	p.apply(t, c)
	ann := as(t.Context(), "ann", "", governance.RoleLearner)
	tutoring := governance.WithPurpose(ann, governance.PurposeTutoring)
	analyst := as(t.Context(), "eve", governance.PurposeAnalytics, governance.RoleAnalyst)
	support := as(t.Context(), "sam", governance.PurposeSupport, governance.RoleSupport)
	admin := as(t.Context(), "root", governance.PurposeAdministration, governance.RoleAdmin)
	const message = `INSERT INTO conversation_messages VALUES ('new', 's ann', $1, 'learner', 'x', array_fill(0.5, '{1536}')::vector, now())`
	for name, c := range map[string]struct {
		ctx    context.Context
		action governance.Action
		sql    string
		args   []any
		want   []string // nil: refused with an error
	}{
		"own":                      {ann, governance.Read, "SELECT content || id FROM conversation_messages", nil, []string{"hellom ann"}},
		"another's":                {ann, governance.Read, "SELECT id FROM users WHERE id = 'bob'", nil, []string{}},
		"wrong action":             {ann, governance.Update, "SELECT id FROM conversation_messages", nil, []string{}},
		"deleting while reading":   {ann, governance.Read, "DELETE FROM conversation_messages RETURNING id", nil, []string{}},
		"deleting":                 {ann, governance.Delete, "DELETE FROM user_learning_progress RETURNING user_id", nil, []string{"ann"}},
		"giving away":              {ann, governance.Update, "UPDATE users SET id = 'eve' WHERE id = 'ann' RETURNING id", nil, nil},
		"taking":                   {ann, governance.Update, "UPDATE users SET id = 'ann' WHERE id = 'bob' RETURNING id", nil, []string{}},
		"without consent":          {tutoring, governance.Create, message, []any{"ann"}, nil},
		"masked in the table":      {analyst, governance.Read, "SELECT content FROM conversation_messages", nil, []string{}},
		"masked as an oracle":      {analyst, governance.Read, "SELECT id FROM conversation_messages WHERE content = 'hello'", nil, []string{}},
		"masked in the view":       {analyst, governance.Read, "SELECT coalesce(user_id, content, '?') || role FROM governed.conversation_messages", nil, []string{"?learner", "?learner"}},
		"view as an oracle":        {analyst, governance.Read, "SELECT id FROM governed.conversation_messages WHERE content = 'hello'", nil, []string{}},
		"own in the view":          {ann, governance.Read, "SELECT user_id || content FROM governed.conversation_messages", nil, []string{"annhello"}},
		"a text for a mask":        {support, governance.Read, "SELECT DISTINCT email FROM governed.users", nil, []string{`it's "hidden" \ `}},
		"purpose":                  {governance.WithPurpose(support, ""), governance.Read, "SELECT id FROM governed.users", nil, []string{}},
		"unknown purpose":          {governance.WithPurpose(ann, "tutorink"), governance.Read, "SELECT id FROM users", nil, []string{}},
		"no right to write":        {ann, governance.Create, "INSERT INTO governed.users (id) VALUES ('x') RETURNING id", nil, nil},
		"no rule creates figures":  {admin, governance.Create, "INSERT INTO conversation_analytics VALUES ('ann', 1, 1, 1) RETURNING user_id", nil, nil},
		"an administrator exports": {admin, governance.Export, "SELECT id FROM users ORDER BY id", nil, []string{"ann", "bob"}},
	} {
		got, err := p.query(c.ctx, t, c.action, c.sql, c.args...)
		if (err != nil) != (c.want == nil) || err != nil && !refused(err) {
			t.Errorf("%s: error %v", name, err)
		}
		if diff := cmp.Diff(c.want, got); err == nil && diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	p.exec(t, "INSERT INTO consent.standing VALUES ('ann', 'tutoring', true, false, false)")
	if _, err := p.query(tutoring, t, governance.Create, message, "ann"); err != nil {
		t.Errorf("with consent: %v", err)
	}
	if _, err := p.query(tutoring, t, governance.Create, message, "bob"); !refused(err) {
		t.Errorf("in another's name: %v", err)
	}
}

// TestNobodyIsLeftBehind: what is handed over ends with its transaction, and a connection without a caller reaches nothing.
func TestNobodyIsLeftBehind(t *testing.T) {
	t.Parallel()
	p := tutorPlace(t)
	p.apply(t, tutor())
	conn, err := p.application.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	count := func() (n int) {
		t.Helper()
		if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM users").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count(); n != 0 {
		t.Errorf("%d rows before anybody is handed over", n)
	}
	batch, seen := &pgx.Batch{}, 0
	if err := pgpolicy.Hand(as(t.Context(), "ann", "", governance.RoleLearner), batch, governance.Read); err != nil {
		t.Fatal(err)
	}
	batch.Queue("SELECT count(*) FROM users").QueryRow(func(row pgx.Row) error { return row.Scan(&seen) })
	if err := conn.SendBatch(t.Context(), batch).Close(); err != nil || seen != 1 {
		t.Errorf("handed over: %d rows, %v", seen, err)
	}
	if n := count(); n != 0 {
		t.Errorf("%d rows after the transaction", n)
	}
}

// TestOwnerIsBound: the owner of the tables reaches no more than the caller, and the masking view is bounded even when the
// owner has become one whom row security does not bind.
func TestOwnerIsBound(t *testing.T) {
	t.Parallel()
	p := tutorPlace(t)
	p.apply(t, tutor())
	tx, err := p.admin.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background()) //nolint:errcheck // nothing is kept
	if _, err := tx.Exec(t.Context(), "SET LOCAL ROLE "+quote(p.owner)); err != nil {
		t.Fatal(err)
	}
	var unclaimed, claimed int
	if err := tx.QueryRow(t.Context(), "SELECT count(*) FROM users").Scan(&unclaimed); err != nil || unclaimed != 0 {
		t.Errorf("the owner reads %d rows without a caller: %v", unclaimed, err)
	}
	ann := as(t.Context(), "ann", "", governance.RoleLearner)
	if err := pgpolicy.HandTx(ann, tx, governance.Read); err != nil {
		t.Fatal(err)
	}
	if err := tx.QueryRow(t.Context(), "SELECT count(*) FROM users").Scan(&claimed); err != nil || claimed != 1 {
		t.Errorf("the owner reads %d rows for a caller who has one: %v", claimed, err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.exec(t, "ALTER ROLE "+quote(p.owner)+" SUPERUSER")
	if got, err := p.query(ann, t, governance.Read, "SELECT id FROM governed.users"); err != nil || !cmp.Equal(got, []string{"ann"}) {
		t.Errorf("through a superuser's view: %v %v", got, err)
	}
	analyst := as(t.Context(), "eve", governance.PurposeAnalytics, governance.RoleAnalyst)
	got, err := p.query(analyst, t, governance.Read, "SELECT DISTINCT coalesce(content, '?') FROM governed.conversation_messages")
	if err != nil || !cmp.Equal(got, []string{"?"}) {
		t.Errorf("masks in a superuser's view: %v %v", got, err)
	}
}

func TestHandRefuses(t *testing.T) {
	t.Parallel()
	ann := governance.Caller{ID: "ann"}
	for name, c := range map[string]struct {
		ctx    context.Context
		action governance.Action
	}{
		"no caller":        {t.Context(), governance.Read},
		"a nameless one":   {governance.WithCaller(t.Context(), governance.Caller{Roles: []string{"admin"}}), governance.Read},
		"no action":        {governance.WithCaller(t.Context(), ann), ""},
		"unknown action":   {governance.WithCaller(t.Context(), ann), "READ"},
		"zero byte":        {governance.WithCaller(t.Context(), governance.Caller{ID: "a\x00"}), governance.Read},
		"not UTF-8":        {governance.WithCaller(t.Context(), governance.Caller{ID: "a", Roles: []string{"\xff"}}), governance.Read},
		"zero in purposes": {governance.WithCaller(t.Context(), governance.Caller{ID: "a", Purpose: "\x00"}), governance.Read},
	} {
		batch := &pgx.Batch{}
		err := pgpolicy.Hand(c.ctx, batch, c.action)
		if err == nil || batch.Len() != 0 {
			t.Errorf("%s: %v, %d statements", name, err, batch.Len())
		}
		if _, known := governance.CallerFrom(c.ctx); errors.Is(err, pgpolicy.ErrNoCaller) == known {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// failure returns PostgreSQL's code for an error.
func failure(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
