package governance_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

type collectorKey struct{}

// collecting is a sink that appends an event to the slice in the context of its call.
func collecting(ctx context.Context, e governance.Event) error {
	events := ctx.Value(collectorKey{}).(*[]governance.Event)
	*events = append(*events, e)
	return nil
}

// TestSwapUnderLoad swaps a manifest that allows with one that denies, again and again, while several goroutines call.
// Each call must be decided wholly by one of the two, and its events and its error must name that one.
func TestSwapUnderLoad(t *testing.T) {
	t.Parallel()
	swaps := 10_000
	if testing.Short() {
		swaps = 2_000
	}
	allows, denies := diary(), diary()
	denies.Rules[0].Deny = true
	denies.Rules = append(denies.Rules, governance.Rule{Roles: []string{"added"}, // other numbers for the same names
		Categories: []governance.Category{"counts"}, Actions: []governance.Action{governance.Export}})
	g, _ := guard(t, func(c *governance.Config) {
		c.Manifest, c.Audit = allows, governance.Vouch(governance.AuditSinkFunc(collecting), governance.Durable)
	})
	l := &load{
		read:     governance.Wrap(g, readEntry(), found),
		list:     governance.WrapSeq(g, onEntry("entries.list", governance.Read), rows(2)),
		versions: map[governance.Version]bool{allows.Version(): true, denies.Version(): false},
	}
	stop := make(chan struct{})
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			ctx := as("ann", "", "writer")
			for {
				select {
				case <-stop:
					return
				default:
				}
				l.call(t, ctx)
				d := g.Decide(ctx, governance.Question{Category: "entries", Action: governance.Read, Subject: "ann"})
				if want, known := l.versions[d.Version]; !known || d.Allowed != want {
					t.Errorf("decision %+v", d)
				}
			}
		})
	}
	for i := range swaps {
		m := denies
		if i%2 == 1 {
			m = allows
		}
		if err := g.Swap(m); err != nil {
			t.Error(err)
		}
		if i == swaps/2 { // an operation that is wrapped while manifests change
			governance.Wrap(g, onEntry("entries.late", governance.Read), found)
		}
	}
	close(stop)
	wait.Wait()
	t.Logf("%d swaps, %d calls allowed, %d refused", swaps, l.allowed.Load(), l.refused.Load())
	if l.allowed.Load() < 100 || l.refused.Load() < 100 {
		t.Error("the load has hardly seen both manifests")
	}
}

type load struct {
	read             governance.Call[query, entry]
	list             governance.Seq[query, entry]
	versions         map[governance.Version]bool // version -> whether it allows
	allowed, refused atomic.Int64
}

// call makes a call and ranges over a sequence, and compares their outcomes with their events.
func (l *load) call(t *testing.T, ctx context.Context) {
	var events []governance.Event
	_, err := l.read(context.WithValue(ctx, collectorKey{}, &events), query{Writer: "ann"})
	l.require(t, events, err)
	events = nil
	var failure error
	for _, err := range l.list(context.WithValue(ctx, collectorKey{}, &events), query{Writer: "ann"}) {
		if err != nil {
			failure = err
		}
	}
	l.require(t, events, failure)
}

func (l *load) require(t *testing.T, events []governance.Event, err error) {
	want := []governance.Kind{governance.Attempt, governance.Effect}
	if err != nil {
		want = []governance.Kind{governance.Denial}
		l.refused.Add(1)
	} else {
		l.allowed.Add(1)
	}
	var kinds []governance.Kind
	for _, e := range events {
		kinds = append(kinds, e.Kind)
		if allows, known := l.versions[e.Version]; !known || allows != (err == nil) || e.Version != events[0].Version {
			t.Errorf("event %s of version %s, though the outcome is %v", e.Kind, e.Version, err)
		}
	}
	var denied *governance.DeniedError
	if err != nil && (!errors.As(err, &denied) || denied.Version != events[0].Version) {
		t.Errorf("the error %v is not of version %s", err, events[0].Version)
	}
	if !cmp.Equal(want, kinds) {
		t.Errorf("got the events %v, want %v", kinds, want)
	}
}

// TestSwapRefused gives manifests that must not replace the old one, which then goes on to decide.
func TestSwapRefused(t *testing.T) {
	t.Parallel()
	wiring := func(operation, fault string) string {
		return fmt.Sprintf("governance: operation %q: %s", operation, fault)
	}
	const noMask = `rules mask field "mood" of category "entries", but there is no function that masks it: ` +
		"add one to Mask, or leave the field out of Fields"
	for name, test := range map[string]struct {
		change func(*governance.Manifest)
		want   string
	}{
		"empty": {func(m *governance.Manifest) { *m = governance.Manifest{} },
			"governance: manifest: the manifest is empty: want classes, datasets and rules"},
		"faulty": {func(m *governance.Manifest) { m.Rules[0].Categories[0] = "letters" },
			`governance: manifest: rules[0].categories[0]: unknown category "letters": no class declares it`},
		"consent without a register": {func(m *governance.Manifest) { m.Rules[1].Consent = true },
			"governance: config: coaches-with-consent needs the subject's consent, but no register is wired"},
		"a dataset that operations use": {func(m *governance.Manifest) { m.Datasets = m.Datasets[1:] },
			wiring("entries.read", `dataset "entries" is not in the manifest`) + "; " +
				wiring("entries.list", `dataset "entries" is not in the manifest`)},
		"a mask without function": {func(m *governance.Manifest) { m.Rules[2].Mask = []string{"text", "mood"} },
			wiring("entries.read", noMask) + "; " + wiring("entries.list", noMask)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			old := diary()
			old.Rules[1].Consent = false
			g, sink := guard(t, func(c *governance.Config) { c.Manifest, c.Register = old, nil })
			read := governance.Wrap(g, readEntry(), found)
			governance.WrapSeq(g, onEntry("entries.list", governance.Read), rows(1))
			m := old.WithClass()
			test.change(&m)
			if err := g.Swap(m); err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
			if g.Version() != old.Version() {
				t.Errorf("the version is now %s", g.Version())
			}
			if out, err := read(ann()); err != nil || out.Text == "" {
				t.Errorf("got %v, %v", out, err)
			}
			if e := lastEvent(t, sink); e.Version != old.Version() {
				t.Errorf("version %s on record", e.Version)
			}
		})
	}
}

// TestReloadOfAFaultyFile reads rules as a host does on a signal: what does not parse never reaches the guard.
func TestReloadOfAFaultyFile(t *testing.T) {
	t.Parallel()
	g, _ := guard(t)
	before := g.Version()
	reload := func(file string) error {
		m, err := governance.ParseManifest([]byte(file))
		if err != nil {
			return errors.Join(err, g.Swap(m)) // even the zero manifest of an error must not pass
		}
		return g.Swap(m)
	}
	for _, file := range []string{"", "{", `{"rules": []}`, `{"classes": [{"category": "a", "keep": "7 minutes"}]}`} {
		if err := reload(file); err == nil || g.Version() != before {
			t.Errorf("%q: got %v", file, err)
		}
	}
	if _, err := governance.Wrap(g, readEntry(), found)(ann()); err != nil {
		t.Error(err)
	}
}

// TestSwapTakesEffectAtOnce swaps masks and categories, also for a caller who called before.
func TestSwapTakesEffectAtOnce(t *testing.T) {
	t.Parallel()
	g, _ := guard(t)
	read := governance.Wrap(g, readEntry(), found)
	ctx, q := nurse()
	if out, err := read(ctx, q); err != nil || out.Text != "" {
		t.Fatalf("got %v, %v", out, err)
	}
	m := g.Manifest()
	m.Rules[2].Mask = nil
	if err := g.Swap(m); err != nil {
		t.Fatal(err)
	}
	if out, err := read(ctx, q); err != nil || out.Text == "" {
		t.Errorf("got %v, %v", out, err)
	}
	m.Rules[2].Roles = []string{"doctor"}
	if err := g.Swap(m); err != nil {
		t.Fatal(err)
	}
	var denied *governance.DeniedError
	_, err := read(ctx, q)
	if requireAs(t, err, &denied); denied.Reason != governance.ReasonUnknownRole || denied.Version != m.Version() {
		t.Errorf("got %v", err)
	}
}
