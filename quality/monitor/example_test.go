package monitor_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/monitor"
)

func Example() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	pool, err := pgxpool.New(ctx, "postgres://nobody@127.0.0.1:1/nothing")
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()
	learners := monitor.Assessment{
		Name: "learners", Every: time.Hour,
		Assess: func(ctx context.Context, progress func(quality.Progress)) (quality.Report, error) {
			suite := quality.Suite{Dataset: "learners", Checks: []quality.Check{{Test: quality.NotNull{Field: "email"}}}}
			found := quality.Result{Judged: 1000, Unexpected: 2, Method: quality.ByFull} // an adapter counts them
			results := []quality.Result{suite.Answer(suite.Checks[0], found)}
			return suite.Summarize(quality.Report{Rows: 1000, Results: results}), ctx.Err()
		},
	}
	config := monitor.Config{
		Pool: pool, Logger: slog.New(slog.DiscardHandler), Assessments: []monitor.Assessment{learners},
		Breach: func(_ context.Context, b quality.Breach) error {
			fmt.Println(b.Severity, b.Text)
			return nil
		},
	}
	m, err := monitor.New(config)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("ended with its context:", m.Run(ctx)) // no server here: it tries again until then

	config.Assessments = append(config.Assessments, learners)
	config.Lease = -time.Second
	_, err = monitor.New(config)
	fmt.Println(err)
	// Output:
	// ended with its context: <nil>
	// monitor: config: Lease below zero; assessments[1] ("learners"): the name stands twice
}
