package governance

import (
	"context"
	"slices"
)

// Target is what a query is about: the records of one dataset, and what is to be done with them.
type Target struct {
	// Store and Dataset name the dataset of the manifest. Store may be left out when only one store has a dataset of this
	// name.
	Store, Dataset string
	// Action is what is to be done.
	Action Action
	// Fields are the fields that are read or written. Empty: all of the dataset.
	Fields []string
}

// Reach says which records of a dataset a caller may act on. It is what a query over many records must be bounded to, in
// the query itself: packages pgpolicy and neopolicy make a predicate of it. Its zero value reaches nothing.
type Reach struct {
	Target  Target  // what was asked, with the store filled in
	Dataset Dataset // as the manifest declares it
	Caller  Subject // who asks
	Purpose Purpose // of the caller
	Version Version // of the manifest that decided

	Own    Extent // of the records whose subject is the caller
	Others Extent // of all other records, those without a subject included

	OwnMask    []string // fields to blank in records of the caller's own, in alphabetical order
	OthersMask []string // fields to blank in other records, likewise

	// Standing says that a register is wired and that what Others reaches is personal: persons who have restricted the
	// processing of their data, and on Delete and Erase those under a legal hold, must be left out.
	Standing bool
}

// Extent says how many of some records are reached.
type Extent uint8

// The extents. The zero Extent is none.
const (
	None       Extent = iota
	Consenting        // those whose subject consents to the purpose; none of those without a subject
	Every
)

// String returns the name of the extent.
func (e Extent) String() string {
	switch e {
	case Consenting:
		return "consenting"
	case Every:
		return "every"
	}
	return "none"
}

// Reach returns how far the caller in a context may reach, by the rules, the register and the policies: a record is within
// reach when a wrapped call about its subject would pass the stages access and compliance. Like Decide it runs nothing and
// records nothing; the query itself is a call to wrap.
//
// The register is asked about the caller, and about nobody else: the answer says with Consenting and Standing what is left
// to be asked about the others, in the database. Policies are asked about the caller's own records and about those of
// nobody, so that a policy which refuses some persons and not others is not in the answer.
//
// Errors: *DeniedError for a caller who is unknown or a host function that fails; *WiringError for a target that does not
// fit the manifest.
func (g *Guard) Reach(ctx context.Context, t Target) (Reach, error) {
	e := g.current.Load()
	p, err := e.reachPlan(t)
	if err != nil {
		return Reach{}, err
	}
	state, _ := ctx.Value(callerKey{}).(*callerState)
	if state == nil {
		return Reach{}, p.denied(&refusal{stage: StageAccess, reason: ReasonNoCaller})
	}
	c := state.in(e.vocabulary)
	if c.fault != nil {
		return Reach{}, p.denied(c.fault)
	}
	dataset, _ := e.manifest.dataset(t.Store, t.Dataset) // found above
	r := Reach{
		Target: t, Dataset: dataset, Caller: state.caller.ID, Purpose: state.caller.Purpose, Version: e.version,
		Standing: g.register != nil && p.personal,
	}
	r.Target.Store = dataset.Store
	s := surveyor{ctx: ctx, guard: g, edition: e, plan: p, caller: c, state: state}
	var no *refusal
	if dataset.Subject != "" { // otherwise nobody knows which records are the caller's
		r.Own, r.OwnMask, no = s.survey(state.caller.ID)
	}
	if no == nil {
		r.Others, r.OthersMask, no = s.survey("")
	}
	if no != nil {
		return Reach{}, p.denied(no)
	}
	return r, nil
}

// surveyor finds out how far one caller reaches.
type surveyor struct {
	ctx     context.Context
	guard   *Guard
	edition *edition
	plan    *plan
	caller  *resolved
	state   *callerState
}

// survey judges the records of one subject; with the empty one, those that are not the caller's.
func (s *surveyor) survey(about Subject) (Extent, []string, *refusal) {
	m := matter{edition: s.edition, plan: s.plan, state: s.state, about: about, asking: true}
	met := m.met()
	without := s.plan.decide(s.caller, met)
	with := without
	if s.guard.register != nil && s.plan.personal { // otherwise nobody consents
		with = s.plan.decide(s.caller, met|consented)
	}
	if with.effect == deny {
		return None, nil, nil
	}
	admitted, masks, no := s.guard.evaluate(s.ctx, &m)
	if no != nil && no.reason == ReasonPolicy {
		return None, nil, nil
	}
	if no != nil {
		return None, nil, no
	}
	extent := None
	switch {
	case without.effect == allow || admitted:
		extent = Every
	case with.effect == allow:
		extent = Consenting
	}
	consents := extent == Consenting
	if about != "" && extent != None && s.guard.asksRegister(&m) {
		var held bool
		if consents, held, no = s.ask(about); no != nil {
			return None, nil, no
		}
		if extent = Every; held || without.effect != allow && !admitted && !consents {
			return None, nil, nil
		}
	}
	if consents {
		met |= consented
	}
	names := append(s.plan.maskNames(masks|s.plan.decide(s.caller, met).masks), m.extra...)
	slices.Sort(names)
	return extent, slices.Compact(names), nil
}

// ask asks the register about the caller's own data.
func (s *surveyor) ask(about Subject) (consents, held bool, no *refusal) {
	standing, err := try(func() (Standing, error) {
		return s.guard.register.Standing(s.ctx, about, s.state.caller.Purpose)
	})
	if err != nil {
		return false, false, &refusal{stage: StageCompliance, reason: hostReason(s.ctx), cause: err}
	}
	action := s.plan.facts.Action
	return standing.Consented, standing.Held && (action == Delete || action == Erase), nil
}

// reachPlan fits a target to the edition, as an operation that can mask whatever rules mask.
func (e *edition) reachPlan(t Target) (*plan, error) {
	w := wiring{name: "reach", store: t.Store, dataset: t.Dataset, action: t.Action, fields: slices.Clone(t.Fields), returns: true}
	action := actionIndex(t.Action)
	if d, err := e.manifest.dataset(t.Store, t.Dataset); err == nil && action >= 0 {
		for _, c := range d.categories(t.Fields) {
			w.masks = append(w.masks, e.tables[e.vocabulary.categories[c]][action].masks...)
		}
		slices.Sort(w.masks)
		w.masks = slices.Compact(w.masks)
	}
	return e.plan(w)
}

// denied is a refusal of a question about the plan.
func (p *plan) denied(no *refusal) error {
	return &DeniedError{
		Operation: p.facts.Operation, Category: no.category, Action: p.facts.Action, Stage: no.stage, Rule: no.rule,
		Reason: no.reason, Version: p.facts.Version, cause: hide(no.cause),
	}
}
