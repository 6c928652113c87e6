// Package pgsource backs a PostgreSQL database up logically, and restores it: all of it, one table, one schema, or the rows
// of one person.
//
// A [Source] reads one moment over several connections: the definition of the database, and the rows in the binary form of
// COPY, a large table split by ranges of blocks. Vectors are encoded by a codec for floating-point numbers, the rest by zstd.
// Chunks end where blocks do, so that what did not change since the last backup is the same chunk again and is stored once.
//
// A [Database] is where a snapshot is restored: it loads the rows first, in parallel, then builds indexes, those of vectors
// with the memory and the workers that they need, then adds foreign keys, triggers and policies, which therefore neither
// slow nor change what is loaded.
//
// # The cut
//
// The rows belong to one snapshot of PostgreSQL. How exactly it is bound to a position in the write-ahead log is a choice,
// see [Binding]. Positions of sequences belong to no snapshot: they may be ahead of the rows, never behind.
//
// # What is not in a backup
//
// What belongs to the cluster: roles, tablespaces, parameters granted to roles. Rows of foreign tables. Statistics, which a
// restore computes again.
//
// # Versions
//
// Servers are PostgreSQL 14 to 18. A snapshot is restored to the same major version or a newer one.
package pgsource
