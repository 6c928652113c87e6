package quality_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/quality"
)

// fullReport has every field of a report set.
func fullReport() quality.Report {
	suite := quality.Suite{Name: "学習者", Dataset: "learners"}
	interval := func(low, high float64) *quality.Interval { return &quality.Interval{Low: low, High: high, Level: 0.95} }
	results := []quality.Result{
		suite.Answer(quality.Check{Test: quality.NotNull{Field: "名前"}}, quality.Result{Method: quality.ByProof, Evidence: "NOT NULL"}),
		suite.Answer(quality.Check{Test: quality.Unique{Fields: []string{"email"}}, Severity: quality.High}, quality.Result{
			Judged: 12345, Unexpected: 500, Method: quality.ByFull, Examples: []string{"17", "ｷｰ\x1b[31m"},
			Duplicates: &quality.Duplicates{AffectedRows: 500, ExcessRows: 300, Groups: 200, Singletons: 11845},
			Mend: &quality.Remedy{
				Text: "keep the oldest", Language: "SQL", Statement: "DELETE FROM learners\nWHERE …", Prevent: "CREATE UNIQUE INDEX",
			},
		}),
		suite.Answer(quality.Check{Test: quality.Range{Field: "age", Min: 3, Max: 120}}, quality.Result{
			Judged: 12345, Unexpected: 200, Method: quality.BySample, Interval: interval(0.979, 0.989), Evidence: "statement 2",
		}),
		suite.Answer(quality.Check{Test: quality.Fresh{Field: "seen_at", Age: time.Hour}}, quality.Result{
			Judged: 1, Unexpected: 1, Method: quality.ByFull, Observed: "newest is 3 h old", Reason: "the loader stopped",
		}),
		suite.Answer(quality.Check{Test: quality.Length{Field: "表示名", Max: 50}}, quality.Result{Judged: 12345, Unexpected: 1, Method: quality.ByFull}),
		suite.Answer(quality.Check{Test: quality.SQL{Name: "sane", Good: "age < 200"}}, quality.Result{Verdict: quality.NotAssessed, Reason: "no store"}),
	}
	return suite.Summarize(quality.Report{
		AssessedAt: clock(), Results: results, Rows: 12345, RowsRead: 24690, Method: "full", Snapshot: "00000003-0000001B-1", Seconds: 1.2345,
	})
}

// golden compares with a file of testdata, or writes it with SHUGO_GOLDEN=1.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if os.Getenv("SHUGO_GOLDEN") == "1" {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestReportJSON(t *testing.T) {
	t.Parallel()
	report := fullReport()
	encoded, err := json.MarshalIndent(report, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/report.json", append(encoded, '\n'))
	var decoded quality.Report
	if err := json.Unmarshal(encoded, &decoded); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(report, decoded); diff != "" {
		t.Errorf("decoding (-want +got):\n%s", diff)
	}
}

func TestReportText(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	if err := fullReport().WriteText(&text); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/report.txt", text.Bytes())
	if strings.ContainsRune(text.String(), '\x1b') {
		t.Error("an escape sequence came through")
	}
}

func TestReportTextOdd(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	if err := (quality.Report{Verdict: quality.NotAssessed, Rows: -1, RowsRead: -1234567}).WriteText(&text); err != nil {
		t.Fatal(err)
	}
	want := `: NOT ASSESSED, score none
: rows not counted, -1,234,567 read () in 0s
0001-01-01 00:00:00 UTC,

dimension  verdict  score    fails below  checks
`
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	near := fullReport()
	near.Score, near.Verdict, near.Interval = 0.999999, quality.Pass, nil
	text.Reset()
	if err := near.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	if first, _, _ := strings.Cut(text.String(), "\n"); !strings.HasSuffix(first, "PASS, score 0.9999") {
		t.Errorf("a score close to 1 reads %q", first)
	}
}

// full is a disk without room.
type full struct{ err error }

func (f full) Write([]byte) (int, error) { return 0, f.err }

func TestReportTextError(t *testing.T) {
	t.Parallel()
	noRoom := errors.New("no room")
	if err := fullReport().WriteText(full{noRoom}); !errors.Is(err, noRoom) {
		t.Errorf("got %v, want the writer's error", err)
	}
}
