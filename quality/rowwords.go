package quality

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// String says what is asked.
func (t NotNull) String() string { return t.Field + " is not NULL" }

// String says what is asked.
func (t IsNull) String() string { return t.Field + " is NULL" }

// String says what is asked.
func (t NotEmpty) String() string { return t.Field + " is not blank" }

// String says what is asked.
func (t Range) String() string { return t.Field + " is " + bounds(t.Min, t.Max, t.OpenMin, t.OpenMax) }

// String says what is asked.
func (t In) String() string { return t.Field + " is " + oneOf(t.Values) }

// String says what is asked.
func (t Length) String() string {
	if t.Min == 0 && t.Max == 0 {
		return t.Field + " is a text of any length"
	}
	return "length of " + t.Field + " is " + counts(int64(t.Min), int64(t.Max), "characters")
}

// String says what is asked.
func (t Match) String() string { return t.Field + " matches the regular expression " + t.Pattern }

// String says what is asked.
func (t Like) String() string { return t.Field + " is like " + strconv.Quote(t.Pattern) }

// String says what is asked.
func (t Valid) String() string { return t.Field + " is valid in the eyes of " + t.Name }

// String says what is asked.
func (t JSON) String() string {
	if t.Schema != nil {
		return t.Field + " is JSON and matches its schema"
	}
	return t.Field + " is JSON"
}

// String says what is asked.
func (t Layout) String() string {
	quoted := make([]string, len(t.Layouts))
	for i, layout := range t.Layouts {
		quoted[i] = strconv.Quote(layout)
	}
	return t.Field + " is a date or time that is written as " + strings.Join(quoted, " or ")
}

// String says what is asked.
func (t Digest) String() string {
	hash := t.Hash
	if hash == "" {
		hash = SHA256
	}
	return fmt.Sprintf("%s is the %s digest of %s", t.Field, hash, t.Of)
}

// String says what is asked.
func (t SQL) String() string { return t.Name + ": " + t.Good }

// String says what is asked.
func (t Compare) String() string { return fmt.Sprintf("%s %s %s", t.A, t.Is, t.B) + t.Nulls.words() }

// String says what is asked.
func (t AllDifferent) String() string {
	return strings.Join(t.Fields, ", ") + " are all different" + t.Nulls.words()
}

// String says what is asked.
func (t InTuples) String() string {
	return fmt.Sprintf("(%s) is one of %d tuples", strings.Join(t.Fields, ", "), len(t.Tuples)) + t.Nulls.words()
}

// words says what differs from the usual policy.
func (n Nulls) words() string {
	switch n {
	case BothNull:
		return ", also where some of them are NULL"
	case NeverNull:
		return ", also where they are NULL"
	}
	return ""
}

// String says what is asked.
func (t Total) String() string {
	return "sum of " + strings.Join(t.Fields, ", ") + " is " + bounds(t.Min, t.Max, false, false)
}

// String says what is asked.
func (t VectorDimensions) String() string {
	return fmt.Sprintf("%s has %d dimensions", t.Field, t.Want())
}

// String says what is asked.
func (t VectorNonZero) String() string { return t.Field + " is not the zero vector" }

// String says what is asked.
func (t VectorFinite) String() string { return t.Field + " has finite components only" }

// String says what is asked.
func (t VectorNorm) String() string {
	low, high := t.Bounds()
	return fmt.Sprintf("length of vector %s is %.6g to %.6g", t.Field, low, high)
}

// String says what is asked.
func (t Not) String() string {
	if t.Test == nil {
		return "not: no test"
	}
	return "not: " + t.Test.String()
}

// String says what is asked.
func (t All) String() string { return joined(t.Tests, " and ") }

// String says what is asked.
func (t Any) String() string { return joined(t.Tests, " or ") }

// joined says several tests, those in parentheses that combine others themselves.
func joined(tests []RowTest, word string) string {
	texts := make([]string, len(tests))
	for i, t := range tests {
		switch t.(type) {
		case nil:
			texts[i] = "no test"
		case All, Any:
			texts[i] = "(" + t.String() + ")"
		default:
			texts[i] = t.String()
		}
	}
	return strings.Join(texts, word)
}

// bounds says a pair of bounds: "1 to 5", "above 0 to 5", "at least 1", "below 5".
func bounds(low, high any, openLow, openHigh bool) string {
	switch {
	case low == nil && high == nil:
		return "a number, a time or a text"
	case high == nil && openLow:
		return "above " + literal(low)
	case high == nil:
		return "at least " + literal(low)
	case low == nil && openHigh:
		return "below " + literal(high)
	case low == nil:
		return "at most " + literal(high)
	}
	text := literal(low)
	if openLow {
		text = "above " + text
	}
	if text += " to "; openHigh {
		text += "below "
	}
	return text + literal(high)
}

// counts says bounds of a number of things, of which 0 is no upper bound.
func counts(low, high int64, unit string) string {
	switch {
	case high < 0:
		return "no " + unit
	case high == 0:
		return fmt.Sprintf("at least %d %s", low, unit)
	case low == high:
		return fmt.Sprintf("%d %s", low, unit)
	case low == 0:
		return fmt.Sprintf("at most %d %s", high, unit)
	}
	return fmt.Sprintf("%d to %d %s", low, high, unit)
}

// named is how many values of a set are said.
const named = 5

func oneOf(values []any) string {
	if len(values) == 0 {
		return "in an empty set"
	}
	if len(values) > named {
		return fmt.Sprintf("one of %d values", len(values))
	}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = literal(v)
	}
	if len(values) == 1 {
		return texts[0]
	}
	return "one of " + strings.Join(texts, ", ")
}

// literal says a bound or an element of a set.
func literal(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(v)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case Now:
		return v.String()
	case float64:
		return decimal(v)
	case *big.Rat:
		if v == nil {
			return "nothing"
		}
		return v.RatString()
	}
	return fmt.Sprint(v)
}

// decimal says a number without an exponent, unless it is very great or very small.
func decimal(f float64) string {
	if size := math.Abs(f); size != 0 && (size < 1e-4 || size >= 1e15) {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// roughly says a number with the three digits that a sketch knows.
func roughly(f float64) string {
	three, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 3, 64), 64)
	if err != nil { // beyond the greatest
		return strconv.FormatFloat(f, 'g', 3, 64)
	}
	return decimal(three)
}

// String says the moment in words: "24h0m0s before now".
func (n Now) String() string {
	switch d := time.Duration(n); {
	case d < 0:
		return strings.TrimPrefix(d.String(), "-") + " before now"
	case d > 0:
		return d.String() + " after now"
	}
	return "now"
}
