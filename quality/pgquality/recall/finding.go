package recall

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// Report is what was measured.
type Report struct {
	Findings []Finding      `json:"findings"` // one for each filter, in their order
	Quality  quality.Report `json:"quality"`  // the same as results of checks, in the dimension accuracy
}

// Finding is what was measured of one filter.
type Finding struct {
	Filter  string  `json:"filter"`   // its name
	Rows    int64   `json:"rows"`     // that match it
	Share   float64 `json:"share"`    // of the rows of the table: its selectivity
	LeftOut int     `json:"left_out"` // probes that are stored vectors

	Current Trial   `json:"current"` // the search as the application does it
	Exact   Trial   `json:"exact"`   // the search that reads every row that matches
	Tried   []Trial `json:"tried"`   // other ways, measured on some of the probes
	Advised *Trial  `json:"advised"` // the fastest way that reaches the threshold, measured on all probes; nil when there is none, or the current one is it
}

// Way is how neighbours are searched.
type Way struct {
	Exact    bool              `json:"exact"`    // every row that matches is read
	Settings map[string]string `json:"settings"` // of the session, besides its own
}

// Trial is a way, measured.
type Trial struct {
	Way
	Index        string           `json:"index"`        // approximate index that the planner chose; empty: none, so that the answer is exact
	Probes       int              `json:"probes"`       // that it was measured on
	Recall       float64          `json:"recall"`       // share between 0 and 1
	Interval     quality.Interval `json:"interval"`     // of the recall
	Returned     float64          `json:"returned"`     // rows, on average
	Milliseconds float64          `json:"milliseconds"` // of a search, by the server's clock: the median of some; 0: not timed
	Blocks       int64            `json:"blocks"`       // that such a search reads, from memory or not

	hits, asked int64
}

// String says the way in words.
func (w Way) String() string {
	if w.Exact {
		return "exact search"
	}
	if len(w.Settings) == 0 {
		return "the current settings"
	}
	return strings.Join(w.assignments(" = ", ""), ", ")
}

// assignments returns the settings in the order of their names.
func (w Way) assignments(is, quote string) []string {
	var out []string
	for name, value := range w.Settings {
		out = append(out, name+is+quote+value+quote)
	}
	slices.Sort(out)
	return out
}

// result returns a finding as the result of a check.
func (f Finding) result(c Config, at target) quality.Result {
	r := quality.Result{Check: "recall(" + c.Column + ") " + f.Filter, Kind: "recall", Dimension: quality.Accuracy, Severity: quality.Medium,
		Weight: 1, Threshold: c.Threshold, Fields: []string{c.Column}, Method: quality.ByMeasurement}
	t := f.Current
	if t.asked == 0 {
		r.Verdict, r.Reason = quality.NotAssessed, f.nothing()
		return r
	}
	r.Judged, r.Unexpected, r.Score = t.asked, t.asked-t.hits, t.Recall
	if r.Verdict = c.Threshold.Verdict(t.Recall); t.Index != "" {
		r.Interval = &t.Interval
		r.Verdict = c.Threshold.VerdictOf(t.Interval)
	}
	r.Evidence = or(t.Index, "the planner uses no approximate index for this search: it is exact")
	r.Observed = fmt.Sprintf("recall@%d %.3f of %d probes, %.1f rows returned; the filter leaves %d rows (%.3g %%); %.1f ms, exact %.1f ms",
		c.K, t.Recall, t.Probes, t.Returned, f.Rows, 100*f.Share, t.Milliseconds, f.Exact.Milliseconds)
	if f.LeftOut > 0 {
		r.Observed += fmt.Sprintf("; %d probes are stored vectors and were left out", f.LeftOut)
	}
	r.Mend = f.remedy(c, at)
	return r
}

// nothing says why there is no recall.
func (f Finding) nothing() string {
	switch {
	case f.Rows == 0:
		return "no row matches the filter"
	case f.LeftOut > 0:
		return "every probe is a stored vector, which finds itself: expected vectors of queries"
	}
	return "there was no probe"
}
