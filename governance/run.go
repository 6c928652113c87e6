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
	masks uint64
}

// open begins a call: it judges it, checks what it would write, and puts the attempt on record. On an error the call
// must not run.
func (b *bound[In, Out]) open(ctx context.Context, r *run, in In) error {
	r.begin(ctx, b.guard, b.number)
	f := b.examine(ctx, r, in)
	if f.reason == "" {
		f = r.attempt(ctx, f)
	}
	if r.state != nil && r.state.trace != nil {
		r.state.trace(r.explain(f, len(b.checks), true))
	}
	if f.reason != "" {
		return r.deny(ctx, f)
	}
	return nil
}

// begin reads the clock, the manifest and the caller, each once.
func (r *run) begin(ctx context.Context, g *Guard, number int) {
	r.guard = g
	r.edition = g.current.Load()
	r.plan = r.edition.plans[number]
	r.state, _ = ctx.Value(callerKey{}).(*callerState)
	r.now = g.clock()
}

// examine passes the call through all stages but the audit.
func (b *bound[In, Out]) examine(ctx context.Context, r *run, in In) finding {
	if b.subject != nil {
		about, err := ask(b.subject, in)
		if err != nil {
			return finding{stage: StageAccess, reason: ReasonHostFailed, cause: err}
		}
		r.about = about
	}
	var broken error
	if b.created != nil {
		r.created, broken = ask(b.created, in)
	}
	f := b.guard.judge(ctx, &r.matter)
	if f.reason != "" {
		return f
	}
	if broken != nil { // retention comes after access and compliance
		return finding{stage: StageRetention, reason: ReasonHostFailed, cause: broken}
	}
	for _, check := range b.checks {
		if err := runCheck(ctx, check, in); err != nil {
			return finding{stage: StageQuality, reason: ReasonCheck, cause: err}
		}
	}
	return f
}

// ask calls a function of the operation; a panic, such as that of a nil request, is an error.
func ask[In, T any](f func(In) T, in In) (v T, err error) {
	defer recoverAs(&err)
	return f(in), nil
}

func runCheck[In any](ctx context.Context, check func(context.Context, In) error, in In) (err error) {
	defer recoverAs(&err)
	return check(ctx, in)
}

// fill sets what every event of the call has.
func (r *run) fill() {
	r.event.Facts = r.plan.facts
	r.event.Version = r.edition.version
	r.event.Time = r.now.UTC().Truncate(time.Microsecond)
	r.event.ID = newEventID(r.now)
	if r.state != nil {
		r.event.Actor = r.state.caller.ID
		r.event.Purpose = r.state.caller.Purpose
	}
	r.event.Subject = r.about
}

// attempt puts the attempt on record. A context that has ended by then refuses the call.
func (r *run) attempt(ctx context.Context, f finding) finding {
	r.fill()
	r.event.Kind = Attempt
	r.event.Rule = f.rule
	r.masks = f.masks
	if f.masks != 0 {
		r.event.Masked = r.plan.maskNames(f.masks)
	}
	if err := r.guard.hand(ctx, r.event); err != nil {
		return finding{stage: StageAudit, reason: ReasonUnrecorded,
			cause: &AuditError{Operation: r.event.Operation, Kind: Attempt, cause: hide(err)}}
	}
	if err := ctx.Err(); err != nil {
		return finding{stage: StageAudit, reason: ReasonCanceled, cause: err}
	}
	return f
}

// deny puts the refusal on record and returns it.
func (r *run) deny(ctx context.Context, f finding) error {
	if r.event.Kind == "" {
		r.fill()
	}
	r.event.Kind, r.event.Stage, r.event.Rule, r.event.Reason = Denial, f.stage, f.rule, f.reason
	r.event.Masked = nil
	if f.reason == ReasonCanceled {
		r.event.Kind = Failure // its attempt is on record
	}
	denied := &DeniedError{
		ID: r.event.ID, Operation: r.event.Operation, Category: f.category, Action: r.event.Action,
		Stage: f.stage, Rule: f.rule, Reason: f.reason, Version: r.event.Version, cause: hide(f.cause),
	}
	if f.reason == ReasonUnrecorded {
		return denied // the sink has just refused an event
	}
	if err := r.guard.record(ctx, r.event); err != nil {
		return oneLine([]error{denied, &AuditError{Operation: r.event.Operation, Kind: r.event.Kind, cause: hide(err)}})
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
	if err := r.guard.record(ctx, r.event); err != nil {
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
