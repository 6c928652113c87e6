// Package pgseal makes the audit trail of package pgsink prove itself: an auditor can check, without trusting the program or
// whoever runs the database, that no record was lost, changed, inserted or cut off.
//
//	err := pgseal.Migrate(ctx, pool, "")                     // beside pgsink.Migrate
//	sealer, err := pgseal.New(pgseal.Config{Pool: pool, Origin: "tutor.example/audit", Signers: signers,
//		Publishers: []pgseal.Publisher{pgseal.Folder("/mnt/elsewhere/checkpoints")}})
//	go sealer.Run(ctx)
//	report, err := pgseal.Verify(ctx, pool, pgseal.VerifyConfig{Keys: keys, Trusted: outside})
//
// # How it works
//
// The records of the trail are the leaves of a Merkle tree (RFC 9162, section 2.1), in the order of their transactions:
// first xid8, then the number within the transaction. A Sealer appends a record once every transaction that began before
// it has ended, so that none can come later that belongs before it; nothing is written to the records. It stores the nodes
// of the tree as tiles, and signs checkpoints: the name of the log, its size and the root of its tree. A checkpoint is made
// after whatever was sealed, and at every heartbeat, so that silence is proven too. Publishers take checkpoints to places
// outside the database.
//
// # What is proven
//
// Whoever has the public key and one checkpoint from outside can tell that every record before it is there as it was,
// and that each later checkpoint continues it. Verify finds whatever was changed since a record was sealed. What it cannot
// know: what happened to a record before it was sealed, usually about a second after its commit (see Lag); that the end was
// cut off after the last checkpoint that is known outside; and what somebody with the private key writes after it. Report
// tells how many records are under a checkpoint from outside.
//
// Persons are in the leaves as salted commitments only. Erasing a person (pgsink.Sink.Erase) removes the salts, and every
// leaf, checkpoint and proof stays valid.
//
// VerifyRange and VerifyRecord verify a part of a log without reading the rest, and say nothing about that.
//
// # Copies of a database
//
// A log belongs to one database: system identifier, timeline and database. A copy that was restored or promoted would
// otherwise go on under the same name, and two logs of one name and size would differ. Seal refuses there with ErrForeign
// until Link has started the next log, which names the last root of the one before. pg_upgrade makes a copy too. Link before
// the host goes on in a copy: until then nothing there is sealed.
//
// # Sealers
//
// Any number of replicas may run one: an advisory lock lets one work, and a fencing token in the database keeps one that
// has lost the lock without knowing from writing. Records, nodes and the checkpoint that signs them are one transaction, so
// that whoever reads never sees one without the others. A sealer that finds its log behind, or different from, what was
// signed before signs nothing: ErrRolledBack.
//
// A transaction that does not end keeps everything after it from being sealed, in whichever database of the server it is: Lag
// names it, also one that was prepared and forgotten. Set idle_in_transaction_session_timeout.
//
// To change a key, add the new signer, wait until all who verify know it, then remove the old one. Retired keeps the old one
// trusted for what it has signed, and for nothing later.
//
// # Exports
//
// Export writes JSON lines, one object a line; bytes are base64 with padding (RFC 4648, section 4), numbers are decimal:
//
//	{"type":"header","format":"shugo-audit-export/1"}
//	{"type":"log","era":1,"origin":"tutor.example/audit/1","size":3,"root":"…","previous":""}
//	{"type":"checkpoint","era":1,"note":"tutor.example/audit/1\n3\n…"}
//	{"type":"consistency","era":1,"from":2,"to":3,"hashes":["…"]}
//	{"type":"leaf","era":1,"index":0,"leaf":"…","actor":"…","subject":"…","proof":["…"]}
//	{"type":"end","leaves":3}
//
// A field whose value is empty, zero or missing is left out, but for "index" and "leaves". Every leaf is under the last
// checkpoint of its log. The hash of a leaf is SHA-256(0x00 || leaf), of a node
// SHA-256(0x01 || left || right); the root over the leaves is the tree head of RFC 9162, section 2.1.1. A note is the format
// of golang.org/x/mod/sumdb/note, signed with Ed25519, and Checkpoint tells its lines. Each log has its line, then its
// checkpoints in the order of their numbers, then a consistency proof (section 2.1.4) between checkpoints of different
// sizes, then its leaves. "previous" of a log that continues another is "origin size root" of that. "proof" is the audit
// path (section 2.1.3) to the last checkpoint's tree, where it was asked for. "actor" and "subject" open the commitments
// of a leaf: 16 bytes of pseudonym, 16 bytes of salt. The bytes of a leaf are, integers in big-endian order:
//
//	version     1 byte, 0x01
//	id          16 bytes
//	time        8 bytes: signed microseconds since 1970-01-01T00:00:00Z
//	rows        8 bytes, signed; -1: nobody counted
//	kind, operation, store, dataset, action, purpose, version of the manifest, stage, rule, reason
//	            each a length and that many bytes of UTF-8
//	categories, masked
//	            each a count and that many texts in the form above
//	actor, subject
//	            each 0x00 for nobody, or 0x01 and a commitment of 32 bytes:
//	            SHA-256(0x02 || role || salt || id || kind || pseudonym), role 1 byte (1 actor, 2 subject),
//	            kind 1 byte (1 attempt, 2 denial, 3 effect, 4 failure, 0 another)
//
// where lengths and counts are unsigned LEB128 in the shortest form. VerifyExport verifies an export in Go. The file
// testdata/export-1.jsonl of this package is an export of version 1, and testdata/export-1.key the key to verify it with.
//
// # Concurrency
//
// Everything in this package is safe for concurrent use. Only Run keeps running, and ends with its context.
//
// # Errors
//
//	ErrNotMigrated  the trail or its seals are not there
//	ErrBusy         another sealer is at work
//	ErrFenced       another sealer has taken over meanwhile
//	ErrForeign      the database is a copy: see Sealer.Link
//	ErrRolledBack   the log does not continue what was signed or published, so that nothing is signed
//	ErrDamaged      what is stored contradicts itself
//	ErrCheckpoint   a text is no checkpoint that a known key has signed
//	ErrNotFound     Prove: no such record
//	ErrUnsealed     Prove: not sealed yet
//	ErrExport       VerifyExport: something in it does not hold; the error says in which line
package pgseal
