package governance

import (
	"context"
	"fmt"
)

// AuditSink puts events on record. Implementations are in package pgsink; a host may bring its own, which should pass the
// suite in package governancetest.
//
// Record returns nil only when the event is on record as firmly as the sink promises; for an Effect that is written in a
// transaction of the caller's, when it will be with the commit. Required of an implementer:
//
//   - Record may be called concurrently, and with the events of a call in any order.
//   - It returns when its context ends, with an error unless the event is on record. An event that was refused is taken
//     when it is handed over again.
//   - It keeps every fact as it is: names of any UTF-8 text without NUL, the order of lists, NotCounted and 0 apart, and
//     times to the microsecond, in UTC.
//   - It takes an event whose ID and Kind it has already without a second record and without an error, since an event
//     that may be lost is handed over again. The first record stays as it is.
//   - It stores no Subject, only pseudonyms, and for nobody the empty one.
//   - It neither keeps nor changes the slices of the event's Facts.
//
// A sink may let a call run while its attempt is on the way to the disk: for an Attempt that is Held, Record may return nil
// before the event is on record, if the action is Read, or if the sink knows that what the call writes commits only after
// its effect was recorded. It then takes no Effect of that call before the attempt is on record, and refuses it if that
// has failed. If the process ends in between, nothing was released and nothing was written. An Export may release within
// the call, so that its attempt is always on record first.
//
// Of a Read that is Held, the Effect may follow: Record may return nil when the attempt is on record and the effect is on
// its way. Who read what, when and why is on record before anything is released; that it succeeded, and how many rows it
// was, are not if the machine stops within the moment that the sink says. The attempt is then alone.
//
// Guaranteed to it: ID, Kind, Time, Action and Version are set, and no other field holds a value of a record.
type AuditSink interface {
	// Record puts an event on record, as said above.
	Record(ctx context.Context, e Event) error

	// Guarantee says how firmly Record keeps what it takes. It is always the same. An operation that touches personal data
	// is not wrapped, and a manifest that would let one do so not taken, when it is BestEffort.
	Guarantee() Guarantee
}

// Guarantee says how firmly a sink keeps what it has taken.
type Guarantee uint8

// The guarantees, from the weakest. The zero Guarantee is the weakest.
const (
	// BestEffort: an event that was taken may be lost with the process.
	BestEffort Guarantee = iota
	// Durable: an event that was taken outlives the process and a loss of power.
	Durable
	// Transactional: Durable, and the Effect of a write can be part of the transaction of the write.
	Transactional
)

// String returns the name of the guarantee.
func (g Guarantee) String() string {
	switch g {
	case Durable:
		return "durable"
	case Transactional:
		return "transactional"
	}
	return "best effort"
}

// AuditSinkFunc is a function that is an AuditSink. Nobody knows what a function keeps, so that its guarantee is
// BestEffort: see Vouch.
type AuditSinkFunc func(ctx context.Context, e Event) error

// Record calls f.
func (f AuditSinkFunc) Record(ctx context.Context, e Event) error { return f(ctx, e) }

// Guarantee returns BestEffort.
func (AuditSinkFunc) Guarantee() Guarantee { return BestEffort }

// Vouch returns a sink that is s, with a guarantee that the host vouches for: for a function that hands events on to a
// sink which keeps them, and for tests.
func Vouch(s AuditSink, g Guarantee) AuditSink {
	if isNil(s) {
		return nil
	}
	return vouched{s, g}
}

type vouched struct {
	AuditSink
	guarantee Guarantee
}

func (v vouched) Guarantee() Guarantee { return v.guarantee }

// Policy decides in Go what rules cannot express, beside the rules of the manifest. A Deny beats every allow; an Allow
// admits a call about which the rules say nothing, and never one that they deny; an error refuses the call.
//
// Required of an implementer:
//
//   - Evaluate may be called concurrently.
//   - It returns when its context ends, with an error or with the answer that it would have given anyway: NoOpinion in
//     place of a Deny would admit.
//   - It has no effects, and its answer does not depend on what was asked before.
//   - It says NoOpinion about what it does not know, such as an action, or one category among others.
//   - It does not take an empty Subject for the caller's own.
//   - It neither keeps nor changes the slices of the request, and does not change a verdict that it has given.
//
// Guaranteed to it: the caller has an ID; the roles, the purpose, the categories and the action are the manifest's.
type Policy interface {
	Evaluate(ctx context.Context, q Request) (Verdict, error)
}

// PolicyFunc is a function that is a Policy.
type PolicyFunc func(ctx context.Context, q Request) (Verdict, error)

// Evaluate calls f.
func (f PolicyFunc) Evaluate(ctx context.Context, q Request) (Verdict, error) { return f(ctx, q) }

// Request is what a Policy is asked about.
type Request struct {
	Caller     Caller     // who calls; its roles are not to be changed
	Subject    Subject    // whom the data is about; empty: nobody, or many
	Operation  string     // the name under which the call was wrapped; empty when Guard.Decide asks
	Store      string     // of the dataset; empty when Guard.Decide asks
	Dataset    string     // table or label; empty when Guard.Decide asks
	Categories []Category // all that the call touches; not to be changed
	Action     Action     // what the call does
}

// Format implements fmt.Formatter: fields as usual, persons redacted also where fmt would go around Subject.Format.
func (q Request) Format(f fmt.State, verb rune) {
	type plain Request
	fmt.Fprintf(f, fmt.FormatString(f, verb), plain(q)) //nolint:errcheck // fmt reports what its writer refuses
}

// Opinion is what a Policy says. Its zero value is none, which never admits.
type Opinion uint8

// The opinions.
const (
	NoOpinion Opinion = iota
	Allow
	Deny
)

// Verdict is the answer of a Policy.
type Verdict struct {
	// Opinion is whether the policy admits the call, denies it, or says nothing.
	Opinion Opinion
	// Mask names fields to blank in the result, whatever the rules show. A field for which the operation has no mask
	// function refuses the call.
	Mask []string
}

// Register tells what the law and a person say about the person's data at this moment. It is asked in every call about
// a person's data, after the rules and never from a cache of the guard's, so that a withdrawal holds at once.
//
// Required of an implementer:
//
//   - Standing may be called concurrently.
//   - It returns when its context ends, with an error or with the true standing: the zero Standing in place of a hold
//     would let data be erased.
//   - Whatever was granted, withdrawn, restricted or held before the call is in the answer, whoever asks.
//   - Consent is one person's for one purpose, both compared byte by byte; nobody consents to the empty purpose.
//   - Restriction and hold are the same for every purpose, and change no consent.
//   - A person whom it does not know, and nobody, has the zero Standing.
//
// Guaranteed to it: the guard does not ask about nobody. An error refuses the call.
type Register interface {
	Standing(ctx context.Context, about Subject, purpose Purpose) (Standing, error)
}

// RegisterFunc is a function that is a Register.
type RegisterFunc func(ctx context.Context, about Subject, purpose Purpose) (Standing, error)

// Standing calls f.
func (f RegisterFunc) Standing(ctx context.Context, about Subject, purpose Purpose) (Standing, error) {
	return f(ctx, about, purpose)
}

// Standing is a person's standing at one moment. Its zero value is: no consent, no restriction, no hold.
type Standing struct {
	// Consented: the person consents to the purpose that was asked about.
	Consented bool
	// Restricted: the person has restricted processing (GDPR, article 18). Only the person may still call.
	Restricted bool
	// Held: a legal hold is on the data. Nobody may delete or erase it.
	Held bool
}
