package japanese

import (
	"slices"
	"testing"
)

// contender is a side with what it is given.
type contender struct {
	side
	texts      []input
	characters float64
}

// pair is a peer, and what the library does instead.
type pair struct{ own, peer contender }

// pairs are the comparisons. A dictionary is warm after the first text, a compiler that works while the program runs is not: so all but
// GiNZA, whose compiler has run, and whose time is better spent, warm up with all other texts.
func (c corpus) pairs() []pair {
	const times, few = 10, 20
	enter := func(s side, texts []string, times, warm int) contender {
		return contender{s, c.inputs(texts, times, warm), c.characters() * float64(times)}
	}
	all := len(c.other)
	return []pair{
		{enter(library("check"), c.document(), times, all), enter(textlint(), c.document(), 1, all)},
		{enter(library("check"), c.apart(), times, all), enter(ginza(), c.apart(), 1, few)},
		{enter(library("readability"), c.apart(), times, all), enter(jreadability(), c.apart(), times, all)},
	}
}

// measured is one run of a side.
type measured struct{ speed, wall, start, memory float64 }

// run measures a side. Nothing of what it says is kept: TestTextlint and its like look at that.
func (c contender) run(tb testing.TB) measured {
	tb.Helper()
	a := ask[any](tb, c.side, c.texts)
	return measured{c.characters / a.Work.CPU, c.characters / a.Work.Wall, a.Start.CPU, a.Memory / (1 << 20)}
}

// BenchmarkVersus measures each side by itself: characters per second of CPU time and on the clock, seconds of CPU time until it is
// ready, and mebibytes at the peak.
func BenchmarkVersus(b *testing.B) {
	for _, p := range readCorpus(b).pairs() {
		for _, side := range []contender{p.own, p.peer} {
			b.Run(p.peer.name+"/"+side.name, func(b *testing.B) {
				var runs []measured
				for b.Loop() {
					runs = append(runs, side.run(b))
				}
				report(b, "", runs)
			})
		}
	}
}

// BenchmarkRatio measures a peer and the library by turns, so that whatever else the machine does falls on both, and reports the
// medians: of both, and of how many times slower the peer is.
func BenchmarkRatio(b *testing.B) {
	for _, p := range readCorpus(b).pairs() {
		b.Run(p.peer.name, func(b *testing.B) {
			var own, peer []measured
			var ratios []float64
			for b.Loop() {
				peer = append(peer, p.peer.run(b))
				own = append(own, p.own.run(b))
				ratios = append(ratios, own[len(own)-1].speed/peer[len(peer)-1].speed)
			}
			report(b, p.own.name+"-", own)
			report(b, p.peer.name+"-", peer)
			b.ReportMetric(median(ratios), "x")
			b.ReportMetric(float64(len(ours())), "rules")
		})
	}
}

// report tells the medians of runs.
func report(b *testing.B, prefix string, runs []measured) {
	for unit, of := range map[string]func(measured) float64{
		"chars/cpu-s": func(m measured) float64 { return m.speed },
		"chars/s":     func(m measured) float64 { return m.wall },
		"start-cpu-s": func(m measured) float64 { return m.start },
		"MiB":         func(m measured) float64 { return m.memory },
	} {
		var list []float64
		for _, run := range runs {
			list = append(list, of(run))
		}
		b.ReportMetric(median(list), prefix+unit)
	}
}

// median returns the middle of a list that is not empty, the upper one of two.
func median(list []float64) float64 {
	return slices.Sorted(slices.Values(list))[len(list)/2]
}
