// Package pgsink keeps the audit trail in PostgreSQL.
//
// The effect of a write is inserted by the transaction of the write itself: a write that commits has exactly one effect
// record, one that rolls back has none. Attempts, denials and failures go over connections of the sink's own, so that
// they survive the caller's rollback. The table takes no update and no delete.
//
//	sink, err := pgsink.New(pgsink.Config{Pool: pool, Pseudonyms: pseudonyms})
//	guard, err := governance.New(governance.Config{Manifest: manifest, Audit: sink})
//	appendMessage := pgsink.InTx(pool, governance.Wrap(guard, op, messages.Append))
//
// In the wrapped call, TxFrom(ctx) is the transaction; its effect goes to the server together with the COMMIT, in one
// round trip. InBatch is for writes that need no answer: the write and its effect are one round trip altogether. A host
// that has a unit of work already carries it with WithTx or WithBatch. A call outside of any unit is recorded after it
// has run, by a statement of its own: right for reads, and for stores that are not this database.
//
// # Concurrency
//
// A Sink is safe for concurrent use. Events that arrive while another insert is under way share the next one, so that
// many callers need few commits; no goroutine outlives a call.
//
// # Errors
//
// Errors are those of pgx, wrapped. ErrNotMigrated says that the table is missing: apply Schema with Migrate.
package pgsink
