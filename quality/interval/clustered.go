package interval

import (
	"errors"
	"fmt"
	"math"
)

// Page is what was counted on one page (or block) of the sample. A page without rows belongs to the sample too.
type Page struct {
	Rows    int64 // the rows on it
	Defects int64 // how many of them are bad
}

// Estimate is the share of bad rows in a table, from a sample of its pages.
type Estimate struct {
	Interval
	Rows    int64 // rows in the sample
	Defects int64 // bad rows in the sample

	// StandardError is the root of the linearised variance of the ratio of defects to rows, with the finite population
	// correction. It is 0 when no row or every row is bad, which says nothing about how certain the share is.
	StandardError float64
	// DesignEffect is how many times more rows this sample needed than a sample of single rows would have (Kish 1965): about
	// 1 for defects spread evenly, about the rows of a page for defects in whole pages. The latter is assumed when no row or
	// every row is bad, and for one page: the sample cannot tell then. Never below 1/pages.
	DesignEffect float64
	// EffectiveRows is Rows/DesignEffect, the number of single rows that would say as much.
	EffectiveRows float64
}

// Clustered estimates a share from a simple random sample of pages, out of total pages in the table, without replacement.
//
// The estimate is the ratio of all defects to all rows (Cochran 1977, chapter 6). The interval is a Bayesian bootstrap of
// the pages (Rubin 1981) that is made safe in the way of Gaffke (2005): pages are reweighted with Dirichlet weights, where a
// part of a page that the sample does not have is added, for the upper bound one of nothing but defects, for the lower bound
// one without. No variance is plugged in: the bounds are as skewed as the pages are, and defects seen on many pages do not
// hide that a wholly bad page may have been missed. The upper bound is never below the rule of three on pages (Hanley and
// Lippman-Hand 1983): the share that could still be bad if bad pages were wholly bad and none was seen. The lower bound is
// the same, for good rows. Gaffke adds a whole page, and gets Clopper-Pearson for pages that are wholly good or bad, whose
// coverage is above the level. Here it is a quarter, and half a page is spread over the pages of the other kind: between
// Clopper-Pearson and the quantiles of the bare bootstrap, as Jeffreys' halves are, and chosen by simulation together with the
// rule of three. Weights grow by the finite population correction.
//
// Measured coverage at 95 %, in 22,000 simulated tables of 200 to 10,000 pages, with 0.1 to 50 % bad rows, evenly spread, in
// whole or half-bad pages, runs, or a mixture (TestCoverage):
//
//	sample                           covered   the least and most of a kind   plain Wilson   survey interval
//	30 to 900 pages, at most half    96.5 %    95.5 to 97.9 %                 57.1 %         92.7 %, least 82.0 %
//	half to 9/10 of the table        95.9 %    94.5 to 97.3 %                 70.5 %         94.2 %, least 91.2 %
//	5 to 30 pages                    96.9 %    95.8 to 97.7 %                 63.5 %         93.6 %, least 80.8 %
//
// At 90 % and 99 % it is 92.7 and 99.4 % for samples as in the first line.
//
// Plain Wilson takes rows as drawn one by one. The survey interval is Wilson's on effective rows (Korn and Graubard 1998): it
// is half as long as this one for evenly spread defects, and misses the truth when a few bad pages hide behind them. For one
// fixed share of wholly bad pages coverage depends on the share, as that of any interval from whole numbers does: it is
// 95.5 to 95.8 % on average over shares, and 88 % at the worst (TestWholePages).
//
// The Dirichlet quantile is found with the saddlepoint approximation r* of Barndorff-Nielsen (1986): a bound differs from the
// exact one by less than 2 % of itself for a handful of bad pages, and by less with more.
//
// A sample of all pages is no sample: its interval is the share. An error says what is wrong with the arguments; ErrNoRows
// that no page has a row. The time is proportional to the number of different pages.
func Clustered(pages []Page, total int64, level float64) (Estimate, error) {
	if err := checkPages(pages, total, level); err != nil {
		return Estimate{}, err
	}
	s := newSample(pages, total)
	if s.rows == 0 {
		return Estimate{}, ErrNoRows
	}
	e := s.estimate()
	if int64(len(pages)) == total {
		e.Interval = bounded(e.Share, e.Share, e.Share)
		return e, nil
	}
	e.Interval = bounded(e.Share, 1-s.complement().upper(level), s.upper(level))
	return e, nil
}

func checkPages(pages []Page, total int64, level float64) error {
	var errs []error
	if len(pages) == 0 && total != 0 {
		errs = append(errs, errors.New("interval: a sample of 0 pages: want at least 1"))
	}
	if int64(len(pages)) > total {
		errs = append(errs, fmt.Errorf("interval: a sample of %d pages of a table of %d: want at most all", len(pages), total))
	}
	for i, p := range pages {
		if p.Defects < 0 || p.Rows < 0 || p.Defects > p.Rows || p.Rows > math.MaxInt32 {
			errs = append(errs, fmt.Errorf("interval: page %d of the sample has %d defects in %d rows: want 0 <= defects <= rows < 2^31",
				i, p.Defects, p.Rows))
			break // the others are as the first: one tells enough
		}
	}
	return errors.Join(append(errs, checkLevel(level))...)
}

// The pages that are added to a sample for a bound.
const (
	unseen = 0.25 // of nothing but what the bound is about
	spread = 0.5  // over the pages that have something else
)

// sample is a sample of pages, equal ones put together.
type sample struct {
	kinds         []kind
	pages, total  float64
	rows, defects float64
	squares       float64 // of the rows of a page
}

// kind is a number of equal pages.
type kind struct{ pages, rows, defects float64 }

func newSample(pages []Page, total int64) sample {
	s := sample{pages: float64(len(pages)), total: float64(total)}
	at := make(map[Page]int)
	for _, p := range pages {
		rows, defects := float64(p.Rows), float64(p.Defects)
		s.rows += rows
		s.defects += defects
		s.squares += rows * rows
		i, known := at[p]
		if !known {
			i = len(s.kinds)
			at[p] = i
			s.kinds = append(s.kinds, kind{rows: rows, defects: defects})
		}
		s.kinds[i].pages++
	}
	return s
}

// complement is the sample with the good rows as the bad ones.
func (s sample) complement() sample {
	kinds := make([]kind, len(s.kinds))
	for i, k := range s.kinds {
		kinds[i] = kind{pages: k.pages, rows: k.rows, defects: k.rows - k.defects}
	}
	s.kinds, s.defects = kinds, s.rows-s.defects
	return s
}

// estimate is all but the interval's bounds. The variance is Cochran (1977), equation 6.13, for the ratio to the mean.
func (s sample) estimate() Estimate {
	share := s.defects / s.rows
	e := Estimate{Interval: Interval{Share: share}, Rows: int64(s.rows), Defects: int64(s.defects), DesignEffect: s.squares / s.rows}
	if s.pages > 1 && s.defects > 0 && s.defects < s.rows {
		squares := 0.0
		for _, k := range s.kinds {
			residual := k.defects - share*k.rows
			squares += k.pages * residual * residual
		}
		variance := s.pages / (s.pages - 1) * squares / (s.rows * s.rows)
		e.StandardError = math.Sqrt(variance * (1 - s.pages/s.total))
		e.DesignEffect = max(variance/(share*(1-share)/s.rows), 1/s.pages)
	}
	e.EffectiveRows = s.rows / e.DesignEffect
	return e
}

// upper is the upper bound of the share.
func (s sample) upper(level float64) float64 {
	if s.defects == s.rows {
		return 1
	}
	return max(s.bootstrapped(level), s.ruleOfThree(level))
}

// ruleOfThree is the share that would leave a sample without a bad page with the probability 1-level, if pages were wholly
// good or bad: about 3/pages at 95 %. Each of K bad pages stays out of the sample with probability 1-f, independently but for
// terms that make the bound safer; pages of unequal size count as pages^2 of the sum of squares do.
func (s sample) ruleOfThree(level float64) float64 {
	f := s.pages / s.total
	pages := s.rows * s.rows / s.squares
	return -math.Expm1(math.Log1p(-level) / (pages * -math.Log1p(-f) / f))
}

// bootstrapped is the quantile of the reweighted share: the share u for which sum of w*(defects - u*rows) is at most 0 with
// the probability (1+level)/2, where each w is a gamma variable with the shape of its pages (which, divided by their sum, are
// Dirichlet's).
func (s sample) bootstrapped(level float64) float64 {
	weight := 1 / (1 - s.pages/s.total)
	good := 0.0 // pages with a good row
	for _, k := range s.kinds {
		if k.defects < k.rows {
			good += k.pages
		}
	}
	terms := make([]term, 0, len(s.kinds)+1)
	for _, k := range s.kinds {
		shape := k.pages * weight
		if k.defects < k.rows {
			shape += spread * k.pages / good
		}
		terms = append(terms, term{shape: shape})
	}
	terms = append(terms, term{shape: unseen})
	size := s.squares / s.rows // of the page that a row of the sample is on, on average
	z := -NormalQuantile((1 - level) / 2)
	solution := 0.0 // of the saddlepoint equation, from where the next search starts
	return root(func(u float64) float64 {
		for i, k := range s.kinds {
			terms[i].value = k.defects - u*k.rows
		}
		terms[len(s.kinds)].value = size * (1 - u)
		var r float64
		r, solution = signedRoot(terms, solution)
		return r - z
	}, 0, 1)
}
