// Package physical compares the physical backup of package backup/pgwal with pgBackRest (2.45), on one cluster in one run. All
// of it is tests:
//
//	go test -run - -bench Backup -benchtime 3x     a full backup by each side, and the bare stream of the server
//	go test -run - -bench Ratio -benchtime 7x      full backups by turns, and how many times longer pgBackRest takes
//	go test -run - -bench Restore -benchtime 3x    a restore into an empty directory by each side
//
// It needs PostgreSQL with pgvector on the same machine (SHUGO_POSTGRES_URL), and pgBackRest (SHUGO_PGBACKREST, the path of the
// program; or pgbackrest on the path), without which that side is left out. SHUGO_ROWS is the number of messages in the
// cluster: 200,000 make 1.8 GB.
//
// # What is compared
//
// A cluster with page checksums that holds messages of Japanese text, each with an embedding of 1,536 numbers. Both sides take a
// full backup, verify the checksums of pages, compress with zstd at its fastest level, write to a directory of the same disk, and
// use two processes or goroutines. Ours also encrypts, which pgBackRest is not asked to, and its checksums of files are
// computed twice, by the server and on arrival. pgBackRest reads the files of the server, on the same machine; ours receives
// them over a connection.
//
// # What is not compared
//
// Incremental backups; several machines; the archiving of the log, which either side does apart.
package physical
