package governance

import (
	"context"
	"fmt"
)

// AuditSink puts events on record. Implementations are in package pgsink; a host may bring its own, which should pass the
// suite in package governancetest.
//
// Record returns nil only when the event is on record as firmly as the sink promises; for an Effect that is written in a
// transaction of the caller's, when it will be with the commit. Required of an implementer: Record may be called
// concurrently; it returns when its context ends; it takes an event whose ID and Kind it has already without a second
// record and without an error, since an event that may be lost is handed over again; it stores no Subject, only
// pseudonyms; and it keeps neither slice of the event's Facts nor changes them. Guaranteed to it: ID, Kind, Time, Action
// and Version are set, and no other field holds a value of a record.
type AuditSink interface {
	Record(ctx context.Context, e Event) error
}

// AuditSinkFunc is a function that is an AuditSink.
type AuditSinkFunc func(ctx context.Context, e Event) error

// Record calls f.
func (f AuditSinkFunc) Record(ctx context.Context, e Event) error { return f(ctx, e) }

// Policy decides in Go what rules cannot express, beside the rules of the manifest. A Deny beats every allow; an Allow
// admits a call about which the rules say nothing, and never one that they deny; an error refuses the call.
//
// Required of an implementer: Evaluate may be called concurrently; it returns when its context ends; it has no effects;
// and it says NoOpinion about what it does not know.
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
// Required of an implementer: Standing may be called concurrently; it returns when its context ends; a person whom it
// does not know has the zero Standing. An error refuses the call.
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
