package governance_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

// collect ranges over a sequence and stops after at most n rows.
func collect(seq iter.Seq2[entry, error], n int) (texts []string, errs []error) {
	for e, err := range seq {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		texts = append(texts, string(e.Writer)+":"+e.Text)
		if len(texts) == n {
			break
		}
	}
	return texts, errs
}

// lastEvent returns the last event on record.
func lastEvent(t *testing.T, sink *trail) governance.Event {
	t.Helper()
	events := sink.all()
	if len(events) == 0 {
		t.Fatal("nothing is on record")
	}
	return events[len(events)-1]
}

func TestWrapSeq(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		n, leave int
		want     []string
		steps    []string
		rows     int64
	}{
		"all":       {3, 9, []string{"ann:", "ann:", "ann:"}, []string{"attempt", "effect"}, 3},
		"none":      {0, 9, nil, []string{"attempt", "effect"}, 0},
		"half way":  {3, 2, []string{"ann:", "ann:"}, []string{"attempt", "effect left_early"}, 2},
		"last left": {2, 2, []string{"ann:", "ann:"}, []string{"attempt", "effect left_early"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, sink := guard(t)
			list := governance.WrapSeq(g, readEntry(), rows(test.n))
			got, errs := collect(list(nurse()), test.leave)
			if !cmp.Equal(test.want, got) || errs != nil {
				t.Errorf("got %v, %v, want %v", got, errs, test.want)
			}
			if last := lastEvent(t, sink); !cmp.Equal(test.steps, sink.steps()) || last.Rows != test.rows {
				t.Errorf("got the events %v with %d rows, want %v with %d", sink.steps(), last.Rows, test.steps, test.rows)
			}
		})
	}
}

// TestWrapSeqDecidesWhenRangedOver ranges twice over one sequence: each time is a call of its own.
func TestWrapSeqDecidesWhenRangedOver(t *testing.T) {
	t.Parallel()
	standing := governance.Standing{Consented: true}
	g, sink := guard(t, func(c *governance.Config) {
		c.Register = governance.RegisterFunc(func(context.Context, governance.Subject, governance.Purpose) (
			governance.Standing, error) {
			return standing, nil
		})
	})
	seq := governance.WrapSeq(g, readEntry(), rows(1))(as("eve", "coaching", "coach"), query{Writer: "ann"})
	if len(sink.all()) > 0 {
		t.Error("a sequence that nobody ranges over is on record")
	}
	if got, errs := collect(seq, 9); len(got) != 1 || errs != nil {
		t.Errorf("got %v, %v", got, errs)
	}
	standing.Consented = false
	got, errs := collect(seq, 9)
	if got != nil || len(errs) != 1 || !errors.Is(errs[0], governance.ErrDenied) {
		t.Errorf("got %v, %v, want one denial", got, errs)
	}
	events := sink.all()
	if want := []string{"attempt", "effect", "denial no_consent"}; !cmp.Equal(want, sink.steps()) {
		t.Errorf("got the events %v, want %v", sink.steps(), want)
	}
	if events[0].ID != events[1].ID || events[1].ID == events[2].ID {
		t.Error("the events of a call do not share an ID of their own")
	}
}

func TestWrapSeqOfAnIteratorThatFails(t *testing.T) {
	t.Parallel()
	g, sink := guard(t)
	list := governance.WrapSeq(g, readEntry(), func(context.Context, query) iter.Seq2[entry, error] {
		return func(yield func(entry, error) bool) {
			if yield(entry{Text: "one"}, nil) && yield(entry{Text: "broken"}, errHost) {
				t.Error("the sequence goes on after an error")
			}
		}
	})
	got, errs := collect(list(nurse()), 9)
	var call *governance.CallError
	if len(errs) != 1 || !errors.As(errs[0], &call) || !errors.Is(errs[0], errHost) || !cmp.Equal(got, []string{":"}) {
		t.Errorf("got %v, %v, want a row and the error", got, errs)
	}
	if want := []string{"attempt", "failure call_failed"}; !cmp.Equal(want, sink.steps()) || lastEvent(t, sink).Rows != 1 {
		t.Errorf("got the events %v, want %v with one row", sink.steps(), want)
	}
}

// TestWrapSeqPanics lets the loop body, the iterator and a mask panic after one row.
func TestWrapSeqPanics(t *testing.T) {
	t.Parallel()
	masked := 0
	for name, test := range map[string]struct {
		list func(*governance.Guard) governance.Seq[query, entry]
		body func(n int)
		rows int64
	}{
		"body": {func(g *governance.Guard) governance.Seq[query, entry] {
			return governance.WrapSeq(g, readEntry(), rows(3))
		}, func(n int) {
			if n == 2 {
				panic("oh")
			}
		}, 2},
		"iterator": {func(g *governance.Guard) governance.Seq[query, entry] {
			return governance.WrapSeq(g, readEntry(), func(context.Context, query) iter.Seq2[entry, error] {
				return func(yield func(entry, error) bool) {
					yield(entry{}, nil)
					panic("oh")
				}
			})
		}, func(int) {}, 1},
		"no iterator": {func(g *governance.Guard) governance.Seq[query, entry] {
			return governance.WrapSeq(g, readEntry(), func(context.Context, query) iter.Seq2[entry, error] { panic("oh") })
		}, func(int) {}, 0},
		"mask": {func(g *governance.Guard) governance.Seq[query, entry] {
			op := readEntry()
			op.Mask["text"] = func(*entry) {
				if masked++; masked == 2 {
					panic("oh")
				}
			}
			return governance.WrapSeq(g, op, rows(3))
		}, func(int) {}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, sink := guard(t)
			list := test.list(g)
			func() {
				defer func() {
					if v := recover(); v != "oh" {
						t.Errorf("recovered %v, want the value of the panic", v)
					}
				}()
				n := 0
				for range list(nurse()) {
					n++
					test.body(n)
				}
			}()
			want := []string{"attempt", "failure panic"}
			if last := lastEvent(t, sink); !cmp.Equal(want, sink.steps()) || last.Rows != test.rows {
				t.Errorf("got the events %v with %d rows, want %v with %d", sink.steps(), last.Rows, want, test.rows)
			}
		})
	}
}

// TestWrapSeqUnrecorded lets the sink refuse the last event. Who still listens gets an error, otherwise it is logged.
func TestWrapSeqUnrecorded(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		leave  int
		rows   governance.Seq[query, entry]
		kind   governance.Kind
		errs   int
		logged bool
		panics bool
	}{
		"at the end": {leave: 9, rows: rows(2), kind: governance.Effect, errs: 1},
		"left":       {leave: 1, rows: rows(2), kind: governance.Effect, logged: true},
		"failed": {leave: 9, rows: func(context.Context, query) iter.Seq2[entry, error] {
			return func(yield func(entry, error) bool) { yield(entry{}, quoting{Value: canary}) }
		}, kind: governance.Failure, errs: 1},
		"panicked": {leave: 9, rows: func(context.Context, query) iter.Seq2[entry, error] { panic(canary) },
			kind: governance.Failure, logged: true, panics: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			g, _ := guard(t, func(c *governance.Config) {
				c.Logger = slog.New(slog.NewTextHandler(&log, nil))
				c.Audit.(*trail).refuse = refusing(test.kind, quoting{Value: canary})
			})
			list := governance.WrapSeq(g, readEntry(), test.rows)
			var errs []error
			func() {
				defer func() {
					if v := recover(); (v != nil) != test.panics {
						t.Errorf("recovered %v", v)
					}
				}()
				_, errs = collect(list(nurse()), test.leave)
			}()
			if len(errs) != test.errs || test.errs > 0 && !errors.Is(errs[0], governance.ErrUnrecorded) {
				t.Errorf("got the errors %v, want %d", errs, test.errs)
			}
			text := log.String()
			if logged := strings.Contains(text, "level=ERROR") && strings.Contains(text, "not on record"); logged != test.logged {
				t.Errorf("logged %q", log.String())
			}
			requireNoCanary(t, "the log", log.String())
		})
	}
}

func TestWrapSeqRefused(t *testing.T) {
	t.Parallel()
	g, sink := guard(t)
	list := governance.WrapSeq(g, readEntry(), func(context.Context, query) iter.Seq2[entry, error] {
		t.Error("the refused call has run")
		return nil
	}, func(context.Context, query) error { return errHost })
	got, errs := collect(list(ann()), 9)
	if got != nil || len(errs) != 1 || !errors.Is(errs[0], governance.ErrDenied) || !errors.Is(errs[0], errHost) {
		t.Errorf("got %v, %v", got, errs)
	}
	if want := []string{"denial check"}; !cmp.Equal(want, sink.steps()) {
		t.Errorf("got the events %v", sink.steps())
	}
}
