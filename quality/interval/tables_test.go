package interval_test

import (
	"math"
	"math/rand/v2"

	"github.com/shugo-data/shugo/quality/interval"
)

// kind makes tables of a number of pages in which about the given share of the rows is bad, each in a way of its own.
type kind struct {
	name string
	fill func(r *rand.Rand, pages []interval.Page, share float64)
}

func kinds() []kind {
	return []kind{
		{"independent rows", func(r *rand.Rand, pages []interval.Page, share float64) {
			each(r, pages, func(int) float64 { return share })
		}},
		{"whole bad pages", func(r *rand.Rand, pages []interval.Page, share float64) {
			each(r, pages, func(int) float64 { return chance(r, share) })
		}},
		{"one run of bad pages", func(r *rand.Rand, pages []interval.Page, share float64) {
			length := max(1, int(math.Round(share*float64(len(pages)))))
			begin := r.IntN(len(pages) - length + 1)
			each(r, pages, func(i int) float64 { return within(i, begin, begin+length) })
		}},
		{"short runs of bad pages", func(r *rand.Rand, pages []interval.Page, share float64) {
			bad := 0.0 // begins and ends as a Markov chain does, with 5 pages a run
			each(r, pages, func(int) float64 {
				if r.Float64() < 0.2 {
					bad = chance(r, share)
				}
				return bad
			})
		}},
		{"half-bad pages", func(r *rand.Rand, pages []interval.Page, share float64) {
			each(r, pages, func(int) float64 { return chance(r, 2*share) / 2 })
		}},
		{"half of the table worse", func(r *rand.Rand, pages []interval.Page, share float64) {
			each(r, pages, func(i int) float64 { return share * (0.2 + 1.6*within(i, 0, len(pages)/2)) })
		}},
		{"each page its own share", func(r *rand.Rand, pages []interval.Page, share float64) {
			each(r, pages, func(int) float64 { return math.Pow(r.Float64(), 1/share-1) }) // Beta(share/(1-share), 1)
		}},
		{"independent, unequal pages", func(r *rand.Rand, pages []interval.Page, share float64) {
			unequal(r, pages, func(int64) float64 { return share })
		}},
		{"emptier pages worse", func(r *rand.Rand, pages []interval.Page, share float64) {
			unequal(r, pages, func(rows int64) float64 {
				if rows < 50 {
					return min(1, 2*share)
				}
				return share / 2
			})
		}},
		{"whole bad pages, some empty", func(r *rand.Rand, pages []interval.Page, share float64) {
			unequal(r, pages, func(int64) float64 { return chance(r, share) })
			for i := range pages {
				if r.Float64() < 0.3 {
					pages[i] = interval.Page{}
				}
			}
		}},
		{"bad pages and bad rows", func(r *rand.Rand, pages []interval.Page, share float64) {
			each(r, pages, func(int) float64 { return max(share/2, chance(r, share/2)) })
		}},
	}
}

// each fills pages of equal size, with the probability of a bad row that is given for each.
func each(r *rand.Rand, pages []interval.Page, share func(i int) float64) {
	rows := []int64{8, 25, 60, 120}[r.IntN(4)]
	for i := range pages {
		pages[i] = page(r, rows, share(i))
	}
}

// unequal fills pages of 1 to 100 rows.
func unequal(r *rand.Rand, pages []interval.Page, share func(rows int64) float64) {
	for i := range pages {
		rows := 1 + r.Int64N(100)
		pages[i] = page(r, rows, share(rows))
	}
}

// page draws the gaps between bad rows, which are geometric, since most rows are good.
func page(r *rand.Rand, rows int64, share float64) interval.Page {
	switch share {
	case 0:
		return interval.Page{Rows: rows}
	case 1:
		return interval.Page{Rows: rows, Defects: rows}
	}
	p, rate := interval.Page{Rows: rows}, -math.Log1p(-share)
	for at := 0.0; ; p.Defects++ {
		at += math.Floor(r.ExpFloat64()/rate) + 1
		if at > float64(rows) {
			return p
		}
	}
}

// chance is 1 with a probability, else 0.
func chance(r *rand.Rand, probability float64) float64 {
	if r.Float64() < probability {
		return 1
	}
	return 0
}

// within is 1 for begin <= i < end, else 0.
func within(i, begin, end int) float64 {
	if begin <= i && i < end {
		return 1
	}
	return 0
}

// total puts pages together.
func total(pages []interval.Page) (sum interval.Page) {
	for _, p := range pages {
		sum.Rows += p.Rows
		sum.Defects += p.Defects
	}
	return sum
}
