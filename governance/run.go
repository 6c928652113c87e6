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
	holds bool // nothing is released before the effect is on record
	at    position
}

// position says what a panic would interrupt.
type position uint8

const (
	atNothing position = iota // nothing that is to be settled here
	atAttempt                 // the sink takes the attempt
	atCall                    // the wrapped call, a mask, or the consumer of rows
	atEffect                  // the sink takes the effect
)

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
	e.Time = microseconds(r.now)
	if r.state, _ = ctx.Value(callerKey{}).(*callerState); r.state != nil {
		e.Actor, e.Purpose = r.state.caller.ID, r.state.caller.Purpose
	}
}

// microseconds cuts an instant to what PostgreSQL keeps, in UTC.
func microseconds(t time.Time) time.Time {
	nanoseconds := t.Nanosecond()
	return time.Unix(t.Unix(), int64(nanoseconds-nanoseconds%1000)).UTC()
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
	r.at, r.event.Held = atAttempt, r.holds
	err := r.guard.audit.Record(ctx, r.event)
	r.at = atNothing
	if err != nil {
		return &refusal{stage: StageAudit, reason: ReasonUnrecorded, cause: r.unrecorded(err)}
	}
	if err := ctx.Err(); err != nil {
		return &refusal{stage: StageAudit, reason: ReasonCanceled, cause: err}
	}
	r.at = atCall
	return nil
}

// unrecorded returns the error of a sink that did not take the event.
func (r *run) unrecorded(cause error) error {
	return &AuditError{Operation: r.event.Operation, Kind: r.event.Kind, cause: hide(cause)}
}

// sinkPanicked settles a call whose sink panicked: an attempt is refused, an effect is not on record.
func (r *run) sinkPanicked(ctx context.Context, value any) error {
	err := r.unrecorded(panicError(value))
	if r.at == atAttempt {
		err = r.deny(ctx, &refusal{stage: StageAudit, reason: ReasonUnrecorded, cause: err})
	}
	r.at = atNothing
	return err
}

// deny puts the refusal on record and returns it.
func (r *run) deny(ctx context.Context, no *refusal) error {
	e := &r.event
	kind := Denial
	if no.reason == ReasonCanceled && e.Kind == Attempt {
		kind = Failure // its attempt is on record
	}
	e.Kind, e.Stage, e.Rule, e.Reason, e.Masked, e.Held = kind, no.stage, no.rule, no.reason, nil, false
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
		return oneLine([]error{denied, r.unrecorded(err)})
	}
	return denied
}

// succeed puts the effect on record. Without a record nothing is released.
func (r *run) succeed(ctx context.Context, rows int64, reason Reason) error {
	r.event.Kind, r.event.Rows, r.event.Reason = Effect, rows, reason
	r.at = atEffect
	err := r.guard.audit.Record(ctx, r.event)
	r.at = atNothing
	if err != nil {
		err = r.guard.again(ctx, &r.event, err)
	}
	if err != nil {
		return r.unrecorded(err)
	}
	return nil
}

// fail puts on record that the call did not do what was attempted.
func (r *run) fail(ctx context.Context, rows int64, reason Reason) error {
	r.at = atNothing
	r.event.Kind, r.event.Rows, r.event.Reason, r.event.Held = Failure, rows, reason, false
	if err := r.guard.record(ctx, &r.event); err != nil {
		return r.unrecorded(err)
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
