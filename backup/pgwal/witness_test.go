package pgwal_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/internal/pgerror"
	"github.com/shugo-data/shugo/internal/servertest"
)

// TestWitnessGivesUp waits for a transaction that writes no longer than it was told to, and holds nobody up afterwards.
func TestWitnessGivesUp(t *testing.T) {
	t.Parallel()
	c := servertest.NewClusterWith(t, durable())
	d := connect(t, c)
	d.exec(messageTable)
	w, err := pgwal.NewWitness(pgwal.WitnessConfig{Connection: c.URL, Patience: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	d.exec(`BEGIN`)
	d.exec(`INSERT INTO message (text) VALUES ('being written')`)
	if _, _, err := w.Witness(context.Background()); pgerror.State(err) != "55P03" {
		t.Errorf("error %v, expected lock_not_available", err)
	}
	connect(t, c).exec(`INSERT INTO message (text) VALUES ('another')`)
	d.exec(`COMMIT`)
	goal, facts, err := w.Witness(context.Background())
	if err != nil || goal.Point == "" || len(facts) != 2 {
		t.Errorf("goal %+v, facts %v, error %v", goal, facts, err)
	}
	if locks := query[int](d, `SELECT count(*) FROM pg_locks WHERE mode = 'ShareLock' AND locktype = 'relation'`); locks != 0 {
		t.Errorf("%d locks are left", locks)
	}
}

// TestWitnessFails passes on what the facts say, and leaves no session.
func TestWitnessFails(t *testing.T) {
	t.Parallel()
	c := servertest.NewClusterWith(t, durable())
	failure := errors.New("the digest failed")
	w, err := pgwal.NewWitness(pgwal.WitnessConfig{Connection: c.URL, Facts: func(context.Context, pgx.Tx) ([]backup.Fact, error) { return nil, failure }})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Witness(context.Background()); !errors.Is(err, failure) {
		t.Errorf("error %v", err)
	}
	d := connect(t, c)
	until(t, "the sessions end", func() bool {
		return query[int](d, `SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'`) == 1
	})
}

// TestWitnessConfig names all problems.
func TestWitnessConfig(t *testing.T) {
	t.Parallel()
	_, err := pgwal.NewWitness(pgwal.WitnessConfig{Patience: -1})
	if joined, ok := err.(interface{ Unwrap() []error }); !ok || len(joined.Unwrap()) != 2 {
		t.Errorf("error %v, expected two problems", err)
	}
}
