package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// play is the drill.
func play(ctx context.Context, address string, a *account) (err error) {
	work, err := os.MkdirTemp("", "drill-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	if err := os.Chmod(work, 0o755); err != nil { // the account of the server passes through it
		return err
	}
	t, err := open(ctx, address, work)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close(ctx)) }()
	spare, err := newGraph(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, spare.close(ctx)) }()
	k, err := wire(ctx, work, t, spare, a.bar.show)
	if err != nil {
		return err
	}
	d := &drill{account: a, work: work, tutor: t, spare: spare, keeper: k}
	live, stop := context.WithCancelCause(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop(nil)
	running.Go(func() { // without the log and without learners the drill shows nothing
		if err := k.receiver.Run(live); live.Err() == nil {
			stop(fmt.Errorf("receiving the log: %w", err))
		}
	})
	running.Go(func() {
		if err := t.write(live); live.Err() == nil && !d.gone.Load() {
			stop(fmt.Errorf("writing messages: %w", err))
		}
	})
	running.Go(func() { // what a lost connection kept from the graph is given to it
		_ = t.live.Run(live, time.Minute, nil)
	})
	for _, act := range []func(context.Context) error{
		d.backUp, d.prove, d.damage, d.mistake, d.destroy, d.restoreLast, d.restoreBefore, d.restoreFiles, d.sum,
	} {
		if err := act(live); err != nil {
			return errors.Join(err, context.Cause(live))
		}
	}
	return nil
}

// enough is how many messages learners write before the next thing happens.
const enough = 20

// learn waits until learners have written for a while.
func (d *drill) learn(ctx context.Context, while time.Duration) error {
	began := time.Now()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for d.tutor.since(began) < enough || time.Since(began) < while {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
