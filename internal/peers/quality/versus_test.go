package quality

import (
	"context"
	"slices"
	"testing"
)

// rows is the size of the table of the benchmarks.
func rows() int {
	if testing.Short() {
		return 100_000
	}
	return 1_000_000
}

// BenchmarkVersus measures each side on the same table.
func BenchmarkVersus(b *testing.B) {
	url := load(b, rows())
	m := newMeter(b, url)
	least := m.cost(b, url, floor{})
	for _, s := range []side{floor{}, ours{}, separate{}} {
		b.Run(s.name(), func(b *testing.B) { versus(b, m, url, s, least) })
	}
	for _, format := range []string{"BOOLEAN_ONLY", "SUMMARY"} {
		b.Run("gx-"+format, func(b *testing.B) { versus(b, m, url, newExpectations(b, format), least) })
	}
}

// versus reports the mean over the runs of a side.
func versus(b *testing.B, m *meter, url string, s side, least cost) {
	var sum cost
	n := 0.0
	for b.Loop() {
		c := m.cost(b, url, s)
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
func (m *meter) cost(tb testing.TB, url string, s side) cost {
	tb.Helper()
	ctx := context.Background()
	var r report
	used, err := m.measure(ctx, url, func() (err error) {
		r, err = s.run(ctx, url)
		return err
	})
	if err != nil {
		tb.Fatalf("%s: %v", s.name(), err)
	}
	runs := float64(max(r.runs, 1))
	return cost{used.cpu.Seconds() / runs, r.client.Seconds() / runs, float64(r.statements) / runs,
		float64(used.read) / float64(rows()) / runs}
}

// BenchmarkRatio measures all sides by turns, so that whatever else the machine does falls on all of them, and reports the
// median over the rounds of how many times more CPU time of the database than ours each takes, and ours than counting.
func BenchmarkRatio(b *testing.B) {
	sides := []side{floor{}, ours{}, separate{}, newExpectations(b, "BOOLEAN_ONLY"), newExpectations(b, "SUMMARY")}
	url := load(b, rows())
	m := newMeter(b, url)
	spent := map[string][]float64{}
	for b.Loop() {
		for _, s := range sides {
			spent[s.name()] = append(spent[s.name()], m.cost(b, url, s).cpu)
		}
	}
	own := spent[ours{}.name()]
	for _, s := range sides {
		name := s.name()
		b.ReportMetric(median(spent[name]), name+"-cpu-s")
		switch s.(type) {
		case ours:
		case floor:
			b.ReportMetric(median(ratios(own, spent[name])), "shugo/"+name)
		default:
			b.ReportMetric(median(ratios(spent[name], own)), name+"/shugo")
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
