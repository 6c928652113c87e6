package governance

import (
	"fmt"
	"time"
)

// Event is one entry of the audit trail as a Guard hands it to an AuditSink. It holds names and identifiers, never a
// value of a field. The two persons in it redact themselves; a sink stores their pseudonyms (see Event.Record).
type Event struct {
	Facts
	Actor   Subject // who called; empty: nobody was authenticated
	Subject Subject // whom the data is about; empty: nobody, or many

	// Held is set in the Attempt and the Effect of a call of which nothing is released before its Effect was taken, as Wrap
	// and WrapErr do and WrapSeq does not. It is no part of the record. See AuditSink.
	Held bool
}

// Format implements fmt.Formatter: fields as usual, persons redacted also where fmt would go around Subject.Format.
func (e Event) Format(f fmt.State, verb rune) {
	type plain Event
	fmt.Fprintf(f, fmt.FormatString(f, verb), plain(e)) //nolint:errcheck // fmt reports what its writer refuses
}

// Record is an event as it is stored and found again: persons are pseudonyms.
type Record struct {
	Facts
	Actor   Pseudonym `json:"actor,omitempty"`   // who called; empty: nobody was authenticated
	Subject Pseudonym `json:"subject,omitempty"` // whom the data is about; empty: nobody, or many
}

// Facts is the part of an event that concerns no person.
type Facts struct {
	ID         EventID    `json:"id"`                   // of the call; all its events share it
	Kind       Kind       `json:"kind"`                 // what happened
	Time       time.Time  `json:"time"`                 // of the decision: UTC, whole microseconds
	Operation  string     `json:"operation,omitempty"`  // the name under which the call was wrapped
	Store      string     `json:"store,omitempty"`      // of the dataset
	Dataset    string     `json:"dataset,omitempty"`    // table or label
	Categories []Category `json:"categories,omitempty"` // all that the call touches; shared, not to be changed
	Action     Action     `json:"action"`               // what the call does
	Purpose    Purpose    `json:"purpose,omitempty"`    // of the caller
	Version    Version    `json:"version"`              // of the one manifest that decided
	Stage      Stage      `json:"stage,omitempty"`      // denial: the stage that refused
	Rule       string     `json:"rule,omitempty"`       // the rule or policy that decided, if one did
	Reason     Reason     `json:"reason,omitempty"`     // denial, failure, or why an effect is partial
	Rows       int64      `json:"rows"`                 // released or written; NotCounted when nobody counted
	Masked     []string   `json:"masked,omitempty"`     // fields blanked in the result; shared, not to be changed
}

// NotCounted stands in Facts.Rows of a call whose operation does not count.
const NotCounted int64 = -1

// Kind says what an event tells.
type Kind string

// The kinds of event. A call that is refused has one Denial. A call that is allowed has one Attempt, on record before
// it runs, and then one Effect or one Failure; an Attempt alone means that its write did not commit, or that the process
// ended.
const (
	Attempt Kind = "attempt" // allowed, about to run
	Denial  Kind = "denial"  // refused, did not run
	Effect  Kind = "effect"  // ran; in the write's own transaction where the sink can
	Failure Kind = "failure" // ran and returned an error, panicked, or was cancelled
)

// Stage is one of the five that each governed call passes.
type Stage string

// The stages, in the order in which a call passes them.
const (
	StageAccess     Stage = "access"     // is the caller known, and do the rules allow it
	StageCompliance Stage = "compliance" // purpose, consent, restriction, legal hold
	StageRetention  Stage = "retention"  // is the record within the period that its category is kept
	StageQuality    Stage = "quality"    // the checks of what is written
	StageAudit      Stage = "audit"      // is the attempt on record
)

func stages() []Stage {
	return []Stage{StageAccess, StageCompliance, StageRetention, StageQuality, StageAudit}
}

// Reason says in one word why a call was refused or failed.
type Reason string

// The reasons.
const (
	ReasonNoCaller       Reason = "no_caller"       // no caller in the context, or one without an ID
	ReasonUnknownRole    Reason = "unknown_role"    // the caller has a role that the manifest does not know
	ReasonUnknownPurpose Reason = "unknown_purpose" // likewise the purpose
	ReasonUnknown        Reason = "unknown"         // Decide was asked about an unknown category or action
	ReasonNoRule         Reason = "no_rule"         // no rule allows it
	ReasonDenied         Reason = "denied"          // a rule denies it
	ReasonNotOwner       Reason = "not_owner"       // only the subject may
	ReasonPurpose        Reason = "purpose"         // only for another purpose
	ReasonNoConsent      Reason = "no_consent"      // the subject has not consented to the purpose
	ReasonRestricted     Reason = "restricted"      // the subject has restricted the processing of the data
	ReasonHeld           Reason = "held"            // a legal hold keeps the data
	ReasonPolicy         Reason = "policy"          // a policy of the host denies it
	ReasonExpired        Reason = "expired"         // the record is older than its category is kept
	ReasonCheck          Reason = "check"           // a check refuses what would be written
	ReasonUnrecorded     Reason = "unrecorded"      // the audit sink did not take the attempt
	ReasonCanceled       Reason = "canceled"        // the context ended before the call ran
	ReasonHostFailed     Reason = "host_failed"     // a function of the host returned an error or panicked
	ReasonCallFailed     Reason = "call_failed"     // the wrapped call returned an error
	ReasonPanic          Reason = "panic"           // the wrapped call, a mask or the consumer of rows panicked
	ReasonLeftEarly      Reason = "left_early"      // the consumer stopped before the last row
)
