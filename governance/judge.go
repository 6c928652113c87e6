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

	// The answer to a matter that is not refused:
	rule  string // that allows; empty: a policy does
	masks uint64 // of the operation: fields to blank

	asking bool     // for Guard.Decide: there is no operation, and so no mask function that could be missing
	extra  []string // asking: fields that policies mask and no rule does
}

// refusal is the answer to a matter that is refused. Tables share theirs: it is not changed.
type refusal struct {
	rank     uint8 // of a table's: how near the call is to being allowed; the nearest of several roles counts
	stage    Stage
	reason   Reason
	rule     string
	category Category
	cause    error
}

// ruling is what the rules of all categories of an operation say together.
type ruling struct {
	effect effect
	rule   int32 // that decided; -1: none
	part   int   // of the operation, that denied or was silent
	masks  uint64
}

// decide asks the rules of every category: one that denies denies, and all must allow.
func (p *plan) decide(c *resolved, s state) ruling {
	out := ruling{effect: allow, rule: -1}
	for i := range p.parts {
		part := &p.parts[i]
		o := part.table.decide(c, s)
		switch {
		case o.effect == deny:
			return ruling{effect: deny, rule: o.rule, part: i}
		case o.effect == silent:
			if out.effect == allow {
				out.effect, out.rule, out.part = silent, -1, i
			}
		default:
			if out.effect == allow && out.rule < 0 {
				out.rule = o.rule
			}
			if o.masks != 0 { // masks hold also where a policy admits what another category is silent about
				out.masks |= part.masks(o.masks)
			}
		}
	}
	return out
}

// masks turns the mask bits of the table into those of the operation.
func (p *part) masks(table uint64) (operation uint64) {
	for ; table != 0; table &= table - 1 {
		if at := p.maskAt[bits.TrailingZeros64(table)]; at >= 0 {
			operation |= 1 << at
		}
	}
	return operation
}

// judge passes a matter through the stages access, compliance and retention. It returns nil when none refuses.
func (g *Guard) judge(ctx context.Context, m *matter) *refusal {
	if m.state == nil {
		return &refusal{stage: StageAccess, reason: ReasonNoCaller}
	}
	if m.created.IsZero() {
		if rule, no, decided := g.quick(m.edition, m.plan, m.state, m.about); decided {
			m.rule = rule
			return no
		}
	}
	c := m.state.in(m.edition.vocabulary)
	if c.fault != nil {
		return c.fault
	}
	return g.deliberate(ctx, m, c)
}

// quick decides most matters: those in which nothing but the rules of one category has a say, and no field is masked. Its
// answer is the one that deliberate would give.
func (g *Guard) quick(e *edition, p *plan, s *callerState, about Subject) (rule string, no *refusal, decided bool) {
	c := s.known(e.vocabulary)
	if c == nil || p.only == nil || len(g.policies) > 0 || (g.register != nil && p.personal && about != "") {
		return "", nil, false
	}
	if c.fault != nil {
		return "", c.fault, true
	}
	met := state(0)
	if about.is(s.caller.ID) {
		met = owned
	}
	out := p.only.decide(c, met)
	if out.effect == allow {
		return e.labels[out.rule], nil, out.masks == 0
	}
	no = p.only.refusal(c, met, out)
	return "", no, no != nil
}

// deliberate is judge for a caller whose names are known.
func (g *Guard) deliberate(ctx context.Context, m *matter, c *resolved) *refusal {
	met := m.met()
	ask := g.asksRegister(m)
	if ask { // consent is looked up only for calls that it could admit
		met |= consented
	}
	r := m.plan.decide(c, met)
	if r.effect == deny {
		return m.refuse(StageAccess, ReasonDenied, r)
	}
	admitted, mask, no := g.evaluate(ctx, m)
	if no != nil {
		return no
	}
	if r.effect == silent && !admitted {
		return m.silence(c, met)
	}
	if ask {
		if no := g.comply(ctx, m, c, met, admitted, &r); no != nil {
			return no
		}
	}
	if m.expired() {
		return m.refuse(StageRetention, ReasonExpired, ruling{rule: -1, part: m.plan.keepPart})
	}
	m.admit(r, mask)
	return nil
}

// met returns the conditions that need nobody to be asked.
func (m *matter) met() state {
	if m.about.is(m.state.caller.ID) {
		return owned
	}
	return 0
}

func (g *Guard) asksRegister(m *matter) bool {
	return g.register != nil && m.plan.personal && m.about != ""
}

func (m *matter) admit(r ruling, mask uint64) {
	m.masks = r.masks | mask
	if r.rule >= 0 {
		m.rule = m.edition.labels[r.rule]
	}
}

// refuse names the category and the rule of a ruling.
func (m *matter) refuse(stage Stage, reason Reason, r ruling) *refusal {
	no := &refusal{stage: stage, reason: reason, category: m.plan.parts[r.part].table.category}
	if r.rule >= 0 {
		no.rule = m.edition.labels[r.rule]
	}
	return no
}

// silence finds out which condition the caller would have to meet: the refusal is the same, its reason helps.
func (m *matter) silence(c *resolved, met state) *refusal {
	silent := m.plan.decide(c, met)
	near := func(c *resolved, s state) (ruling, bool) {
		r := m.plan.decide(c, s)
		r.part = silent.part
		return r, r.effect == allow
	}
	if r, ok := near(c, met|consented); ok {
		return m.refuse(StageCompliance, ReasonNoConsent, r)
	}
	if r, ok := near(c, met|owned|consented); ok {
		return m.refuse(StageAccess, ReasonNotOwner, r)
	}
	elsewhere := *c
	for elsewhere.purpose = range m.edition.vocabulary.purposeSet {
		if r, ok := near(&elsewhere, met|consented); ok {
			return m.refuse(StageCompliance, ReasonPurpose, r)
		}
	}
	return m.refuse(StageAccess, ReasonNoRule, silent)
}

// comply asks the register, and the rules again if there is no consent.
func (g *Guard) comply(ctx context.Context, m *matter, c *resolved, met state, admitted bool, r *ruling) *refusal {
	standing, err := try(func() (Standing, error) {
		return g.register.Standing(ctx, m.about, m.state.caller.Purpose)
	})
	if err != nil {
		return &refusal{stage: StageCompliance, reason: hostReason(ctx), cause: err}
	}
	action := m.plan.facts.Action
	switch {
	case standing.Held && (action == Delete || action == Erase):
		return &refusal{stage: StageCompliance, reason: ReasonHeld}
	case standing.Restricted && met&owned == 0:
		return &refusal{stage: StageCompliance, reason: ReasonRestricted}
	case standing.Consented:
		return nil
	}
	without := m.plan.decide(c, met&^consented)
	if without.effect != allow && !admitted {
		without.rule = r.rule
		return m.refuse(StageCompliance, ReasonNoConsent, without)
	}
	*r = without
	return nil
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
func (g *Guard) evaluate(ctx context.Context, m *matter) (admitted bool, mask uint64, no *refusal) {
	if len(g.policies) == 0 {
		return false, 0, nil
	}
	facts := &m.plan.facts
	q := Request{
		Caller: m.state.caller, Subject: m.about, Operation: facts.Operation, Store: facts.Store, Dataset: facts.Dataset,
		Categories: facts.Categories, Action: facts.Action,
	}
	for i, p := range g.policies {
		verdict, err := try(func() (Verdict, error) { return p.Evaluate(ctx, q) })
		bits, missing := m.plan.wiring.maskBits(verdict.Mask)
		if m.asking {
			m.extra, missing = append(m.extra, missing...), nil
		}
		switch {
		case err != nil:
			return false, 0, &refusal{stage: StageAccess, reason: hostReason(ctx), rule: policyLabel(i), cause: err}
		case verdict.Opinion > Deny || missing != nil:
			return false, 0, &refusal{stage: StageAccess, reason: ReasonHostFailed, rule: policyLabel(i)}
		case verdict.Opinion == Deny:
			return false, 0, &refusal{stage: StageAccess, reason: ReasonPolicy, rule: policyLabel(i)}
		}
		admitted = admitted || verdict.Opinion == Allow
		mask |= bits
	}
	return admitted, mask, nil
}

// hostReason says why a function of the host returned an error: because the caller went away, or by itself.
func hostReason(ctx context.Context) Reason {
	if ctx.Err() != nil {
		return ReasonCanceled
	}
	return ReasonHostFailed
}

// try calls a function of the host; a panic is an error, so that it refuses the call.
func try[T any](f func() (T, error)) (v T, err error) {
	returned := false
	defer func() {
		if !returned {
			err = panicError(recover())
		}
	}()
	v, err = f()
	returned = true
	return v, err
}

// panicError makes an error of what a function of the host panicked with.
func panicError(value any) error { return &PanicError{Value: value, Stack: debug.Stack()} }

func policyLabel(i int) string { return "policies[" + strconv.Itoa(i) + "]" }
