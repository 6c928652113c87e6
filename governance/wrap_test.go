package governance_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

// nurse returns a context and a query that are allowed with the text masked.
func nurse() (context.Context, query) {
	return as("eve", "care", "nurse"), query{Writer: "ann"}
}

// TestEventsOfACall wants every field of the events of an allowed, a refused and a failing call.
func TestEventsOfACall(t *testing.T) {
	t.Parallel()
	base := governance.Facts{
		Time: now().Truncate(time.Microsecond), Operation: "entries.read", Store: "postgresql", Dataset: "entries",
		Categories: []governance.Category{"entries"}, Action: governance.Read, Purpose: "care",
		Version: diary().Version(), Rows: governance.NotCounted,
	}
	attempt := base
	attempt.Kind, attempt.Rule, attempt.Masked = governance.Attempt, "nurses-see-no-text", []string{"text"}
	effect := attempt
	effect.Kind, effect.Rows = governance.Effect, 1
	failure := attempt
	failure.Kind, failure.Reason = governance.Failure, governance.ReasonCallFailed
	canceled := failure
	canceled.Reason = governance.ReasonCanceled
	denial := base
	denial.Kind, denial.Stage, denial.Rule, denial.Reason = governance.Denial, "access", "guests-never", "denied"
	for name, test := range map[string]struct {
		role string
		next governance.Call[query, entry]
		want []governance.Facts
	}{
		"allowed": {"nurse", found, []governance.Facts{attempt, effect}},
		"refused": {"guest", found, []governance.Facts{denial}},
		"failing": {"nurse", func(context.Context, query) (entry, error) {
			return entry{Text: "partial"}, errHost
		}, []governance.Facts{attempt, failure}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, sink := guard(t)
			out, err := governance.Wrap(g, readEntry(), test.next)(as("eve", "care", test.role), query{Writer: "ann"})
			if err != nil && out != (entry{}) {
				t.Errorf("an error releases %v", out)
			}
			requireFacts(t, sink, test.want)
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		g, sink := guard(t)
		ctx, cancel := context.WithCancel(as("eve", "care", "nurse"))
		_, err := governance.Wrap(g, readEntry(), func(ctx context.Context, _ query) (entry, error) {
			cancel()
			return entry{}, ctx.Err()
		})(ctx, query{Writer: "ann"})
		if !errors.Is(err, context.Canceled) || errors.Is(err, governance.ErrDenied) {
			t.Errorf("got %v", err)
		}
		requireFacts(t, sink, []governance.Facts{attempt, canceled})
	})
}

// requireFacts compares the trail of one call by eve about ann, whose events share one ID.
func requireFacts(t *testing.T, sink *trail, want []governance.Facts) {
	t.Helper()
	var got []governance.Facts
	for _, e := range sink.all() {
		if e.ID == (governance.EventID{}) || e.ID != sink.all()[0].ID {
			t.Errorf("the events of the call have the IDs %s and %s", sink.all()[0].ID, e.ID)
		}
		if e.Actor != "eve" || e.Subject != "ann" {
			t.Errorf("actor %q, subject %q", string(e.Actor), string(e.Subject))
		}
		e.ID = governance.EventID{}
		got = append(got, e.Facts)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events differ (-want +got):\n%s", diff)
	}
}

func TestWrapReleasesWhatRulesShow(t *testing.T) {
	t.Parallel()
	g, _ := guard(t)
	read := governance.Wrap(g, readEntry(), found)
	for name, test := range map[string]struct {
		ctx  context.Context
		want entry
	}{
		"own":                  {as("ann", "", "writer"), entry{"ann", "dear diary"}},
		"masked":               {as("eve", "care", "nurse"), entry{"ann", ""}},
		"own and masked: more": {as("ann", "care", "nurse", "writer"), entry{"ann", "dear diary"}},
		"masked by both roles": {as("eve", "care", "nurse", "writer"), entry{"ann", ""}},
		"a purpose on the way": {governance.WithPurpose(as("eve", "", "nurse"), "care"), entry{"ann", ""}},
		"the last caller": {governance.WithCaller(as("eve", "care", "nurse"),
			governance.Caller{ID: "ann", Roles: []string{"writer"}}), entry{"ann", "dear diary"}},
		"many roles": {as("eve", "care", "writer", "writer", "writer", "writer", "writer", "writer", "writer", "nurse"),
			entry{"ann", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 2 { // the second call finds the caller's roles resolved
				got, err := read(test.ctx, query{Writer: "ann"})
				if err != nil || got != test.want {
					t.Errorf("got %v, %v", string(got.Writer)+" "+got.Text, err)
				}
			}
		})
	}
}

// TestWrapFields narrows an operation to fields, and so to their categories.
func TestWrapFields(t *testing.T) {
	t.Parallel()
	m := diary()
	m.Datasets[0].Fields = []governance.Field{{Name: "count", Category: "counts"}, {Name: "day", Category: "counts"}}
	g, sink := guard(t, func(c *governance.Config) { c.Manifest = m })
	for i, test := range []struct {
		fields  []string
		allowed bool
		want    []governance.Category
	}{
		{nil, false, []governance.Category{"entries", "counts"}},
		{[]string{"count"}, true, []governance.Category{"counts"}},
		{[]string{"count", "day"}, true, []governance.Category{"counts"}},
		{[]string{"day", "text"}, false, []governance.Category{"entries", "counts"}},
		{[]string{"text"}, false, []governance.Category{"entries"}},
		{[]string{"not in the manifest"}, false, []governance.Category{"entries"}},
	} {
		op := onEntry("narrow"+string(rune('0'+i)), governance.Read)
		op.Fields = test.fields
		_, err := governance.Wrap(g, op, found)(as("eve", ""), query{Writer: "ann"})
		if allowed := err == nil; allowed != test.allowed {
			t.Errorf("%v: %v", test.fields, err)
		}
		events := sink.all()
		if got := events[len(events)-1].Categories; !cmp.Equal(got, test.want) {
			t.Errorf("%v: categories %v, want %v", test.fields, got, test.want)
		}
	}
}

// TestWrapNeedsNoMaskForFieldsItDoesNotRelease wants neither other fields nor calls without result to need a function.
func TestWrapNeedsNoMaskForFieldsItDoesNotRelease(t *testing.T) {
	t.Parallel()
	g, sink := guard(t)
	op := onEntry("entries.mood", governance.Read)
	op.Mask, op.Fields = nil, []string{"mood"}
	if out, err := governance.Wrap(g, op, found)(nurse()); err != nil || out.Text == "" {
		t.Errorf("got %v, %v", out, err)
	}
	touch := governance.WrapErr(g, governance.Operation[query, governance.Nothing]{
		Name: "entries.touch", Dataset: "entries", Action: governance.Read,
		Subject: func(q query) governance.Subject { return q.Writer },
	}, func(context.Context, query) error { return nil })
	if err := touch(nurse()); err != nil {
		t.Error(err)
	}
	for _, e := range sink.all() {
		if e.Masked != nil || e.Rows != governance.NotCounted && e.Operation == "entries.touch" {
			t.Errorf("got %v masked and %d rows on record", e.Masked, e.Rows)
		}
	}
}

func TestWrapErr(t *testing.T) {
	t.Parallel()
	g, sink := guard(t)
	op := governance.Operation[query, governance.Nothing]{
		Name: "entries.delete", Dataset: "entries", Action: governance.Delete,
		Subject: func(q query) governance.Subject { return q.Writer },
	}
	fail := error(nil)
	remove := governance.WrapErr(g, op, func(context.Context, query) error { return fail })
	if err := remove(ann()); err != nil {
		t.Error(err)
	}
	fail = errHost
	if err := remove(ann()); !errors.Is(err, errHost) {
		t.Errorf("got %v", err)
	}
	if err := remove(nurse()); !errors.Is(err, governance.ErrDenied) {
		t.Errorf("got %v", err)
	}
	want := []string{"attempt", "effect", "attempt", "failure call_failed", "denial no_rule"}
	if diff := cmp.Diff(want, sink.steps()); diff != "" {
		t.Errorf("events differ (-want +got):\n%s", diff)
	}
}

func TestEach(t *testing.T) {
	t.Parallel()
	g, _ := guard(t)
	list := governance.Operation[query, []entry]{
		Name: "entries.list", Dataset: "entries", Action: governance.Read,
		Mask: map[string]func(*[]entry){"text": governance.Each(func(e *entry) { e.Text = "" })},
		Rows: func(entries []entry) int { return len(entries) },
	}
	got, err := governance.Wrap(g, list, func(context.Context, query) ([]entry, error) {
		return []entry{{"ann", "one"}, {"bob", "two"}}, nil
	})(as("eve", "care", "nurse"), query{})
	if diff := cmp.Diff([]entry{{"ann", ""}, {"bob", ""}}, got); diff != "" || err != nil {
		t.Errorf("rows differ (-want +got):\n%s%v", diff, err)
	}
}

// TestPanicsGoOn lets each function that runs after the attempt panic: the failure is on record, and the panic goes on
// with its value.
func TestPanicsGoOn(t *testing.T) {
	t.Parallel()
	type oh struct{ n int }
	for name, change := range map[string]func(*governance.Operation[query, entry], *governance.Call[query, entry]){
		"call": func(_ *governance.Operation[query, entry], next *governance.Call[query, entry]) {
			*next = func(context.Context, query) (entry, error) { panic(oh{1}) }
		},
		"mask": func(op *governance.Operation[query, entry], _ *governance.Call[query, entry]) {
			op.Mask["text"] = func(*entry) { panic(oh{1}) }
		},
		"rows": func(op *governance.Operation[query, entry], _ *governance.Call[query, entry]) {
			op.Rows = func(entry) int { panic(oh{1}) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, sink := guard(t)
			op, next := readEntry(), governance.Call[query, entry](found)
			change(&op, &next)
			read := governance.Wrap(g, op, next)
			func() {
				defer func() {
					if v := recover(); v != (oh{1}) {
						t.Errorf("recovered %v, want the value of the panic", v)
					}
				}()
				ctx, q := nurse()
				_, _ = read(ctx, q)
			}()
			if want := []string{"attempt", "failure panic"}; !cmp.Equal(want, sink.steps()) {
				t.Errorf("got the events %v, want %v", sink.steps(), want)
			}
		})
	}
}

func TestGoexitIsOnRecord(t *testing.T) {
	t.Parallel()
	g, sink := guard(t)
	read := governance.Wrap(g, readEntry(), func(context.Context, query) (entry, error) {
		runtime.Goexit()
		return entry{}, nil
	})
	done := make(chan bool)
	go func() {
		defer close(done)
		ctx, q := ann()
		_, _ = read(ctx, q)
		t.Error("the call returns after Goexit")
	}()
	<-done
	if want := []string{"attempt", "failure panic"}; !cmp.Equal(want, sink.steps()) {
		t.Errorf("got the events %v, want %v", sink.steps(), want)
	}
}

// TestClockIsReadOnce wants the decision and the events of a call to have one time.
func TestClockIsReadOnce(t *testing.T) {
	t.Parallel()
	reads := 0
	g, sink := guard(t, func(c *governance.Config) {
		c.Clock = func() time.Time { reads++; return now().In(time.FixedZone("JST", 9*3600)).Add(time.Duration(reads)) }
	})
	if _, err := governance.Wrap(g, readEntry(), found)(ann()); err != nil {
		t.Fatal(err)
	}
	for _, e := range sink.all() {
		if want := now().Truncate(time.Microsecond); e.Time != want || reads != 1 {
			t.Errorf("event at %s after %d readings, want %s after one", e.Time, reads, want)
		}
	}
}
