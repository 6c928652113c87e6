// Package governance decides and records what a program does with data, by rules that its host declares once.
//
// A host writes a Manifest: the categories of its data and their duties, the tables and labels with the category of each,
// and rules that say who may do what, and for which purpose. New compiles it into a Guard. Wrap binds each repository
// call to the guard; the bound call has the same form, so that a repository becomes a struct of calls:
//
//	type Messages struct {
//		Append governance.Call[Message, MessageID]
//		List   governance.Seq[string, Message]
//	}
//
// A method that somebody forgot to wrap is then a nil field, and a raw repository does not fit where a Messages is asked
// for. Where the host has authenticated a request it sets the caller with WithCaller; every governed call takes it from
// the context.
//
// # What a call passes
//
// Access (the caller is known, and the rules allow it), compliance (purpose, consent, restriction, legal hold),
// retention, quality (the checks of what is written) and audit (the attempt is on record), in this order. Only then the
// call runs; its result is masked; the effect goes on record. Deny beats allow, what no rule allows is refused, an error
// or panic of anything that is asked is a refusal, and there is no switch that turns the guard off. A refusal is a
// *DeniedError and is itself on record. Explain tells the outcome of every stage.
//
// # Queries over many records
//
// A list or a search is to be bounded in the query itself. Guard.Reach tells how far a caller reaches in a dataset; packages
// pgpolicy and neopolicy make a predicate of it, and pgpolicy lays the same rules down in PostgreSQL, for queries that go
// around the guard. Package govvet finds those.
//
// # The audit trail
//
// An AuditSink says its Guarantee; one of best effort takes no personal data. Package pgsink keeps the trail in PostgreSQL,
// walsink in a local file that is shipped there, and pgseal makes it prove itself.
//
// # What it does not do
//
// A guard sees only the calls that are bound to it. It keeps no cache of consent and starts no goroutine. Events hold
// names and pseudonyms, not what was read or written.
//
// # Concurrency
//
// Everything in this package is safe for concurrent use. A Manifest may be changed by one goroutine before it is handed
// over; every function that keeps one keeps a copy.
//
// # Errors
//
//	ErrDenied      *DeniedError    the call did not run; says the stage, the rule and the reason
//	ErrUnrecorded  *AuditError     the sink did not take an event; when it is the effect, the call has run
//	ErrWiring      *WiringError    an operation does not fit the manifest; Wrap panics with it
//	               *CallError      the wrapped call's own error, safe to print
//	               *ManifestError  the manifest has faults; lists all of them
package governance
