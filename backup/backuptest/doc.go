// Package backuptest has what tests of backups need: a repository in memory, targets that fail, stall, cut and lie, and
// conformance suites for implementations of the interfaces of package backup.
package backuptest
