package pgpolicy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgpolicy"
)

func TestPredicateText(t *testing.T) {
	t.Parallel()
	subject := governance.Dataset{Name: "notes", Subject: "owner"}
	everyone := governance.Dataset{Name: "notes"}
	standing := pgx.Identifier{"consent", "standing"}
	const mine = `("notes"."owner" IS NOT NULL AND "notes"."owner" = $1::text)`
	const consent = `"notes"."owner"::text <> '' AND EXISTS (SELECT FROM "consent"."standing" shugo_s WHERE ` +
		`shugo_s.subject = "notes"."owner"::text AND shugo_s.purpose = nullif($2::text, '') AND shugo_s.consented)`
	const free = `NOT EXISTS (SELECT FROM "consent"."standing" shugo_s WHERE shugo_s.subject = "notes"."owner"::text ` +
		`AND shugo_s.subject <> '' AND shugo_s.restricted)`
	for name, c := range map[string]struct {
		reach governance.Reach
		query pgpolicy.Query
		want  string
		args  []any
	}{
		"zero":          {governance.Reach{}, pgpolicy.Query{}, "FALSE", nil},
		"none":          {governance.Reach{Dataset: subject, Caller: "a"}, pgpolicy.Query{}, "FALSE", nil},
		"everything":    {governance.Reach{Dataset: subject, Caller: "a", Own: governance.Every, Others: governance.Every}, pgpolicy.Query{}, "TRUE", nil},
		"no subject":    {governance.Reach{Dataset: everyone, Caller: "a", Others: governance.Every, Standing: true}, pgpolicy.Query{}, "TRUE", nil},
		"nobody agrees": {governance.Reach{Dataset: everyone, Caller: "a", Others: governance.Consenting}, pgpolicy.Query{}, "FALSE", nil},
		"own":           {governance.Reach{Dataset: subject, Caller: "a", Own: governance.Every}, pgpolicy.Query{}, mine, []any{"a"}},
		"own, unheard":  {governance.Reach{Dataset: subject, Caller: "a", Own: governance.Consenting}, pgpolicy.Query{}, "FALSE", nil},
		"own of nobody": {governance.Reach{Dataset: subject, Own: governance.Every}, pgpolicy.Query{}, "FALSE", nil},
		"own, named": {governance.Reach{Dataset: subject, Caller: "7", Own: governance.Every},
			pgpolicy.Query{Alias: `a "b"`, First: 4, Subject: pgpolicy.Integer},
			`("a ""b"""."owner" IS NOT NULL AND "a ""b"""."owner" = $4::bigint)`, []any{int64(7)}},
		"not a number": {governance.Reach{Dataset: subject, Caller: "07", Own: governance.Every}, pgpolicy.Query{Subject: pgpolicy.Integer}, "FALSE", nil},
		"not a uuid": {governance.Reach{Dataset: subject, Caller: "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", Own: governance.Every},
			pgpolicy.Query{Subject: pgpolicy.UUID}, "FALSE", nil},
		"others": {governance.Reach{Dataset: subject, Caller: "a", Others: governance.Every}, pgpolicy.Query{},
			"((NOT " + mine + ") IS TRUE)", []any{"a"}},
		"others' consent": {governance.Reach{Dataset: subject, Caller: "a", Purpose: "p", Own: governance.Every, Others: governance.Consenting,
			Standing: true}, pgpolicy.Query{Standing: standing},
			"(" + mine + " OR ((NOT " + mine + " AND " + consent + " AND " + free + ") IS TRUE))", []any{"a", "p"}},
		"holds": {governance.Reach{Dataset: subject, Others: governance.Every, Standing: true, Target: governance.Target{Action: governance.Erase}},
			pgpolicy.Query{Standing: standing}, "((" + strings.Replace(free, "shugo_s.restricted", "(shugo_s.restricted OR shugo_s.held)", 1) +
				") IS TRUE)", nil},
	} {
		sql, args, err := pgpolicy.Predicate(c.reach, c.query)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, sql); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(c.args, args); diff != "" {
			t.Errorf("%s: arguments (-want +got):\n%s", name, diff)
		}
	}
}

func TestPredicateFaults(t *testing.T) {
	t.Parallel()
	subject := governance.Dataset{Name: "notes", Subject: "owner"}
	for name, r := range map[string]governance.Reach{
		"consent":  {Dataset: subject, Caller: "a", Others: governance.Consenting},
		"standing": {Dataset: subject, Caller: "a", Others: governance.Every, Standing: true},
		"both":     {Dataset: subject, Caller: "a", Own: governance.Every, Others: governance.Every, Standing: true},
	} {
		if sql, _, err := pgpolicy.Predicate(r, pgpolicy.Query{}); !errors.Is(err, pgpolicy.ErrStanding) || sql != "" {
			t.Errorf("%s without a relation: %q, %v", name, sql, err)
		}
	}
	own := governance.Reach{Dataset: subject, Caller: "secret \x00", Own: governance.Every}
	if _, _, err := pgpolicy.Predicate(own, pgpolicy.Query{}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a caller that PostgreSQL cannot hold: %v", err)
	}
	own.Caller = "a"
	if _, _, err := pgpolicy.Predicate(own, pgpolicy.Query{Standing: pgx.Identifier{"standing"}}); err == nil {
		t.Error("a relation without a schema is taken")
	}
}

// FuzzPredicate: whatever the caller is called, it stays in the arguments.
func FuzzPredicate(f *testing.F) {
	for _, id := range []string{"ann", "' OR true --", "$1", `\`, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "-7", "\xff", "日本"} {
		f.Add(id, "p", uint8(0), uint8(1), uint8(2))
	}
	f.Fuzz(func(t *testing.T, id, purpose string, kind, own, others uint8) {
		r := governance.Reach{
			Dataset: governance.Dataset{Name: "notes", Subject: "owner"}, Caller: governance.Subject(id), Purpose: governance.Purpose(purpose),
			Own: governance.Extent(own), Others: governance.Extent(others), Standing: others%2 == 1,
		}
		q := pgpolicy.Query{Subject: pgpolicy.SubjectType(kind), Standing: pgx.Identifier{"a", "b"}}
		sql, args, err := pgpolicy.Predicate(r, q)
		if err != nil {
			return
		}
		r.Caller, r.Purpose = "x", "y"
		same := sql == "FALSE" || sql == "TRUE" || len(args) > 0 || id == "" || kind == 1 || kind == 2
		plain, _, err := pgpolicy.Predicate(r, q)
		if kind != 1 && kind != 2 && id != "" && (err != nil || plain != sql) || !same {
			t.Fatalf("the text depends on who calls:\n%s\n%s %v", sql, plain, err)
		}
	})
}
