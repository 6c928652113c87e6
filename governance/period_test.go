package governance_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/shugo-data/shugo/governance"
)

const stamped = "2006-01-02 15:04:05.999999999"

func at(t testing.TB, text string) time.Time {
	t.Helper()
	layout := stamped
	if len(text) == len(time.DateOnly) {
		layout = time.DateOnly
	}
	instant, err := time.ParseInLocation(layout, text, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return instant
}

// TestPeriodClampsAsPostgreSQLDoes has the answers of PostgreSQL 15 to "timestamptz + interval" and "- interval" in UTC.
func TestPeriodClampsAsPostgreSQLDoes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ start, period, after, before string }{
		{"2024-02-29", "1 year", "2025-02-28", "2023-02-28"},
		{"2024-02-29", "4 years", "2028-02-29", "2020-02-29"},
		{"2025-02-28", "1 year", "2026-02-28", "2024-02-28"},
		{"2025-01-31", "1 month", "2025-02-28", "2024-12-31"},
		{"2024-01-31", "1 month", "2024-02-29", "2023-12-31"},
		{"2025-01-31", "1 month 1 day", "2025-03-01", "2024-12-30"},
		{"2025-03-31", "1 month 1 day", "2025-05-01", "2025-02-27"},
		{"2025-03-31", "13 months", "2026-04-30", "2024-02-29"},
		{"2025-12-31", "2 months", "2026-02-28", "2025-10-31"},
		{"2025-01-15", "1 year 12 months", "2027-01-15", "2023-01-15"},
		{"2025-01-01", "1 day", "2025-01-02", "2024-12-31"},
		{"2025-01-01", "366 days", "2026-01-02", "2024-01-01"},
		{"2000-02-29", "100 years", "2100-02-28", "1900-02-28"},
		{"2025-05-31 23:59:59.123456789", "1 month", "2025-06-30 23:59:59.123456789", "2025-04-30 23:59:59.123456789"},
	} {
		p, err := governance.ParsePeriod(test.period)
		if err != nil {
			t.Fatal(err)
		}
		start := at(t, test.start)
		if got := p.After(start); !got.Equal(at(t, test.after)) {
			t.Errorf("%s + %s: got %s, want %s", test.start, test.period, got, test.after)
		}
		if got := p.Before(start); !got.Equal(at(t, test.before)) {
			t.Errorf("%s - %s: got %s, want %s", test.start, test.period, got, test.before)
		}
	}
}

// TestPeriodCountsInUTC begins on a day that is another in UTC.
func TestPeriodCountsInUTC(t *testing.T) {
	t.Parallel()
	tokyo := time.FixedZone("JST", 9*3600)
	got := governance.Period{Months: 1}.After(time.Date(2025, 2, 1, 8, 0, 0, 0, tokyo)) // 31 January in UTC
	if want := at(t, "2025-02-28 23:00:00"); !got.Equal(want) || got.Location() != time.UTC {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPeriodIndefinite(t *testing.T) {
	t.Parallel()
	var p governance.Period
	if !p.Indefinite() || !p.After(now()).IsZero() || !p.Before(now()).IsZero() || p.String() != "indefinite" {
		t.Errorf("%v ends", p)
	}
	if (governance.Period{Days: 1}).Indefinite() {
		t.Error("a day is indefinite")
	}
}

func TestParsePeriod(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]governance.Period{
		"indefinite":              {},
		" indefinite\n":           {},
		"7 years":                 {Years: 7},
		"1 year":                  {Years: 1},
		"1 years 1 months 1 days": {1, 1, 1},
		"90 days":                 {Days: 90},
		"6 months 1 year":         {Years: 1, Months: 6},
		" 2  days\t1 month ":      {Months: 1, Days: 2},
		"1000 years":              {Years: 1000},
		"12000 months":            {Months: 12000},
		"366000 days":             {Days: 366000},
	} {
		if got, err := governance.ParsePeriod(text); err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", text, got, err, want)
		}
	}
}

func TestParsePeriodRefuses(t *testing.T) {
	t.Parallel()
	const want = `: want a number and a unit, such as "7 years", or "indefinite"`
	for text, want := range map[string]string{
		"":                      `period ""` + want,
		"7":                     `period "7"` + want,
		"years":                 `period "years"` + want,
		"7 years 6":             `period "7 years 6"` + want,
		"7years":                `period "7years"` + want,
		"7 minutes":             `period "7 minutes": unknown unit "minutes": want years, months or days`,
		"3 m":                   `period "3 m": unknown unit "m": want years, months or days`,
		"2 weeks":               `period "2 weeks": unknown unit "weeks": want years, months or days`,
		"7 Years":               `period "7 Years": unknown unit "Years": want years, months or days`,
		"indefinite indefinite": `period "indefinite indefinite": unknown unit "indefinite": want years, months or days`,
		"0 years":               `period "0 years": "0" is not a whole number above zero`,
		"-1 days":               `period "-1 days": "-1" is not a whole number above zero`,
		"1.5 years":             `period "1.5 years": "1.5" is not a whole number above zero`,
		"９ years":               `period "９ years": "９" is not a whole number above zero`,
		"99999999999999999999 days": `period "99999999999999999999 days": "99999999999999999999" ` +
			"is not a whole number above zero",
		"1 year 2 years": `period "1 year 2 years": unit "years" twice`,
		"1001 years":     `period "1001 years": longer than 1000 years`,
		"12001 months":   `period "12001 months": longer than 1000 years`,
		"366001 days":    `period "366001 days": longer than 1000 years`,
	} {
		if got, err := governance.ParsePeriod(text); err == nil || err.Error() != want || got != (governance.Period{}) {
			t.Errorf("%q: got %v, %v, want %s", text, got, err, want)
		}
	}
}

func TestPeriodInJSON(t *testing.T) {
	t.Parallel()
	for _, p := range []governance.Period{{}, {Years: 1}, {Years: 2, Months: 1, Days: 30}} {
		text, err := json.Marshal(p)
		if err != nil || string(text) != `"`+p.String()+`"` {
			t.Errorf("%v: got %s, %v", p, text, err)
		}
		var got governance.Period
		if err := json.Unmarshal(text, &got); err != nil || got != p {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
	kept := governance.Period{Years: 1}
	if err := kept.UnmarshalText([]byte("7 minutes")); err == nil || kept != (governance.Period{Years: 1}) {
		t.Errorf("got %v, %v", kept, err)
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, text := range []string{"indefinite", "7 years", "1 day 1 month 1 year", "12000 months", "+1 days", "１ day"} {
		f.Add(text, int64(1709164800))
	}
	f.Fuzz(func(t *testing.T, text string, seconds int64) {
		p, err := governance.ParsePeriod(text)
		if err != nil {
			return
		}
		again, err := governance.ParsePeriod(p.String())
		if err != nil || again != p {
			t.Fatalf("%q: %v becomes %v, %v", text, p, again, err)
		}
		start := time.Unix(seconds%(1<<37), 0)
		if p.Indefinite() {
			return
		}
		if after, before := p.After(start), p.Before(start); !after.After(start) || !before.Before(start) {
			t.Fatalf("%s: %s is not between %s and %s", p, start, before, after)
		}
	})
}
