package repository

import (
	"context"
	"errors"
	"fmt"

	"github.com/shugo-data/shugo/backup"
)

// Places can have different objects under one name of a log: where an Append did not reach enough places, its writer ended,
// and the next one did not see what was left. At most one of them is in a quorum, and the object after it names its salt.

// version reads the object of a sequence that has a salt.
func (l *log) version(ctx context.Context, sequence uint64, salt string) (*logObject, error) {
	var o *logObject
	err := l.r.places.candidates(ctx, logName(l.name, sequence), func(_ int, data []byte) (err error) {
		if o, err = l.r.decodeLog(l.name, sequence, data); err == nil && o.salt != salt {
			err = errors.New("is not the object that the next one is chained to")
		}
		return err
	})
	return o, err
}

// settled reads an object that nothing is chained to. Where places differ, that of a quorum holds; if no quorum can have any,
// that of the first place that has one.
func (l *log) settled(ctx context.Context, sequence uint64) (*logObject, error) {
	name := logName(l.name, sequence)
	votes := map[string]int{}
	var order []*logObject
	silent := 0
	for _, place := range l.r.places.all {
		data, err := place.Target.Get(ctx, name, 0, -1)
		if err != nil {
			if !errors.Is(err, backup.ErrNotFound) {
				silent++
			}
			continue
		}
		o, err := l.r.decodeLog(l.name, sequence, data)
		if err != nil {
			continue
		}
		if votes[o.salt]++; votes[o.salt] == 1 {
			order = append(order, o)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, o := range order {
		if votes[o.salt] >= l.r.places.quorum {
			return o, nil
		}
	}
	switch {
	case len(order) == 0:
		return l.read(ctx, sequence)
	case len(order) > 1 && silent > 0:
		return nil, fmt.Errorf("repository: log %s: places differ on object %d and %d do not answer: %w",
			l.name, sequence, silent, backup.ErrUnavailable)
	}
	return order[0], nil
}

// newestHeader returns the header of the newest object.
func (l *log) newestHeader(ctx context.Context, sequence uint64) (logHeader, error) {
	if len(l.r.places.all) == 1 {
		return l.header(ctx, sequence)
	}
	o, err := l.settled(ctx, sequence)
	if err != nil {
		return logHeader{}, err
	}
	return o.logHeader, nil
}

// right returns the salt of the object of a sequence that belongs to the log, where the newest is known.
func (l *log) right(ctx context.Context, sequence, newest uint64) (string, error) {
	if sequence < newest {
		if next, err := l.header(ctx, sequence+1); err == nil {
			return next.Previous, nil
		}
	}
	o, err := l.settled(ctx, sequence)
	if err != nil {
		return "", err
	}
	return o.salt, nil
}
