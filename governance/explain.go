package governance

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Explanation is one decision with the outcome of every stage.
type Explanation struct {
	Operation string          `json:"operation"`           // the name under which the call is wrapped
	Allowed   bool            `json:"allowed"`             // no stage refused
	Version   Version         `json:"version"`             // of the manifest that decided
	Rule      string          `json:"rule,omitempty"`      // the rule that allowed or denied, if one did
	Stages    [5]StageOutcome `json:"stages"`              // in the order in which a call passes them
	Masked    []string        `json:"masked,omitempty"`    // fields blanked in the result
	KeepUntil time.Time       `json:"keep_until,omitzero"` // when the record's period ends; zero: indefinite or not known
	Personal  bool            `json:"personal"`            // the call touches personal data

	Categories []Category `json:"categories,omitempty"` // all that the call touches
}

// StageOutcome is the outcome of one stage.
type StageOutcome struct {
	Stage   Stage        `json:"stage"`            // which one
	Outcome StageVerdict `json:"outcome"`          // how it ended
	Reason  Reason       `json:"reason,omitempty"` // refused: why
	Note    string       `json:"note,omitempty"`   // what the outcome rests on, for people
}

// StageVerdict says how a stage ended. A stage that was not assessed has not been passed.
type StageVerdict string

// The verdicts of a stage.
const (
	Passed      StageVerdict = "passed"
	Refused     StageVerdict = "refused"
	NotAssessed StageVerdict = "not assessed"
)

// String returns the explanation for people: a line for the decision and one for each stage.
func (e Explanation) String() string {
	var b strings.Builder
	verb := "refused"
	if e.Allowed {
		verb = "allowed"
	}
	fmt.Fprintf(&b, "%s: %s", e.Operation, verb)
	if e.Rule != "" {
		fmt.Fprintf(&b, " (%s)", e.Rule)
	}
	for _, s := range e.Stages {
		fmt.Fprintf(&b, "\n  %-10s  %s", s.Stage, s.Outcome)
		if s.Reason != "" {
			fmt.Fprintf(&b, ": %s", s.Reason)
		}
		if s.Note != "" {
			fmt.Fprintf(&b, " (%s)", s.Note)
		}
	}
	return b.String()
}

// Explain judges a call as Wrap would, without running it and without a record. The operation is fitted to the manifest
// anew, so it may be one that is wrapped already; the error is a *WiringError when it does not fit. It is made for tests,
// tools and user interfaces, not for the way of every call.
func Explain[In, Out any](ctx context.Context, g *Guard, op Operation[In, Out], in In,
	checks ...func(context.Context, In) error) (Explanation, error) {
	e := g.current.Load()
	p, err := e.plan(op.wiring())
	if err != nil {
		return Explanation{}, err
	}
	b := &bound[In, Out]{guard: g, subject: op.Subject, created: op.Created, checks: checks}
	r := run{guard: g, matter: matter{edition: e, plan: p, now: g.clock()}}
	r.state, _ = ctx.Value(callerKey{}).(*callerState)
	return r.explain(b.examine(ctx, &r, in), len(checks), false), nil
}

// WithTrace returns a context whose governed calls hand their explanation to trace, when they are decided and before they
// run. The function is called from the goroutine of the call.
func WithTrace(ctx context.Context, trace func(Explanation)) context.Context {
	next := &callerState{trace: trace}
	if state, ok := ctx.Value(callerKey{}).(*callerState); ok {
		next.caller = state.caller
	}
	return context.WithValue(ctx, callerKey{}, next)
}

// explain tells a call's way stage by stage, up to the refusal if there is one. A call that was made has passed the audit
// unless that is what refused it.
func (r *run) explain(no *refusal, checks int, made bool) Explanation {
	e := Explanation{
		Operation: r.plan.facts.Operation, Allowed: no == nil, Version: r.edition.version, Rule: r.rule,
		Personal: r.plan.personal, Categories: r.plan.facts.Categories,
	}
	for i, stage := range stages() {
		s := StageOutcome{Stage: stage}
		switch {
		case no == nil || i < slices.Index(stages(), no.stage):
			s.Outcome, s.Note = r.passed(stage, no, checks, made)
		case stage == no.stage:
			s.Outcome, s.Reason = Refused, no.reason
			if no.cause != nil {
				s.Note = safeText(no.cause)
			}
		default:
			s.Outcome, s.Note = NotAssessed, "an earlier stage refused"
		}
		e.Stages[i] = s
	}
	if no != nil {
		e.Rule = no.rule
		return e
	}
	e.Masked = r.plan.maskNames(r.masks)
	e.KeepUntil = r.keepUntil()
	return e
}

// passed says what a stage that did not refuse has assessed.
func (r *run) passed(stage Stage, no *refusal, checks int, made bool) (StageVerdict, string) {
	switch stage {
	case StageAccess:
		switch {
		case no != nil:
			return Passed, cmp.Or(r.rule, no.rule)
		case r.rule == "":
			return Passed, "a policy admits it"
		}
		return Passed, r.rule
	case StageCompliance:
		switch {
		case !r.plan.personal:
			return Passed, "no personal data"
		case r.guard.register == nil:
			return NotAssessed, "no register is wired"
		case r.about == "":
			return NotAssessed, "the call names no subject"
		}
		return Passed, "asked the register"
	case StageRetention:
		return r.retained()
	case StageQuality:
		if checks == 0 {
			return NotAssessed, "no checks are wired"
		}
		return Passed, fmt.Sprintf("%d checks", checks)
	}
	if !made {
		return NotAssessed, "the call was not made"
	}
	return Passed, "the attempt is on record"
}

// retained says what the retention stage has assessed.
func (r *run) retained() (StageVerdict, string) {
	action := r.plan.facts.Action
	switch {
	case r.plan.keep.Indefinite():
		return Passed, "kept indefinitely"
	case action == Delete || action == Erase:
		return Passed, "ends the keeping"
	case action == Create || !r.created.IsZero():
		return Passed, "kept " + r.plan.keep.String()
	}
	return NotAssessed, "the operation does not say when the record was created"
}

// keepUntil returns when the period of the record ends, where that is known.
func (r *run) keepUntil() time.Time {
	if !r.created.IsZero() {
		return r.plan.keep.After(r.created)
	}
	if r.plan.facts.Action == Create {
		return r.plan.keep.After(r.now)
	}
	return time.Time{}
}
