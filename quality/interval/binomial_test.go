package interval_test

import (
	"errors"
	"math"
	"testing"

	"github.com/shugo-data/shugo/quality/interval"
)

type binomial func(defects, rows int64, level float64) (interval.Interval, error)

// Known values are of SciPy 1.17 (binomtest(x, n).proportion_ci, beta.ppf).
func TestBinomial(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		of            binomial
		defects, rows int64
		level         float64
		want          interval.Interval
	}{
		{"Wilson", interval.Wilson, 0, 10, 0.95, interval.Interval{Share: 0.0 / 10, Low: 0.0, High: 0.27753279986288926}},
		{"Wilson", interval.Wilson, 3, 30, 0.95, interval.Interval{Share: 3.0 / 30, Low: 0.034599888747334176, High: 0.2562108257918408}},
		{"Wilson", interval.Wilson, 999, 1000, 0.99, interval.Interval{Share: 999.0 / 1000, Low: 0.9915394337800183, High: 0.9998825836463816}},
		{"Wilson", interval.Wilson, 12345, 1000000, 0.95, interval.Interval{Share: 12345.0 / 1000000, Low: 0.012130446166424584, High: 0.01256330043238542}},
		{"ClopperPearson", interval.ClopperPearson, 0, 30, 0.95, interval.Interval{Share: 0.0 / 30, Low: 0.0, High: 0.11570330822202743}},
		{"ClopperPearson", interval.ClopperPearson, 3, 30, 0.95, interval.Interval{Share: 3.0 / 30, Low: 0.021117137029722604, High: 0.2652884504742082}},
		{"ClopperPearson", interval.ClopperPearson, 30, 30, 0.9, interval.Interval{Share: 30.0 / 30, Low: 0.9049661471446958, High: 1.0}},
		{"ClopperPearson", interval.ClopperPearson, 1, 1000000, 0.95, interval.Interval{Share: 1.0 / 1000000, Low: 2.5317805139113815e-08, High: 5.571630655512304e-06}},
		{"ClopperPearson", interval.ClopperPearson, 50000, 100000, 0.999, interval.Interval{Share: 50000.0 / 100000, Low: 0.4947923746276233, High: 0.5052076253723766}},
		{"ClopperPearson", interval.ClopperPearson, 1, 2, 0.5, interval.Interval{Share: 1.0 / 2, Low: 0.13397459621556138, High: 0.8660254037844386}},
		{"Jeffreys", interval.Jeffreys, 0, 30, 0.95, interval.Interval{Share: 0.0 / 30, Low: 0.0, High: 0.07967817381725999}},
		{"Jeffreys", interval.Jeffreys, 3, 30, 0.95, interval.Interval{Share: 3.0 / 30, Low: 0.02898061903272649, High: 0.2434016089849271}},
		{"Jeffreys", interval.Jeffreys, 99, 100, 0.95, interval.Interval{Share: 99.0 / 100, Low: 0.9542211033992769, High: 0.99891889829092}},
		{"Jeffreys", interval.Jeffreys, 100, 100, 0.95, interval.Interval{Share: 100.0 / 100, Low: 0.9752547299847301, High: 1.0}},
		{"Jeffreys", interval.Jeffreys, 20000, 30000000, 0.95, interval.Interval{Share: 20000.0 / 30000000, Low: 0.0006574784877222274, High: 0.0006759511936065399}},
	} {
		got, err := c.of(c.defects, c.rows, c.level)
		if err != nil {
			t.Fatal(err)
		}
		if d := diff(c.want, got, 1e-12); d != "" {
			t.Errorf("%s of %d in %d at %v: %s", c.name, c.defects, c.rows, c.level, d)
		}
	}
}

func TestBinomialRefuses(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]binomial{
		"Wilson": interval.Wilson, "ClopperPearson": interval.ClopperPearson, "Jeffreys": interval.Jeffreys,
	} {
		if _, err := of(0, 0, 0.95); !errors.Is(err, interval.ErrNoRows) {
			t.Errorf("%s of no rows: %v: want ErrNoRows", name, err)
		}
		for _, c := range []struct {
			defects, rows int64
			level         float64
			want          string
		}{
			{-1, 10, 0.95, "interval: -1 defects in 10 rows: want 0 <= defects <= rows"},
			{11, 10, 0.95, "interval: 11 defects in 10 rows: want 0 <= defects <= rows"},
			{1, 10, 95, "interval: level 95: want a number between 0 and 1, such as 0.95"},
			{1, -1, math.NaN(), "interval: 1 defects in -1 rows: want 0 <= defects <= rows\n" +
				"interval: level NaN: want a number between 0 and 1, such as 0.95"},
		} {
			if _, err := of(c.defects, c.rows, c.level); err == nil || err.Error() != c.want {
				t.Errorf("%s of %d in %d at %v: %v: want %s", name, c.defects, c.rows, c.level, err, c.want)
			}
		}
	}
}
