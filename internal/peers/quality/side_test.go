package quality

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// side is a way to run the checks.
type side interface {
	// name is the name of the side in benchmarks.
	name() string
	// run connects to the database of the table, checks it, and leaves.
	run(ctx context.Context, url string) (report, error)
}

// report is what one run of a side found and what it cost its client.
type report struct {
	outcomes   map[string]outcome // by name of check
	statements int
	client     time.Duration // CPU time of a client that is a process of its own
	runs       int           // how often the checks were run; 0 means once
}

// outcome is what a side says of one check.
type outcome struct {
	// Success is the verdict.
	Success bool `json:"success"`
	// Unexpected is the number of unexpected rows: nil if the side does not tell.
	Unexpected *int64 `json:"unexpected"`
	// Observed is the aggregate that was checked: nil if the check has none or the side does not tell.
	Observed *float64 `json:"observed"`
}

// separate sends one statement per check, each as naive as its check.
type separate struct{}

func (separate) name() string { return "separate" }

func (separate) run(ctx context.Context, url string) (report, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return report{}, err
	}
	defer conn.Close(ctx)
	r := report{outcomes: map[string]outcome{}}
	for _, c := range allChecks() {
		var unexpected int64
		var o outcome
		if err := conn.QueryRow(ctx, c.naive, pgx.QueryExecModeSimpleProtocol).Scan(&unexpected, &o.Observed); err != nil {
			return report{}, err
		}
		o.Success, o.Unexpected = unexpected == 0, &unexpected
		r.outcomes[c.name] = o
		r.statements++
	}
	return r, nil
}

// floor is one statement that reads each row and does nearly nothing with it, in a sequential scan by one process.
type floor struct{ called, expression string }

// counting is what reading each row costs: of a page whose rows are all visible, the rows themselves are not looked at.
func counting() floor { return floor{"count", "count(*)"} }

// touching is what reading the last column of each row costs, which is the least for whoever checks it.
func touching() floor { return floor{"touch", "count(updated_at)"} }

func (f floor) name() string { return f.called }

// run runs the statement several times: once is too short for the clock of a process.
func (f floor) run(ctx context.Context, url string) (report, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return report{}, err
	}
	for name, value := range map[string]string{
		"max_parallel_workers_per_gather": "0", "jit": "off", "enable_indexonlyscan": "off",
	} {
		config.RuntimeParams[name] = value
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return report{}, err
	}
	defer conn.Close(ctx)
	const runs = 20
	for range runs {
		var rows int64
		if err := conn.QueryRow(ctx, `SELECT `+f.expression+` FROM conversation_messages`).Scan(&rows); err != nil {
			return report{}, err
		}
	}
	return report{statements: runs, runs: runs}, nil
}
