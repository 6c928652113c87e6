// Package pgsink is the audit trail of package governance in PostgreSQL: an append-only log, into which the effect of a
// write goes with the transaction of the write itself.
//
//	err := pgsink.Migrate(ctx, pool, "")
//	sink, err := pgsink.New(pgsink.Config{Pool: pool, Pseudonyms: pseudonyms})
//	guard, err := governance.New(governance.Config{Manifest: manifest, Audit: sink})
//	appendMessage := pgsink.InTx(sink, governance.Wrap(guard, operation, messages.Append))
//	go sink.Run(ctx)
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
// # The log and the index
//
// A record is one row of audit_record: a leaf, which is canonical bytes in which persons are salted commitments, and the
// openings of those, which are pseudonym and salt. The table has one index, that of its order (era, tx, seq). Everything
// that is looked for is in audit_index, which Run fills from the log, in its order. Search answers from both, so that a
// record is found from its commit on. Without Run, each page of Search reads and decodes the whole log behind the index.
//
// Run takes a record when every transaction that was older than its own has ended. So a transaction that stays open, in
// any database of the server, holds the index back while it has written something; Lag tells which.
//
// An event that is handed over twice is on record once. Outside of units the table audit_once sees to that for a week after
// the call; in one InTx the unit does; where an event comes again in another way, the log has it twice, and Search and the
// index keep to the first. The index is made again from the log by
//
//	TRUNCATE audit_index, audit_aside; UPDATE audit_indexed SET era = 0, tx = '0', seq = 0;
//
// # Erasure
//
// Erase removes the openings of one person. The leaves stay byte for byte, so that what is proven about the log stays
// proven, and nobody can tell any more whom they are about, nor that two of them are about the same person.
//
// # What it costs
//
// Each audited write inserts one row, some 300 bytes, in its own transaction and round trip. Everything outside of a unit
// pays for a commit, shared among concurrent calls, and for a row of audit_once. Indexing happens later, once for each
// record, and about doubles the space.
//
// # Rights
//
// What Migrate makes belongs to the role that calls it, and to be of use against the application it is not that of the
// application. A superuser, or the owner, can disable the triggers that keep the log append only. The roles need, beside
// USAGE of the schema:
//
//	to record   INSERT (leaf, actor, subject) on audit_record; SELECT, INSERT on audit_once
//	for Take    INSERT (leaf, actor, subject) on audit_record; SELECT, INSERT, UPDATE on audit_origin
//	for Search  SELECT on audit_record, audit_index, audit_indexed; for Lag also on audit_aside
//	for Run     SELECT on audit_record; SELECT, INSERT on audit_index, audit_aside; SELECT, UPDATE on audit_indexed;
//	            SELECT, DELETE on audit_once
//	for Erase   SELECT, UPDATE (actor, subject) on audit_record, audit_index, audit_aside; SELECT on audit_indexed
//
// Rights on those columns only: a role that may not name tx cannot insert into the past. What Lag says about another
// role's transaction needs pg_read_all_stats.
//
// # Concurrency
//
// A Sink, and every call that InTx and InBatch return, is safe for concurrent use, in any number of processes. A unit of
// work belongs to one goroutine, as a pgx.Tx does. No goroutine is started; Run is one.
//
// # Errors
//
//	ErrNotMigrated     a table is not there
//	ErrOutcomeUnknown  the connection was lost during COMMIT; write and effect are both there, or neither is
//	ErrNotYours        a repository tried to commit or roll back a unit's transaction
//	ErrEnded           a unit's transaction was used after its end, or ended by a statement
//	ErrTooEarly        InBatchLater inside another batch
//	ErrQuery           a Query contradicts itself
//	ErrRights          the role may not erase
//	ErrGap, ErrEntry   Take was given entries that do not follow, or are none
package pgsink
