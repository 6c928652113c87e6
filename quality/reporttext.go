package quality

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"
)

// WriteText writes the report for people who read it in a terminal: plain text in columns, what is wrong first, without colours.
// Control characters, which could steer the terminal, are replaced.
func (r Report) WriteText(w io.Writer) error {
	p := &page{}
	p.head(r)
	p.dimensions(r.Dimensions)
	for _, verdict := range []Verdict{Fail, Undecided, NotAssessed, Warn} {
		for _, result := range r.Results {
			if result.Verdict == verdict {
				p.result(result)
			}
		}
	}
	p.passed(r.Results)
	_, err := io.WriteString(w, p.text.String())
	return err
}

// page is a text that is being written.
type page struct{ text strings.Builder }

// line writes a line. What comes from a store or a host is an argument, and is made harmless.
func (p *page) line(format string, args ...any) {
	for i, a := range args {
		if text, ok := a.(string); ok {
			args[i] = harmless(text)
		}
	}
	p.text.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
}

func (p *page) head(r Report) {
	p.line("%s: %s, score %s", r.Suite, strings.ToUpper(string(r.Verdict)), scored(r.Verdict, r.Score, r.Interval))
	rows := "rows not counted"
	if r.Rows >= 0 {
		rows = grouped(r.Rows) + " rows"
	}
	p.line("%s: %s, %s read (%s) in %s", r.Dataset, rows, grouped(r.RowsRead), r.Method, seconds(r.Seconds))
	p.line("%s, %s", r.AssessedAt.UTC().Format("2006-01-02 15:04:05 UTC"), r.Snapshot)
}

func (p *page) dimensions(scores []DimensionScore) {
	rows := [][]string{{"dimension", "verdict", "score", "", "fails below", "checks"}}
	for _, d := range scores {
		if d.Checks == 0 {
			rows = append(rows, []string{string(d.Dimension), "not asked", "", "", "", ""})
			continue
		}
		bar := ""
		if d.Assessed > 0 {
			bar = barOf(d.Score)
		}
		score := scored(d.Verdict, d.Score, d.Interval)
		if d.Assessed > 0 { // a dimension has a score even when one of its checks was not assessed
			score = scored(Pass, d.Score, d.Interval)
		}
		rows = append(rows, []string{
			string(d.Dimension), string(d.Verdict), score, bar, fmt.Sprintf("%.4g", d.Threshold.Fail), fmt.Sprintf("%d of %d", d.Assessed, d.Checks),
		})
	}
	p.line("")
	p.table("", rows)
}

// table writes rows of cells in columns.
func (p *page) table(indent string, rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(harmless(cell)))
		}
	}
	for _, row := range rows {
		text := indent
		for i, cell := range row {
			cell = harmless(cell)
			text += cell + strings.Repeat(" ", widths[i]-width(cell)+2)
		}
		p.line("%s", text)
	}
}

// result writes a check that did not pass.
func (p *page) result(r Result) {
	p.line("")
	p.line("%s  %s  (%s, %s)", strings.ToUpper(string(r.Verdict)), r.Check, string(r.Dimension), string(r.Severity))
	p.line("  expected  %s", r.Asked)
	if r.Verdict != NotAssessed {
		p.line("  found     %s of %s unexpected, score %s, fails below %.4g", grouped(r.Unexpected), grouped(r.Judged),
			scored(r.Verdict, r.Score, r.Interval), r.Threshold.Fail)
	}
	p.item("observed", r.Observed)
	p.item("reason", r.Reason)
	if d := r.Duplicates; d != nil {
		p.line("  repeats   %s rows affected, %s too many; values that occur once: %s, more often: %s", grouped(d.AffectedRows),
			grouped(d.ExcessRows), grouped(d.Singletons), grouped(d.Groups))
	}
	p.item("examples", strings.Join(r.Examples, "; "))
	p.item("method", strings.Trim(string(r.Method)+": "+r.Evidence, ": "))
	if m := r.Mend; m != nil {
		p.item("mend", m.Text)
		p.item(m.Language, m.Statement)
		p.item("prevent", m.Prevent)
	}
}

// item writes a labelled text, of as many lines as it has.
func (p *page) item(label, text string) {
	if text == "" {
		return
	}
	for line := range strings.Lines(text) {
		p.line("  %-9s %s", label, strings.TrimRight(line, "\r\n"))
		label = ""
	}
}

func (p *page) passed(results []Result) {
	var rows [][]string
	for _, r := range results {
		if r.Verdict == Pass {
			defects := ""
			if r.Unexpected > 0 {
				defects = ", but for " + grouped(r.Unexpected)
			}
			rows = append(rows, []string{scored(r.Verdict, r.Score, nil), r.Check, r.Asked + defects})
		}
	}
	if len(rows) == 0 {
		return
	}
	p.line("")
	p.line("PASS  %d of %d checks", len(rows), len(results))
	p.table("  ", rows)
}

// scored says a score, rounded down: only what is perfect reads 1.0000.
func scored(v Verdict, score float64, i *Interval) string {
	if v == NotAssessed {
		return "none"
	}
	text := rounded(score)
	if i != nil {
		text += fmt.Sprintf(" [%s, %s]", rounded(i.Low), rounded(i.High))
	}
	return text
}

func rounded(score float64) string {
	const places = 1e4
	down := math.Floor(score * places)
	if (down+1)/places <= score { // the product was rounded below a whole number
		down++
	}
	return fmt.Sprintf("%.4f", down/places)
}

// barOf draws a score; only a perfect one fills the bar.
func barOf(score float64) string {
	const cells = 20
	full := min(max(int(score*cells), 0), cells)
	return strings.Repeat("#", full) + strings.Repeat(".", cells-full)
}

// grouped says a number with its thousands apart.
func grouped(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func seconds(s float64) string {
	return time.Duration(s * float64(time.Second)).Round(time.Millisecond).String()
}
