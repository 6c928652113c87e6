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

// design is which samples are drawn: the least and most pages, and the part of the table at most.
type design struct {
	name        string
	least, most float64
	part        [2]float64
}

// TestCoverage draws one sample from each of many tables of every kind. Intervals at 95 % must cover the truth in 93 to 97 %
// of all tables, and nowhere in fewer than 93 %.
func TestCoverage(t *testing.T) {
	t.Parallel()
	for k, d := range []design{
		{"30 to 900 pages, at most half", 30, 900, [2]float64{0, 0.5}},
		{"5 to 30 pages", 5, 30, [2]float64{0, 0.5}},
		{"half to 9/10 of the table", 30, 900, [2]float64{0.5, 0.9}},
	} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			tables := servertest.Count(182, 2000) // 182 of each of 11 kinds: 2,002
			var clustered, plain tally
			for i, k := range kinds() {
				c, p := d.cover(t, k, tables, rand.New(rand.NewPCG(uint64(i), 95)))
				t.Logf("%-28s covered %5.1f %% (truth below %.1f %%, above %.1f %%), width %.4f; plain Wilson %5.1f %%, width %.4f", k.name,
					c.covered(), c.percent(c.under), c.percent(c.over), c.width/float64(c.tables), p.covered(), p.width/float64(p.tables))
				if noise := 3 * math.Sqrt(0.07*0.93/float64(tables)); c.covered() < 93-100*noise {
					t.Errorf("%s: covered %.1f %%: want at least 93 %%", k.name, c.covered())
				}
				clustered.join(c)
				plain.join(p)
			}
			t.Logf("%-28s covered %5.2f %% of %d tables; plain Wilson %.2f %%", "all", clustered.covered(), clustered.tables, plain.covered())
			if c := clustered.covered(); k == 0 && (c < 93 || c > 97) || c < 93 {
				t.Errorf("covered %.2f %%: want 93 to 97 %%", c)
			}
			if plain.covered() > 90 {
				t.Errorf("the plain interval covers %.1f %%: these tables are too easy", plain.covered())
			}
		})
	}
}

func (c *tally) join(other tally) {
	c.tables += other.tables
	c.under += other.under
	c.over += other.over
	c.width += other.width
}

// cover draws from tables of one kind, 200 to 10,000 pages long, with 0.1 % to 50 % bad.
func (d design) cover(t *testing.T, k kind, tables int, r *rand.Rand) (clustered, plain tally) {
	t.Helper()
	for range tables {
		pages := make([]interval.Page, int(between(r, 200, 10000)))
		n := between(r, d.least, d.most)
		n = max(d.part[0]*float64(len(pages)), min(n, d.part[1]*float64(len(pages))))
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
		e, err := interval.Clustered(sample, int64(len(pages)), 0.95)
		if err != nil {
			t.Fatal(err)
		}
		clustered.add(e.Interval, truth)
		w, err := interval.Wilson(seen.Defects, seen.Rows, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		plain.add(w, truth)
	}
	return clustered, plain
}

// between draws a number whose logarithm is uniform.
func between(r *rand.Rand, least, most float64) float64 {
	return least * math.Pow(most/least, r.Float64())
}
