// Package repository keeps backups in places: sealed, each chunk once, append-only, in a form that is described here in full, so
// that a reader can be written with nothing of this package. The example program examples/reader is one.
//
// # Using it
//
// Create makes a repository in places that have none, Open opens it again. Both need the Key, without which nothing is read, and
// which must be kept where the repository is not. A Repository is a backup.Repository: a backup.Runner works with it.
//
// Everything goes to all places. A commit, and an Append to a log, is durable when a quorum of them has it, more than half; a place that is
// down is told by Places and caught up by a later Write. No object is ever changed, and none needs to be removed for a commit, so that places may refuse
// both: Prune then finds its work refused, and tries again.
//
// # Objects
//
// All objects begin with "shugo-1\n" and a random salt of 32 bytes. Frames follow to the end: a length of four bytes (all numbers are big
// endian), and so many bytes that are sealed with AES-256-GCM. The key of an object is
//
//	HKDF-SHA256(secret: S, salt: the object's salt, info: "shugo object 1")
//
// the nonce of a frame is seven zero bytes, the frame's number from 0 in four bytes, and a byte that is 1 in the last frame of the object
// and otherwise 0; the associated data is the object's name. So no frame can be left out, moved, or taken from another object, and
// no object can stand under another's name, unnoticed.
//
// S is HKDF-SHA256(secret: Key, salt: the repository's identity, info: "shugo seal 1"). In the same way "shugo sign 1" gives the seed of an Ed25519 key, and
// "shugo hash 1" the key with which BLAKE3 names chunks. For the object "config" the identity is 32 zero bytes.
//
// With parity an object is wrapped: a table ("shugo-rs", the numbers of data and parity shards in a byte each, the object's length in
// eight bytes, a CRC32C of each shard, a CRC32C of the table so far, and the table's length), the object, the parity shards of Reed and Solomon (of
// data shards of equal length, the last filled up with zeros), and the table again.
//
// Where a place refuses to remove a damaged object, an intact copy stands beside it as "repair/", the name, "/" and a number.
//
//	config              one frame of JSON: version 1, repository (the identity in hexadecimal digits), parity, created
//	head/NUMBER         a commit record, 16 digits: one frame, compressed with zstd: {"record": R, "signature": S}, S of the text
//	                    "shugo commit record 1\n" and the bytes of R
//	pack/WRITER/NUMBER  chunks, one a frame: a byte (0: as it is, 1: zstd), the chunk. The last frame lists them as an index does
//	index/WRITER/NUMBER one frame that says where chunks are: for each pack the length of its name in a byte, the name, its salt,
//	                    the number of its chunks in four bytes; and for each chunk its BLAKE3 name of 32 bytes, the length of its frame
//	                    with prefix and tag, and its own length, four bytes each
//	log/NAME/NUMBER     entries of a log: a frame of JSON (see below), then a frame for each entry: Start, End and Time (nanoseconds
//	                    since 1970) in eight bytes each, a byte as in packs, the data
//	lease/WRITER/NUMBER one frame of JSON: until when a writer may be at work, and the record that it began from
//
// The record with the highest number is the state of the repository. It holds the digest (SHA-256) of the record before; its snapshots,
// each with the list of chunks of its manifest; and the names of all indexes. A list is either "refs": for each chunk its name and its length
// in four bytes; or "lists": the names of chunks that hold such refs, 4096 each. A manifest is a line of JSON for each item: name, kind, meta, chunks, size, list.
// The header of an object of a log has the salt of the object before it, the positions at which it starts and ends, and what gaps there were.
//
// # What it withstands
//
// A crash or a loss of power at any moment leaves what was committed, and garbage that Prune collects. Damage is found when it is
// read, and by Verify, and mended from another place or from parity. Two writers at once are told apart by who puts the next record: the other
// begins again from there. An older repository in place of a newer one is refused with backup.ErrRollback, if one place still has the newer or an Anchor has seen it.
// What it does not withstand: an enemy who has the Key; one who replaces all places by an older state where there is no Anchor; and the
// loss of a quorum of places at once, before others were caught up.
//
// Entries of a log that one Append was given are one object, so that a log to which little is appended often has many. A reader of
// a log holds one object in memory. A Write holds Concurrency+2 packs of 8 MiB (16 MiB where chunks exceed 8 MiB) and the chunks at work,
// besides about 100 bytes for each chunk that it adds, and a Repository 52 bytes for each chunk that there is: of chunks of 1 MiB, as
// base backups have, some 150 MB for each TiB.
package repository
