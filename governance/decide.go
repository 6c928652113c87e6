package governance

import (
	"context"
	"fmt"
	"slices"
)

// Question asks whether the caller in a context may do something.
type Question struct {
	Category Category // of the data
	Action   Action   // to do with it
	Subject  Subject  // whom the data is about; empty: nobody, or many
}

// Format implements fmt.Formatter: fields as usual, the person redacted also where fmt would go around Subject.Format.
func (q Question) Format(f fmt.State, verb rune) {
	type plain Question
	fmt.Fprintf(f, fmt.FormatString(f, verb), plain(q)) //nolint:errcheck // fmt reports what its writer refuses
}

// Decision answers a Question.
type Decision struct {
	Allowed bool     // whether a call would pass the stages access and compliance
	Stage   Stage    // that refuses
	Rule    string   // the rule that decides, or the one whose condition is not met; may be empty
	Reason  Reason   // of a refusal
	Mask    []string // the fields that a call would blank, in alphabetical order
	Version Version  // of the manifest that decided
}

// Decide answers a question as a wrapped call would be decided in the stages access and compliance, policies and register
// included. It runs nothing and records nothing: it is for user interfaces that grey a button out, never a replacement
// for Wrap. It does not allocate, unless fields are masked or a policy or the register is asked.
func (g *Guard) Decide(ctx context.Context, q Question) Decision {
	e := g.current.Load()
	category := e.vocabulary.category(q.Category)
	action := actionIndex(q.Action)
	if category < 0 || action < 0 {
		return Decision{Stage: StageAccess, Reason: ReasonUnknown, Version: e.version}
	}
	p := e.scopes[category][action]
	state, _ := ctx.Value(callerKey{}).(*callerState)
	if state != nil {
		if rule, no, decided := g.quick(e, p, state, q.Subject); decided {
			if no != nil {
				return no.decision(e.version)
			}
			return Decision{Allowed: true, Rule: rule, Version: e.version}
		}
	}
	m := matter{edition: e, plan: p, state: state, about: q.Subject, asking: true}
	if no := g.judge(ctx, &m); no != nil {
		return no.decision(e.version)
	}
	d := Decision{Allowed: true, Rule: m.rule, Version: e.version}
	if m.masks != 0 || m.extra != nil {
		d.Mask = append(m.plan.maskNames(m.masks), m.extra...)
		slices.Sort(d.Mask)
		d.Mask = slices.Compact(d.Mask)
	}
	return d
}

func (no *refusal) decision(v Version) Decision {
	return Decision{Stage: no.stage, Rule: no.rule, Reason: no.reason, Version: v}
}
