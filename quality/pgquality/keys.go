package pgquality

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/quality"
)

// key is one hash aggregate over the values of some fields: it answers every question about how often they occur.
type key struct {
	args   arguments
	where  string // condition of the rows that have a value
	fields []string
	step   *step

	rows               *int64 // that have a value: counted by a pass
	counting           *pass  // that counts them
	affected, repeated int64  // rows whose value occurs again, and such values
}

// excess returns how many rows are too many.
func (k *key) excess() int64 { return k.affected - k.repeated }

// groups returns how many different values there are.
func (k *key) groups() int64 { return *k.rows - k.excess() }

// singletons returns how many values occur once.
func (k *key) singletons() int64 { return *k.rows - k.affected }

// keySQL groups by a key, and counts the values that occur again, and their rows: how many rows there are the pass has counted, and the
// rest follows. %[1]s are the fields as they are compared, %[2]s the table, %[3]s the condition of the rows.
const keySQL = `SELECT count(*), coalesce(sum(n), 0)::int8
FROM (SELECT count(*) AS n FROM %[2]s WHERE %[3]s GROUP BY %[1]s HAVING count(*) > 1) again`

// askKey plans a question about how often values occur.
func (p *planner) askKey(check quality.Check) (question, error) {
	switch test := check.Test.(type) {
	case quality.Unique:
		return p.askUnique(check, test)
	case quality.Covers:
		return p.askCovers(check, test)
	case quality.MostCommon:
		return p.askMostCommon(check, test)
	}
	return question{}, unable("not a key")
}

// askUnique plans a test of uniqueness: a proof, or one hash aggregate.
func (p *planner) askUnique(check quality.Check, test quality.Unique) (question, error) {
	if index := p.unique(p.table, test.Fields); index != "" {
		return p.proven(index), nil
	}
	k, err := p.key(check, test.Fields)
	if err != nil {
		return question{}, err
	}
	if err := p.hash(check, k); err != nil {
		return question{}, err
	}
	return question{step: k.step, answer: func() quality.Result {
		r := quality.Result{Method: quality.ByFull, Judged: *k.rows, Duplicates: &quality.Duplicates{
			AffectedRows: k.affected, ExcessRows: k.excess(), Groups: k.repeated, Singletons: k.singletons()}}
		switch test.Count {
		case quality.ExcessRows:
			r.Unexpected = r.Duplicates.ExcessRows
		case quality.Groups:
			r.Judged, r.Unexpected = k.groups(), k.repeated
		default:
			r.Unexpected = k.affected
		}
		return r
	}}, nil
}

// hash adds to the pass the number of different hashes of a key that an earlier assessment has seen no value of twice: when there are as
// many as rows, the values are different, since equal values have equal hashes, and the second reading of the table is needless. It costs
// a quarter of what grouping by the values does, and would be lost on a key that repeats: so the first time the values are grouped.
func (p *planner) hash(check quality.Check, k *key) error {
	if repeats, _ := p.repeats.Load(k.step.sql); repeats != false || k.step.needless != nil || p.sampled != nil {
		return nil
	}
	forms := make([]string, len(k.fields))
	for i, f := range k.fields {
		col, err := p.table.column(f)
		if err != nil || !col.hashed() {
			return err
		}
		forms[i] = grouped(col)
	}
	scope, err := p.scope(check, &p.shared.args, p.shared)
	if err != nil {
		return err
	}
	p.shared.columns = append(p.shared.columns, check.Columns()...)
	hash := "CASE WHEN " + notNull(k.fields) + " THEN hash_record_extended(ROW(" + strings.Join(forms, ", ") + "), 0) END"
	if col, _ := p.table.column(k.fields[0]); len(k.fields) == 1 && col.class() == text {
		hash = "hashtextextended(" + forms[0] + ", 0)"
	}
	rows := p.countPresent(p.shared, k.fields, scope)
	hashes := aggregate[int64](p.shared, "count(DISTINCT "+hash+")"+filter(scope))
	pass := p.shared.step
	k.step.needless = func() bool { return pass.finished && *rows == *hashes }
	return nil
}

// hashed says whether values of the column are known to have a hash: a pass that asks for one that there is not fails as a whole.
func (c column) hashed() bool {
	switch c.class() {
	case vector:
		return false
	case other:
		return slices.Contains([]string{"uuid", "bpchar", "citext", "inet", "time", "interval"}, c.Base)
	}
	return true
}

// present adds to a pass the number of rows that have a value of the key.
func (p *planner) present(check quality.Check, k *key) error {
	k.counting = p.shared
	if p.kept != nil && (check.When == nil || !relative(check.When)) {
		k.counting = p.kept
	}
	scope, err := p.scope(check, &k.counting.args, k.counting)
	if err != nil {
		return err
	}
	k.counting.columns = append(k.counting.columns, check.Columns()...)
	k.rows = p.countPresent(k.counting, k.fields, scope)
	return nil
}

// recount counts the rows that have a value by a statement of its own, when the pass that should have did not run.
func (k *key) recount(ctx context.Context, tx pgx.Tx) error {
	if k.counting.step.finished {
		return nil
	}
	return tx.QueryRow(ctx, "SELECT count(*) FROM "+k.counting.table.from()+" WHERE "+k.where, k.args.values...).Scan(k.rows)
}

// key returns the hash aggregate of some fields in some scope: the same one for every check that asks for it.
func (p *planner) key(check quality.Check, fields []string) (*key, error) {
	fields = slices.Clone(fields)
	slices.Sort(fields)
	k := &key{fields: fields}
	scope, err := p.scope(check, &k.args, nil)
	if err != nil {
		return nil, err
	}
	k.where = both(notNull(fields), scope)
	forms := make([]string, len(fields))
	for i, f := range fields {
		col, err := p.table.column(f)
		if err != nil {
			return nil, err
		}
		forms[i] = grouped(col)
	}
	sql := fmt.Sprintf(keySQL, strings.Join(forms, ", "), p.table.from(), k.where)
	for _, s := range p.steps {
		if s.sql == sql && s.key != nil && slices.EqualFunc(s.args, k.args.values, same) {
			return s.key, nil
		}
	}
	if err := p.present(check, k); err != nil {
		return nil, err
	}
	k.step = &step{purpose: fmt.Sprintf("%s: how often values of (%s) occur", p.table.from(), list(fields)),
		reads: max(p.table.Estimate, 0), sql: sql, args: k.args.values, key: k}
	k.step.run = func(ctx context.Context) error {
		if err := k.recount(ctx, p.tx); err != nil {
			return err
		}
		if err := p.memory(ctx, groupMemory); err != nil {
			return err
		}
		err := p.tx.QueryRow(ctx, sql, k.args.values...).Scan(&k.repeated, &k.affected)
		if err != nil {
			return err // the savepoint takes the memory back
		}
		p.repeats.Store(sql, k.repeated > 0)
		return p.memory(ctx, p.config.WorkMemory)
	}
	p.steps = append(p.steps, k.step)
	return k, nil
}

// groupMemory is what a hash aggregate may take, in MiB: cut into parts that fit the cache of the processor, it takes a third less time
// than in memory as a whole, as measured.
const groupMemory = 4

// memory sets what the next statements may take, in MiB.
func (p *planner) memory(ctx context.Context, mebibytes int) error {
	_, err := p.tx.Exec(ctx, "SELECT set_config('work_mem', $1, true)", fmt.Sprintf("%dMB", mebibytes))
	return err
}

func same(a, b any) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

// grouped returns a column in a form that can be grouped by equality of bytes.
func grouped(col column) string {
	switch {
	case col.Base == "json":
		return col.name() + "::text"
	case col.class() == text:
		return col.plainText() + ` COLLATE "C"`
	case col.Loose:
		return col.name() + ` COLLATE "C"`
	}
	return col.name()
}

// askDistinct plans the number of different values.
func (p *planner) askDistinct(check quality.Check, test quality.Statistic) (question, error) {
	k, err := p.key(check, []string{test.Field})
	if err != nil {
		return question{}, err
	}
	return question{step: k.step, answer: func() quality.Result {
		if *k.rows == 0 {
			return quality.Result{Verdict: quality.NotAssessed, Reason: "there is no value that is not NULL", Method: quality.ByFull}
		}
		var value any = k.groups()
		if test.Of == quality.DistinctShare {
			value = float64(k.groups()) / float64(*k.rows)
		}
		return quality.Result{Method: quality.ByFull, Judged: 1, Unexpected: one(!test.Within(value, p.now)),
			Observed: fmt.Sprintf("%d different values of %d", k.groups(), *k.rows)}
	}}, nil
}

// step adds a statement that returns one row.
func (p *planner) step(purpose, sql string, args []any, targets ...any) *step {
	s := &step{purpose: purpose, reads: max(p.table.Estimate, 0), sql: sql, args: args}
	s.run = func(ctx context.Context) error { return p.tx.QueryRow(ctx, sql, args...).Scan(targets...) }
	p.steps = append(p.steps, s)
	return s
}
