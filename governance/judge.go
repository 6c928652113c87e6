package governance

import (
	"context"
	"math/bits"
	"runtime/debug"
	"strconv"
	"time"
)

// matter is one question to a guard: may this caller do this to this person's data.
type matter struct {
	edition *edition
	plan    *plan
	state   *callerState
	about   Subject
	created time.Time // of the record; zero: not known
	now     time.Time
	asking  bool     // for Guard.Decide: there is no operation, and so no mask function that could be missing
	extra   []string // asking: fields that policies mask and no rule does
}

// finding is the answer. A zero reason means that the call is allowed.
type finding struct {
	stage    Stage
	reason   Reason
	rule     string
	category Category
	masks    uint64
	cause    error
}

func refuse(stage Stage, reason Reason) finding { return finding{stage: stage, reason: reason} }

// ruling is what the rules of all categories of an operation say together.
type ruling struct {
	effect effect
	rule   int32
	part   int
	masks  uint64
}

// decide asks the rules of every category: all must allow, and one that denies ends it.
func (p *plan) decide(c *resolved, s state) ruling {
	out := ruling{effect: allow, rule: -1}
	for i := range p.parts {
		part := &p.parts[i]
		o := part.table.decide(c, s)
		switch {
		case o.effect == deny:
			return ruling{effect: deny, rule: o.rule, part: i}
		case o.effect == silent && out.effect == allow:
			out.effect, out.rule, out.part = silent, -1, i
			continue
		case o.effect == silent:
			continue
		case out.effect == allow && out.rule < 0:
			out.rule = o.rule
		} // masks hold also where a policy admits what another category is silent about
		for left := o.masks; left != 0; left &= left - 1 {
			if at := part.maskAt[bits.TrailingZeros64(left)]; at >= 0 {
				out.masks |= 1 << at
			}
		}
	}
	return out
}

// judge passes a matter through the stages access, compliance and retention.
func (g *Guard) judge(ctx context.Context, m *matter) finding {
	if m.state == nil {
		return refuse(StageAccess, ReasonNoCaller)
	}
	var scratch resolved
	c := m.state.in(m.edition.vocabulary, &scratch)
	if c.fault != "" {
		return refuse(StageAccess, c.fault)
	}
	conditions := state(0)
	if m.about.is(m.state.caller.ID) {
		conditions |= owned
	}
	ask := g.asksRegister(m)
	if ask { // consent is looked up only for calls that it could admit
		conditions |= consented
	}
	r := m.plan.decide(c, conditions)
	if r.effect == deny {
		return m.finding(StageAccess, ReasonDenied, r)
	}
	admitted, mask, f := g.evaluate(ctx, m)
	if f.reason != "" {
		return f
	}
	if r.effect == silent && !admitted {
		return m.silence(c, conditions)
	}
	if ask {
		f = g.comply(ctx, m, c, conditions, admitted, &r)
		if f.reason != "" {
			return f
		}
	}
	if m.expired() {
		return m.finding(StageRetention, ReasonExpired, ruling{rule: -1, part: m.plan.keepPart})
	}
	return finding{rule: m.edition.label(r.rule), masks: r.masks | mask}
}

func (g *Guard) asksRegister(m *matter) bool {
	return g.register != nil && m.plan.personal && m.about != ""
}

// finding names the category and the rule of a ruling.
func (m *matter) finding(stage Stage, reason Reason, r ruling) finding {
	f := finding{stage: stage, reason: reason, rule: m.edition.label(r.rule)}
	if r.part < len(m.plan.parts) {
		f.category = m.plan.parts[r.part].table.category
	}
	return f
}

// silence finds out which condition the caller would have to meet: the refusal is the same, its reason helps.
func (m *matter) silence(c *resolved, met state) finding {
	r := m.plan.decide(c, met)
	missing := func(s state) (ruling, bool) {
		near := m.plan.decide(c, s)
		near.part = r.part
		return near, near.effect == allow
	}
	if near, ok := missing(met | consented); ok {
		return m.finding(StageCompliance, ReasonNoConsent, near)
	}
	if near, ok := missing(met | owned | consented); ok {
		return m.finding(StageAccess, ReasonNotOwner, near)
	}
	elsewhere := *c
	for elsewhere.purpose = range m.edition.vocabulary.purposeSet {
		near := m.plan.decide(&elsewhere, met|consented)
		if near.effect == allow {
			near.part = r.part
			return m.finding(StageCompliance, ReasonPurpose, near)
		}
	}
	r.rule = -1
	return m.finding(StageAccess, ReasonNoRule, r)
}

// comply asks the register, and the rules again if there is no consent.
func (g *Guard) comply(ctx context.Context, m *matter, c *resolved, met state, admitted bool, r *ruling) finding {
	standing, err := g.standing(ctx, m.about, m.state.caller.Purpose)
	if err != nil {
		f := refuse(StageCompliance, ReasonHostFailed)
		f.cause = err
		return f
	}
	action := m.plan.facts.Action
	switch {
	case standing.Held && (action == Delete || action == Erase):
		return refuse(StageCompliance, ReasonHeld)
	case standing.Restricted && met&owned == 0:
		return refuse(StageCompliance, ReasonRestricted)
	case standing.Consented:
		return finding{}
	}
	without := m.plan.decide(c, met&^consented)
	if without.effect != allow && !admitted {
		without.rule = r.rule
		return m.finding(StageCompliance, ReasonNoConsent, without)
	}
	*r = without
	return finding{}
}

// expired reports whether the record is older than its category is kept. What removes it is still allowed.
func (m *matter) expired() bool {
	if m.created.IsZero() || m.plan.keep.Indefinite() {
		return false
	}
	if action := m.plan.facts.Action; action == Delete || action == Erase {
		return false
	}
	return m.now.After(m.plan.keep.After(m.created))
}

// evaluate asks the host's policies. It returns whether one of them admits the call, and what they mask.
func (g *Guard) evaluate(ctx context.Context, m *matter) (admitted bool, mask uint64, f finding) {
	if len(g.policies) == 0 {
		return false, 0, finding{}
	}
	facts := &m.plan.facts
	q := Request{
		Caller: m.state.caller, Subject: m.about, Operation: facts.Operation, Store: facts.Store, Dataset: facts.Dataset,
		Categories: facts.Categories, Action: facts.Action,
	}
	for i, p := range g.policies {
		verdict, err := evaluate(ctx, p, q)
		switch {
		case err != nil:
			f = policyFinding(i, ReasonHostFailed)
			f.cause = err
			return false, 0, f
		case verdict.Opinion == Deny:
			return false, 0, policyFinding(i, ReasonPolicy)
		case verdict.Opinion > Deny:
			return false, 0, policyFinding(i, ReasonHostFailed)
		}
		admitted = admitted || verdict.Opinion == Allow
		for _, field := range verdict.Mask {
			at, found := m.plan.wiring.maskAt(field)
			switch {
			case !found && !m.asking:
				return false, 0, policyFinding(i, ReasonHostFailed)
			case !found:
				m.extra = append(m.extra, field)
			case at >= 0:
				mask |= 1 << at
			}
		}
	}
	return admitted, mask, finding{}
}

func policyFinding(i int, reason Reason) finding {
	f := refuse(StageAccess, reason)
	f.rule = policyLabel(i)
	return f
}

// evaluate asks one policy; a panic is an error.
func evaluate(ctx context.Context, p Policy, q Request) (v Verdict, err error) {
	defer recoverAs(&err)
	return p.Evaluate(ctx, q)
}

// standing asks the register; a panic is an error.
func (g *Guard) standing(ctx context.Context, about Subject, purpose Purpose) (s Standing, err error) {
	defer recoverAs(&err)
	return g.register.Standing(ctx, about, purpose)
}

// recoverAs turns a panic of a function of the host into an error, so that it refuses the call.
func recoverAs(err *error) {
	if v := recover(); v != nil {
		*err = &PanicError{Value: v, Stack: debug.Stack()}
	}
}

func policyLabel(i int) string { return "policies[" + strconv.Itoa(i) + "]" }
