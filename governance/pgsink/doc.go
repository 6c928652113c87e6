// Package pgsink is the audit trail of package governance in PostgreSQL: an append-only table, into which the effect of a
// write goes with the transaction of the write itself.
//
//	err := pgsink.Migrate(ctx, pool, "")
//	sink, err := pgsink.New(pgsink.Config{Pool: pool, Pseudonyms: pseudonyms})
//	guard, err := governance.New(governance.Config{Manifest: manifest, Audit: sink})
//	appendMessage := pgsink.InTx(sink, governance.Wrap(guard, operation, messages.Append))
//
// # What is promised
//
// A governed write that is called in a unit of work has exactly one Effect on record if it committed, and none if it did
// not, whatever happens to the process, the connection or the server. Its Attempt is on record in both cases, and a
// Denial is on record whatever the caller rolls back. An Attempt alone means that the write did not commit.
//
// # Units of work
//
// A repository takes its transaction from the context, with TxFrom, and the effect goes into the same one:
//
//	InTx      begins with the first statement, inserts the effects in the round trip of the COMMIT
//	InBatch   sends the statements that the call queues, and its effect, in one round trip
//	WithTx    the host's own transaction; the effect is inserted at once
//	WithBatch the host's own batch; the effect is queued on it
//
// A call outside any unit has its effect recorded after it has returned, in a transaction of its own. When that fails the
// caller learns it (governance.ErrUnrecorded), and when the process dies in between the Attempt is alone although the
// write did commit: wrap writes in units. So it is for a repository that does not take its transaction from the context.
//
// The trail and the data must be in the same database. The decorators go outside: InTx(sink, Wrap(guard, ...)), never
// Wrap(guard, InTx(...)), which would commit before there is an effect to commit.
//
// # When not to use it
//
// Reads pay for their Attempt and Effect with commits, shared among concurrent calls. The table refuses UPDATE, DELETE
// and TRUNCATE, but a superuser, or its owner, can disable the trigger that does: give the application a role of its own
// with USAGE of the schema and SELECT and INSERT of the table.
//
// # Concurrency
//
// A Sink, and every call that InTx and InBatch return, is safe for concurrent use. A unit of work belongs to one
// goroutine, as a pgx.Tx does. No goroutine is started.
//
// # Errors
//
//	ErrNotMigrated     the table is not there
//	ErrOutcomeUnknown  the connection was lost during COMMIT; write and effect are both there, or neither is
//	ErrNotYours        a repository tried to commit or roll back a unit's transaction
//	ErrEnded           a unit's transaction was used after its end, or ended by a statement
//	ErrTooEarly        InBatchLater inside another batch
//	ErrQuery           a Query contradicts itself
package pgsink
