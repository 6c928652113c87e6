package quality_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/quality"
)

// answers are what the checks of a suite found: rows that are unexpected, of how many.
type answers struct {
	email, age [2]int64          // unexpected, judged
	interval   *quality.Interval // of email
	rows       int64             // of the dataset
	day        int               // of the report
	severity   quality.Severity  // of email
	without    bool              // the check of age
}

// report answers a suite of two checks: email is complete, and age is valid.
func (a answers) report() quality.Report {
	suite := quality.Suite{Dataset: "learners", Checks: []quality.Check{
		{Name: "email", Test: quality.NotNull{Field: "email"}, Severity: a.severity},
		{Name: "age", Test: quality.Range{Field: "age", Min: 0, Max: 120}, Dimension: quality.Validity, Severity: quality.Low},
	}}
	found := [][2]int64{a.email, a.age}
	if a.without {
		suite.Checks, found = suite.Checks[:1], found[:1]
	}
	r := quality.Report{Rows: a.rows, AssessedAt: time.Date(2026, 7, 1+a.day, 3, 0, 0, 0, time.UTC)}
	for i, c := range suite.Checks {
		result := quality.Result{Unexpected: found[i][0], Judged: found[i][1], Method: quality.ByFull}
		if i == 0 {
			result.Interval = a.interval
		}
		r.Results = append(r.Results, suite.Answer(c, result))
	}
	return suite.Summarize(r)
}

// healthy is a report without a defect worth a word.
func healthy(day int) answers {
	return answers{email: [2]int64{int64(day % 3), 1000}, age: [2]int64{0, 1000}, rows: 1000, day: day}
}

// past returns reports of days before the one that is tested, changed as said.
func past(n int, change func(day int, a *answers)) []quality.Report {
	var reports []quality.Report
	for day := range n {
		a := healthy(day)
		if change != nil {
			change(day, &a)
		}
		reports = append(reports, a.report())
	}
	return reports
}

// told is what a test says of a breach: code, what it is about, severity.
func told(breaches []quality.Breach) []string {
	out := []string{}
	for _, b := range breaches {
		text := fmt.Sprintf("%s %s/%s %s", b.Code, b.Dimension, b.Check, b.Severity)
		if b.Resolved {
			text += " resolved"
		}
		out = append(out, text)
	}
	return out
}

func TestBreaches(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		report func(*answers)
		past   []quality.Report
		limits quality.Limits
		want   []string
	}{
		"nothing":          {past: past(10, nil)},
		"nothing, no past": {},
		"below the threshold": {
			report: func(a *answers) { a.email[0] = 60 },
			want:   []string{"threshold completeness/ medium", "threshold completeness/email medium"},
		},
		"below 0.85 is high": {
			report: func(a *answers) { a.email[0], a.age[0] = 400, 200 },
			want: []string{"threshold / high", "threshold completeness/ high", "threshold validity/ high",
				"threshold completeness/email medium", "threshold validity/age low"},
		},
		"a critical check": {
			report: func(a *answers) { a.email[0], a.severity = 60, quality.Critical },
			want:   []string{"threshold completeness/ medium", "threshold completeness/email critical"},
		},
		"the rule of the whole is off": {
			report: func(a *answers) { a.email[0], a.age[0] = 400, 200 }, limits: quality.Limits{Overall: -1},
			want: []string{"threshold completeness/ medium", "threshold validity/ medium", "threshold completeness/email medium",
				"threshold validity/age low"},
		},
		"an interval spans the threshold": {
			report: func(a *answers) { a.email[0], a.interval = 60, &quality.Interval{Low: .92, High: .97, Level: .95} },
			want:   []string{"undecided completeness/ low", "undecided completeness/email low"},
		},
		"one check is not assessed": {
			report: func(a *answers) { a.age[1] = 0 }, past: past(1, nil),
			want: []string{"not_assessed validity/ medium"},
		},
		"it never was": {
			report: func(a *answers) { a.age[1] = 0 }, past: past(3, func(_ int, a *answers) { a.age[1] = 0 }),
		},
		"the table is empty": {
			report: func(a *answers) { a.age, a.email, a.rows = [2]int64{}, [2]int64{}, 0 }, past: past(1, nil),
			want: []string{"not_assessed / high"},
		},
		"a drop": {
			report: func(a *answers) { a.email[0] = 20 }, past: past(10, nil),
			want: []string{"drop completeness/email medium"},
		},
		"too little is known": {report: func(a *answers) { a.email[0] = 20 }, past: past(9, nil)},
		"of a steady score":   {report: func(a *answers) { a.age[0] = 15 }, past: past(10, nil), want: []string{"drop validity/age low"}},
		"less than counts":    {report: func(a *answers) { a.age[0] = 9 }, past: past(10, nil)},
		"a drop that may be chance": {
			report: func(a *answers) { a.email[0], a.interval = 20, &quality.Interval{Low: .96, High: .995, Level: .95} },
			past:   past(10, nil),
		},
		"a noisy score": {
			report: func(a *answers) { a.email[0] = 25 }, past: past(10, func(day int, a *answers) { a.email[0] = int64(day%5) * 6 }),
		},
		"bad times are not the measure": {
			report: func(a *answers) { a.email[0] = 20 }, past: past(30, func(day int, a *answers) { a.email[0] = int64(day%3) + int64(day%2)*500 }),
			want: []string{"drop completeness/email medium"},
		},
		"a new normal": {
			report: func(a *answers) { a.email[0] = 20 }, past: past(30, func(day int, a *answers) { a.email[0] = 20 * int64(day/13) / 2 }),
		},
		"rules are off": {
			report: func(a *answers) { a.email[0], a.rows = 20, 1 }, past: past(10, nil), limits: quality.Limits{Drop: -1, Volume: -1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := healthy(30)
			a.day = len(test.past)
			if test.report != nil {
				test.report(&a)
			}
			if test.want == nil {
				test.want = []string{}
			}
			got := quality.Breaches(a.report(), test.past, test.limits)
			if diff := cmp.Diff(test.want, told(got)); diff != "" {
				t.Errorf("-want +got:\n%s\n%+v", diff, got)
			}
		})
	}
}

func TestBreachesOfVolume(t *testing.T) {
	t.Parallel()
	constant := func(int) int64 { return 1000 }
	growing := func(day int) int64 { return 1000 + 300*int64(day) }
	for name, test := range map[string]struct {
		past  func(day int) int64
		n     int
		rows  int64
		after int // days after the last report; 0: 1
		want  []string
		limit float64
	}{
		"steady":                {past: constant, n: 10, rows: 1000},
		"a fifth is chance":     {past: constant, n: 10, rows: 1200},
		"half is lost":          {past: constant, n: 10, rows: 550, want: []string{"volume / medium"}, limit: 800},
		"most is lost":          {past: constant, n: 10, rows: 450, want: []string{"volume / high"}, limit: 800},
		"all twice":             {past: constant, n: 10, rows: 2000, want: []string{"volume / medium"}, limit: 1200},
		"grows as ever":         {past: growing, n: 10, rows: 4000},
		"no longer grows":       {past: growing, n: 10, rows: 3700},
		"falls back":            {past: growing, n: 10, rows: 2500, want: []string{"volume / medium"}, limit: 3200},
		"too little is known":   {past: constant, n: 9, rows: 1},
		"not counted":           {past: constant, n: 10, rows: -1},
		"the past did not":      {past: func(int) int64 { return -1 }, n: 10, rows: 1},
		"a gap":                 {past: growing, n: 10, rows: 1, after: 11},
		"outliers bend nothing": {past: func(day int) int64 { return growing(day) * (1 + 9*int64(day%5/4)) }, n: 15, rows: 5500},
		"wild":                  {past: func(day int) int64 { return 1000 + 500*int64(day%4) }, n: 20, rows: 2500},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := healthy(0)
			a.rows, a.day = test.rows, test.n-1+max(1, test.after)
			got := quality.Breaches(a.report(), past(test.n, func(day int, a *answers) { a.rows = test.past(day) }), quality.Limits{})
			if test.want == nil {
				test.want = []string{}
			}
			if diff := cmp.Diff(test.want, told(got)); diff != "" {
				t.Fatalf("-want +got:\n%s\n%+v", diff, got)
			}
			if len(got) > 0 && got[0].Limit != test.limit {
				t.Errorf("limit %v: want %v", got[0].Limit, test.limit)
			}
		})
	}
}

// TestOwnWindow judges a report against a past that holds it, later ones and those of another suite: they are left out.
func TestOwnWindow(t *testing.T) {
	t.Parallel()
	a := healthy(10)
	a.email[0] = 20
	report := a.report()
	other := healthy(3).report()
	other.Suite = "another"
	polluted := append(past(10, nil), report, report, healthy(11).report())
	polluted = append(slices.Repeat([]quality.Report{other}, 30), polluted...)
	want := quality.Breaches(report, past(10, nil), quality.Limits{})
	if diff := cmp.Diff(want, quality.Breaches(report, polluted, quality.Limits{})); diff != "" || len(want) != 1 {
		t.Errorf("%d breaches, -want +got:\n%s", len(want), diff)
	}
}

// TestMonotone holds a worse score to be a breach wherever a better one is.
func TestMonotone(t *testing.T) {
	t.Parallel()
	was := 0
	for bad := range int64(1001) {
		a := healthy(10)
		a.email[0] = bad
		n := 0
		for _, b := range quality.Breaches(a.report(), past(10, nil), quality.Limits{}) {
			if b.Check == "email" {
				n++
			}
		}
		if n < was {
			t.Fatalf("%d of 1000 rows are bad: no breach, though with one less there was", bad)
		}
		was = n
	}
	if was == 0 {
		t.Error("no breach at all")
	}
}

func TestSettle(t *testing.T) {
	t.Parallel()
	fails := func(a *answers) { a.email[0] = 60 }
	for name, test := range map[string]struct {
		before, after func(*answers)
		tell, now     []string
	}{
		"nothing": {},
		"new":     {after: fails, tell: []string{"threshold completeness/ medium", "threshold completeness/email medium"}},
		"told":    {before: fails, after: fails},
		"worse": {before: fails, after: func(a *answers) { a.email[0] = 200 }, tell: []string{"threshold completeness/ high"},
			now: []string{"threshold completeness/ high", "threshold completeness/email medium"}},
		"mended": {before: fails, tell: []string{"threshold completeness/ medium resolved", "threshold completeness/email medium resolved"},
			now: []string{}},
		"not assessed is not mended": {before: fails, after: func(a *answers) { a.email[1] = 0 },
			tell: []string{}, now: []string{"threshold completeness/ medium", "threshold completeness/email medium"}},
		"undecided is not mended": {before: fails, after: func(a *answers) { a.interval = &quality.Interval{Low: .9, High: .99, Level: .95} },
			tell: []string{"undecided completeness/ low", "undecided completeness/email low"},
			now: []string{"undecided completeness/ low", "undecided completeness/email low", "threshold completeness/ medium",
				"threshold completeness/email medium"}},
		"no longer asked": {before: func(a *answers) { a.age[0] = 30 }, after: func(a *answers) { a.without = true },
			tell: []string{"threshold validity/ medium resolved", "threshold validity/age low resolved"}, now: []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reports := [2]quality.Report{}
			for i, change := range []func(*answers){test.before, test.after} {
				a := healthy(i)
				if change != nil {
					change(&a)
				}
				reports[i] = a.report()
			}
			open := quality.Breaches(reports[0], nil, quality.Limits{})
			found := quality.Breaches(reports[1], nil, quality.Limits{})
			tell, now := quality.Settle(open, found, reports[1])
			if test.tell == nil {
				test.tell = []string{}
			}
			if test.now == nil {
				test.now = told(found)
			}
			if diff := cmp.Diff([][]string{test.tell, test.now}, [][]string{told(tell), told(now)}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		limits quality.Limits
		good   bool
	}{
		"zero":             {quality.Limits{}, true},
		"a small window":   {quality.Limits{Window: 3}, true},
		"off":              {quality.Limits{Overall: -1, Drop: -1, Volume: -1}, true},
		"more than it has": {quality.Limits{Window: 3, Least: 4}, false},
		"percent":          {quality.Limits{Overall: 85}, false},
		"below zero":       {quality.Limits{Deviations: -1}, false},
	} {
		if err := test.limits.Validate(); (err == nil) != test.good {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// FuzzBreaches judges reports of any content against others: nothing panics, nothing is told twice, and what is open resolves itself
// when the checks are gone.
func FuzzBreaches(f *testing.F) {
	a := healthy(10)
	a.email[0] = 60
	unnamed := a.report()
	unnamed.Results[0].Check = ""
	for _, r := range []quality.Report{a.report(), healthy(9).report(), unnamed, {}} {
		text, err := json.Marshal(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, text, 5, 20)
		f.Add(text, []byte(`{}`), -1, -1)
	}
	f.Fuzz(func(t *testing.T, now, before []byte, least, window int) {
		var report, old quality.Report
		if json.Unmarshal(now, &report) != nil || json.Unmarshal(before, &old) != nil {
			return
		}
		limits := quality.Limits{Least: least, Window: window}
		found := quality.Breaches(report, slices.Repeat([]quality.Report{old}, 6), limits)
		quality.Changes(old, report)
		if tell, open := quality.Settle(found, found, report); len(tell) != 0 || len(open) != len(found) {
			t.Errorf("the same breaches again: %d to be told, %d of %d open", len(tell), len(open), len(found))
		}
		gone := quality.Report{Suite: report.Suite, Dimensions: []quality.DimensionScore{{Assessed: 1}}, Verdict: quality.Pass, Score: 1}
		if tell, open := quality.Settle(found, nil, gone); len(tell) != len(found) || len(open) != 0 {
			t.Errorf("%d of %d are resolved, %d open", len(tell), len(found), len(open))
		}
	})
}

func ExampleBreaches() {
	var history []quality.Report
	for day := range 10 {
		history = append(history, healthy(day).report())
	}
	today := healthy(10)
	today.email = [2]int64{80, 1000}
	today.rows = 400
	open := []quality.Breach{}
	for _, r := range []quality.Report{today.report(), healthy(11).report()} {
		var tell []quality.Breach
		tell, open = quality.Settle(open, quality.Breaches(r, history, quality.Limits{}), r)
		for _, b := range tell {
			fmt.Println(b.Severity, b.Text)
		}
		history = append(history, r)
	}
	// Output:
	// medium completeness: score 0.9200 is below 0.9500
	// medium completeness, email: score 0.9200 is below 0.9500
	// high overall: 400 rows: the last 10 reports let expect 1000, at least 800
	// medium completeness: resolved: pass 0.9980
	// medium completeness, email: resolved: pass 0.9980
	// high overall: resolved: 1000 rows
}
