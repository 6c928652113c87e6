// Package recall measures what an approximate index of pgvector (HNSW or IVFFlat) loses: the share of the true k nearest vectors that a
// search returns, for each filter that the application searches with, and what to do about it.
//
// An approximate index finds neighbours first and filters them then, so that a search among one user's rows may return far fewer than k,
// and mostly wrong ones, while the same index is nearly perfect without a filter. Nobody notices: a search that misses looks like one that
// finds. [Measure] asks the same questions with and without the index, by vectors that the host takes from its real queries, and compares.
//
// # What counts as a hit
//
// A returned row is a hit when it is no further away than the exact answer's last row: rows at the same distance are equally right.
// Recall is the share of hits of min(k, rows that match the filter). A probe that is itself a stored vector finds itself, which is easier
// than what users ask: it is left out, and counted.
//
// # Interval
//
// The k hits of one probe depend on each other, so the sample is one of probes: the interval is Wilson's (1927) with the effective number
// of trials that the variance between probes gives (Korn and Graubard 1998), and with the number of probes where they do not differ.
//
// # Effect on the database
//
// Everything runs in one REPEATABLE READ, READ ONLY transaction, one statement at a time, without parallel workers. An exact answer
// without a filter reads the whole table for each probe: Config.Most bounds that. Where the recall is too low, other settings are tried,
// each on at most 100 probes, and the advised way on all. The report holds neither vectors nor parameters of filters.
//
// A monitor (quality/monitor) runs it by a function that sets Config.Progress, calls Measure and returns Report.Quality.
package recall
