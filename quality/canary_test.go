package quality_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/shugo-data/shugo/quality"
)

// canary is in every field of every row, and must not be in anything that quality writes.
const canary = "田中太郎"

// canaryNumber and canaryTime are its digits, as a number and as a time.
const canaryNumber = 8675309

func canaryTime() time.Time { return time.Date(1987, 11, 23, 19, 53, 59, 867530900, time.UTC) }

// canarySuite asks every kind of test, of a field of every type.
func canarySuite() quality.Suite {
	suite := quality.Suite{Dataset: "d", Key: []string{"id"}}
	fields := []string{"text", "number", "time", "vector", "other"}
	for i, s := range sayings() {
		suite.Checks = append(suite.Checks, quality.Check{Name: fmt.Sprint("check ", i), Test: s.test, Severity: quality.Critical})
	}
	for _, field := range fields {
		for _, test := range []quality.Test{
			quality.IsNull{Field: field}, quality.Unique{Fields: []string{field}}, quality.Length{Field: field, Min: 99},
			quality.In{Field: field, Values: []any{"x", 1}}, quality.Range{Field: field, Max: 1}, quality.Range{Field: field, Max: "a"},
			quality.JSON{Field: field, Schema: func(b []byte) error { return fmt.Errorf("bad value %s", b) }},
			quality.MostCommon{Field: field, Values: []any{"x"}}, quality.Covers{Field: field, Values: []any{"x"}, Exact: true},
			quality.Sequence{Field: field}, quality.Sequence{Field: "one", Within: []string{field}}, quality.Fresh{Field: field, Age: 1},
			quality.Monotone{Field: field, By: []string{field}}, quality.ZScore{Field: field}, quality.Match{Field: field, Pattern: "^x$"},
			quality.Statistic{Of: quality.Mean, Field: field, Max: 1}, quality.Statistic{Of: quality.TotalSum, Field: field, Max: 1},
			quality.Statistic{Of: quality.Minimum, Field: field, Min: 1}, quality.Statistic{Of: quality.Maximum, Field: field, Max: "a"},
			quality.Statistic{Of: quality.Median, Field: field, Max: 1}, quality.Statistic{Of: quality.DistinctCount, Field: field, Max: 0},
			quality.Statistic{Of: quality.Minimum, Field: field, Min: clock()}, quality.Statistic{Of: quality.Deviation, Field: field, Min: 1},
			quality.Not{Test: quality.NotNull{Field: field}}, quality.Layout{Field: field, Layouts: []string{time.RFC3339}},
		} {
			suite.Checks = append(suite.Checks, quality.Check{Name: fmt.Sprint("check ", len(suite.Checks)), Test: test})
		}
	}
	return suite
}

// canaryField is the value of every field of a row with a number.
func canaryField(row int, field string) any {
	switch field {
	case "id", "one":
		return row
	case "text", "other":
		return canary
	case "number":
		return canaryNumber
	case "time":
		return canaryTime()
	case "vector":
		return []float32{canaryNumber, 1}
	}
	return canary
}

// sings says which forms of the canary a text holds.
func sings(text string) []string {
	var found []string
	for _, form := range []string{
		canary, fmt.Sprintf("%+q", canary), "8675309", "8,675,309", "8.67", "8.68e", "8670000", "8680000", "8720000", "1987", "1.987", "53:59", fmt.Sprint(canaryTime().Unix()),
	} {
		if strings.Contains(text, strings.Trim(form, `"`)) {
			found = append(found, form)
		}
	}
	return found
}

func TestCanary(t *testing.T) {
	t.Parallel()
	suite := canarySuite()
	for _, n := range []int{1, 2, 7} {
		ids := func(yield func(int, error) bool) {
			for i := range n {
				if !yield(i, nil) {
					return
				}
			}
		}
		report, err := quality.Assess(t.Context(), suite, ids, canaryField, quality.AssessConfig{Now: clock})
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		if err := report.WriteText(&text); err != nil {
			t.Fatal(err)
		}
		encoded, err := json.MarshalIndent(report, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		for name, written := range map[string]string{"text": text.String(), "JSON": string(encoded), "Go": fmt.Sprintf("%+v", report)} {
			if found := sings(written); found != nil {
				t.Errorf("%d rows: the %s of the report holds %q:\n%s", n, name, found, written)
			}
		}
	}
}

func TestCanaryRecord(t *testing.T) {
	t.Parallel()
	validator, err := quality.Checked(canarySuite(), canaryField)
	if err != nil {
		t.Fatal(err)
	}
	issues, err := validator.Validate(t.Context(), 1)
	if err != nil || len(issues) < 20 {
		t.Fatalf("got %d issues and error %v: want many and none", len(issues), err)
	}
	rejection := quality.Gate(validator)(t.Context(), 1)
	if !errors.Is(rejection, quality.ErrRejected) {
		t.Fatalf("got %v, want a rejection", rejection)
	}
	encoded, err := json.Marshal(issues)
	if err != nil {
		t.Fatal(err)
	}
	if found := sings(rejection.Error() + string(encoded)); found != nil {
		t.Errorf("the rejection holds %q: %v", found, rejection)
	}
	vector := []float32{canaryNumber, float32(math.NaN())}
	if err := quality.Finite(vector, 2); err == nil || sings(err.Error()) != nil {
		t.Errorf("the error of a vector is %v", err)
	}
}

// TestCanarySings proves that the search for the canary finds it: what a check reveals is in the report.
func TestCanarySings(t *testing.T) {
	t.Parallel()
	for _, test := range []quality.Test{
		quality.Statistic{Of: quality.Maximum, Field: "text", Max: "a"}, quality.Statistic{Of: quality.Minimum, Field: "number", Max: 1},
		quality.Statistic{Of: quality.Median, Field: "number", Max: 1}, quality.Statistic{Of: quality.Maximum, Field: "time", Max: clock()},
		quality.Statistic{Of: quality.Mean, Field: "number", Max: 1},
	} {
		suite := quality.Suite{Dataset: "d", Key: []string{"id"}, Checks: []quality.Check{{Test: test, Reveal: true}}}
		one := func(yield func(int, error) bool) { yield(1, nil) }
		report, err := quality.Assess(t.Context(), suite, one, canaryField, quality.AssessConfig{Now: clock})
		if err != nil {
			t.Fatal(err)
		}
		if observed := report.Results[0].Observed; sings(observed) == nil {
			t.Errorf("%s: observed %q does not hold the canary", test, observed)
		}
	}
}
