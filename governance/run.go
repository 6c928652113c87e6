package governance

import (
	"context"
	"time"
)

// run is one governed call on its way. It lives on the caller's stack.
type run struct {
	guard *Guard
	matter
	event Event
}

// open begins a call: it judges it, checks what it would write, and puts the attempt on record. On an error the call
// must not run.
func (b *bound[In, Out]) open(ctx context.Context, r *run, in In) error {
	r.begin(ctx, b.guard, b.number)
	no := b.examine(ctx, r, in)
	if no == nil {
		no = r.attempt(ctx)
	}
	if r.state != nil && r.state.trace != nil {
		r.state.trace(r.explain(no, len(b.checks), true))
	}
	if no != nil {
		return r.deny(ctx, no)
	}
	return nil
}

// begin reads the clock, the manifest and the caller, each once, and sets what every event of the call has.
func (r *run) begin(ctx context.Context, g *Guard, number int) {
	r.guard = g
	r.edition = g.current.Load()
	r.plan = r.edition.plans[number]
	r.now = g.clock()
	e := &r.event
	e.Facts = r.plan.facts
	e.ID.set(r.now)
	e.Time = r.now.UTC()
	e.Time = e.Time.Add(-time.Duration(e.Time.Nanosecond() % int(time.Microsecond)))
	if r.state, _ = ctx.Value(callerKey{}).(*callerState); r.state != nil {
		e.Actor, e.Purpose = r.state.caller.ID, r.state.caller.Purpose
	}
}

// examine passes the call through all stages but the audit.
func (b *bound[In, Out]) examine(ctx context.Context, r *run, in In) *refusal {
	if b.subject != nil {
		about, err := try(func() (Subject, error) { return b.subject(in), nil })
		if err != nil {
			return &refusal{stage: StageAccess, reason: ReasonHostFailed, cause: err}
		}
		r.about, r.event.Subject = about, about
	}
	var broken error
	if b.created != nil {
		r.created, broken = try(func() (time.Time, error) { return b.created(in), nil })
	}
	if no := b.guard.judge(ctx, &r.matter); no != nil {
		return no
	}
	if broken != nil { // retention comes after access and compliance
		return &refusal{stage: StageRetention, reason: ReasonHostFailed, cause: broken}
	}
	for _, check := range b.checks {
		if _, err := try(func() (Nothing, error) { return Nothing{}, check(ctx, in) }); err != nil {
			return &refusal{stage: StageQuality, reason: ReasonCheck, cause: err}
		}
	}
	return nil
}

// attempt puts the attempt on record. A context that has ended by then refuses the call.
func (r *run) attempt(ctx context.Context) *refusal {
	r.event.Kind = Attempt
	r.event.Rule = r.rule
	if r.masks != 0 {
		r.event.Masked = r.plan.maskNames(r.masks)
	}
	if err := r.guard.hand(ctx, &r.event); err != nil {
		return &refusal{stage: StageAudit, reason: ReasonUnrecorded,
			cause: &AuditError{Operation: r.event.Operation, Kind: Attempt, cause: hide(err)}}
	}
	if err := ctx.Err(); err != nil {
		return &refusal{stage: StageAudit, reason: ReasonCanceled, cause: err}
	}
	return nil
}

// deny puts the refusal on record and returns it.
func (r *run) deny(ctx context.Context, no *refusal) error {
	e := &r.event
	e.Kind, e.Stage, e.Rule, e.Reason, e.Masked = Denial, no.stage, no.rule, no.reason, nil
	if no.reason == ReasonCanceled {
		e.Kind = Failure // its attempt is on record
	}
	if no.reason == ReasonUnknownPurpose || no.reason == ReasonNoCaller {
		e.Purpose = "" // text that the manifest does not know may say anything
	}
	denied := &DeniedError{
		ID: e.ID, Operation: e.Operation, Category: no.category, Action: e.Action,
		Stage: no.stage, Rule: no.rule, Reason: no.reason, Version: e.Version, cause: hide(no.cause),
	}
	if no.reason == ReasonUnrecorded {
		return denied // the sink has just refused an event
	}
	if err := r.guard.record(ctx, e); err != nil {
		return oneLine([]error{denied, &AuditError{Operation: e.Operation, Kind: e.Kind, cause: hide(err)}})
	}
	return denied
}

// succeed puts the effect on record. Without a record nothing is released.
func (r *run) succeed(ctx context.Context, rows int64, reason Reason) error {
	r.event.Kind, r.event.Rows, r.event.Reason = Effect, rows, reason
	return r.conclude(ctx)
}

// fail puts on record that the call did not do what was attempted.
func (r *run) fail(ctx context.Context, rows int64, reason Reason) error {
	r.event.Kind, r.event.Rows, r.event.Reason = Failure, rows, reason
	return r.conclude(ctx)
}

func (r *run) conclude(ctx context.Context) error {
	if err := r.guard.record(ctx, &r.event); err != nil {
		return &AuditError{Operation: r.event.Operation, Kind: r.event.Kind, cause: hide(err)}
	}
	return nil
}

// failed puts the error of the wrapped call on record and returns it, safe to print.
func (r *run) failed(ctx context.Context, rows int64, cause error) error {
	err := error(&CallError{Operation: r.event.Operation, personal: r.plan.personal, cause: hide(cause)})
	reason := ReasonCallFailed
	if ctx.Err() != nil {
		reason = ReasonCanceled
	}
	if unrecorded := r.fail(ctx, rows, reason); unrecorded != nil {
		return oneLine([]error{err, unrecorded})
	}
	return err
}

// panicked puts a panic on record while it passes; it goes on by itself, with its stack.
func (r *run) panicked(ctx context.Context, rows int64) {
	r.report(ctx, r.fail(ctx, rows, ReasonPanic))
}

// report logs an error that nobody can be given.
func (r *run) report(ctx context.Context, err error) {
	if err != nil {
		r.guard.logger.ErrorContext(ctx, "governance: event not on record", "id", r.event.ID.String(), "error", err.Error())
	}
}
