package backup

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// BreachKind is what promise is broken.
type BreachKind string

// The kinds of breach.
const (
	BreachRPO    BreachKind = "rpo"          // the last recovery point is older than the tier allows
	BreachRTO    BreachKind = "rto"          // the last drill took longer than the tier allows
	BreachDrill  BreachKind = "drill"        // there is no fresh certificate: what there is, is not a backup
	BreachPlace  BreachKind = "place"        // a place is down, or there are not as many as the tier wants
	BreachVerify BreachKind = "verification" // objects of a repository are damaged and could not be mended, or were not read for too long
	BreachBackup BreachKind = "backup"       // the last backup failed
)

// Breach is a promise that is broken.
type Breach struct {
	Kind     BreachKind    `json:"kind"`                  //
	Source   string        `json:"source"`                // its name; of the first of several
	Tier     string        `json:"tier"`                  // that makes the promise
	Place    string        `json:"place,omitempty"`       // BreachPlace: its name; empty: places that are not configured
	Seen     time.Time     `json:"seen"`                  // UTC, when it was first seen by this Run
	Promise  time.Duration `json:"promise_ns,omitempty"`  // what was promised, where that is a duration
	Measured time.Duration `json:"measured_ns,omitempty"` // what was measured instead
	Text     string        `json:"text"`                  // what is wrong, in words
	Resolved bool          `json:"resolved,omitempty"`    // it is kept again
}

// key names what is breached.
func (b Breach) key() string {
	return strings.Join([]string{string(b.Kind), b.Source, b.Place}, "\x00")
}

// breaches returns the promises that are broken. What concerns a repository alone is told of its first source.
func (s SourceStatus) breaches(first bool) []Breach {
	var all []Breach
	add := func(b Breach) {
		b.Source, b.Tier = s.Source, s.Tier
		all = append(all, b)
	}
	if s.Unknown != "" {
		add(Breach{Kind: BreachPlace, Text: "the repository does not answer: " + s.Unknown})
		return all
	}
	if s.Unprotected {
		add(Breach{Kind: BreachRPO, Promise: s.RPOPromise, Text: "there is no snapshot: everything would be lost"})
	}
	if s.RPO > s.RPOPromise {
		add(Breach{Kind: BreachRPO, Promise: s.RPOPromise, Measured: s.RPO,
			Text: fmt.Sprintf("the last recovery point is %s old", s.RPO.Round(time.Second))})
	}
	if s.RTO > s.RTOPromise {
		add(Breach{Kind: BreachRTO, Promise: s.RTOPromise, Measured: s.RTO,
			Text: fmt.Sprintf("the last drill restored in %s", s.RTO.Round(time.Millisecond))})
	}
	if !s.Proven {
		add(Breach{Kind: BreachDrill, Text: s.Reason})
	}
	if s.Failed != "" {
		add(Breach{Kind: BreachBackup, Text: s.Failed})
	}
	if s.Verified != "" && first {
		add(Breach{Kind: BreachVerify, Text: s.Verified})
	}
	if s.Lacking != "" {
		add(Breach{Kind: BreachPlace, Text: s.Lacking})
	}
	for _, p := range s.Places {
		if p.Err != "" && first {
			add(Breach{Kind: BreachPlace, Place: p.Name, Text: p.Err})
		}
	}
	return all
}

// watch tells breaches once, and once again when they are no more, until ctx ends.
func (r *Runner) watch(ctx context.Context) {
	open := map[string]Breach{}
	every := time.Minute
	for _, j := range r.jobs {
		every = min(every, max(time.Second, j.tier.RPO/15))
	}
	for wait(ctx, every) {
		status, err := r.Status(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			r.config.Log.Warn("backup: status is not known", "error", err)
		}
		r.tell(open, status)
	}
}

// tell compares a status with the breaches that are open.
func (r *Runner) tell(open map[string]Breach, status Status) {
	now := map[string]bool{}
	for _, source := range status.Sources {
		for _, b := range source.Breaches {
			now[b.key()] = true
			if _, told := open[b.key()]; told {
				continue
			}
			b.Seen = status.Time
			open[b.key()] = b
			r.config.Log.Warn("backup: breach", "kind", b.Kind, "source", b.Source, "place", b.Place, "text", b.Text)
			if r.config.OnBreach != nil {
				r.config.OnBreach(b)
			}
		}
	}
	known := func(source string) bool {
		return slices.ContainsFunc(status.Sources, func(s SourceStatus) bool { return s.Source == source && s.Unknown == "" })
	}
	var resolved []Breach
	for key, b := range open {
		if !now[key] && known(b.Source) {
			delete(open, key)
			b.Resolved = true
			resolved = append(resolved, b)
		}
	}
	slices.SortFunc(resolved, func(a, b Breach) int { return cmp.Compare(a.key(), b.key()) })
	for _, b := range resolved {
		r.config.Log.Info("backup: kept again", "kind", b.Kind, "source", b.Source, "place", b.Place)
		if r.config.OnBreach != nil {
			r.config.OnBreach(b)
		}
	}
}
