package pgquality

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// proven answers a check of which the catalog proves that no row is bad. A table without a page is surely empty: nothing is proven of
// it that anybody would want to know.
func (p *planner) proven(evidence string) question {
	if p.table.Bytes == 0 {
		return notAssessed("there was no row to judge")
	}
	return question{answer: func() quality.Result {
		return quality.Result{Method: quality.ByProof, Evidence: evidence}
	}}
}

// enforced says whether the server enforces the constraints of the table on every row that a scan of it sees.
func (t *table) enforced() bool { return (t.Kind == "r" || t.Kind == "p") && !t.Inherited }

// prove returns what proves that a test of rows is good, or nothing.
func (p *planner) prove(ctx context.Context, check quality.Check, test quality.RowTest) (string, error) {
	if !p.table.enforced() {
		return "", nil
	}
	switch t := test.(type) {
	case quality.NotNull:
		if col, err := p.table.column(t.Field); err == nil && col.NotNull {
			return "NOT NULL of column " + col.name(), nil
		}
	case quality.VectorDimensions:
		if col, err := p.table.column(t.Field); err == nil && col.dimensions() == t.Want() {
			return "type " + col.Type + " of column " + col.name(), nil
		}
	case quality.VectorFinite:
		if col, err := p.table.column(t.Field); err == nil && col.class() == vector {
			return "type " + col.Type + " of column " + col.name() + ", which refuses other numbers", nil
		}
	}
	checks := p.checksOn(check.Columns())
	if len(checks) == 0 {
		return "", nil
	}
	for as := range spelling(spellings) {
		implied, err := p.implied(ctx, check, test, as)
		if err != nil {
			return "", err
		}
		if implied {
			return "CHECK " + strings.Join(checks, ", "), nil
		}
	}
	return "", nil
}

// checksOn returns the names of the validated CHECKs that are about any of the columns.
func (p *planner) checksOn(columns []string) []string {
	var names []string
	for _, k := range p.table.Constraints {
		if k.Kind == "c" && slices.ContainsFunc(k.Columns, func(c string) bool { return slices.Contains(columns, c) }) {
			names = append(names, quoted(k.Name))
		}
	}
	return names
}

// implied asks the server's planner whether the table can hold a bad row at all: with constraint_exclusion on, it plans no scan when
// validated CHECKs and NOT NULLs refute the condition. When it can hold no good row either, since a condition is never true or row
// security hides all, nothing is proven: there is nothing to judge.
func (p *planner) implied(ctx context.Context, check quality.Check, test quality.RowTest, as spelling) (bool, error) {
	bad, err := p.refuted(ctx, check, test, as, "NOT ")
	if err != nil || !bad {
		return false, err
	}
	good, err := p.refuted(ctx, check, test, as, "")
	if err != nil || good {
		return false, err
	}
	changed, err := p.changed(ctx)
	return !changed, err
}

// changedSQL says whether a transaction that the snapshot does not see has changed the definition of a table, or of a partition of it:
// then it has put its own in the place of a row of the catalog that the snapshot sees. An age says whether it ended before the snapshot
// without effect: identifiers of transactions wrap around.
const changedSQL = `
WITH oldest AS (SELECT age(pg_snapshot_xmin(pg_current_snapshot())::xid) AS age),
  tables AS (SELECT $1::oid AS oid UNION SELECT relid FROM pg_partition_tree($1::oid::regclass)),
  definitions AS (SELECT xmax AS by FROM pg_class WHERE oid IN (SELECT oid FROM tables)
    UNION ALL SELECT xmax FROM pg_attribute WHERE attrelid IN (SELECT oid FROM tables)
    UNION ALL SELECT xmax FROM pg_constraint WHERE conrelid IN (SELECT oid FROM tables))
SELECT EXISTS (SELECT FROM definitions, oldest WHERE by <> '0'::xid AND age(by) <= oldest.age)`

// changed says whether the constraints that the server's planner knows may be younger than the rows: it looks at the catalog as it is,
// not as of the snapshot.
func (p *planner) changed(ctx context.Context) (changed bool, err error) {
	err = p.tx.QueryRow(ctx, changedSQL, p.table.OID).Scan(&changed)
	return changed, stripped(ctx, "asking for a proof", err)
}

// refuted says whether the server plans no scan for rows of which a test, after the word NOT or nothing, is true.
func (p *planner) refuted(ctx context.Context, check quality.Check, test quality.RowTest, as spelling, not string) (bool, error) {
	c := &compiler{table: p.table, args: &arguments{}, now: p.now, plain: true, spelling: as}
	good, err := c.good(test)
	if err != nil {
		return false, nil // the counting says why
	}
	condition := not + "(" + good + ")"
	if check.When != nil {
		scope, err := c.good(check.When)
		if err != nil {
			return false, nil
		}
		condition = "(" + scope + ") AND " + condition
	}
	if _, err := p.tx.Exec(ctx, "SAVEPOINT proof"); err != nil {
		return false, stripped(ctx, "asking for a proof", err)
	}
	var text []byte
	err = p.tx.QueryRow(ctx, "EXPLAIN (FORMAT JSON) SELECT FROM "+p.table.from()+" WHERE "+condition, c.args.values...).Scan(&text)
	if err != nil {
		if !local(err) {
			return false, stripped(ctx, "asking for a proof", err)
		}
		_, err = p.tx.Exec(ctx, "ROLLBACK TO SAVEPOINT proof")
		return false, stripped(ctx, "asking for a proof", err)
	}
	return empty(text), nil
}

// empty says whether a plan reads nothing, since its condition can never be true.
func empty(plan []byte) bool {
	var plans []struct {
		Plan struct {
			Node   string            `json:"Node Type"`
			Filter string            `json:"One-Time Filter"`
			Plans  []json.RawMessage `json:"Plans"`
		} `json:"Plan"`
	}
	if err := json.Unmarshal(plan, &plans); err != nil || len(plans) != 1 {
		return false
	}
	root := plans[0].Plan
	return root.Node == "Result" && root.Filter == "false" && len(root.Plans) == 0
}

// unique returns the index that proves that values of the fields, none of them NULL, occur once, or nothing.
func (p *planner) unique(t *table, fields []string) string {
	if !t.enforced() {
		return ""
	}
	for _, i := range t.Indexes {
		covered := !slices.ContainsFunc(i.Columns, func(c string) bool {
			if !slices.Contains(fields, c) {
				return true
			}
			col, err := t.column(c)
			return err != nil || !col.NotNull && !i.NullsOneness
		})
		if covered && len(i.Columns) > 0 {
			return pick(i.Primary, "primary key ", "unique index ") + i.Name
		}
	}
	return ""
}

// foreignKey returns the constraint that proves a reference, or nothing.
func (p *planner) foreignKey(target *table, fields, targets []string) string {
	if !p.table.enforced() {
		return ""
	}
	for _, k := range p.table.Constraints {
		if k.Kind == "f" && k.Target == target.OID && slices.Equal(pairs(k.Columns, k.Targets), pairs(fields, targets)) {
			return "foreign key " + quoted(k.Name)
		}
	}
	return ""
}

// pairs returns which field refers to which, in an order of its own.
func pairs(from, to []string) []string {
	out := make([]string, min(len(from), len(to)))
	for i := range out {
		out[i] = from[i] + "\x00" + to[i]
	}
	slices.Sort(out)
	return out
}
