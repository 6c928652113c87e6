package qualitytest_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/shugo-data/shugo/quality"
)

// mutant is a validator that somebody could have written, and the check that must find it out.
type mutant struct {
	name, killer string
	open         func() *judge
}

type validate = func(context.Context, *learner) ([]quality.Issue, error)

func mutants() []mutant {
	var all []mutant
	// of makes a mutant from what changes the right answer.
	of := func(name, killer string, spoil func(ctx context.Context, l *learner, found []quality.Issue, err error) ([]quality.Issue, error)) {
		all = append(all, mutant{name, killer, func() *judge {
			return &judge{validate: func(ctx context.Context, l *learner) ([]quality.Issue, error) {
				found, err := right(ctx, l)
				return spoil(ctx, l, found, err)
			}}
		}})
	}
	// with makes a mutant that keeps a state.
	with := func(name, killer string, open func() validate) {
		all = append(all, mutant{name, killer, func() *judge { return &judge{validate: open()} }})
	}
	answerMutants(of)
	wordMutants(of)
	tellMutants(of)
	stateMutants(with)
	contextMutants(of)
	return all
}

type spoiled = func(name, killer string, spoil func(context.Context, *learner, []quality.Issue, error) ([]quality.Issue, error))

// answerMutants say what is not so.
func answerMutants(of spoiled) {
	of("finds nothing", "Cases", func(context.Context, *learner, []quality.Issue, error) ([]quality.Issue, error) { return nil, nil })
	of("stops at the first defect", "Cases", func(_ context.Context, _ *learner, found []quality.Issue, err error) ([]quality.Issue, error) {
		return found[:min(len(found), 1)], err
	})
	of("finds everything twice", "Cases", func(_ context.Context, _ *learner, found []quality.Issue, err error) ([]quality.Issue, error) {
		return append(found, found...), err
	})
	of("passes what it skips", "Cases", func(_ context.Context, _ *learner, found []quality.Issue, _ error) ([]quality.Issue, error) {
		return found, nil
	})
	of("skips for no reason", "Skips", func(_ context.Context, _ *learner, found []quality.Issue, err error) ([]quality.Issue, error) {
		if err != nil {
			err = &quality.SkippedError{Code: "name"}
		}
		return found, err
	})
	of("panics without a record", "ZeroRecord", func(_ context.Context, l *learner, found []quality.Issue, err error) ([]quality.Issue, error) {
		return found[:len(found)+0*len(l.Name)], err
	})
}

// wordMutants use words that nobody knows.
func wordMutants(of spoiled) {
	change := func(name string, change func(*quality.Issue)) {
		of(name, "KnownWords", func(_ context.Context, _ *learner, found []quality.Issue, err error) ([]quality.Issue, error) {
			for i := range found {
				change(&found[i])
			}
			return found, err
		})
	}
	change("a seventh dimension", func(i *quality.Issue) { i.Dimension = "beauty" })
	change("no dimension", func(i *quality.Issue) { i.Dimension = "" })
	change("a severity of its own", func(i *quality.Issue) { i.Severity = "fatal" })
	change("no code", func(i *quality.Issue) { i.Code = "" })
	change("a sentence for a code", func(i *quality.Issue) { i.Code = "is not as agreed" })
	change("an escape sequence", func(i *quality.Issue) { i.Text = "\x1b[31mbad" })
}

// tellMutants tell values.
func tellMutants(of spoiled) {
	change := func(name string, change func(*quality.Issue, *learner)) {
		of(name, "NoValues", func(_ context.Context, l *learner, found []quality.Issue, err error) ([]quality.Issue, error) {
			for i := range found {
				if l != nil {
					change(&found[i], l)
				}
			}
			return found, err
		})
	}
	change("the name in the text", func(i *quality.Issue, l *learner) { i.Text = "not a name: " + l.Name })
	change("the age in the advice", func(i *quality.Issue, l *learner) { i.Mend = fmt.Sprint("replace ", l.Age) })
	change("the name, quoted", func(i *quality.Issue, l *learner) { i.Field = fmt.Sprintf("%q", l.Name) })
	of("the name in the skip", "NoValues", func(_ context.Context, l *learner, found []quality.Issue, err error) ([]quality.Issue, error) {
		if err != nil {
			err = &quality.SkippedError{Code: "name", Because: l.Name + " is foreign"}
		}
		return found, err
	})
	of("the name in the error of an ended context", "NoValues",
		func(ctx context.Context, l *learner, found []quality.Issue, err error) ([]quality.Issue, error) {
			if ctx.Err() != nil && l != nil {
				return nil, fmt.Errorf("validate %s: %w", l.Name, ctx.Err())
			}
			return found, err
		})
}

// stateMutants remember what they should not.
func stateMutants(with func(name, killer string, open func() validate)) {
	with("good the second time", "Deterministic", func() validate {
		var seen sync.Map
		return func(ctx context.Context, l *learner) ([]quality.Issue, error) {
			if _, again := seen.LoadOrStore(l, true); again {
				return nil, nil
			}
			return right(ctx, l)
		}
	})
	with("in another order each time", "Deterministic", func() validate { // a map's order may be the same by chance
		var calls atomic.Int64
		return func(ctx context.Context, l *learner) ([]quality.Issue, error) {
			found, err := right(ctx, l)
			if calls.Add(1)%2 == 0 {
				slices.Reverse(found)
			}
			return found, err
		}
	})
	var opened atomic.Int64
	with("text with the number of the process", "Reopened", func() validate {
		process := opened.Add(1)
		return func(ctx context.Context, l *learner) ([]quality.Issue, error) {
			found, err := right(ctx, l)
			for i := range found {
				found[i].Text += fmt.Sprint(" by rule set ", process)
			}
			return found, err
		}
	})
	with("hands out its own list", "IssuesBelongToCaller", func() validate {
		var mu sync.Mutex
		lists := map[string][]quality.Issue{}
		return func(ctx context.Context, l *learner) ([]quality.Issue, error) {
			found, err := right(ctx, l)
			key := fmt.Sprint(found)
			mu.Lock()
			defer mu.Unlock()
			if kept, ok := lists[key]; ok {
				return kept, err
			}
			lists[key] = found
			return found, err
		}
	})
	with("sorts the tags in place", "RecordStays", func() validate {
		var mu sync.Mutex
		return func(ctx context.Context, l *learner) ([]quality.Issue, error) {
			mu.Lock()
			defer mu.Unlock()
			if l != nil {
				slices.Sort(l.Tags)
			}
			return right(ctx, l)
		}
	})
	with("one record for all callers", "Concurrent", func() validate {
		var current atomic.Pointer[learner]
		return func(ctx context.Context, l *learner) ([]quality.Issue, error) {
			current.Store(l)
			runtime.Gosched() // where another caller may come in between
			return right(ctx, current.Load())
		}
	})
}

// contextMutants do not mind their context, or mind it in the wrong way.
func contextMutants(of spoiled) {
	of("good when the context has ended", "EndedContext", func(ctx context.Context, _ *learner, found []quality.Issue, err error) ([]quality.Issue, error) {
		if ctx.Err() != nil {
			return nil, nil
		}
		return found, err
	})
	of("an error that is not the context's", "EndedContext", func(ctx context.Context, _ *learner, found []quality.Issue, err error) ([]quality.Issue, error) {
		if ctx.Err() != nil {
			return nil, errors.New("timeout")
		}
		return found, err
	})
	of("what it has so far", "EndsUnderWay", func(ctx context.Context, _ *learner, found []quality.Issue, err error) ([]quality.Issue, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for i := range found {
			if ctx.Err() != nil {
				return found[:i], nil
			}
		}
		return found, err
	})
}
