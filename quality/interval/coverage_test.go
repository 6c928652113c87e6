package interval_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality/interval"
)

// tally counts where the truth was, seen from intervals.
type tally struct {
	tables, under, over int
	width               float64
}

func (c *tally) add(i interval.Interval, truth float64) {
	c.tables++
	c.width += i.High - i.Low
	switch {
	case truth < i.Low:
		c.under++
	case truth > i.High:
		c.over++
	}
}

// covered is the percentage of the tables whose interval has the truth in it.
func (c *tally) covered() float64 { return 100 - c.percent(c.under+c.over) }

func (c *tally) percent(n int) float64 { return 100 * float64(n) / float64(c.tables) }

// design is which samples are drawn, and the percentages that intervals may cover of all tables.
type design struct {
	name        string
	level       float64
	pages, part [2]float64 // least and most pages, and parts of the table
	tables      int        // of each of the 11 kinds, in a short test
	want        [2]float64
}

// TestCoverage draws one sample from each of many tables of every kind. Intervals at 95 % must cover the truth in 93 to 97 %
// of all tables, and in 93 % of each kind.
func TestCoverage(t *testing.T) {
	t.Parallel()
	for _, d := range []design{
		{"30 to 900 pages, at most half", 0.95, [2]float64{30, 900}, [2]float64{0, 0.5}, 182, [2]float64{93, 97}},
		{"5 to 30 pages", 0.95, [2]float64{5, 30}, [2]float64{0, 0.5}, 60, [2]float64{93, 97}},
		{"half to 9/10 of the table", 0.95, [2]float64{30, 900}, [2]float64{0.5, 0.9}, 60, [2]float64{93, 97}},
		{"30 to 900 pages at 90 %", 0.9, [2]float64{30, 900}, [2]float64{0, 0.5}, 60, [2]float64{89, 95}},
		{"30 to 900 pages at 99 %", 0.99, [2]float64{30, 900}, [2]float64{0, 0.5}, 60, [2]float64{98.5, 99.7}},
	} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			tables := servertest.Count(d.tables, 2000)
			var clustered, plain, survey tally
			for i, k := range kinds() {
				c, p, w := d.cover(t, k, tables, rand.New(rand.NewPCG(uint64(i), 95)))
				t.Logf("%-28s covered %4.1f %% (truth below %.1f %%, above %.1f %%), width %.4f; plain Wilson %4.1f %%, %.4f; survey %4.1f %%, %.4f",
					k.name, c.covered(), c.percent(c.under), c.percent(c.over), c.mean(), p.covered(), p.mean(), w.covered(), w.mean())
				if noise := 3 * math.Sqrt(0.07*0.93/float64(tables)); c.covered() < d.want[0]-100*noise {
					t.Errorf("%s: covered %.1f %%: want at least %v %%", k.name, c.covered(), d.want[0])
				}
				clustered.join(c)
				plain.join(p)
				survey.join(w)
			}
			t.Logf("%-28s covered %5.2f %% of %d tables, width %.4f; plain Wilson %.2f %%; survey %.2f %%, %.4f",
				"all", clustered.covered(), clustered.tables, clustered.mean(), plain.covered(), survey.covered(), survey.mean())
			if c := clustered.covered(); c < d.want[0] || c > d.want[1] {
				t.Errorf("covered %.2f %%: want %v to %v %%", c, d.want[0], d.want[1])
			}
			if plain.covered() > 90 {
				t.Errorf("the plain interval covers %.1f %%: these tables are too easy", plain.covered())
			}
		})
	}
}

// mean is the mean width.
func (c *tally) mean() float64 { return c.width / float64(c.tables) }

func (c *tally) join(other tally) {
	c.tables += other.tables
	c.under += other.under
	c.over += other.over
	c.width += other.width
}

// cover draws from tables of one kind, 200 to 10,000 pages long, with 0.1 % to 50 % bad.
func (d design) cover(t *testing.T, k kind, tables int, r *rand.Rand) (clustered, plain, survey tally) {
	t.Helper()
	for range tables {
		pages := make([]interval.Page, int(between(r, 200, 10000)))
		n := min(between(r, d.pages[0], d.pages[1]), d.part[1]*float64(len(pages)))
		if d.part[0] > 0 {
			n = float64(len(pages)) * (d.part[0] + r.Float64()*(d.part[1]-d.part[0]))
		}
		k.fill(r, pages, between(r, 0.001, 0.5))
		all := total(pages)
		r.Shuffle(len(pages), func(i, j int) { pages[i], pages[j] = pages[j], pages[i] })
		sample := pages[:int(n)]
		seen := total(sample)
		if seen.Rows == 0 {
			continue // ErrNoRows: the sample says so itself
		}
		truth := float64(all.Defects) / float64(all.Rows)
		e, err := interval.Clustered(sample, int64(len(pages)), d.level)
		if err != nil {
			t.Fatal(err)
		}
		clustered.add(e.Interval, truth)
		w, err := interval.Wilson(seen.Defects, seen.Rows, d.level)
		if err != nil {
			t.Fatal(err)
		}
		plain.add(w, truth)
		survey.add(surveyed(e, len(sample), len(pages), d.level), truth)
	}
	return clustered, plain, survey
}

// surveyed is what survey software does, for comparison: Wilson's interval on effective counts, with the degrees of freedom of
// the pages (Korn and Graubard 1998, with Wilson's in the place of Clopper and Pearson's).
func surveyed(e interval.Estimate, pages, total int, level float64) interval.Interval {
	z := interval.NormalQuantile((1 + level) / 2)
	shrink := z / interval.StudentQuantile((1+level)/2, float64(pages-1))
	n := e.EffectiveRows * shrink * shrink / (1 - float64(pages)/float64(total))
	center := (e.Share + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(e.Share*(1-e.Share)/n+z*z/(4*n*n))
	return interval.Interval{Share: e.Share, Low: max(0, center-half), High: min(1, center+half)}
}

// between draws a number whose logarithm is uniform.
func between(r *rand.Rand, least, most float64) float64 {
	return least * math.Pow(most/least, r.Float64())
}
