// Package backup is the vocabulary of backups that are proven, and the Runner that keeps their promises.
//
// A [Source] writes the state of a store into a [Repository], which keeps it sealed in one or several places, each a
// [BackupTarget]. What is kept is a [Snapshot]: it belongs to a [Cut], a moment that all stores share. A [Log] carries a
// snapshot onward from its cut, piece by piece, so that any later moment can be restored. A [Destination] brings a
// snapshot back, to a [Goal], and examines what it brought back.
//
// A snapshot that was never restored and compared is not a backup: the Runner restores each into a scratch server (a
// drill), compares what it finds with the [Fact]s that the source observed, and signs a [Certificate].
//
// Concurrency: all types that do work are safe for use by several goroutines, unless they say otherwise. Errors: test with
// errors.Is for the Err values of this package, and with errors.As for its *Error types; no text holds a value of the
// data that is backed up.
package backup
