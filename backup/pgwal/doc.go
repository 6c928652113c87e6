// Package pgwal backs up whole PostgreSQL clusters: base backups, and the write-ahead log from then on, so that any later
// moment can be restored.
//
// # The log
//
// A [Receiver] streams the log of a running server into a repository. What is kept of it is one log per timeline, see
// [LogName], whose entries hold the bytes of the server's log from Start to End, without holes; what could not be kept is a
// hole, which reading yields as a *backup.GapError. The history files of timelines are in a log of their own, see
// [HistoryName]; the one of a timeline is there before anything of the timeline is.
//
// # The base
//
// A [Source] takes a base backup over the replication protocol (BASE_BACKUP): one connection of a role with the attribute
// REPLICATION, no access to the server's files, no other program. The server verifies the checksums of pages, where the
// cluster has them; every file is verified on its way against the checksum and size of the server's manifest, and the
// manifest against its own SHA-256. Checksums of the kind CRC32C are read as servers on little-endian machines write them.
// A snapshot is committed only when the log up to its cut is durable, if SourceConfig.Await is the Receiver's.
//
// A snapshot has these items. "backup_manifest" has the server's manifest, and in its meta what [ReadBase] returns.
// "file/PATH" is a file of more than 256 KiB, cut at each MiB: a part of a relation that did not change is a chunk that
// the repository has already, so that it stores of the next base only what changed. "files/NUMBER" is a group of folders, of
// the links of tablespaces, and of small files, with a list in its meta of which lies where. Temporary files, the content of
// unlogged tables and the statistics of the running server are not in a base backup.
//
// While a snapshot is kept, the log is needed from where its replay begins, which is before its cut: see [Needs].
//
// # The restore
//
// A [Directory] fills an empty data directory and lays out beside it the log up to the goal, as segment files, checking each
// record's checksum on the way; the server that is started there replays it, and goes its own way from there on. It follows
// timelines by their history files. A goal that cannot be reached, a gap, a damaged record or file, another folder that is
// not empty, a disk that is full: each is an error before anything could start, and leaves nothing behind.
//
// The log ends at the goal, which makes recovery_target_* needless: the server reaches it although nothing was
// written after it, and stops before the same record each time. A position is reached exclusively (what was committed before
// it), a time inclusively (before the first commit that is later), a restore point inclusively.
//
// The server is started by the host, or through DirectoryConfig.Start, on a system with a POSIX shell and cp: that is how it
// fetches segments. A program that restores as root gives the folders to the account of the server before it starts it.
// On another operating system, or after an upgrade of its libraries, indexes over text can have another order
// than the server expects (collation versions): REINDEX them.
//
// A [Witness] observes a live cluster at a moment that a restore can be taken to, for a drill.
//
// # Limits
//
// Servers from version 14 on, on little-endian machines with pages of 8 KiB, are supported. What is restored runs with the
// same major version, and with the extensions' libraries in place.
package pgwal
