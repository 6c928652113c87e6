package pgpolicy_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgpolicy"
)

// world is a random manifest in a database, with rows and persons' standing, and a guard that is told the same.
type world struct {
	manifest governance.Manifest
	guard    *governance.Guard
	standing map[standingKey]governance.Standing // purpose "": of every purpose
	tables   []*worldTable
}

type standingKey struct {
	subject governance.Subject
	purpose governance.Purpose
}

type worldTable struct {
	governance.Dataset
	kind    string // of the subject column
	owners  []any
	rows    []worldRow
	calls   map[governance.Action]governance.Call[governance.Subject, shown]
	columns []string
}

type worldRow struct {
	id    int
	owner governance.Subject // as PostgreSQL prints it
	null  bool
}

// shown is the result of a wrapped call: the fields that are not masked.
type shown map[string]bool

const zeroUUID = "00000000-0000-0000-0000-000000000000"

func texts() []any {
	return []any{nil, "", "ann", "O'Neil", `back\slash`, "per%cent_", "日本 語", `"quoted"`, zeroUUID, "7", "{a,NULL}", "Ann", " ann"}
}

func uuids() []any { return []any{nil, zeroUUID, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"} }

func numbers() []any { return []any{nil, 7, -3, 0, int64(9223372036854775807)} }

func callerIDs() []string {
	return []string{"", "ann", "O'Neil", `back\slash`, "per%cent_", "日本 語", `"quoted"`, zeroUUID, "7", "{a,NULL}", "Ann", " ann",
		"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "07", "-3", "-0", "0", "%",
		"9223372036854775807", "9223372036854775808", "99999999999999999999999", "nobody's"}
}

func worldRoles() []string {
	return []string{"r0", `r"1\`, "r,2 {}", "日%_'"}
}

func worldPurposes() []governance.Purpose { return []governance.Purpose{"p0", `p'1"\`} }

func worldFields() []string { return []string{"f0", "f1", "f2", "select"} }

// tableNames need quotes, have 63 bytes, and look like SQL.
func tableNames() [4]string {
	return [4]string{`d "0"`, strings.Repeat("長", 21), "user", "d;--$shugo$"}
}

func randomWorld(rng *rand.Rand) *world {
	names := tableNames()
	mixed := []governance.Field{{Name: "f0", Category: "c1"}, {Name: "f1", Sealed: true}, {Name: "f2", Category: "c2"}}
	w := &world{tables: []*worldTable{
		{Dataset: governance.Dataset{Name: names[0], Category: "c0", Subject: "Owner's", Fields: mixed}, kind: "text", owners: texts()},
		{Dataset: governance.Dataset{Name: names[1], Category: "c1", Subject: "subject"}, kind: "uuid", owners: uuids()},
		{Dataset: governance.Dataset{Name: names[2], Category: "c2", Subject: "owner"}, kind: "bigint", owners: numbers()},
		{Dataset: governance.Dataset{Name: names[3], Category: "c0", Fields: mixed[:1]}, kind: "varchar(99)", owners: texts()},
	}}
	if rng.IntN(2) == 0 {
		w.tables[0].kind, w.tables[2].kind = "varchar(99)", "integer"
		w.tables[2].owners = numbers()[:4]
	}
	for _, t := range w.tables {
		t.Store = governance.PostgreSQL
		w.manifest.Datasets = append(w.manifest.Datasets, t.Dataset)
	}
	w.rules(rng)
	return w
}

// rules makes up rules that have no fault.
func (w *world) rules(rng *rand.Rand) {
	for i := range 3 {
		w.manifest.Classes = append(w.manifest.Classes,
			governance.Class{Category: governance.Category(fmt.Sprint("c", i)), Personal: rng.IntN(3) > 0})
	}
	w.manifest.Roles, w.manifest.Purposes = worldRoles(), worldPurposes()
	masking := 2 + 6*rng.IntN(2)
	for range 12 + rng.IntN(20) {
		w.manifest.Rules = append(w.manifest.Rules, randomRule(rng, rng.IntN(10) < masking))
	}
	var faulty *governance.ManifestError
	for len(w.manifest.Rules) > 0 && errors.As(w.manifest.Check(), &faulty) {
		var i int
		if _, err := fmt.Sscanf(faulty.Faults[0].Path, "rules[%d]", &i); err != nil {
			panic(faulty)
		}
		w.manifest.Rules = slices.Delete(w.manifest.Rules, i, i+1)
	}
}

func randomRule(rng *rand.Rand, masks bool) governance.Rule {
	r := governance.Rule{
		Deny: rng.IntN(6) == 0, Own: rng.IntN(4) == 0, Actions: some(rng, governance.Actions(), 1),
		Categories: some(rng, []governance.Category{"c0", "c1", "c2"}, 1),
	}
	if masks {
		r.Mask = some(rng, append(worldFields(), "Owner's", "no such field"), 0)
	}
	if rng.IntN(6) > 0 {
		r.Roles = some(rng, worldRoles(), 1)
	}
	if rng.IntN(5) < 2 {
		r.Purposes = some(rng, worldPurposes(), 1)
		r.Consent = !r.Deny && rng.IntN(2) == 0
	}
	if r.Deny {
		r.Mask, r.Roles = nil, some(rng, worldRoles(), 1)[:1]
	}
	return r
}

// open makes the guard.
func (w *world) open(t *testing.T) {
	t.Helper()
	sink := governance.AuditSinkFunc(func(context.Context, governance.Event) error { return nil })
	var err error
	w.guard, err = governance.New(governance.Config{
		Manifest: w.manifest, Audit: governance.Vouch(sink, governance.Transactional),
		Register: governance.RegisterFunc(func(_ context.Context, s governance.Subject, p governance.Purpose) (governance.Standing, error) {
			general := w.standing[standingKey{s, ""}]
			general.Consented = p != "" && w.standing[standingKey{s, p}].Consented
			return general, nil
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range w.tables {
		table.wrap(w.guard)
	}
}

func (table *worldTable) wrap(g *governance.Guard) {
	table.columns = append([]string{"id"}, worldFields()...)
	if table.Subject != "" {
		table.columns = append(table.columns, table.Subject)
	}
	table.calls = map[governance.Action]governance.Call[governance.Subject, shown]{}
	for _, action := range governance.Actions() {
		op := governance.Operation[governance.Subject, shown]{
			Name: table.Name + string(action), Dataset: table.Name, Action: action, Mask: map[string]func(*shown){},
			Subject: func(s governance.Subject) governance.Subject { return s },
		}
		for _, f := range append(table.columns, "Owner's", "no such field") {
			op.Mask[f] = func(s *shown) { delete(*s, f) }
		}
		table.calls[action] = governance.Wrap(g, op, func(context.Context, governance.Subject) (shown, error) {
			all := shown{}
			for _, f := range table.columns {
				all[f] = true
			}
			return all, nil
		})
	}
}

// fill makes the tables, rows and standing, by the owner of the tables.
func (w *world) fill(t *testing.T, rng *rand.Rand) place {
	t.Helper()
	var ddl []string
	for _, table := range w.tables {
		owner := ""
		if table.Subject != "" {
			owner = ", " + quote(table.Subject) + " " + table.kind
		}
		ddl = append(ddl, "CREATE TABLE "+quote(table.Name)+" (id int PRIMARY KEY, f0 text DEFAULT 'x', f1 int DEFAULT 1, f2 text[] "+
			"DEFAULT '{}', \"select\" varchar(9) DEFAULT 'y'"+owner+")")
	}
	p := newPlace(t, append(ddl, standingTable)...)
	w.standing = map[standingKey]governance.Standing{}
	for _, id := range callerIDs()[1:] {
		s := governance.Standing{Restricted: rng.IntN(8) == 0, Held: rng.IntN(8) == 0}
		w.standing[standingKey{governance.Subject(id), ""}] = s
		p.standing(t, id, "", s)
		for _, purpose := range worldPurposes() {
			s := governance.Standing{Consented: rng.IntN(2) == 0}
			w.standing[standingKey{governance.Subject(id), purpose}] = s
			p.standing(t, id, string(purpose), s)
		}
	}
	p.standing(t, "", "p0", governance.Standing{Consented: true, Restricted: true, Held: true}) // nobody has no standing
	for _, table := range w.tables {
		p.rows(t, rng, table)
	}
	return p
}

func (p place) standing(t *testing.T, id, purpose string, s governance.Standing) {
	t.Helper()
	_, err := p.admin.Exec(t.Context(), "INSERT INTO consent.standing VALUES ($1, $2, $3, $4, $5)", id, purpose, s.Consented,
		s.Restricted, s.Held)
	if err != nil {
		t.Fatal(err)
	}
}

// rows fills a table with three rows of each owner, in random order, and reads back who PostgreSQL says that they are.
func (p place) rows(t *testing.T, rng *rand.Rand, table *worldTable) {
	t.Helper()
	if table.Subject == "" {
		p.exec(t, "INSERT INTO "+quote(table.Name)+" SELECT generate_series(1, 3)")
		table.rows = []worldRow{{id: 1}, {id: 2}, {id: 3}}
		return
	}
	for id, at := range rng.Perm(3 * len(table.owners)) {
		var owner *string
		err := p.admin.QueryRow(t.Context(), "INSERT INTO "+quote(table.Name)+" (id, "+quote(table.Subject)+") VALUES ($1, $2) RETURNING "+
			quote(table.Subject)+"::text", id, table.owners[at%len(table.owners)]).Scan(&owner)
		if err != nil {
			t.Fatal(err)
		}
		row := worldRow{id: id, null: owner == nil}
		if owner != nil {
			row.owner = governance.Subject(*owner)
		}
		table.rows = append(table.rows, row)
	}
}

func (w *world) config() pgpolicy.Config {
	return pgpolicy.Config{Manifest: w.manifest, Standing: pgx.Identifier{"consent", "standing"}}
}

func randomCaller(rng *rand.Rand) governance.Caller {
	c := governance.Caller{
		ID: governance.Subject(pick(rng, callerIDs())), Purpose: pick(rng, append(worldPurposes(), "")), Roles: some(rng, worldRoles(), 1),
	}
	switch rng.IntN(12) {
	case 0:
		c.Roles = append(c.Roles, "r9")
	case 1:
		c.Purpose = "p9"
	case 2:
		c.Roles = nil
	case 3, 4:
		c.Roles = append(c.Roles, worldRoles()...)
	}
	return c
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

func pick[E any](rng *rand.Rand, s []E) E { return s[rng.IntN(len(s))] }

// some returns a random selection of s in random order with at least a few elements.
func some[E any](rng *rand.Rand, s []E, least int) []E {
	s = slices.Clone(s)
	rng.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	return s[:max(least, rng.IntN(len(s)+1))]
}
