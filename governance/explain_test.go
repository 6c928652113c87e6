package governance_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

// lines returns an explanation line by line, without the space at their ends.
func lines(e governance.Explanation) []string {
	var lines []string
	for line := range strings.SplitSeq(e.String(), "\n") {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return lines
}

// TestExplain wants the outcome of every stage.
func TestExplain(t *testing.T) {
	t.Parallel()
	broken := func(context.Context, query) error { return quoting{Value: canary, State: "23514"} }
	fine := func(context.Context, query) error { return nil }
	const skipped = " not assessed (an earlier stage refused)"
	for name, test := range map[string]struct {
		ctx    context.Context
		in     query
		action governance.Action
		checks []func(context.Context, query) error
		change func(*governance.Config)
		want   []string
	}{
		"allowed": {as("eve", "care", "nurse"), query{Writer: "ann", Made: now().AddDate(0, -1, 0)}, "read",
			[]func(context.Context, query) error{fine, fine}, nil, []string{
				"op: allowed (nurses-see-no-text)", "access passed (nurses-see-no-text)", "compliance passed (asked the register)",
				"retention passed (kept 1 year)", "quality passed (2 checks)", "audit not assessed (the call was not made)"}},
		"allowed with little known": {as("eve", "care", "nurse"), query{}, "read", nil, nil, []string{
			"op: allowed (nurses-see-no-text)", "access passed (nurses-see-no-text)",
			"compliance not assessed (the call names no subject)",
			"retention not assessed (the operation does not say when the record was created)",
			"quality not assessed (no checks are wired)", "audit not assessed (the call was not made)"}},
		"no register": {as("eve", "care", "nurse"), query{Writer: "ann"}, "read", nil, func(c *governance.Config) {
			c.Register, c.Manifest.Rules[1].Consent, c.Manifest.Classes[0].Keep = nil, false, governance.Period{}
		}, []string{
			"op: allowed (nurses-see-no-text)", "access passed (nurses-see-no-text)",
			"compliance not assessed (no register is wired)", "retention passed (kept indefinitely)",
			"quality not assessed (no checks are wired)", "audit not assessed (the call was not made)"}},
		"create": {as("ann", "", "writer"), query{Writer: "ann"}, "create", nil, nil, []string{
			"op: allowed (writers-own)", "access passed (writers-own)", "compliance passed (asked the register)",
			"retention passed (kept 1 year)", "quality not assessed (no checks are wired)",
			"audit not assessed (the call was not made)"}},
		"erase": {as("ann", "", "writer"), query{Writer: "ann", Made: now().AddDate(-9, 0, 0)}, "erase", nil, nil, []string{
			"op: allowed (writers-own)", "access passed (writers-own)", "compliance passed (asked the register)",
			"retention passed (ends the keeping)", "quality not assessed (no checks are wired)",
			"audit not assessed (the call was not made)"}},
		"a policy": {as("eve", ""), query{Writer: "ann"}, "export", nil, func(c *governance.Config) {
			c.Policies = []governance.Policy{says(governance.Verdict{Opinion: governance.Allow}, nil)}
		}, []string{
			"op: allowed", "access passed (a policy admits it)", "compliance passed (asked the register)",
			"retention not assessed (the operation does not say when the record was created)",
			"quality not assessed (no checks are wired)", "audit not assessed (the call was not made)"}},
		"access": {as("eve", "", "guest"), query{Writer: "ann"}, "read", nil, nil, []string{
			"op: refused (guests-never)", "access refused: denied",
			"compliance" + skipped, "retention" + skipped, "quality" + skipped, "audit" + skipped}},
		"compliance": {as("eve", "coaching", "coach"), query{Writer: "ann"}, "read", nil, nil, []string{
			"op: refused (coaches-with-consent)", "access passed (coaches-with-consent)", "compliance refused: no_consent",
			"retention" + skipped, "quality" + skipped, "audit" + skipped}},
		"retention": {as("ann", "", "writer"), query{Writer: "ann", Made: now().AddDate(-9, 0, 0)}, "read", nil, nil, []string{
			"op: refused", "access passed", "compliance passed (asked the register)", "retention refused: expired",
			"quality" + skipped, "audit" + skipped}},
		"quality": {as("ann", "", "writer"), query{Writer: "ann"}, "create",
			[]func(context.Context, query) error{fine, broken}, nil, []string{
				"op: refused", "access passed (writers-own)", "compliance passed (asked the register)", "retention passed (kept 1 year)",
				"quality refused: check (governance_test.quoting SQLSTATE 23514)", "audit" + skipped}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, sink := guard(t, func(c *governance.Config) {
				if test.change != nil {
					test.change(c)
				}
			})
			e, err := governance.Explain(test.ctx, g, onEntry("op", test.action), test.in, test.checks...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, lines(e)); diff != "" {
				t.Errorf("explanation differs (-want +got):\n%s", diff)
			}
			if !e.Personal || !cmp.Equal(e.Categories, []governance.Category{"entries"}) || e.Version != g.Version() {
				t.Errorf("incomplete %+v", e)
			}
			if sink.all() != nil {
				t.Errorf("an explanation is on record: %v", sink.steps())
			}
			requireNoCanary(t, "the explanation", fmt.Sprintf("%+v", e))
		})
	}
}

func TestExplainImpersonalData(t *testing.T) {
	t.Parallel()
	g, _ := guard(t)
	op := governance.Operation[query, entry]{Name: "op", Dataset: "counts", Action: governance.Read}
	e, err := governance.Explain(as("eve", ""), g, op, query{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"op: allowed (all-count)", "access passed (all-count)", "compliance passed (no personal data)",
		"retention passed (kept indefinitely)", "quality not assessed (no checks are wired)",
		"audit not assessed (the call was not made)"}
	if diff := cmp.Diff(want, lines(e)); diff != "" || e.Personal || !e.KeepUntil.IsZero() {
		t.Errorf("explanation differs (-want +got):\n%s%+v", diff, e)
	}
}

func TestExplainKeepUntil(t *testing.T) {
	t.Parallel()
	made := time.Date(2025, 5, 6, 7, 8, 9, 0, time.UTC)
	g, _ := guard(t)
	for name, test := range map[string]struct {
		action governance.Action
		in     query
		want   time.Time
	}{
		"known":     {"read", query{Writer: "ann", Made: made}, made.AddDate(1, 0, 0)},
		"created":   {"create", query{Writer: "ann"}, now().AddDate(1, 0, 0)},
		"not known": {"read", query{Writer: "ann"}, time.Time{}},
		"refused":   {"read", query{Writer: "bob", Made: made}, time.Time{}},
	} {
		e, err := governance.Explain(as("ann", "", "writer"), g, onEntry(name, test.action), test.in)
		if err != nil || !e.KeepUntil.Equal(test.want) {
			t.Errorf("%s: got %s, %v, want %s", name, e.KeepUntil, err, test.want)
		}
		text, err := json.Marshal(e)
		if err != nil || strings.Contains(string(text), "keep_until") == test.want.IsZero() {
			t.Errorf("%s: got %s, %v", name, text, err)
		}
	}
}

func TestExplainOfWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	g, _ := guard(t)
	op := readEntry()
	op.Dataset = "letters"
	if _, err := governance.Explain(t.Context(), g, op, query{}); !errors.Is(err, governance.ErrWiring) {
		t.Errorf("got %v", err)
	}
}

// TestExplainClaimsNothingThatWasNotAssessed gives requests on which functions of the operation panic.
func TestExplainClaimsNothingThatWasNotAssessed(t *testing.T) {
	t.Parallel()
	g, _ := guard(t)
	op := governance.Operation[*query, governance.Nothing]{
		Name: "op", Dataset: "entries", Action: governance.Read,
		Created: func(q *query) time.Time { return q.Made },
	}
	e, err := governance.Explain(as("eve", "", "guest"), g, op, nil)
	if err != nil || e.Stages[0].Outcome != governance.Refused || e.Stages[2].Outcome != governance.NotAssessed {
		t.Errorf("got %v, %v", e, err)
	}
	e, err = governance.Explain(as("eve", "care", "nurse"), g, op, nil)
	if err != nil || e.Stages[0].Outcome != governance.Passed || e.Stages[2].Outcome != governance.Refused {
		t.Errorf("got %v, %v", e, err)
	}
}

// TestTrace wants one explanation from each wrapped call, when it is decided and before it runs.
func TestTrace(t *testing.T) {
	t.Parallel()
	var got []governance.Explanation
	trace := func(e governance.Explanation) { got = append(got, e) }
	fail := error(nil)
	g, sink := guard(t, func(c *governance.Config) {
		c.Audit.(*trail).refuse = func(_ context.Context, e governance.Event) error {
			if e.Kind == governance.Attempt {
				return fail
			}
			return nil
		}
	})
	read := governance.Wrap(g, readEntry(), func(ctx context.Context, q query) (entry, error) {
		if len(got) != 1 {
			t.Error("the call runs before it is explained")
		}
		return found(ctx, q)
	})
	ctx := governance.WithPurpose(governance.WithCaller(governance.WithTrace(t.Context(), trace),
		governance.Caller{ID: "eve", Roles: []string{"nurse"}}), "care")
	if _, err := read(ctx, query{Writer: "ann"}); err != nil {
		t.Fatal(err)
	}
	fail = errHost
	if _, err := read(ctx, query{Writer: "ann"}); err == nil {
		t.Fatal("allowed")
	}
	fail = nil
	if _, err := read(governance.WithTrace(as("eve", "", "guest"), trace), query{Writer: "ann"}); err == nil {
		t.Fatal("allowed")
	}
	if len(got) != 3 || len(sink.all()) != 3 {
		t.Fatalf("got %d explanations and the events %v", len(got), sink.steps())
	}
	if s := got[0].Stages[4]; s.Outcome != governance.Passed || s.Note != "the attempt is on record" || !got[0].Allowed {
		t.Errorf("got %+v", s)
	}
	if s := got[1].Stages[4]; s.Outcome != governance.Refused || s.Reason != "unrecorded" || got[1].Allowed {
		t.Errorf("got %+v", s)
	}
	if s := got[2].Stages[0]; s.Outcome != governance.Refused || s.Reason != "denied" || got[2].Operation != "entries.read" {
		t.Errorf("got %+v", s)
	}
	if diff := cmp.Diff([]string{"text"}, got[0].Masked); diff != "" {
		t.Errorf("masks differ (-want +got):\n%s", diff)
	}
}
