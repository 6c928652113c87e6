package quality

import (
	"time"
)

// ReportVersion is the version of the JSON form of reports. Fields are only ever added within a version.
const ReportVersion = 1

// Report is what an assessment found. Its JSON form is stable: the same findings give the same bytes, results are in the order of the
// suite, so that two reports can be compared by [Changes] or by any tool for text.
type Report struct {
	Version    int       `json:"version"`     // of this form: ReportVersion
	Suite      string    `json:"suite"`       // name of the suite
	Dataset    string    `json:"dataset"`     // what was assessed
	AssessedAt time.Time `json:"assessed_at"` // by the clock of the store, at the snapshot

	Verdict  Verdict   `json:"verdict"`            // overall: never better than that of the worst dimension
	Score    float64   `json:"score"`              // overall, between 0 and 1; 0 when nothing was assessed
	Interval *Interval `json:"interval,omitempty"` // of the score, when it rests on a sample or a sketch

	Dimensions []DimensionScore `json:"dimensions"` // all six, in the order of Dimensions
	Results    []Result         `json:"results"`    // one for each check, in the order of the suite

	Rows     int64   `json:"rows"`      // of the dataset in the snapshot; -1: not counted
	RowsRead int64   `json:"rows_read"` // that the assessment read, of this dataset and of others, by the account of its statements
	Method   string  `json:"method"`    // how the rows were read, in words: "full", "sample of 2 % of pages", "incremental: 3 of 341 ranges"
	Snapshot string  `json:"snapshot"`  // of the store, for evidence: what the figures are true of
	Seconds  float64 `json:"seconds"`   // of work, by the clock of the host
}

// DimensionScore is the score of one dimension.
type DimensionScore struct {
	Dimension Dimension `json:"dimension"`          // that is scored
	Verdict   Verdict   `json:"verdict"`            // not assessed, when no check of the dimension was
	Score     float64   `json:"score"`              // between 0 and 1; 0 when not assessed
	Interval  *Interval `json:"interval,omitempty"` // of the score, when it rests on a sample or a sketch
	Threshold Threshold `json:"threshold"`          // that the verdict comes from
	Weight    float64   `json:"weight"`             // in the overall score
	Checks    int       `json:"checks"`             // that ask for this dimension
	Assessed  int       `json:"assessed"`           // of them
}

// Method says how a result was obtained.
type Method string

// The methods.
const (
	ByProof       Method = "proof"       // the store's own rules make every row good: none was read
	ByFull        Method = "full"        // every row was read
	ByIncrement   Method = "incremental" // rows that may have changed were read; the result equals that of a full read
	BySample      Method = "sample"      // some rows were read: see the interval
	BySketch      Method = "sketch"      // every row was read, into an estimate: see the interval
	ByCatalog     Method = "catalog"     // the store's description of the dataset was read
	ByMeasurement Method = "measurement" // something was tried out, such as probe queries
)

// Result is the answer to one check.
type Result struct {
	Check     string    `json:"check"`     // its name in the suite
	Kind      Kind      `json:"kind"`      // of its test
	Asked     string    `json:"asked"`     // what is asked, in words, with the bounds of the test
	Dimension Dimension `json:"dimension"` // in which it is scored
	Severity  Severity  `json:"severity"`  // of a defect
	Weight    float64   `json:"weight"`    // in the score of the dimension
	Threshold Threshold `json:"threshold"` // that the verdict comes from
	Fields    []string  `json:"fields"`    // that the test reads

	Verdict    Verdict   `json:"verdict"`            // not assessed: see Reason
	Reason     string    `json:"reason,omitempty"`   // why it was not assessed, or why it is as it is
	Score      float64   `json:"score"`              // between 0 and 1; 0 when not assessed
	Interval   *Interval `json:"interval,omitempty"` // of the score
	Judged     int64     `json:"judged"`             // rows, or values for the sense Groups; 0 of a proof: none was counted
	Unexpected int64     `json:"unexpected"`         // of them; of a sample, as estimated for all
	Observed   string    `json:"observed,omitempty"` // of a test of the whole: what was found, unless it is the value of a row

	Duplicates *Duplicates `json:"duplicates,omitempty"` // of a test of uniqueness

	Method   Method   `json:"method,omitempty"`   // how the result was obtained; empty: it was not
	Evidence string   `json:"evidence,omitempty"` // what proves it: a constraint, an index, the number of a statement in the plan
	Examples []string `json:"examples,omitempty"` // failing rows: their keys, or hashes of them; never values of other fields
	Mend     *Remedy  `json:"mend,omitempty"`     // how defects are mended; nil when there are none
}

// Duplicates counts values that occur more than once, in four senses. With values a, a, a, b, b, c:
type Duplicates struct {
	AffectedRows int64 `json:"affected_rows"` // rows whose value occurs more than once: 5
	ExcessRows   int64 `json:"excess_rows"`   // rows minus different values: 3
	Groups       int64 `json:"groups"`        // values that occur more than once: 2
	Singletons   int64 `json:"singletons"`    // values that occur once: 1
}

// Remedy is advice on how to mend defects.
type Remedy struct {
	Text      string `json:"text"`                // in words
	Language  string `json:"language,omitempty"`  // of the statement: "SQL" or "Cypher"
	Statement string `json:"statement,omitempty"` // to be read by a human before it is run; it holds no value of a field
	Prevent   string `json:"prevent,omitempty"`   // statement that keeps new defects out, and turns the check into a proof
}

// Issue is one defect: of a record at the write, or of a dataset in a report. It never holds the value of a field.
type Issue struct {
	Dimension Dimension `json:"dimension"`       // that the defect belongs to
	Code      string    `json:"code"`            // stable: the kind of the test, or the validator's own
	Field     string    `json:"field,omitempty"` // several are joined by commas; empty: the record as a whole
	Severity  Severity  `json:"severity"`        // empty: Medium
	Text      string    `json:"text,omitempty"`  // what is wrong, in words
	Mend      string    `json:"mend,omitempty"`  // how to mend it, in words
}
