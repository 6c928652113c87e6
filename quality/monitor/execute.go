package monitor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/shugo-data/shugo/quality"
)

// outcome is what a run came to: a report, or why there is none.
type outcome struct {
	report  quality.Report
	failure error // nil: there is a report
}

// execute assesses what was claimed, and stores what it came to. An error says that nothing was stored.
func (m *Monitor) execute(ctx context.Context, c *claim) (outcome, error) {
	if ctx.Err() != nil {
		m.release(ctx, c)
		return outcome{}, ctx.Err()
	}
	hold, lose := context.WithCancelCause(context.WithoutCancel(ctx)) // until the lease is lost, or all is done
	var group sync.WaitGroup
	group.Go(func() { m.heartbeat(hold, c, lose) })
	defer group.Wait()
	defer lose(nil)

	work, stop := context.WithCancel(hold)
	defer stop()
	defer context.AfterFunc(ctx, stop)()
	var out outcome
	out.report, out.failure = m.assess(work, m.byName[c.name])
	switch {
	case hold.Err() != nil:
		return out, context.Cause(hold)
	case ctx.Err() != nil && out.failure != nil:
		m.release(ctx, c)
		return out, ctx.Err()
	}
	store, give := context.WithCancel(hold)
	defer give()
	defer context.AfterFunc(ctx, func() {
		late := time.AfterFunc(m.config.Grace, give)
		context.AfterFunc(store, func() { late.Stop() })
	})()
	return out.storable(), m.persist(store, c, out.storable())
}

// storable returns an outcome of which the report can be stored.
func (o outcome) storable() outcome {
	if o.failure != nil {
		return o
	}
	if len(o.report.Results) == 0 { // it would resolve every breach
		return outcome{failure: errEmpty}
	}
	if _, err := json.Marshal(o.report); err != nil { // a score that is no number
		return outcome{failure: fmt.Errorf("a report that cannot be stored: %w", err)}
	}
	return o
}

// persist stores an outcome, and tries again until the lease is lost.
func (m *Monitor) persist(ctx context.Context, c *claim, out outcome) error {
	for wait := 10 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		err := m.finish(ctx, c, out)
		if err == nil || errors.Is(err, ErrLost) || !passing(err) {
			return err
		}
		if ctx.Err() != nil {
			return fail("store", errors.Join(err, context.Cause(ctx)))
		}
		m.config.Logger.Warn("monitor: a run is not stored yet", "assessment", c.name, "error", err)
		pause(ctx, wait)
	}
}

// pause waits, at most until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// RunOnce runs one assessment now, whether it is due or not, for hosts with a scheduler of their own, and returns its report. When it
// was due it counts as that run. It then tells the breaches of the assessment that are untold, and forgets what is older than
// Config.Keep. It does not return before everything that it started has ended, but for a function of the host that does not end: see
// Config.Grace.
//
// It returns ErrUnknown, ErrBusy, ErrLost and ErrFailed, the errors of the database, and the error of ctx when that ends before there
// is a report. A breach that could not be told is no error: it is told by the next run, here or elsewhere.
func (m *Monitor) RunOnce(ctx context.Context, name string) (quality.Report, error) {
	if _, known := m.byName[name]; !known {
		return quality.Report{}, fmt.Errorf("%w: %q", ErrUnknown, name)
	}
	c, err := m.claimNow(ctx, name)
	if err != nil {
		return quality.Report{}, err
	}
	out, err := m.execute(ctx, c)
	if err != nil {
		return quality.Report{}, err
	}
	m.tellAll(ctx, []string{name})
	if err := m.prune(ctx, []string{name}); err != nil {
		m.config.Logger.Warn("monitor: old runs stay", "assessment", name, "error", err)
	}
	if out.failure != nil {
		return quality.Report{}, fmt.Errorf("%w: %w", ErrFailed, &failure{what: name, cause: out.failure})
	}
	return out.report, nil
}

// claimNow claims an assessment whether it is due or not, also from a process that is gone.
func (m *Monitor) claimNow(ctx context.Context, name string) (*claim, error) {
	if err := m.register(ctx, name); err != nil {
		return nil, err
	}
	for range 2 {
		c, err := m.begin(ctx, name, true)
		if c != nil || err != nil {
			return c, err
		}
		_, dead, _, err := m.look(ctx, []string{name})
		if err != nil {
			return nil, err
		}
		for _, gone := range dead {
			if err := m.finish(ctx, gone, outcome{failure: errAbandoned}); err != nil && !errors.Is(err, ErrLost) {
				return nil, err
			}
		}
	}
	return nil, fmt.Errorf("%w: %q", ErrBusy, name)
}
