package governancetest_test

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/shugo-data/shugo/governance"
)

// policyMutants are policies that somebody could have written.
func policyMutants() []mutant[*booklet] {
	var all []mutant[*booklet]
	add := func(name, killer string, spoil func(*booklet)) {
		all = append(all, mutant[*booklet]{name, killer, func() *booklet {
			b := newBooklet()
			spoil(b)
			return b
		}})
	}
	judgeMutants(func(name, killer string, judge func(governance.Request) governance.Verdict) {
		add(name, killer, func(b *booklet) { b.judge = judge })
	})
	askMutants(add)
	sliceMutants(add)
	return all
}

// judgeMutants have the wrong opinion.
func judgeMutants(add func(name, killer string, judge func(governance.Request) governance.Verdict)) {
	add("allows everybody", "Cases", func(governance.Request) governance.Verdict {
		return governance.Verdict{Opinion: governance.Allow}
	})
	add("forgets the mask", "Cases", func(q governance.Request) governance.Verdict {
		return governance.Verdict{Opinion: judge(q).Opinion}
	})
	add("empty is its own", "ZeroRequest", func(q governance.Request) governance.Verdict {
		if q.Subject == q.Caller.ID && !slices.Contains(q.Caller.Roles, "suspended") {
			return governance.Verdict{Opinion: governance.Allow}
		}
		return judge(q)
	})
	add("nobody owns what is nobody's", "Nobody", func(q governance.Request) governance.Verdict {
		if knownAction(q) && knownCategories(q) && q.Subject == q.Caller.ID && len(q.Caller.Roles) == 0 {
			return governance.Verdict{Opinion: governance.Allow}
		}
		return judge(q)
	})
	add("any action", "UnknownAction", func(q governance.Request) governance.Verdict {
		if knownCategories(q) {
			return judgeKnown(q)
		}
		return governance.Verdict{}
	})
	add("any category", "UnknownCategory", func(q governance.Request) governance.Verdict {
		if knownAction(q) {
			return judgeKnown(q)
		}
		return governance.Verdict{}
	})
	add("one known category is enough", "OneUnknownCategory", func(q governance.Request) governance.Verdict {
		if knownAction(q) && (slices.Contains(q.Categories, governance.UserData)) {
			return judgeKnown(q)
		}
		return judge(q)
	})
	add("needs a role", "EmptyFields", func(q governance.Request) governance.Verdict {
		if knownCategories(q) && q.Caller.Roles[0] == "nobody" {
			return governance.Verdict{}
		}
		return judge(q)
	})
	add("a fourth opinion", "EmptyFields", func(q governance.Request) governance.Verdict {
		if q.Operation == "" && knownCategories(q) {
			return governance.Verdict{Opinion: governance.Deny + 1}
		}
		return judge(q)
	})
}

// askMutants mishandle concurrency and contexts.
func askMutants(add func(name, killer string, spoil func(*booklet))) {
	add("tires", "NoEffects", func(b *booklet) {
		var asked atomic.Int64
		b.judge = func(q governance.Request) governance.Verdict {
			if asked.Add(1) > 50 {
				return governance.Verdict{}
			}
			return judge(q)
		}
	})
	add("allows who was allowed before", "NoEffects", func(b *booklet) {
		var known sync.Map
		b.judge = func(q governance.Request) governance.Verdict {
			v := judge(q)
			if before, found := known.LoadOrStore(q.Caller.ID, v); found && v.Opinion == governance.NoOpinion {
				return before.(governance.Verdict)
			}
			return v
		}
	})
	add("one request at a time", "Concurrent", func(b *booklet) {
		var mu sync.Mutex
		var current governance.Request
		b.judge = func(q governance.Request) governance.Verdict {
			mu.Lock()
			current = q
			mu.Unlock()
			runtime.Gosched()
			mu.Lock()
			defer mu.Unlock()
			return judge(current)
		}
	})
	add("admits in a hurry", "EndedContext", func(b *booklet) {
		b.rushed = func(governance.Request) (governance.Verdict, error) {
			return governance.Verdict{Opinion: governance.Allow}, nil
		}
	})
	add("denies nobody in a hurry", "EndedContext", func(b *booklet) {
		b.rushed = func(governance.Request) (governance.Verdict, error) { return governance.Verdict{}, nil }
	})
	add("admits when the context ends midway", "EndedContext", func(b *booklet) {
		b.evaluate = func(ctx context.Context, q governance.Request) (governance.Verdict, error) {
			if ctx.Err() != nil {
				return governance.Verdict{Opinion: governance.Allow}, nil
			}
			return judge(q), nil
		}
	})
	add("deaf to its context", "ReturnsWhenContextEnds", func(b *booklet) { b.deaf = true })
}

// sliceMutants keep or change what is not theirs.
func sliceMutants(add func(name, killer string, spoil func(*booklet))) {
	add("knows a request by its memory", "SlicesNotKept", func(b *booklet) {
		var known sync.Map
		b.judge = func(q governance.Request) governance.Verdict {
			if len(q.Categories) == 0 {
				return governance.Verdict{}
			}
			v, _ := known.LoadOrStore(&q.Categories[0], judge(q))
			return v.(governance.Verdict)
		}
	})
	add("keeps requests", "SlicesNotKept", func(b *booklet) {
		var mu sync.Mutex
		var kept []governance.Request
		b.judge = func(q governance.Request) governance.Verdict {
			mu.Lock()
			defer mu.Unlock()
			for _, old := range kept {
				if old.Action == q.Action && old.Subject == q.Subject && slices.Equal(old.Categories, q.Categories) &&
					slices.Equal(old.Caller.Roles, q.Caller.Roles) && old.Caller.ID == q.Caller.ID {
					return governance.Verdict{Opinion: governance.Allow}
				}
			}
			v := judge(q)
			if v.Opinion == governance.Allow && v.Mask == nil {
				kept = append(kept, q)
			}
			return v
		}
	})
	add("sorts the categories", "SlicesNotChanged", func(b *booklet) {
		b.judge = func(q governance.Request) governance.Verdict {
			slices.Sort(q.Categories)
			return judge(q)
		}
	})
	add("adds a role", "SlicesNotChanged", func(b *booklet) {
		b.judge = func(q governance.Request) governance.Verdict {
			q.Caller.Roles = append(q.Caller.Roles, "everybody")
			return judge(q)
		}
	})
}

// oneMaskForAll is not asked concurrently, since it would be a data race.
func oneMaskForAll() *booklet {
	b := newBooklet()
	var mask []string
	b.judge = func(q governance.Request) governance.Verdict {
		v := judge(q)
		if v.Mask != nil {
			mask = append(mask[:0], v.Mask...)
			v.Mask = mask
		}
		return v
	}
	return b
}
