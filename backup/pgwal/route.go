package pgwal

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/replication"
)

// leg is a stretch of one timeline's log.
type leg struct {
	timeline uint32
	from, to backup.LSN // to: where the next timeline leaves it; the last has no end
}

// noEnd is the end of the last leg.
const noEnd = backup.LSN(math.MaxUint64)

// histories are the history files of a cluster, by timeline.
type histories map[uint32][]byte

// readHistories reads all history files that are kept of a cluster.
func readHistories(ctx context.Context, r backup.Reader, system string) (histories, error) {
	all := histories{}
	for e, err := range r.Log(HistoryName(system)).Entries(ctx, 0) {
		if _, hole := err.(*backup.GapError); hole {
			continue // between the numbers of timelines
		}
		if err != nil {
			return nil, err
		}
		all[uint32(e.Start)] = e.Data
	}
	return all, nil
}

// route returns the legs that lead from a snapshot to the newest timeline that descends from it, or to a given one.
func (h histories) route(b Base, timeline uint32) ([]leg, error) {
	if timeline == 0 {
		timeline = b.StopTimeline
		for candidate := range h {
			if legs, err := h.legs(b, candidate); err == nil && legs != nil {
				timeline = max(timeline, candidate)
			}
		}
	}
	legs, err := h.legs(b, timeline)
	if err == nil && legs == nil {
		err = fmt.Errorf("pgwal: timeline %d does not descend from the snapshot, which ended on timeline %d at %s: %w",
			timeline, b.StopTimeline, b.Stop, backup.ErrUnreachable)
	}
	return legs, err
}

// legs returns the legs to a timeline, or nothing if it does not descend from the snapshot.
func (h histories) legs(b Base, timeline uint32) ([]leg, error) {
	var switches []replication.Switch
	if text, found := h[timeline]; found {
		var err error
		if switches, err = replication.ParseHistory(text); err != nil {
			return nil, &backup.CorruptError{Object: HistoryName(b.System), Text: fmt.Sprintf("the history of timeline %d cannot be read", timeline), Err: err}
		}
	}
	var legs []leg
	from := b.segmentStart(b.Start)
	for _, s := range switches {
		if s.LSN > b.Start {
			legs = append(legs, leg{s.Parent, from, s.LSN})
			from = s.LSN
		}
	}
	legs = append(legs, leg{timeline, from, noEnd})
	onRoute := func(t uint32, at backup.LSN) bool {
		return slices.ContainsFunc(legs, func(l leg) bool { return l.timeline == t && l.from <= at && at <= l.to })
	}
	if !onRoute(b.Timeline, b.Start) || !onRoute(b.StopTimeline, b.Stop) {
		return nil, nil
	}
	return legs, nil
}
