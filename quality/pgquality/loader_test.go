package pgquality_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// loader makes a table of each data set of the cases, once.
type loader struct {
	t      *testing.T
	conn   *pgx.Conn
	tables map[string]string
}

func newLoader(t *testing.T, conn *pgx.Conn) *loader {
	return &loader{t: t, conn: conn, tables: map[string]string{}}
}

// table returns the name of the table with the data of a case. Its columns are in the order of their names.
func (l *loader) table(c expectation) string {
	id := fmt.Sprintf("%s/%d/%v", c.File, c.DS, len(c.Schema))
	if name, ok := l.tables[id]; ok {
		return name
	}
	name := fmt.Sprintf("cases_%d", len(l.tables))
	l.tables[id] = name
	columns := make([]string, 0, len(c.Data))
	for column := range c.Data {
		columns = append(columns, column)
	}
	slices.Sort(columns)
	definitions := make([]string, 0, len(columns)+1)
	for _, column := range columns {
		definitions = append(definitions, pgx.Identifier{column}.Sanitize()+" "+columnType(c.Schema[column], c.Data[column]))
	}
	definitions = append(definitions, "pk_index bigint PRIMARY KEY")
	ctx := context.Background()
	if _, err := l.conn.Exec(ctx, "CREATE TABLE "+name+" ("+strings.Join(definitions, ", ")+")"); err != nil {
		l.t.Fatal(err)
	}
	rows := 0
	for _, values := range c.Data {
		rows = max(rows, len(values))
	}
	for i := range rows {
		record := map[string]any{"pk_index": i}
		for _, column := range columns {
			if v := c.Data[column]; i < len(v) {
				record[column] = v[i]
			}
		}
		text, err := json.Marshal(record)
		if err != nil {
			l.t.Fatal(err)
		}
		_, err = l.conn.Exec(ctx, fmt.Sprintf("INSERT INTO %s SELECT * FROM jsonb_populate_record(NULL::%s, $1)", name, name), text)
		if err != nil {
			l.t.Fatalf("%s, %s: %v", c.File, strings.Join(definitions, ", "), err)
		}
	}
	return name
}

// columnType returns the type of a column: the one that the case names, or one that holds its values.
func columnType(named string, values []any) string {
	switch named {
	case "DOUBLE_PRECISION":
		return "double precision"
	case "":
	default:
		return named
	}
	numbers, fractions, texts, booleans := 0, 0, 0, 0
	for _, v := range values {
		switch v := v.(type) {
		case json.Number:
			numbers++
			if strings.ContainsAny(v.String(), ".eE") {
				fractions++
			}
		case string:
			texts++
		case bool:
			booleans++
		}
	}
	switch {
	case booleans > 0 && numbers+texts == 0:
		return "boolean"
	case texts > 0 || numbers == 0:
		return "text"
	case fractions > 0:
		return "double precision"
	}
	return "bigint"
}
