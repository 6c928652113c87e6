// Package integration holds tests of root packages against real servers: beside those packages they would make every
// host download the drivers.
package integration

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/servertest"
)

// addIntervals lets PostgreSQL do what Period.After and Period.Before do.
const addIntervals = `
	SELECT t + i, t - i
	FROM unnest($1::timestamptz[], $2::int[], $3::int[], $4::int[]) WITH ORDINALITY AS u(t, years, months, days, n),
	     make_interval(years => years, months => months, days => days) AS i
	ORDER BY n`

// TestPeriodAgreesWithPostgres compares the calendar arithmetic on random instants and periods.
func TestPeriodAgreesWithPostgres(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pool := servertest.Pool(t, servertest.Database(t), 1)
	if _, err := pool.Exec(ctx, "SET TIME ZONE 'UTC'"); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for left := servertest.Count(20_000, 1_000_000); left > 0; left -= 10_000 {
		var instants []time.Time
		var years, months, days []int32
		for range 10_000 {
			at := time.Date(1900+r.IntN(300), time.Month(1+r.IntN(12)), 1+r.IntN(31), r.IntN(24), r.IntN(60), r.IntN(60), 1000*r.IntN(1e6), time.UTC)
			instants = append(instants, at)
			years = append(years, int32(r.IntN(20)))
			months = append(months, int32(r.IntN(30)))
			days = append(days, int32(1+r.IntN(400)*r.IntN(2)))
		}
		rows, err := pool.Query(ctx, addIntervals, instants, years, months, days)
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		var after, before time.Time
		_, err = pgx.ForEachRow(rows, []any{&after, &before}, func() error {
			p := governance.Period{Years: int(years[i]), Months: int(months[i]), Days: int(days[i])}
			if got := p.After(instants[i]); !got.Equal(after) {
				t.Errorf("%s and %s: %s, PostgreSQL says %s", instants[i], p, got, after)
			}
			if got := p.Before(instants[i]); !got.Equal(before) {
				t.Errorf("%s before %s: %s, PostgreSQL says %s", p, instants[i], got, before)
			}
			i++
			return nil
		})
		if err != nil || i != len(instants) {
			t.Fatalf("%d rows, %v", i, err)
		}
	}
}
