// Package quality compares what a check of data quality costs the database: 21 checks of one table, by Great Expectations,
// by one SQL statement per check, and by the planner of package quality/pgquality. All of it is tests:
//
//	go test                                        all sides give the same counts and verdicts
//	go test -run - -bench Versus -benchtime 3x     each side on 1,000,000 rows (-short: 100,000)
//	go test -run - -bench Ratio -benchtime 5x      the ratios between the sides, as a median over rounds by turns
//
// It needs PostgreSQL on the same machine (SHUGO_POSTGRES_URL), with nothing else at work in its cluster; and, for the side
// of Great Expectations, SHUGO_GX, a python that has it:
//
//	./venv.sh DIR && export SHUGO_GX=DIR/bin/python
//
// # What is measured
//
// The CPU time of the database: user and system time of all processes of the cluster, those that ended included, from
// before a side connects until it is gone. Unlike the time on the clock it hardly changes with what else the machine does,
// and it counts the workers of a parallel query, which a server under load does not have to spare. The client's CPU time is
// reported beside it, and in no ratio. The grain is 10 ms, so the cheap sides run their statement 20 times.
//
// BenchmarkVersus reports, for one run of the checks: cpu-s (seconds of the database), client-s (seconds of the client, where
// it is another process), statements (sent by the client, those about the catalog included), scans (rows read by sequential
// scans, per row of the table: the workers of a parallel scan count as one, and a scan of an index alone as none), x-count
// (cpu-s as a multiple of counting).
//
// Two floors stand for the least that a check may cost: "count" is SELECT count(*), which does not look at the rows of a
// page whose rows are all visible; "touch" counts the last column, and so fetches every row from memory, as each check of a
// column must. The first depends much on how much of the table the server holds in its own buffers (the more, the cheaper),
// the second little. "shugo-pass" is the single pass of the 19 checks of rows; "shugo-first" all 21 asked
// for the first time, "shugo" asked again by the same process, as a host asks every hour: it knows by then which keys repeat.
//
// BenchmarkRatio has two tables: "repeated", in which some values of a key without an index occur again, so that a second
// scan must count them, and "unique", in which the pass shows that none does, once an
// assessment has seen that none did.
//
// # What is compared
//
// The same table, made at rest: loaded, vacuumed, analysed, frozen; and the same verdict, count of unexpected rows and
// observed value of each check, which TestAgree holds equal against counts that are known from how the table is made.
// Great Expectations runs as its users run it, on the default settings of the server, with the result formats BOOLEAN_ONLY
// (verdicts alone) and SUMMARY (counts).
//
// # What is not compared
//
// Tables that do not fit in memory, other machines' ratios, and what Great Expectations can do that is not a check: its
// stores, documents and actions.
package quality
