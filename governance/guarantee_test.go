package governance_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/governance"
)

// TestBestEffortSinkTakesNoPersonalData wires operations to sinks of every guarantee.
func TestBestEffortSinkTakesNoPersonalData(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		sink    governance.AuditSink
		dataset string
		want    string
	}{
		{forgetful(), "users", "the audit sink promises best effort"},
		{governance.Vouch(&trail{}, governance.BestEffort), "users", "the audit sink promises best effort"},
		{governance.Vouch(forgetful(), governance.Durable), "users", ""},
		{governance.Vouch(forgetful(), governance.Transactional), "users", ""},
		{forgetful(), "Kanji", ""},
	} {
		t.Run(test.sink.Guarantee().String()+" "+test.dataset, func(t *testing.T) {
			t.Parallel()
			g, _ := guard(t, func(c *governance.Config) {
				c.Manifest, c.Audit, c.Register = governance.Tutor(), test.sink, consenting()
			})
			defer func() {
				err, _ := recover().(error)
				switch {
				case test.want == "" && err != nil:
					t.Errorf("refused: %v", err)
				case test.want != "" && (!errors.Is(err, governance.ErrWiring) || !strings.Contains(err.Error(), test.want)):
					t.Errorf("error %v, want %q", err, test.want)
				}
			}()
			wrapCreate(g, test.dataset)
		})
	}
}

// TestSwapToPersonalData refuses a manifest under which a wrapped operation would touch personal data.
func TestSwapToPersonalData(t *testing.T) {
	t.Parallel()
	m := governance.Tutor()
	g, _ := guard(t, func(c *governance.Config) { c.Manifest, c.Audit, c.Register = m, forgetful(), consenting() })
	wrapCreate(g, "Kanji")
	class := m.Classes[3]
	class.Personal = true
	if err := g.Swap(m.WithClass(class)); !errors.Is(err, governance.ErrWiring) {
		t.Errorf("swap: %v, want ErrWiring", err)
	}
}

func wrapCreate(g *governance.Guard, dataset string) {
	op := governance.Operation[string, governance.Nothing]{Name: "op", Dataset: dataset, Action: governance.Create}
	governance.WrapErr(g, op, func(context.Context, string) error { return nil })
}

// forgetful is a sink that keeps nothing.
func forgetful() governance.AuditSink {
	return governance.AuditSinkFunc(func(context.Context, governance.Event) error { return nil })
}

// consenting is a register in which everybody consents to everything.
func consenting() governance.Register {
	return governance.RegisterFunc(func(context.Context, governance.Subject, governance.Purpose) (governance.Standing, error) {
		return governance.Standing{Consented: true}, nil
	})
}
