package pgquality_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/jsonschema"
	"github.com/shugo-data/shugo/quality/pgquality"
)

// expectation is one case of a peer's own conformance suite.
type expectation struct {
	Exp, File, Title string
	DS               int
	In               map[string]any `json:"in_"`
	Out              map[string]any
	Postgres         bool
	Schema           map[string]string
	Data             map[string][]any
}

// kindsLeftOut are the kinds that this package does not offer.
func kindsLeftOut() map[string]string {
	const distribution = "a test of a distribution: quality/drift compares samples with a calibrated permutation test instead"
	return map[string]string{
		"expect_column_bootstrapped_ks_test_p_value_to_be_greater_than":               distribution,
		"expect_column_chisquare_test_p_value_to_be_greater_than":                     distribution,
		"expect_column_kl_divergence_to_be_less_than":                                 distribution,
		"expect_column_parameterized_distribution_ks_test_p_value_to_be_greater_than": distribution,
	}
}

// differences are the cases in which this package answers otherwise, on purpose.
func differences() map[string]string {
	return map[string]string{}
}

// TestExpectations runs a peer's conformance cases: the same success, and the same unexpected count.
func TestExpectations(t *testing.T) {
	t.Parallel()
	cases := expectations(t)
	conn := connect(t)
	load := newLoader(t, conn)
	assessor, err := pgquality.New(pgquality.Config{Database: conn})
	if err != nil {
		t.Fatal(err)
	}
	var asked, equal, explained, out int
	seen := map[string]bool{}
	for _, c := range cases {
		if _, left := kindsLeftOut()[c.Exp]; left {
			out++
			continue
		}
		asked++
		table := load.table(c)
		id := strings.TrimPrefix(c.Exp, "expect_") + "/" + c.Title
		difference := c.compare(assessor, table)
		why, known := differences()[id]
		switch {
		case difference == "" && !known:
			equal++
		case difference != "" && known:
			explained++
			seen[id] = true
			t.Logf("%s: %s: %s", id, difference, why)
		case difference != "":
			t.Errorf("%s: %s", id, difference)
		}
	}
	for id := range differences() {
		if !seen[id] {
			t.Errorf("%s: listed as a difference, but it is none", id)
		}
	}
	t.Logf("%d cases for PostgreSQL: %d of kinds left out; of %d others %d equal (%.1f %%), %d explained differences",
		asked+out, out, asked, equal, 100*float64(equal)/float64(asked), explained)
	if float64(equal) < 0.95*float64(asked) {
		t.Errorf("%d of %d cases are equal: expected at least 95 %%", equal, asked)
	}
}

// expectations reads the cases for PostgreSQL.
func expectations(t *testing.T) []expectation {
	t.Helper()
	folder := os.Getenv("SHUGO_CORPORA")
	if folder == "" {
		t.Skip("SHUGO_CORPORA names no folder of labelled data")
	}
	file, err := os.Open(filepath.Join(folder, "quality", "expectations.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24)
	var cases []expectation
	for lines.Scan() {
		// JSON has no infinity; the cases have it in distributions only, which are left out.
		line := bytes.ReplaceAll(bytes.ReplaceAll(lines.Bytes(), []byte("-Infinity"), []byte("-1e308")), []byte("Infinity"), []byte("1e308"))
		decoder := json.NewDecoder(bytes.NewReader(bytes.ReplaceAll(line, []byte("NaN"), []byte("null"))))
		decoder.UseNumber()
		var c expectation
		if err := decoder.Decode(&c); err != nil {
			t.Fatal(err)
		}
		if c.Postgres {
			cases = append(cases, c)
		}
	}
	if lines.Err() != nil || len(cases) < 200 {
		t.Fatalf("%d cases, %v", len(cases), lines.Err())
	}
	return cases
}

// compare asks a case, and says what differs from what the peer expects.
func (c expectation) compare(assessor *pgquality.Assessor, table string) string {
	refused := c.Out == nil || c.Out["error"] != nil
	checks, err := c.checks()
	if err == nil {
		suite := quality.Suite{Dataset: table, Checks: checks, Example: -1}
		var report quality.Report
		if len(checks) == 0 { // nothing is asked: vacuously true
			return differs(c.Out["success"] == true, true)
		}
		if report, err = assessor.Assess(context.Background(), suite); err == nil {
			return c.judge(report, refused)
		}
	}
	switch {
	case refused && (errors.Is(err, quality.ErrSuite) || errors.Is(err, errFaulty)):
		return ""
	case refused:
		return "expected a refusal of the suite: " + err.Error()
	}
	return err.Error()
}

func (c expectation) judge(report quality.Report, refused bool) string {
	if refused && report.Results[0].Verdict == quality.NotAssessed && strings.Contains(report.Results[0].Reason, " has type ") {
		return "" // the test does not fit the type of the column: refused, with the reason
	}
	if refused {
		return fmt.Sprintf("expected a refusal, got %s", report.Results[0].Verdict)
	}
	success := true
	var unexpected int64
	for _, r := range report.Results {
		success = success && (r.Verdict == quality.Pass || r.Verdict == quality.NotAssessed && r.Reason == "there was no row to judge")
		unexpected += r.Unexpected
	}
	if text := differs(c.Out["success"] == true, success); text != "" {
		return fmt.Sprintf("%s (%+v)", text, report.Results)
	}
	for _, name := range []string{"unexpected_list", "unexpected_index_list"} {
		if list, ok := c.Out[name].([]any); ok && int64(len(list)) != unexpected {
			return fmt.Sprintf("%d unexpected, the peer %d", unexpected, len(list))
		}
	}
	return ""
}

func differs(want, got bool) string {
	if want == got {
		return ""
	}
	return fmt.Sprintf("success %v, the peer %v", got, want)
}

// errFaulty is the error of arguments that no suite can be made of.
var errFaulty = errors.New("faulty arguments")

// checks says a case in the words of package quality.
func (c expectation) checks() ([]quality.Check, error) {
	tests, err := c.tests()
	if err != nil {
		return nil, err
	}
	least := 1.0
	if v, ok := c.In["mostly"]; ok {
		least = number(v).(float64)
	}
	checks := make([]quality.Check, len(tests))
	for i, test := range tests {
		checks[i] = quality.Check{Name: fmt.Sprint(i), Test: test, Threshold: quality.Threshold{Fail: least}}
	}
	return checks, nil
}

// text returns a text argument.
func (c expectation) text(name string) string {
	s, _ := c.In[name].(string)
	return s
}

// number returns a JSON number as float64, a text that is a time as a time, and others as they are.
func number(v any) any {
	switch v := v.(type) {
	case json.Number:
		f, _ := v.Float64()
		return f
	case string:
		for _, layout := range []string{"2006-01-02T15:04:05", "Jan 02 2006 15:04:05", "Jan 02 2006", "2006-01-02"} {
			if at, err := time.Parse(layout, v); err == nil {
				return at
			}
		}
	case map[string]any:
		if text, ok := v["$PARAMETER"].(string); ok {
			return relative(text)
		}
	}
	return v
}

// relative says a time that is given as an expression.
func relative(text string) any {
	switch text {
	case "now()":
		return quality.Now(0)
	case "now() - timedelta(weeks=52)":
		return quality.Now(-52 * 7 * 24 * time.Hour)
	case "now() - timedelta(weeks=52*100)":
		return quality.Now(-52 * 100 * 7 * 24 * time.Hour)
	case "datetime(1969, 1, 1)":
		return time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return text
}

// values returns a set of an argument.
func (c expectation) values(name string) []any {
	list, _ := c.In[name].([]any)
	out := make([]any, 0, len(list))
	for _, v := range list {
		if v != nil {
			out = append(out, number(v))
		}
	}
	return out
}

// texts returns a list of texts of an argument.
func (c expectation) texts(name string) []string {
	list, _ := c.In[name].([]any)
	out := make([]string, 0, len(list))
	for _, v := range list {
		s, _ := v.(string)
		out = append(out, s)
	}
	return out
}

// int returns a whole argument.
func (c expectation) int(name string) (int64, error) {
	switch v := c.In[name].(type) {
	case nil:
		return 0, nil
	case json.Number:
		f, err := v.Float64()
		if err != nil || f != math.Trunc(f) {
			return 0, fmt.Errorf("%w: %s is no whole number", errFaulty, name)
		}
		return int64(f), nil
	}
	return 0, fmt.Errorf("%w: %s is no number", errFaulty, name)
}

func (c expectation) nulls() quality.Nulls {
	switch c.text("ignore_row_if") {
	case "either_value_is_missing", "any_value_is_missing":
		return quality.EitherNull
	case "neither", "never":
		return quality.NeverNull
	}
	return quality.BothNull
}

func row(tests ...quality.RowTest) []quality.Test {
	out := make([]quality.Test, len(tests))
	for i, t := range tests {
		out[i] = t
	}
	return out
}

func schemaOf(v any) func([]byte) error {
	text, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	validate, err := jsonschema.Compile(text)
	if err != nil {
		return nil
	}
	return validate
}

// layoutOf says a format of strftime as a layout of package time.
func layoutOf(format string) string {
	return strings.NewReplacer("%Y", "2006", "%m", "01", "%d", "02", "%H", "15", "%M", "04", "%S", "05").Replace(format)
}

// guesses are common layouts, for a kind that guesses.
func guesses() []string {
	return []string{time.RFC3339, time.DateTime, time.DateOnly, "01/02/2006", "2 January 2006", "January 2, 2006", time.RFC1123}
}

// connect returns a connection to a database of the test's own.
func connect(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), servertest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}
