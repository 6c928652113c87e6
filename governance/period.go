package governance

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Period is a span of calendar time. The zero Period is indefinite: it never ends.
type Period struct {
	// Years, Months and Days are added in this order of size: years and months first, then days. None is negative.
	Years, Months, Days int
}

// maxPeriodYears bounds what ParsePeriod and a manifest accept: far beyond any duty, far below overflow.
const maxPeriodYears = 1000

// Indefinite reports whether the period never ends.
func (p Period) Indefinite() bool { return p == Period{} }

// After returns the instant at which the period ends when it begins at t, in UTC; the zero time for an indefinite one.
//
// The arithmetic is that of PostgreSQL's "timestamptz + interval" in a session whose time zone is UTC: years and months
// are added first and clamp to the end of the month, then days. So 2024-02-29 and one year is 2025-02-28, where
// time.AddDate says 2025-03-01.
func (p Period) After(t time.Time) time.Time { return p.shift(t, 1) }

// Before returns the instant at which a period that ends at t began, in UTC, as PostgreSQL's "timestamptz - interval"
// does; the zero time for an indefinite one. A record made before p.Before(now) is past its period.
func (p Period) Before(t time.Time) time.Time { return p.shift(t, -1) }

func (p Period) shift(t time.Time, sign int) time.Time {
	if p.Indefinite() {
		return time.Time{}
	}
	t = t.UTC()
	year, month, day := t.Date()
	first := time.Date(year, month+time.Month(sign*(12*p.Years+p.Months)), 1, 0, 0, 0, 0, time.UTC)
	if last := first.AddDate(0, 1, -1).Day(); day > last {
		day = last
	}
	hour, minute, second := t.Clock()
	return time.Date(first.Year(), first.Month(), day+sign*p.Days, hour, minute, second, t.Nanosecond(), time.UTC)
}

// String returns a form that ParsePeriod reads, such as "3 years 6 months", or "indefinite".
func (p Period) String() string {
	if p.Indefinite() {
		return "indefinite"
	}
	var parts []string
	for _, part := range []struct {
		n    int
		unit string
	}{{p.Years, "year"}, {p.Months, "month"}, {p.Days, "day"}} {
		switch part.n {
		case 0:
		case 1:
			parts = append(parts, "1 "+part.unit)
		default:
			parts = append(parts, strconv.Itoa(part.n)+" "+part.unit+"s")
		}
	}
	return strings.Join(parts, " ")
}

// MarshalText implements encoding.TextMarshaler with String.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler with ParsePeriod.
func (p *Period) UnmarshalText(text []byte) error {
	parsed, err := ParsePeriod(string(text))
	if err != nil {
		return err
	}
	*p = parsed
	return nil
}

// ParsePeriod reads "indefinite" or whole numbers with the units years, months and days, each at most once, in any
// order: "7 years", "1 year 6 months", "90 days". Every other unit is an error, so that nobody reads a minute for a
// month.
func ParsePeriod(text string) (Period, error) {
	words := strings.Fields(text)
	if len(words) == 1 && words[0] == "indefinite" {
		return Period{}, nil
	}
	if len(words) == 0 || len(words)%2 != 0 {
		return Period{}, fmt.Errorf("period %q: want a number and a unit, such as \"7 years\", or \"indefinite\"", text)
	}
	var p Period
	for i := 0; i < len(words); i += 2 {
		field, err := p.unit(words[i+1])
		if err != nil {
			return Period{}, fmt.Errorf("period %q: %w", text, err)
		}
		n, err := strconv.Atoi(words[i])
		if err != nil || n <= 0 {
			return Period{}, fmt.Errorf("period %q: %q is not a whole number above zero", text, words[i])
		}
		if *field != 0 {
			return Period{}, fmt.Errorf("period %q: unit %q twice", text, words[i+1])
		}
		*field = n
	}
	if err := p.check(); err != nil {
		return Period{}, err
	}
	return p, nil
}

func (p *Period) unit(word string) (*int, error) {
	switch word {
	case "year", "years":
		return &p.Years, nil
	case "month", "months":
		return &p.Months, nil
	case "day", "days":
		return &p.Days, nil
	}
	return nil, fmt.Errorf("unknown unit %q: want years, months or days", word)
}

// check reports a period that no calendar duty can mean.
func (p Period) check() error {
	if p.Years < 0 || p.Months < 0 || p.Days < 0 {
		return fmt.Errorf("period of %d years %d months %d days: none may be negative", p.Years, p.Months, p.Days)
	}
	if p.Years > maxPeriodYears || p.Months > 12*maxPeriodYears || p.Days > 366*maxPeriodYears {
		return fmt.Errorf("period %q: longer than %d years", p, maxPeriodYears)
	}
	return nil
}
