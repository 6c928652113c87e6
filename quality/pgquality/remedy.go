package pgquality

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/shugo-data/shugo/quality"
)

// remedy returns how the defects of a check are found and mended, and what would keep new ones out.
func (p *planner) remedy(check quality.Check) *quality.Remedy {
	r := &quality.Remedy{Text: check.Mend, Language: "SQL", Prevent: p.constraint(check)}
	args := &arguments{}
	if bad, err := p.bad(check, args, true); err == nil {
		r.Statement = fmt.Sprintf("SELECT * FROM %s WHERE %s;", p.table.from(), inlined(bad, args.values))
	}
	text := "look at the failing rows, and correct or remove them"
	switch test := check.Test.(type) {
	case quality.NotNull:
		text = "fill in the missing values from where they come from, or remove the rows"
	case quality.Unique:
		r.Statement = p.deduplicate(test)
		text = "remove all but one row of each value, once you have seen which to keep"
	case quality.Reference:
		r.Statement = p.orphans(test)
		text = "restore what is referred to, or remove the rows that lead nowhere"
	case quality.Digest:
		text = "compute " + quoted(test.Field) + " anew, together with what was made from the old content"
	case quality.CountMatches:
		r.Statement = p.recount(test)
		text = "count again"
	case quality.VectorNonZero, quality.VectorNorm, quality.VectorDimensions:
		text = "embed the content of the failing rows anew"
	case quality.VectorUnique:
		text = "remove the copies, or find out why several rows have the same vector: often their content is empty or was embedded twice"
	case quality.Fresh:
		text = "find out why no new rows arrive"
	}
	if r.Text == "" {
		r.Text = text
	}
	if r.Statement == "" && r.Prevent == "" {
		r.Language = ""
	}
	return r
}

// constraint returns the statements that keep new defects out and, once validated, make the check a proof. NOT VALID takes a short lock
// and reads no row; VALIDATE reads the table while others write.
func (p *planner) constraint(check quality.Check) string {
	if !p.table.enforced() {
		return ""
	}
	body := ""
	switch test := check.Test.(type) {
	case quality.Unique:
		return p.uniqueIndex(check, test)
	case quality.Reference:
		schema := or(or(test.ToSchema, p.suite.Schema), p.table.Schema)
		body = fmt.Sprintf("FOREIGN KEY (%s) REFERENCES %s.%s (%s)", list(test.Fields), quoted(schema), quoted(test.To), list(test.Targets()))
	case quality.RowTest:
		args := &arguments{}
		c := &compiler{table: p.table, args: args, now: p.now, plain: true}
		good, err := c.good(test)
		if err != nil || relative(test) || check.When != nil && relative(check.When) {
			return ""
		}
		if check.When != nil {
			scope, err := c.good(check.When)
			if err != nil {
				return ""
			}
			good = fmt.Sprintf("(%s) OR NOT (%s) OR (%s) IS NULL", good, scope, scope)
		}
		body = "CHECK (" + inlined(good, args.values) + ")"
	default:
		return ""
	}
	name := quoted(constraintName(p.table.Name, check))
	return fmt.Sprintf("ALTER TABLE %[1]s ADD CONSTRAINT %[2]s %[3]s NOT VALID;\nALTER TABLE %[1]s VALIDATE CONSTRAINT %[2]s;", p.table.from(), name, body)
}

// relative says whether a test depends on the time, which a constraint cannot.
func relative(test quality.RowTest) bool {
	switch t := test.(type) {
	case quality.Range:
		_, low := t.Min.(quality.Now)
		_, high := t.Max.(quality.Now)
		return low || high
	case quality.Not:
		return relative(t.Test)
	case quality.All:
		return anyRelative(t.Tests)
	case quality.Any:
		return anyRelative(t.Tests)
	}
	return false
}

func anyRelative(tests []quality.RowTest) bool {
	for _, t := range tests {
		if relative(t) {
			return true
		}
	}
	return false
}

// uniqueIndex returns the statement that makes values unique, without stopping writes.
func (p *planner) uniqueIndex(check quality.Check, test quality.Unique) string {
	if check.When != nil || p.table.Kind == "p" {
		return ""
	}
	return fmt.Sprintf("CREATE UNIQUE INDEX CONCURRENTLY %s ON %s (%s);", quoted(constraintName(p.table.Name, check)), p.table.from(), list(test.Fields))
}

// constraintName returns a name of at most 63 bytes for what comes from a check.
func constraintName(table string, check quality.Check) string {
	parts := append([]string{table}, check.Test.Columns()...)
	parts = append(parts, string(check.Test.Kind()))
	if check.When != nil {
		parts = append(append(parts, "when"), check.When.Columns()...)
	}
	name := strings.Join(parts, "_")
	name = strings.Map(func(r rune) rune {
		if r == ' ' || r == '"' {
			return '_'
		}
		return r
	}, name)
	for len(name) > 63 {
		_, size := lastRune(name)
		name = name[:len(name)-size]
	}
	return name
}

func lastRune(s string) (rune, int) {
	r := []rune(s)
	last := r[len(r)-1]
	return last, len(string(last))
}

// deduplicate returns a statement that shows rows too many: all but the first of each value.
func (p *planner) deduplicate(test quality.Unique) string {
	return fmt.Sprintf(`SELECT * FROM (SELECT t.*, row_number() OVER (PARTITION BY %s ORDER BY ctid) AS nth FROM %s t WHERE %s) r WHERE nth > 1;`,
		list(test.Fields), p.table.from(), notNull(test.Fields))
}

// orphans returns a statement that shows rows that lead nowhere.
func (p *planner) orphans(test quality.Reference) string {
	on := make([]string, len(test.Fields))
	for i, f := range test.Fields {
		on[i] = named("o", test.Targets()[i]) + " = " + named("t", f)
	}
	schema := or(or(test.ToSchema, p.suite.Schema), p.table.Schema)
	return fmt.Sprintf("SELECT * FROM %s t WHERE %s AND NOT EXISTS (SELECT FROM %s.%s o WHERE %s);",
		p.table.from(), notNull(test.Fields), quoted(schema), quoted(test.To), strings.Join(on, " AND "))
}

// recount returns a statement that sets numbers right.
func (p *planner) recount(test quality.CountMatches) string {
	schema := or(or(test.OfSchema, p.suite.Schema), p.table.Schema)
	count := fmt.Sprintf("(SELECT count(*) FROM %s.%s o WHERE %s = %s)", quoted(schema), quoted(test.Of), named("o", test.OfField), named("t", test.Key))
	return fmt.Sprintf("UPDATE %s t SET %s = %s WHERE %s <> %s;", p.table.from(), quoted(test.Field), count, named("t", test.Field), count)
}

// inlined writes the arguments into a statement, as literals. It is for people to read and to run after that; what this package runs
// itself has parameters.
func inlined(sql string, args []any) string {
	return regexp.MustCompile(`\$(\d+)::`).ReplaceAllStringFunc(sql, func(placeholder string) string {
		n, err := strconv.Atoi(strings.Trim(placeholder, "$:"))
		if err != nil || n < 1 || n > len(args) {
			return placeholder
		}
		return literal(args[n-1]) + "::"
	})
}

// literal writes a value as a literal of SQL.
func literal(v any) string {
	switch v := v.(type) {
	case string:
		return quote(v)
	case int, int32, int64:
		return fmt.Sprint(v)
	case float64:
		return quote(strconv.FormatFloat(v, 'g', -1, 64))
	case bool:
		return fmt.Sprint(v)
	case time.Time:
		return quote(v.UTC().Format("2006-01-02 15:04:05.999999+00"))
	case []string:
		return array(v)
	case []int64:
		return array(v)
	case []float64:
		return array(v)
	case []bool:
		return array(v)
	case []time.Time:
		return array(v)
	}
	return quote(fmt.Sprint(v))
}

func array[T any](values []T) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = literal(any(v))
	}
	return "ARRAY[" + strings.Join(parts, ", ") + "]"
}

// quote writes a text as a literal, in the form in which a backslash means the same under every setting.
func quote(s string) string {
	s = strings.ReplaceAll(s, "'", "''")
	if strings.Contains(s, `\`) {
		return "E'" + strings.ReplaceAll(s, `\`, `\\`) + "'"
	}
	return "'" + s + "'"
}
