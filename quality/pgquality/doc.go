// Package pgquality answers suites of package quality in PostgreSQL, and plans before it reads.
//
// What the catalog proves is not read: NOT NULL, unique indexes, foreign keys, the number of dimensions that the type of a vector fixes,
// and every test that a validated CHECK constraint implies, which the server's own planner is asked about (with constraint_exclusion, by
// the plan of a query for the bad rows: if it needs no scan, there are none). The tests of rows that are left are rewritten into one
// pass over the table, each in the cheapest form that means the same; each key whose uniqueness is not proven costs one hash aggregate,
// or a count of hashes in that pass, once this Assessor has found that the key does not repeat. [Assessor.Explain] prints
// the plan, with every statement, before anything is read.
//
// Everything that a suite asks is read in one REPEATABLE READ, READ ONLY snapshot, so that figures do not contradict each other, under
// limits of time for statements and locks, and under an advisory lock, so that two processes never assess the same suite at once.
//
// # Vectors
//
// A vector is long, and reading it is what costs: the pass reads each once, whatever is asked of it. Exact copies ([quality.VectorUnique])
// are found in one statement by length, then hash, then bytes, so that -0 and 0 differ. Near duplicates are found without a miss: by
// projections, which take 2*(4*k+12)+8 bytes of Config.WorkMemory for a row, where k is 16 within a cosine distance of 1e-5, 32 within
// 1e-3 and 64 beyond; then by the vectors themselves. Time grows with the square of the rows whose projections are near: little within
// 1e-5, and nearly all pairs within 0.01. What an approximate index loses is measured by package recall.
//
// # What never counts as proof
//
// Constraints that are not validated, not enforced or deferrable; indexes that are invalid, partial, on expressions, of other than the
// default operators, or over columns that may hold several NULLs; constraints of foreign tables, and of a partitioned table that has one
// among its partitions; foreign keys of periods, or whose triggers are disabled in any partition; constraints of a table that others
// inherit from; and a condition that is never true, or row security that hides every row: then there is nothing to judge. A superuser
// who loads rows with session_replication_role set to replica goes around foreign keys without a trace; no catalog can tell.
//
// # The session
//
// A session's settings change nothing: times are in UTC and texts of other types in ISO form, also in expressions of the host
// ([quality.SQL]). What is built in goes before what the search path holds, but a function or an operator that is defined for the very
// types at hand goes before both: as anywhere in PostgreSQL, the search path should have no schema in which others may create.
//
// # What reports hold
//
// No value of a field, unless a check reveals it: failing rows are named by their keys, errors of the server lose their text and keep
// their SQLSTATE, since PostgreSQL puts values into its messages.
package pgquality
