package interval_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shugo-data/shugo/quality/interval"
)

// Whole pages have a design effect of their rows, single rows one of 1: n/(n-1) of it, with the variance over n-1 pages.
func TestDesignEffect(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		pages []interval.Page
		total int64
		want  interval.Estimate
	}{
		{"pages of one row", wholePages(10, 100, 1), 1e9,
			interval.Estimate{Rows: 100, Defects: 10, StandardError: math.Sqrt(0.1 * 0.9 / 99), DesignEffect: 100.0 / 99, EffectiveRows: 99}},
		{"whole pages", wholePages(10, 100, 40), 1e9,
			interval.Estimate{Rows: 4000, Defects: 400, StandardError: math.Sqrt(0.1 * 0.9 / 99), DesignEffect: 4000.0 / 99, EffectiveRows: 99}},
		{"half of the table", wholePages(10, 100, 40), 200,
			interval.Estimate{Rows: 4000, Defects: 400, StandardError: math.Sqrt(0.1 * 0.9 / 99 / 2), DesignEffect: 4000.0 / 99, EffectiveRows: 99}},
		{"no defect", wholePages(0, 100, 40), 200, interval.Estimate{Rows: 4000, DesignEffect: 40, EffectiveRows: 100}},
		{"one page", []interval.Page{{Rows: 40, Defects: 3}}, 200,
			interval.Estimate{Rows: 40, Defects: 3, DesignEffect: 40, EffectiveRows: 1}},
		{"equal shares", []interval.Page{{Rows: 40, Defects: 4}, {Rows: 20, Defects: 2}}, 200,
			interval.Estimate{Rows: 60, Defects: 6, DesignEffect: 0.5, EffectiveRows: 120}},
	} {
		got, err := interval.Clustered(c.pages, c.total, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.want, got, cmpopts.IgnoreFields(interval.Estimate{}, "Interval"), cmpopts.EquateApprox(1e-7, 1e-9)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// Where pages are wholly good or bad the bounds are quantiles of the beta distribution, to the error of the approximation.
func TestClusteredWholePages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		bad, n int
		want   interval.Interval // beta.ppf(0.025, bad+0.5, n-bad+0.25), beta.ppf(0.975, bad+0.25, n-bad+0.5) of SciPy 1.17
	}{
		{1, 30, interval.Interval{Low: 0.003651094003940963, High: 0.13207758247648968}},
		{3, 30, interval.Interval{Low: 0.029231425397511456, High: 0.23395067695763844}},
		{15, 30, interval.Interval{Low: 0.33117674576185757, High: 0.6688232542381425}},
		{10, 1000, interval.Interval{Low: 0.0051539920688821106, High: 0.01734589725958206}},
		{27, 30, interval.Interval{Low: 0.7660493230423615, High: 0.9707685746024886}},
		{500, 5000, interval.Interval{Low: 0.09192074130440685, High: 0.10850036437719228}},
	} {
		got, err := interval.Clustered(wholePages(c.bad, c.n, 40), 1e12, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		near(t, got.Low, c.want.Low, 0.02)
		near(t, got.High, c.want.High, 0.02)
	}
}

// Nothing bad seen leaves what the rule of three leaves, and with a table of few pages what is left unread.
func TestNoDefects(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n     int
		total int64
		high  float64
	}{
		{300, 1e12, 1 - math.Pow(0.05, 1.0/300)}, {1, 1e12, 0.95},
		{100, 200, 1 - math.Pow(0.05, 1/(200*math.Ln2))}, // 4.3 of 200 pages: 5 unread ones have a chance of 1/32
	} {
		e, err := interval.Clustered(wholePages(0, c.n, 40), c.total, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		if d := diff(interval.Interval{High: c.high}, e.Interval, 1e-9); d != "" {
			t.Errorf("%d of %d pages: %s", c.n, c.total, d)
		}
	}
}

// The interval of the good rows is the mirror image, a lone page is worth little, the whole table is no sample, and the order
// of the pages does not matter.
func TestClusteredLaws(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, k := range kinds() {
		pages := make([]interval.Page, 300)
		k.fill(r, pages, 0.05)
		e := clustered(t, pages, 1000)
		good := make([]interval.Page, len(pages))
		for i, p := range pages {
			good[len(pages)-1-i] = interval.Page{Rows: p.Rows, Defects: p.Rows - p.Defects}
		}
		g := clustered(t, good, 1000)
		if d := diff(e.Interval, interval.Interval{Share: 1 - g.Share, Low: 1 - g.High, High: 1 - g.Low}, 1e-9); d != "" {
			t.Errorf("%s: good rows are no mirror image: %s", k.name, d)
		}
		if larger := clustered(t, pages, 10000); larger.High <= e.High || larger.Low > e.Low {
			t.Errorf("%s: %v of a table of 1,000 pages, %v of one of 10,000: want a longer one", k.name, e.Interval, larger.Interval)
		}
		if all := clustered(t, pages, 300); all.Low != all.Share || all.High != all.Share || all.StandardError != 0 {
			t.Errorf("%s: the whole table has the interval %v", k.name, all.Interval)
		}
	}
	if e := clustered(t, []interval.Page{{Rows: 40, Defects: 20}}, 1000); e.High-e.Low < 0.6 {
		t.Errorf("one page of 1,000 says %v", e.Interval)
	}
}

// The first bad rows raise the upper bound from where none leaves it, and never lower it.
func TestFirstDefects(t *testing.T) {
	t.Parallel()
	pages := wholePages(0, 50, 20)
	last := clustered(t, pages, 500)
	for i := range 10 {
		for pages[i].Defects < 20 {
			pages[i].Defects++
			e := clustered(t, pages, 500)
			if e.High < last.High {
				t.Fatalf("page %d, %d defects: %v after %v", i, pages[i].Defects, e.Interval, last.Interval)
			}
			last = e
		}
	}
}

func clustered(t *testing.T, pages []interval.Page, total int64) interval.Estimate {
	t.Helper()
	e, err := interval.Clustered(pages, total, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestClusteredRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pages []interval.Page
		total int64
		level float64
		want  string
	}{
		{nil, -1, 1, "interval: a sample of 0 pages: want at least 1\n" +
			"interval: a sample of 0 pages of a table of -1: want at most all\n" +
			"interval: level 1: want a number between 0 and 1, such as 0.95"},
		{[]interval.Page{{Rows: 1}, {Rows: 1, Defects: 2}}, 5, 0.95,
			"interval: page 1 of the sample has 2 defects in 1 rows: want 0 <= defects <= rows < 2^31"},
		{[]interval.Page{{Rows: 1}, {Rows: 1}}, 1, 0.95, "interval: a sample of 2 pages of a table of 1: want at most all"},
	} {
		if _, err := interval.Clustered(c.pages, c.total, c.level); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	for n, total := range map[int]int64{0: 0, 3: 5} {
		if _, err := interval.Clustered(make([]interval.Page, n), total, 0.95); !errors.Is(err, interval.ErrNoRows) {
			t.Errorf("%d empty pages: %v: want ErrNoRows", n, err)
		}
	}
}

func TestAgainst(t *testing.T) {
	t.Parallel()
	i := interval.Interval{Share: 0.02, Low: 0.01, High: 0.03}
	for threshold, want := range map[float64]string{0.005: "above", 0.01: "undecided", 0.02: "undecided", 0.03: "below", 1: "below"} {
		if got := i.Against(threshold).String(); got != want {
			t.Errorf("against %v: %s: want %s", threshold, got, want)
		}
	}
	if got := (interval.Interval{}).Against(0); got != interval.Below {
		t.Errorf("none, for certain, against none: %v", got)
	}
	if got := i.Against(math.NaN()); got != interval.Undecided {
		t.Errorf("against no number: %v", got)
	}
}

// FuzzClustered: any pages give an error or an interval in order.
func FuzzClustered(f *testing.F) {
	f.Add([]byte{40, 1, 40, 0}, int64(100), 0.95)
	f.Add([]byte{0, 0, 255, 255, 1, 0}, int64(3), 0.999999)
	f.Add([]byte{255, 0}, int64(math.MaxInt64), 1e-9)
	f.Add([]byte{200, 7, 1, 1, 3, 1}, int64(4), 0.5)
	f.Fuzz(func(t *testing.T, data []byte, total int64, level float64) {
		pages := make([]interval.Page, len(data)/2)
		for i := range pages {
			pages[i] = interval.Page{Rows: int64(data[2*i]), Defects: int64(data[2*i+1])}
		}
		e, err := interval.Clustered(pages, total, level)
		if err != nil {
			return
		}
		if !(0 <= e.Low && e.Low <= e.Share && e.Share <= e.High && e.High <= 1) || !(e.EffectiveRows > 0) || !(e.StandardError >= 0) {
			t.Errorf("%+v of %v of %d at %v", e, pages, total, level)
		}
	})
}
