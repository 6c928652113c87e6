package neoquality

import (
	"slices"
	"strconv"
	"strings"
)

// hoisted returns the beginning of a pass, which reads each property once, and the values of columns in terms of what it read: else the
// server reads a property as often as expressions name it.
func (s *sheet) hoisted(columns []column) (match string, values []string) {
	var names []string
	for _, c := range columns {
		values = append(values, replaceProperties(c.value, func(name string) string {
			i := slices.Index(names, name)
			if i < 0 {
				i, names = len(names), append(names, name)
			}
			return "v" + strconv.Itoa(i)
		}))
	}
	scope := "n"
	if s.element.relationship {
		scope = "n, a, b"
	}
	for i, name := range names {
		scope += ", " + name + " AS v" + strconv.Itoa(i)
	}
	return "MATCH " + s.element.pattern() + "\nWITH " + scope + "\n", values
}

// replaceProperties replaces the properties of n in an expression. Names are in backticks, in which a backtick is doubled, and nothing
// else has any.
func replaceProperties(expression string, by func(name string) string) string {
	var out strings.Builder
	for {
		start := strings.IndexByte(expression, '`')
		if start < 0 {
			out.WriteString(expression)
			return out.String()
		}
		end := start + 1
		for end < len(expression) && (expression[end] != '`' || strings.HasPrefix(expression[end:], "``")) {
			if expression[end] == '`' {
				end++
			}
			end++
		}
		end = min(end+1, len(expression))
		before, name := expression[:start], expression[start:end]
		if inner, is := strings.CutSuffix(before, "n."); is {
			out.WriteString(inner + by("n."+name))
		} else {
			out.WriteString(before + name)
		}
		expression = expression[end:]
	}
}
