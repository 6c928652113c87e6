package monitor

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// leastWait keeps Run from asking the database without pause.
	leastWait = 5 * time.Millisecond
	// pruneEvery is how often Run forgets what is old.
	pruneEvery = time.Hour
)

// Run assesses what is due, stores the reports and tells the breaches, until ctx ends. Then it returns nil, after at most three
// times Config.Grace: assessments that are running are cancelled, and run again at once by another replica or by the next Run. Replicas of a
// host may all run it: one of them runs an assessment at a time.
//
// It goes on after errors that pass by themselves, such as a lost connection, and logs them. It returns the others: ErrNotMigrated,
// ErrRights, other answers of the server, wrapped.
func (m *Monitor) Run(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var group sync.WaitGroup
	for _, loop := range []func(context.Context) error{m.schedule, m.telling, m.pruning} {
		group.Go(func() {
			if err := m.steadily(ctx, loop); err != nil {
				stop(err)
			}
		})
	}
	group.Wait()
	if err := context.Cause(ctx); isFatal(err) {
		return err
	}
	return nil
}

// fatalError is what ends Run before its context does.
type fatalError struct{ error }

// Unwrap returns the error.
func (f fatalError) Unwrap() error { return f.error }

func isFatal(err error) bool { return errors.As(err, &fatalError{}) }

// steadily runs a loop again after errors that pass by themselves, until ctx ends.
func (m *Monitor) steadily(ctx context.Context, loop func(context.Context) error) error {
	for n := 0; ; n++ {
		began := time.Now()
		err := loop(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if !passing(err) {
			return fatalError{err}
		}
		if time.Since(began) > time.Minute {
			n = 0
		}
		m.config.Logger.Warn("monitor: goes on after an error", "error", err)
		pause(ctx, backoff(50*time.Millisecond, m.config.Poll, n))
	}
}

// schedule runs what is due, as many at a time as the configuration says.
func (m *Monitor) schedule(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	var group sync.WaitGroup
	defer group.Wait()
	defer stop(nil)
	if err := m.register(ctx, m.names...); err != nil {
		return err
	}
	places := make(chan struct{}, m.config.Parallel)
	for {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		c, wait, err := m.next(ctx)
		if c == nil && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			return err
		}
		if c == nil {
			<-places
			pause(ctx, wait)
			continue
		}
		group.Go(func() {
			defer func() { <-places }()
			if _, err := m.execute(ctx, c); err != nil && ctx.Err() == nil {
				m.config.Logger.Warn("monitor: nothing of a run is stored", "assessment", c.name, "error", err)
				if !passing(err) {
					stop(err)
				}
			}
		})
	}
}

// next claims what has been due the longest, or says how long there is nothing to do.
func (m *Monitor) next(ctx context.Context) (*claim, time.Duration, error) {
	ready, dead, wait, err := m.look(ctx, m.names)
	if err != nil {
		return nil, 0, err
	}
	for _, c := range dead {
		m.config.Logger.Warn("monitor: a run is taken over", "assessment", c.name)
		if err := m.finish(ctx, c, outcome{failure: errAbandoned}); err != nil && !errors.Is(err, ErrLost) {
			return nil, 0, err
		}
	}
	if len(dead) > 0 {
		return nil, 0, nil
	}
	for _, name := range ready {
		if c, err := m.begin(ctx, name, false); c != nil || err != nil {
			return c, 0, err
		}
	}
	return nil, min(max(wait, leastWait), m.config.Poll), nil
}

// selectState says of each assessment how long it is until something is to be done: it is due, or its lease runs out.
const selectState = `
SELECT "name", "run", CASE WHEN "due_at" <= "started_at" THEN "due_at" END, "lease_until" IS NOT NULL,
	(extract(epoch FROM coalesce("lease_until", "next_at") - clock_timestamp()) * 1000000)::bigint
FROM {schema}."quality_assessment" WHERE "name" = ANY ($1) ORDER BY coalesce("lease_until", "next_at")`

// look returns what can be begun, runs whose process is gone, and how long it is until there is more.
func (m *Monitor) look(ctx context.Context, names []string) (ready []string, dead []*claim, wait time.Duration, err error) {
	rows, err := m.config.Pool.Query(ctx, m.schema.sql(selectState), names)
	if err != nil {
		return nil, nil, 0, fail("look for what is due", err)
	}
	defer rows.Close()
	wait = m.config.Poll
	for rows.Next() {
		c := claim{expired: true}
		var leased bool
		var microseconds int64
		if err := rows.Scan(&c.name, &c.run, &c.due, &leased, &microseconds); err != nil {
			return nil, nil, 0, fail("look for what is due", err)
		}
		switch left := time.Duration(microseconds) * time.Microsecond; {
		case left > 0 || leased && left == 0:
			wait = min(wait, left)
		case leased:
			dead = append(dead, &c)
		default:
			ready = append(ready, c.name)
		}
	}
	return ready, dead, wait, fail("look for what is due", rows.Err())
}

// telling tells breaches as they come, and those that others left.
func (m *Monitor) telling(ctx context.Context) error {
	for {
		again, err := m.tellAll(ctx, m.names)
		if err != nil {
			return err
		}
		wait := m.config.Poll
		if again {
			wait = min(wait, retell)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-m.wake:
		case <-timer.C:
		}
		timer.Stop()
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// pruning forgets what is old.
func (m *Monitor) pruning(ctx context.Context) error {
	for {
		if err := m.prune(ctx, m.names); err != nil {
			return err
		}
		if pause(ctx, pruneEvery); ctx.Err() != nil {
			return ctx.Err()
		}
	}
}
