// Package merkle is the Merkle tree of RFC 6962 and RFC 9162 (section 2.1) with SHA-256: an append-only list of leaves whose
// root commits to all of them, with short proofs that a leaf is in the list and that a list continues an older one.
//
// A [Range] computes roots and nothing else. A [Builder] also says which tiles changed, for a caller that stores them; from
// stored tiles, [RootOf], [ProveInclusion] and [ProveConsistency] read what they need in one batch. [VerifyInclusion] and
// [VerifyConsistency] need no tree. Tiles and proofs have the layout of golang.org/x/mod/sumdb/tlog with tiles of height 8.
//
// Tiles are trusted as they are read: a proof from damaged tiles is made without an error, and does not verify.
//
// Functions are safe for concurrent use if the Tiles that they are given are. A Range or a Builder belongs to one goroutine at
// a time. Indexes count leaves from 0, sizes are counts of leaves.
package merkle
