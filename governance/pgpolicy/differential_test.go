package pgpolicy_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgpolicy"
	"github.com/shugo-data/shugo/internal/servertest"
)

// TestEnforcersAgree asks the guard, the predicate, row security and the masking view about every row of random tables, for
// random rules, callers and persons' standing. A case is one row, caller and action.
func TestEnforcersAgree(t *testing.T) {
	t.Parallel()
	want := servertest.Count(10_000, 100_000)
	rng := rand.New(rand.NewPCG(20261124, 11))
	var n tally
	for n.cases < want {
		compareWorld(t, rng, &n)
	}
	t.Logf("%+v", n)
	for what, share := range map[string]float64{
		"calls": float64(n.allowed) / float64(n.cases), "unmasked calls": float64(n.whole) / float64(n.cases),
		"fields": float64(n.shown) / float64(n.fields), "inserts": float64(n.inserted) / float64(n.inserts),
	} {
		if share < 0.05 || share > 0.95 {
			t.Errorf("%.3f of the %s are allowed: want between 0.05 and 0.95", share, what)
		}
	}
}

func compareWorld(t *testing.T, rng *rand.Rand, n *tally) {
	t.Helper()
	w := randomWorld(rng)
	p := w.fill(t, rng)
	w.open(t)
	p.apply(t, w.config())
	conn, err := p.application.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	e := enforcers{world: w, place: p, conn: conn.Conn(), n: n}
	e.requireSecurity(t)
	for range 6 {
		ctx := governance.WithCaller(t.Context(), randomCaller(rng))
		for _, action := range governance.Actions() {
			for _, table := range w.tables {
				e.compare(t, ctx, action, table, rng)
			}
		}
	}
}

// tally counts cases, so that agreement about nothing is noticed.
type tally struct{ cases, allowed, whole, fields, shown, inserts, inserted int }

type enforcers struct {
	*world
	place place
	conn  *pgx.Conn // the application's
	n     *tally
}

// requireSecurity asserts that row security binds the connection that is tested.
func (e enforcers) requireSecurity(t *testing.T) {
	t.Helper()
	for _, table := range e.tables {
		var active bool
		if err := e.conn.QueryRow(t.Context(), "SELECT row_security_active($1)", quote(table.Name)).Scan(&active); err != nil || !active {
			t.Fatalf("row security is not active on %q for the application: %v", table.Name, err)
		}
	}
}

// verdict is what the guard says about one row: whether a call about it is allowed, and whether with nothing masked.
type verdict struct{ allowed, whole bool }

func (e enforcers) compare(t *testing.T, ctx context.Context, action governance.Action, table *worldTable, rng *rand.Rand) {
	t.Helper()
	var allowed, whole []int
	var visible []string
	for _, row := range table.rows {
		v := table.verdict(t, ctx, action, row.owner)
		if v.allowed {
			allowed = append(allowed, row.id)
		}
		if v.whole {
			whole = append(whole, row.id)
		}
		if reached, fields := e.fields(ctx, action, table, row); reached {
			visible = append(visible, strings.Join(fields, " "))
			e.n.shown += len(fields) - 1
		}
		e.n.fields += len(table.columns)
	}
	slices.Sort(allowed)
	slices.Sort(whole)
	slices.Sort(visible)
	e.n.cases, e.n.allowed, e.n.whole = e.n.cases+len(table.rows), e.n.allowed+len(allowed), e.n.whole+len(whole)
	e.require(t, ctx, "predicate", action, table, allowed, e.predicate(t, ctx, action, table))

	caller, known := governance.CallerFrom(ctx)
	if !known {
		if err := pgpolicy.Hand(ctx, &pgx.Batch{}, action); !errors.Is(err, pgpolicy.ErrNoCaller) {
			t.Fatalf("a caller without an ID: %v, want ErrNoCaller", err)
		}
	}
	name := quote(table.Name)
	e.require(t, ctx, "SELECT", action, table, whole, e.ids(t, ctx, caller, action, "SELECT id FROM "+name))
	e.require(t, ctx, "the view", action, table, visible, e.view(t, ctx, caller, action, table))
	if rng.IntN(3) == 0 { // they take most of the time
		e.writes(t, ctx, caller, action, table, allowed, whole)
	}
	e.insert(t, ctx, caller, action, table, pick(rng, table.owners))
}

func (table *worldTable) verdict(t *testing.T, ctx context.Context, action governance.Action, owner governance.Subject) verdict {
	t.Helper()
	if table.Subject == "" {
		owner = ""
	}
	out, err := table.calls[action](ctx, owner)
	var denied *governance.DeniedError
	if errors.As(err, &denied) {
		return verdict{}
	}
	if err != nil {
		t.Fatal(err)
	}
	return verdict{allowed: true, whole: len(out) == len(table.columns)}
}

// fields returns whether a call on any one field would be allowed, and the id and the fields that such calls would release.
func (e enforcers) fields(ctx context.Context, action governance.Action, table *worldTable, row worldRow) (reached bool, fields []string) {
	id := "-1"
	for _, column := range table.columns {
		category := table.Category
		for _, f := range table.Fields {
			if f.Name == column && f.Category != "" {
				category = f.Category
			}
		}
		d := e.guard.Decide(ctx, governance.Question{Category: category, Action: action, Subject: row.owner})
		reached = reached || d.Allowed
		if !d.Allowed || slices.Contains(d.Mask, column) || column == table.Subject && row.null {
			continue
		}
		if fields = append(fields, column); column == "id" {
			id = fmt.Sprint(row.id)
		}
	}
	return reached, append([]string{id}, fields...)
}

// predicate is asked by a role that row security does not bind.
func (e enforcers) predicate(t *testing.T, ctx context.Context, action governance.Action, table *worldTable) []int {
	t.Helper()
	reach, err := e.guard.Reach(ctx, governance.Target{Dataset: table.Name, Action: action})
	var denied *governance.DeniedError
	if err != nil && !errors.As(err, &denied) {
		t.Fatal(err)
	}
	q := pgpolicy.Query{Alias: "x", First: 2, Standing: pgx.Identifier{"consent", "standing"}}
	switch table.kind {
	case "uuid":
		q.Subject = pgpolicy.UUID
	case "bigint", "integer":
		q.Subject = pgpolicy.Integer
	}
	where, args, err := pgpolicy.Predicate(reach, q)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := e.place.admin.Query(t.Context(), "SELECT id FROM "+quote(table.Name)+" x WHERE $1::int = 1 AND ("+where+") IS NOT FALSE",
		append([]any{1}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		t.Fatalf("%v\n%s", err, where)
	}
	slices.Sort(ids)
	return ids
}

const claimSQL = `SELECT set_config('shugo.caller', $1, true), set_config('shugo.roles', $2::text[]::text, true),
	set_config('shugo.purpose', $3, true), set_config('shugo.action', $4, true)`

// claim queues what Hand does; for a caller without an ID, whom Hand refuses, what one who goes around it could.
func claim(ctx context.Context, t *testing.T, b *pgx.Batch, caller governance.Caller, action governance.Action) {
	t.Helper()
	if caller.ID == "" {
		b.Queue(claimSQL, "", worldRoles(), "", string(action))
		return
	}
	if err := pgpolicy.Hand(ctx, b, action); err != nil {
		t.Fatal(err)
	}
}

// refused reports whether PostgreSQL refused for want of a privilege, or by row security.
func refused(err error) bool {
	var failure *pgconn.PgError
	return errors.As(err, &failure) && failure.Code == "42501"
}

// ids runs a statement as the application, in a transaction that is rolled back, and returns the ids that it returns.
func (e enforcers) ids(t *testing.T, ctx context.Context, caller governance.Caller, action governance.Action, sql string) []int {
	t.Helper()
	var ids []int
	err := e.within(t, ctx, caller, action, func(tx pgx.Tx) error {
		rows, err := tx.Query(t.Context(), sql)
		if err != nil {
			return err
		}
		ids, err = pgx.CollectRows(rows, pgx.RowTo[int])
		return err
	})
	if err != nil && !refused(err) {
		t.Fatalf("%v\n%s", err, sql)
	}
	slices.Sort(ids)
	return ids
}

func (e enforcers) within(t *testing.T, ctx context.Context, caller governance.Caller, action governance.Action, do func(pgx.Tx) error) error {
	t.Helper()
	tx, err := e.conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context()) //nolint:errcheck // the next Begin would fail
	b := &pgx.Batch{}
	claim(ctx, t, b, caller, action)
	if err := tx.SendBatch(t.Context(), b).Close(); err != nil {
		t.Fatal(err)
	}
	return do(tx)
}

// view returns each row that the masking view has, as the names of the fields that it shows, beginning with its id.
func (e enforcers) view(t *testing.T, ctx context.Context, caller governance.Caller, action governance.Action, table *worldTable) []string {
	t.Helper()
	list := make([]string, len(table.columns))
	for i, column := range table.columns {
		list[i] = quote(column) + " IS NOT NULL"
	}
	var got []string
	err := e.within(t, ctx, caller, action, func(tx pgx.Tx) error {
		rows, err := tx.Query(t.Context(), "SELECT coalesce(id, -1), ARRAY["+strings.Join(list, ", ")+"] FROM governed."+quote(table.Name))
		if err != nil {
			return err
		}
		var id int
		var shown []bool
		_, err = pgx.ForEachRow(rows, []any{&id, &shown}, func() error {
			text := fmt.Sprint(id)
			for i, is := range shown {
				if is {
					text += " " + table.columns[i]
				}
			}
			got = append(got, text)
			return nil
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	return got
}

// writes compares commands that write all rows: with RETURNING they need what SELECT needs, and without they do not.
func (e enforcers) writes(t *testing.T, ctx context.Context, caller governance.Caller, action governance.Action, table *worldTable,
	allowed, whole []int) {
	t.Helper()
	name := quote(table.Name)
	for sql, actions := range map[string][]governance.Action{
		"DELETE FROM " + name:              {governance.Delete, governance.Erase},
		"UPDATE " + name + " SET f0 = 'z'": {governance.Update, governance.Erase, governance.Restore},
	} {
		wantAll, wantWhole := 0, []int(nil)
		if slices.Contains(actions, action) {
			wantAll, wantWhole = len(allowed), whole
		}
		e.require(t, ctx, sql, action, table, wantWhole, e.ids(t, ctx, caller, action, sql+" RETURNING id"))
		var count int64
		err := e.within(t, ctx, caller, action, func(tx pgx.Tx) error {
			tag, err := tx.Exec(t.Context(), sql)
			count = tag.RowsAffected()
			return err
		})
		if err != nil && !refused(err) {
			t.Fatal(err)
		}
		if int(count) != wantAll {
			t.Fatalf("%s as %s: %d rows, want %d\n%s", sql, action, count, wantAll, e.rulesText(ctx))
		}
	}
}

// insert compares the insertion of a record of one owner.
func (e enforcers) insert(t *testing.T, ctx context.Context, caller governance.Caller, action governance.Action, table *worldTable, owner any) {
	t.Helper()
	about := governance.Subject("")
	columns, values, args := "id", "1000", []any(nil)
	if table.Subject != "" {
		columns, values, args = columns+", "+quote(table.Subject), values+", $1", []any{owner}
		if owner != nil {
			about = governance.Subject(fmt.Sprint(owner))
		}
	}
	v := table.verdict(t, ctx, action, about)
	switch {
	case action == governance.Create || action == governance.Restore:
		if e.n.inserts++; v.allowed {
			e.n.inserted++
		}
	case about == "ann": // once for each caller is enough where nothing is inserted
		v = verdict{}
	default:
		return
	}
	sql := "INSERT INTO " + quote(table.Name) + " (" + columns + ") VALUES (" + values + ")"
	for text, want := range map[string]bool{sql: v.allowed, sql + " RETURNING id": v.whole} {
		err := e.within(t, ctx, caller, action, func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), text, args...)
			return err
		})
		if err != nil && !refused(err) {
			t.Fatal(err)
		}
		if got := err == nil; got != want {
			t.Fatalf("%s as %s of %q: %t, want %t\n%s", text, action, string(about), got, want, e.rulesText(ctx))
		}
	}
}

func (e enforcers) require(t *testing.T, ctx context.Context, what string, action governance.Action, table *worldTable, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s to %s in %q differs from the guard (-want +got):\n%s\nrows %+v\n%s", what, action, table.Name, diff, table.rows,
			e.rulesText(ctx))
	}
}

func (e enforcers) rulesText(ctx context.Context) string {
	caller, _ := governance.CallerFrom(ctx)
	text := fmt.Sprintf("caller %q roles %q purpose %q\n%+v\n", string(caller.ID), caller.Roles, caller.Purpose, e.manifest.Classes)
	for _, r := range e.manifest.Rules {
		text += fmt.Sprintf("  %+v\n", r)
	}
	for key, s := range e.standing {
		text += fmt.Sprintf("  %q %q %+v\n", string(key.subject), key.purpose, s)
	}
	return text
}
