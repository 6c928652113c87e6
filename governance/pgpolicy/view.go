package pgpolicy

import (
	"strings"
)

// row is the alias of the table in a masking view.
const row = "m"

// view is the dataset as a caller sees it whose rules mask something, or allow only some of its categories.
func (g *governed) view() wantView {
	columns := make([]string, len(g.columns))
	for i, name := range g.columns {
		columns[i] = g.viewColumn(name)
	}
	table := g.config.table(g.dataset)
	return wantView{
		name: g.Name, options: []string{"security_barrier=true"},
		definition: "SELECT " + strings.Join(columns, ", ") + " FROM " + qualified(table...) + " " + row +
			" WHERE " + g.anyPart(row+".") + ";",
		comment: "Dataset " + g.Name + " with the fields masked that the caller's rules mask.",
	}
}

// viewColumn is a column of the view. When all columns are of one category, what no rule masks is there with the row.
func (g *governed) viewColumn(name string) string {
	p, group := g.part(name)
	column := row + "." + ident(name)
	if group == "" && len(g.parts) == 1 {
		return column
	}
	scope := scopeField + group
	if group == "" {
		scope = scopeCategory + string(p.category)
	}
	return "CASE WHEN " + disjunction(g.partCondition(row+".", scope, p)) + " THEN " + column + " ELSE " + g.blank(name) +
		" END AS " + ident(name)
}

// blank is what a masked value shows.
func (g *governed) blank(name string) string {
	for _, c := range g.live.columns {
		if c.name != name {
			continue
		}
		if text, given := g.config.Masks[g.Name][name]; given {
			return deparsed(text) + "::" + c.kind
		}
		return "NULL::" + c.kind
	}
	return "NULL"
}

// sameView reports whether a definition from pg_get_viewdef is the wanted one: servers differ in white space, and from
// version 16 on in whether columns of the only table are qualified.
func sameView(want, got string) bool { return plainView(want) == plainView(got) }

// plainView drops the white space and the alias of the table, but not inside of quotes. What is left is unambiguous for
// texts that PostgreSQL wrote.
func plainView(text string) string {
	var b strings.Builder
	var quote byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case strings.IndexByte(" \t\r\n", c) >= 0:
			continue
		case c == row[0] && strings.HasPrefix(text[i:], row+".") && i > 0 && strings.IndexByte(" \n(", text[i-1]) >= 0:
			i++
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}
