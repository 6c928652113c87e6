package monitor

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/shugo-data/shugo/quality"
)

// Why there is no report, where no error of the host's says it.
var (
	errEmpty     = errors.New("its report has no results")
	errStalled   = errors.New("it did not end in time, and was left behind")
	errAbandoned = errors.New("the lease ran out: the process ended, or lost the database")
)

// panicError is a panic in a function of the host: its type only, since its value may be anything.
type panicError struct{ kind string }

// Error names the type of what was panicked with.
func (p *panicError) Error() string { return "a panic with a value of type " + p.kind }

// guarded calls a function of the host. It returns errStalled when the function has not returned a grace after ctx has ended.
func guarded(ctx context.Context, grace time.Duration, call func(context.Context) error) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- &panicError{fmt.Sprintf("%T", p)}
			}
		}()
		done <- call(ctx)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	late := time.NewTimer(grace)
	defer late.Stop()
	select {
	case err := <-done:
		return err
	case <-late.C:
		return errStalled
	}
}

// assess calls Assess within its limit. What it reports after it was left behind is ignored.
func (m *Monitor) assess(ctx context.Context, a Assessment) (quality.Report, error) {
	ctx, cancel := context.WithTimeout(ctx, a.Limit)
	defer cancel()
	var left atomic.Bool
	result := make(chan quality.Report, 1)
	err := guarded(ctx, m.config.Grace, func(ctx context.Context) error {
		report, err := a.Assess(ctx, func(p quality.Progress) {
			if !left.Load() {
				m.config.Progress(p)
			}
		})
		result <- report
		return err
	})
	left.Store(true)
	if err != nil {
		return quality.Report{}, err
	}
	return <-result, nil
}
