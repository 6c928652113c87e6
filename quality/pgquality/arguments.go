package pgquality

import (
	"fmt"
	"strconv"
)

// arguments collects the values of a statement: they are always parameters.
type arguments struct {
	values []any
}

// add adds a value and returns the placeholder for it, of the given type of PostgreSQL.
func (a *arguments) add(value any, typ string) string {
	a.values = append(a.values, value)
	return "$" + strconv.Itoa(len(a.values)) + "::" + typ
}

// number adds a number as its digits, exactly.
func (a *arguments) number(value any, typ string) string {
	return a.add(fmt.Sprint(value), typ)
}

// try calls say, and forgets the arguments that it added if it failed: a statement must use all it has.
func (a *arguments) try(say func() (string, error)) (string, error) {
	mark := len(a.values)
	sql, err := say()
	if err != nil {
		a.values = a.values[:mark]
	}
	return sql, err
}
