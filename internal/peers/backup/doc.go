// Package backup compares the logical backup of PostgreSQL with pg_dump and pg_restore, on one database, in one run. All of it
// is tests:
//
//	go test -run - -bench Backup -benchtime 1x       5,000 messages with vectors of 1,536 numbers
//	go test -run - -bench Restore -benchtime 1x      5,000 messages, with an HNSW index
//	SHUGO_LONG=1 go test -run - -bench Backup -benchtime 1x -timeout 60m      100,000 messages; 20,000 for Restore
//
// The table has texts in Japanese, jsonb, and embeddings of unit norm with 64 latent dimensions and noise. Ours goes into a
// repository in memory, pg_dump's default format into a file; both read one moment of the same server. Ours also computes a
// digest of each table, on the server. Restores build the same HNSW index, and ours is examined besides.
package backup
