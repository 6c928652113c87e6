package neoquality

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// remedy says how defects of a check are mended, and what would keep them out.
func (s *sheet) remedy(c quality.Check) *quality.Remedy {
	r := &quality.Remedy{Text: "Look at the failing " + s.element.plural() + ", and correct or remove them.", Language: "Cypher"}
	switch t := c.Test.(type) {
	case quality.NotNull:
		r.Prevent = s.createConstraint(HasConstraint{Type: Existence, Properties: []string{t.Field}}) + " // Enterprise"
	case quality.ColumnType:
		r.Prevent = s.createConstraint(HasConstraint{Type: PropertyType, Properties: []string{t.Field}, Of: strings.Join(t.Types, " | ")}) + " // Enterprise"
	case quality.Unique:
		r.Text = "Merge nodes that mean the same thing, or give each a value of its own; then make the constraint."
		r.Statement = s.list(present(t.Fields), values(t.Fields))
		r.Prevent = s.createConstraint(HasConstraint{Properties: t.Fields})
		return r
	case NoParallel:
		r.Text = "Keep one of the relationships between two nodes; write with MERGE, which makes no second one."
		r.Statement = s.list("", append([]string{"a", "b"}, values(t.Fields)...))
		return r
	case NoLoop:
		r.Text = "Remove the relationships that lead back."
		r.Statement = "MATCH " + s.element.pattern() + " WHERE a = b DELETE n"
		return r
	case Mirror:
		r.Text = "Write what is missing on either side, and remove what was deleted on the other; best in the transaction that writes there."
		r.Statement = "UNWIND $ids AS id MATCH " + s.element.pattern() + " WHERE " + property(t.Field) + " = id " + s.element.remove()
		return r
	case quality.Reference:
		r.Text = "Write what is referred to, or remove what refers to nothing; a relationship cannot dangle."
		r.Statement = "MATCH " + s.element.pattern() + where(present(t.Fields)) + " AND NOT " + exists(t) + " RETURN n"
		return r
	}
	if bad, ok := s.inline(c); ok {
		r.Statement = "MATCH " + s.element.pattern() + " WHERE NOT (" + bad + ") RETURN n"
	} else {
		r.Language = ""
	}
	return r
}

// list lists groups of records that have the same values.
func (s *sheet) list(condition string, by []string) string {
	named := make([]string, len(by))
	for i, v := range by {
		named[i] = v + " AS v" + strconv.Itoa(i)
	}
	return "MATCH " + s.element.pattern() + where(condition) + " WITH " + strings.Join(named, ", ") +
		", collect(n) AS same WHERE size(same) > 1 RETURN same"
}

func values(fields []string) []string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = property(f)
	}
	return list
}

// inline writes the test of a check for a human to run, with its bounds in place of parameters.
func (s *sheet) inline(c quality.Check) (string, bool) {
	w := &writer{inline: true, now: s.server.now}
	good, ok := w.truth(c.Test)
	if !ok {
		return "", false
	}
	if c.When != nil {
		when, ok := w.truth(c.When)
		if !ok {
			return "", false
		}
		good = only(good, when)
	}
	return good, true
}

// literal writes a bound of a check in Cypher.
func literal(v any) string {
	switch v := v.(type) {
	case string:
		return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(v) + "'"
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []string:
		return listOf(v)
	case []any:
		return listOf(v)
	case []int64:
		return listOf(v)
	}
	return fmt.Sprint(v)
}

func listOf[E any](list []E) string {
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = literal(v)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
