package quality

import (
	"fmt"
	"strings"
)

// String says what is asked.
func (t Unique) String() string {
	return tuple(t.Fields) + " is unique"
}

// String says what is asked.
func (t VectorUnique) String() string {
	if t.Within == 0 {
		return t.Field + " has no exact duplicates"
	}
	return fmt.Sprintf("%s has no duplicates within a cosine distance of %g", t.Field, t.Within)
}

// String says what is asked.
func (t Reference) String() string {
	return fmt.Sprintf("%s refers to an existing %s of %s", tuple(t.Fields), tuple(t.Targets()), t.To)
}

// String says what is asked.
func (t Joined) String() string {
	if t.Test == nil {
		return "nothing is asked of rows joined with " + t.To
	}
	text := fmt.Sprintf("%s, of rows and the row of %s that %s refers to", t.Test, t.To, tuple(t.Fields))
	if t.When != nil {
		text += fmt.Sprintf(", where %s", t.When)
	}
	return text
}

// String says what is asked.
func (t CountMatches) String() string {
	return fmt.Sprintf("%s is the number of rows of %s whose %s is %s", t.Field, t.Of, t.OfField, t.Key)
}

// String says what is asked.
func (t Sequence) String() string {
	return fmt.Sprintf("%s runs from %d without gaps or repeats", t.Field, t.First) + each(t.Within)
}

// String says what is asked.
func (t Monotone) String() string {
	text := t.Field + " " + map[bool]string{false: "rises", true: "falls"}[t.Falling]
	if t.Strict {
		text += " strictly"
	}
	return text + " in the order of " + strings.Join(t.By, ", ") + each(t.Within)
}

func tuple(fields []string) string {
	if len(fields) == 1 {
		return fields[0]
	}
	return "(" + strings.Join(fields, ", ") + ")"
}

func each(group []string) string {
	if len(group) == 0 {
		return ""
	}
	return " within each " + strings.Join(group, ", ")
}

// String says what is asked.
func (t ZScore) String() string {
	if t.Above {
		return fmt.Sprintf("%s is at most %g standard deviations above the mean", t.Field, t.Limit())
	}
	return fmt.Sprintf("%s is within %g standard deviations of the mean", t.Field, t.Limit())
}

// String says what is asked.
func (t RowCount) String() string {
	if t.Min == 0 && t.Max == 0 {
		return "there is any number of rows"
	}
	return "there are " + counts(t.Min, t.Max, "rows")
}

// String says what is asked.
func (t Fresh) String() string { return fmt.Sprintf("newest %s is at most %s old", t.Field, t.Age) }

// String says what is asked.
func (t Statistic) String() string {
	figure := string(t.Of)
	if t.Of == Quantile {
		figure = fmt.Sprintf("%g quantile", t.Q)
	}
	return figure + " of " + t.Field + " is " + bounds(t.Min, t.Max, t.OpenMin, t.OpenMax)
}

// String says what is asked.
func (t Covers) String() string {
	text := fmt.Sprintf("each of %d values of %s occurs", len(t.Values), t.Field)
	if t.Exact {
		text += ", and no other"
	}
	return text
}

// String says what is asked.
func (t MostCommon) String() string { return "most common " + t.Field + " is " + oneOf(t.Values) }

// String says what is asked.
func (t HasColumns) String() string {
	text := "there are the columns "
	if t.Exact {
		text = "there are exactly the columns "
	}
	if text += strings.Join(t.Names, ", "); t.Ordered {
		text += " in this order"
	}
	return text
}

// String says what is asked.
func (t ColumnCount) String() string {
	if t.Min == 0 && t.Max == 0 {
		return "there is any number of columns"
	}
	return "there are " + counts(int64(t.Min), int64(t.Max), "columns")
}

// String says what is asked.
func (t ColumnType) String() string { return t.Field + " has type " + strings.Join(t.Types, " or ") }
