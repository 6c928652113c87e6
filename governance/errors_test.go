package governance_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/governance"
)

// quoting is an error that holds a value of a row, as the errors of drivers do.
type quoting struct{ Value, State string }

func (q quoting) Error() string    { return "row " + q.Value }
func (q quoting) SQLState() string { return q.State }

func TestCallErrorShowsSQLStateAndNoValue(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cause error
		want  string
	}{
		"state":       {quoting{"ann", "23505"}, "governance: entries.read: governance_test.quoting SQLSTATE 23505"},
		"state inner": {fmt.Errorf("insert: %w", quoting{"ann", "23505"}), "governance: entries.read: *fmt.wrapError SQLSTATE 23505"},
		"no state":    {quoting{"ann", ""}, "governance: entries.read: governance_test.quoting"},
		"a value":     {quoting{"ann", "ann wrote"}, "governance: entries.read: governance_test.quoting"},
		"five signs":  {quoting{"ann", "ann@a"}, "governance: entries.read: governance_test.quoting"},
		"cancelled":   {context.Canceled, "governance: entries.read: context canceled"},
		"deadline":    {context.DeadlineExceeded, "governance: entries.read: context deadline exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, _ := guard(t)
			read := governance.Wrap(g, readEntry(), func(context.Context, query) (entry, error) {
				return entry{}, test.cause
			})
			_, err := read(ann())
			if got := err.Error(); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if !errors.Is(err, test.cause) {
				t.Errorf("errors.Is does not find the cause in %v", err)
			}
		})
	}
}

func TestCallErrorShowsTextOfImpersonalData(t *testing.T) {
	t.Parallel()
	g, _ := guard(t)
	op := governance.Operation[int, int]{Name: "counts.read", Dataset: "counts", Action: governance.Read}
	read := governance.Wrap(g, op, func(context.Context, int) (int, error) { return 0, errors.New("no such table") })
	_, err := read(as("bob", ""), 1)
	if got, want := err.Error(), "governance: counts.read: no such table"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestNestedErrorsKeepTheirSafeText shows that a governed call inside another is not reduced to a type.
func TestNestedErrorsKeepTheirSafeText(t *testing.T) {
	t.Parallel()
	g, _ := guard(t)
	inner := governance.Wrap(g, onEntry("inner", governance.Read), func(context.Context, query) (entry, error) {
		return entry{}, quoting{"ann", "23505"}
	})
	outer := governance.Wrap(g, onEntry("outer", governance.Read), inner)
	_, err := outer(ann())
	want := "governance: outer: governance: inner: governance_test.quoting SQLSTATE 23505"
	if got := err.Error(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	_, err = outer(as("ann", ""), query{Writer: "bob"})
	if !errors.Is(err, governance.ErrDenied) {
		t.Errorf("got %v, want a denial", err)
	}
}

// TestCopiesOfErrorsHideTheirCause dereferences errors, and uses verbs that do not fit, for which package fmt asks
// neither Format nor Error.
func TestCopiesOfErrorsHideTheirCause(t *testing.T) {
	t.Parallel()
	g, _ := guard(t, func(c *governance.Config) {
		c.Audit = &trail{refuse: refusing(governance.Effect, quoting{canary, canary})}
	})
	fail := func(context.Context, query) error { return quoting{canary, canary} }
	checked := governance.Wrap(g, onEntry("checked", governance.Read), found, fail)
	unrecorded := governance.Wrap(g, onEntry("unrecorded", governance.Read), found)
	failing := governance.Wrap(g, onEntry("failing", governance.Read), func(ctx context.Context, q query) (entry, error) {
		return entry{}, fail(ctx, q)
	})
	var denied *governance.DeniedError
	var audit *governance.AuditError
	var call *governance.CallError
	_, err := checked(ann())
	requireAs(t, err, &denied)
	_, err = unrecorded(ann())
	requireAs(t, err, &audit)
	_, err = failing(ann())
	requireAs(t, err, &call)
	panicked := &governance.PanicError{Value: canary}
	values := []any{*denied, *audit, *call, *panicked, []governance.PanicError{*panicked}}
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			requireNoCanary(t, verb, fmt.Sprintf(verb, v))
		}
		text, err := json.Marshal(v)
		requireNoCanary(t, "JSON", string(text), fmt.Sprint(err))
	}
	misfit := "%w" // in a variable, since vet would rightly report it
	for _, v := range []any{denied, audit, call} {
		requireNoCanary(t, misfit, fmt.Sprintf(misfit, v))
	}
}

func TestZeroErrorsPrint(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		&governance.DeniedError{}, &governance.AuditError{}, &governance.CallError{}, &governance.WiringError{},
		&governance.ManifestError{}, &governance.PanicError{},
	} {
		if !strings.HasPrefix(err.Error(), "governance: ") && !strings.HasPrefix(err.Error(), "panic of type ") {
			t.Errorf("%T: %q", err, err)
		}
		if errors.Unwrap(err) != nil {
			t.Errorf("%T unwraps to %v", err, errors.Unwrap(err))
		}
	}
}

func requireAs[E error](t *testing.T, err error, target *E) {
	t.Helper()
	if !errors.As(err, target) {
		t.Fatalf("got %v, want a %T", err, *target)
	}
}
