// Package blockstate keeps additive aggregates of a PostgreSQL table by ranges of its blocks, and brings them up to date by
// reading what changed: the result is that of a scan of the whole table in the same snapshot, or the whole table is read.
//
// # Why it is exact
//
// What is kept of a range is used again only if no later scan of its pages can give another result. The argument rests on
// the visibility map: PostgreSQL's documentation, 73.4, and its sources, of which visibilitymap.c and the insertion in heapam.c
// of 18.4 were read again line by line for it. What the versions from 14 on have in common is not proven by reading: the tests'
// random walk, which holds every answer against a scan, was run on 14.23, 15, 16.14, 17.10 and 18.4, with checksums and without.
//
// A page's mark "all-visible" says that every row of the page is visible to every transaction, and that none is dead: index-only
// scans give rows without looking at the page on the strength of it. It is set by VACUUM (and COPY FREEZE, in a file that
// nobody else sees yet) under the page's lock, for rows older than every snapshot in use. It is cleared in the critical section
// of every insertion, update and deletion on the page, under the same lock, so before the transaction can commit. Setting a
// mark is logged, and the map's page takes the position of that record. Clearing one leaves the position as it is.
//
// A refresh takes, in this order: its snapshot S (the caller did), a lock that keeps the file in place, the end of the log L,
// the least transaction X not begun, the length of the table and the map M, each page of it at one moment, and at last the
// positions of pages and the rows that it must read, under S. Pages beyond the length were added after S, and no row on
// them is visible to S.
//
// (1) If M marks a page, then what a scan under S finds on it is all that is on it at the moment of M, whether S is older
// than the mark or younger. No matter what else goes on: who changes the page later does so for later snapshots.
//
// (2) Let M0 and M1 be of an earlier and a later refresh, a page marked in both, and the position of its map page the same.
// Then no mark was set in between, so none was cleared: nothing was inserted, updated or deleted on the page. With (1), both
// snapshots see the same rows. What may happen without a mark cleared changes no value: locks of rows, hint bits, freezing,
// moving rows within the page.
//
// (3) If the position of the map page is another, a mark may have been cleared and set again. A page that M0 marks and that no
// log record after L0 is about was not changed after M0, as each change is logged, at a position beyond what was the end of
// the log before it. The page's own position is read to see that. By itself it is of no use for a page that M0 does not
// mark: a transaction that was in progress then may have written before L0 and committed later, which touches no page.
//
// (4) But let no log record after L0 be about a page, and all transactions before X0 have ended at a later snapshot S1. All that
// is on the page was written before L0, by transactions before X0; S1 sees how they ended, which is for ever. So what is read
// of the page under S1 is settled: it holds for every snapshot that sees them ended too, until a record is about the page.
// Each refresh that finds none after the last one's L moves the border on to its own L, noted before it looked.
//
// (5) So a range is kept if it has the pages it had, and either all are marked in M0 and M1 and (2) holds of them, or the range
// is settled, by marks or by (4), and nothing was logged of its pages. Every other range is read, by a scan of its own.
//
// What the argument takes for granted is checked, and if it fails the table is read whole, and the account says why: ordinary
// tables, logged, of the heap, that nothing inherits from; the same file (TRUNCATE, VACUUM FULL, CLUSTER and a change of type
// make another); the same columns (a default may stand for rows that have no such column); no virtual columns; a server that
// has run since (a crash loses commits that were not waited for, and uses positions of the log again; its checkpointer's
// start tells that even if the server's own stays); no standby, which reads the log of another; no old_snapshot_threshold,
// under which marks come early; no row security; no SERIALIZABLE, which watches what is read; no catalog, which is changed in
// place. The catalog is seen as of S, but files and columns as they are at the lock: a definition that changed in between is
// noticed by the row of the catalog that was replaced.
//
// What is not checked: that aggregates are what they are said to be, that nobody replaces the functions, operators or types that
// they use (but for the labels of an enum), and that no superuser changes pages or catalogs by hand.
// Partitioned tables are read whole; a partition named by itself is a table like others.
//
// # What it costs
//
// The processor time of the server for one plain statement over a million rows, 340 MB, with 20 counts is 0.5 s
// (BenchmarkRefresh, PostgreSQL 15). The first reading costs 1.06 times that, and what follows
//
//	1/1000  when nothing was written
//	1/80    when 1 % was appended
//	1/380   when that was appended before the last two refreshes, and VACUUM has not come by
//	1/50    when 20 rows all over the table were updated
//	1/20    when VACUUM set marks in one of the parts of 255 MB: the positions of its pages are read
//	1/4     when it did so in all parts
//
// With checksums, which are the default from version 18 on, or wal_log_hints, setting a mark is logged for the marked page as
// well (visibilitymap_set): what VACUUM has newly marked is then read once more.
//
// The state has some 20 bytes for a quarter of a megabyte: 28 kB here. A transaction that writes for long, in any database of
// the server, keeps what VACUUM has not come by from being settled, and it is read each time.
//
// A range is read past the ring of buffers that the server uses for the scan of a long table: the first reading of one displaces
// other pages from its cache.
package blockstate
