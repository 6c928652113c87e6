// Package pgwal backs up whole PostgreSQL clusters: base backups, and the write-ahead log from then on, so that any later
// moment can be restored.
//
// A [Receiver] streams the log of a running server into a repository. What is kept of it is one log per timeline, see
// [LogName], whose entries hold the bytes of the server's log from Start to End, without holes; what could not be kept is a
// hole, which reading yields as a *backup.GapError. The history files of timelines are in a log of their own, see
// [HistoryName]; the one of a timeline is there before anything of the timeline is.
//
// Servers from version 14 on are supported.
package pgwal
