package governance_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

// stamp is a register and a policy with a pointer receiver.
type stamp struct{}

func (*stamp) Standing(context.Context, governance.Subject, governance.Purpose) (governance.Standing, error) {
	return governance.Standing{}, nil
}

func (*stamp) Evaluate(context.Context, governance.Request) (governance.Verdict, error) {
	return governance.Verdict{}, nil
}

// TestNewReportsEveryFault breaks every part of one configuration.
func TestNewReportsEveryFault(t *testing.T) {
	t.Parallel()
	m := diary()
	m.Rules[0].Actions = []governance.Action{"reed"}
	var noStamp *stamp
	g, err := governance.New(governance.Config{
		Manifest: m, Audit: governance.AuditSinkFunc(nil), Register: noStamp, AuditTimeout: -time.Second,
		Policies: []governance.Policy{nil, &stamp{}, governance.PolicyFunc(nil), noStamp},
	})
	want := []string{
		`governance: manifest: rules[0].actions[0]: unknown action "reed": want one of create, read, update, delete, ` +
			"export, erase, restore",
		"governance: config: no audit sink", "governance: config: policies[0] is nil",
		"governance: config: policies[2] is nil", "governance: config: policies[3] is nil",
		"governance: config: register is a nil pointer", "governance: config: audit timeout -1s is negative",
	}
	if g != nil || err == nil {
		t.Fatalf("got %v, %v", g, err)
	}
	if diff := cmp.Diff(strings.Join(want, "; "), err.Error()); diff != "" {
		t.Errorf("faults differ (-want +got):\n%s", diff)
	}
	if got := faultsOf(t, err); len(got) != 1 {
		t.Errorf("got the faults %v of the manifest, want one", got)
	}
}

func TestNewRefusesEmptyManifest(t *testing.T) {
	t.Parallel()
	g, err := governance.New(governance.Config{Audit: &trail{}})
	if want := []string{"the manifest is empty: want classes, datasets and rules"}; g != nil ||
		!cmp.Equal(want, faultsOf(t, err)) {
		t.Errorf("got %v, %v", g, err)
	}
}

func TestNewNeedsASinkAndARegister(t *testing.T) {
	t.Parallel()
	_, err := governance.New(governance.Config{Manifest: diary()})
	want := "governance: config: no audit sink; governance: config: coaches-with-consent needs the subject's consent, " +
		"but no register is wired"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	m := diary()
	m.Rules[1].Consent = false
	if _, err := governance.New(governance.Config{Manifest: m, Audit: &trail{}}); err != nil {
		t.Errorf("a register is asked for although no rule needs consent: %v", err)
	}
}

// TestNewDefaults makes a guard of the required fields alone.
func TestNewDefaults(t *testing.T) {
	t.Parallel()
	sink := &trail{}
	m := diary()
	m.Rules[1].Consent = false
	g, err := governance.New(governance.Config{Manifest: m, Audit: sink})
	if err != nil {
		t.Fatal(err)
	}
	before := time.Now().Truncate(time.Microsecond)
	if _, err := governance.Wrap(g, readEntry(), found)(ann()); err != nil {
		t.Fatal(err)
	}
	if e := lastEvent(t, sink); e.Time.Before(before) || e.Time.After(time.Now()) {
		t.Errorf("the event is of %s", e.Time)
	}
	if g.Version() != m.Version() {
		t.Errorf("version %s, want %s", g.Version(), m.Version())
	}
}

// TestFunctionsAreSeams uses the function adapter of every seam.
func TestFunctionsAreSeams(t *testing.T) {
	t.Parallel()
	asked := map[string]bool{}
	g, err := governance.New(governance.Config{
		Manifest: diary(), Clock: now,
		Audit: governance.Vouch(governance.AuditSinkFunc(func(_ context.Context, e governance.Event) error {
			asked[string(e.Kind)] = true
			return nil
		}), governance.Durable),
		Policies: []governance.Policy{governance.PolicyFunc(func(context.Context, governance.Request) (
			governance.Verdict, error) {
			asked["policy"] = true
			return governance.Verdict{}, nil
		})},
		Register: governance.RegisterFunc(func(context.Context, governance.Subject, governance.Purpose) (
			governance.Standing, error) {
			asked["register"] = true
			return governance.Standing{}, nil
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := governance.Wrap(g, readEntry(), found)(ann()); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{"attempt": true, "effect": true, "policy": true, "register": true}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("asked differs (-want +got):\n%s", diff)
	}
}

// constant is a register that is a plain value.
type constant governance.Standing

func (c constant) Standing(context.Context, governance.Subject, governance.Purpose) (governance.Standing, error) {
	return governance.Standing(c), nil
}

func TestNewTakesPlainValues(t *testing.T) {
	t.Parallel()
	g, _ := guard(t, func(c *governance.Config) { c.Register = constant{Consented: true} })
	if _, err := governance.Wrap(g, readEntry(), found)(as("eve", "coaching", "coach"), query{Writer: "ann"}); err != nil {
		t.Error(err)
	}
}

// TestErrorsInOneLine wants errors.Is and errors.As to see each of several errors.
func TestErrorsInOneLine(t *testing.T) {
	t.Parallel()
	g, _ := guard(t, func(c *governance.Config) { c.Audit.(*trail).refuse = refusing("denial", errHost) })
	_, err := governance.Wrap(g, readEntry(), found)(t.Context(), query{})
	want := "governance: entries.read denied at access: no_caller; " +
		"governance: entries.read: denial not on record: *errors.errorString"
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	for _, target := range []error{governance.ErrDenied, governance.ErrUnrecorded, errHost} {
		if !errors.Is(err, target) {
			t.Errorf("errors.Is does not find %v", target)
		}
	}
	if errors.Is(err, governance.ErrWiring) {
		t.Error("errors.Is finds ErrWiring")
	}
}
