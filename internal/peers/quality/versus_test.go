package quality

import (
	"context"
	"slices"
	"testing"
)

// bench is a table under measurement.
type bench struct {
	meter *meter
	url   string
	rows  int
}

// newBench loads the table of the benchmarks.
func newBench(b *testing.B, repeated bool) bench {
	rows := 1_000_000
	if testing.Short() {
		rows = 100_000
	}
	url := table{rows, repeated}.load(b)
	return bench{newMeter(b, url), url, rows}
}

// BenchmarkVersus measures each side on the same table, in which some keys occur again.
func BenchmarkVersus(b *testing.B) {
	t := newBench(b, true)
	least := t.cost(b, counting())
	for _, s := range []side{counting(), touching(), ours{rowsOnly: true}, ours{}, newOurs(b), separate{}} {
		b.Run(s.name(), func(b *testing.B) { t.versus(b, s, least) })
	}
	for _, format := range []string{"BOOLEAN_ONLY", "SUMMARY"} {
		b.Run("gx-"+format, func(b *testing.B) { t.versus(b, newExpectations(b, format), least) })
	}
}

// versus reports the mean over the runs of a side.
func (t bench) versus(b *testing.B, s side, least cost) {
	var sum cost
	n := 0.0
	for b.Loop() {
		c := t.cost(b, s)
		sum.cpu += c.cpu
		sum.client += c.client
		sum.statements += c.statements
		sum.scans += c.scans
		n++
	}
	b.ReportMetric(sum.cpu/n, "cpu-s")
	b.ReportMetric(sum.client/n, "client-s")
	b.ReportMetric(sum.statements/n, "statements")
	b.ReportMetric(sum.scans/n, "scans")
	b.ReportMetric(sum.cpu/n/least.cpu, "x-count")
}

// cost is what checking the table once takes.
type cost struct{ cpu, client, statements, scans float64 }

// cost runs a side and measures it.
func (t bench) cost(tb testing.TB, s side) cost {
	tb.Helper()
	ctx := context.Background()
	var r report
	used, err := t.meter.measure(ctx, t.url, func() (err error) {
		r, err = s.run(ctx, t.url)
		return err
	})
	if err != nil {
		tb.Fatalf("%s: %v", s.name(), err)
	}
	runs := float64(max(r.runs, 1))
	return cost{used.cpu.Seconds() / runs, r.client.Seconds() / runs, float64(r.statements) / runs,
		float64(used.read) / float64(t.rows) / runs}
}

// BenchmarkRatio measures all sides by turns, so that whatever else the machine does falls on all of them, and reports the
// medians over the rounds: how many times more CPU time of the database than ours each side takes, and how many times more
// than counting rows the single pass of the row checks and ours as a whole take.
func BenchmarkRatio(b *testing.B) {
	b.Run("repeated", func(b *testing.B) { ratio(b, true) })
	b.Run("unique", func(b *testing.B) { ratio(b, false) })
}

func ratio(b *testing.B, repeated bool) {
	again := newOurs(b)
	floors, own := []side{counting(), touching()}, []side{ours{rowsOnly: true}, ours{}, again}
	others := []side{separate{}, newExpectations(b, "BOOLEAN_ONLY"), newExpectations(b, "SUMMARY")}
	t := newBench(b, repeated)
	t.cost(b, again)
	spent := map[string][]float64{}
	for b.Loop() {
		for _, s := range slices.Concat(floors, own, others) {
			spent[s.name()] = append(spent[s.name()], t.cost(b, s).cpu)
		}
	}
	for name, list := range spent {
		b.ReportMetric(median(list), name+"-cpu-s")
	}
	for _, s := range others {
		for _, o := range own[1:] {
			b.ReportMetric(median(ratios(spent[s.name()], spent[o.name()])), s.name()+"/"+o.name())
		}
	}
	for _, s := range own {
		for _, f := range floors {
			b.ReportMetric(median(ratios(spent[s.name()], spent[f.name()])), s.name()+"/"+f.name())
		}
	}
}

// ratios divides round by round.
func ratios(over, under []float64) []float64 {
	r := slices.Clone(over)
	for i := range r {
		r[i] /= under[i]
	}
	return r
}

// median returns the middle of a list that is not empty, the upper one of two.
func median(list []float64) float64 {
	return slices.Sorted(slices.Values(list))[len(list)/2]
}
